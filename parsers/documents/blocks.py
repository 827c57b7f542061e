"""A word processor's text as blocks: paragraphs, and rows of tables with the places of their cells.

What DOC and RTF are read into. Both tell of tables in the same way, by a mark behind each cell and each row, so that
one `Story` gathers the blocks of either. Knows nothing of the formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import Final

from parsers.documents.flow import Flow, Lines

DEEPEST: Final = 8  # tables in tables; text that claims to lie deeper is read at this depth
MOST_CELLS: Final = 200  # of a row; Word allows 63
SAME_EDGE: Final = 40  # twips; edges of one column differ by rounding, a column is wider
EQUAL_WIDTH: Final = 1_440  # twips; of cells whose places the file does not tell
_PAGE: Final = "\f"


@dataclass(frozen=True, slots=True)
class Shape:
    """One cell's place in a row: its edges (twips from the margin), and what it is merged with."""

    left: int
    right: int
    beside: bool = False  # a continuation of the cell to the left
    below: bool = False  # a continuation of the cell above


@dataclass(frozen=True, slots=True)
class RowCell:
    """A cell with its content."""

    shape: Shape
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """The paragraphs of the cell and of the tables in it, one a line."""
        return "\n".join(_texts(self.blocks)).replace(_PAGE, "").strip()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; rows that follow one another are one table."""

    cells: tuple[RowCell, ...]
    placed: bool = True  # the file says where the cells stand


Block = str | Row
"""A paragraph (line feeds, tabs and form feeds in it are breaks of line, cell and page), or a row."""


@dataclass(slots=True)
class _Level:
    """What has been gathered at one depth: the open cell's blocks, and the open row's finished cells."""

    blocks: list[Block] = field(default_factory=list)
    cells: list[tuple[Block, ...]] = field(default_factory=list)


class Story:
    """Gathers paragraphs, ends of cells and ends of rows in the order in which they stand.

    `depth` is 0 outside tables, 1 in a table, 2 in a table in a table's cell.
    """

    def __init__(self) -> None:
        self._levels = [_Level() for _ in range(DEEPEST + 1)]

    def end_paragraph(self, text: str, depth: int) -> None:
        """Add a paragraph to the open cell of its table, or to the text."""
        self._levels[min(max(depth, 0), DEEPEST)].blocks.append(text)

    def end_cell(self, text: str, depth: int) -> None:
        """Add a cell's last paragraph, and close the cell."""
        level = self._levels[min(max(depth, 1), DEEPEST)]
        level.blocks.append(text)
        if len(level.cells) < MOST_CELLS:
            level.cells.append(tuple(level.blocks))
        level.blocks = []

    def end_row(self, shapes: Sequence[Shape], depth: int) -> None:
        """Close the row; where `shapes` do not fit its cells they are taken to be equally wide."""
        depth = min(max(depth, 1), DEEPEST)
        level = self._levels[depth]
        cells, level.cells = level.cells, []
        placed = len(shapes) == len(cells)
        if not placed:
            edges = range(0, (len(cells) + 1) * EQUAL_WIDTH, EQUAL_WIDTH)
            shapes = [Shape(left, right) for left, right in pairwise(edges)]
        row = Row(tuple(_joined(shapes, cells)), placed)
        if row.cells:
            self._levels[depth - 1].blocks.append(row)

    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks; cells and rows that were never closed stand at the end as text."""
        left_open = [
            block
            for level in self._levels[1:]
            for blocks in (*level.cells, level.blocks)
            for block in blocks
        ]
        return (*self._levels[0].blocks, *left_open)


def _joined(shapes: Sequence[Shape], cells: Sequence[tuple[Block, ...]]) -> Iterator[RowCell]:
    """Yield the cells, one for those that are merged side by side."""
    open_cell: RowCell | None = None
    for shape, blocks in zip(shapes, cells, strict=True):
        if shape.beside and open_cell is not None:
            wide = Shape(open_cell.shape.left, shape.right, below=open_cell.shape.below)
            open_cell = RowCell(wide, (*open_cell.blocks, *blocks))
            continue
        if open_cell is not None:
            yield open_cell
        open_cell = RowCell(shape, blocks)
    if open_cell is not None:
        yield open_cell


def flow_of(blocks: Iterable[Block]) -> Flow:
    """Lay blocks out as running text: the cells of a row side by side, a form feed turns the page."""
    flow = Flow()
    columns: dict[int, int] = {}
    together = list(blocks)
    for at, block in enumerate(together):
        if isinstance(block, Row):
            if not at or not isinstance(together[at - 1], Row):
                columns = columns_of(takewhile(lambda one: isinstance(one, Row), together[at:]))
            flow.add_row(_by_columns(block, columns))
            continue
        for number, part in enumerate(block.split(_PAGE)):
            if number:
                flow.turn_page()
            flow.add(part)
    return flow


def columns_of(rows: Iterable[Block]) -> dict[int, int]:
    """Return which column, counted from 0, begins at each edge of the cells of a table's rows."""
    edges = sorted(
        edge
        for row in rows
        if isinstance(row, Row)
        for cell in row.cells
        for edge in (cell.shape.left, cell.shape.right)
    )
    columns: dict[int, int] = {}
    column, start = -1, 0
    for edge in edges:
        if column < 0 or edge - start > SAME_EDGE:
            column, start = column + 1, edge
        columns[edge] = column
    return columns


def _by_columns(row: Row, columns: Mapping[int, int]) -> list[Lines]:
    """Return the lines of a row's cells, with empty ones where a cell is wide or none stands."""
    cells: list[Lines] = []
    for cell in row.cells:
        cells += [[] for _ in range(columns[cell.shape.left] - len(cells))]
        cells.append(_lines(cell.blocks))
    return cells


def _lines(blocks: Iterable[Block]) -> Lines:
    return flow_of(blocks).lines()


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Row):
            yield "\t".join(cell.text for cell in block.cells)
        else:
            yield block
