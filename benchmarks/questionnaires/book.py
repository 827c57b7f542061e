"""A workbook in the making: cells, merged ranges, and where each field's answer stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.questionnaires.schools import CellValue
from parsers.facts import Field
from parsers.sheets.grid import reference


@dataclass(frozen=True, slots=True)
class Item:
    """What is put into a cell: a text or a value, the field that it answers, its dress."""

    value: CellValue
    field: Field | None = None
    bold: bool = False
    faint: bool = False
    fill: str = ""  # RRGGBB


@dataclass
class Page:
    """One sheet; rows and columns count from 0."""

    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Item] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # top, left, bottom, right
    next_row: int = 0
    left: int = 0  # the column where rows begin

    @property
    def height(self) -> int:
        """Count the rows up to the last filled one."""
        return 1 + max((row for row, _ in self.cells), default=-1)

    @property
    def width(self) -> int:
        """Count the columns up to the last filled or merged one."""
        spans = (right for _, _, _, right in self.merges)
        return 1 + max([*(column for _, column in self.cells), *spans], default=-1)

    def row(self, *items: Item | CellValue, merge: int = 0) -> int:
        """Add a row; with `merge` its first cell reaches over so many columns. Return its number."""
        number = self.next_row
        for column, one in enumerate(items, start=self.left):
            item = one if isinstance(one, Item) else Item(one)
            if item.value is not None:
                self.cells[number, column] = item
        if merge > 1:
            self.merges.append((number, self.left, number, self.left + merge - 1))
        self.next_row += 1
        return number

    def put(self, row: int, column: int, item: Item | CellValue) -> None:
        """Put one cell."""
        item = item if isinstance(item, Item) else Item(item)
        if item.value is not None:
            self.cells[row, column] = item
            self.next_row = max(self.next_row, row + 1)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge a range."""
        if (top, left) != (bottom, right):
            self.merges.append((top, left, bottom, right))

    def skip(self, rows: int = 1) -> None:
        """Leave rows empty."""
        self.next_row += rows


@dataclass
class Book:
    """A workbook of a known school."""

    layout: str
    pages: list[Page]
    values: dict[Field, str]  # of the fields that stand in it

    @property
    def form(self) -> list[Page]:
        """The pages that a person fills in and sees."""
        return [page for page in self.pages if any(item.field for item in page.cells.values())]

    def places(self, name: Field) -> Iterator[str]:
        """Yield the cells that answer a field: «Анкета!C12»."""
        for page in self.pages:
            for (row, column), item in sorted(page.cells.items()):
                if item.field is name:
                    yield f"{page.name}!{reference(row, column)}"
