"""The settings: where they come from, and what a wrong one says."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from config.settings import ConfigurationError, Settings, documented_keys, load
from mailbot.app import extra_labels

GOOD = """
[mailbox]
url = "maildir:///var/mail/info"
start_date = 2026-09-01
[outgoing]
url = "smtps://smtp.example.ru"
sender = "info@example.ru"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mailbot.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def loaded(file: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load(file)


def test_a_variable_overrides_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(file, monkeypatch, MAILBOT_OUTGOING__SENDER="other@example.ru")
    assert settings.outgoing
    assert settings.outgoing.sender == "other@example.ru"
    assert settings.outgoing.url == "smtps://smtp.example.ru"


def test_the_file_may_be_named_by_a_variable(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_CONFIG", str(file))
    assert load().mailbox


def test_further_mailboxes_have_the_keys_of_the_first(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = loaded(file, monkeypatch, MAILBOT_MAILBOXES__SECOND__URL="maildir:///srv/second")
    assert list(settings.all_mailboxes()) == ["mailbox", "second"]


def test_a_further_mailbox_cannot_take_the_place_of_the_first(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match=r"\[mailboxes\].*занято"):
        loaded(file, monkeypatch, MAILBOT_MAILBOXES__MAILBOX__URL="maildir:///srv/second")


def test_relative_paths_count_from_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(file, monkeypatch, MAILBOT_DATABASE__URL="sqlite:///data/truth.db")
    assert settings.database.url == f"sqlite:///{file.parent / 'data/truth.db'}"
    assert settings.storage.directory == file.parent / "data" / "mailbot-data"


def test_a_day_begins_at_local_midnight(file: Path) -> None:
    box = load(file).mailbox
    assert box
    assert box.start_date == dt.datetime(2026, 9, 1).astimezone(dt.UTC)  # local on purpose


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[mailbox]\nurl = 'pop3://example.ru'", "[mailbox] url"),
        ("[mailbox]\nurl = 'imaps://user:secret@example.ru'", "[mailbox] url"),
        ("[mailbox]\nurl = 'maildir://relative/path'", "[mailbox] url"),
        ("[mailbox]\nurl = 'maildir:///box'\nfolders = 'INBOX'", "[mailbox] folders"),
        ("[mailboks]\nurl = 'maildir:///box'", "mailboks"),
        ("[retry]\nfirst_seconds = 0", "[retry] first_seconds"),
        ("[outgoing]\nurl = 'maildir:///out'\nsender = 'nobody'", "[outgoing] sender"),
        ("[outgoing]\nurl = 'maildir:///out'", "[outgoing] sender"),
        ("[mailbox\n", "TOML"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_the_place(
    tmp_path: Path, text: str, named: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert named in str(caught.value)
    assert str(path) in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["MAILBOT_MAILBOKS__URL", "MAILBOT_MAILBOX", "MAILBOT_MAILBOX__URI", "MAILBOT_VERBOSE"],
)
def test_a_variable_that_names_no_setting_is_an_error(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with pytest.raises(ConfigurationError, match=name):
        loaded(file, monkeypatch, **{name: "1"})


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="mailbot init"):
        load(tmp_path / "mailbot.toml")


def test_a_secret_never_shows(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(file, monkeypatch, MAILBOT_MAILBOX__PASSWORD="geheim")
    assert settings.mailbox
    assert settings.mailbox.secret() == "geheim"
    assert "geheim" not in repr(settings)


def test_a_secret_may_lie_in_a_file_beside_the_configuration(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file.parent / "password").write_text("тайна\n", encoding="utf-8")
    settings = loaded(file, monkeypatch, MAILBOT_MAILBOX__PASSWORD_FILE="password")
    assert settings.mailbox
    assert settings.mailbox.secret() == "тайна"


ACCOUNT = "imaps://imap.example.ru/INBOX"


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"MAILBOX__USERNAME": "info"}, "[mailbox] password_file"),
        ({"MAILBOX__PASSWORD": "geheim"}, "[mailbox] username"),
        ({"MAILBOX__USERNAME": "info", "MAILBOX__PASSWORD_FILE": "absent"}, "absent"),
        ({"MAILBOX__USERNAME": "info", "MAILBOX__PASSWORD_FILE": "."}, "[mailbox] password_file"),
        ({"MAILBOX__USERNAME": "info", "MAILBOX__PASSWORD_FILE": "garbled"}, "garbled"),
        ({"MAILBOX__USERNAME": "info", "MAILBOX__PASSWORD_FILE": "empty"}, "empty"),
        ({"MAILBOX__URL": "maildir:///box", "OUTGOING__USERNAME": "info"}, "[outgoing] password"),
        ({"MAILBOX__URL": "maildir:///box", "OUTGOING__PASSWORD": "geheim"}, "[outgoing] username"),
        (
            {"MAILBOX__URL": "maildir:///box", "MAILBOXES__SECOND__URL": ACCOUNT},
            "[mailboxes.second] username",
        ),
    ],
)
def test_an_account_that_cannot_log_in_is_told_by_section_and_key(
    file: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    (file.parent / "garbled").write_bytes(b"g\xffheim-in-cp1251\n")
    (file.parent / "empty").write_bytes(b"\n")
    given = {"MAILBOX__URL": ACCOUNT} | variables
    settings = loaded(file, monkeypatch, **{f"MAILBOT_{key}": one for key, one in given.items()})
    with pytest.raises(ConfigurationError) as caught:
        settings.check_accounts()
    assert named in str(caught.value)
    assert "heim" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_for_outgoing_mail_may_want_no_log_in(file: Path) -> None:
    load(file).check_accounts()


def test_the_commented_file_is_toml_and_names_every_key() -> None:
    text = resources.files("config").joinpath("mailbot.toml").read_text(encoding="utf-8")
    tomllib.loads(text.replace("{start_date}", "2026-09-01"))
    sections: dict[str, str] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        sections[section] = sections.get(section, "") + line + "\n"
    missing = [
        key
        for key in documented_keys()
        if f"{key.rpartition('.')[2]} =" not in sections.get(key.rpartition(".")[0], "")
    ]
    assert not missing


GUIDE = Path(__file__).parents[2] / "docs" / "mailbox.md"
# a configuration as the guide shows it
EXAMPLE = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLE.findall(GUIDE.read_text(encoding="utf-8")))
def test_every_configuration_of_the_guide_is_accepted(tmp_path: Path, example: str) -> None:
    file = tmp_path / "mailbot.toml"
    file.write_text(example, encoding="utf-8")
    settings = load(file)
    assert settings.mailbox
    assert settings.outgoing


@pytest.mark.parametrize(
    "text",
    [
        '[questionnaire.labels]\n"administrator.phone" = ["Позывной", "Вход"]\n',
        '[questionnaire.labels]\nadministrator.phone = ["Позывной", "Вход"]\n',
        '[questionnaire]\nlabels = {"administrator.phone" = ["Позывной", "Вход"]}\n',
    ],
)
def test_labels_may_be_written_in_every_way_that_toml_has(
    file: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    file.write_text(GOOD + text, encoding="utf-8")
    settings = loaded(file, monkeypatch)
    assert extra_labels(settings) == {"administrator.phone": ("Позывной", "Вход")}


def test_labels_may_stand_in_a_variable(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = '{"organization.inn": ["Налоговый номер"]}'
    settings = loaded(file, monkeypatch, MAILBOT_QUESTIONNAIRE__LABELS=given)
    assert extra_labels(settings) == {"organization.inn": ("Налоговый номер",)}


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({"administrator.colour": ["Цвет"]}, r"administrator\.colour"),
        ({"organization.inn": [" "]}, "пуста"),
        ({"organization.inn": ["ы" * 200]}, "длиннее"),
        ({"organization.inn": ["Номер"], "organization.kpp": ["номер"]}, r"organization\.inn"),
        ({"organization.inn": [f"Номер {one}" for one in range(101)]}, "больше 100"),
    ],
)
def test_a_label_that_cannot_be_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch, labels: dict[str, list[str]], reason: str
) -> None:
    settings = loaded(file, monkeypatch, MAILBOT_QUESTIONNAIRE__LABELS=json.dumps(labels))
    with pytest.raises(ConfigurationError, match=reason):
        extra_labels(settings)


@pytest.mark.parametrize("given", ['["ИНН", "Номер"]', "ИНН, Номер"])
def test_a_list_may_stand_in_a_variable_as_json_or_parted_by_commas(
    file: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    settings = loaded(file, monkeypatch, MAILBOT_REGISTER__COLUMNS__INN=given)
    assert settings.register.columns.inn == ("ИНН", "Номер")


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAILBOT_RULES__REQUIRED_FIELDS", "[1"), ("MAILBOT_QUESTIONNAIRE__LABELS", "{1")],
)
def test_a_variable_that_is_no_json_is_told_in_one_line(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(file, monkeypatch, **{name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ('kind = "scim"', "url"),
        ('kind = "http"\nurl = "https://localhost/v1"', "token_file"),
        ('kind = "http"\nurl = "http://localhost/v1"\ntoken = "a"', "url"),
        ('kind = "http"\nurl = "https://name:word@localhost/v1"\ntoken = "a"', "url"),
        ('kind = "scim"\nurl = "https://localhost/v2"\ntoken = "две части"', "token_file"),
    ],
)
def test_a_registering_service_without_address_or_key_or_in_clear_is_one_line(
    section: str, key: str, tmp_path: Path
) -> None:
    file = tmp_path / "mailbot.toml"
    file.write_text(f"[provisioner]\n{section}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(file, {}).check_accounts()
    assert f"[provisioner] {key}" in str(caught.value)
    assert "word" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
