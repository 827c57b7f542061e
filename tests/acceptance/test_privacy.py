"""Nobody is named on standard error, nothing is open to others, and no secret is ever said."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mailbot.samples import File
from tests.acceptance.house import House, Outcome, finish
from tests.acceptance.papers import (
    doubtful,
    form,
    good,
    incomplete,
    message,
    order,
    person,
)
from tests.acceptance.traces import everything_of, found_in_text

pytestmark = pytest.mark.slow  # whole passes, one after another

SCHOOLS = range(6)
EVERYBODY = set().union(*(everything_of(number) for number in SCHOOLS))
SECRET = "s3cr3t-geheim"


def fill(house: House) -> None:
    """Applications of every kind, and mail that is none."""
    torn = File(name=f"{person(4).full_name}.pdf", content=b"%PDF-1.4 torn", media_type="x/y")
    house.put("1.good", good(0))
    house.put("2.incomplete", incomplete(1))
    house.put("3.doubtful", doubtful(2))
    house.put("4.torn", message(4, torn, form(4)))
    house.put("5.two", message(3, order(3), form(3), subject=f"Справка {person(3).full_name}"))
    house.put("6.foreign", message(5, subject=f"{person(5).full_name}, {person(5).phone}"))


def change(house: House, *statements: str) -> None:
    with closing(sqlite3.connect(house.directory / "mailbot.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def names_nobody(text: str) -> None:
    assert not (found := found_in_text(text, EVERYBODY)), (found, text)


def lose_the_bytes(house: House) -> None:
    for path in (house.directory / "mailbot-data").rglob("*/*"):
        if path.is_file():
            path.unlink()
    change(house, "UPDATE message SET reading = NULL", "UPDATE application SET state = 'received'")


def garble_a_row(house: House) -> None:
    """A stored value that is no value any more: the libraries quote it in their errors."""
    whose = f'[{{"code": "{person(2).full_name}", "raw": "{person(2).phone}"}}]'
    change(
        house,
        "UPDATE application SET state = 'parsed' WHERE state = 'in_review'",
        f"UPDATE application SET findings = '{whose}' WHERE state = 'parsed'",  # noqa: S608
    )


def refuse_replies(house: House) -> None:
    """A constraint that breaks: databases' errors quote what was to be stored."""
    change(
        house,
        "DELETE FROM outbox",
        "UPDATE application SET state = 'parsed', asked = '' WHERE state <> 'completed'",
        "CREATE TRIGGER no_replies BEFORE INSERT ON outbox BEGIN SELECT"
        " RAISE(ABORT, 'UNIQUE constraint failed: outbox.recipient'); END",
    )


def block_the_way_out(house: House) -> None:
    change(house, "UPDATE outbox SET status = 'pending', sent_at = NULL")
    for path in sorted(house.outgoing.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    house.outgoing.rmdir()
    house.outgoing.write_text("in the way")


DAMAGES = [lose_the_bytes, garble_a_row, refuse_replies, block_the_way_out]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House.make(tmp_path_factory.mktemp("privacy") / "house")
    figures = tmp_path_factory.mktemp("figures") / "mailbot.prom"
    house.configure(f'[metrics]\ntextfile = "{figures}"')
    fill(house)
    outcome = house.once()
    assert outcome.status == 1
    names_nobody(outcome.err)
    names_nobody(figures.read_text())
    return house


def debugged(house: House, *arguments: str, **environment: str) -> Outcome:
    process = house.start(*arguments, **environment)
    out, err = process.communicate(timeout=180)
    return Outcome(process.returncode, out.decode(), err.decode())


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_pass_that_fails_names_nobody_on_standard_error(
    prepared: House, tmp_path: Path, damage: Callable[[House], None]
) -> None:
    house = prepared.copy(tmp_path / "house")
    damage(house)
    outcome = house.once()
    assert outcome.status == 3, outcome
    assert outcome.err
    names_nobody(outcome.err)
    detailed = debugged(house, "run", "--once", "--debug")
    assert detailed.status == 3
    names_nobody(detailed.err)


@pytest.mark.parametrize("damage", [garble_a_row, refuse_replies])
def test_one_broken_application_holds_up_no_other(
    prepared: House, tmp_path: Path, damage: Callable[[House], None]
) -> None:
    house = prepared.copy(tmp_path / "house")
    damage(house)
    change(house, "DROP TRIGGER IF EXISTS no_replies")
    if damage is refuse_replies:
        change(
            house,
            "CREATE TRIGGER no_replies BEFORE INSERT ON outbox WHEN NEW.application_id = 2 BEGIN"
            " SELECT RAISE(ABORT, 'UNIQUE constraint failed'); END",
        )
    house.put("9.late", good(5))
    assert house.once().status == 3
    assert len(house.replies()) > len(prepared.replies())


def test_the_daemon_names_nobody_and_outlives_broken_rows(prepared: House, tmp_path: Path) -> None:
    house = prepared.copy(tmp_path / "house")
    house.configure("[retry]\nfirst_seconds = 0.3\nmax_seconds = 1", mailbox="poll_seconds = 0.3")
    garble_a_row(house)
    process = house.start("run")
    try:
        time.sleep(4)
        house.put("9.late", good(5))
        end = time.monotonic() + 60
        while len(house.replies()) <= len(prepared.replies()):
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.3)
    finally:
        process.terminate()
        outcome = finish(process)
    assert outcome.status == 0
    assert "внутренняя ошибка" in outcome.err
    names_nobody(outcome.err)


def test_everything_that_is_kept_is_closed_to_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        house = House.make(tmp_path / "house")
        (house.directory / "data").mkdir(mode=0o700)
        house.configure(
            '[database]\nurl = "sqlite:///data/mailbot.db"\n[storage]\ndirectory = "data/kept"',
            mailbox="poll_seconds = 0.3",
        )
        fill(house)
        process = house.start("run")
        try:
            wait_for_replies(house, process)
            open_to_others = sorted(_open(house.directory / "data"))
            kept = {path.name for path in (house.directory / "data").iterdir()}
            assert {"mailbot.db", "mailbot.db-wal", "kept"} <= kept
            assert open_to_others == []
            assert sorted(_open(house.home / "tmp", besides=house.home / "tmp")) == []
        finally:
            process.terminate()
            assert finish(process).status == 0
        assert house.run("purge").status == 0
        assert sorted(_open(house.directory / "data")) == []
        replies = [path for path in house.outgoing.rglob("*") if path.is_file()]
        assert replies
        assert {stat.S_IMODE(path.stat().st_mode) for path in replies} == {0o600}
    finally:
        os.umask(before)


def wait_for_replies(house: House, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 90
    while len(house.replies()) < 3:
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.3)


def _open(directory: Path, *, besides: Path | None = None) -> Iterator[str]:
    for path in [directory, *directory.rglob("*")]:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:  # a temporary file that is gone by now
            continue
        if path != besides and mode & 0o077:
            yield f"{path} {mode:o}"


@pytest.mark.parametrize(
    "settings",
    [
        {"MAILBOT_MAILBOX__URL": "imaps://localhost:1/INBOX", "MAILBOT_MAILBOX__USERNAME": "info"},
        {"MAILBOT_MAILBOX__URL": "imaps://localhost:1/INBOX"},
        {"MAILBOT_MAILBOX__POLL_SECONDS": "often"},
        {"MAILBOT_DATABASE__URL": f"postgresql://info:{SECRET}@localhost:1/mailbot"},
        {"MAILBOT_DATABASE__URL": f"mysql://info:{SECRET}@localhost:1/mailbot"},
        {"MAILBOT_OUTGOING__URL": "smtps://localhost:1", "MAILBOT_OUTGOING__USERNAME": "info"},
    ],
)
def test_no_secret_is_ever_said(house: House, settings: dict[str, str]) -> None:
    (house.directory / "password").write_text(SECRET)
    secrets = {
        "MAILBOT_MAILBOX__PASSWORD": SECRET,
        "MAILBOT_OUTGOING__PASSWORD_FILE": "password",
    }
    for command in (["doctor", "--debug"], ["run", "--once", "--debug"]):
        outcome = debugged(house, *command, **secrets, **settings)
        assert outcome.status in {0, 1, 2, 3}
        said = outcome.out + outcome.err
        assert said.strip()
        assert SECRET not in said
