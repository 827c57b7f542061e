"""Intake: every message of a mailbox is accounted for; what is ours is stored whole before all else.

Only an application's body is read, and that of a bounce, which may return a reply of ours. What is no
application leaves nothing but a row with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple

from parsers.facts import Automatic, Evidence, Headers, How, Reading, SubjectMatch
from workflow.application import Fate, HistoryRow, Message, Seen
from workflow.placement import Home, home_at_arrival
from workflow.ports import (
    Blobs,
    Entry,
    HeaderParser,
    Mailbox,
    ServiceUnavailableError,
    StaleApplicationError,
    Store,
    Tokens,
    Work,
)
from workflow.states import Actor, State
from workflow.threads import thread_of
from workflow.wording import PROGRAM

BATCH: Final = 500
"""Places looked up in the database at a time."""

_ATTEMPTS: Final = 5

_LOOKED: Final = "looked:"
"""The switch of a mailbox that says when a walk began that was complete in the end."""
_LOOKED_EVERY: Final = dt.timedelta(minutes=1)
"""So exact is what the switch says; a quiet mailbox costs no more writing."""

LARGEST_BYTES: Final = 60 * 2**20
"""Of a message that is read, unless the composition root says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """What counts as ours in a mailbox."""

    own_addresses: frozenset[str]  # lower case: mail from these is the daemon's own
    tokens: Tokens
    start_date: dt.datetime | None = None  # what arrived before is accounted for and left alone
    largest_bytes: int = LARGEST_BYTES  # of a message that is read; a larger one is only stored


class Taken(NamedTuple):
    """One message that intake has accounted for, for progress and summaries."""

    seen: Seen
    headers: Headers
    for_operators: bool = False  # it put something before them


Effect = Callable[[Work], bool]
"""A change that belongs into the transaction that accounts for a message; whether operators see it."""

BounceReader = Callable[[bytes], Effect | None]
"""Reads a bounce; returns what it changes, None where it is about no mail of ours."""


def take_in(
    mailbox: Mailbox,
    *,
    store: Store,
    blobs: Blobs,
    parse_headers: HeaderParser,
    rules: IntakeRules,
    now: dt.datetime,
    read_bounce: BounceReader,
) -> Iterator[Taken]:
    """Account for every place of a mailbox that has no row yet, one transaction a message.

    Raises `ServiceUnavailableError`, also from `read_bounce`.
    """
    for entry, header in new_headers(mailbox, store):
        headers = parse_headers(header)
        with store.begin(write=False) as work:
            reason = why_not_ours(headers, entry, rules, work)
        if reason is not None:
            effect = None
            if reason == Automatic.BOUNCE and (raw := mailbox.message(entry)) is not None:
                effect = read_bounce(raw)
            seen = _seen(mailbox, entry, headers, fate=Fate.IGNORED, reason=reason)
            yield Taken(seen, headers, for_operators=_leave_alone(store, seen, effect))
        else:
            message = store_whole(mailbox, entry, headers, store=store, blobs=blobs, rules=rules)
            if message is None:
                continue
            seen = _seen(mailbox, entry, headers, fate=Fate.TAKEN, reason="application")
            with store.begin() as work:
                seen = take(work, seen, message, headers, rules.tokens, now=now)
            yield Taken(seen, headers)
    _note_walk(mailbox, store, now=now)


def looked_at(work: Work, mailboxes: Sequence[str]) -> dt.datetime | None:
    """Return since when at least everything in the mailboxes is known; None where one never was.

    What lay there at that moment has been accounted for.
    """
    walks = [work.switch(_LOOKED + name) for name in mailboxes]
    if not walks or None in walks:
        return None
    return min(dt.datetime.fromisoformat(walk) for walk in walks if walk)


def _leave_alone(store: Store, seen: Seen, effect: Effect | None) -> bool:
    """Account for a message that is not ours, with what it changes; whether operators see that."""
    for _ in range(_ATTEMPTS):
        try:
            with store.begin() as work:
                work.add_seen(seen)
                return effect is not None and effect(work)
        except StaleApplicationError:
            continue  # somebody else was faster: what the effect does is to be looked at anew
    raise ServiceUnavailableError("заявка всё время меняется; сообщение о недоставке подождёт")


def _note_walk(mailbox: Mailbox, store: Store, *, now: dt.datetime) -> None:
    """Remember a walk that was complete: how far it has come, and that it began at `now`."""
    with store.begin(write=False) as work:
        before = work.switch(_position_of(mailbox))
        looked = looked_at(work, [mailbox.name])
    reached = mailbox.position() or before
    fresh = looked is not None and dt.timedelta() <= now - looked < _LOOKED_EVERY
    if reached == before and fresh:
        return
    with store.begin() as work:
        work.set_switch(_position_of(mailbox), reached)
        work.set_switch(_LOOKED + mailbox.name, now.isoformat())


def take(
    work: Work,
    seen: Seen,
    message: Message,
    headers: Headers,
    tokens: Tokens,
    *,
    now: dt.datetime,
) -> Seen:
    """Store a message that is ours, give it its place, and account for where it lay.

    The same bytes, wherever they turn up, are the same message: noted, nothing else.
    """
    known = work.message_by_digest(message.digest)
    if known is not None:
        seen = replace(
            seen,
            fate=Fate.REPEATED,
            reason="same_bytes",
            digest=message.digest,
            application_id=known.application_id,
        )
        if work.is_forgotten(message.digest):
            seen = replace(seen, message_id=None, sender="", subject="")
        work.add_seen(seen)
        return seen
    application_id = _place(work, message, headers, tokens, now=now)
    work.add_message(replace(message, application_id=application_id))
    seen = replace(seen, digest=message.digest, application_id=application_id)
    if seen.id:
        work.set_fate(
            seen.id,
            fate=seen.fate,
            reason=seen.reason,
            digest=seen.digest,
            application_id=application_id,
        )
    else:
        work.add_seen(seen)
    return seen


def new_headers(mailbox: Mailbox, store: Store) -> Iterator[tuple[Entry, bytes]]:
    """Return the places of a mailbox that have no row yet with their header, in constant memory."""
    with store.begin(write=False) as work:
        entries = mailbox.entries(work.switch(_position_of(mailbox)))
    while batch := list(islice(entries, BATCH)):
        with store.begin(write=False) as work:
            unseen = set(work.unseen(mailbox.name, [entry.key for entry in batch]))
        new = sorted(
            (entry for entry in batch if entry.key in unseen), key=lambda entry: entry.received_at
        )
        for entry, header in mailbox.headers(new):
            if header is not None:
                yield entry, header


def why_not_ours(headers: Headers, entry: Entry, rules: IntakeRules, work: Work) -> str | None:
    """Return the reason for which a message is left alone, None where it is ours."""
    if rules.start_date is not None and entry.received_at < rules.start_date:
        return "before_start_date"
    if {sender.casefold() for sender in headers.senders} & rules.own_addresses:
        return "own_mail"
    if headers.automatic is not None:
        return headers.automatic.value
    if headers.subject_match is SubjectMatch.FOREIGN and not _answers_us(
        headers, work, rules.tokens
    ):
        return "other_subject"
    return None


def store_whole(
    mailbox: Mailbox,
    entry: Entry,
    headers: Headers,
    *,
    store: Store,
    blobs: Blobs,
    rules: IntakeRules,
) -> Message | None:
    """Store the bytes of a message, whatever its size, and return what is to be said of it.

    None where it has vanished. One that is too large to be read is known by its headers alone; one whose
    bytes were deleted when their time was over is not stored again.
    """
    with blobs.draft() as draft:
        if not mailbox.copy(entry, draft.write):
            return None
        digest, size = draft.digest, draft.size
        if not _is_forgotten(digest, store):
            draft.keep()
    message = message_of(headers, mailbox=mailbox.name, digest=digest, size=size, entry=entry)
    return message if size <= rules.largest_bytes else replace(message, reading=unread(headers))


def _is_forgotten(digest: str, store: Store) -> bool:
    with store.begin(write=False) as work:
        return work.is_forgotten(digest)


def unread(headers: Headers) -> Reading:
    """Return the reading of a message that is too large: nothing but its headers, and why."""
    limit = Evidence(document="", raw="письмо больше допустимого размера", how=How.HEADER)
    return Reading(headers=headers, limits=(limit,))


def message_of(headers: Headers, *, mailbox: str, digest: str, size: int, entry: Entry) -> Message:
    """Return the stored form of a message from its headers."""
    return Message(
        digest=digest,
        mailbox=mailbox,
        size=size,
        message_id=headers.message_id,
        sender=headers.sender,
        subject=headers.subject,
        references=tuple(dict.fromkeys(headers.references + headers.in_reply_to)),
        received_at=entry.received_at,
        sent_at=headers.date,
    )


def new_application(
    work: Work, *, received_at: dt.datetime, now: dt.datetime, why: str, linked_to: int | None
) -> int:
    """Open an application in `received` and return its id."""
    row = HistoryRow(
        source=None,
        target=State.RECEIVED,
        event=None,
        actor=Actor.APPLICANT,
        who=PROGRAM,
        at=now,
        why=why,
    )
    return work.add_application(received_at=received_at, row=row, linked_to=linked_to)


def _place(
    work: Work, message: Message, headers: Headers, tokens: Tokens, *, now: dt.datetime
) -> int | None:
    """Give a message its application, or none yet where its papers must be read first."""
    home = home_at_arrival(headers, work, tokens)
    if home is Home.AFTER_READING:
        return None
    return new_application(
        work, received_at=message.received_at, now=now, why="пришло письмо", linked_to=None
    )


def _answers_us(headers: Headers, work: Work, tokens: Tokens) -> bool:
    """Whether a known sender answers one of our own mails, under whatever subject."""
    thread = thread_of(headers.references + headers.in_reply_to, work, tokens)
    known = thread.application_id is not None and not thread.forged
    return known and headers.sender.casefold() in work.senders(thread.application_id or 0)


def _position_of(mailbox: Mailbox) -> str:
    """The switch that keeps up to where a mailbox was walked through."""
    return f"position:{mailbox.name}"


def _seen(mailbox: Mailbox, entry: Entry, headers: Headers, *, fate: Fate, reason: str) -> Seen:
    return Seen(
        mailbox=mailbox.name,
        key=entry.key,
        message_id=headers.message_id,
        sender=headers.sender or ", ".join(headers.senders),
        subject=headers.subject,
        received_at=entry.received_at,
        fate=fate,
        reason=reason,
    )
