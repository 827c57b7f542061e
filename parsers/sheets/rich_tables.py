"""Tables of DOC and RTF files as grids: columns are told by the edges of cells, in whatever row they stand.

Every table is a sheet of its own under the paragraphs before it; a table that only holds another one is taken for its
frame. A document without a table is one sheet of its lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from parsers.documents.blocks import Block, Row, columns_of, flow_of
from parsers.limits import Limits
from parsers.sheets.grid import Cell, GridBuilder, Sheet, Span, reference

_PARAGRAPHS: Final = 40  # kept before a table; a heading stands near its table
_PAIR_CELLS: Final = 3  # a number, a label and its answer: of such a row the columns are plain


def read(blocks: Sequence[Block], limits: Limits) -> tuple[Sheet, ...]:
    """Return every table in the document's order."""
    sheets: list[Sheet] = []
    paragraphs: list[str] = []
    rows: list[Row] = []
    for block in (*_unframed(blocks), ""):
        if isinstance(block, Row):
            rows.append(block)
            continue
        if rows and len(sheets) < limits.sheets:
            sheets.append(_table(f"Таблица {len(sheets) + 1}", paragraphs, rows, limits))
        if rows:
            rows, paragraphs = [], []
        if block.strip():
            paragraphs.append(block)
    if not sheets and paragraphs:
        sheets.append(_text(paragraphs, limits))
    return tuple(sheets)


def _unframed(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks; of a row that is only the frame of a table within, what stands in it."""
    for block in blocks:
        filled = [cell for cell in block.cells if cell.text] if isinstance(block, Row) else []
        if len(filled) == 1 and any(isinstance(one, Row) for one in filled[0].blocks):
            yield from _unframed(filled[0].blocks)
        else:
            yield block


def _text(paragraphs: Sequence[str], limits: Limits) -> Sheet:
    grid = GridBuilder("Текст", limits)
    for row, cells in enumerate(flow_of(paragraphs).lines()):
        for column, text in enumerate(cells):
            grid.put(row, column, Cell(text))
    return grid.build()


def _table(name: str, paragraphs: Sequence[str], rows: Sequence[Row], limits: Limits) -> Sheet:
    grid = GridBuilder(name, limits)
    above = paragraphs[-_PARAGRAPHS:]
    for row, text in enumerate(above):
        grid.put(row, 0, Cell(text, ref="A0"))
    columns = columns_of(rows)
    begun: dict[int, tuple[int, int, int]] = {}  # of each column's cell: top, left, right
    for number, table_row in enumerate(rows):
        if not table_row.placed and len(table_row.cells) > _PAIR_CELLS:
            continue
        at = len(above) + number
        if not grid.within(at):
            grid.cut = True
            break
        for cell in table_row.cells:
            left, right = columns[cell.shape.left], columns[cell.shape.right] - 1
            if cell.shape.below and left in begun:
                top, first, last = begun[left]
            else:
                top, first, last = begun[left] = at, left, max(left, right)
                grid.put(at, left, Cell(cell.text, ref=reference(number, left)))
            if (top, first) != (at, last):
                grid.merge(Span(top, first, at, last))
    return grid.build()
