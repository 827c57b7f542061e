"""Killed at every step of a whole run: the end is the one of a run that nobody disturbs."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.house import House, files_in, finish, snapshot, wait_until_gone
from tests.acceptance.papers import address, doubtful, form, good, incomplete, message

pytestmark = pytest.mark.slow  # whole passes, one after another

ROOT: Final = Path(__file__).resolve().parents[2]
CRASHING: Final = (sys.executable, "-m", "tests.acceptance.crashing")
GONE_WITHIN: Final = 3.0  # seconds after the program has died
LEAST_STEPS: Final = 30  # fewer would say that the steps are not found any more
SLOW: Final = pytest.mark.slow


def fill(house: House) -> None:
    house.put("1.good", good(0))
    house.put("2.incomplete", incomplete(1))
    house.put("3.missing", message(1, form(1), text="Анкета."))
    house.put("4.doubtful", doubtful(2))
    house.put("5.foreign:2,S", message(3, subject="Расписание"), folder="cur")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of its own, "" for the file that is the default."""
    if request.param == "sqlite":
        yield ""
        return
    cluster = request.getfixturevalue("postgres")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


def made(directory: Path, database: str) -> House:
    url = f'[database]\nurl = "{database}"\n' if database else ""
    house = House.make(directory, f"{url}[worker]\nprocesses = 1")
    fill(house)
    return house


def run_until(house: House, step: str, how: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*CRASHING, step, how, "run", "--once", "--config", str(house.config)],
        cwd=ROOT,
        env={**house.environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def die_at(house: House, step: str, how: str) -> None:
    """Run until a step and see that the program died there, with everything that it had started."""
    process = run_until(house, step, how)
    process.communicate(timeout=180)
    assert process.returncode == -signal.SIGKILL, f"{step} was never reached"
    assert wait_until_gone(_of_session(process.pid), GONE_WITHIN) == set()


def _of_session(session: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            found.add(int(stat.parent.name))
    return found


def outcome(house: House) -> dict[str, Any]:
    """Everything about the end of a run that may not depend on how it came about."""
    applications = house.applications()
    return {
        "states": sorted((one["sender"], one["state"], one["verdict"]) for one in applications),
        "messages": sorted(
            (one["key"], one["fate"], one["reason"]) for one in house.json("messages")
        ),
        "history": sorted(
            (one["sender"], row["from"] or "", row["to"], row["who"])
            for one in applications
            for row in house.show(one["id"])["history"]
        ),
        "replies": sorted(
            (reply["To"], name.split("-")[1]) for name, reply in house.replies().items()
        ),
        "unsent": house.json("outbox", "list"),
        "kept": files_in(house.directory / "mailbot-data"),
        "rest": sorted(files_in(house.outgoing / "tmp") | files_in(house.home / "tmp")),
    }


def recorded(house: House) -> list[str]:
    """Run undisturbed; returns the steps, each once, in the order in which they come."""
    file = house.directory / "steps"
    process = run_until(house, f"record:{file}", "tree")
    process.communicate(timeout=180)
    assert process.returncode == 1  # an operator is needed
    return list(dict.fromkeys(file.read_text(encoding="utf-8").splitlines()))


def finish_undisturbed(house: House) -> None:
    last = house.once()
    assert last.status in {0, 1}
    assert last.err == ""
    assert house.once().status == 0


def test_killed_at_one_step_after_another_a_run_comes_to_the_undisturbed_end(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    pattern = made(tmp_path / "pattern", database)
    steps = recorded(pattern)
    assert len(steps) >= LEAST_STEPS
    undisturbed = outcome(pattern)
    assert [state for _, state, _ in undisturbed["states"]] == [
        "completed",
        "completed",
        "in_review",
    ]
    assert {to for to, _ in undisturbed["replies"]} == {address(number) for number in range(3)}
    other = ""
    if database:
        cluster = request.getfixturevalue("postgres")
        other = cluster.url(cluster.create())
    house = made(tmp_path / "house", other)
    before = snapshot(house.box)
    for number, step in enumerate(steps):
        die_at(house, step, "tree" if number % 2 else "parent")
    finish_undisturbed(house)
    assert outcome(house) == undisturbed
    assert snapshot(house.box) == before


@SLOW
@pytest.mark.parametrize("how", ["tree", "parent"])
def test_killed_at_any_single_step_a_run_comes_to_the_undisturbed_end(
    tmp_path: Path, database: str, how: str, request: pytest.FixtureRequest
) -> None:
    pattern = made(tmp_path / "pattern", database)
    steps = recorded(pattern)
    undisturbed = outcome(pattern)
    for number, step in enumerate(steps):
        other = ""
        if database:
            cluster = request.getfixturevalue("postgres")
            other = cluster.url(cluster.create())
        house = made(tmp_path / f"house{number}", other)
        for _ in range(2):  # the second is where the first was not gone beyond it
            process = run_until(house, step, how)
            process.communicate(timeout=180)
        finish_undisturbed(house)
        assert outcome(house) == undisturbed, step


def test_the_second_of_two_kills_at_the_same_step_changes_no_fate(
    tmp_path: Path,
) -> None:
    """The parent's own death, however often, is no failed reading."""
    house = made(tmp_path / "house", "")
    for _ in range(5):
        die_at(house, "CagedReader.__call__: after", "parent")
    finish_undisturbed(house)
    assert {one["state"] for one in house.applications()} == {"completed", "in_review"}
    assert finish(house.start("queue", "list")).status == 0
