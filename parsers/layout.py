"""A page of text with its geometry: what every way of reading a document makes, and what the letter is found in."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.facts import Box, Evidence, How


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it stood; `line` and `cell` say where it belongs.

    Words of one line have the same `line` (counted from 0 in reading order); where `cell` differs between neighbours
    of a line, a table's border or a column's gap lies between them.
    """

    text: str
    box: Box | None = (
        None  # points from the top left of the upright page; None in a word processor's text
    )
    confidence: float = 1.0  # 0.0-1.0
    line: int = 0
    cell: int = 0


@dataclass(frozen=True)
class Page:
    """A page of words in reading order, and its plain text.

    `text` joins words by a space, cells by a tab (by more where cells between are empty), lines by a line feed, so that
    a span of it can be led back to the words that it came from.
    """

    document: str
    number: int  # counted from 1
    how: How
    words: tuple[Word, ...] = ()
    width: float = 0.0  # points; 0 in a word processor's text
    height: float = 0.0
    text: str = field(init=False, default="")
    _starts: tuple[int, ...] = field(init=False, default=(), repr=False)

    def __post_init__(self) -> None:
        parts: list[str] = []
        starts: list[int] = []
        length = 0
        before: Word | None = None
        for word in self.words:
            gap = "\t" * word.cell if before is None else _gap(before, word)
            parts.append(gap + word.text)
            starts.append(length + len(gap))
            length += len(gap) + len(word.text)
            before = word
        object.__setattr__(self, "text", "".join(parts))
        object.__setattr__(self, "_starts", tuple(starts))

    def words_at(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that the span `start`..`end` of `text` touches."""
        first = max(bisect.bisect_right(self._starts, start) - 1, 0)
        last = bisect.bisect_left(self._starts, end)
        return tuple(
            word
            for at, word in zip(self._starts[first:last], self.words[first:last], strict=True)
            if at + len(word.text) > start
        )

    def evidence(self, start: int, end: int) -> Evidence:
        """Return where the span `start`..`end` of `text` stands, quoted exactly."""
        words = self.words_at(start, end)
        return Evidence(
            document=self.document,
            raw=self.text[start:end],
            how=self.how,
            confidence=min((word.confidence for word in words), default=1.0),
            page=self.number,
            box=bounding_box(word.box for word in words),
        )


def bounding_box(boxes: Iterable[Box | None]) -> Box | None:
    """Return the smallest box around those given, None where there is none."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    lefts, tops, rights, bottoms = zip(*known, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _gap(before: Word, word: Word) -> str:
    if word.line != before.line:
        return "\n" + "\t" * word.cell
    return "\t" * abs(word.cell - before.cell) or " "
