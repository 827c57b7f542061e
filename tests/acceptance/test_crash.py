"""Killed in the middle, or started twice: nothing is lost, nothing is done twice, nothing is left behind."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.house import (
    House,
    descendants,
    finish,
    parsed,
    snapshot,
    wait_until_gone,
)
from tests.acceptance.papers import address, doubtful, good, incomplete, message

MAIL: Final = {
    "1.good": (good, 0, "completed"),
    "2.good": (good, 1, "completed"),
    "3.incomplete": (incomplete, 2, "awaiting_applicant"),
    "4.doubtful": (doubtful, 3, "in_review"),
    "5.good": (good, 4, "completed"),
    "6.incomplete": (incomplete, 5, "awaiting_applicant"),
}
GONE_WITHIN: Final = 2.0  # seconds after the program was killed


def fill(house: House) -> None:
    for name, (make, number, _) in MAIL.items():
        house.put(name, make(number))
    house.put("7.foreign:2,S", message(6, subject="Расписание"), folder="cur")


def kill(process: subprocess.Popen[bytes]) -> set[int]:
    """Kill the program itself and nothing it has started; returns what is left of that too long."""
    process.send_signal(signal.SIGSTOP)  # it starts nothing between our look and its end
    started = descendants(process.pid)
    process.kill()
    process.wait()
    left = wait_until_gone(started, GONE_WITHIN)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    return left


def files_in(directory: Path) -> list[str]:
    return [path.name for path in directory.rglob("*")]


def check_the_undisturbed_end(house: House) -> None:
    """Each application ended as its papers deserve, with one reply and one organization."""
    states = {one["sender"]: one["state"] for one in house.applications()}
    assert states == {address(number): state for _, number, state in MAIL.values()}
    assert len(house.applications()) == len(MAIL)
    recipients = sorted(one["To"] for one in house.replies().values())
    assert recipients == sorted(address(number) for _, number, _ in MAIL.values())
    assert house.json("outbox", "list") == []
    assert {one["key"]: one["fate"] for one in house.json("messages")} == {
        **dict.fromkeys(MAIL, "taken"),
        "7.foreign": "ignored",
    }
    with closing(sqlite3.connect(house.directory / "mailbot.db")) as connection:
        for table in ("organization", "administrator"):
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            assert count == sum(state == "completed" for _, _, state in MAIL.values())
        twice = "SELECT 1 FROM history GROUP BY application_id, target HAVING count(*) > 1"
        assert connection.execute(twice).fetchall() == []


def kill_often(house: House, kills: int, seed: int) -> None:
    """Kill one pass after another at any moment, then let one run to its end."""
    moments = random.Random(seed)
    before = snapshot(house.box)
    for _ in range(kills):
        process = house.start("run", "--once")
        time.sleep(moments.uniform(0.4, 3.5))
        assert kill(process) == set()
        assert files_in(house.home / "tmp") == []
        assert snapshot(house.box) == before
    last = house.once()
    assert last.status in {0, 1}
    assert last.err == ""
    check_the_undisturbed_end(house)
    assert house.once().status == 0
    assert files_in(house.outgoing / "tmp") == []
    stored = [
        path
        for path in (house.directory / "mailbot-data" / "messages").rglob("*")
        if path.is_file()
    ]
    assert len(stored) == len(MAIL)
    assert snapshot(house.box) == before


def test_a_pass_killed_at_any_moment_loses_and_doubles_nothing(house: House) -> None:
    fill(house)
    kill_often(house, kills=9, seed=3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_many_passes_killed_lose_and_double_nothing(house: House, seed: int) -> None:
    fill(house)
    kill_often(house, kills=15, seed=100 + seed)


def test_a_pass_that_is_stopped_leaves_the_rest_due(house: House) -> None:
    fill(house)
    process = house.start("run", "--once")
    while not (house.directory / "mailbot-data").exists():
        time.sleep(0.02)
    started = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    outcome = finish(process)
    assert time.monotonic() - begun < 10
    assert outcome.status == 0
    assert wait_until_gone(started, GONE_WITHIN) == set()
    assert files_in(house.home / "tmp") == []
    assert house.once().status == 1
    check_the_undisturbed_end(house)


def test_the_second_of_two_passes_waits_and_other_commands_do_not(house: House) -> None:
    fill(house)
    first = house.start("run", "--once")
    while not (house.directory / "mailbot-data").exists():
        time.sleep(0.02)
    second = house.start("run", "--once")
    for arguments in (["applications"], ["outbox", "list"]):
        outcome = house.run(*arguments)
        assert (outcome.status, outcome.err) == (0, ""), arguments
    outcomes = [finish(first), finish(second)]
    assert [one.status for one in outcomes] == [1, 0]
    assert outcomes[0].err == ""
    assert len(outcomes[1].err.splitlines()) == 1
    check_the_undisturbed_end(house)


def test_a_database_put_back_to_an_earlier_state_sends_nothing_twice(house: House) -> None:
    house.put("1.good", good(0))
    assert house.once().status == 0
    before = {name: bytes(one) for name, one in house.replies().items()}
    with closing(sqlite3.connect(house.directory / "mailbot.db")) as connection:
        connection.execute("UPDATE outbox SET status = 'pending', sent_at = NULL")
        connection.execute("UPDATE application SET state = 'provisioned'")
        connection.commit()
    for path in list((house.outgoing / "new").iterdir()):
        path.rename(house.outgoing / "cur" / f"{path.name}:2,S")  # a person has read it
    assert house.once().status == 0
    after = {name.partition(":")[0]: bytes(one) for name, one in house.replies().items()}
    assert after == before
    assert [one["state"] for one in house.applications()] == ["completed"]
    (sent,) = before.values()
    assert parsed(sent)["To"] == address(0)
