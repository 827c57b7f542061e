"""Excel's XML workbooks through openpyxl's read-only mode, with what that mode leaves out.

Merged ranges, hidden rows and columns, and formulas without a stored result are taken from the
sheet's XML. They are looked for by regular expressions: the merged ranges stand behind the rows,
and a parser would have to go through 200,000 empty ones to get there.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import openpyxl

from parsers.limits import Limits
from parsers.sheets.errors import BROKEN
from parsers.sheets.grid import (
    EMPTY_RUN,
    Cell,
    GridBuilder,
    Sheet,
    number_text,
    parse_reference,
    parse_span,
)

# <mergeCell ref="A1:C1"/>, whatever the prefix of its namespace
_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
# <row r="3" ... hidden="1">, attributes in either order
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_ATTRIBUTE: Final = re.compile(rb'(\w+)="([^"]*)"')
# A cell with a formula and no result behind it
_FORMULA: Final = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
# A number format of zeros alone, «0000000000», pads the number on the screen
_ZEROS: Final = re.compile(r"0{2,20}(?:;.*)?")


def read(content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """Read every worksheet of an xlsx or xlsm file.

    Raises: one of `BROKEN` where the file is broken.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's remarks on extensions that it does not know
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                return tuple(
                    _read_sheet(sheet, package, limits)
                    for sheet in book.worksheets[: limits.sheets]
                )
        finally:
            book.close()


def _read_sheet(sheet: Any, package: zipfile.ZipFile, limits: Limits) -> Sheet:
    grid = GridBuilder(str(sheet.title), limits)
    hidden = sheet.sheet_state != "visible"
    if hidden:
        return grid.build(hidden=True)
    last = _read_rows(sheet, grid, limits)
    _read_structure(_sheet_xml(sheet, package), grid, last)
    return grid.build()


def _read_rows(sheet: Any, grid: GridBuilder, limits: Limits) -> int:
    """Put the filled cells into the grid; return the last filled row."""
    last = -1
    sheet.reset_dimensions()  # a wrong dimension in the file must not hide cells
    for number, row in enumerate(sheet.iter_rows(max_col=limits.columns)):
        for cell in row:
            if cell.value is not None:
                at = cell.row - 1
                grid.put(at, cell.column - 1, _cell(cell))
                last = max(last, at)
        if number - last > EMPTY_RUN:
            break
        if number >= limits.rows:
            grid.cut = True
            break
    return last


def _cell(cell: Any) -> Cell:
    value = cell.value
    faint = _is_faint(cell.font)
    if isinstance(value, bool):
        return Cell("да" if value else "нет", faint=faint)
    if isinstance(value, int | float):
        text = number_text(value)
        form = cell.number_format or ""
        if _ZEROS.fullmatch(form) and text.isdigit():
            text = text.zfill(len(form.partition(";")[0]))
        return Cell(text, number=True, faint=faint)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return Cell(value.isoformat() if isinstance(value, dt.date) else str(value), faint=faint)


def _is_faint(font: Any) -> bool:
    """Tell whether a font is italic or grey: the colours of hints and examples."""
    if font is None:
        return False
    if font.i:
        return True
    color = font.color
    if color is None:
        return False
    if color.type == "theme":
        return color.theme == 0 and bool(color.tint) and color.tint < -0.2
    if color.type != "rgb" or not isinstance(color.rgb, str) or len(color.rgb) < 6:
        return False
    try:
        red, green, blue = bytes.fromhex(color.rgb[-6:])
    except ValueError:
        return False
    return max(red, green, blue) - min(red, green, blue) < 24 and 90 <= red <= 215


def _sheet_xml(sheet: Any, package: zipfile.ZipFile) -> bytes:
    try:
        return package.read(sheet._worksheet_path)
    except BROKEN:
        return b""


def _read_structure(xml: bytes, grid: GridBuilder, last: int) -> None:
    """Add merged ranges, hidden rows and columns, formulas without a result."""
    start = max(xml.find(b"sheetData"), 0)
    end = max(xml.rfind(b"sheetData"), start)
    for attributes in map(_attributes, _COLUMN.findall(xml, 0, start)):
        if _is_true(attributes.get(b"hidden")):
            grid.hide_columns(_column_range(attributes))
    for match in _MERGE.finditer(xml, end):
        span = parse_span(match[1].decode())
        if span is not None:
            grid.merge(span)
    grid.hide_rows(_hidden_rows(xml, start, end, last))
    for match in _FORMULA.finditer(xml, start, end):
        attributes = _attributes(match[1])
        if attributes.get(b"t") == b"str":  # the result is an empty text
            continue
        at = parse_reference(attributes.get(b"r", b"").decode())
        if at is not None and grid.within(*at):
            formula = html.unescape((match[2] or b"").decode("utf-8", "replace"))
            grid.put(*at, Cell("=" + formula, formula=True))


def _hidden_rows(xml: bytes, start: int, end: int, last: int) -> Iterator[int]:
    for count, match in enumerate(_ROW.finditer(xml, start, end)):
        attributes = _attributes(match[1])
        number = attributes.get(b"r", b"")
        row = int(number) - 1 if number.isdigit() and len(number) < 8 else count
        if row > last:
            return
        if _is_true(attributes.get(b"hidden")):
            yield row


def _column_range(attributes: dict[bytes, bytes]) -> range:
    first, last = attributes.get(b"min", b""), attributes.get(b"max", b"")
    if not (first.isdigit() and last.isdigit() and len(first) < 6 and len(last) < 6):
        return range(0)
    return range(int(first) - 1, int(last))


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(text))


def _is_true(value: bytes | None) -> bool:
    return value in (b"1", b"true")
