"""Which application a message belongs to: by our own mail that it answers, by its papers, or none.

A message joins an application in three ways and in no other: it answers one of our mails (its id, or the
token in it) and comes from a sender known there; it brings to the one waiting application of its sender exactly what is
missing; or all its papers are there already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from parsers.facts import Headers, Reading, Role, SubjectMatch
from workflow.application import Application, Message
from workflow.case import Case, ReadMessage, lay_together
from workflow.findings import Code
from workflow.ports import Tokens, Work
from workflow.rules import agreement
from workflow.states import ENDS, State
from workflow.threads import thread_of

_OPEN_TO_CONTENT: Final = frozenset({State.RECEIVED, State.PARSED, State.AWAITING_APPLICANT})
"""Applications that await an answer or were not yet answered."""

_BEYOND_PAPERS: Final = frozenset({State.PROVISIONING, State.PROVISIONED})
"""What comes now comes too late to be read along."""


_BEGUN_ANEW: Final = frozenset({State.REJECTED, State.EXPIRED})
"""The same papers after one of these are a new application."""


class Home(Enum):
    """Where a message belongs as far as its headers tell."""

    NEW = auto()
    AFTER_READING = auto()


class Way(Enum):
    """What to do with a message whose papers are known."""

    WAIT = auto()  # the application that it may complete was not read yet
    NEW = auto()  # an application of its own
    LINKED = auto()  # of its own, linked to the other where that is there
    JOIN = auto()  # its papers join the other
    REPEAT = auto()  # noted: everything in it is there already
    KEEP = auto()  # noted: mail without papers
    WITHOUT_DOCUMENTS = auto()  # no papers, to an application that waits: before an operator


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a message belongs, and what is to be said about it."""

    way: Way
    application: Application | None = None  # the other one
    code: Code | None = None


def home_at_arrival(headers: Headers, work: Work, tokens: Tokens) -> Home:
    """Decide whether a message is an application at once, or only after its papers are read."""
    if headers.sender and work.applications_of_sender(headers.sender):
        return Home.AFTER_READING
    thread = thread_of(headers.references + headers.in_reply_to, work, tokens)
    return Home.NEW if thread.application_id is None else Home.AFTER_READING


def place(message: Message, reading: Reading, work: Work, tokens: Tokens) -> Placement:
    """Decide where a message belongs once its papers are known."""
    has_papers = _may_hold_papers(reading)
    thread = thread_of(message.references, work, tokens)
    other = _standing_for(thread.application_id, work)
    if thread.forged:
        return Placement(Way.LINKED, other, Code.FOLLOW_UP_FROM_OTHER_SENDER)
    if other is not None:
        if message.sender.casefold() not in work.senders(other.id):
            return Placement(Way.LINKED, other, Code.FOLLOW_UP_FROM_OTHER_SENDER)
        repeats = _holds_all(reading, work.messages(other.id))
        if repeats and other.state not in _BEGUN_ANEW:
            return Placement(Way.REPEAT, other)
        return _in_thread(other, has_papers=has_papers)
    return _by_content(message, reading, work) if has_papers else Placement(Way.NEW)


def _standing_for(application_id: int | None, work: Work) -> Application | None:
    """Return the application, or the one that its messages were given to."""
    other = work.application(application_id) if application_id else None
    passed = set()
    while other and other.state is State.JOINED and other.linked_to and other.id not in passed:
        passed.add(other.id)
        other = work.application(other.linked_to)
    return other


def _in_thread(other: Application, *, has_papers: bool) -> Placement:
    if not has_papers:
        waits = other.state is State.AWAITING_APPLICANT
        return Placement(Way.WITHOUT_DOCUMENTS if waits else Way.KEEP, other)
    if other.state in _BEYOND_PAPERS:
        return Placement(Way.LINKED, other, Code.DUPLICATE_APPLICATION)
    return Placement(Way.LINKED if other.state in ENDS else Way.JOIN, other)


def _by_content(message: Message, reading: Reading, work: Work) -> Placement:
    others = work.applications_of_sender(message.sender) if message.sender else ()
    for other in others:
        repeatable = other.state not in _BEGUN_ANEW
        if repeatable and _holds_all(reading, work.messages(other.id)):
            return Placement(Way.REPEAT, other)
    waiting = [other for other in others if other.state in _OPEN_TO_CONTENT]
    if len(waiting) == 1 and reading.headers.subject_match is SubjectMatch.OURS:
        there = work.messages(waiting[0].id)
        if any(one.reading is None for one in there):
            return Placement(Way.WAIT, waiting[0])
        if _completes(message, reading, there):
            return Placement(Way.JOIN, waiting[0], Code.JOINED_BY_CONTENT)
    return Placement(Way.NEW)


def _holds_all(reading: Reading, messages: Sequence[Message]) -> bool:
    there = {digest for one in messages if one.reading for digest in _digests(one.reading)}
    return bool(_digests(reading)) and _digests(reading) <= there


def _may_hold_papers(reading: Reading) -> bool:
    """Whether there are files, or some that were not read because of a limit."""
    return bool(
        _digests(reading) or reading.limits or any(one.trouble for one in reading.documents)
    )


def _digests(reading: Reading) -> frozenset[str]:
    return frozenset(document.digest for document in reading.documents if document.digest)


def _completes(message: Message, reading: Reading, there: Sequence[Message]) -> bool:
    """Whether the papers are exactly those that are missing there, and contradict nothing."""
    before = lay_together(read_messages(there))
    missing = {
        role
        for role, papers in (
            (Role.LETTER, before.letters),
            (Role.QUESTIONNAIRE, before.questionnaires),
        )
        if not papers
    }
    brought = {document.role for document in reading.documents} - {Role.OTHER}
    if not missing or brought != missing:
        return False
    after = lay_together([*read_messages(there), _read(message, reading)])
    return not contradictions(after)


def contradictions(case: Case) -> bool:
    """Whether anything in one paper speaks against the other."""
    return any(True for rule in agreement.RULES for _ in rule(case))


def read_messages(messages: Sequence[Message]) -> list[ReadMessage]:
    """Return those messages that count and were read, oldest first, as the rules see them."""
    return [_read(one, one.reading) for one in messages if one.reading and not one.noted]


def _read(message: Message, reading: Reading) -> ReadMessage:
    return ReadMessage(
        reading=reading,
        received_at=message.received_at,
        mailbox=message.mailbox,
        settled=message.settled,
    )
