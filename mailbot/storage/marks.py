"""Which messages of ours are still to be marked in their mailbox."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from mailbot.storage.rows import Part, batches
from mailbot.storage.tables import seen as seen_table
from workflow.application import Fate, Seen


class MarkPart(Part):
    """The part of a transaction that is about marks in mailboxes; see `workflow.ports.Work`."""

    def due_marks(self, mailbox: str, limit: int) -> tuple[Seen, ...]:
        """Return places of messages that were taken and not marked yet, oldest first."""
        return self._all(
            Seen,
            seen_table,
            seen_table.c.mailbox == mailbox,
            # written out, not as a parameter: only so the databases use the index on these rows
            seen_table.c.fate == sa.literal_column(f"'{Fate.TAKEN.value}'"),
            seen_table.c.marked.is_(None),
            limit=limit,
        )

    def newest_place(self, mailbox: str, digest: str) -> str | None:
        """Return the key at which these bytes were seen last in a mailbox."""
        statement = (
            sa.select(seen_table.c.key)
            .where(seen_table.c.mailbox == mailbox, seen_table.c.digest == digest)
            .order_by(seen_table.c.id.desc())
            .limit(1)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def places(self, mailbox: str, *, after: int, limit: int) -> tuple[Seen, ...]:
        """Return places of a mailbox from which nothing was moved away, in order of id."""
        marked = seen_table.c.marked
        return self._all(
            Seen,
            seen_table,
            seen_table.c.mailbox == mailbox,
            seen_table.c.id > after,
            marked.is_(None) | marked.not_like("move:%"),
            limit=limit,
        )

    def set_marked(self, seen_ids: Sequence[int], how: str) -> None:
        """Remember how the messages at these places were marked."""
        for batch in batches(seen_ids):
            self._connection.execute(
                sa.update(seen_table).where(seen_table.c.id.in_(batch)).values(marked=how)
            )
