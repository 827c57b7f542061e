"""Who works on an application when several machines share the database.

A claim is an advisory lock of PostgreSQL on a connection of its own: it ends with the process that
holds it, however that one dies, so nothing can go stale and nothing needs a heartbeat. It only saves
work: what makes a late twin harmless is the version fence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from mailbot.storage import Database
from mailbot.storage.errors import translated

_NAMESPACE: Final = int.from_bytes(b"mail", "big") % 2**31


class Claims:
    """Takes applications for this process alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def __call__(self, application_id: int) -> Iterator[bool]:
        """Yield whether the application is ours for the length of the block.

        Raises `ServiceUnavailableError` where the database cannot be used.
        """
        with translated(self._database.url), self._database.engine.connect() as fresh:
            connection = fresh.execution_options(isolation_level="AUTOCOMMIT")
            key = (sa.cast(_NAMESPACE, sa.Integer), sa.cast(application_id, sa.Integer))
            ours = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(*key))))
            try:
                yield ours
            finally:
                # with its connection the lock ends, whatever state either is in
                connection.invalidate()
