"""The outbox, and the switches that stop it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import sqlalchemy as sa

from mailbot.storage.rows import Part, batches, insert_unless_there, values
from mailbot.storage.tables import outbox, switch
from workflow.application import OutboxRow, ReplyStatus


class ReplyPart(Part):
    """The part of a transaction that is about mail that goes out; see `workflow.ports.Work`."""

    def add_reply(self, row: OutboxRow) -> int:
        """Write a reply into the outbox and return its id; a key is there once only."""
        keys = {"recipient_key": row.recipient, "message_id_key": row.message_id}
        return self._insert_once(outbox, values(row, "id") | keys, ("key",))

    def replies(self, application_id: int) -> tuple[OutboxRow, ...]:
        """Return the replies of an application, oldest first."""
        return self._all(OutboxRow, outbox, outbox.c.application_id == application_id)

    def outbox(self, statuses: Sequence[ReplyStatus]) -> tuple[OutboxRow, ...]:
        """Return rows in these statuses, oldest first."""
        return self._all(OutboxRow, outbox, outbox.c.status.in_(statuses))

    def due_replies(self, *, now: dt.datetime, limit: int) -> list[int]:
        """Return ids of pending rows and rows left in `sending` whose time has come."""
        unsent = outbox.c.status.in_((ReplyStatus.PENDING, ReplyStatus.SENDING))
        return self._ids(outbox, unsent, outbox.c.due_at <= now, limit=limit)

    def reply(self, row_id: int) -> OutboxRow | None:
        """Return one row."""
        return self._one(OutboxRow, outbox, outbox.c.id == row_id)

    def reply_with_id(self, message_ids: Sequence[str]) -> OutboxRow | None:
        """Return our newest mail that has one of these Message-IDs."""
        ids = [
            found
            for batch in batches(message_ids)
            for found in self._connection.scalars(
                sa.select(outbox.c.id).where(outbox.c.message_id_key.in_(batch))
            )
        ]
        return self.reply(max(ids)) if ids else None

    def mark_reply(self, row: OutboxRow, *, expected: ReplyStatus) -> bool:
        """Store how sending went; False where the status is no longer `expected`."""
        changed = self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == row.id, outbox.c.status == expected)
            .values(
                status=row.status,
                attempts=row.attempts,
                due_at=row.due_at,
                sent_at=row.sent_at,
                error=row.error,
            )
        )
        return changed.rowcount == 1

    def sent_since(self, moment: dt.datetime, recipient: str | None = None) -> int:
        """Count the replies sent since, in all or to one address (compared in lower case)."""
        where = [outbox.c.sent_at >= moment]
        if recipient is not None:
            where.append(outbox.c.recipient_key == recipient)
        statement = sa.select(sa.func.count()).select_from(outbox).where(*where)
        return self._connection.execute(statement).scalar_one()

    def switch(self, name: str) -> str | None:
        """Return a switch's value."""
        statement = sa.select(switch.c.value).where(switch.c.name == name)
        return self._connection.execute(statement).scalar_one_or_none()

    def set_switch(self, name: str, value: str | None) -> None:
        """Set a switch, or clear it with None."""
        if value is None:
            self._connection.execute(sa.delete(switch).where(switch.c.name == name))
            return
        put_new = insert_unless_there(self._connection, switch, ("name",))
        self._connection.execute(put_new.values(name=name, value=value))
        self._connection.execute(sa.update(switch).where(switch.c.name == name).values(value=value))

    def alone(self, subject: str) -> None:
        """Let concurrent callers with the same subject wait for one another until the transaction ends."""
        self._lock(int.from_bytes(hashlib.sha256(subject.encode()).digest()[:7], "big"))
