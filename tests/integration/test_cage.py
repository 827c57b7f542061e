from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailbot.cage import (
    PREFIX,
    Cage,
    CageBrokenError,
    CageClosedError,
    LimitReachedError,
    ReaderDiedError,
    remove_abandoned_directories,
)
from parsers.facts import How
from parsers.images.faults import OcrUnavailableError

JOB = "misbehaviour:run"
HERE = Path(__file__).parent
MEMORY = 400 * 2**20

# A parent that holds a lock and has a reading in hand; it is told where to write what.
PARENT = """
import fcntl, sys
sys.path[:0] = [{root!r}, {here!r}]
from mailbot.cage import Cage
lock = open({lock!r}, "w")
fcntl.flock(lock, fcntl.LOCK_EX)
cage = Cage(2, seconds=50, memory_bytes=400 << 20, job="misbehaviour:run")
cage.start()
print("started", flush=True)
cage.read({message!r}.encode())
"""


@pytest.fixture(autouse=True)
def _misbehaviour_can_be_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def cage() -> Iterator[Cage]:
    with Cage(2, seconds=3, memory_bytes=MEMORY, job=JOB) as cage:
        yield cage


def hurried() -> Cage:
    return Cage(2, seconds=0.7, memory_bytes=MEMORY, job=JOB)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return held


def numbers(path: Path) -> list[int]:
    assert within(10, lambda: path.exists() and path.read_text() != "")
    return [int(word) for word in path.read_text().split()]


def test_a_reading_comes_out_of_the_child_as_it_was_made(cage: Cage) -> None:
    reading = cage.read("say Сферум".encode())
    assert reading.headers.subject == "Сферум"
    assert reading.limits[0].how is How.OCR
    assert reading.limits[0].box == (1.0, 2.0, 3.0, 4.0)


def test_a_message_of_no_bytes_is_handed_over_too() -> None:
    with Cage(1, seconds=3, memory_bytes=MEMORY, job="misbehaviour:measure") as cage:
        assert cage.read(b"").headers.subject == "0"
        assert cage.read(b"x" * 2**20).headers.subject == "1048576"


def test_a_warm_cage_reads_in_well_under_a_second(cage: Cage) -> None:
    cage.read(b"nothing")
    before = time.monotonic()
    for _ in range(5):
        cage.read(b"nothing")
    assert time.monotonic() - before < 2.5


@pytest.mark.parametrize("act", ["loop", "backtrack", "sleep"])
def test_a_reading_that_does_not_end_is_ended_on_time(act: str) -> None:
    with hurried() as cage:
        cage.read(b"nothing")
        before = time.monotonic()
        with pytest.raises(LimitReachedError, match="time"):
            cage.read(act.encode())
        assert time.monotonic() - before < 2


@pytest.mark.parametrize(
    ("act", "which"),
    [
        ("allocate", "memory"),
        ("share_memory", "memory"),
        ("let_helpers_allocate", "memory"),
        ("abort_without_memory", "memory"),
        ("recurse", "depth"),
        ("write_huge_file", "disk"),
        ("write_many_files", "disk"),
        ("answer_too_much", "output"),
        ("answer_unpicklably", "output"),
    ],
)
def test_a_limit_that_is_reached_is_named(cage: Cage, act: str, which: str) -> None:
    with pytest.raises(LimitReachedError) as caught:
        cage.read(act.encode())
    assert caught.value.which == which


@pytest.mark.parametrize(
    ("act", "how"),
    [
        ("crash", "SIGSEGV"),
        ("be_killed", "SIGSEGV"),
        ("leave", "exit 1"),
        ("raise_fault", "ValueError in misbehaviour.py"),
        ("answer_with_foreign_class", "none"),
    ],
)
def test_a_child_that_dies_is_a_failed_attempt(cage: Cage, act: str, how: str) -> None:
    with pytest.raises(ReaderDiedError, match=how):
        cage.read(act.encode())


def test_the_fault_of_a_reader_is_told_without_the_words_of_the_letter(cage: Cage) -> None:
    with pytest.raises(ReaderDiedError) as caught:
        cage.read(b"raise_fault")
    assert "Иванова" not in str(caught.value)


def test_a_missing_engine_is_told_apart_from_everything_else(cage: Cage) -> None:
    with pytest.raises(OcrUnavailableError, match="install it"):
        cage.read(b"lack_engine")


def test_after_every_misbehaviour_the_next_message_is_read(cage: Cage) -> None:
    for act in (b"be_killed", b"allocate", b"leave"):
        with pytest.raises((LimitReachedError, ReaderDiedError)):
            cage.read(act)
        assert cage.read(b"nothing").headers.subject == "done"


def test_two_threads_read_at_once_and_a_third_waits(cage: Cage) -> None:
    cage.read(b"nothing")
    before = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        assert len(list(pool.map(cage.read, [b"nap"] * 3))) == 3
    assert 1.0 <= time.monotonic() - before < 1.45


def test_a_thread_that_ends_takes_no_other_threads_reading_with_it(cage: Cage) -> None:
    first = threading.Thread(target=cage.start)
    first.start()
    first.join()
    assert cage.read(b"nap").headers.subject == "done"


def test_a_cage_that_cannot_start_says_why() -> None:
    with (
        Cage(1, seconds=3, memory_bytes=MEMORY, job="no_such_module:run") as cage,
        pytest.raises(CageBrokenError, match="no_such_module"),
    ):
        cage.read(b"nothing")


def test_what_a_reading_started_ends_with_it(cage: Cage, tmp_path: Path) -> None:
    cage.read(f"start_helpers {tmp_path / 'pids'}".encode())
    assert all(gone(pid) for pid in numbers(tmp_path / "pids"))


def test_a_child_holds_no_file_of_its_parent(cage: Cage, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        cage.read(f"list_files {tmp_path / 'files'}".encode())
    files = (tmp_path / "files").read_text()
    assert "lock" not in files
    assert "socket" not in files


def test_a_child_sees_no_secret_of_the_environment(
    cage: Cage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_MAILBOX__PASSWORD", "secret-word")
    cage.read(f"show_environment {tmp_path / 'environment'}".encode())
    assert "secret-word" not in (tmp_path / "environment").read_text()


def test_a_child_works_in_a_directory_of_its_own_that_is_gone_afterwards(
    cage: Cage, tmp_path: Path
) -> None:
    cage.read(f"show_environment {tmp_path / 'environment'}".encode())
    _, directory, temporary = (tmp_path / "environment").read_text().split("\n")
    assert directory == temporary
    assert Path(directory).parent.parent == tmp_path
    assert not Path(directory).exists()


def test_children_are_silent(cage: Cage, capfd: pytest.CaptureFixture[str]) -> None:
    cage.read(b"shout")
    with pytest.raises(ReaderDiedError):
        cage.read(b"raise_fault")
    assert capfd.readouterr() == ("", "")


def test_no_file_is_left_after_closing(tmp_path: Path) -> None:
    with hurried() as cage, pytest.raises(LimitReachedError):
        cage.read(b"write_many_files")
    assert list(tmp_path.iterdir()) == []


def test_closing_now_drops_readings_in_hand_within_a_second(tmp_path: Path) -> None:
    cage = Cage(2, seconds=50, memory_bytes=MEMORY, job=JOB)
    with ThreadPoolExecutor(3) as pool:
        acts = [f"start_helpers_and_sleep {tmp_path / str(n)}".encode() for n in range(2)]
        readings = [pool.submit(cage.read, act) for act in [*acts, b"nothing"]]
        pids = [pid for n in range(2) for pid in numbers(tmp_path / str(n))]
        before = time.monotonic()
        cage.close(now=True)
        for reading in readings:
            with pytest.raises(CageClosedError):
                reading.result()
        assert time.monotonic() - before < 1
    assert within(10, lambda: all(gone(pid) for pid in pids))
    with pytest.raises(CageClosedError):
        cage.read(b"nothing")


def test_closing_without_haste_awaits_readings_in_hand() -> None:
    cage = Cage(2, seconds=5, memory_bytes=MEMORY, job=JOB)
    with ThreadPoolExecutor(1) as pool:
        cage.read(b"nothing")
        reading = pool.submit(cage.read, b"nap")
        time.sleep(0.1)
        cage.close()
        assert reading.result().headers.subject == "done"


def test_signals_of_a_terminal_or_supervisor_are_for_the_parent_to_answer(
    cage: Cage, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(cage.read, f"start_helpers_and_sleep {tmp_path / 'pids'}".encode())
        child, nursery, _ = numbers(tmp_path / "pids")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(child, number)
            os.kill(nursery, number)
        with pytest.raises(LimitReachedError, match="time"):
            reading.result()


def test_a_nursery_that_is_killed_is_replaced(cage: Cage, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(cage.read, f"start_helpers_and_sleep {tmp_path / 'pids'}".encode())
        pids = numbers(tmp_path / "pids")
        os.kill(pids[1], signal.SIGKILL)
        with pytest.raises(ReaderDiedError, match="nursery"):
            reading.result()
    assert within(10, lambda: all(gone(pid) for pid in pids))
    assert cage.read(b"nothing").headers.subject == "done"


def children() -> set[int]:
    own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
    return {int(pid) for pid in own.split()}


def test_a_cage_at_rest_gives_its_memory_back_and_reads_again(cage: Cage) -> None:
    others = children()
    cage.read(b"nothing")
    (nursery,) = children() - others
    cage.rest(after=60)
    assert not gone(nursery)
    cage.rest(after=0)
    assert within(10, lambda: gone(nursery))
    assert cage.read(b"nothing").headers.subject == "done"


def test_a_cage_that_reads_does_not_rest(cage: Cage) -> None:
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(cage.read, b"nap")
        time.sleep(0.2)
        cage.rest(after=0)
        assert reading.result().headers.subject == "done"


def parent_killed(message: str, lock: Path, temporary: Path, ready: Callable[[], object]) -> None:
    code = PARENT.format(root=str(HERE.parents[1]), here=str(HERE), lock=str(lock), message=message)
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        ready()
        parent.kill()


def lock_is_free(path: Path) -> bool:
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_nothing_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    pids: list[int] = []
    parent_killed(
        f"start_helpers_and_sleep {tmp_path / 'pids'}",
        tmp_path / "lock",
        temporary,
        lambda: pids.extend(numbers(tmp_path / "pids")),
    )
    assert lock_is_free(tmp_path / "lock")
    assert len(pids) == 3
    assert within(10, lambda: all(gone(pid) for pid in pids))
    assert within(10, lambda: list(temporary.iterdir()) == [])


def test_a_nursery_that_is_still_loading_does_not_outlive_its_parent_either(tmp_path: Path) -> None:
    def nurseries() -> list[bytes]:
        commands = []
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                commands.append(process.read_bytes())
        return [line for line in commands if b"cage_nursery" in line and here in line]

    here = str(tmp_path).encode()
    alive_at_first: list[bytes] = []
    parent_killed("sleep", tmp_path / "lock", tmp_path, lambda: alive_at_first.extend(nurseries()))
    assert alive_at_first
    assert within(0.5, lambda: nurseries() == [])
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_directories_of_the_dead_are_removed_and_those_of_the_living_are_not(
    cage: Cage, tmp_path: Path
) -> None:
    cage.read(b"nothing")
    (living,) = tmp_path.glob(f"{PREFIX}*")
    dead = tmp_path / f"{PREFIX}dead"
    newborn = tmp_path / f"{PREFIX}newborn"
    for path in (dead, newborn):
        (path / "1").mkdir(parents=True)
    long_ago = time.time() - 3600
    for path in (living, dead):
        os.utime(path, (long_ago, long_ago))
    remove_abandoned_directories()
    assert (living.exists(), dead.exists(), newborn.exists()) == (True, False, True)


KILLED_AT_ITS_NURSERY = """
import os, signal
import mailbot.cage
mailbot.cage.subprocess.Popen = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
mailbot.cage.Cage(1, seconds=3, memory_bytes=2**28).start()
"""


def test_a_parent_that_is_killed_as_its_nursery_begins_leaves_no_directory(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_ITS_NURSERY],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []
