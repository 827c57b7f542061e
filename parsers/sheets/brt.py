"""Whether a sheet of a binary package (xlsb) may be given to a library that lays its used range out in memory.

The records of [MS-XLSB] are walked here first: a number of kind and a length, each in groups of seven bits, then the
body. What a record says of its place or of a count is believed only as far as memory goes.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Final

_ROW: Final = 0  # BrtRowHdr: the row of the cells that follow
_CELLS: Final = range(1, 12)  # BrtCellBlank … BrtFmlaError: begin with the column
_USED_RANGE: Final = 148  # BrtWsDim
_STRINGS: Final = 159  # BrtBeginSst: how many strings there are in all, and how many different ones

STRINGS: Final = "xl/sharedStrings.bin"

_RELATIONS: Final = ("xl/_rels/workbook.bin.rels", "xl/_rels/workbook.xml.rels")
# Where a workbook says that its sheets lie
_TARGET: Final = re.compile(rb"""\bTarget\s*=\s*["']([^"']+)["']""")


def sheet_parts(package: zipfile.ZipFile) -> Iterator[str]:
    """Yield the parts that may be read as sheets: those in the usual folder, and whatever is related."""
    names = set(package.namelist())
    usual = {name for name in names if name.lower().startswith("xl/worksheets/")}
    related = {
        target.decode("utf-8", "replace")
        for name in _RELATIONS
        if name in names
        for target in _TARGET.findall(package.read(name))
    }
    placed = {one.lstrip("/") for one in related} | {f"xl/{one.lstrip('/')}" for one in related}
    yield from sorted((usual | placed) & names)


def used_cells(stream: bytes) -> int:
    """Return how many cells the used range has, by what is declared and by the cells that are there.

    Raises: ValueError where a record is longer than the stream, or counts more than it can hold.
    """
    declared = row = 0
    rows: list[int] = []
    columns: list[int] = []
    for kind, body in _records(stream):
        if kind == _ROW and len(body) >= 4:
            (row,) = struct.unpack_from("<I", body)
        elif kind in _CELLS and len(body) >= 4:
            (column,) = struct.unpack_from("<I", body)
            rows = [min([row, *rows]), max([row, *rows])]
            columns = [min([column, *columns]), max([column, *columns])]
        elif kind == _USED_RANGE and len(body) >= 16:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            declared = max(declared, (bottom - top + 1) * (right - left + 1))
        elif (
            kind == _STRINGS
            and len(body) >= 8
            and max(struct.unpack_from("<II", body)) > len(stream)
        ):
            raise ValueError("more strings than the file can hold")
    there = (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) if rows else 0
    return max(declared, there)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(stream):
        kind, at = _number(stream, at, most=2)
        length, at = _number(stream, at, most=4)
        if at + length > len(stream):
            raise ValueError("a record longer than its stream")
        yield kind, stream[at : at + length]
        at += length


def _number(stream: bytes, at: int, *, most: int) -> tuple[int, int]:
    """Return a number in groups of seven bits, the lowest first, and where it ends."""
    value = 0
    for place in range(most):
        if at >= len(stream):
            raise ValueError("a record without an end")
        value |= (stream[at] & 0x7F) << 7 * place
        at += 1
        if not stream[at - 1] & 0x80:
            break
    return value, at
