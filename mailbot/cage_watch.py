"""Processes and what they have started, the memory that they hold, the files that they leave.

All of it comes from proc(5) and stat(2); a process or file that goes away meanwhile counts for
nothing.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
BLOCK_BYTES: Final = 512  # of st_blocks
LAST_WORDS_BYTES: Final = 4096

# What C++, Rust and C say before they abort for want of memory.
OUT_OF_MEMORY_WORDS: Final = (
    b"bad_alloc",
    b"memory allocation of",
    b"ut of memory",
    b"annot allocate memory",
)


def children_of(pid: int) -> Iterator[int]:
    """Yield the numbers of the processes that `pid` has started and not yet waited for."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            yield from map(int, (task / "children").read_text().split())
    except (OSError, ValueError):
        return


def family_of(pid: int) -> Iterator[int]:
    """Yield `pid`, the processes that it has started, those that these have started, and so on."""
    yield pid
    for child in children_of(pid):
        yield from family_of(child)


def resident_bytes(pid: int) -> int:
    """Return the memory of a family of processes, shared pages counted for each: cheap to ask."""
    return sum(map(_resident, family_of(pid)))


def proportional_bytes(pid: int) -> int:
    """Return the memory of a family of processes, shared pages divided among those who share."""
    return sum(map(_proportional, family_of(pid)))


def lock_directory(directory: Path) -> int:
    """Hold a directory for as long as this process lives; OSError if another one does."""
    held = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held


def occupied_bytes(directory: Path) -> int:
    """Return the disk space that the files below a directory take."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.lstat(f"{folder}/{name}").st_blocks * BLOCK_BYTES
            except OSError:
                continue
    return total


def says_out_of_memory(errors: Path) -> bool:
    """Whether the last that a process wrote to its standard error is that it got no memory."""
    try:
        with errors.open("rb") as stream:
            stream.seek(max(os.fstat(stream.fileno()).st_size - LAST_WORDS_BYTES, 0))
            words = stream.read()
    except OSError:
        return False
    return any(cause in words for cause in OUT_OF_MEMORY_WORDS)


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
