"""One application on an operator's screen."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from mailbot.screen import console, local, safe, severity_word, state_word, table
from parsers.facts import Evidence, Field, Found, PersonName, Phone
from workflow.application import Application, HistoryRow, Message, OutboxRow
from workflow.wording import REPLY_KINDS, REPLY_STATUSES, SEVERITIES, STATES, verdict_with_reasons


def print_card(
    one: Application,
    *,
    messages: Iterable[Message],
    history: Iterable[HistoryRow],
    replies: Iterable[OutboxRow],
) -> None:
    """Print an application with both papers side by side, findings, history and mails."""
    out = console()
    verdict = ""
    if one.assessment:
        reasons = verdict_with_reasons(one.assessment.verdict, one.assessment.findings)
        verdict = f", решение программы: {reasons}"
    state = state_word(one.state, STATES[one.state])
    out.print(f"[bold]Заявка № {one.id}[/bold]  {state}{verdict}")
    out.print(f"пришла {local(one.received_at)}")
    if one.linked_to:
        out.print(f"связана с заявкой № {one.linked_to}")
    _print_papers(out, one)
    _print_findings(out, one)
    _print_history(out, history)
    _print_mails(out, messages, replies)


def _print_papers(out: Console, one: Application) -> None:
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
    out.print()
    out.print(table(("", "письмо", "анкета", "решено"), rows))
    if letter is not None:
        out.print(
            f"подпись: {_MARKS[letter.signature]}, печать: {_MARKS[letter.seal]}, "
            f"бланк: {_MARKS[letter.letterhead]}"
        )
    names = ", ".join(safe(document.name) for document in one.assessment.documents)
    if names:
        out.print(f"документы: {names}")


def _print_findings(out: Console, one: Application) -> None:
    if not one.findings:
        return
    out.print()
    out.print("[bold]Замечания[/bold]")
    for found in one.findings:
        word = severity_word(found.severity, SEVERITIES[found.severity])
        out.print(f"- {safe(found.message)} ({word}, {found.code.value})")
        for place in found.evidence:
            out.print(f"    {_place(place)}")


def _print_history(out: Console, history: Iterable[HistoryRow]) -> None:
    out.print()
    rows = [(local(row.at), STATES[row.target], safe(row.who), safe(_why(row))) for row in history]
    out.print(table(("когда", "стала", "кто", "почему"), rows, title="[bold]История[/bold]"))


def _print_mails(out: Console, messages: Iterable[Message], replies: Iterable[OutboxRow]) -> None:
    out.print()
    out.print("[bold]Письма[/bold]")
    for message in messages:
        out.print(f"← {local(message.received_at)} {safe(message.sender)}: {safe(message.subject)}")
    for reply in replies:
        kind, status = REPLY_KINDS[reply.kind], REPLY_STATUSES[reply.status]
        out.print(f"→ {local(reply.created_at)} {safe(reply.recipient)}: {kind}, {status}")
        if reply.error:
            out.print(f"    {safe(reply.error)}")


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
