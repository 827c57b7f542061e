"""What one pass would take, decide and send; nothing is written, neither mailbox nor database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.settings import Database, Settings
from mailbot.app import App, build, schema_of
from mailbot.storage import SchemaState, upgrade
from parsers.facts import Field, Reading
from parsers.mail.message import parse_headers
from workflow.application import Application, Message, ReplyKind
from workflow.case import ReadMessage, lay_together
from workflow.findings import Severity, Verdict
from workflow.intake import message_of, new_headers, unread, why_not_ours
from workflow.matching import examine
from workflow.placement import Way, place
from workflow.ports import ReadingDiedError, ServiceUnavailableError
from workflow.silence import expirable, remindable
from workflow.states import WORK, State
from workflow.wording import REASONS, REPLY_KINDS, STATES, VERDICTS

Row = dict[str, Any]

_REPLIES = {
    Verdict.ACCEPT: ReplyKind.WELCOME,
    Verdict.ASK: ReplyKind.ASK,
    Verdict.REVIEW: ReplyKind.RECEIPT,
}


def dry_run(settings: Settings) -> list[Row]:
    """Return one row for every message, application and reply that a pass would deal with.

    Raises `ServiceUnavailableError` where a mailbox, the database or the recognition engine cannot
    be used.
    """
    with _readable_database(settings) as readable, build(readable, keep_pictures=False) as app:
        return [*_intake(app), *_applications(app), *_silent(app), *_outbox(app)]


@contextmanager
def _readable_database(settings: Settings) -> Iterator[Settings]:
    """Return settings with a database that can be looked into: an empty one where none is yet."""
    state = schema_of(settings)
    if state is SchemaState.CURRENT:
        yield settings
        return
    if state is not SchemaState.MISSING:
        raise ServiceUnavailableError(
            "схема базы другой версии, чем программа; обновите её: mailbot db upgrade"
        )
    with TemporaryDirectory(prefix="mailbot-dry-run-") as directory:
        url = f"sqlite:///{Path(directory) / 'empty.db'}"
        upgrade(url)
        yield settings.model_copy(update={"database": Database(url=url)})


def _intake(app: App) -> Iterator[Row]:
    for mailbox, rules in app.mailboxes:
        for entry, header in new_headers(mailbox, app.store):
            headers = parse_headers(header)
            with app.store.begin(write=False) as work:
                reason = why_not_ours(headers, entry, rules, work)
            if reason is not None:
                why = REASONS.get(reason, reason)
                text = f"оставить: {headers.subject or '(без темы)'} — {why}"
                yield _row("message", "ignore", text, message_id=headers.message_id, reason=reason)
                continue
            message = message_of(
                headers, mailbox=mailbox.name, digest="", size=entry.size, entry=entry
            )
            if entry.size > rules.largest_bytes:
                yield _would_take(app, partial(unread, headers), message)
            elif (raw := mailbox.message(entry)) is not None:
                yield _would_take(app, partial(app.desk.read, raw), message)


def _would_take(app: App, read: Callable[[], Reading], message: Message) -> Row:
    try:
        reading = read()
    except ReadingDiedError:
        text = f"взять: {message.subject} — прочитать не удалось"
        return _row("message", "take", text, message_id=message.message_id)
    with app.store.begin(write=False) as work:
        placement = place(message, reading, work, app.desk.tokens)
        if placement.way not in {Way.NEW, Way.LINKED} and placement.application:
            text = f"взять: {message.subject} от {message.sender}"
            text += f" — к заявке № {placement.application.id}"
            return _row("message", "join", text, message_id=message.message_id)
        one = ReadMessage(reading=reading, received_at=message.received_at, mailbox=message.mailbox)
        case = lay_together([one], rules=app.desk.rules)
        form = case.questionnaire
        nobody = Application(
            id=2**31 - 1, state=State.RECEIVED, version=0, received_at=message.received_at
        )
        known = work.known(
            nobody,
            inn=form.text(Field.INN) if form else None,
            phone=case.letter_number,
        )
    assessment = examine(lay_together([one], known=known, rules=app.desk.rules))
    codes = [
        found.code.value for found in assessment.findings if found.severity is not Severity.INFO
    ]
    reply = REPLY_KINDS[_REPLIES[assessment.verdict]]
    text = f"взять: {message.subject} от {message.sender} — {VERDICTS[assessment.verdict]}"
    text += f" ({', '.join(codes)})" if codes else ""
    return _row(
        "message",
        "take",
        f"{text}; ответ: {reply}",
        message_id=message.message_id,
        verdict=assessment.verdict.value,
        findings=codes,
    )


def _applications(app: App) -> Iterator[Row]:
    with app.store.begin(write=False) as work:
        for one in work.applications(tuple(WORK)):
            text = f"продолжить заявку № {one.id}: {STATES[one.state]}"
            yield _row("application", "advance", text, id=one.id, state=one.state.value)


def _silent(app: App) -> Iterator[Row]:
    for application_id in remindable(app.desk, looked_at=app.desk.now()):
        text = f"напомнить школе о заявке № {application_id}"
        yield _row("application", "remind", text, id=application_id)
    for application_id in expirable(app.desk, looked_at=app.desk.now()):
        text = f"закрыть заявку № {application_id}: школа не ответила"
        yield _row("application", "expire", text, id=application_id)


def _outbox(app: App) -> Iterator[Row]:
    with app.store.begin(write=False) as work:
        for row_id in work.due_replies(now=app.desk.now(), limit=1_000_000):
            if (row := work.reply(row_id)) is not None:
                text = f"отправить: {REPLY_KINDS[row.kind]} по заявке № {row.application_id}"
                yield _row("reply", "send", text, id=row.id, application=row.application_id)


def _row(what: str, action: str, text: str, **details: Any) -> Row:
    return {"what": what, "action": action, "text": text, **details}
