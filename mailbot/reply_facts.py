"""What a reply tells a school of what it has sent: the documents, and what was read in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mailbot.ask_failures import Paper
from mailbot.asks import Section
from mailbot.mailtext import masked_phone, plain
from mailbot.wording import Wording
from parsers.facts import Document, DocumentKind, Field, Questionnaire, Role, Trouble
from workflow.application import Agreed, Assessment
from workflow.rules.questionnaire import is_organization_inn

_SHOWN_DOCUMENTS: Final = 15
_FAILURES: Final = {
    Trouble.DANGEROUS: "dangerous",
    Trouble.ENCRYPTED: "encrypted",
    Trouble.TOO_LARGE: "too_large",
    Trouble.MALFORMED: "malformed",
    Trouble.LIMIT: "limit",
}


def documents_of(assessment: Assessment | None, wording: Wording) -> tuple[tuple[str, str], ...]:
    """Return name and role, in words, of every document that came; of very many the first ones."""
    documents = assessment.documents if assessment else ()
    lines = dict.fromkeys(
        (plain(one.name, limit=80), wording.say("roles", _role(one)))
        for one in sorted(documents, key=lambda one: one.role is Role.OTHER)
    )
    return tuple(lines)[:_SHOWN_DOCUMENTS]


def kept_papers(
    assessment: Assessment | None, sections: Iterable[Section], wording: Wording
) -> tuple[str, ...]:
    """Return the papers, in words, that came and about which nothing is asked."""
    if assessment is None:
        return ()
    asked = {section.paper for section in sections}
    papers = ((Paper.LETTER, assessment.letter), (Paper.QUESTIONNAIRE, assessment.questionnaire))
    return tuple(
        wording.say("kept", paper, file=plain(read.attachment, limit=80))
        for paper, read in papers
        if read is not None and paper not in asked
    )


def read_values(assessment: Assessment | None, agreed: Agreed) -> tuple[tuple[str, str], ...]:
    """Return label and value of what was read; a number with its last digits only.

    What the two papers say alike stands once.
    """
    if assessment is None:
        return ()
    form = assessment.questionnaire
    lines = [("Организация", _organization(assessment, agreed))]
    inn = (form.text(Field.INN) if form else None) or ""
    if is_organization_inn(inn):
        lines.append(("ИНН", inn))
    lines += _by_paper(
        "Администратор", plain(assessment.letter_name or ""), _name(form) if form else ""
    )
    lines += _by_paper(
        "Мобильный телефон администратора",
        masked_phone(assessment.letter_phone or ""),
        masked_phone(_phone(form) if form else ""),
    )
    return tuple((label, value) for label, value in lines if value)


def _role(document: Document) -> str:
    if document.role is not Role.OTHER:
        return document.role
    if document.trouble is not None:
        return _FAILURES[document.trouble]
    if document.kind is DocumentKind.SIGNATURE:
        return "signature"
    return "unread" if document.blank or document.looks_like is not None else "other"


def _organization(assessment: Assessment, agreed: Agreed) -> str:
    form, letter = assessment.questionnaire, assessment.letter
    on_form = (form.text(Field.SHORT_NAME) or form.text(Field.FULL_NAME)) if form else None
    in_letter = letter.organization_name.value if letter and letter.organization_name else None
    return plain(agreed.organization_name or on_form or in_letter or "")


def _name(form: Questionnaire) -> str:
    if len(form.administrators) != 1:
        return ""
    name = form.administrators[0].value
    return plain(name.nominatives[0] if name.nominatives else name.raw)


def _phone(form: Questionnaire) -> str:
    numbers = {one.value.e164 for one in form.administrator_phones}
    return (numbers.pop() or "") if len(numbers) == 1 else ""


def _by_paper(label: str, letter: str, form: str) -> list[tuple[str, str]]:
    if letter and form and _folded(letter) != _folded(form):
        return [(f"{label} (по письму)", letter), (f"{label} (по анкете)", form)]
    return [(label, form or letter)]


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")
