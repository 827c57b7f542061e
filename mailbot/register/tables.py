"""Registers as tables: delimited text and Excel's workbooks, a row in memory at a time."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from mailbot.register.columns import Columns
from mailbot.register.lines import Advance, Line, RegisterFileError

HEADER_ROWS: Final = 30
"""The header stands among so many rows; titles and dates may stand above it."""

_LONGEST_ROW: Final = 50
"""A row that goes on over more lines has a quotation mark that nothing closes."""

_CHUNK: Final = 1 << 20
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = (";", "\t", ",", "|")

Row = tuple[int, Sequence[str]]


def read_delimited(path: Path, columns: Columns, advance: Advance) -> Iterator[Line]:
    """Yield the rows of a file in UTF-8, UTF-16 or windows-1251. Raises `RegisterFileError`."""
    with path.open("rb") as file:
        encoding = _encoding(file)
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        delimiter = _delimiter(list(islice(text, HEADER_ROWS)), columns)
        text.seek(0)
        yield from _lines(_rows(text, delimiter, file, advance), columns)


def read_workbook(path: Path, columns: Columns, advance: Advance) -> Iterator[Line]:
    """Yield the rows of every sheet that has a header. Raises `RegisterFileError`."""
    # loaded when a workbook is read: the library is large
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        headed = 0
        for sheet in book.worksheets:
            told = _progress(path.stat().st_size, sheet.max_row or 0, advance)
            sheet.reset_dimensions()  # what programs write there is not always true
            cells = enumerate(sheet.iter_rows(values_only=True), 1)
            rows = ((told(number), [_text(cell) for cell in row]) for number, row in cells)
            try:
                yield from _lines(rows, columns)
                headed += 1
            except RegisterFileError:
                continue  # a sheet of explanations
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise RegisterFileError(
            f"книга Excel не читается ({error}); архив сначала распакуйте"
        ) from None
    if not headed:
        raise RegisterFileError(_NO_HEADER)


def _progress(size: int, rows: int, advance: Advance) -> Callable[[int], int]:
    """Return what tells how far a sheet has been read, and hands the row's number on."""

    def tell(number: int) -> int:
        if rows:
            advance(size * min(number, rows) // rows)
        return number

    return tell


_NO_HEADER: Final = (
    'нет столбца ИНН; если он назван необычно, впишите его: [register.columns] inn = ["…"]'
)


def _lines(rows: Iterable[Row], columns: Columns) -> Iterator[Line]:
    """Find the header, then read every row below it by its columns."""
    rest = iter(rows)
    for _, headers in islice(rest, HEADER_ROWS):
        positions = columns.positions(headers)
        if "inn" in positions and len(positions) > 1:
            break
    else:
        raise RegisterFileError(_NO_HEADER)
    for number, cells in rest:
        if not cells and number < 0:
            yield Line(-number, fault="кавычка открыта и не закрыта")
        elif any(cell.strip() for cell in cells):
            yield Line(number, _values(cells, positions))


def _values(cells: Sequence[str], positions: dict[str, tuple[int, ...]]) -> dict[str, str]:
    width = len(cells)
    return {
        name: " ".join([word for at in places if at < width for word in cells[at].split()])
        for name, places in positions.items()
    }


def _rows(
    text: io.TextIOWrapper, delimiter: str, file: BinaryIO, advance: Advance
) -> Iterator[Row]:
    """Yield rows by the line on which they begin; one that cannot be ended is empty, its number negative."""
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        began = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield -began, ()
            continue
        if reader.line_num - began > _LONGEST_ROW:
            yield -began, ()
            continue
        advance(file.tell())
        yield began, cells


def _encoding(file: BinaryIO) -> str:
    """Tell the encoding by the whole content: what is not UTF-8 is windows-1251."""
    head = file.read(3)
    named = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    file.seek(0)
    if named is not None:
        return named
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "windows-1251"
    finally:
        file.seek(0)
    return "utf-8"


def _delimiter(sample: Sequence[str], columns: Columns) -> str:
    """Tell the delimiter: the sign by which most columns of a header are known.

    Counting signs does not do: addresses have more commas than a table has columns.
    """

    def known(sign: str) -> int:
        try:
            rows = list(csv.reader(sample, delimiter=sign))
        except csv.Error:
            return 0
        return max((len(columns.positions(row)) for row in rows), default=0)

    return max(_DELIMITERS, key=known)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell)
