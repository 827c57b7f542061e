"""What the workflow does with the database within one transaction, as a protocol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from workflow.application import (
    Application,
    Deletion,
    Fate,
    HistoryRow,
    Known,
    Message,
    OutboxRow,
    ReplyStatus,
    Seen,
    Traces,
    View,
)
from workflow.states import State


class Work(Protocol):
    """One transaction of the store: all of it, or nothing, when its `with` block ends."""

    # mailboxes
    def unseen(self, mailbox: str, keys: Sequence[str]) -> list[str]:
        """Return those of `keys` that have no row yet, in the order given."""

    def add_seen(self, seen: Seen) -> int:
        """Account for a place of a mailbox; returns the row's id. A place seen already stays as it is."""

    def seen(self, seen_id: int) -> Seen | None:
        """Return one row."""

    def seen_rows(self, fate: Fate | None = None) -> Iterator[Seen]:
        """Return rows, oldest first, without holding all of them in memory."""

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

    # messages
    def message_by_digest(self, digest: str) -> Message | None:
        """Return the message with these very bytes."""

    def add_message(self, message: Message) -> int:
        """Store a message; returns its id."""

    def update_message(self, message: Message) -> None:
        """Store every changeable field of a message: application, reading, faults, noted, settled."""

    def messages(self, application_id: int) -> tuple[Message, ...]:
        """Return the messages of an application, oldest first."""

    def unplaced_messages(self, limit: int) -> tuple[Message, ...]:
        """Return messages that belong to no application yet, oldest first."""

    # applications
    def add_application(
        self, *, received_at: dt.datetime, row: HistoryRow, linked_to: int | None = None
    ) -> int:
        """Open an application in `received`, with its first history row; returns its id."""

    def application(self, application_id: int) -> Application | None:
        """Return one application."""

    def applications(self, states: Sequence[State] | None = None) -> Iterator[Application]:
        """Return applications in order of id."""

    def due_applications(
        self, states: Sequence[State], *, now: dt.datetime, limit: int
    ) -> list[int]:
        """Return ids of applications in `states` whose `due_at` has come or is not set, oldest first."""

    def save(self, application: Application, rows: Sequence[HistoryRow] = ()) -> Application:
        """Store the application and its new history rows, and return it with the next version.

        `application.version` must be the version that was read. Raises `StaleApplicationError` where
        the stored one differs: then nothing of this transaction may be kept.
        """

    def history(self, application_id: int) -> tuple[HistoryRow, ...]:
        """Return every change, oldest first."""

    def applications_of_sender(self, sender: str) -> tuple[Application, ...]:
        """Return the applications that have a message from `sender` (compared in lower case)."""

    def granted_before(self, inn: str, *, besides: int) -> Application | None:
        """Return the application by which an organization's rights were granted last, that one apart."""

    def application_of_reply(self, message_ids: Sequence[str]) -> int | None:
        """Return the application that one of our own mails with one of these Message-IDs belongs to."""

    def senders(self, application_id: int) -> frozenset[str]:
        """Return the lower-case addresses that an application's messages came from."""

    def known(self, application: Application, *, inn: str | None, phone: str | None) -> Known:
        """Return what the database knows about an organization and a number, this application apart.

        Concurrent callers wait for one another until the transaction ends, so that two applications
        for one organization cannot both be the first.
        """

    # marks
    def due_marks(self, mailbox: str, limit: int) -> tuple[Seen, ...]:
        """Return places of messages that were taken and not marked yet, oldest first."""

    def newest_place(self, mailbox: str, digest: str) -> str | None:
        """Return the key at which these bytes were seen last in a mailbox."""

    def places(self, mailbox: str, *, after: int, limit: int) -> tuple[Seen, ...]:
        """Return places of a mailbox from which nothing was moved away, in order of id."""

    def set_marked(self, seen_ids: Sequence[int], how: str) -> None:
        """Remember how the messages at these places were marked."""

    # views
    def add_view(self, view: View) -> None:
        """Note that an operator has looked at personal data."""

    def views(self, application_id: int) -> tuple[View, ...]:
        """Return who has looked at an application, alone or with all others, oldest first."""

    # retention
    def ended(self, state: State, *, before: dt.datetime, after: int, limit: int) -> list[int]:
        """Return ids above `after` of applications that ended in `state` before a moment.

        Only those that still hold something of a person and have no reply on its way.
        """

    def traces(self, application_id: int) -> Traces:
        """Return what an application still holds of persons."""

    def forget(self, application: Application, *, at: dt.datetime) -> None:
        """Store an application stripped of persons, and strip its messages, replies and history."""

    def named_ignored(self, *, before: dt.datetime, limit: int) -> list[int]:
        """Return places left alone that arrived before a moment and still say who wrote about what."""

    def forget_places(self, seen_ids: Sequence[int]) -> None:
        """Strip places of who wrote and about what."""

    def forget_viewers(self, *, before: dt.datetime) -> None:
        """Strip views of all applications at once that are older of who looked."""

    def is_forgotten(self, digest: str) -> bool:
        """Whether these bytes were a message whose persons are forgotten."""

    def kept(self, digests: Sequence[str]) -> frozenset[str]:
        """Return those of `digests` whose bytes are a message that is kept."""

    def add_deletion(self, deletion: Deletion) -> None:
        """Write a row of the act of deletion."""

    def deletions(self) -> Iterator[Deletion]:
        """Return the act of deletion, oldest first."""

    # replies
    def add_reply(self, row: OutboxRow) -> int:
        """Write a reply into the outbox; returns its id."""

    def replies(self, application_id: int) -> tuple[OutboxRow, ...]:
        """Return the replies of an application, oldest first."""

    def outbox(self, statuses: Sequence[ReplyStatus]) -> tuple[OutboxRow, ...]:
        """Return rows in these statuses, oldest first."""

    def due_replies(self, *, now: dt.datetime, limit: int) -> list[int]:
        """Return ids of pending rows whose time has come, and of rows left in `sending`, oldest first."""

    def reply(self, row_id: int) -> OutboxRow | None:
        """Return one row."""

    def reply_with_id(self, message_ids: Sequence[str]) -> OutboxRow | None:
        """Return our newest mail that has one of these Message-IDs."""

    def mark_reply(self, row: OutboxRow, *, expected: ReplyStatus) -> bool:
        """Store status, attempts, due_at, sent_at and error; False where the status is no longer `expected`."""

    def sent_since(self, moment: dt.datetime, recipient: str | None = None) -> int:
        """Count the replies sent since, in all or to one address."""

    # switches
    def switch(self, name: str) -> str | None:
        """Return a switch's value: «outbox_hold» ..."""

    def set_switch(self, name: str, value: str | None) -> None:
        """Set a switch, or clear it with None."""

    def alone(self, subject: str) -> None:
        """Let concurrent callers with the same subject wait for one another until the transaction ends."""

    # counts
    def counts(self) -> Mapping[State, int]:
        """Return how many applications are in each state."""
