"""The cage for parsers: a stranger's message is read in a child process that can be killed.

One child a message, forked from a process that has loaded everything already (`cage_nursery`),
confined by itself (`cage_child`): no network, bounds of memory, time, files and answer. Nothing of
it reaches this process but one `Reading`, taken apart by an unpickler that knows no other classes.

Of our own rather than a pool of pebble's or multiprocessing's forkserver: they run the program's
main module again in every child, believe whatever a child sends, cannot bound its size, and kill a
child but not the recognition engine that it started.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from enum import EnumType
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import parsers.facts
from mailbot.cage_child import FAULT, LIMIT, MAX_ANSWER_BYTES, OCR_UNAVAILABLE, READING
from mailbot.cage_nursery import DEADLINE
from mailbot.cage_watch import lock_directory
from mailbot.netless import Isolation
from parsers.facts import Reading
from parsers.images.faults import OcrUnavailableError

DEFAULT_JOB: Final = "mailbot.cage_job:read"
PREFIX: Final = "mailbot-cage-"
NEWBORN_SECONDS: Final = 60  # a directory younger than this may be about to be locked by its owner
START_SECONDS: Final = 60  # for the nursery to load its libraries on a busy machine
END_SECONDS: Final = 0.8  # for the nursery to kill its children and clean up
END_BYTES: Final = 4096  # of the nursery's word how a child ended

# Nothing else of the environment is handed on: passwords may stand there.
HANDED_ON: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
# What an answer that was not made by our pickler may lead to.
MALFORMED: Final = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
BOOTSTRAP: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from mailbot.cage_nursery import main; main(sys.argv[2])"
)


class LimitReachedError(Exception):
    """The message costs more than one may: a finding about it, and no reason to try again."""

    def __init__(self, which: str) -> None:
        """`which` is «time», «memory», «disk», «depth» (of recursion) or «output»."""
        super().__init__(f"limit of {which} reached")
        self.which = which


class ReaderDiedError(Exception):
    """The child ended without an answer, by a fault of its own: a failed attempt."""


class CageBrokenError(Exception):
    """Children cannot be had at all on this machine: nobody's message is to blame."""


class CageClosedError(Exception):
    """The cage was closed meanwhile; the reading was dropped and is still due."""


class Cage:
    """Reads messages in children, at most `workers` at once; to be used by any number of threads.

    `seconds` bound one reading on the wall clock, `memory_bytes` the memory of a child together
    with what it starts. Starts nothing before the first reading, or `start`. `job` is
    «module:function», from bytes to a Reading; `options` are its keyword arguments, as JSON has them.
    """

    def __init__(
        self,
        workers: int,
        *,
        seconds: float,
        memory_bytes: int,
        job: str = DEFAULT_JOB,
        options: Mapping[str, object] | None = None,
        isolation: tuple[Isolation, ...] = tuple(Isolation),
    ) -> None:
        self._workers = workers
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._job = job
        self._options = dict(options or {})
        self._isolation = isolation
        self._slots = threading.BoundedSemaphore(workers)
        self._starting = threading.Lock()
        self._nursery: _Nursery | None = None
        self._closed = False
        self._used = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(now=kind is not None)

    def start(self) -> None:
        """Begin to start, without waiting, so that the first reading need not wait."""
        self._living_nursery()

    def read(self, raw: bytes) -> Reading:
        """Return what the message `raw` says. Blocks, also while all workers are busy.

        Raises LimitReachedError, ReaderDiedError, CageBrokenError, CageClosedError, and
        OcrUnavailableError out of the child.
        """
        with self._slots:
            nursery = self._living_nursery()
            try:
                return nursery.read(raw, self._seconds)
            except (ReaderDiedError, CageBrokenError, OSError) as error:
                if self._closed:
                    raise CageClosedError from error
                raise
            finally:
                self._used = time.monotonic()

    def rest(self, *, after: float) -> None:
        """Give the libraries' memory back where nothing was read for `after` seconds; they load again."""
        free = sum(self._slots.acquire(blocking=False) for _ in range(self._workers))
        with self._starting:
            idle = free == self._workers and time.monotonic() - self._used >= after
            if idle and self._nursery is not None and not self._closed:
                self._nursery.close()
                self._nursery = None
        if free:
            self._slots.release(free)

    def close(self, *, now: bool = False) -> None:
        """End all children within a second and leave no file; with `now` also readings in hand.

        A reading so dropped raises CageClosedError where it is awaited.
        """
        if not now:
            for _ in range(self._workers):
                self._slots.acquire()
        self._closed = True
        with self._starting:
            if self._nursery is not None:
                self._nursery.close()
                self._nursery = None
        if not now:
            self._slots.release(self._workers)

    def _living_nursery(self) -> _Nursery:
        with self._starting:
            if self._closed:
                raise CageClosedError
            if self._nursery is not None and not self._nursery.alive():
                self._nursery.close()
                self._nursery = None
            if self._nursery is None:
                self._nursery = _Nursery(
                    self._job,
                    self._memory_bytes,
                    options=self._options,
                    isolation=self._isolation,
                )
            return self._nursery


class _Nursery:
    """The running nursery process, and its directory."""

    def __init__(
        self,
        job: str,
        memory_bytes: int,
        *,
        options: dict[str, object],
        isolation: tuple[Isolation, ...],
    ) -> None:
        remove_abandoned_directories()
        # made by the nursery: whatever ends this process now, there is somebody who removes it
        self._directory = Path(tempfile.gettempdir(), PREFIX + secrets.token_hex(8))
        self._errors = os.fdopen(os.memfd_create("errors"), "r+b")
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        spec = {
            "job": job,
            "control": theirs.fileno(),
            "directory": str(self._directory),
            "memory_bytes": memory_bytes,
            "isolation": list(isolation),
            "options": options,
        }
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", BOOTSTRAP, _search_path(), json.dumps(spec)],
                stdin=subprocess.PIPE,  # nothing is written to it; its end tells ours
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )

    def alive(self) -> bool:
        return self._process.poll() is None

    def read(self, raw: bytes, seconds: float) -> Reading:
        with _file_in_memory("request", raw) as request, _file_in_memory("answer") as answer:
            end = self._end_of_child((request.fileno(), answer.fileno()), seconds)
            if end["limit"] is not None:
                raise LimitReachedError(end["limit"])
            if end["died"] is not None:
                raise ReaderDiedError(end["died"])
            answer.seek(0)
            return _understood(answer.read(MAX_ANSWER_BYTES + 1))

    def close(self) -> None:
        self._control.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its children die with it
            self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)
        self._errors.close()

    def _end_of_child(self, files: tuple[int, int], seconds: float) -> dict[str, str | None]:
        """Have a child read the one file and answer into the other; return how it ended."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs, contextlib.suppress(BrokenPipeError, ConnectionResetError):
                deadline = DEADLINE.pack(time.monotonic() + seconds)
                socket.send_fds(self._control, [deadline], [theirs.fileno(), *files])
            ours.settimeout(seconds + START_SECONDS)
            try:
                said = ours.recv(END_BYTES)
            except TimeoutError as error:
                self._process.kill()
                raise ReaderDiedError("the nursery does not answer") from error
            except ConnectionResetError:
                said = b""
        if not said:
            raise self._own_death()
        end: dict[str, str | None] = json.loads(said)
        return end

    def _own_death(self) -> ReaderDiedError | CageBrokenError:
        """Why the nursery is gone: killed, perhaps with the child, or unable to start."""
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if code < 0:
            return ReaderDiedError("the nursery was killed")
        self._errors.seek(0)
        words = self._errors.read().decode("utf-8", "replace").split("\n")
        return CageBrokenError(
            next((line for line in reversed(words) if line.strip()), "no reason given")
        )


class _FactsUnpickler(pickle.Unpickler):
    """Makes values of the classes in `parsers.facts`, dates, and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        if module == "datetime" and name in ("date", "datetime", "timezone", "timedelta"):
            return super().find_class(module, name)
        if (
            module == "builtins" and name == "getattr"
        ):  # so do enumerations of Python 3.11 name a member
            return _member
        if module == parsers.facts.__name__ and isinstance(
            found := vars(parsers.facts).get(name), type
        ):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no fact")


def _member(kind: object, name: str) -> object:
    if isinstance(kind, EnumType):
        return kind[name]
    raise pickle.UnpicklingError("no member of an enumeration")


def _understood(answer: bytes) -> Reading:
    kind, body = answer[:1], answer[1:]
    if len(answer) > MAX_ANSWER_BYTES:
        raise LimitReachedError("output")
    if kind == LIMIT:
        raise LimitReachedError(body.decode("ascii", "replace"))
    if kind == OCR_UNAVAILABLE:
        raise OcrUnavailableError(body.decode("utf-8", "replace"))
    if kind != READING:
        raise ReaderDiedError(body.decode("utf-8", "replace") if kind == FAULT else "no answer")
    try:
        reading = _FactsUnpickler(io.BytesIO(body)).load()
    except MALFORMED as error:
        raise ReaderDiedError("an answer that is none") from error
    if not isinstance(reading, Reading):
        raise ReaderDiedError("an answer that is no reading")
    return reading


def network_isolation() -> str | None:
    """Say in which way a child has no network on this machine.

    None if in none, and then nothing is read.
    """
    probe = (
        "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
        "from mailbot.netless import forbid_network; "
        "sys.stdout.write(' and '.join(forbid_network()))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", probe, _search_path()],
        capture_output=True,
        env=_environment(),
        cwd="/",
        check=False,
    )
    return done.stdout.decode("ascii", "replace") or None


def remove_abandoned_directories() -> None:
    """Remove what cages left behind that were killed together with their nursery."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            status = path.lstat()
            if status.st_uid != os.geteuid() or time.time() - status.st_mtime < NEWBORN_SECONDS:
                continue
            held = lock_directory(path)
            shutil.rmtree(path, ignore_errors=True)
            os.close(held)


@contextlib.contextmanager
def _file_in_memory(name: str, content: bytes = b"") -> Iterator[BinaryIO]:
    with os.fdopen(os.memfd_create(name), "r+b", buffering=0) as file:
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
        yield file


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in HANDED_ON if name in os.environ} | ONE_THREAD


def _search_path() -> str:
    """Where modules are found here, so that the nursery finds the same; never where one stands."""
    return json.dumps([str(Path(entry).absolute()) for entry in sys.path if entry])
