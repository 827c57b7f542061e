"""One application on an operator's screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.text import Text

from mailbot.screen import local, safe, severity_word, state_word, table
from parsers.facts import Evidence, Field, Found, PersonName, Phone
from workflow.application import Application, HistoryRow, Message, OutboxRow
from workflow.wording import (
    PROGRAM,
    REPLY_KINDS,
    REPLY_STATUSES,
    SEVERITIES,
    STATES,
    verdict_with_reasons,
)


def card_of(
    one: Application,
    *,
    messages: Iterable[Message],
    history: Iterable[HistoryRow],
    replies: Iterable[OutboxRow],
) -> Iterator[RenderableType]:
    """Yield an application, part by part: both papers side by side, findings, history and mails."""
    verdict = ""
    if one.assessment:
        reasons = verdict_with_reasons(one.assessment.verdict, one.assessment.findings)
        verdict = f", решение программы: {reasons}"
    state = state_word(one.state, STATES[one.state])
    yield _text(f"[bold]Заявка № {one.id}[/bold]  {state}{verdict}")
    yield _text(f"пришла {local(one.received_at)}")
    if one.linked_to:
        yield _text(f"связана с заявкой № {one.linked_to}")
    yield from _papers(one)
    yield from _findings(one)
    yield from _history(history)
    yield from _mails(messages, replies)


def _papers(one: Application) -> Iterator[RenderableType]:
    if one.assessment is None:
        return
    letter, form = one.assessment.letter, one.assessment.questionnaire
    rows = [
        (
            "администратор",
            _names(letter.administrators if letter else ()),
            _names(form.administrators if form else ()),
            safe(one.agreed.full_name),
        ),
        (
            "номер",
            _phones(letter.phones if letter else ()),
            _phones(form.administrator_phones if form else ()),
            safe(one.agreed.phone),
        ),
        (
            "ИНН",
            safe(letter.inn.value if letter and letter.inn else None),
            safe(form.text(Field.INN) if form else None),
            safe(one.agreed.inn),
        ),
        (
            "организация",
            safe(letter.organization_name.value if letter and letter.organization_name else None),
            safe((form.text(Field.SHORT_NAME) or form.text(Field.FULL_NAME)) if form else None),
            safe(one.agreed.organization_name),
        ),
        (
            "руководитель",
            safe(letter.head.value.raw if letter and letter.head else None),
            safe(form.head.value.raw if form and form.head else None),
            "",
        ),
    ]
    yield ""
    yield table(("", "письмо", "анкета", "решено"), rows)
    if letter is not None:
        yield _text(
            f"подпись: {_MARKS[letter.signature]}, печать: {_MARKS[letter.seal]}, "
            f"бланк: {_MARKS[letter.letterhead]}"
        )
    names = ", ".join(safe(document.name) for document in one.assessment.documents)
    if names:
        yield _text(f"документы: {names}")


def _findings(one: Application) -> Iterator[RenderableType]:
    if not one.findings:
        return
    yield ""
    yield _text("[bold]Замечания[/bold]")
    for found in one.findings:
        word = severity_word(found.severity, SEVERITIES[found.severity])
        yield _text(f"- {safe(found.message)} ({word}, {found.code.value})")
        for place in found.evidence:
            yield _text(f"    {_place(place)}")


def _history(history: Iterable[HistoryRow]) -> Iterator[RenderableType]:
    rows = [(local(row.at), STATES[row.target], _who(row), safe(_why(row))) for row in history]
    yield ""
    yield table(("когда", "стала", "кто", "почему"), rows, title="[bold]История[/bold]")


def _mails(messages: Iterable[Message], replies: Iterable[OutboxRow]) -> Iterator[RenderableType]:
    yield ""
    yield _text("[bold]Письма[/bold]")
    for message in messages:
        yield _text(
            f"← {local(message.received_at)} {safe(message.sender)}: {safe(message.subject)}"
        )
    for reply in replies:
        kind, status = REPLY_KINDS[reply.kind], REPLY_STATUSES[reply.status]
        yield _text(f"→ {local(reply.created_at)} {safe(reply.recipient)}: {kind}, {status}")
        if reply.error:
            yield _text(f"    {safe(reply.error)}")


def _text(markup: str) -> Text:
    return Text.from_markup(markup, emoji=False)


def _who(row: HistoryRow) -> str:
    return "программа" if row.who == PROGRAM else safe(row.who)


def _why(row: HistoryRow) -> str:
    return f"{row.why} [{row.note}]" if row.note else row.why


def _names(found: Iterable[Found[PersonName]]) -> str:
    return safe("; ".join((one.value.nominatives or (one.value.raw,))[0] for one in found))


def _phones(found: Iterable[Found[Phone]]) -> str:
    return safe("; ".join(one.value.e164 or one.value.raw for one in found))


def _place(place: Evidence) -> str:
    where = [place.document]
    if place.page:
        where.append(f"с. {place.page}")
    if place.cell:
        where.append(place.cell)
    text = f"«{place.raw}»" if place.raw else ""
    return safe(": ".join(part for part in (", ".join(filter(None, where)), text) if part))


_MARKS = {"present": "есть", "absent": "нет", "unsure": "неясно"}
