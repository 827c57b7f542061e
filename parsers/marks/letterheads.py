"""The letterhead: what stands above the body of a letter, told from the words.

Knows the words that schools print there (kind of organization, founder, contacts) and where a letter's own text
begins; an addressee at the right is no letterhead. A rubber stamp in the corner is read like print.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parsers.facts import Box, Mark
from parsers.layout import Page, Word, bounding_box

# Where a letter's own text begins: its kind or subject as a heading of its own
TITLE: Final = re.compile(
    r"^\W*(п\s*р\s*и\s*к\s*а\s*з|р\s*а\s*с\s*п\s*о\s*р\s*я\s*ж\s*е\s*н\s*и\s*е|письмо|заявка|заявление|справка"
    r"|выписка|ходатайство|уведомление|информационное письмо|доверенность|о назначении|о возложении|об? \w+ии\b)",
    re.IGNORECASE,
)
# A sentence of the body: what a school says or does in a letter
SENTENCE: Final = re.compile(
    r"назнач|сообща|прос(им|ит|ьб)|прошу|направля|уведомля|приказыва|возлож|поруч|настоящим|в целях|на основании"
    r"|в соответствии|во исполнение|уважаем",
    re.IGNORECASE,
)
# The kind of an organization in full: «муниципальное бюджетное … учреждение», «частное … учреждение»
LEGAL_KIND: Final = re.compile(
    r"(муниципальн|государствен|казенн|казённ|бюджетн|автономн|частн|краев|областн|федеральн)\w*"
    r"(\W+\w+){0,5}?\W+(учрежден|организаци)\w*",
    re.IGNORECASE,
)
# The same abbreviated: МБОУ, МАДОУ, ГБПОУ, ЧОУ, МКОУ, ФГКОУ, МБУ ДО; spaces between letters do not occur there
ABBREVIATION: Final = re.compile(r"\b(М|Г|Ф|Ч|К|О|АН|Н)[А-Я]{0,4}(ОУ|У ?ДО|ОО)\b|\bАНО\b")
# What schools, kindergartens, colleges and houses of further education are called
SCHOOL: Final = re.compile(
    r"\b(школ|гимнази|лице[йя]|детск\w+ сад|интернат|колледж|техникум|училищ|кадетск|прогимназ"
    r"|центр\w* (\w+ ){0,2}(образовани|развити|творчеств)|дом\w* (\w+ )?творчеств|академи|институт|университет"
    r"|сош|оош|нош|дюсш|дши|дворец|станци\w+ юн)",
    re.IGNORECASE,
)
# Who founded it
FOUNDER: Final = re.compile(
    r"\b(управлени|отдел|департамент|комитет)\w*\W+(\w+\W+){0,3}?образовани|администраци\w+\W+\w+|министерств",
    re.IGNORECASE,
)
# Contacts and identifiers; each alternative is one sign
CONTACTS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bтел\w*\b|\bфакс\b|\+7|\b8\s?\(?\d{3,5}\)",
        r"@|e-?mail|эл\w*\.?\s*(почт|адрес)",
        r"\bинн\b",
        r"\bогрн\b",
        r"\bкпп\b|\bокпо\b",
        r"\b\d{6}\b",
        r"\b(ул|г|с|д|пос|пер|обл|р-н|пр-т)\.\s?\w",
        r"https?:|www\.|\bсайт\b|\.ru\b",
    )
)
TOP: Final = 0.45  # of the page's height, below which no letterhead reaches
ADDRESSEE: Final = 0.47  # of the page's width: what begins further right is whom the letter is for
PRESENT: Final = 3  # signs that make a letterhead, one of them the organization itself
WEAK: Final = 1


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whether there is one, and where it stands (points)."""

    mark: Mark
    box: Box | None = None


def find_letterhead(page: Page) -> Letterhead:
    """Say whether the organization's own heading stands above the letter's text.

    The organization's name as a heading of its own is enough; contacts or a founder without a name are not.
    """
    cells = list(_head(page))
    text = "\n".join(" ".join(word.text for word in cell) for cell in cells)
    score = _score(text)
    if score < WEAK:
        return Letterhead(Mark.ABSENT)
    box = bounding_box(word.box for cell in cells for word in cell)
    return Letterhead(Mark.PRESENT if score >= PRESENT else Mark.UNSURE, box)


def _score(text: str) -> int:
    """Three points for a kind of organization, two for a school's name, one for each further sign."""
    flat = " ".join(text.split())
    named = bool(SCHOOL.search(flat))
    score = 3 if LEGAL_KIND.search(flat) or ABBREVIATION.search(flat) else 2 * named
    others = bool(FOUNDER.search(flat)) + sum(bool(sign.search(flat)) for sign in CONTACTS)
    if score == 0:
        # contacts alone may belong to an addressee; three of them are somebody's letterhead
        return 1 if others >= 3 else 0
    return score + others


def _head(page: Page) -> Iterator[list[Word]]:
    """Pieces of line above the letter's own text, without the addressee's."""
    limit = page.height * TOP
    for line in _lines(page):
        top = min((word.box[1] for word in line if word.box is not None), default=0.0)
        text = " ".join(word.text for word in line)
        if (limit and top > limit) or TITLE.search(text):
            return
        if SENTENCE.search(text) and not LEGAL_KIND.search(text):
            return
        for cell in _cells(line):
            first = cell[0].box
            if page.width and first is not None and first[0] > ADDRESSEE * page.width:
                continue
            yield cell


def _lines(page: Page) -> Iterator[list[Word]]:
    lines: dict[int, list[Word]] = {}
    for word in page.words:
        lines.setdefault(word.line, []).append(word)
    tops = {
        number: min((word.box[1] for word in line if word.box is not None), default=0.0)
        for number, line in lines.items()
    }
    for number in sorted(lines, key=lambda number: (tops[number], number)):
        yield lines[number]


def _cells(line: list[Word]) -> Iterator[list[Word]]:
    cells: dict[int, list[Word]] = {}
    for word in line:
        cells.setdefault(word.cell, []).append(word)
    yield from cells.values()
