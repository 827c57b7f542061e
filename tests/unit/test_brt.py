"""Binary packages of Excel: read, and stopped before they take memory without measure."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from parsers.limits import Limits
from parsers.sheets.binary import TooWideError, read


def number(value: int) -> bytes:
    """A number in groups of seven bits."""
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def record(kind: int, body: bytes = b"") -> bytes:
    return number(kind) + number(len(body)) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def cell(row: int, column: int, text: str) -> bytes:
    header = struct.pack("<III", row, 0, 0) + bytes(13)
    return record(0, header) + record(6, struct.pack("<II", column, 0) + wide(text))


def sheet(*cells: bytes, used: tuple[int, int, int, int] = (0, 0, 0, 0)) -> bytes:
    used_range = record(148, struct.pack("<IIII", *used))
    return record(129) + used_range + record(145) + b"".join(cells) + record(146) + record(130)


def package(content: bytes, *, part: str = "worksheets/sheet1.bin", strings: bytes = b"") -> bytes:
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide("Анкета")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships><Relationship Id="rId1" Type="{relation}" Target="{part}"/>'
            "</Relationships>",
        )
        workbook = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
        made.writestr("xl/workbook.bin", workbook)
        if strings:
            made.writestr("xl/sharedStrings.bin", strings)
        made.writestr(f"xl/{part}", content)
    return out.getvalue()


def test_a_binary_package_is_read() -> None:
    content = package(sheet(cell(0, 0, "ИНН"), cell(0, 1, "7707083893"), used=(0, 0, 0, 1)))
    (one,) = read(content, Limits())
    assert [[found.text for found in row] for row in one.rows] == [["ИНН", "7707083893"]]


@pytest.mark.parametrize("part", ["worksheets/sheet1.bin", "elsewhere/s.bin"])
@pytest.mark.parametrize(
    "content",
    [
        sheet(cell(0, 0, "а"), cell(1_048_575, 16_383, "я")),
        sheet(cell(0, 0, "а"), cell(0xFFFFFFFF, 0, "я")),
        sheet(cell(0, 0, "а"), used=(0, 1_048_575, 0, 16_383)),
    ],
)
def test_a_used_range_without_measure_is_refused_unread(content: bytes, part: str) -> None:
    with pytest.raises(TooWideError):
        read(package(content, part=part), Limits())


@pytest.mark.parametrize(
    "content",
    [
        number(6) + number(0x0FFFFFFF) + b"short",
        sheet(cell(0, 0, "а"))[:-1],
        b"\x94",
    ],
)
def test_a_record_that_runs_out_of_its_stream_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="record"):
        read(package(content), Limits())


def test_more_strings_than_the_file_can_hold_are_refused() -> None:
    strings = record(159, struct.pack("<II", 0, 0xFFFFFFFF)) + record(160)
    with pytest.raises(ValueError, match="strings"):
        read(package(sheet(cell(0, 0, "а")), strings=strings), Limits())
