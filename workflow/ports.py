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
    Deletion,
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
    Traces,
    View,
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


class MarkingRefusedError(ServiceUnavailableError):
    """The mailbox works, but does not mark messages in the way that is asked for."""


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

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of the bytes so far."""

    def write(self, part: bytes) -> None:
        """Add bytes."""

    def keep(self) -> str:
        """Store them and return the digest (hex); when it returns, they survive a power loss."""


class Blobs(Protocol):
    """Keeps the bytes of messages, durably, under their SHA-256."""

    def put(self, raw: bytes) -> str:
        """Store and return the digest (hex); see `Draft.keep`.

        Raises `ServiceUnavailableError` where they cannot be stored.
        """

    def draft(self) -> AbstractContextManager[Draft]:
        """Take bytes bit by bit; what is not kept when the block ends is gone.

        Raises `ServiceUnavailableError`, as every step of the draft does, where they cannot be stored.
        """

    def get(self, digest: str) -> bytes:
        """Return the bytes. Raises `ServiceUnavailableError` where they are not there."""

    def delete(self, digest: str) -> None:
        """Remove the bytes for good; nothing happens where they are gone."""


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


class Parcel(Protocol):
    """A mail in its final form, as far as handing it over goes."""

    @property
    def key(self) -> str:
        """What it is known by at the place where it lies: unique for ever."""

    @property
    def recipient(self) -> str:
        """The one address that it goes to."""

    @property
    def content(self) -> bytes:
        """The mail (RFC 5322)."""


class Sender(Protocol):
    """Hands one mail over."""

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where nothing can be handed over."""

    def send(self, parcel: Parcel) -> None:
        """Return when it is handed over.

        Raises `ServiceUnavailableError` (later; as `RecipientPostponedError` this one alone),
        `DeliveryRefusedError` (never), `DeliveryUnknownError`.
        """


@dataclass(frozen=True, slots=True)
class Token:
    """What a Message-ID that looks like one of ours claims."""

    application_id: int
    genuine: bool  # signed with our key


class Tokens(Protocol):
    """Knows our own Message-IDs by their signature."""

    def read(self, message_id: str) -> Token | None:
        """Return what an id claims, None where it does not look like ours.

        Raises `ServiceUnavailableError`.
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

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return those of `keys` whose message is gone; looking only.

        A key that an earlier numbering of the mailbox has given says nothing and is left out. Raises
        `ServiceUnavailableError`.
        """

    def mark(self, keys: Sequence[str], how: str) -> list[str]:
        """Mark messages of ours by «keyword» or «move:<folder>»; again is harmless.

        What has vanished is left out. Returns the keys that an earlier numbering of the mailbox has
        given. Raises `ServiceUnavailableError`, as `MarkingRefusedError` where this way is refused.
        """

    def copy(self, entry: Entry, write: Callable[[bytes], None]) -> bool:
        """Hand the whole message over bit by bit, in constant memory; False where it has vanished."""


HeaderParser = Callable[[bytes], Headers]
"""Reads a header block; never raises."""
