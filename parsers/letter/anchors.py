"""The words in a letter that name a role: the administrator's, the responsible person's, any other duty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class PersonRole(StrEnum):
    """What a name stands in the letter for."""

    ADMINISTRATOR = "administrator"
    RESPONSIBLE = "responsible"  # for the platform, without the word «администратор»
    OTHER = "other"  # another duty: personal data, site, control, substitute, predecessor, hero …
    HEAD = "head"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A role's words in the text, and which role they are."""

    role: PersonRole
    start: int
    end: int


# The role itself; a seal or an edge may have taken the end of the word.
ADMINISTRATOR: Final = re.compile(
    r"администрато(?:р(?!ск)\w*|\b)|\bадминистрат\b|\bадминистрирова(?:ть|ни)\w*|\bадмин(?:ом|а|у)?\b",
    re.IGNORECASE,
)

# The same word for something else: before it, and behind it unless the platform is named there too.
_OTHER_BEFORE: Final = re.compile(r"(?:системн|сетев|баз)\w*\s+$|администрац\w*\s+$", re.IGNORECASE)
_SUBSTITUTE_BEFORE: Final = re.compile(
    r"(?:помощник\w*|заместител\w*|резервн\w+|дублирующ\w+|запасн\w+|замещающ\w+|дубл[её]р\w*|втор\w{2,4}|"
    r"исполняющ\w+\s+обязанност\w+)\s+$",
    re.IGNORECASE,
)
_OTHER_BEHIND: Final = re.compile(
    r"^[\w\s\"-]{0,40}?\b(?:сайт|журнал|дневник|сетев|сет[ьи]\b|домен|хостинг|баз\w+\s+данных|навигатор|сервер|1С|локальн|госвеб|"
    r"(?:гос)?паблик|сообществ|групп)",
    re.IGNORECASE,
)
# In these cases the word makes nobody one («проверить работу администратора», «помогать администратору»), unless a word
# of office stands before it or a name right behind it.
_WEAK: Final = frozenset({"администратору", "администраторам", "администратора", "администраторов"})
_OFFICE_BEFORE: Final = re.compile(
    r"(?:обязанност|функци|полномочи|\bправ[аоу]?|\bрол[ьи]|качеств|назнач|\bлиц|статус|кандидатур|фио\b|ф\.и\.о|данны|сведени|"
    r"должност|утвер|определ|\bнов(?:ого|ым)|выполн|исполн|зарегистр|внес|внос|добав|уч[её]тн|включ|доступ|смен|замен|избра|принять|\bимя|информаци|\bоб)"
    r"\w*[^.;]{0,60}$",
    re.IGNORECASE,
)
_NAME_BEHIND: Final = re.compile(
    r"[^,.;:\n]{0,70}?[\s:-]\s*[А-ЯЁ][а-яё]+\s+[А-ЯЁ](?:\.|[а-яё]+)|\s*[:\t-]"
)

_REACH: Final = 100  # signs on either side of the word that say what it is there

PLATFORM: Final = re.compile(
    r"сферум|sferum|\bикоп\b|\bmax\b|\bмах\b|\bмакс\b|платформ|мессенджер|\bvk\b|\bвк\b|учебн\w+\s+профил",
    re.IGNORECASE,
)

SFERUM: Final = re.compile(r"сферум|\bикоп\b|\bmax\b|\bмах\b|\bмакс\b|мессенджер", re.IGNORECASE)

# «ответственным за …», and other duties that need no «за».
_RESPONSIBLE: Final = re.compile(
    r"ответственн\w+(?:\s+(?:лиц\w+|сотрудник\w*|работник\w*|исполнител\w+))?\s+(?:за|"
    r"по)\s+([^,;:\n]{0,80}(?:\n[^,;:\n]{0,60})?)",
    re.IGNORECASE,
)
_DUTY: Final = re.compile(
    r"координатор\w*|модератор\w*|куратор\w*|техническ\w+\s+(?:поддержк|сопровожден)\w*|обработк\w+\s+персональн\w+|"
    r"защит\w+\s+персональн\w+|ведени\w+\s+(?:\w+\s+)?(?:сайт|журнал)\w*|информационн\w+\s+безопасност\w*",
    re.IGNORECASE,
)
_NOT_PLATFORM: Final = re.compile(
    r"персональн|безопасност|контент|сайт|журнал|дневник|питани|охран", re.IGNORECASE
)


def anchors(text: str) -> tuple[Anchor, ...]:
    """Return the words of roles in one segment's `text`, in reading order."""
    found: list[Anchor] = []
    for word in ADMINISTRATOR.finditer(text):
        before = text[max(word.start() - _REACH, 0) : word.start()]
        behind = text[word.end() : word.end() + _REACH]
        if _OTHER_BEFORE.search(before):
            continue
        role = PersonRole.ADMINISTRATOR
        elsewhere = _OTHER_BEHIND.match(behind)
        if _SUBSTITUTE_BEFORE.search(before) or (elsewhere and not SFERUM.search(behind[:70])):
            role = PersonRole.OTHER
        elif word[0].lower() in _WEAK and not (
            _OFFICE_BEFORE.search(before) or _NAME_BEHIND.match(behind)
        ):
            continue
        found.append(Anchor(role=role, start=word.start(), end=word.end()))
    for duty in _RESPONSIBLE.finditer(text):
        if ADMINISTRATOR.search(duty[0]):
            continue
        platform = PLATFORM.search(duty[1]) or "регистрац" in duty[1].lower()
        role = (
            PersonRole.RESPONSIBLE
            if platform and not _NOT_PLATFORM.search(duty[1])
            else PersonRole.OTHER
        )
        found.append(
            Anchor(role=role, start=duty.start(), end=duty.start() + len("ответственный за"))
        )
    for duty in _DUTY.finditer(text):
        if not any(
            one.start <= duty.start() <= one.end + 60
            for one in found
            if one.role is PersonRole.OTHER
        ):
            found.append(Anchor(role=PersonRole.OTHER, start=duty.start(), end=duty.end()))
    return tuple(sorted(found, key=lambda one: one.start))
