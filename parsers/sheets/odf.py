"""Tables of OpenDocument files: sheets of `.ods` and tables of `.odt`, which are the same elements.

The XML is read as a stream (OpenDocument 1.3, part 3, chapter 9), since a table that is formatted
down to its last row repeats one empty row a million times and must not be written out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from defusedxml.ElementTree import iterparse

from parsers.limits import Limits
from parsers.sheets.errors import BROKEN
from parsers.sheets.grid import EMPTY_RUN, Cell, GridBuilder, Sheet, Span, number_text, reference

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"

_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_PARAGRAPHS: Final = (f"{_TEXT}p", f"{_TEXT}h")
_INVISIBLE: Final = (f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}tracked-changes")


def is_encrypted(content: bytes) -> bool:
    """Tell whether the file needs a password."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return b"encryption-data" in package.read("META-INF/manifest.xml")
    except BROKEN:
        return False


def read(content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """Read every table of an ods or odt file; paragraphs stand above the table that follows them.

    Raises: one of `sheet_errors.BROKEN` where the file is broken.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package, package.open("content.xml") as stream:
        reader = _Reader(limits)
        for event, element in iterparse(stream, events=("start", "end")):
            reader.take(event, element)
            if len(reader.sheets) >= limits.sheets:
                break
    return reader.finish()


@dataclass
class _Styles:
    hidden_tables: set[str] = field(default_factory=set)
    faint_cells: set[str] = field(default_factory=set)


class _Reader:
    """Collects tables from the events of the XML stream."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[Sheet] = []
        self._limits = limits
        self._styles = _Styles()
        self._grid: GridBuilder | None = None
        self._depth = 0  # of tables in tables; an inner one is text of the outer one's cell
        self._row = self._column = self._above = self._empty = 0
        self._paragraphs: list[str] = []
        self._hidden_table = False

    def take(self, event: str, element: Any) -> None:
        """Take one event of the stream."""
        tag = element.tag
        if tag == f"{_TABLE}table":
            self._table(event, element)
        elif event == "start":
            return
        elif tag == f"{_STYLE}style":
            self._style(element)
            element.clear()
        elif self._depth == 1 and tag == f"{_TABLE}table-column":
            self._columns(element)
        elif self._depth == 1 and tag == f"{_TABLE}table-row":
            self._end_row(element)
        elif self._depth == 0 and tag in _PARAGRAPHS:
            self._paragraphs.append("".join(_visible_text(element)))
            element.clear()

    def finish(self) -> tuple[Sheet, ...]:
        """Return the tables; the paragraphs where there is no table."""
        lines = [text for text in self._paragraphs if text.strip()]
        if not self.sheets and lines:
            grid = GridBuilder("Текст", self._limits)
            for row, text in enumerate(lines):
                grid.put(row, 0, Cell(text))
            self.sheets.append(grid.build())
        return tuple(self.sheets)

    def _table(self, event: str, element: Any) -> None:
        if event == "start":
            self._depth += 1
            if self._depth == 1:
                self._begin_table(element)
            return
        self._depth -= 1
        if self._depth == 0 and self._grid is not None:
            self.sheets.append(self._grid.build(hidden=self._hidden_table))
            self._grid = None
            element.clear()

    def _begin_table(self, element: Any) -> None:
        name = element.get(f"{_TABLE}name") or f"Таблица {len(self.sheets) + 1}"
        self._hidden_table = element.get(f"{_TABLE}style-name") in self._styles.hidden_tables
        self._grid = GridBuilder(name, self._limits)
        above = [text for text in self._paragraphs if text.strip()][-40:]
        self._paragraphs = []
        for row, text in enumerate(above):
            self._grid.put(row, 0, Cell(text, ref="A0"))
        self._row = self._above = len(above)
        self._column = self._empty = 0

    def _style(self, element: Any) -> None:
        name = element.get(f"{_STYLE}name") or ""
        table = element.find(f"{_STYLE}table-properties")
        if table is not None and table.get(f"{_TABLE}display") == "false":
            self._styles.hidden_tables.add(name)
        text = element.find(f"{_STYLE}text-properties")
        if text is not None and text.get(f"{_FO}font-style") == "italic":
            self._styles.faint_cells.add(name)

    def _columns(self, element: Any) -> None:
        count = _repeated(element, "number-columns-repeated", self._limits.columns)
        hidden = element.get(f"{_TABLE}visibility") in ("collapse", "filter")
        if hidden and self._grid is not None:
            self._grid.hide_columns(range(self._column, self._column + count))
        self._column += count

    def _end_row(self, element: Any) -> None:
        grid = self._grid
        count = _repeated(element, "number-rows-repeated", self._limits.rows)
        if grid is None or self._empty > EMPTY_RUN:
            element.clear()
            return
        cells = list(_row_cells(element, self._limits.columns))
        hidden = element.get(f"{_TABLE}visibility") in ("collapse", "filter")
        copies = count if cells else 0
        for row in range(self._row, self._row + copies):
            self._put_row(grid, row, cells)
        if hidden:
            grid.hide_rows(range(self._row, self._row + count))
        self._empty = 0 if cells else self._empty + count
        self._row += count
        element.clear()

    def _put_row(self, grid: GridBuilder, row: int, cells: list[tuple[int, Any]]) -> None:
        if not grid.within(row):
            grid.cut = True
            return
        for column, element in cells:
            ref = reference(row - self._above, column)
            grid.put(row, column, _cell(element, ref, self._styles))
            right = _repeated(element, "number-columns-spanned", self._limits.columns)
            bottom = _repeated(element, "number-rows-spanned", self._limits.rows)
            if right > 1 or bottom > 1:
                grid.merge(Span(row, column, row + bottom - 1, column + right - 1))


def _row_cells(row: Any, columns: int) -> Iterator[tuple[int, Any]]:
    """Yield every cell that holds something, with its column; repetitions written out."""
    column = 0
    for element in row:
        if element.tag not in _CELLS:
            continue
        count = _repeated(element, "number-columns-repeated", columns)
        filled = len(element) > 0 or element.get(f"{_OFFICE}value-type") is not None
        if filled and element.tag == _CELLS[0]:
            for at in range(column, min(column + count, columns)):
                yield at, element
        column += count


def _cell(element: Any, ref: str, styles: _Styles) -> Cell:
    shown = "\n".join(_nested_lines(element))
    faint = element.get(f"{_TABLE}style-name") in styles.faint_cells
    stored = element.get(f"{_OFFICE}value") or ""
    kind = element.get(f"{_OFFICE}value-type")
    if kind == "date":
        day = (element.get(f"{_OFFICE}date-value") or "").removesuffix("T00:00:00")
        return Cell(day or shown, ref, faint=faint)
    if kind in ("float", "currency", "percentage") and stored:
        text = number_text(float(stored))
        padded = shown.strip().isdecimal() and shown.strip().lstrip("0") == text.lstrip("0")
        return Cell(shown.strip() if padded else text, ref, number=True, faint=faint)
    return Cell(shown, ref, faint=faint)


def _nested_lines(element: Any) -> Iterator[str]:
    """Yield the paragraphs of lists and tables inside a cell."""
    for part in element:
        if part.tag in _PARAGRAPHS:
            yield "".join(_visible_text(part))
        elif part.tag not in _INVISIBLE:
            yield from _nested_lines(part)


def _visible_text(element: Any) -> Iterator[str]:
    """Yield the text of a paragraph as it is shown: without comments, with its spaces and breaks."""
    yield element.text or ""
    for part in element:
        if part.tag == f"{_TEXT}s":
            yield " " * _repeated(part, "c", 200, space=_TEXT)
        elif part.tag == f"{_TEXT}tab":
            yield "\t"
        elif part.tag == f"{_TEXT}line-break":
            yield "\n"
        elif part.tag not in _INVISIBLE:
            yield from _visible_text(part)
        yield part.tail or ""


def _repeated(element: Any, name: str, most: int, *, space: str = _TABLE) -> int:
    """Return a count from an attribute, at least 1 and at most one more than `most`."""
    text = element.get(f"{space}{name}") or "1"
    return min(max(int(text), 1), most + 1) if text.isdecimal() and len(text) < 10 else 1
