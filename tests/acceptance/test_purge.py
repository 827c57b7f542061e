"""Retention: after its period nothing of a person is left, and yet nothing is answered twice."""

from __future__ import annotations

import base64
import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.house import House, files_in, single_line, snapshot
from tests.acceptance.papers import address, doubtful, good, incomplete, message, parsed_id
from tests.acceptance.traces import everything_of, found_in_files, names_of, numbers_of

pytestmark = pytest.mark.slow  # whole passes, one after another

SOON: Final = 0.000_001  # of a day: less than a command takes
PERIODS: Final = ("completed", "rejected", "expired", "joined", "ignored")
NOTE: Final = "Созвонились, Кукушкина просит подождать"
WHY: Final = "Уважаемая Кукушкина Зоя! Пришлите заявку заново."
REGISTRY: Final = ("organization", "administrator", "provision")


def periods(**days: float) -> str:
    given = dict.fromkeys(PERIODS, 0.0) | days
    return "[retention]\n" + "\n".join(f"{name}_days = {given[name]:f}" for name in PERIODS)


def data(house: House) -> Path:
    """Everything that the program keeps: the database and the messages, without mailbox and settings."""
    return house.directory / "data"


def sent_to(house: House, number: int) -> list[str]:
    """The files in the outgoing Maildir that a school was written."""
    return [name for name, mail in house.replies().items() if mail["To"] == address(number)]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after a pass: completed, waiting, rejected by an operator, joined, and foreign mail."""
    house = House.make(tmp_path_factory.mktemp("prepared") / "house")
    (house.directory / "data").mkdir(mode=0o700)
    configure(house, periods())
    house.put("1.good", good(0))
    house.put("2.incomplete", incomplete(1))
    house.put("3.doubtful", doubtful(2))
    house.put("4.again", doubtful(3))
    house.put("5.foreign", message(4, subject="Сведения об Иванове Петре"))
    assert house.once().status == 1
    ids = numbers(house)
    who = ("--operator", "Кукушкина", "--note", NOTE)
    for arguments in (
        ("show", str(ids[2]), "--operator", "Кукушкина"),
        ("queue", "reject", str(ids[2]), "--message", WHY, *who),
        ("queue", "join", str(ids[3]), str(ids[1]), *who),
    ):
        outcome = house.run(*arguments)
        assert outcome.status == 0, outcome
    assert house.once().status in {0, 1}
    return house


@pytest.fixture
def used(prepared: House, tmp_path: Path) -> House:
    """A copy of it."""
    return prepared.copy(tmp_path / "house")


def configure(house: House, settings: str) -> None:
    house.configure(
        f'[database]\nurl = "sqlite:///data/mailbot.db"\n[storage]\ndirectory = "data/kept"\n{settings}'
    )


def numbers(house: House) -> dict[int, int]:
    """The application of each school, by the school's number."""
    by_sender = {one["sender"]: one["id"] for one in house.applications()}
    return {
        number: by_sender[address(number)] for number in range(4) if address(number) in by_sender
    }


def stored(house: House, *, besides: tuple[str, ...] = ()) -> str:
    with closing(sqlite3.connect(data(house) / "mailbot.db")) as connection:
        lines = [
            line
            for line in connection.iterdump()
            if not any(f'INTO "{table}"' in line for table in besides)
        ]
    return "\n".join(lines)


def rows(house: House, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data(house) / "mailbot.db")) as connection:
        return connection.execute(statement).fetchall()


def test_before_its_period_is_over_nothing_is_deleted(used: House) -> None:
    configure(used, "")  # the periods that hold without any setting
    before, files = stored(used), files_in(data(used))
    outcome = used.run("purge", "--json")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.json["applications"] == []
    assert outcome.json["places"] == outcome.json["orphans"] == 0
    assert stored(used) == before
    assert files_in(data(used)) == files


def test_nothing_of_a_rejected_school_is_left_in_any_file(used: House) -> None:
    whose = everything_of(2) | {"кукушкина", "созвонились"}
    assert found_in_files(data(used), whose).keys() >= {"mailbot.db"}  # the search does find
    ids = numbers(used)
    box = snapshot(used.box)
    assert sent_to(used, 2)
    others = sent_to(used, 1)
    kept = len(list((data(used) / "kept").rglob("*/*")))
    configure(used, periods(rejected=SOON, joined=SOON, ignored=SOON))
    outcome = used.run("purge", "--json", "--operator", "архивариус")
    assert (outcome.status, outcome.err) == (0, "")
    assert [one["application"] for one in outcome.json["applications"]] == [ids[2], 4]
    assert outcome.json["places"] == 1
    assert outcome.json["scrubbed"]
    assert found_in_files(data(used), whose - {"кукушкина", "созвонились"}) == {}
    assert found_in_files(data(used), everything_of(4) | {"сведения об"}) == {}
    assert "Зоя" not in stored(used)
    assert len(list((data(used) / "kept").rglob("*/*"))) == kept - 1
    assert snapshot(used.box) == box
    assert (sent_to(used, 2), sent_to(used, 1)) == ([], others)
    shown = used.show(ids[2])
    assert shown["state"] == "rejected"
    assert shown["verdict"] == "review"
    assert {one["code"] for one in shown["findings"]} == {"phone_mismatch"}
    assert [row["to"] for row in shown["history"]][-1] == "rejected"
    assert shown["administrator"] == {"full_name": None, "phone": None}
    # what has not ended is whole
    assert used.show(ids[1])["messages"][0]["sender"] == address(1)


def test_of_a_registered_school_only_the_registry_is_left(used: House) -> None:
    ids = numbers(used)
    configure(used, periods(completed=SOON))
    assert used.run("purge").status == 0
    left = stored(used, besides=REGISTRY)
    plain = left.casefold()
    assert not {word for word in everything_of(0) if word.casefold() in plain}
    in_files = found_in_files(data(used), everything_of(0))
    granted = names_of(0) | numbers_of(0)
    assert set().union(*in_files.values()) <= granted
    assert in_files.keys() == {"mailbot.db"}
    (registered,) = rows(used, "SELECT full_name, phone FROM administrator")
    assert registered == ("Иванова Мария Петровна", "+79125550147")
    shown = used.show(ids[0]) if 0 in ids else {}
    assert shown["organization"]["inn"]
    assert used.json("report")["states"]["completed"] == 1


def test_identical_bytes_are_still_the_same_message_and_are_not_kept_again(used: House) -> None:
    configure(used, periods(completed=SOON, rejected=SOON))
    assert used.run("purge").status == 0
    files = files_in(data(used) / "kept")
    replies = used.replies().keys()
    used.put("9.again", good(0))
    used.put("9.more", doubtful(2), folder="cur")
    assert used.once().status == 0
    fates = {one["key"]: one for one in used.json("messages")}
    for key in ("9.again", "9.more"):
        assert fates[key]["fate"] == "repeated"
        assert not fates[key]["sender"]
        assert not fates[key]["message_id"]
        assert fates[key]["application"]
    assert files_in(data(used) / "kept") == files
    assert used.replies().keys() == replies
    assert found_in_files(data(used), {address(2), address(0)}) == {}


def test_a_dry_run_shows_the_same_and_deletes_nothing(used: House) -> None:
    configure(used, periods(rejected=SOON, ignored=SOON))
    before, files = stored(used), files_in(data(used))
    shown = used.json("purge", "--dry-run")
    assert stored(used) == before
    assert files_in(data(used)) == files
    done = used.json("purge")
    assert shown["dry_run"]
    assert not done["dry_run"]
    for key in ("places", "orphans"):
        assert shown[key] == done[key]
    counted = ("application", "state", "ended_at", "messages", "replies", "places", "size")
    assert [{key: one[key] for key in counted} for one in shown["applications"]] == [
        {key: one[key] for key in counted} for one in done["applications"]
    ]


def test_an_act_of_deletion_remains_that_names_nobody(used: House) -> None:
    configure(used, periods(rejected=SOON, ignored=SOON))
    assert used.json("purge", "--acts") == []
    ids = numbers(used)
    done = used.run("purge", "--operator", "архивариус")
    assert done.status == 0
    assert used.run("purge").status == 0
    first, second = used.json("purge", "--acts")
    assert first["application"] == ids[2]
    assert first["state"] == "rejected"
    assert first["who"] == "архивариус"
    assert (first["messages"], first["replies"], first["places"]) == (1, 2, 1)
    assert first["size"] == len(doubtful(2))
    assert first["ended_at"] <= first["at"]
    assert (second["application"], second["places"]) == (None, 1)
    listing = used.run("purge", "--acts")
    assert "Строк в акте: 2." in listing.out


def test_a_purge_that_was_cut_off_is_finished_by_the_next(used: House) -> None:
    configure(used, periods(rejected=SOON))
    gone = [path for path in (data(used) / "kept").rglob("*/*") if path.is_file()]
    for path in gone:  # as if killed when the bytes were gone and the rows were not
        if address(2).encode() in path.read_bytes():
            path.unlink()
    assert [one["state"] for one in used.json("purge")["applications"]] == ["rejected"]
    assert found_in_files(data(used), everything_of(2)) == {}
    # as if killed when the rows were stripped and the files of the database not yet scrubbed
    with closing(sqlite3.connect(data(used) / "mailbot.db")) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("INSERT INTO switch (name, value) VALUES ('scrub_due', 'due')")
        connection.execute("INSERT INTO switch (name, value) VALUES ('x', ?)", [address(2) * 99])
        connection.commit()
        connection.execute("DELETE FROM switch WHERE name = 'x'")
        connection.commit()
    assert "mailbot.db" in found_in_files(data(used), {address(2)})
    assert used.json("purge")["scrubbed"]
    assert found_in_files(data(used), {address(2)}) == {}
    assert rows(used, "SELECT value FROM switch WHERE name = 'scrub_due'") == []


def test_files_that_no_row_knows_go_when_they_are_older_than_anything_kept(used: House) -> None:
    kept = data(used) / "kept" / "messages"
    paths = []
    for number, age in ((5, 10 * 86_400), (6, 10)):
        raw = good(number)
        digest = hashlib.sha256(raw).hexdigest()
        path = kept / digest[:2] / digest[2:]
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(raw)
        os.utime(path, (path.stat().st_mtime - age,) * 2)
        paths.append(path)
    torn = kept / ".partial-abc"
    torn.write_bytes(good(7))
    days = dict.fromkeys(PERIODS, 5.0)
    configure(used, periods(**(days | {"completed": 0.0})))
    assert used.json("purge")["orphans"] == 0  # something is kept for ever
    configure(used, periods(**days))
    assert used.json("purge", "--dry-run")["orphans"] == 1
    assert [path.exists() for path in paths] == [True, True]
    assert used.json("purge")["orphans"] == 1
    assert [path.exists() for path in paths] == [False, True]
    assert not torn.exists()


def test_an_answer_that_is_still_on_its_way_keeps_an_application(used: House) -> None:
    configure(used, periods(rejected=SOON))
    with closing(sqlite3.connect(data(used) / "mailbot.db")) as connection:
        connection.execute("UPDATE outbox SET status = 'pending' WHERE kind = 'rejection'")
        connection.commit()
    assert used.json("purge")["applications"] == []


def test_the_job_does_the_same_and_a_wrong_period_is_refused(used: House) -> None:
    configure(used, "[retention]\ncompleted_days = -1")
    assert "completed_days" in single_line(used.run("purge"))
    configure(used, periods(rejected=SOON))
    assert "purge" in {job["name"] for job in used.json("jobs")}
    assert used.run("jobs", "run", "purge").status == 0
    (act,) = used.json("purge", "--acts")
    assert act["who"] == "program"
    assert found_in_files(data(used), everything_of(2)) == {}


def test_the_search_would_find_what_is_hidden_in_other_forms(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("…ИВАНОВОЙ…".encode("utf-16-le"))
    (tmp_path / "b").write_bytes(
        b'{"x": "\\u0418\\u0432\\u0430\\u043d\\u043e\\u0432\\u043e\\u0439"}'
    )
    (tmp_path / "c").write_bytes(base64.b64encode(b"nothing"))
    assert found_in_files(tmp_path, {"Ивановой"}).keys() == {"a", "b"}
    assert parsed_id(good(0))
