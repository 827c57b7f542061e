"""What the workflow needs of the world, as protocols, and the errors that they may raise."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from parsers.facts import Headers, Reading
from workflow.application import (
    Organization,
    ProvisionOrder,
    ReplyOrder,
    WrittenReply,
)
from workflow.transactions import Work as Work

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
