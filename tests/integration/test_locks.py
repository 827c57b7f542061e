"""The daemon's lock: one process has it, and it ends with that process."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailbot.locks import LockedError, hold
from workflow.ports import ServiceUnavailableError

HOLDER = """
import sys
from mailbot.locks import hold
with hold(sys.argv[1], wait_seconds=20, on_wait=lambda: None):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def held_elsewhere(url: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def take(url: str, *, wait_seconds: float = 0, waits: list[int] | None = None) -> None:
    calls = [] if waits is None else waits
    with hold(url, wait_seconds=wait_seconds, on_wait=lambda: calls.append(1)):
        pass


def test_a_lock_that_nobody_has_is_taken_at_once_and_given_back(store_url: str) -> None:
    waits: list[int] = []
    take(store_url, waits=waits)
    take(store_url, waits=waits)
    assert waits == []


def test_a_lock_that_another_process_has_is_waited_for_and_then_given_up(store_url: str) -> None:
    waits: list[int] = []
    with held_elsewhere(store_url):
        began = time.monotonic()
        with pytest.raises(LockedError, match="другой процесс") as caught:
            take(store_url, wait_seconds=0.5, waits=waits)
        assert time.monotonic() - began >= 0.5
    assert waits == [1]
    assert isinstance(caught.value, ServiceUnavailableError)
    assert "\n" not in str(caught.value)


def test_a_killed_process_lets_go(store_url: str) -> None:
    with held_elsewhere(store_url) as process:
        with pytest.raises(LockedError):
            take(store_url)
        process.send_signal(signal.SIGKILL)
        process.wait()
        take(store_url, wait_seconds=10)


def test_the_lock_is_taken_over_while_waiting(store_url: str) -> None:
    waits: list[int] = []
    with held_elsewhere(store_url) as process:
        threading.Timer(0.5, process.kill).start()
        take(store_url, wait_seconds=20, waits=waits)
    assert waits == [1]


def test_waiting_ends_when_the_process_is_told_to_stop(store_url: str) -> None:
    stop = threading.Event()
    with held_elsewhere(store_url):
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        with (
            pytest.raises(LockedError),
            hold(store_url, wait_seconds=60, on_wait=lambda: None, stop=stop),
        ):
            pass
        assert time.monotonic() - began < 10


def test_two_holders_in_one_process_exclude_each_other_too(store_url: str) -> None:
    with hold(store_url, wait_seconds=0, on_wait=lambda: None):
        with pytest.raises(LockedError):
            take(store_url)
        with pytest.raises(LockedError):  # having failed, it has not let go of the other's
            take(store_url)


def test_databases_have_locks_of_their_own(store_url: str, tmp_path: Path) -> None:
    with hold(store_url, wait_seconds=0, on_wait=lambda: None):
        take(f"sqlite:///{tmp_path}/other.sqlite")


def test_a_child_does_not_keep_its_parents_lock(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    end, go = os.pipe()
    with hold(url, wait_seconds=0, on_wait=lambda: None):
        child = os.fork()
        if child == 0:
            os.read(end, 1)
            os._exit(0)
        started = subprocess.Popen(["sleep", "60"])
    try:
        take(url)  # both children live
    finally:
        os.write(go, b".")
        os.waitpid(child, 0)
        started.kill()
        started.wait()
        os.close(end)
        os.close(go)


def test_a_forked_child_does_not_take_the_lock_from_its_parent(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    with hold(url, wait_seconds=0, on_wait=lambda: None):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        with pytest.raises(LockedError):
            take(url)


def test_the_file_lies_beside_the_database_and_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "data" / "mailbot.sqlite"
    take(f"sqlite:///{path}")  # before there is a database
    (lock,) = path.parent.iterdir()
    assert lock.name == "mailbot.sqlite.lock"
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_another_way_to_the_same_file_is_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to("data")
    with (
        hold(f"sqlite:///{tmp_path}/data/m.sqlite", wait_seconds=0, on_wait=lambda: None),
        pytest.raises(LockedError),
    ):
        take(f"sqlite:///{tmp_path}/link/m.sqlite")


def test_a_holder_notices_that_its_server_has_gone(store_url: str, postgres: Any) -> None:
    with hold(store_url, wait_seconds=0, on_wait=lambda: None) as lock:
        assert lock.is_held()
        postgres.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname <> 'postgres' AND pid <> pg_backend_pid()"
        )
        on_server = store_url.startswith("postgresql")
        assert lock.is_held() is not on_server
        assert lock.is_held() is not on_server  # a lost lock does not come back
        if on_server:
            take(store_url, wait_seconds=5)


def test_a_server_that_is_not_there_is_an_outage() -> None:
    with pytest.raises(ServiceUnavailableError, match="нет связи"):
        take("postgresql://u@/d?host=/nonexistent")
