"""What happens while a school is silent: one reminder, and in the end the application expires.

Silence begins when the question has left, and again with every message of the school that brought
nothing new. Each step is a scan of what is stored: done twice, late, or by two processes at once it
does no more than once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workflow.application import Application, OutboxRow, ReplyKind, ReplyStatus
from workflow.correspondence import answer
from workflow.deadlines import Terms, end_of
from workflow.ports import StaleApplicationError, Work
from workflow.progress import Desk, move
from workflow.states import Event, State

_MANY: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A school that was asked and has not answered."""

    application: Application
    remind_at: dt.datetime | None  # None: never, or reminded already
    until: dt.date | None  # the last day for an answer; None: there is none

    def is_to_remind(self, now: dt.datetime) -> bool:
        """Whether the reminder is due; once the last day is over it is too late."""
        return self.remind_at is not None and now >= self.remind_at and not self.has_ended(now)

    def has_ended(self, now: dt.datetime) -> bool:
        """Whether the last day is over."""
        return self.until is not None and now >= end_of(self.until)


def remind(desk: Desk, *, looked_at: dt.datetime | None) -> int:
    """Remind every school that has been silent for long enough; returns how many.

    `looked_at` is when the mailboxes were last walked through, None where one never was: what has
    become due since is left alone, for an answer may lie there unseen.
    """
    return _each(desk, _remind, remindable(desk, looked_at=looked_at))


def expire(desk: Desk, *, looked_at: dt.datetime | None) -> int:
    """Close every application whose last day for an answer is over; see `remind`."""
    return _each(desk, _expire, expirable(desk, looked_at=looked_at))


def remindable(desk: Desk, *, looked_at: dt.datetime | None) -> list[int]:
    """Return the applications whose school is to be reminded now."""
    return [] if looked_at is None else _silent(desk, looked_at, Silence.is_to_remind)


def expirable(desk: Desk, *, looked_at: dt.datetime | None) -> list[int]:
    """Return the applications whose last day for an answer is over."""
    return [] if looked_at is None else _silent(desk, looked_at, Silence.has_ended)


def silence_of(work: Work, application: Application, terms: Terms) -> Silence | None:
    """Return how long a school has been silent, None where it is not its turn.

    It is not while the question has not left, nor while a message of its sender is not read yet.
    """
    if application.state is not State.AWAITING_APPLICANT:
        return None
    asked = _since_the_question(work.replies(application.id))
    if not asked or asked[0].sent_at is None or _is_something_unread(work, application.id):
        return None
    heard = [one.received_at for one in work.messages(application.id)]
    since = max([asked[0].sent_at, *heard])
    reminded = any(row.kind is ReplyKind.REMINDER for row in asked)
    named = [row.deadline for row in asked if row.deadline is not None]
    until = terms.answer_by(since)
    return Silence(
        application=application,
        remind_at=None if reminded else terms.remind_at(since),
        until=until and max([until, *named]),
    )


def _since_the_question(replies: tuple[OutboxRow, ...]) -> tuple[OutboxRow, ...]:
    """Return the last question and what went out after it; empty where it was not handed over."""
    for index in range(len(replies) - 1, -1, -1):
        if replies[index].kind is ReplyKind.ASK:
            sent = replies[index].status is ReplyStatus.SENT
            return replies[index:] if sent else ()
    return ()


def _is_something_unread(work: Work, application_id: int) -> bool:
    senders = work.senders(application_id)
    return any(one.sender.casefold() in senders for one in work.unplaced_messages(_MANY))


def _silent(
    desk: Desk, looked_at: dt.datetime, is_due: Callable[[Silence, dt.datetime], bool]
) -> list[int]:
    moment = min(looked_at, desk.now())
    with desk.store.begin(write=False) as work:
        waiting = work.applications((State.AWAITING_APPLICANT,))
        found = (silence_of(work, one, desk.terms) for one in waiting)
        return [one.application.id for one in found if one is not None and is_due(one, moment)]


def _each(desk: Desk, step: Callable[[Desk, Work, Silence], bool], ids: list[int]) -> int:
    """Take a step with each, in a transaction of its own, if it is still silent; count them."""
    done = 0
    for application_id in ids:
        try:
            with desk.store.begin() as work:
                application = work.application(application_id)
                silence = application and silence_of(work, application, desk.terms)
                done += bool(silence and step(desk, work, silence))
        except StaleApplicationError:
            continue  # somebody else was faster
    return done


def _remind(desk: Desk, work: Work, silence: Silence) -> bool:
    if not silence.is_to_remind(desk.now()):
        return False
    application = work.save(silence.application)  # behind the fence: no twin writes as well
    kind, at, until = ReplyKind.REMINDER, desk.now(), silence.until
    return answer(work, desk.write, application, kind, at=at, deadline=until)


def _expire(desk: Desk, work: Work, silence: Silence) -> bool:
    if silence.until is None or not silence.has_ended(desk.now()):
        return False
    at, until = desk.now(), silence.until
    why = f"школа не ответила до {until:%d.%m.%Y}"
    closed = move(work, silence.application, Event.SILENCE, at=at, why=why)
    answer(work, desk.write, closed, ReplyKind.EXPIRY, at=at, deadline=until)
    return True
