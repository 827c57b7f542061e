"""The schema's revision: which one a database has, and how it is brought up to date.

Alembic is imported by `upgrade` alone: it costs a second that no other command should pay.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection

from mailbot.storage.engine import LOOKING, Database
from mailbot.storage.errors import public_url, translated
from mailbot.storage.rows import take_lock
from workflow.ports import ServiceUnavailableError

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "register_status")
"""Every revision in `mailbot/migrations/versions`, the first first."""

_MIGRATION_LOCK: Final = int.from_bytes(b"mb-migra", "big")


class SchemaState(StrEnum):
    """How a database's schema compares with the one that this program wants."""

    CURRENT = "current"
    OLD = "old"  # «mailbot db upgrade» mends it
    MISSING = "missing"  # nothing there yet: «mailbot db upgrade» makes it
    NEWER = "newer"  # made by a later release: this program must not touch it


def schema_state(engine: sa.Engine) -> SchemaState:
    """Return how the schema compares; reads only.

    Raises `ServiceUnavailableError` where the database cannot be used.
    """
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is not None and not Path(file).exists():
        return SchemaState.MISSING
    with translated(engine.url), engine.connect() as fresh:
        connection = fresh.execution_options(**LOOKING)
        if not sa.inspect(connection).has_table("alembic_version"):
            return SchemaState.MISSING
        revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if revision is None:
        return SchemaState.MISSING
    if revision not in REVISIONS:
        return SchemaState.NEWER
    return SchemaState.CURRENT if revision == REVISIONS[-1] else SchemaState.OLD


def upgrade(url: str) -> None:
    """Create the database's schema or bring it up to date; does nothing where it is current.

    All of it or nothing; two processes that do it at once come one after the other. Raises
    `ServiceUnavailableError`, also where a later release has made the schema, and `ValueError` as
    `parse_url` does.
    """
    database = Database(url)
    if database.file is not None:
        _make_file(database.file)
        event.listen(database.engine, "connect", _allow_rebuilt_tables)
    try:
        state = schema_state(database.engine)
        if state is SchemaState.CURRENT:
            return
        if state is SchemaState.NEWER:
            raise ServiceUnavailableError(
                f"схему базы данных сделала более новая программа: {public_url(database.url)}; "
                "обновите программу"
            )
        from alembic import command

        with database.transaction() as connection:
            take_lock(connection, _MIGRATION_LOCK)
            command.upgrade(alembic_config(connection), "head")
            if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise RuntimeError("a migration has left references that lead nowhere")
    finally:
        database.close()


def alembic_config(connection: sa.Connection) -> Config:
    """Return Alembic's configuration for work in the transaction of `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "mailbot:migrations")
    config.attributes["connection"] = connection
    return config


def _make_file(path: Path) -> None:
    """Make the file of an SQLite database, and see that nobody else can read it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
    except OSError as error:
        raise ServiceUnavailableError(
            f"файл базы данных не создаётся: {path} ({error.strerror}); проверьте путь и права"
        ) from error


def _allow_rebuilt_tables(connection: DBAPIConnection, record: object) -> None:
    # SQLite changes a table by dropping it for a new one, and other tables refer to it meanwhile
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()
