"""The lock of the daemon: at most one process watches the mailboxes of a database.

It is the kernel's or the server's, not a row: it ends with the process that holds it, however that
one dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy import exc

from mailbot.storage.engine import Database
from mailbot.storage.errors import public_url, translated
from workflow.ports import ServiceUnavailableError

POLL_SECONDS: Final = 0.2

_KEY: Final = int.from_bytes(b"mailbot", "big")  # of PostgreSQL's advisory lock; one a database


class LockedError(ServiceUnavailableError):
    """Another process holds the lock and has not let go of it."""


class Held(Protocol):
    """A lock that this process holds."""

    def is_held(self) -> bool:
        """Return whether that is still so; a server that has gone has taken the lock with it."""


@contextmanager
def hold(
    url: str,
    *,
    wait_seconds: float,
    on_wait: Callable[[], None],
    stop: threading.Event | None = None,
) -> Iterator[Held]:
    """Hold the lock of the database at `url` for the length of the block.

    Where another process has it, `on_wait` is called once, and `wait_seconds` are waited at most
    (`math.inf` for ever), or until `stop` is set. Raises `LockedError` then, and
    `ServiceUnavailableError` where the database cannot be used.
    """
    database = Database(url)
    with closing(database), translated(database.url):
        file = database.file
        with closing(_ServerLock(database) if file is None else _FileLock(file)) as lock:
            _wait(lock, seconds=wait_seconds, on_wait=on_wait, stop=stop or threading.Event())
            yield lock


class _FileLock:
    """An exclusive `flock` on a file beside the database, made where it is missing, never removed."""

    def __init__(self, database_file: Path) -> None:
        self.where = Path(f"{database_file}.lock")
        try:
            self.where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(self.where, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ServiceUnavailableError(
                f"файл блокировки не открывается: {self.where} ({error.strerror}); проверьте права"
            ) from error
        _handles.add(self._handle)

    def take(self) -> bool:
        """Take the lock if nobody has it."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def is_held(self) -> bool:
        """Return True: the kernel takes it from nobody."""
        return True

    def close(self) -> None:
        """Let go."""
        if self._handle in _handles:
            _handles.discard(self._handle)
            os.close(self._handle)


class _ServerLock:
    """An advisory lock of PostgreSQL on a connection of its own."""

    def __init__(self, database: Database) -> None:
        self.where = public_url(database.url)
        self._connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._lost = False

    def take(self) -> bool:
        """Take the lock if nobody has it."""
        statement = sa.select(sa.func.pg_try_advisory_lock(sa.cast(_KEY, sa.BigInteger)))
        return bool(self._connection.scalar(statement))

    def is_held(self) -> bool:
        """Ask the server; a connection that has failed once is never used again."""
        try:
            self._lost = self._lost or self._connection.scalar(sa.select(1)) != 1
        except exc.SQLAlchemyError:
            self._lost = True
        return not self._lost

    def close(self) -> None:
        """Let go: with its connection the lock ends."""
        self._connection.invalidate()
        self._connection.close()


_handles: Final[set[int]] = set()  # of every file lock of this process


def _forget_in_child() -> None:
    # a lock on a file belongs to every process that has inherited the handle
    for handle in _handles:
        os.close(handle)
    _handles.clear()


os.register_at_fork(after_in_child=_forget_in_child)


def _wait(
    lock: _FileLock | _ServerLock,
    *,
    seconds: float,
    on_wait: Callable[[], None],
    stop: threading.Event,
) -> None:
    if lock.take():
        return
    on_wait()
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stop.wait(POLL_SECONDS):
        if lock.take():
            return
    raise LockedError(
        f"базой данных занят другой процесс mailbot: {lock.where}; остановите его или дождитесь"
    )
