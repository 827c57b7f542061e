"""How much a paper looks like the letter or order that appoints the platform's administrator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from parsers.letter.anchors import PLATFORM, PersonRole, anchors
from parsers.letter.text import LetterText

# What speaks for a letter or order, and how much.
_FOR: Final = (
    (0.25, PLATFORM),
    (
        0.2,
        re.compile(
            r"\bназнач|\bвозлож|\bвозлаг|\bпоруч|\bуполномоч|\bпредостав|\bнадел", re.IGNORECASE
        ),
    ),
    (
        0.1,
        re.compile(
            r"\bприказ|\bраспоряжен|\bисх\b|настоящим|\bсообща|\bпрос(?:им|ит)\b|\bпрошу\b|\bнаправля(?:ем|ет|ю)\b|"
            r"\bходатайств|\bинформиру|\bуведомля|\bуточня|\bподтвержда|\bдовод(?:им|ит)\b",
            re.IGNORECASE,
        ),
    ),
    (0.05, re.compile(r"\bдиректор|\bзаведующ|\bруководител|\bначальник|\bректор", re.IGNORECASE)),
    (0.05, re.compile(r"ответственн", re.IGNORECASE)),
    (0.1, re.compile(r"\bадминистратором[^.:\n\t]{0,80}\bявля", re.IGNORECASE)),
)
_ROLE: Final = 0.35

# Headings of other papers, near the top: lines of their own.
_CONSENT: Final = re.compile(
    r"^[ ]*согласие\b(?![ ]+на[ ]+назначение)", re.IGNORECASE | re.MULTILINE
)
_FORM: Final = re.compile(
    r"^[ ]*(?:(?:анкета|заявка|опросный[ ]лист|карточка|форма[ ]+регистрац)[^.\n]{0,70}|(?-i:АНКЕТА)[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_ACT: Final = re.compile(
    r"^[ ]*(?:П(?:ОЛОЖЕНИЕ|оложение)|Р(?:ЕГЛАМЕНТ|егламент)|И(?:НСТРУКЦИЯ|нструкция)|У(?:СТАВ|став)|"
    r"П(?:АМЯТКА|амятка)|"
    r"П(?:ОРЯДОК|орядок)|Д(?:ОГОВОР|оговор)|Л(?:ИЦЕНЗИЯ|ицензия)|П(?:ОЛИТИКА|олитика)|"
    r"(?:ДОЛЖНОСТНАЯ|Должностная)[ ]\w+)"
    r"(?:[ ]*$|[ ]+(?:об?|по|на|для|№)[ ])",
    re.MULTILINE,
)
_OTHER_HEADING: Final = ((0.7, _CONSENT), (0.5, _FORM), (0.3, _ACT))

# What a letter says in its own voice, which no form does: of a paper headed «Заявка» it makes a letter.
_VOICE: Final = re.compile(
    r"\bпрос(?:им|ит)\b|\bпрошу\b|\bсообща(?:ем|ет|ю)\b|\bнастоящим\b|\bнаправля(?:ем|ет|ю)\b|\bприказываю\b|"
    r"\bходатайству",
    re.IGNORECASE,
)
_TOP: Final = 600  # characters in which a heading stands

# Labels of a questionnaire's fields; a letter has few of them on lines of their own.
_FIELD: Final = re.compile(
    r"^[ ]*(?:[0-9.]+[ ]*)?(?:регион|субъект|муниципал|населен|полное\s+наимен|краткое\s+наимен|сокращ\w+\s+наимен|"
    r"инн|кпп|огрн|адрес|"
    r"сайт|e-?mail|электронн\w+\s+почт|количество|численность|фио\s+руководител|фио\s+администратор|тип\s+организ)",
    re.IGNORECASE | re.MULTILINE,
)
_MANY_FIELDS: Final = 6
_SOME_FIELDS: Final = 3  # a letterhead and a table of the administrator's data have as many

LETTER_LIKENESS: Final = 0.5
"""From here on a paper counts as the letter: an administrator's role and the platform or an appointment."""


def is_act(letter: LetterText) -> bool:
    """Say whether the paper calls itself a regulation or the like, which appoints nobody unless it names somebody."""
    return _ACT.search(letter.text[:_TOP]) is not None


def likeness(letter: LetterText) -> float:
    """Return 0.0-1.0; `LETTER_LIKENESS` parts letters from other papers."""
    text = letter.text
    score = sum(weight for weight, pattern in _FOR if pattern.search(text))
    roles = [one.start for one in anchors(text) if one.role is PersonRole.ADMINISTRATOR]
    if roles:
        score += _ROLE
    fields = len(_FIELD.findall(text))
    score -= _otherwise_headed(text, roles, speaks=fields <= _SOME_FIELDS)
    if fields >= _MANY_FIELDS:
        score -= 0.4
    return max(0.0, min(1.0, score))


def _otherwise_headed(text: str, roles: Sequence[int], *, speaks: bool) -> float:
    """Return how much a heading near the top speaks for another paper.

    A consent's heading stands above all that the paper says of an administrator; further down it is a sentence of the
    letter («Согласие работника … получено»). `speaks` says that a letter's own voice counts against a form's heading.
    """
    top = text[:_TOP]
    against = 0.0
    for weight, pattern in _OTHER_HEADING:
        heading = pattern.search(top)
        if heading is None or (pattern is _FORM and speaks and _VOICE.search(text)):
            continue
        if pattern is _CONSENT and roles and roles[0] < heading.start():
            continue
        against += weight
    return against
