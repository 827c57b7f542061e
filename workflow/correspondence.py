"""What is written to the school, and into which thread: the replies of an application."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from workflow.application import (
    Agreed,
    Application,
    Message,
    OutboxRow,
    ReplyKind,
    ReplyOrder,
    ReplyStatus,
)
from workflow.findings import Code, Finding, Severity
from workflow.ports import ReplyWriter, Store, Work
from workflow.states import WORK


def answer(
    work: Work,
    writer: ReplyWriter,
    application: Application,
    kind: ReplyKind,
    *,
    at: dt.datetime,
    text: str | None = None,
    deadline: dt.date | None = None,
) -> bool:
    """Write a reply into the outbox, in the transaction of the change that causes it.

    Returns False where nobody may be answered. A receipt goes once, and not where it may not;
    any other reply makes receipts that were not sent yet needless. `deadline` is the last day for an
    answer, which the reply names.
    """
    message = answered_message(work.messages(application.id))
    if message is None:
        return False
    earlier = work.replies(application.id)
    if kind is ReplyKind.RECEIPT:
        codes = {one.code for one in application.findings}
        unwanted = codes & {Code.REPLY_UNDELIVERABLE, Code.HEADER_AMBIGUOUS}
        if unwanted or any(row.kind is ReplyKind.RECEIPT for row in earlier):
            return True
    else:
        drop_pending(work, application.id)
    order = _order(application, kind, message, text=text, deadline=deadline)
    _put(work, writer, order, at=at)
    return True


def tell_replaced(
    work: Work, writer: ReplyWriter, application: Application, *, at: dt.datetime
) -> bool:
    """Tell whoever had the rights before that `application` has moved them; False where none is known.

    The notice goes to where the application came from by which the earlier rights were granted, in
    its thread. It says that they were moved, and not to whom.
    """
    agreed = application.agreed
    earlier = work.granted_before(agreed.inn, besides=application.id) if agreed.inn else None
    if earlier is None or earlier.agreed.phone == agreed.phone:
        return False
    message = answered_message(work.messages(earlier.id))
    if message is None:
        return False
    known = Agreed(organization_name=earlier.agreed.organization_name, inn=agreed.inn)
    order = _order(
        replace(earlier, agreed=known, assessment=None, findings=()),
        ReplyKind.CHANGE_NOTICE,
        message,
        text=None,
        deadline=None,
    )
    _put(work, writer, order, at=at)
    return True


def _put(work: Work, writer: ReplyWriter, order: ReplyOrder, *, at: dt.datetime) -> None:
    """Write a reply into the outbox."""
    written = writer.write(order)
    work.add_reply(
        OutboxRow(
            key=written.key,
            application_id=order.application_id,
            kind=order.kind,
            recipient=order.recipient,
            message_id=written.message_id,
            subject=written.subject,
            content=written.content,
            due_at=at,
            created_at=at,
            deadline=order.deadline,
        )
    )


def _order(
    application: Application,
    kind: ReplyKind,
    message: Message,
    *,
    text: str | None,
    deadline: dt.date | None,
) -> ReplyOrder:
    """Return everything that the text of a reply to `message` depends on."""
    own = [message.message_id] if message.message_id else []
    return ReplyOrder(
        kind=kind,
        application_id=application.id,
        recipient=message.sender,
        subject=message.subject,
        in_reply_to=message.message_id,
        references=tuple(dict.fromkeys([*message.references, *own])),
        findings=tuple(one for one in application.findings if _is_told(one, kind)),
        assessment=application.assessment,
        agreed=application.agreed,
        text=text,
        deadline=deadline,
    )


def _is_told(found: Finding, kind: ReplyKind) -> bool:
    """Whether a reply speaks of a finding: of what is asked, a receipt also of a message without files."""
    without_files = found.code is Code.MESSAGE_WITHOUT_DOCUMENTS
    return found.severity is Severity.ASK or (kind is ReplyKind.RECEIPT and without_files)


def answered_message(messages: tuple[Message, ...]) -> Message | None:
    """Return the message that a reply answers: the newest that counts and whose sender is one."""
    for message in reversed(messages):
        if not message.noted and message.sender:
            return message
    return None


def drop_pending(work: Work, application_id: int) -> None:
    """Drop every reply of an application that was not sent yet: it has become needless."""
    for row in work.replies(application_id):
        if row.status is ReplyStatus.PENDING:
            work.mark_reply(replace(row, status=ReplyStatus.DROPPED), expected=ReplyStatus.PENDING)


def write_late_receipts(
    store: Store, writer: ReplyWriter, *, now: dt.datetime, after: dt.timedelta
) -> int:
    """Write a receipt for every application without any answer `after` its message was taken in."""
    with store.begin(write=False) as work:
        waiting = [
            one.id for one in work.applications(tuple(WORK)) if now - one.received_at > after
        ]
    written = 0
    for application_id in waiting:
        with store.begin() as work:
            application = work.application(application_id)
            if application is None or application.state not in WORK or work.replies(application_id):
                continue
            taken = min((row.at for row in work.history(application_id)), default=now)
            if now - taken > after:
                answer(work, writer, application, ReplyKind.RECEIPT, at=now)
                written += 1
    return written
