"""Spreadsheets and tables of every format as bounded grids of cells.

The format is told by content, never by name. No bytes make a function here raise: what cannot be
read is a `Trouble`. Formats: xlsx, xlsm (openpyxl; python-calamine where the file is broken), xls,
xlsb (python-calamine), ods and tables of odt, csv and tsv, HTML and SpreadsheetML that are called
`.xls`, tables of docx.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from parsers.facts import Trouble
from parsers.limits import Limits
from parsers.sheets import binary as sheets_binary
from parsers.sheets import delimited as sheets_text
from parsers.sheets import docx_tables as sheets_docx
from parsers.sheets import markup as sheets_markup
from parsers.sheets import odf as sheets_odf
from parsers.sheets import xlsx as sheets_xlsx
from parsers.sheets.errors import BROKEN
from parsers.sheets.grid import Cell, Sheet

__all__ = ["Cell", "Sheet", "SheetsReading", "read_sheets"]

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The stream that an office file with a password consists of, as OLE directories spell it
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")

_Reader = Callable[[bytes, Limits], tuple[Sheet, ...]]


@dataclass(frozen=True, slots=True)
class SheetsReading:
    """The sheets of one file, or why there are none; `detail` is for people, in Russian."""

    sheets: tuple[Sheet, ...] = ()
    trouble: Trouble | None = None
    detail: str = ""


def read_sheets(content: bytes, *, media_type: str, name: str, limits: Limits) -> SheetsReading:
    """Read every sheet of a spreadsheet, or every table of a word processor's file.

    `media_type` and `name` only decide between plain text and a table where the content leaves that
    open.
    """
    if len(content) > limits.file_bytes:
        return SheetsReading(trouble=Trouble.TOO_LARGE, detail="файл таблицы слишком велик")
    if content.startswith(b"PK"):
        return _read_package(content, limits)
    if content.startswith(_OLE):
        if _ENCRYPTED_STREAM in content:
            return _encrypted()
        return _read(sheets_binary.read, content, limits)
    if sheets_markup.is_spreadsheet_xml(content):
        return _read(sheets_markup.read_spreadsheet_xml, content, limits)
    if sheets_markup.is_html(content):
        return _read(sheets_markup.read_html, content, limits)
    if content.lstrip().startswith((b"%PDF", b"{\\rtf")) or sheets_text.is_binary(content):
        return _malformed("формат не читается как таблица")
    return _read(sheets_text.read, content, limits)


def _read_package(content: bytes, limits: Limits) -> SheetsReading:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return _malformed("файл повреждён")
    if sum(member.file_size for member in members) > limits.total_bytes:
        return SheetsReading(trouble=Trouble.DANGEROUS, detail="файл многократно раздувается")
    names = {member.filename.replace("\\", "/").lower() for member in members}
    if any(member.flag_bits & 1 for member in members):
        return _encrypted()
    if "word/document.xml" in names:
        return _read(sheets_docx.read, content, limits)
    if "content.xml" in names:
        if sheets_odf.is_encrypted(content):
            return _encrypted()
        return _read(sheets_odf.read, content, limits)
    if "xl/workbook.bin" in names:
        return _read(sheets_binary.read, content, limits)
    if any(name.startswith("xl/") for name in names):
        reading = _read(sheets_xlsx.read, content, limits)
        return _read(sheets_binary.read, content, limits) if reading.trouble else reading
    return _malformed("формат не читается как таблица")


def _read(reader: _Reader, content: bytes, limits: Limits) -> SheetsReading:
    try:
        sheets = reader(content, limits)
    except sheets_binary.PasswordError:
        return _encrypted()
    except (MemoryError, sheets_binary.TooWideError):
        return SheetsReading(trouble=Trouble.LIMIT, detail="таблица не уместилась в память")
    except BROKEN:
        return _malformed("файл повреждён")
    return SheetsReading(sheets)


def _encrypted() -> SheetsReading:
    return SheetsReading(trouble=Trouble.ENCRYPTED, detail="файл закрыт паролем")


def _malformed(detail: str) -> SheetsReading:
    return SheetsReading(trouble=Trouble.MALFORMED, detail=detail)
