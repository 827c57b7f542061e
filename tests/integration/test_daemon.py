"""The daemon as a process, on Maildirs: it takes, answers, outlives outages and stops when told."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailbot.samples import demo_messages

MAILBOT = Path(sys.executable).parent / "mailbot"
NOW = dt.datetime(2026, 9, 14, 8, 0, tzinfo=dt.UTC)

CONFIG = """
[mailbox]
url = "maildir://{home}/box"
poll_seconds = 0.5
[outgoing]
url = "maildir://{home}/out"
sender = "info@example.ru"
[database]
url = "{database}"
[storage]
directory = "data"
[retry]
first_seconds = 0.5
max_seconds = 2
[worker]
processes = 1
"""


@pytest.fixture(scope="session")
def order() -> bytes:
    """A good application with text PDF and questionnaire."""
    return demo_messages(NOW)[0].raw


class Program:
    """The command with a directory of its own."""

    def __init__(self, home: Path, database: str) -> None:
        self.home = home
        for name in ("new", "cur", "tmp"):
            (home / "box" / name).mkdir(parents=True)
        self.config = home / "mailbot.toml"
        self.config.write_text(CONFIG.format(home=home, database=database), encoding="utf-8")
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.home / f"stderr-{len(self.running)}").open("wb") as stderr:
            process = subprocess.Popen(
                [MAILBOT, *command, "--config", self.config],
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                cwd=self.home,
            )
        self.running.append(process)
        return process

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MAILBOT, *command, "--config", self.config],
            capture_output=True,
            text=True,
            cwd=self.home,
            check=False,
        )

    def arrives(self, raw: bytes, name: str = "message") -> None:
        (self.home / "box" / "tmp" / name).write_bytes(raw)
        (self.home / "box" / "tmp" / name).rename(self.home / "box" / "new" / name)

    def errors(self, number: int) -> str:
        return (self.home / f"stderr-{number}").read_text(encoding="utf-8")

    def states(self) -> list[str]:
        done = self.call("applications", "--json")
        found: list[dict[str, Any]] = json.loads(done.stdout) if done.returncode == 0 else []
        return [one["state"] for one in found]

    def replies(self) -> list[str]:
        folder = self.home / "out" / "new"
        return (
            sorted(path.name.split("-")[1] for path in folder.iterdir()) if folder.exists() else []
        )


@contextmanager
def _ended(program: Program) -> Iterator[Program]:
    yield program
    for process in program.running:
        process.kill()
        process.wait()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Program]:
    with _ended(Program(tmp_path, "sqlite:///mailbot.db")) as program:
        yield program


@pytest.fixture
def shared(tmp_path: Path, empty_postgresql_url: str) -> Iterator[Program]:
    with _ended(Program(tmp_path, empty_postgresql_url)) as program:
        yield program


@pytest.fixture(params=["embedded", "shared"])
def program(request: pytest.FixtureRequest) -> Program:
    found: Program = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def empty_postgresql_url(postgres: Any) -> Iterator[str]:
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


def until(condition: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.2)


def test_an_application_that_arrives_is_answered_and_the_daemon_ends_when_told(
    program: Program, order: bytes
) -> None:
    daemon = program.start("run")
    program.arrives(order)
    until(lambda: program.replies() == ["welcome"])
    until(lambda: program.states() == ["completed"])
    begun = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(10) == 0
    assert time.monotonic() - begun < 10
    assert "Traceback" not in program.errors(0)


def test_a_killed_daemons_work_is_done_once_by_the_next(program: Program, order: bytes) -> None:
    program.arrives(order)
    for pause in (0.8, 1.6, 2.4, 3.2):
        process = program.start("run")
        time.sleep(pause)
        process.kill()
        process.wait()
    program.start("run")
    until(lambda: program.states() == ["completed"])
    assert program.replies() == ["welcome"]


def test_it_outlives_an_outgoing_mailbox_that_cannot_be_written(
    program: Program, order: bytes
) -> None:
    (program.home / "out").write_text("in the way")
    daemon = program.start("run")
    program.arrives(order)
    until(lambda: program.states() == ["provisioned"])
    time.sleep(1)
    assert daemon.poll() is None
    (program.home / "out").unlink()
    until(lambda: program.states() == ["completed"])


def test_an_operators_decision_takes_effect_at_once(program: Program) -> None:
    mismatch = next(one for one in demo_messages(NOW) if one.name.endswith("phones-differ"))
    program.start("run")
    program.arrives(mismatch.raw)
    until(lambda: program.states() == ["in_review"])
    given = "administrator.phone=+79035550717"
    done = program.call("queue", "approve", "1", "--set", given, "--operator", "anna")
    assert done.returncode == 0, done.stderr
    until(lambda: program.replies() == ["receipt", "welcome"])


def test_a_second_one_says_so_in_one_line_and_waits(embedded: Program) -> None:
    program = embedded
    first = program.start("run")
    until(lambda: (program.home / "mailbot.db").exists())  # the lock is taken before
    second = program.start("run", "--once")
    until(lambda: program.errors(1) != "")
    time.sleep(1)
    assert second.poll() is None
    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0
    assert second.wait(20) == 0
    assert len(program.errors(1).splitlines()) == 1


def test_a_worker_needs_postgresql(embedded: Program) -> None:
    done = embedded.call("worker")
    assert done.returncode == 2
    assert "PostgreSQL" in done.stderr


def test_workers_share_the_database_with_the_daemon(shared: Program, order: bytes) -> None:
    program = shared
    assert program.call("db", "upgrade").returncode == 0
    program.start("worker")
    program.start("worker")
    program.start("run")
    program.arrives(order)
    until(lambda: program.states() == ["completed"])
    assert program.replies() == ["welcome"]


def test_it_sits_still_when_nothing_happens(embedded: Program) -> None:
    daemon = embedded.start("run")
    time.sleep(4)
    before = _cpu_seconds(daemon.pid)
    time.sleep(5)
    spent = _cpu_seconds(daemon.pid) - before
    assert spent < 1.0  # a spinning loop takes five


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
