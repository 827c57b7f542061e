"""Settings: the file that `init` writes, where settings come from, and how a wrong one is refused."""

from __future__ import annotations

import datetime as dt
import sqlite3
import tomllib
from pathlib import Path

import pytest

from tests.acceptance.house import House, clean_environment, finish, single_line, snapshot, start
from tests.acceptance.papers import message

FOREIGN = message(0, subject="График пробных экзаменов")


def messages_in(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        (count,) = connection.execute("SELECT count(*) FROM seen").fetchone()
    connection.close()
    return int(count)


def test_init_writes_a_commented_file_with_the_present_day(house: House) -> None:
    before = dt.datetime.now().astimezone().date()
    outcome = house.run("init", "sub/dir")
    after = dt.datetime.now().astimezone().date()
    file = house.directory / "sub" / "dir" / "mailbot.toml"
    text = file.read_text(encoding="utf-8")
    assert (outcome.status, outcome.err) == (0, "")
    assert "sub/dir/mailbot.toml" in outcome.out
    assert before <= tomllib.loads(text)["mailbox"]["start_date"] <= after
    assert text.count("#") > 20
    assert file.stat().st_mode & 0o077 == 0
    assert {path.name for path in file.parent.iterdir()} == {"mailbot.toml"}


def test_the_file_that_init_writes_is_accepted(house: House) -> None:
    house.run("init", "fresh")
    outcome = house.run("db", "upgrade", "--config", "fresh/mailbot.toml")
    assert (outcome.status, outcome.err) == (0, "")
    assert house.run("applications", "--json", "--config", "fresh/mailbot.toml").json == []


def test_every_setting_in_the_file_that_init_writes_is_a_setting(house: House) -> None:
    house.run("init", "fresh")
    file = house.directory / "fresh" / "mailbot.toml"
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        bare = line.removeprefix("# ").partition("  #")[0]
        is_setting = " = " in bare and "…" not in bare and bare.split(" = ")[0].isidentifier()
        lines.append(bare if is_setting or bare.startswith("[") else "")
    uncommented = "\n".join(lines)
    for name in ("password_file", "username", "password", "templates_directory"):
        assert f"\n{name}" in file.read_text(encoding="utf-8").replace("# ", "")
    file.write_text(uncommented, encoding="utf-8")
    outcome = house.run("db", "upgrade", "--config", file)
    assert (outcome.status, outcome.err) == (0, "")


def test_init_writes_over_nothing(house: House) -> None:
    house.config.write_text("# mine\n")
    before = snapshot(house.directory)
    outcome = house.run("init", ".")
    assert outcome.status == 2
    assert "mailbot.toml" in single_line(outcome)
    assert snapshot(house.directory) == before


def test_init_refuses_a_directory_that_cannot_be_made(house: House) -> None:
    for arguments in (["init", "mailbot.toml/sub"], ["init"]):
        outcome = house.run(*arguments)
        assert outcome.status == 2
        single_line(outcome)


WRONG = [
    # what is appended to the file, what is set in the environment, what the line must name
    ("[rules]\nletter_max_age = 3", {}, ["mailbot.toml", "rules", "letter_max_age"]),
    ("[wishes]\nkey = 1", {}, ["mailbot.toml", "wishes"]),
    ("[mailboxes.second]\nurl = 'maildir:///m'\ncolour = 1", {}, ["second", "colour"]),
    ("[rules]\nletter_max_age_days = 'many'", {}, ["mailbot.toml", "letter_max_age_days"]),
    ("[rules]\nletter_max_age_days = -1", {}, ["mailbot.toml", "letter_max_age_days"]),
    ("[rules]\nrequired_fields = ['organization.colour']", {}, ["organization.colour"]),
    ("[database]\nurl = 'nonsense'", {}, ["database", "url"]),
    ("[rules", {}, ["mailbot.toml"]),
    ("", {"MAILBOT_RULES__COLOUR": "1"}, ["MAILBOT_RULES__COLOUR"]),
    ("", {"MAILBOT_COLOUR": "1"}, ["MAILBOT_COLOUR"]),
    ("", {"MAILBOT_RULES": "{}"}, ["MAILBOT_RULES"]),
    ("", {"MAILBOT_RULES__LETTER_MAX_AGE_DAYS": "x"}, ["letter_max_age_days"]),
    ("", {"MAILBOT_MAILBOX__URL": "pop3://host/"}, ["mailbox", "url", "imaps"]),
    ("", {"MAILBOT_MAILBOX__URL": "imap://host:port/"}, ["mailbox", "url"]),
]


@pytest.mark.parametrize(("appended", "environment", "named"), WRONG)
def test_a_wrong_setting_is_refused_in_one_line_that_names_it(
    house: House, appended: str, environment: dict[str, str], named: list[str]
) -> None:
    house.configure(appended)
    house.put("m1", FOREIGN)
    before = snapshot(house.directory)
    outcome = house.once(**environment)
    assert outcome.status == 2, outcome
    line = single_line(outcome).casefold()
    assert [name for name in named if name.casefold() not in line] == []
    assert snapshot(house.directory) == before


@pytest.mark.parametrize("command", [["run"], ["run", "--once"], ["run", "--once", "--dry-run"]])
@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"MAILBOT_MAILBOX__URL": "imaps://localhost:1/INBOX"}, "[mailbox] username"),
        (
            {
                "MAILBOT_MAILBOX__URL": "imaps://localhost:1/INBOX",
                "MAILBOT_MAILBOX__USERNAME": "info",
                "MAILBOT_MAILBOX__PASSWORD_FILE": "absent",
            },
            "absent",
        ),
        (
            {
                "MAILBOT_OUTGOING__URL": "smtps://localhost:1",
                "MAILBOT_OUTGOING__USERNAME": "info",
                "MAILBOT_OUTGOING__PASSWORD_FILE": "garbled",
            },
            "garbled",
        ),
    ],
)
def test_an_account_without_name_or_readable_password_is_refused_before_anything_is_done(
    house: House, command: list[str], variables: dict[str, str], named: str
) -> None:
    (house.directory / "garbled").write_bytes(b"s3cr3t\xff\n")
    before = snapshot(house.directory)
    outcome = house.run(*command, **variables)
    assert outcome.status == 2, outcome
    line = single_line(outcome)
    assert named in line
    assert "s3cr3t" not in line
    assert snapshot(house.directory) == before


def test_a_password_in_a_url_is_refused_and_not_repeated(house: House) -> None:
    for key in ("MAILBOT_MAILBOX__URL", "MAILBOT_OUTGOING__URL"):
        outcome = house.once(**{key: "imaps://user:s3cr3t@mail.example/INBOX"})
        assert outcome.status == 2
        assert "s3cr3t" not in single_line(outcome)


def test_a_missing_file_of_settings_is_refused(house: House) -> None:
    elsewhere = house.directory / "elsewhere"
    elsewhere.mkdir()
    before = snapshot(house.directory)
    ways: list[tuple[list[str], dict[str, str], str]] = [
        (["applications"], {}, "mailbot.toml"),
        (["applications", "--config", "absent.toml"], {}, "absent.toml"),
        (["--config", "absent.toml", "applications"], {}, "absent.toml"),
        (["applications"], {"MAILBOT_CONFIG": "absent.toml"}, "absent.toml"),
        (["applications", "--config", "."], {}, "."),
    ]
    for arguments, variables, named in ways:
        environment = {**house.environment, **variables}
        outcome = finish(start(*arguments, cwd=elsewhere, environment=environment))
        assert outcome.status == 2
        assert named in single_line(outcome)
    assert snapshot(house.directory) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["applications", "--nonsense"],
        ["queue", "approve", "one"],
        ["run", "--dry-run"],
        ["worker"],
        ["--config"],
        ["replies", "preview", "nonsense"],
    ],
)
def test_wrong_usage_is_refused_in_one_line(house: House, arguments: list[str]) -> None:
    before = snapshot(house.directory)
    outcome = house.run(*arguments)
    assert outcome.status == 2
    single_line(outcome)
    assert snapshot(house.directory) == before


def test_the_file_is_named_before_or_behind_the_command_or_by_a_variable(tmp_path: Path) -> None:
    house = House.make(tmp_path / "a b")
    house.put("m1", FOREIGN)
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    config = str(house.config)
    assert house.once().status == 0
    ways: list[tuple[list[str], dict[str, str]]] = [
        (["--config", config, "messages", "--json"], {}),
        (["messages", "--config", config, "--json"], {}),
        (["messages", "--json", f"--config={config}"], {}),
        (["messages", "--json"], {"MAILBOT_CONFIG": config}),
        (["messages", "--json", "--config", config], {"MAILBOT_CONFIG": "absent.toml"}),
        (["--config", "absent.toml", "messages", "--json", "--config", config], {}),
    ]
    for arguments, variables in ways:
        environment = {**clean_environment(tmp_path / "home"), **variables}
        outcome = finish(start(*arguments, cwd=nowhere, environment=environment))
        assert outcome.status == 0, outcome
        assert [one["fate"] for one in outcome.json] == ["ignored"]
    assert list(nowhere.iterdir()) == []


def test_relative_paths_count_from_the_file_and_urls_are_decoded(tmp_path: Path) -> None:
    house = House.make(tmp_path / "шко ла%20", '[database]\nurl = "sqlite:///sub/my.db"')
    (house.directory / "sub").mkdir()
    house.put("m1", FOREIGN)
    assert "%25" in house.config.read_text(encoding="utf-8")
    outcome = finish(
        start(
            "run", "--once", "--config", house.config, cwd=tmp_path, environment=house.environment
        )
    )
    assert outcome.status == 0
    assert messages_in(house.directory / "sub" / "my.db") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"шко ла%20"}


def test_the_environment_overrides_the_file(house: House) -> None:
    house.put("m1", FOREIGN)
    other = House.make(house.directory / "other")
    outcome = house.once(
        MAILBOT_MAILBOX__URL=f"maildir://{other.box}", MAILBOT_DATABASE__URL="sqlite:///env.db"
    )
    assert outcome.status == 0
    assert messages_in(house.directory / "env.db") == 0
    assert not (house.directory / "mailbot.db").exists()


def test_the_environment_alone_can_hold_everything(house: House) -> None:
    house.put("m1", FOREIGN)
    nowhere = house.directory / "nowhere"
    nowhere.mkdir()
    environment = {
        **house.environment,
        "MAILBOT_MAILBOX__URL": f"maildir://{house.box}",
        "MAILBOT_OUTGOING__URL": f"maildir://{house.outgoing}",
        "MAILBOT_OUTGOING__SENDER": "info@platform.example",
        "MAILBOT_DATABASE__URL": f"sqlite:///{house.directory}/env.db",
    }
    outcome = finish(start("run", "--once", cwd=nowhere, environment=environment))
    assert outcome.status == 0
    assert messages_in(house.directory / "env.db") == 1
