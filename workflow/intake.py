"""Intake: every message of a mailbox is accounted for; what is ours is stored whole before all else.

Only an application's body is read. What is no application leaves nothing but a row with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple

from parsers.facts import Evidence, Headers, How, Reading, SubjectMatch
from workflow.application import Fate, HistoryRow, Message, Seen
from workflow.placement import Home, home_at_arrival
from workflow.ports import Blobs, Entry, HeaderParser, Mailbox, Store, Work
from workflow.states import Actor, State
from workflow.wording import PROGRAM

BATCH: Final = 500
"""Places looked up in the database at a time."""

LARGEST_BYTES: Final = 60 * 2**20
"""Of a message that is read, unless the composition root says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """What counts as ours in a mailbox."""

    own_addresses: frozenset[str]  # lower case: mail from these is the daemon's own
    start_date: dt.datetime | None = None  # what arrived before is accounted for and left alone
    largest_bytes: int = LARGEST_BYTES  # of a message that is read; a larger one is only stored


class Taken(NamedTuple):
    """One message that intake has accounted for, for progress and summaries."""

    seen: Seen
    headers: Headers


def take_in(
    mailbox: Mailbox,
    *,
    store: Store,
    blobs: Blobs,
    parse_headers: HeaderParser,
    rules: IntakeRules,
    now: dt.datetime,
) -> Iterator[Taken]:
    """Account for every place of a mailbox that has no row yet, one transaction a message."""
    for entry, header in new_headers(mailbox, store):
        headers = parse_headers(header)
        with store.begin(write=False) as work:
            reason = why_not_ours(headers, entry, rules, work)
        if reason is not None:
            seen = _seen(mailbox, entry, headers, fate=Fate.IGNORED, reason=reason)
            with store.begin() as work:
                work.add_seen(seen)
        else:
            message = store_whole(mailbox, entry, headers, blobs=blobs, rules=rules)
            if message is None:
                continue
            seen = _seen(mailbox, entry, headers, fate=Fate.TAKEN, reason="application")
            with store.begin() as work:
                seen = take(work, seen, message, headers, now=now)
        yield Taken(seen, headers)
    reached = mailbox.position()
    if reached is not None:
        with store.begin() as work:
            if work.switch(_position_of(mailbox)) != reached:
                work.set_switch(_position_of(mailbox), reached)


def take(work: Work, seen: Seen, message: Message, headers: Headers, *, now: dt.datetime) -> Seen:
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
        work.add_seen(seen)
        return seen
    application_id = _place(work, message, headers, now=now)
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
    if headers.subject_match is SubjectMatch.FOREIGN and not _answers_us(headers, work):
        return "other_subject"
    return None


def store_whole(
    mailbox: Mailbox, entry: Entry, headers: Headers, *, blobs: Blobs, rules: IntakeRules
) -> Message | None:
    """Store the bytes of a message, whatever its size, and return what is to be said of it.

    None where it has vanished. One that is too large to be read is known by its headers alone.
    """
    with blobs.draft() as draft:
        if not mailbox.copy(entry, draft.write):
            return None
        digest, size = draft.keep(), draft.size
    message = message_of(headers, mailbox=mailbox.name, digest=digest, size=size, entry=entry)
    return message if size <= rules.largest_bytes else replace(message, reading=unread(headers))


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


def _place(work: Work, message: Message, headers: Headers, *, now: dt.datetime) -> int | None:
    """Give a message its application, or none yet where its papers must be read first."""
    home = home_at_arrival(headers, work)
    if home is Home.AFTER_READING:
        return None
    return new_application(
        work, received_at=message.received_at, now=now, why="пришло письмо", linked_to=None
    )


def _answers_us(headers: Headers, work: Work) -> bool:
    """Whether a known sender answers one of our own mails, under whatever subject."""
    ids: Sequence[str] = headers.in_reply_to + headers.references
    application_id = work.application_of_reply(ids) if ids else None
    return application_id is not None and headers.sender.casefold() in work.senders(application_id)


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
