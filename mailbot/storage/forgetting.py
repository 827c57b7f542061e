"""Personal data: who has looked at them, their deletion, and the act of it that remains.

Digests stay, so that the same bytes are known again; so do ids, states and times.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from mailbot.storage.rows import Part, batches, values
from mailbot.storage.tables import application as application_table
from mailbot.storage.tables import deletion as deletion_table
from mailbot.storage.tables import history as history_table
from mailbot.storage.tables import message as message_table
from mailbot.storage.tables import outbox as outbox_table
from mailbot.storage.tables import seen as seen_table
from mailbot.storage.tables import viewing as viewing_table
from workflow.application import Application, Deletion, Fate, ReplyStatus, Traces, View
from workflow.states import State
from workflow.wording import PROGRAM

_SOMEBODY: Final = "operator"
"""What stands for an operator's name."""

_NOBODY: Final = {"message_id": None, "sender": "", "subject": ""}
"""A place of a mailbox that does not say any more who wrote about what."""


class ForgetPart(Part):
    """The part of a transaction that is about views and retention; see `workflow.ports.Work`."""

    def ended(self, state: State, *, before: dt.datetime, after: int, limit: int) -> list[int]:
        """Return ids above `after` of applications that ended in `state` before a moment."""
        table = application_table.c
        on_its_way = sa.exists().where(
            outbox_table.c.application_id == table.id,
            outbox_table.c.status.in_((ReplyStatus.PENDING, ReplyStatus.SENDING)),
        )
        newly_come = sa.exists().where(
            message_table.c.application_id == table.id, message_table.c.purged_at.is_(None)
        )
        return self._ids(
            application_table,
            table.state == state,
            table.id > after,
            table.purged_at.is_(None) | newly_come,
            ~on_its_way,
            _last_change(table.id) < before,
            limit=limit,
        )

    def traces(self, application_id: int) -> Traces:
        """Return what an application still holds of persons."""
        kept = self._kept_messages(application_id)
        replies = sa.select(sa.func.count()).where(
            outbox_table.c.application_id == application_id, outbox_table.c.recipient != ""
        )
        return Traces(
            ended_at=self._connection.execute(sa.select(_last_change(application_id))).scalar_one(),
            digests=tuple(kept),
            size=sum(kept.values()),
            replies=self._connection.execute(replies).scalar_one(),
            places=sum(
                self._connection.execute(
                    sa.select(sa.func.count()).where(seen_table.c.digest.in_(batch))
                ).scalar_one()
                for batch in batches(kept)
            ),
        )

    def forget(self, application: Application, *, at: dt.datetime) -> None:
        """Store an application stripped of persons, and strip its messages, replies and history."""
        for batch in batches(self._kept_messages(application.id)):
            self._change(seen_table, seen_table.c.digest.in_(batch), **_NOBODY)
        self._change(
            message_table,
            message_table.c.application_id == application.id,
            **_NOBODY,
            sender_key="",
            references=(),
            reading=None,
            purged_at=at,
        )
        self._change(
            outbox_table,
            outbox_table.c.application_id == application.id,
            recipient="",
            recipient_key="",
            subject="",
            content=b"",
            error="",
        )
        self._change(
            history_table,
            history_table.c.application_id == application.id,
            who=sa.case((history_table.c.who == PROGRAM, PROGRAM), else_=_SOMEBODY),
            why="",
            note=None,
        )
        self._change(viewing_table, viewing_table.c.application_id == application.id, who=_SOMEBODY)
        self._change(
            application_table,
            application_table.c.id == application.id,
            **values(application, "id", "version"),
            version=application_table.c.version + 1,
            inn=application.agreed.inn,
            purged_at=at,
        )

    def named_ignored(self, *, before: dt.datetime, limit: int) -> list[int]:
        """Return places left alone that arrived before a moment and still say who wrote about what."""
        table = seen_table.c
        says = (table.sender != "") | (table.subject != "") | table.message_id.is_not(None)
        return self._ids(
            seen_table,
            table.fate == Fate.IGNORED,
            table.received_at < before,
            says,
            limit=limit,
        )

    def forget_places(self, seen_ids: Sequence[int]) -> None:
        """Strip places of who wrote and about what."""
        for batch in batches(seen_ids):
            self._change(seen_table, seen_table.c.id.in_(batch), **_NOBODY)

    def forget_viewers(self, *, before: dt.datetime) -> None:
        """Strip views of all applications at once that are older of who looked."""
        table = viewing_table.c
        self._change(
            viewing_table, table.application_id.is_(None) & (table.at < before), who=_SOMEBODY
        )

    def add_view(self, view: View) -> None:
        """Note that an operator has looked at personal data."""
        self._insert(viewing_table, values(view))

    def views(self, application_id: int) -> tuple[View, ...]:
        """Return who has looked at an application, alone or with all others, oldest first."""
        table = viewing_table.c
        theirs = (table.application_id == application_id) | table.application_id.is_(None)
        return self._all(View, viewing_table, theirs)

    def is_forgotten(self, digest: str) -> bool:
        """Whether these bytes were a message whose persons are forgotten."""
        statement = sa.select(message_table.c.id).where(
            message_table.c.digest == digest, message_table.c.purged_at.is_not(None)
        )
        return self._connection.execute(statement).first() is not None

    def kept(self, digests: Sequence[str]) -> frozenset[str]:
        """Return those of `digests` whose bytes are a message that is kept."""
        found: set[str] = set()
        for batch in batches(digests):
            statement = sa.select(message_table.c.digest).where(
                message_table.c.digest.in_(batch), message_table.c.purged_at.is_(None)
            )
            found.update(self._connection.scalars(statement))
        return frozenset(found)

    def add_deletion(self, deletion: Deletion) -> None:
        """Write a row of the act of deletion."""
        self._insert(deletion_table, values(deletion))

    def deletions(self) -> Iterator[Deletion]:
        """Return the act of deletion, oldest first."""
        return self._pages(Deletion, deletion_table)

    def _kept_messages(self, application_id: int) -> dict[str, int]:
        """The digest and size of each message whose bytes are kept."""
        statement = sa.select(message_table.c.digest, message_table.c.size).where(
            message_table.c.application_id == application_id, message_table.c.purged_at.is_(None)
        )
        return {row.digest: row.size for row in self._connection.execute(statement)}

    def _change(self, table: sa.Table, where: sa.ColumnElement[bool], **new: object) -> None:
        self._connection.execute(sa.update(table).where(where).values(**new))


def _last_change(application_id: sa.ColumnElement[int] | int) -> sa.ScalarSelect[dt.datetime]:
    return (
        sa.select(sa.func.max(history_table.c.at))
        .where(history_table.c.application_id == application_id)
        .scalar_subquery()
    )
