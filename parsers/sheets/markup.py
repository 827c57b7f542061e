"""Tables in HTML and in Excel's XML of 2003 (SpreadsheetML), which both go by the name of `.xls`.

Only text is taken: scripts, styles and hidden elements are skipped, nothing is ever fetched.
"""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any, Final

from defusedxml.ElementTree import iterparse

from parsers.limits import Limits
from parsers.sheets.delimited import decode
from parsers.sheets.grid import EMPTY_RUN, Cell, GridBuilder, Sheet, Span, number_text

_SHEETML: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"
_SKIPPED: Final = frozenset({"script", "style", "head", "template", "noscript"})

# A document or fragment of HTML that may hold a table
_HTML: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|div|style)\b",
    re.IGNORECASE | re.DOTALL,
)
# The encoding that an HTML page names for itself
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
# An element that is not shown
_NOT_SHOWN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide", re.IGNORECASE
)


def is_spreadsheet_xml(content: bytes) -> bool:
    """Tell whether the content is Excel's XML of 2003."""
    head = content[:4096]
    return b"urn:schemas-microsoft-com:office:spreadsheet" in head and b"Workbook" in head


def is_html(content: bytes) -> bool:
    """Tell whether the content is HTML."""
    return bool(_HTML.match(decode(content[:4096]).lstrip("\ufeff")))


def read_html(content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """Read every table of an HTML page."""
    named = _CHARSET.search(content[:4096])
    try:
        text = content.decode(named[1].decode()) if named else decode(content)
    except (LookupError, UnicodeDecodeError):
        text = decode(content)
    parser = _Tables(limits)
    parser.feed(text)
    parser.close()
    return parser.finish()


class _Tables(HTMLParser):
    """Collects the tables of a page; a table in a cell is read on its own."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self._limits = limits
        self._sheets: list[Sheet] = []
        self._stack: list[_Table] = []
        self._skip: list[str] = []  # open elements whose text is not shown

    def finish(self) -> tuple[Sheet, ...]:
        """Return the tables found so far, those left open too."""
        while self._stack:
            self._end_table()
        return tuple(self._sheets)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        attributes = {name: value or "" for name, value in attrs}
        if tag in _SKIPPED or (self._skip and tag == self._skip[0]):
            self._skip.append(tag)
        if self._skip:
            return
        if tag == "table" and len(self._sheets) + len(self._stack) < self._limits.sheets:
            self._stack.append(_Table(f"Таблица {len(self._sheets) + 1}", self._limits))
        elif self._stack:
            self._stack[-1].start(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if self._skip:
            if tag in self._skip:
                self._skip.remove(tag)
            return
        if tag == "table" and self._stack:
            self._end_table()
        elif tag in ("td", "th", "tr") and self._stack:
            self._stack[-1].end_cell()

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._stack and not self._skip:
            self._stack[-1].text(data)

    def _end_table(self) -> None:
        sheet = self._stack.pop().finish()
        if sheet.rows:
            self._sheets.append(sheet)


class _Table:
    """One table in the making."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._grid = GridBuilder(name, limits)
        self._limits = limits
        self._row = -1
        self._column = 0
        self._taken: set[tuple[int, int]] = set()  # places that spanning cells cover
        self._parts: list[str] | None = None
        self._span = (1, 1)
        self._number = False
        self._hidden_row = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open a row or a cell, or note a line break."""
        hidden = bool(_NOT_SHOWN.search(attributes.get("style", ""))) or "hidden" in attributes
        if tag == "tr":
            self.end_cell()
            self._row += 1
            self._column = 0
            if hidden:
                self._grid.hide_rows([self._row])
        elif tag in ("td", "th"):
            self.end_cell()
            self._row = max(self._row, 0)
            self._parts = []
            self._span = (_count(attributes.get("rowspan")), _count(attributes.get("colspan")))
            self._number = "x:num" in attributes
        elif tag in ("br", "p", "div", "li") and self._parts:
            self._parts.append("\n")

    def text(self, data: str) -> None:
        """Take text of the open cell."""
        if self._parts is not None:
            self._parts.append(re.sub(r"[ \t\r\n]+", " ", data))

    def end_cell(self) -> None:
        """Close the open cell, if there is one."""
        if self._parts is None:
            return
        while (self._row, self._column) in self._taken:
            self._column += 1
        rows, columns = self._span
        bottom = min(self._row + rows, self._limits.rows)
        right = min(self._column + columns, self._limits.columns)
        self._grid.put(
            self._row, self._column, Cell("".join(self._parts).strip(), number=self._number)
        )
        if rows > 1 or columns > 1:
            self._grid.merge(Span(self._row, self._column, bottom - 1, right - 1))
            self._taken.update(
                (row, column)
                for row in range(self._row + 1, min(bottom, self._row + 400))
                for column in range(self._column, right)
            )
        self._column += columns
        self._parts = None

    def finish(self) -> Sheet:
        """Return the table."""
        self.end_cell()
        return self._grid.build()


def _count(text: str | None) -> int:
    return min(max(int(text), 1), 1000) if text and text.isdecimal() and len(text) < 6 else 1


def read_spreadsheet_xml(content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """Read every worksheet of Excel's XML of 2003.

    Raises: one of `sheet_errors.BROKEN` where the file is broken.
    """
    sheets: list[Sheet] = []
    for _, element in iterparse(io.BytesIO(content), events=("end",)):
        if element.tag == f"{_SHEETML}Worksheet":
            if len(sheets) < limits.sheets:
                sheets.append(_worksheet(element, limits))
            element.clear()
    return tuple(sheets)


def _worksheet(element: Any, limits: Limits) -> Sheet:
    grid = GridBuilder(element.get(f"{_SHEETML}Name") or "Лист", limits)
    visible = element.findtext(".//{urn:schemas-microsoft-com:office:excel}Visible")
    row = -1
    last = 0
    for one in element.iterfind(f".//{_SHEETML}Row"):
        row = _index(one, row)
        if one.get(f"{_SHEETML}Hidden") == "1":
            grid.hide_rows([row])
        if _put_row(one, row, grid):
            last = row
        if row - last > EMPTY_RUN:
            break
    return grid.build(hidden=visible is not None)


def _put_row(element: Any, row: int, grid: GridBuilder) -> bool:
    column = -1
    filled = False
    for one in element.iterfind(f"{_SHEETML}Cell"):
        column = _index(one, column)
        data = one.find(f"{_SHEETML}Data")
        if data is not None:
            text = "".join(data.itertext())
            kind = data.get(f"{_SHEETML}Type")
            number = kind == "Number"
            filled = filled or bool(text.strip())
            grid.put(row, column, Cell(number_text(float(text)) if number else text, number=number))
        across, down = (_extent(one, name) for name in ("MergeAcross", "MergeDown"))
        if across or down:
            grid.merge(Span(row, column, row + down, column + across))
        column += across
    return filled


def _index(element: Any, before: int) -> int:
    text = element.get(f"{_SHEETML}Index") or ""
    return int(text) - 1 if text.isdecimal() and 0 < len(text) < 8 else before + 1


def _extent(element: Any, name: str) -> int:
    text = element.get(f"{_SHEETML}{name}") or ""
    return int(text) if text.isdecimal() and len(text) < 6 else 0
