"""What happens within the child that reads one message: confined, it reads and answers.

The answer is a byte that says what it is, and what belongs to it; it goes into a file in memory
that the parent holds too. The parent believes nothing of it that cannot be a `Reading`.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import pickle
import resource
import signal
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from parsers.images.faults import OcrUnavailableError

MAX_ANSWER_BYTES: Final = 16 * 2**20
FILE_BYTES: Final = 64 * 2**20  # of one file that the child or its helpers write
OPEN_FILES: Final = 256
ERRORS: Final = "stderr"  # the file in the child's directory that takes its standard error
CPU_GRACE_SECONDS: Final = 5  # beyond the wall clock's limit, for when nobody is left to watch that
PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h

# Errors of the system that mean a limit of ours.
EXHAUSTED: Final = {errno.EFBIG: b"disk", errno.ENOMEM: b"memory"}

# What an answer is.
READING: Final = b"R"
LIMIT: Final = b"L"  # and its name
OCR_UNAVAILABLE: Final = b"U"  # and the mend
FAULT: Final = b"F"  # and where an exception came from that should not be


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What one child may use."""

    seconds: float
    memory_bytes: int
    directory: Path  # for its temporary files
    nursery: int  # the process that it must not outlive


def live(
    job: Callable[[bytes], object], request: int, answer: int, *, bounds: Confinement
) -> NoReturn:
    """Do `job` on what is in the file `request`, write the answer into `answer`, end with status 0.

    `request` and `answer` are the only files kept open. To be called in a child just forked; never
    returns.
    """
    status = 1
    try:
        _confine(bounds, keep=(request, answer))
        _write(answer, _answer(job, _take(request)))
        status = 0
    finally:
        os._exit(status)


def _confine(bounds: Confinement, keep: tuple[int, int]) -> None:
    os.setsid()  # a group of its own, so that its helpers are killed with it
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != bounds.nursery:  # died before it was asked for the signal
        os._exit(1)
    for low, high in _gaps(3, keep):
        os.closerange(low, high)
    nothing = os.open(os.devnull, os.O_RDWR)
    errors = os.open(bounds.directory / ERRORS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((nothing, 0), (nothing, 1), (errors, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(errors)
    os.chdir(bounds.directory)
    os.environ["TMPDIR"] = tempfile.tempdir = str(bounds.directory)
    processor = int(bounds.seconds) + CPU_GRACE_SECONDS
    _limit(resource.RLIMIT_CPU, processor, beyond=1)
    # Not the address space: libraries and digit recognizer map 450 MiB of it and hold 170
    # (measured); of private writable memory, which this bounds, they want 175.
    _limit(resource.RLIMIT_DATA, bounds.memory_bytes)
    _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)


def _gaps(start: int, keep: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the ranges of file numbers from `start` on that hold none of `keep`."""
    ends = [*sorted(keep), 2**20]
    return list(zip([start, *(number + 1 for number in ends)], ends, strict=False))


def _limit(which: int, amount: int, *, beyond: int = 0) -> None:
    """Set the soft limit to `amount`, the hard one `beyond` it, neither above what it is."""
    _, most = resource.getrlimit(which)
    most = amount + beyond if most == resource.RLIM_INFINITY else min(amount + beyond, most)
    resource.setrlimit(which, (min(amount, most), most))


def _take(request: int) -> bytes:
    size = os.fstat(request).st_size
    if not size:
        return b""
    with mmap.mmap(request, size, prot=mmap.PROT_READ) as content:
        raw = bytes(content)
    os.close(request)  # the last one who has it open: its memory is given back
    return raw


def _answer(job: Callable[[bytes], object], raw: bytes) -> bytes:
    try:
        reading = job(raw)
    except MemoryError:
        return LIMIT + b"memory"
    except RecursionError:
        return LIMIT + b"depth"
    except OcrUnavailableError as error:
        return OCR_UNAVAILABLE + str(error).encode("utf-8", "replace")
    except Exception as error:  # noqa: BLE001  here a reader's own fault ends, and becomes a fact
        limit = EXHAUSTED.get(error.errno or 0) if isinstance(error, OSError) else None
        return LIMIT + limit if limit else FAULT + _place(error).encode("utf-8", "replace")
    return _packed(reading)


def _packed(reading: object) -> bytes:
    try:
        packed = READING + pickle.dumps(reading, protocol=pickle.HIGHEST_PROTOCOL)
    except (MemoryError, RecursionError, TypeError, AttributeError, pickle.PicklingError):
        return LIMIT + b"output"
    return packed if len(packed) <= MAX_ANSWER_BYTES else LIMIT + b"output"


def _place(error: Exception) -> str:
    """Where an exception came from; not its words, which may quote a stranger's letter."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"


def _write(answer: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(answer, rest) :]
