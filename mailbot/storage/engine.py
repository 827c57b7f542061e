"""One database: how it is opened, and what a transaction is on each kind.

SQLite: WAL, `synchronous=FULL` (a commit is on the disk when it returns), a writing transaction
takes the one write lock at its beginning, so it never has to be repeated. PostgreSQL: READ
COMMITTED; fences and advisory locks of the store do the rest. Both: nobody waits for a lock for
ever.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy import event, exc, pool
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect

from mailbot.storage.errors import translated

LOCK_WAIT_SECONDS: Final = 30
"""How long a statement waits for a lock that another process holds."""

_POSTGRESQL_SESSION: Final = (
    "SET TIME ZONE 'UTC'",
    f"SET lock_timeout = '{LOCK_WAIT_SECONDS}s'",
    # a process that was stopped in the middle of a transaction must not hold up the others for ever
    "SET idle_in_transaction_session_timeout = '300s'",
)

_POSTGRESQL_CONNECT: Final = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "application_name": "mailbot",
}
"""Settings of libpq, where the URL does not say otherwise."""

PERSONAL: Final = ("application", "history", "message", "outbox", "seen", "viewing")
"""Tables whose rows are stripped of persons; see `mailbot.storage.forgetting`."""

_WRITE: Final = "mailbot_write"

LOOKING: Final = {_WRITE: False}
"""Execution options of a transaction that changes nothing."""


def parse_url(text: str) -> sa.URL:
    """Return the URL of a database that the program can use.

    Raises `ValueError` with a Russian sentence; it does not quote the URL, which may hold a secret.
    """
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        raise ValueError("это не адрес базы данных (sqlite:///файл, postgresql://…)") from None
    backend = url.get_backend_name()
    if backend in {"postgresql", "postgres"}:
        missing = {key: value for key, value in _POSTGRESQL_CONNECT.items() if key not in url.query}
        return url.set(drivername="postgresql+psycopg").update_query_dict(missing)
    if backend != "sqlite":
        raise ValueError(f"базой данных может быть SQLite или PostgreSQL, а не «{backend}»")
    if url.query or url.host or url.database in {None, "", ":memory:"}:
        raise ValueError("адрес базы SQLite — это sqlite:/// и путь к файлу, без параметров")
    return url.set(drivername="sqlite", database=str(Path(url.database or "").resolve()))


class Database:
    """An engine and its transactions; threads may share it."""

    def __init__(self, url: str) -> None:
        """Make the engine; nothing is opened yet. Raises `ValueError` as `parse_url` does."""
        self.url = parse_url(url)
        self.engine = _engine(self.url)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this machine."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database, None for a server."""
        return Path(self.url.database or "") if self.is_sqlite else None

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[sa.Connection]:
        """Open one transaction: all of it, or nothing, when the block ends.

        Without `write` it sees one unchanging state, holds up nobody, and cannot change anything.
        Raises `ServiceUnavailableError` where the database cannot be used.
        """
        with translated(self.url), self.engine.connect() as connection:
            options: dict[str, Any] = {_WRITE: write}
            if not self.is_sqlite and not write:
                options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            with connection.execution_options(**options).begin():
                yield connection

    def scrub(self) -> bool:
        """Leave nothing of deleted values in the files of the database.

        On SQLite the file is written anew and the log emptied; False where readers were in the way of
        the latter, so that it has to be tried again. On PostgreSQL the tables that hold persons are
        written anew (others wait meanwhile; False where they were in the way for too long). Its
        write-ahead log, standbys and backups keep older states for as long as they are set up to.
        Raises `ServiceUnavailableError`.
        """
        with translated(self.url):
            if self.is_sqlite:
                return self._rewrite_file()
            return self._rewrite_tables()

    def _rewrite_tables(self) -> bool:
        with self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            try:
                for table in PERSONAL:
                    connection.exec_driver_sql(f"VACUUM (FULL) {table}")
            except exc.OperationalError as error:
                if isinstance(error.orig, psycopg.errors.LockNotAvailable):
                    return False
                raise
        return True

    def _rewrite_file(self) -> bool:
        raw = self.engine.raw_connection()  # VACUUM runs outside any transaction
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA query_only = 0")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = bool(cursor.fetchall()[0][0])
            cursor.close()
        except sqlite3.Error as error:
            raise exc.OperationalError("VACUUM", None, error) from error
        finally:
            raw.close()
        return not busy

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(
            url,
            poolclass=pool.QueuePool,
            pool_timeout=LOCK_WAIT_SECONDS,
            hide_parameters=True,  # of errors: they are a school's words
        )
        event.listen(engine, "do_connect", _refuse_missing_file)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = sa.create_engine(
        url, pool_pre_ping=True, pool_timeout=LOCK_WAIT_SECONDS, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _refuse_missing_file(
    dialect: Dialect, record: Any, arguments: list[Any], parameters: dict[str, Any]
) -> None:
    # SQLite would make an empty file, readable to all, of every misspelt path
    if not Path(arguments[0]).exists():
        raise sqlite3.OperationalError("no database file")


def _prepare_sqlite(connection: DBAPIConnection, record: Any) -> None:
    connection.isolation_level = (
        None  # transactions are begun by `_begin_sqlite`, not by the driver
    )
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {LOCK_WAIT_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get(_WRITE, True)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(not write)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare_postgresql(connection: DBAPIConnection, record: Any) -> None:
    cursor = connection.cursor()
    for statement in _POSTGRESQL_SESSION:
        cursor.execute(statement)
    cursor.close()
    connection.commit()
