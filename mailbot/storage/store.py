"""The store: transactions as the workflow knows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.storage.cases import CasePart
from mailbot.storage.engine import Database
from mailbot.storage.forgetting import ForgetPart
from mailbot.storage.mail import MailPart
from mailbot.storage.marks import MarkPart
from mailbot.storage.replies import ReplyPart
from workflow.ports import StaleApplicationError, Store, Work


class SqlWork(MailPart, MarkPart, CasePart, ReplyPart, ForgetPart, Work):
    """One transaction of the store; see `workflow.ports.Work`."""


class SqlStore(Store):
    """The database as the workflow knows it; threads may share it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def begin(self, *, write: bool = True) -> Iterator[SqlWork]:
        """Open one transaction; without `write`, one for looking only, which holds up nobody.

        Raises `ServiceUnavailableError` where the database cannot be used, and
        `StaleApplicationError`, also where the block has kept that of `save` to itself: what was
        computed from another version is never stored.
        """
        with self.database.transaction(write=write) as connection:
            work = SqlWork(connection, write=write)
            yield work
            if work.stale:
                raise StaleApplicationError(
                    "заявка изменилась; из этой транзакции ничего не сохранено"
                )

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def open_store(url: str) -> SqlStore:
    """Return the store in the database at `url`; nothing is opened yet.

    Raises `ValueError` with a Russian sentence where the URL is none that can be used.
    """
    return SqlStore(Database(url))
