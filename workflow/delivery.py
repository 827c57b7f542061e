"""How a reply leaves: `pending` → `sending` → `sent`, each in a transaction of its own.

A row left in `sending` was interrupted; it has one Message-ID for ever, and is handed over again.
Ceilings stop what they cover, and an operator sees it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from workflow.application import Application, OutboxRow, ReplyKind, ReplyStatus
from workflow.correspondence import answer
from workflow.findings import Code, finding
from workflow.ports import (
    Clock,
    DeliveryRefusedError,
    DeliveryUnknownError,
    RecipientPostponedError,
    ReplyWriter,
    Sender,
    ServiceUnavailableError,
    Store,
    Work,
)
from workflow.progress import add_finding, move
from workflow.states import Event, State

HOLD: Final = "outbox_hold"
"""The switch that stops all sending; its value says who or what stopped it."""
BREAKER: Final = "предел "
"""How that value begins where the breaker has stopped it."""
_UNKNOWN: Final = "исход неизвестен: "
"""How the error of a row begins whose outcome could not be known."""

_DAY: Final = dt.timedelta(days=1)
_HOUR: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """How many replies may leave; what is beyond stops and is shown to an operator."""

    per_thread: int = 4  # in a row, without anything new from the school
    per_address_per_day: int = 10
    per_hour: int = 2_000  # in all; reaching it stops all sending


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffice:
    """What delivering works with."""

    store: Store
    send: Sender
    write: ReplyWriter
    now: Clock
    retry: Callable[[int], dt.timedelta]
    ceilings: Ceilings
    unknown_wait: dt.timedelta  # before a mail of unknown outcome goes out once more; 0: no mail is


def deliver(post: PostOffice, row_id: int) -> ReplyStatus | None:
    """Hand one reply over; returns its new status, None where there was nothing to do.

    Raises `ServiceUnavailableError`; the reply is then tried again later.
    """
    row = _take(post, row_id)
    if row is None or row.status is ReplyStatus.STOPPED:
        return row.status if row else None
    try:
        post.send.send(row)
    except DeliveryRefusedError as error:
        return _refused(post, row, str(error))
    except DeliveryUnknownError as error:
        return _unknown(post, row, str(error))
    except RecipientPostponedError as error:
        # one school's server wants it later: the others need not wait for it
        _later(post, row, str(error))
        return ReplyStatus.PENDING
    except ServiceUnavailableError as error:
        _later(post, row, str(error))
        raise
    return _sent(post, row)


def _take(post: PostOffice, row_id: int) -> OutboxRow | None:
    """Claim a row, or stop it at a ceiling; None where it is not to be sent now."""
    with post.store.begin() as work:
        row = work.reply(row_id)
        if row is None or work.switch(HOLD) is not None:
            return None
        if row.status is ReplyStatus.SENDING:
            return _take_again(post, work, row)
        waits = row.error.startswith(_UNKNOWN) and row.due_at > post.now()
        if row.status is not ReplyStatus.PENDING or waits:
            return None
        if work.sent_since(post.now() - _HOUR) >= post.ceilings.per_hour:
            work.set_switch(HOLD, f"{BREAKER}{post.ceilings.per_hour} писем в час")
            return None
        if _ceiling_reached(post, work, row):
            stopped = replace(row, status=ReplyStatus.STOPPED, error="достигнут предел ответов")
            work.mark_reply(stopped, expected=ReplyStatus.PENDING)
            _before_operator(
                post, work, row, Code.REPLY_CEILING_REACHED, "достигнут предел ответов"
            )
            return stopped
        taken = replace(
            row,
            status=ReplyStatus.SENDING,
            attempts=row.attempts + 1,
            due_at=post.now() + post.unknown_wait,
        )
        return taken if work.mark_reply(taken, expected=ReplyStatus.PENDING) else None


def _take_again(post: PostOffice, work: Work, row: OutboxRow) -> OutboxRow | None:
    """Take a row that was interrupted while it was handed over.

    Where the recipient's side knows a mail by its name, that is harmless; elsewhere its outcome is
    unknown, as if the connection had ended: once more after a wait, then an operator.
    """
    if not post.unknown_wait:
        return row
    if row.due_at > post.now():
        return None
    if row.error.startswith(_UNKNOWN):
        _stop_unknown(post, work, row, _UNKNOWN + "отправка дважды прервана")
        return None
    again = replace(
        row,
        attempts=row.attempts + 1,
        due_at=post.now() + post.unknown_wait,
        error=_UNKNOWN + "отправка прервана",
    )
    return again if work.mark_reply(again, expected=ReplyStatus.SENDING) else None


def _stop_unknown(post: PostOffice, work: Work, row: OutboxRow, error: str) -> None:
    stopped = replace(row, status=ReplyStatus.STOPPED, error=error)
    if work.mark_reply(stopped, expected=ReplyStatus.SENDING):
        _before_operator(post, work, row, Code.DELIVERY_UNKNOWN, "неизвестно, дошёл ли ответ")


def _ceiling_reached(post: PostOffice, work: Work, row: OutboxRow) -> bool:
    day = work.sent_since(post.now() - _DAY, row.recipient)
    if day >= post.ceilings.per_address_per_day:
        return True
    newest = max((one.received_at for one in work.messages(row.application_id)), default=None)
    in_a_row = [
        one
        for one in work.replies(row.application_id)
        if one.sent_at is not None and (newest is None or one.sent_at > newest)
    ]
    return len(in_a_row) >= post.ceilings.per_thread


def _sent(post: PostOffice, row: OutboxRow) -> ReplyStatus:
    at = post.now()
    with post.store.begin() as work:
        sent = replace(row, status=ReplyStatus.SENT, sent_at=at, error="")
        if not work.mark_reply(sent, expected=ReplyStatus.SENDING):
            return ReplyStatus.SENT
        application = work.application(row.application_id)
        if (
            row.kind is ReplyKind.WELCOME
            and application is not None
            and application.state is State.PROVISIONED
        ):
            move(work, application, Event.WELCOME_DELIVERED, at=at, why="приветствие отправлено")
    return ReplyStatus.SENT


def _refused(post: PostOffice, row: OutboxRow, error: str) -> ReplyStatus:
    with post.store.begin() as work:
        refused = replace(row, status=ReplyStatus.UNDELIVERABLE, error=error)
        if work.mark_reply(refused, expected=ReplyStatus.SENDING):
            _before_operator(post, work, row, Code.REPLY_UNDELIVERABLE, "ответ не принят: " + error)
    return ReplyStatus.UNDELIVERABLE


def _unknown(post: PostOffice, row: OutboxRow, error: str) -> ReplyStatus:
    """The first time it is sent once more later; the second time an operator sees it."""
    with post.store.begin() as work:
        if row.error.startswith(_UNKNOWN):
            _stop_unknown(post, work, row, _UNKNOWN + error)
            return ReplyStatus.STOPPED
        again = replace(
            row,
            status=ReplyStatus.PENDING,
            due_at=post.now() + post.unknown_wait,
            error=_UNKNOWN + error,
        )
        work.mark_reply(again, expected=ReplyStatus.SENDING)
    return ReplyStatus.PENDING


def _later(post: PostOffice, row: OutboxRow, error: str) -> None:
    later = replace(
        row,
        status=ReplyStatus.PENDING,
        due_at=post.now() + post.retry(row.attempts),
        error=error,
    )
    with post.store.begin() as work:
        work.mark_reply(later, expected=ReplyStatus.SENDING)


def before_operator(
    work: Work,
    application: Application,
    code: Code,
    why: str,
    *,
    kind: ReplyKind | None,
    writer: ReplyWriter,
    at: dt.datetime,
) -> None:
    """Put what became of a reply before an operator, where the application's state allows it.

    Rights that were granted are only in question where it is the welcome that failed; `kind` is None
    where nobody knows any more what the reply was.
    """
    application = add_finding(application, finding(code))
    event = None
    if application.state is State.AWAITING_APPLICANT:
        event = Event.DOUBT_AROSE
    elif application.state is State.PROVISIONED and kind is ReplyKind.WELCOME:
        event = Event.WELCOME_UNDELIVERABLE
    if event is None:
        work.save(application)
        return
    moved = move(work, application, event, at=at, why=why)
    if code is not Code.REPLY_CEILING_REACHED:
        answer(work, writer, moved, ReplyKind.RECEIPT, at=at)


def _before_operator(post: PostOffice, work: Work, row: OutboxRow, code: Code, why: str) -> None:
    application = work.application(row.application_id)
    if application is not None:
        before_operator(
            work, application, code, why, kind=row.kind, writer=post.write, at=post.now()
        )
