"""What was seen in mailboxes, and the messages that were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from mailbot.storage.columns import clean
from mailbot.storage.rows import Part, batches, values
from mailbot.storage.tables import message as message_table
from mailbot.storage.tables import seen as seen_table
from workflow.application import Fate, Message, Seen

_DIGEST_LOCK_DIGITS = 15  # hexadecimal; a lock's number has 63 bits


class MailPart(Part):
    """The part of a transaction that is about mail that came in; see `workflow.ports.Work`."""

    def unseen(self, mailbox: str, keys: Sequence[str]) -> list[str]:
        """Return those of `keys` that have no row yet, in the order given."""
        known: set[str] = set()
        for batch in batches(keys):
            statement = sa.select(seen_table.c.key).where(
                seen_table.c.mailbox == mailbox, seen_table.c.key.in_(batch)
            )
            known.update(self._connection.scalars(statement))
        return [key for key in keys if clean(key) not in known]

    def add_seen(self, seen: Seen) -> int:
        """Account for a place of a mailbox; a place seen already stays as it is."""
        return self._insert_once(seen_table, values(seen, "id"), ("mailbox", "key"))

    def seen(self, seen_id: int) -> Seen | None:
        """Return one row."""
        return self._one(Seen, seen_table, seen_table.c.id == seen_id)

    def seen_rows(self, fate: Fate | None = None) -> Iterator[Seen]:
        """Return rows, oldest first, a page in memory at a time."""
        return self._pages(Seen, seen_table, *([] if fate is None else [seen_table.c.fate == fate]))

    def set_fate(
        self,
        seen_id: int,
        *,
        fate: Fate,
        reason: str,
        digest: str | None,
        application_id: int | None,
    ) -> None:
        """Change what became of the message at a place."""
        self._connection.execute(
            sa.update(seen_table)
            .where(seen_table.c.id == seen_id)
            .values(fate=fate, reason=reason, digest=digest, application_id=application_id)
        )

    def message_by_digest(self, digest: str) -> Message | None:
        """Return the message with these very bytes.

        Two transactions that ask for the same bytes, about to store them, come one by one.
        """
        if self._write:
            self._lock(int(digest[:_DIGEST_LOCK_DIGITS], 16))
        return self._one(Message, message_table, message_table.c.digest == digest)

    def add_message(self, message: Message) -> int:
        """Store a message and return its id; where these bytes are known, the id that they have."""
        row = values(message, "id") | {"sender_key": message.sender}
        return self._insert_once(message_table, row, ("digest",))

    def update_message(self, message: Message) -> None:
        """Store every changeable field of a message."""
        self._connection.execute(
            sa.update(message_table)
            .where(message_table.c.id == message.id)
            .values(
                application_id=message.application_id,
                reading=message.reading,
                faults=message.faults,
                noted=message.noted,
                settled=message.settled,
            )
        )

    def messages(self, application_id: int) -> tuple[Message, ...]:
        """Return the messages of an application, oldest first."""
        return self._all(Message, message_table, message_table.c.application_id == application_id)

    def unplaced_messages(self, limit: int) -> tuple[Message, ...]:
        """Return messages that belong to no application yet, oldest first."""
        return self._all(
            Message, message_table, message_table.c.application_id.is_(None), limit=limit
        )

    def senders(self, application_id: int) -> frozenset[str]:
        """Return the lower-case addresses that an application's messages came from."""
        statement = sa.select(message_table.c.sender).where(
            message_table.c.application_id == application_id
        )
        return frozenset(sender.lower() for sender in self._connection.scalars(statement) if sender)
