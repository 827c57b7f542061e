"""Excel's binary workbooks (xls, xlsb), and xlsx files that openpyxl refuses, through python-calamine."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from parsers.limits import Limits
from parsers.sheets import biff, brt
from parsers.sheets.grid import EMPTY_RUN, Cell, GridBuilder, Sheet, Span, number_text

__all__ = ["PasswordError", "TooWideError", "read"]

_MOST_CELLS: Final = 2_000_000
"""Cells of a sheet's used range; calamine lays it out densely, at some 40 bytes a cell (measured)."""

# The references of cells in a worksheet's XML
_REFERENCE: Final = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')


class TooWideError(Exception):
    """The used range of a sheet is larger than what may be laid out in memory."""


def read(content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """Read every worksheet.

    Raises: PasswordError where a password is needed; TooWideError; ValueError where the file is
    broken.
    """
    if max(_used_ranges(content), default=0) > _MOST_CELLS:
        raise TooWideError
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = [
                (number, one.visible != SheetVisibleEnum.Visible)
                for number, one in enumerate(book.sheets_metadata)
                if one.typ == SheetTypeEnum.WorkSheet
            ]
            return tuple(
                _read_sheet(book, number, limits, hidden=hidden)
                for number, hidden in sheets[: limits.sheets]
            )
    except PasswordError:
        raise
    except CalamineError as error:
        raise ValueError(str(error)) from error
    except BaseException as error:
        # A panic inside calamine arrives as pyo3's PanicException, which is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("calamine panicked") from error


def _used_ranges(content: bytes) -> Iterator[int]:
    """Yield the number of cells in the used range of every sheet, as far as the file tells it."""
    if not content.startswith(b"PK"):
        yield biff.used_cells(content)
        return
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if brt.STRINGS in package.namelist():
            yield brt.used_cells(package.read(brt.STRINGS))
        for name in brt.sheet_parts(package):
            if name.lower().endswith(".bin"):
                yield brt.used_cells(package.read(name))
            elif name.lower().endswith(".xml"):
                found = set(_REFERENCE.findall(package.read(name)))
                rows = max((int(row) for _, row in found), default=0)
                yield rows * max((_column(column) for column, _ in found), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _read_sheet(book: CalamineWorkbook, number: int, limits: Limits, *, hidden: bool) -> Sheet:
    grid = GridBuilder(book.sheet_names[number], limits)
    if hidden:
        return grid.build(hidden=True)
    sheet = book.get_sheet_by_index(number)
    top, left = sheet.start or (0, 0)
    last = top
    for row, values in enumerate(sheet.to_python(nrows=limits.rows), start=top):
        for column, value in enumerate(values[: limits.columns], start=left):
            if value != "":
                grid.put(row, column, _cell(value))
                last = row
        if row - last > EMPTY_RUN:
            break
    grid.cut = grid.cut or sheet.height > limits.rows
    for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or ():
        grid.merge(Span(first_row, first_column, last_row, last_column))
    return grid.build()


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return Cell("да" if value else "нет")
    if isinstance(value, int | float):
        return Cell(number_text(value), number=True)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return Cell(value.isoformat() if isinstance(value, dt.date) else str(value))
