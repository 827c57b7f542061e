"""Words with their places → reading order: lines, and cells in a line.

A ruled table's row is one line, whatever its cells are broken into, so that a name and the number beside it stay
together. Knows nothing of where the words come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from parsers.facts import Box
from parsers.layout import Word

Table = list[list[Box | None]]
"""Rows of cells; None stands for a cell that another one covers."""

Line = list[Word]

CELL_GAP: Final = 2.0  # of the type's height; a gap of that width separates columns
LINE_SHIFT: Final = 0.5  # of the type's height; words whose middles lie closer share a line
ROW_WORDS: Final = (
    25  # a cell with more is running text: a column of a letterhead, not a table's row
)


def arranged(words: Iterable[tuple[str, Box]], tables: Sequence[Table] = ()) -> Iterator[Word]:
    """Put words into reading order and say which line and cell each belongs to."""
    rows = [row for table in tables for row in table]
    inside: dict[tuple[int, int], list[Word]] = {}
    outside: list[Word] = []
    for text, box in words:
        place = _place(box, rows)
        (outside if place is None else inside.setdefault(place, [])).append(Word(text, box))
    blocks = [(_top(line), [line]) for line in _lines(outside)]
    for _, keys in groupby(sorted(inside), key=lambda place: place[0]):
        cells = {column: inside[row, column] for row, column in keys}
        blocks.append((min(map(_top, cells.values())), _row(cells)))
    blocks.sort(key=lambda block: block[0])
    for number, line in enumerate(line for _, lines in blocks for line in lines):
        for word in line:
            yield replace(word, line=number)


def _place(box: Box, rows: Sequence[Sequence[Box | None]]) -> tuple[int, int] | None:
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell and cell[0] <= across <= cell[2] and cell[1] <= down <= cell[3]:
                return at, column
    return None


def _row(cells: Mapping[int, list[Word]]) -> list[Line]:
    """Make one line of a row, its cells by column; cells with running text, or one alone, stay lines of their own."""
    if len(cells) == 1 or max(map(len, cells.values())) > ROW_WORDS:
        return [line for cell in cells.values() for line in _lines(cell)]
    return [
        [
            replace(word, cell=number)
            for number, cell in cells.items()
            for line in _lines(cell)
            for word in line
        ]
    ]


def _lines(words: Iterable[Word]) -> list[Line]:
    """Group words into lines from top to bottom; a wide gap in a line begins another cell."""
    lines: list[Line] = []
    for word in sorted(words, key=_middle):
        if lines and _middle(word) - _middle(lines[-1][0]) < LINE_SHIFT * _height(lines[-1][0]):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_with_cells(sorted(line, key=_left)) for line in lines]


def _with_cells(line: Line) -> Line:
    result: Line = []
    cell = 0
    for word in line:
        if result and _left(word) - _right(result[-1]) > CELL_GAP * _height(word):
            cell += 1
        result.append(replace(word, cell=cell))
    return result


def _left(word: Word) -> float:
    return word.box[0] if word.box else 0.0


def _right(word: Word) -> float:
    return word.box[2] if word.box else 0.0


def _height(word: Word) -> float:
    return word.box[3] - word.box[1] if word.box else 0.0


def _middle(word: Word) -> float:
    return (word.box[1] + word.box[3]) / 2 if word.box else 0.0


def _top(words: Sequence[Word]) -> float:
    return min((word.box[1] for word in words if word.box), default=0.0)
