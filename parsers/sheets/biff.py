"""Whether an old workbook (xls) may be given to a library that trusts what the file says of itself.

A chain of sectors that runs in a circle, or a count or a used range without measure, makes the library allocate until
the process dies, which no exception handler sees. So the container ([MS-CFB]) and the counts of its records ([MS-XLS])
are walked here first, in bounded time and memory.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_LAST_SECTOR: Final = 0xFFFFFFFA  # numbers from here on end a chain
_ENTRY_BYTES: Final = 128
_HEADER_LISTED: Final = 109  # sectors of the allocation table that the header itself names
_SMALL_SECTOR: Final = 64
_LEAST_LARGE: Final = 4096  # bytes of a stream that has sectors of the file
_STREAM: Final = 2
_ROOT: Final = 5

_EOF: Final = 0x000A
_SHEET: Final = 0x0085  # BOUNDSHEET: where a sheet begins
_MOST_SHEETS: Final = 256
_DIMENSIONS: Final = 0x0200
_STRINGS: Final = 0x00FC
# Records that begin with the row and the column of one cell, and those of several cells of one row
_CELLS: Final = frozenset(
    {0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x0406, 0x0206}
)
_ROWS_OF_CELLS: Final = frozenset({0x00BD, 0x00BE})

BROKEN: Final = (struct.error, IndexError, ValueError)
"""What the functions here raise on a file that is not sound."""


@dataclass(frozen=True, slots=True)
class _Container:
    content: bytes
    size: int  # bytes of a sector
    table: tuple[int, ...]  # the next sector of each sector

    @property
    def sectors(self) -> int:
        """Count the sectors that the file really has, the last one perhaps cut short."""
        return max(-(-len(self.content) // self.size) - 1, 0)

    def sector(self, number: int) -> bytes:
        """Return the bytes of a sector."""
        return self.content[(number + 1) * self.size : (number + 2) * self.size]

    def chain(self, first: int) -> Iterator[int]:
        """Yield the sectors of a chain; raise ValueError where it leaves the file or runs in a circle."""
        seen: set[int] = set()
        while first < _LAST_SECTOR:
            if first in seen or first >= self.sectors or first >= len(self.table):
                raise ValueError("a chain of sectors without end")
            seen.add(first)
            yield first
            first = self.table[first]

    def stream(self, first: int) -> bytes:
        """Return the bytes of a chain."""
        return b"".join(self.sector(number) for number in self.chain(first))


def used_cells(content: bytes) -> int:
    """Return how many cells the widest used range of an xls file has.

    Raises: one of `BROKEN` where the container is unsound or counts more than the file can hold.
    """
    container = _open(content)
    directory = container.stream(struct.unpack_from("<I", content, 48)[0])
    table = _numbers(container.stream(struct.unpack_from("<I", content, 60)[0]))
    entries = list(_entries(directory))
    if any(length > len(content) for _, _, _, length in entries):
        raise ValueError("a stream longer than its file")
    roots = [(first, length) for _, kind, first, length in entries if kind == _ROOT]
    small = container.stream(roots[0][0]) if roots and roots[0][1] else b""
    largest = 0
    for name, kind, first, length in entries:
        if kind != _STREAM or not length:
            continue
        large = length >= _LEAST_LARGE
        data = container.stream(first) if large else _small_stream(small, table, first)
        if name in ("Workbook", "Book"):
            largest = max(largest, _widest_range(data[:length]))
    return largest


def _open(content: bytes) -> _Container:
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in (9, 12):
        raise ValueError("sectors of an unknown size")
    size = 1 << shift
    bare = _Container(content, size, ())
    tables, _, _, _, _, smalls, following, lists = struct.unpack_from("<IIIIIIII", content, 44)
    if max(tables, smalls, lists) > bare.sectors:
        raise ValueError("more sectors than the file has")
    numbers = [*struct.unpack_from(f"<{_HEADER_LISTED}I", content, 76)]
    seen: set[int] = set()
    while following < _LAST_SECTOR:
        if following in seen or following >= bare.sectors:
            raise ValueError("a chain of sectors without end")
        seen.add(following)
        *more, following = _numbers(bare.sector(following))
        numbers += more
    listed = [number for number in numbers if number < _LAST_SECTOR]
    if any(number >= bare.sectors for number in listed) or len(set(listed)) < len(listed):
        raise ValueError("an allocation table outside the file")
    table = tuple(one for number in listed for one in _numbers(bare.sector(number)))
    return _Container(content, size, table)


def _small_stream(small: bytes, table: tuple[int, ...], first: int) -> bytes:
    """Return a short stream, which lies in sectors of its own within the root's."""
    parts: list[bytes] = []
    seen: set[int] = set()
    while first < _LAST_SECTOR:
        if first in seen or first >= len(table):
            raise ValueError("a chain of small sectors without end")
        seen.add(first)
        parts.append(small[first * _SMALL_SECTOR : (first + 1) * _SMALL_SECTOR])
        first = table[first]
    return b"".join(parts)


def _numbers(sector: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])


def _entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Yield name, kind, first sector and length of every stream."""
    for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        name_bytes, kind = struct.unpack_from("<HB", directory, at + 64)
        name = directory[at : at + max(min(name_bytes, 64) - 2, 0)].decode("utf-16-le", "replace")
        first, length = struct.unpack_from("<II", directory, at + 116)
        yield name, kind, first, length


def _widest_range(stream: bytes) -> int:
    """Return the largest used range: of the records in order, and of each sheet from its own offset.

    An offset may lead into the middle of a record, and what follows is then read differently.
    """
    starts = [0]
    for kind, body in _records(stream, 0):
        if kind == _STRINGS and len(body) >= 8:
            if max(struct.unpack_from("<II", body)) > len(stream):
                raise ValueError("more strings than the file can hold")
        elif kind == _SHEET and len(body) >= 4:
            starts.append(struct.unpack_from("<I", body)[0])
    if len(starts) > _MOST_SHEETS:
        raise ValueError("more sheets than anybody makes")
    return max(_range_from(stream, start) for start in set(starts))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of the records from an offset on."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _range_from(stream: bytes, start: int) -> int:
    """Return the used range from an offset on, by the cells that are there and by what is declared."""
    largest = 0
    rows: list[int] = []
    columns: list[int] = []
    for kind, body in _records(stream, start):
        if kind == _EOF:
            if start:
                break  # a sheet ends here; from the beginning on, all sheets follow one another
            largest, rows, columns = max(largest, _area(rows, columns)), [], []
        elif kind == _DIMENSIONS:
            largest = max(largest, _declared(body))
        elif kind in _CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            rows, columns = _extended(rows, row, row), _extended(columns, column, column)
        elif kind in _ROWS_OF_CELLS and len(body) >= 6:
            row, first = struct.unpack_from("<HH", body)
            last = max(first, struct.unpack_from("<H", body, len(body) - 2)[0])
            rows, columns = _extended(rows, row, row), _extended(columns, first, last)
    return max(largest, _area(rows, columns))


def _declared(body: bytes) -> int:
    """Return the used range that a DIMENSIONS record declares, in the wide or the narrow form."""
    if len(body) >= 12:
        top, bottom, left, right = struct.unpack_from("<IIHH", body)
    elif len(body) >= 8:
        top, bottom, left, right = struct.unpack_from("<HHHH", body)
    else:
        return 0
    if bottom < top or right < left:
        raise ValueError("a used range that ends before it begins")
    return int((bottom - top) * (right - left) or max(bottom - top, right - left))


def _extended(span: list[int], first: int, last: int) -> list[int]:
    return [min(first, *span), max(last, *span)] if span else [first, last]


def _area(rows: list[int], columns: list[int]) -> int:
    return (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) if rows else 0
