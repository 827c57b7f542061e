"""What was sent and could not be used, and in the place of which paper it stood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from mailbot.mailtext import plain
from mailbot.wording import Wording
from parsers.facts import Evidence, How, Role
from workflow.application import Assessment
from workflow.findings import Code, Finding


class Paper(StrEnum):
    """What an item of the list is about."""

    LETTER = "letter"
    QUESTIONNAIRE = "questionnaire"
    FILES = "files"  # a file of which nobody knows what it was meant to be


FAILURE_CODES: Final = (
    Code.CLOUD_LINK_INSTEAD_OF_FILE,
    Code.ATTACHMENT_ENCRYPTED,
    Code.ATTACHMENT_TOO_LARGE,
    Code.ATTACHMENT_MALFORMED,
    Code.LETTER_UNREADABLE,
    Code.QUESTIONNAIRE_UNREADABLE,
)
"""Codes that name what failed, the most telling first: of one file only one thing is said."""

# the name of a host, of letters of any script
_HOST: Final = re.compile(r"[^\W_]+(?:-+[^\W_]+)*(?:\.[^\W_]+(?:-+[^\W_]+)*)+")

_MISSING: Final = {
    Code.LETTER_MISSING: Paper.LETTER,
    Code.QUESTIONNAIRE_MISSING: Paper.QUESTIONNAIRE,
}
_PAPER_OF_ROLE: Final = {Role.LETTER: Paper.LETTER, Role.QUESTIONNAIRE: Paper.QUESTIONNAIRE}
_NOWHERE: Final = Evidence(document="", raw="", how=How.HEADER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One file, or one link, that is of no use."""

    code: Code
    name: str  # of the file; of a link its host; may be ""
    paper: Paper | None  # that it was meant to be, where that is known


def missing_papers(findings: Iterable[Finding]) -> frozenset[Paper]:
    """Return the papers that are not there at all; a picture of the questionnaire is there."""
    codes = {one.code for one in findings}
    if Code.QUESTIONNAIRE_IS_SCAN in codes:
        codes.discard(Code.QUESTIONNAIRE_MISSING)
    return frozenset(_MISSING[code] for code in codes if code in _MISSING)


def find_failures(
    findings: Sequence[Finding], assessment: Assessment | None
) -> dict[Paper, tuple[Failure, ...]]:
    """Return the failures by the item that speaks of them.

    That is the missing paper which the file was meant to be, else the only paper that is missing, else FILES.
    """
    missing = missing_papers(findings)
    found: dict[str, Failure] = {}
    for failure in _every_failure(findings, assessment, missing):
        known = found.setdefault(failure.name or failure.code, failure)
        if known.paper is None:
            found[failure.name or failure.code] = replace(known, paper=failure.paper)
    places: dict[Paper, list[Failure]] = {}
    for failure in found.values():
        places.setdefault(_place(failure, missing), []).append(failure)
    return {paper: tuple(failures) for paper, failures in places.items()}


def problems(failures: Sequence[Failure], wording: Wording) -> str:
    """Return one sentence for each kind of failure, which names the files."""
    sentences = []
    for code in FAILURE_CODES:
        names = dict.fromkeys(one.name for one in failures if one.code is code)
        if not names:
            continue
        clean = [name for one in names if (name := plain(one, limit=80))]
        if code is not Code.CLOUD_LINK_INSTEAD_OF_FILE:
            clean = [f"«{name}»" for name in clean]
        sentences.append(
            wording.say("asks", code, "problem", files=", ".join(clean), count=len(clean))
        )
    return " ".join(sentences)


def cures(failures: Sequence[Failure], paper: Paper, wording: Wording) -> str:
    """Return how the paper has to be sent instead, each way once."""
    codes = {one.code for one in failures}
    ways = [wording.say("asks", code, "cure", paper) for code in FAILURE_CODES if code in codes]
    return ", ".join(dict.fromkeys(ways))


def _every_failure(
    findings: Sequence[Finding], assessment: Assessment | None, missing: frozenset[Paper]
) -> Iterator[Failure]:
    for code in FAILURE_CODES:
        if code is Code.LETTER_UNREADABLE and Paper.LETTER not in missing:
            continue  # it was recognized as the letter, which is an item of its own
        if code is Code.QUESTIONNAIRE_UNREADABLE and Paper.QUESTIONNAIRE not in missing:
            continue
        for one in findings:
            if one.code is code:
                for place in one.evidence or (_NOWHERE,):
                    yield _failure(code, place, assessment)


def _failure(code: Code, place: Evidence, assessment: Assessment | None) -> Failure:
    if code is Code.CLOUD_LINK_INSTEAD_OF_FILE:
        return Failure(code=code, name=_host(place.raw), paper=None)
    if code is Code.LETTER_UNREADABLE:
        return Failure(code=code, name=place.document, paper=Paper.LETTER)
    if code is Code.QUESTIONNAIRE_UNREADABLE:
        return Failure(code=code, name=place.document, paper=Paper.QUESTIONNAIRE)
    documents = assessment.documents if assessment else ()
    roles = {one.looks_like for one in documents if one.name == place.document}
    role = roles.pop() if len(roles) == 1 else None
    paper = _PAPER_OF_ROLE.get(role) if role is not None else None
    return Failure(code=code, name=place.document, paper=paper)


def _place(failure: Failure, missing: frozenset[Paper]) -> Paper:
    if failure.paper is not None and failure.paper in missing:
        return failure.paper
    if failure.paper is None and len(missing) == 1:
        return next(iter(missing))
    return Paper.FILES


def _host(link: str) -> str:
    """The host of a link alone, so that the reply leads nowhere."""
    try:
        host = urlsplit(link if "//" in link else f"//{link}").hostname
    except ValueError:
        return ""
    return host if host and _HOST.fullmatch(host) else ""
