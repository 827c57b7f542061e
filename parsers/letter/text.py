"""The text of a letter's pages as one string that can be searched, every character of it led back to its place.

Folded are spaces, dashes, quotes and look-alike letters; joined are words broken at a line's end and letters set apart
(«П Р И К А З»); key words that recognition or a clerk misspelt are set right, names never.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from parsers.facts import Evidence
from parsers.layout import Page, bounding_box
from parsers.letter.rows import joined_rows
from parsers.names.folding import fold_look_alikes, fold_punctuation
from parsers.names.morphology import parses
from parsers.names.patronymics import read_patronymic
from parsers.wordlists import words

Span = tuple[int, int]

# Marks that are seen by nobody.
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

# A word broken at the end of a line: the hyphen goes with a small letter behind it, else only the line's end.
_BROKEN: Final = re.compile(r"(?<=[а-яё])-[ ]?\n[ ]?(?=[а-яё]{2})(?!оол|оглы|кызы)")
_BROKEN_AT_HYPHEN: Final = re.compile(r"(?<=[а-яё]-)[ ]?\n[ ]?(?=[А-ЯЁ][а-яё]|оол|оглы|кызы)")

# Five or more single letters set apart by spaces.
_SET_APART: Final = re.compile(r"(?<![А-Яа-яЁё.])(?:[А-Яа-яЁё][ ]){4,}[А-Яа-яЁё](?![А-Яа-яЁё.])")

# The number of a clause or the mark of a list's entry, and the only tab of its line, which parts it from its text.
_MARKER_TAB: Final = re.compile(
    r"(?m)(?<=^)([ ]*(?:[0-9]{1,2}(?:\.[0-9]{1,2})*[.)]?|[-•*▪]))[ ]*\t(?![^\n]*\t)"
)

# A row of a table, and two pieces in it that may be one word, which a narrow cell broke without a hyphen.
_ROW: Final = re.compile(r"[^\n]*\t[^\n]*")
_TORN: Final = re.compile(
    r"(?<![А-Яа-яЁё-])([А-ЯЁа-яё][а-яё]{2,})([ ])(?=([а-яё]{1,12})(?![А-Яа-яЁё.-]))"
)

_SMALL_WORDS: Final = frozenset({"на", "не", "ну", "ны"})

# A word long enough to be known again in spite of an error.
_LONG_WORD: Final = re.compile(r"(?<![А-Яа-яЁё-])[А-Яа-яЁё]{6,}(?![А-Яа-яЁё-])")
_GAP: Final = 4  # signs that folding may leave out between two that lie together
_LONG: Final = 9  # letters from which two errors are forgiven


@dataclass(frozen=True, slots=True)
class LetterText:
    """A text and, for each of its characters, the page and the place there that it came from."""

    pages: tuple[Page, ...]
    text: str
    origin: tuple[tuple[int, int], ...]

    def evidence(self, start: int, end: int) -> Evidence:
        """Return where the span stands, quoted exactly; of a span over two pages the first page's part."""
        page = self.origin[start][0]
        pieces = [
            self.pages[page].evidence(first, last + 1)
            for first, last in _runs(self.origin[start:end], page)
        ]
        if len(pieces) == 1:
            return pieces[0]
        return replace(
            pieces[0],
            raw=" ".join(piece.raw.strip() for piece in pieces),
            confidence=min(piece.confidence for piece in pieces),
            box=bounding_box(piece.box for piece in pieces),
        )

    def raw(self, start: int, end: int) -> str:
        """Return the span as it stood."""
        return self.evidence(start, end).raw

    def page_number(self, at: int) -> int:
        """Return the number of the page of the character at `at`."""
        return self.pages[self.origin[at][0]].number if self.origin else 1

    def without(self, spans: Iterable[Span]) -> LetterText:
        """Return the same text with `spans` blanked out; lines and places stay."""
        text = self.text
        for start, end in spans:
            blank = re.sub(r"[^\n]", " ", text[start:end])
            text = text[:start] + blank + text[end:]
        return LetterText(self.pages, text, self.origin)


def _runs(origin: Sequence[tuple[int, int]], page: int) -> list[Span]:
    """Return the first and last places on `page` of each stretch that lies together there."""
    runs: list[Span] = []
    for number, place in origin:
        if number != page:
            continue
        if runs and 0 <= place - runs[-1][1] <= _GAP:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def letter_text(pages: Sequence[Page]) -> LetterText:
    """Return the pages' text in one piece, a line feed between two pages."""
    parts: list[str] = []
    origin: list[tuple[int, int]] = []
    for number, page in enumerate(pages):
        if parts:
            parts.append("\n")
            origin.append((number - 1, max(len(pages[number - 1].text) - 1, 0)))
        for piece, start, end in _edited(page.text):
            parts.append(piece)
            span = end - start
            origin += [
                (number, start + min(at * span // max(len(piece), 1), max(span - 1, 0)))
                for at in range(len(piece))
            ]
    return LetterText(tuple(pages), *joined_rows("".join(parts), origin))


def _edited(raw: str) -> Iterator[tuple[str, int, int]]:
    """Yield the pieces of the folded text with the spans of `raw` that they stand for."""
    text = fold_look_alikes(fold_punctuation(raw))
    edits = sorted(_edits(text), key=lambda edit: (edit[0], -edit[1]))
    at = 0
    for start, end, instead in edits:
        if start < at:
            continue
        if start > at:
            yield text[at:start], at, start
        if instead:
            yield instead, start, end
        at = end
    if at < len(text):
        yield text[at:], at, len(text)


def _edits(text: str) -> Iterator[tuple[int, int, str]]:
    for pattern in (_INVISIBLE, _BROKEN, _BROKEN_AT_HYPHEN):
        for found in pattern.finditer(text):
            yield found.start(), found.end(), ""
    for row in _ROW.finditer(text):
        for found in _TORN.finditer(text, row.start(), row.end()):
            if _is_torn(found[1], found[3]):
                yield found.start(2), found.end(2), ""
    for found in _SET_APART.finditer(text):
        yield found.start(), found.end(), found[0].replace(" ", "")
    for found in _MARKER_TAB.finditer(text):
        yield found.end() - 1, found.end(), " "
    for found in _LONG_WORD.finditer(text):
        right = _key_word(found[0])
        if right:
            yield found.start(), found.end(), right


def _is_torn(first: str, last: str) -> bool:
    """Say whether two pieces make a key word or a patronymic («Администрат ор», «Ильиничн а») that the first is not."""
    if (first + last).lower() in words("key_words"):
        return first.lower() not in words("key_words")
    if last in _SMALL_WORDS:  # «Алексеев на время …»
        return False
    return read_patronymic(first + last) != () and read_patronymic(first) == ()


@lru_cache(maxsize=4096)
def _key_word(word: str) -> str | None:
    """Return the key word that `word` is a misspelling of, None where it is a word of its own or a name."""
    low = word.lower()
    keys = words("key_words")
    if low in keys or parses(low):
        return None
    capitalized = word[0].isupper() and not word.isupper()
    allowed = 2 if len(low) >= _LONG and not capitalized else 1
    found = process.extractOne(low, sorted(keys), scorer=Levenshtein.distance, score_cutoff=allowed)
    if found is None:
        return None
    right = str(found[0])
    if word.isupper():
        return right.upper()
    return right.capitalize() if capitalized else right
