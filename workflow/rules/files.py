"""What was sent and could not be used, and which of the two papers is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parsers.facts import Document, DocumentKind, Evidence, How, Role, Trouble
from workflow.case import Case
from workflow.findings import Code, Finding, Severity, finding
from workflow.rules import Rule

_TROUBLES: Final = (
    (Trouble.ENCRYPTED, Code.ATTACHMENT_ENCRYPTED),
    (Trouble.TOO_LARGE, Code.ATTACHMENT_TOO_LARGE),
    (Trouble.MALFORMED, Code.ATTACHMENT_MALFORMED),
)


def attachment_dangerous(case: Case) -> Iterator[Finding]:
    """A file could do harm to whoever opens it."""
    files = [one for one in case.documents if one.trouble is Trouble.DANGEROUS]
    if files or case.infections:
        yield finding(Code.ATTACHMENT_DANGEROUS, [*map(_name, files), *case.infections])


def attachment_unusable(case: Case) -> Iterator[Finding]:
    """A file is encrypted, too large or malformed; of no weight where both papers were read."""
    severity = Severity.INFO if case.letters and case.questionnaires else None
    for trouble, code in _TROUBLES:
        files = [one for one in case.documents if one.trouble is trouble]
        if files:
            yield finding(code, map(_name, files), severity=severity)


def document_limit(case: Case) -> Iterator[Finding]:
    """A limit of time or memory was reached while a document was read."""
    files = [one for one in case.documents if one.trouble is Trouble.LIMIT]
    if files:
        yield finding(Code.LIMIT_REACHED, map(_name, files))


def letter_missing(case: Case) -> Iterator[Finding]:
    """No letter; what was sent in its place and cannot be read is named beside it.

    Where a limit left something unread nobody can say what is missing.
    """
    if case.letters or case.limits:
        return
    unreadable = [one for one in case.documents if _is_unread_letter(one)]
    if unreadable:
        yield finding(Code.LETTER_UNREADABLE, map(_name, unreadable))
    yield finding(Code.LETTER_MISSING)


def questionnaire_missing(case: Case) -> Iterator[Finding]:
    """No questionnaire; a picture of the form is named alone, an unreadable one beside it."""
    if case.questionnaires or case.limits:
        return
    scans = [one for one in case.documents if one.scan and _stands_for(one, Role.QUESTIONNAIRE)]
    if scans:
        yield finding(Code.QUESTIONNAIRE_IS_SCAN, map(_name, scans))
        return
    unreadable = [one for one in case.documents if _is_unread_questionnaire(one)]
    if unreadable:
        yield finding(Code.QUESTIONNAIRE_UNREADABLE, map(_name, unreadable))
    yield finding(Code.QUESTIONNAIRE_MISSING)


RULES: Final[tuple[Rule, ...]] = (
    attachment_dangerous,
    attachment_unusable,
    document_limit,
    letter_missing,
    questionnaire_missing,
)


def _stands_for(document: Document, role: Role) -> bool:
    return document.looks_like is role


def _is_unread_letter(document: Document) -> bool:
    """Pages in the letter's place, of a kind that is read, that gave nothing."""
    return (
        document.role is Role.OTHER
        and document.kind is DocumentKind.PAGES
        and document.trouble is None
        and (document.blank or _stands_for(document, Role.LETTER))
    )


def _is_unread_questionnaire(document: Document) -> bool:
    """A table in which no questionnaire was found."""
    return (
        document.role is Role.OTHER
        and document.kind is DocumentKind.SHEET
        and document.trouble in {None, Trouble.MALFORMED}
    )


def _name(document: Document) -> Evidence:
    return Evidence(document=document.name, raw=document.detail, how=How.HEADER)
