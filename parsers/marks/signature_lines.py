"""Where a letter is signed, told from its words: the head's title at the left, initials and surname at the right.

Recognition often loses title or name, since seal and signature lie on them; then the place is taken wider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from parsers.facts import Box
from parsers.layout import Page, Word, bounding_box

POINTS_PER_MM: Final = 72 / 25.4

# The title of whoever signs for a school, at the beginning of a line; a seal often takes its first or last letter
TITLE: Final = re.compile(
    r"^\W*((и\s?\W?\s?о\W?|врио|в\W?р\W?и\W?о\W?|исполняющ\w+ обязанности|за"
    r"|временно исполняющ\w+ обязанности)\s*)?"
    r"(\w?иректор?|заведующ|руководител?|начальник?|ректор?|председател?|глава)(\w{0,3})\b",
    re.IGNORECASE,
)
# Initials and surname in either order, as recognition gives them («И.Н Громова», «Громова И. Н.»)
INITIALS: Final = re.compile(
    r"\b[А-ЯЁ] ?([.,] ?([А-ЯЁ] ?[.,]? ?)?|[А-ЯЁ] ?[.,] ?)[А-ЯЁ][а-яё]{2,}(-[А-ЯЁ][а-яё]+)?"
    r"|\b[А-ЯЁ][а-яё]{2,}(-[А-ЯЁ][а-яё]+)? [А-ЯЁ] ?[.,]( ?[А-ЯЁ]\b\.?)?"
)
# A full name, which some sign with
FULL_NAME: Final = re.compile(r"\b[А-ЯЁ][а-яё-]+ [А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+(вич|вна|ична|ич)\b")
# Lines that somebody else signs, or nobody
OTHERS: Final = re.compile(
    r"ознакомл|исп\.|исполнител|согласова|утвержда|зам\.|заместител|главн\w* бухгалтер|тел\.|копия верна",
    re.IGNORECASE,
)
ABOVE: Final = 13.0 * POINTS_PER_MM  # over the signature line that a signature reaches
BELOW: Final = 10.0 * POINTS_PER_MM
BESIDE: Final = 12.0 * POINTS_PER_MM  # beyond the name at the right
BEFORE: Final = 3.0 * POINTS_PER_MM
UNDER_TEXT: Final = (
    50.0 * POINTS_PER_MM
)  # where no line is known: so far under the last of the text
LONG_TITLE: Final = 14  # words of title and name on one line; more is a sentence
SENTENCE: Final = 4  # words that make a line of text
LONG_OTHERS: Final = (
    7  # words of a line that somebody else signs: «Исп. Лях Оксана Юрьевна, тел. 8 928 300-40-50»
)
NUMBER: Final = 7  # digits of a line that gives a telephone number: nobody signs there
LOW: Final = 0.25  # of the page's height: signatures stand below


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """Where a letter is signed, and the room around it (points)."""

    zone: Box
    height: float  # of the print
    title: Box | None = None
    name: Box | None = None

    @property
    def is_known(self) -> bool:
        """Whether words show the place; else it is only the room under the text."""
        return self.title is not None or self.name is not None


def find_signature_line(page: Page) -> SignatureLine | None:
    """Find the line on which the head signs: the lowest with a title and a name, else with either.

    None on a page without text.
    """
    lines = [line for line in _lines(page) if _box(line) is not None]
    if not lines:
        return None
    height = median(box[3] - box[1] for word in page.words if (box := word.box) is not None)
    best: tuple[int, int] | None = None
    for at in range(len(lines)):
        weight = _weight(lines, at, page)
        if weight and (best is None or weight >= best[0]):
            best = weight, at
    place = _place(lines, best[1], page, height) if best else None
    return place or _under_text(lines, page, height)


def is_print(word: Word) -> bool:
    """Whether recognition took it for a word: a signature comes out as a few letters, and unsure."""
    return sum(letter.isalnum() for letter in word.text) >= 2 and word.confidence > 0.6


def _weight(lines: Sequence[Sequence[Word]], at: int, page: Page) -> int:
    """How surely a line is the one: 0 is no signature line."""
    text = _text(lines[at])
    if _is_others(lines[at]) or sum(map(str.isdigit, text)) >= NUMBER:
        return 0
    titled = TITLE.match(text) is not None and len(lines[at]) <= LONG_TITLE
    if titled and _name(lines[at]):
        return 4
    if titled and _name_row(lines, at) > at:
        return 3
    if titled and len(lines[at]) <= 6:
        return 2
    box = _box(lines[at])
    low = box is not None and box[3] > page.height * LOW
    alone = _stands_alone(lines[at]) and _is_apart(lines[at])
    return int(low and alone and not _follows_others(lines, at))


def _name_row(lines: Sequence[Sequence[Word]], at: int) -> int:
    """Where the name to a title stands: on its line, or alone on one of the next; `at` where it is not known."""
    if _name(lines[at]):
        return at
    for row in range(at + 1, min(at + 4, len(lines))):
        if _is_others(lines[row]):
            break
        if _stands_alone(lines[row]) or _closes(lines[row]):
            return row
    return at


def _closes(line: Sequence[Word]) -> bool:
    """Whether a name stands in a cell of its own behind the rest of a title («МБОУ СОШ № 53 | О.С. Щукина»)."""
    name = _name(line)
    return bool(name) and name[-1] is line[-1] and len(line) <= LONG_TITLE and _is_apart(line)


def _stands_alone(line: Sequence[Word]) -> bool:
    """Whether a line is a name and little else."""
    name = _name(line)
    rest = [word for word in line if word not in name and is_print(word)]
    return bool(name) and len(rest) <= SENTENCE and not _is_others(line)


def _is_apart(line: Sequence[Word]) -> bool:
    """Whether nothing stands close to a line's name, as in a sentence."""
    name = _name(line)
    cells = {word.cell for word in name}
    return not any(word.cell in cells for word in line if word not in name and is_print(word))


def _follows_others(lines: Sequence[Sequence[Word]], at: int) -> bool:
    return any(map(_is_others, lines[max(at - 2, 0) : at]))


def _is_others(line: Sequence[Word]) -> bool:
    """Whether somebody else signs there; a sentence of the body that names a telephone or a deputy is none."""
    return len(line) <= LONG_OTHERS and OTHERS.search(_text(line)) is not None


def _place(
    lines: Sequence[Sequence[Word]], at: int, page: Page, height: float
) -> SignatureLine | None:
    titled = TITLE.match(_text(lines[at])) is not None
    last = _name_row(lines, at)
    name_words = _name(lines[last])
    name = bounding_box(word.box for word in name_words)
    # what is read under a seal, in a cell of its own, is no part of the title
    rest = [
        word
        for row in lines[at : last + 1]
        for word in row
        if word not in name_words and word.cell == row[0].cell
    ]
    title = bounding_box(word.box for word in rest if len(word.text) > 1) if titled else None
    around = bounding_box((title, name))
    if around is None:
        return None
    bottom = _bottom(lines[last + 1 :], around[3], BELOW)
    left = around[0] if title is not None else min(_margin(page), around[0])
    right = name[2] + BESIDE if name is not None else page.width
    zone = (max(left - BEFORE, 0.0), max(around[1] - ABOVE, 0.0), min(right, page.width), bottom)
    return SignatureLine(zone, height, title, name)


def _under_text(lines: Sequence[Sequence[Word]], page: Page, height: float) -> SignatureLine | None:
    """The room under the last line of text, down to a line that somebody else signs.

    A name that was not known for the head's may be the head's all the same: the room goes on there.
    """
    texts = [
        n
        for n, line in enumerate(lines)
        if sum(map(is_print, line)) >= SENTENCE and not _is_others(line)
    ]
    if not texts:
        return None
    box = _box(lines[texts[-1]])
    if box is None:
        return None
    others = [line for line in lines[texts[-1] + 1 :] if OTHERS.search(_text(line))]
    bottom = min(_bottom(others, box[3], UNDER_TEXT), page.height)
    return SignatureLine((0.0, box[3], page.width, bottom), height)


def _bottom(following: Sequence[Sequence[Word]], above: float, reach: float) -> float:
    """How far down a signature may hang: half way to the next line that is signed."""
    for row in following:
        text, box = _text(row), _box(row)
        if (
            box is None
            or box[1] <= above
            or not (OTHERS.search(text) or _name(row) or "__" in text)
        ):
            continue
        return min(above + reach, (above + box[1]) / 2)
    return above + reach


def _name(line: Sequence[Word]) -> list[Word]:
    """The words of a line's last name; a title is no surname («Директор И. ...»)."""
    starts: list[int] = []
    text = ""
    for before, word in zip([line[0], *line], line, strict=False):
        # a name stands in one cell: «МБОУ СОШ № 53 х. Камышный | О.С. Щукина»
        text += " " if before.cell == word.cell else "\t"
        starts.append(len(text))
        text += word.text
    after = match.end() if (match := TITLE.match(text)) else 0
    found = [*INITIALS.finditer(text, after), *FULL_NAME.finditer(text, after)]
    if not found:
        return []
    last = max(found, key=lambda match: (match.end(), -match.start()))
    return [
        word
        for start, word in zip(starts, line, strict=True)
        if start < last.end() and start + len(word.text) > last.start()
    ]


def _margin(page: Page) -> float:
    """Where the text begins at the left."""
    lefts = [word.box[0] for word in page.words if word.box is not None and is_print(word)]
    return min(lefts, default=0.0)


def _box(line: Sequence[Word]) -> Box | None:
    return bounding_box(word.box for word in line)


def _text(line: Sequence[Word]) -> str:
    return " ".join(word.text for word in line)


def _lines(page: Page) -> Iterator[list[Word]]:
    """Lines from the top down, whatever order they were read in."""
    lines: dict[int, list[Word]] = {}
    for word in page.words:
        lines.setdefault(word.line, []).append(word)
    yield from sorted(lines.values(), key=lambda line: (_box(line) or (0.0, 0.0))[1])
