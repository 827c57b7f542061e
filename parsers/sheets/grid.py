"""One bounded grid of cells: what every kind of spreadsheet and table is turned into.

Knows nothing of file formats and nothing of questionnaires. Hidden rows and columns are left out,
since a person does not see them; the text of a merged range stands in each of its cells, so that a
heading covers its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from parsers.limits import Limits

EMPTY_RUN: Final = 200
"""Rows without anything after which a sheet is taken to have ended."""

# A reference to one cell: «C12», «$C$12»
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")

# What spreadsheet programs show where a formula has no result
_ERROR: Final = re.compile(
    r"\s*(?:#(?:Н/Д|N/A|ЗНАЧ!|VALUE!|ССЫЛ(?:КА)?!|REF!|ДЕЛ/0!|DIV/0!|ИМЯ\?|NAME\?|ЧИСЛО!|NUM!"
    r"|ПУСТО!|NULL!|SPILL!|ПЕРЕНОС!|GETTING_DATA|#+)|(?:Err|Ошибка):\s?\d{3})\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as a person sees it.

    `text` is exactly what stands there; a number is written out in full, without an exponent and
    without `.0`.
    """

    text: str
    ref: str = ""  # «C12», of the cell where a merged range begins
    number: bool = False  # stored as a number, not as text
    covered: bool = False  # a repetition of the merged range's first cell
    faint: bool = False  # grey or italic, as examples and hints are
    formula: bool = False  # a formula whose result was not stored; `text` is the formula

    @property
    def error(self) -> bool:
        """Whether the cell shows «#Н/Д» or the like, or a formula without a result."""
        return self.formula or bool(_ERROR.fullmatch(self.text))

    @property
    def blank(self) -> bool:
        """Whether there is nothing in the cell."""
        return not self.text.strip()


EMPTY: Final = Cell("")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet or table: its visible rows, every row of the same length."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False
    cut: bool = False  # something beyond the limits was left unread


@dataclass(frozen=True, slots=True)
class Span:
    """A rectangle of cells, counted from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def column_letters(column: int) -> str:
    """Return the name of a column counted from 0: 0 is «A», 26 is «AA»."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def reference(row: int, column: int) -> str:
    """Return the name of a cell counted from 0: (11, 2) is «C12»."""
    return f"{column_letters(column)}{row + 1}"


def parse_reference(text: str) -> tuple[int, int] | None:
    """Return row and column, counted from 0, of «C12»; None where the text is no reference."""
    match = _REFERENCE.fullmatch(text.strip())
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    return (row - 1, column - 1) if row else None


def parse_span(text: str) -> Span | None:
    """Return the rectangle of «A1:C2»; None where the text is none."""
    first, _, last = text.partition(":")
    start, end = parse_reference(first), parse_reference(last or first)
    if start is None or end is None:
        return None
    return Span(
        min(start[0], end[0]),
        min(start[1], end[1]),
        max(start[0], end[0]),
        max(start[1], end[1]),
    )


def number_text(value: float) -> str:
    """Write a number out in full: 89161234567.0 is «89161234567», 0.5 is «0.5»."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value == int(value):
        return str(int(value))
    return repr(value) if "e" not in repr(value) else f"{value:f}"


class GridBuilder:
    """Collects the cells of one sheet within the limits, in any order, and makes the sheet."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.cut = False
        self._limits = limits
        self._cells: dict[tuple[int, int], Cell] = {}
        self._spans: list[Span] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()

    def within(self, row: int, column: int = 0) -> bool:
        """Tell whether a cell, counted from 0, is inside the limits."""
        return 0 <= row < self._limits.rows and 0 <= column < self._limits.columns

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Keep a cell; one that is blank or beyond the limits is dropped."""
        if cell.blank:
            return
        if not self.within(row, column):
            self.cut = True
            return
        self._cells[row, column] = replace(cell, ref=cell.ref or reference(row, column))

    def merge(self, span: Span) -> None:
        """Note a merged range."""
        if self.within(span.top, span.left):
            self._spans.append(span)

    def hide_rows(self, rows: Iterable[int]) -> None:
        """Note rows that are not shown."""
        self._hidden_rows.update(rows)

    def hide_columns(self, columns: Iterable[int]) -> None:
        """Note columns that are not shown."""
        self._hidden_columns.update(columns)

    def build(self, *, hidden: bool = False) -> Sheet:
        """Return the sheet up to its last filled row and column."""
        self._spread()
        height = 1 + max((row for row, _ in self._cells), default=-1)
        width = 1 + max((column for _, column in self._cells), default=-1)
        columns = [column for column in range(width) if column not in self._hidden_columns]
        rows = tuple(
            tuple(self._cells.get((row, column), EMPTY) for column in columns)
            for row in range(height)
            if row not in self._hidden_rows
        )
        return Sheet(self.name, rows, hidden, self.cut)

    def _spread(self) -> None:
        """Repeat the first cell of every merged range in the rest of it."""
        room = self._limits.rows * 4  # copies in all: a merged range of a whole sheet costs little
        for span in self._spans:
            first = self._cells.get((span.top, span.left))
            if first is None:
                continue
            copy = replace(first, covered=True)
            for row in range(span.top, min(span.bottom + 1, self._limits.rows)):
                for column in range(span.left, min(span.right + 1, self._limits.columns)):
                    if room and (row, column) not in self._cells:
                        self._cells[row, column] = copy
                        room -= 1
