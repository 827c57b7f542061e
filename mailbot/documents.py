"""Results as JSON documents, with the keys that the contract names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from parsers.facts import Document, Evidence, Field, Found, How, Letter, Questionnaire, Reading
from workflow.application import (
    Application,
    Assessment,
    HistoryRow,
    Message,
    OutboxRow,
    Seen,
    View,
)
from workflow.findings import Finding, Severity

T = TypeVar("T")
Json = dict[str, Any]

_ORGANIZATION_KEYS: Final = (
    "full_name",
    "short_name",
    "inn",
    "ogrn",
    "kpp",
    "region",
    "locality",
    "address",
    "email",
    "phone",
)


def parsed_message(file: str, reading: Reading, assessment: Assessment) -> Json:
    """The object of `mailbot parse --json` for one file."""
    headers = reading.headers
    return {
        "file": file,
        "message_id": headers.message_id,
        "sender": headers.sender or ", ".join(headers.senders) or None,
        "subject": headers.subject,
        "verdict": assessment.verdict.value,
        "findings": findings(assessment.findings),
        "letter": _letter(assessment.letter, assessment),
        "questionnaire": _questionnaire(assessment.questionnaire),
        "documents": [_document(one) for one in assessment.documents],
    }


def application(one: Application, messages: Iterable[Message]) -> Json:
    """One application, as the listings have it."""
    messages = tuple(messages)
    form = one.assessment.questionnaire if one.assessment else None
    letter = one.assessment.letter if one.assessment else None
    inn = one.agreed.inn or (form.text(Field.INN) if form else None)
    if inn is None and letter is not None:
        inn = _value(letter.inn)
    name = one.agreed.organization_name
    if name is None and letter is not None:
        name = _value(letter.organization_name)
    return {
        "id": one.id,
        "state": one.state.value,
        "verdict": one.verdict.value if one.verdict else None,
        "message_ids": [message.message_id for message in messages],
        "sender": next((message.sender for message in messages if message.sender), None),
        "organization": {"inn": inn, "name": name},
        "administrator": {"full_name": one.agreed.full_name, "phone": one.agreed.phone},
        "received_at": moment(one.received_at),
        "linked_to": one.linked_to,
    }


def reasons(one: Application) -> list[str]:
    """Why an application is before operators: the codes that block, else all that ask."""
    blocking = [found.code.value for found in one.findings if found.severity is Severity.BLOCK]
    asking = [found.code.value for found in one.findings if found.severity is Severity.ASK]
    return list(dict.fromkeys(blocking or asking))


def whole_application(
    one: Application,
    *,
    messages: Iterable[Message],
    history: Iterable[HistoryRow],
    replies: Iterable[OutboxRow],
) -> Json:
    """One application with everything that belongs to it."""
    messages = tuple(messages)
    assessment = one.assessment
    return application(one, messages) | {
        "reasons": reasons(one),
        "corrections": dict(one.corrections),
        "history": [history_row(row) for row in history],
        "findings": findings(one.findings),
        "letter": _letter(assessment.letter, assessment) if assessment else None,
        "questionnaire": _questionnaire(assessment.questionnaire) if assessment else None,
        "documents": [_document(document) for document in assessment.documents]
        if assessment
        else [],
        "messages": [_message(message) for message in messages]
        + [outbox_row(reply) for reply in replies],
    }


def history_row(row: HistoryRow) -> Json:
    """One change: from, to, who, when, why."""
    return {
        "from": row.source.value if row.source else None,
        "to": row.target.value,
        "who": row.who,
        "at": moment(row.at),
        "why": row.why,
        "note": row.note,
    }


def view(one: View) -> Json:
    """One look of an operator: at, who, by what command."""
    return {"at": moment(one.at), "who": one.who, "command": one.what}


def outbox_row(row: OutboxRow) -> Json:
    """One reply."""
    return {
        "direction": "out",
        "id": row.id,
        "application": row.application_id,
        "kind": row.kind.value,
        "status": row.status.value,
        "recipient": row.recipient,
        "subject": row.subject,
        "message_id": row.message_id,
        "attempts": row.attempts,
        "created_at": moment(row.created_at),
        "due_at": moment(row.due_at),
        "sent_at": moment(row.sent_at) if row.sent_at else None,
        "error": row.error or None,
    }


def seen(row: Seen) -> Json:
    """One message that a mailbox holds, with its fate."""
    return {
        "id": row.id,
        "mailbox": row.mailbox,
        "key": row.key,
        "message_id": row.message_id,
        "sender": row.sender,
        "subject": row.subject,
        "received_at": moment(row.received_at),
        "fate": row.fate.value,
        "reason": row.reason,
        "application": row.application_id,
    }


def findings(found: Iterable[Finding]) -> list[Json]:
    """Findings with their evidence."""
    return [
        {
            "code": one.code.value,
            "severity": one.severity.value,
            "message": one.message,
            "evidence": [evidence(place) for place in one.evidence],
        }
        for one in found
    ]


def evidence(place: Evidence) -> Json:
    """Where a value was read; a cell instead of a box for a table."""
    where: Json = {"document": place.document, "page": place.page}
    if place.how is How.CELL:
        where["cell"] = place.cell
    else:
        where["box"] = [round(edge, 1) for edge in place.box] if place.box else []
    return where | {
        "raw": place.raw,
        "how": place.how.value,
        "confidence": round(place.confidence, 3),
    }


def moment(value: dt.datetime) -> str:
    """ISO 8601, UTC."""
    return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _message(one: Message) -> Json:
    return {
        "direction": "in",
        "id": one.id,
        "message_id": one.message_id,
        "sender": one.sender,
        "subject": one.subject,
        "received_at": moment(one.received_at),
        "size": one.size,
        "noted": one.noted or None,
    }


def _document(one: Document) -> Json:
    return {
        "name": one.name,
        "role": one.role.value,
        "media_type": one.media_type,
        "trouble": one.trouble.value if one.trouble else None,
        "detail": one.detail or None,
    }


def _letter(letter: Letter | None, assessment: Assessment) -> Json | None:
    if letter is None:
        return None
    head = letter.head.value.nominatives if letter.head else ()
    found: Mapping[str, Iterable[Found[Any]]] = {
        "administrator.full_name": letter.administrators,
        "administrator.phone": letter.phones,
        "head.full_name": [letter.head] if letter.head else [],
        "organization.name": [letter.organization_name] if letter.organization_name else [],
        "organization.inn": [letter.inn] if letter.inn else [],
        "organization.ogrn": [letter.ogrn] if letter.ogrn else [],
        "date": [letter.date] if letter.date else [],
        "number": [letter.number] if letter.number else [],
    }
    return {
        "attachment": letter.attachment,
        "page": letter.page,
        "source": letter.source.value,
        "administrator": {
            "full_name": assessment.letter_name,
            "phone": assessment.letter_phone,
        },
        "head": {"full_name": head[0] if len(head) == 1 else None},
        "signature": letter.signature.value,
        "seal": letter.seal.value,
        "letterhead": letter.letterhead.value,
        "organization": {
            "name": _value(letter.organization_name),
            "inn": _value(letter.inn),
            "ogrn": _value(letter.ogrn),
        },
        "date": letter.date.value.isoformat() if letter.date else None,
        "number": _value(letter.number),
        "evidence": {
            key: [evidence(place) for one in values for place in one.evidence]
            for key, values in found.items()
            if any(one.evidence for one in values)
        },
    }


def _questionnaire(form: Questionnaire | None) -> Json | None:
    if form is None:
        return None
    places = {
        name.value: [evidence(place) for place in found.evidence]
        for name, found in form.fields.items()
        if found.evidence
    }
    names = form.administrators[0].value.nominatives if len(form.administrators) == 1 else ()
    head = form.head.value.nominatives if form.head else ()
    phones = {found.value.e164 for found in form.administrator_phones}
    return {
        "attachment": form.attachment,
        "organization": {
            key: form.text(Field(f"organization.{key}")) for key in _ORGANIZATION_KEYS
        },
        "head": {"full_name": head[0] if head else None},
        "administrator": {
            "full_name": names[0] if names else None,
            "phone": phones.pop() if len(phones) == 1 else None,
            "email": form.text(Field.ADMINISTRATOR_EMAIL),
        },
        "evidence": places,
    }


def _value(found: Found[T] | None) -> T | None:
    return found.value if found else None
