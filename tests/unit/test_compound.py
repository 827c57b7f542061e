"""Specification of the directory of an OLE file."""

from __future__ import annotations

import struct

import pytest

from parsers.files.compound import SIGNATURE, read_compound

FREE = 0xFFFFFFFF
END = 0xFFFFFFFE


def header(
    *, shift: int = 9, directory: int = 1, tables: tuple[int, ...] = (0,), more: int = END
) -> bytes:
    start = bytearray(512)
    start[:8] = SIGNATURE
    struct.pack_into("<H", start, 30, shift)
    struct.pack_into("<I", start, 48, directory)
    struct.pack_into("<I", start, 68, more)
    struct.pack_into("<109I", start, 76, *tables, *[FREE] * (109 - len(tables)))
    return bytes(start)


def entry(name: str, kind: int = 2, start: int = 0, size: int = 0) -> bytes:
    coded = name.encode("utf-16-le")
    head = coded.ljust(64, b"\0") + struct.pack("<HB", len(coded) + 2, kind)
    return head.ljust(116, b"\0") + struct.pack("<III", start, size, 0)


def test_a_directory_is_followed_along_its_chain() -> None:
    table = struct.pack("<128I", END, 3, END, END, *[FREE] * 124)
    first = (entry("Root Entry", 5) + entry("One")).ljust(512, b"\0")
    second = entry("Two").ljust(512, b"\0")
    found = read_compound(header() + table + first + bytes(512) + second)
    assert found is not None
    assert found.names == {"Root Entry", "One", "Two"}
    assert not found.is_encrypted
    assert not found.has_macros


def test_the_table_of_a_large_file_is_continued_elsewhere() -> None:
    tables = (0,) * 109
    more = struct.pack("<128I", 0, *[FREE] * 127)
    table = struct.pack("<128I", END, END, *[FREE] * 126)
    directory = entry("WordDocument").ljust(512, b"\0")
    content = header(tables=tables, more=2) + table + directory + more
    found = read_compound(content)
    assert found is not None
    assert found.names == {"WordDocument"}


def test_a_list_of_sectors_that_runs_in_a_circle_ends() -> None:
    circle = struct.pack("<128I", *[0] * 127, 1)
    content = header(directory=2, tables=(0,) * 109, more=1) + bytes(512) + circle + bytes(512)
    assert read_compound(content) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not one" * 999,
        SIGNATURE,
        header(tables=(0,) * 109) + bytes(1100),
        header() + bytes(100),
        header(shift=3) + bytes(2000),
        header(directory=9999) + bytes(2000),
        header(tables=(9999,) * 109, more=9999) + bytes(2000),
    ],
)
def test_what_has_no_directory_is_none(content: bytes) -> None:
    assert read_compound(content) is None
