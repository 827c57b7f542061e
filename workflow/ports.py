"""What the workflow needs of the world, as protocols, and the errors that they may raise."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from parsers.facts import Headers, Reading
from workflow.application import (
    Application,
    Fate,
    HistoryRow,
    Known,
    Message,
    Organization,
    OutboxRow,
    ProvisionOrder,
    ReplyOrder,
    ReplyStatus,
    Seen,
    WrittenReply,
)
from workflow.states import State

Clock = Callable[[], dt.datetime]
"""The present moment, aware, UTC."""


class ServiceUnavailableError(Exception):
    """A service (mail, database, OCR, provisioner) cannot be used now; a later attempt may work.

    The message is one Russian line that says what, where and how to mend it.
    """


class RecipientPostponedError(ServiceUnavailableError):
    """The server works, but takes this reply to this recipient later (4xx): the others can go on."""


class StaleApplicationError(Exception):
    """The application has changed since it was looked at; nothing was written."""


class ProvisioningRefusedError(Exception):
    """The target refuses the order; an operator has to look at it."""


class ProvisioningConflictError(Exception):
    """Somebody else holds what was asked for."""


class DeliveryRefusedError(Exception):
    """The reply will never be accepted (5xx)."""


class DeliveryUnknownError(Exception):
    """The connection ended after the data: nobody can know whether the reply has arrived."""


class ReadingDiedError(Exception):
    """The child that read a message died under a living parent: a failed attempt."""


class Reader(Protocol):
    """Reads one message; minutes may pass."""

    def __call__(self, raw: bytes) -> Reading:
        """Return what the message says.

        A limit that was reached is in the reading. Raises `ReadingDiedError`, `ServiceUnavailableError`.
        """


class Draft(Protocol):
    """Bytes on their way into `Blobs`, of whatever size."""

    @property
    def size(self) -> int:
        """Bytes so far."""

    def write(self, part: bytes) -> None:
        """Add bytes."""

    def keep(self) -> str:
        """Store them and return the digest (hex); when it returns, they survive a power loss."""


class Blobs(Protocol):
    """Keeps the bytes of messages, durably, under their SHA-256."""

    def draft(self) -> AbstractContextManager[Draft]:
        """Take bytes bit by bit; what is not kept when the block ends is gone.

        Raises `ServiceUnavailableError`, as every step of the draft does, where they cannot be stored.
        """

    def get(self, digest: str) -> bytes:
        """Return the bytes. Raises `ServiceUnavailableError` where they are not there."""


class Provisioner(Protocol):
    """Makes what an accepted application asks for; a call that comes again changes nothing more."""

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where the target cannot be used."""

    def find(self, inn: str) -> Organization | None:
        """Return the organization registered under `inn`."""

    def provision(self, order: ProvisionOrder) -> None:
        """Register and grant.

        Raises `ServiceUnavailableError`, `ProvisioningRefusedError`, `ProvisioningConflictError`.
        """


class Sender(Protocol):
    """Hands one reply over."""

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where nothing can be handed over."""

    def send(self, row: OutboxRow) -> None:
        """Return when the reply is handed over.

        Raises `ServiceUnavailableError` (later; as `RecipientPostponedError` this reply alone),
        `DeliveryRefusedError` (never), `DeliveryUnknownError`.
        """


class ReplyWriter(Protocol):
    """Turns an order into a mail."""

    def write(self, order: ReplyOrder) -> WrittenReply:
        """Return the mail in its final form, with a Message-ID of its own."""


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

    def application_of_reply(self, message_ids: Sequence[str]) -> int | None:
        """Return the application that one of our own mails with one of these Message-IDs belongs to."""

    def senders(self, application_id: int) -> frozenset[str]:
        """Return the lower-case addresses that an application's messages came from."""

    def known(self, application: Application, *, inn: str | None, phone: str | None) -> Known:
        """Return what the database knows about an organization and a number, this application apart.

        Concurrent callers wait for one another until the transaction ends, so that two applications
        for one organization cannot both be the first.
        """

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

    def mark_reply(self, row: OutboxRow, *, expected: ReplyStatus) -> bool:
        """Store status, attempts, due_at, sent_at and error; False where the status is no longer `expected`."""

    def sent_since(self, moment: dt.datetime, recipient: str | None = None) -> int:
        """Count the replies sent since, in all or to one address."""

    # switches
    def switch(self, name: str) -> str | None:
        """Return a switch's value: «outbox_hold» ..."""

    def set_switch(self, name: str, value: str | None) -> None:
        """Set a switch, or clear it with None."""

    # counts
    def counts(self) -> Mapping[State, int]:
        """Return how many applications are in each state."""


class Store(Protocol):
    """The database."""

    def begin(self, *, write: bool = True) -> AbstractContextManager[Work]:
        """Open one transaction; without `write`, one for looking only, which holds up nobody.

        Raises `ServiceUnavailableError` where the database cannot be used.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place of a mailbox, before anything in it was looked at."""

    key: str
    received_at: dt.datetime  # INTERNALDATE, a file's time
    hint: str = ""  # where the mailbox may look first
    size: int = 0  # bytes, as far as the mailbox knows without reading (RFC822.SIZE, a file's size)


class Mailbox(Protocol):
    """A mailbox that belongs to others too: looking changes nothing in it."""

    @property
    def name(self) -> str:
        """Which of the configured mailboxes this is."""

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where the mailbox cannot be used."""

    def entries(self, position: str | None) -> Iterator[Entry]:
        """Return every place behind `position` that may be new, in constant memory.

        Raises `ServiceUnavailableError`.
        """

    def position(self) -> str | None:
        """Return up to where a complete walk through `entries` has come, where that can be said."""

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait for news at most so long, or until `stop` is set; a hint, the caller looks anyway."""

    def close(self) -> None:
        """Leave the mailbox; also from another thread, to end a wait."""

    def newest(self, count: int) -> list[Entry]:
        """Return some of the places where the newest messages are, at most `count`."""

    def headers(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, bytes | None]]:
        """Return the header block of each, in the order given; None where a message has vanished."""

    def message(self, entry: Entry) -> bytes | None:
        """Return the whole message byte for byte, None where it has vanished."""

    def copy(self, entry: Entry, write: Callable[[bytes], None]) -> bool:
        """Hand the whole message over bit by bit, in constant memory; False where it has vanished."""


HeaderParser = Callable[[bytes], Headers]
"""Reads a header block; never raises."""
