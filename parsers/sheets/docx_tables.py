"""Tables of Word documents as grids: a questionnaire is as often a Word table as a spreadsheet.

Every table is a sheet of its own; the paragraphs before it stand above its rows, since headings of
sections are written there. A document without a table is one sheet of paragraphs.
"""

from __future__ import annotations

import io
from typing import Any, Final

import docx
from docx.table import Table

from parsers.limits import Limits
from parsers.sheets.grid import Cell, GridBuilder, Sheet, Span, reference

_PARAGRAPHS: Final = 40  # kept before a table; a heading stands near its table


def read(content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """Read every table of a docx file, in the document's order.

    Raises: one of `sheet_errors.BROKEN` where the file is broken.
    """
    document = docx.Document(io.BytesIO(content))
    sheets: list[Sheet] = []
    paragraphs: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            if len(sheets) < limits.sheets:
                sheets.append(table_sheet(f"Таблица {len(sheets) + 1}", paragraphs, block, limits))
            paragraphs = []
        elif block.text.strip():
            paragraphs.append(block.text)
    if not sheets and paragraphs:
        sheets.append(text_sheet(paragraphs, limits))
    return tuple(sheets)


def text_sheet(paragraphs: list[str], limits: Limits) -> Sheet:
    """Return paragraphs as a sheet of one column."""
    grid = GridBuilder("Текст", limits)
    for row, text in enumerate(paragraphs):
        grid.put(row, 0, Cell(text))
    return grid.build()


def table_sheet(name: str, paragraphs: list[str], table: Any, limits: Limits) -> Sheet:
    """Return a Word table under the paragraphs that stand before it."""
    grid = GridBuilder(name, limits)
    above = paragraphs[-_PARAGRAPHS:]
    for row, text in enumerate(above):
        grid.put(row, 0, Cell(text, ref="A0"))
    open_spans: dict[Any, list[int]] = {}
    for number, row in enumerate(table.rows):
        if not grid.within(len(above) + number):
            grid.cut = True
            break
        places = [(column, cell) for column, cell in enumerate(row.cells, row.grid_cols_before)]
        for column, cell in places:
            _put(grid, (number, column), cell, above=len(above), spans=open_spans)
    for top, left, bottom, right in open_spans.values():
        if (top, left) != (bottom, right):
            grid.merge(Span(top, left, bottom, right))
    return grid.build()


def _put(
    grid: GridBuilder, place: tuple[int, int], cell: Any, *, above: int, spans: dict[Any, list[int]]
) -> None:
    """Put a cell once, and note how far it reaches: python-docx repeats it over its range."""
    number, column = place
    row = above + number
    known = spans.get(cell._tc)
    if known is not None:
        known[2], known[3] = max(known[2], row), max(known[3], column)
        return
    spans[cell._tc] = [row, column, row, column]
    grid.put(row, column, Cell(cell.text, ref=reference(number, column)))
