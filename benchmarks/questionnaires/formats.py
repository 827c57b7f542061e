"""The same workbook in every format that is sent: written by libraries, and saved by LibreOffice."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import docx
import openpyxl
from openpyxl.styles import Font, PatternFill

from benchmarks.questionnaires.book import Book, Item, Page

# The office of a Russian clerk: dates are 02.09.2024, decimals have a comma
_RUSSIAN: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>ru-RU</value></prop></item>
</oor:items>
"""

Writer = Callable[[Book], bytes]


def xlsx(book: Book) -> bytes:
    """Write with openpyxl, with styles, widths, merged ranges and hidden sheets."""
    file = openpyxl.Workbook()
    file.remove(file["Sheet"])
    for page in book.pages:
        sheet = file.create_sheet(page.name)
        for (row, column), item in page.cells.items():
            cell = sheet.cell(row + 1, column + 1, item.value)
            if item.bold or item.faint:
                cell.font = Font(
                    bold=item.bold, italic=item.faint, color="FF808080" if item.faint else None
                )
            if item.fill:
                cell.fill = PatternFill("solid", fgColor=item.fill)
            if isinstance(item.value, dt.date):
                cell.number_format = "dd.mm.yyyy"
            elif isinstance(item.value, int):
                cell.number_format = (
                    "0"  # as in the cells of forms: General shows long numbers rounded
                )
        for top, left, bottom, right in page.merges:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
        for column in range(page.width):
            sheet.column_dimensions[openpyxl.utils.get_column_letter(column + 1)].width = 28
        if page.hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    file.active = next(at for at, page in enumerate(book.pages) if page in book.form)
    file.save(stream)
    return stream.getvalue()


def form_alone(book: Book) -> bytes:
    """Write with openpyxl without instructions and lists: what can hold one sheet holds the form."""
    return xlsx(Book(book.layout, book.form, book.values))


def text_of(item: Item | None) -> str:
    """Return what a cell shows."""
    value = item.value if item else None
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    return "" if value is None else str(value)


def delimited(delimiter: str, encoding: str) -> Writer:
    """Return a writer of the one filled-in sheet as delimited text."""

    def write(book: Book) -> bytes:
        (page,) = book.form
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=delimiter)
        for row in range(page.height):
            writer.writerow(text_of(page.cells.get((row, at))) for at in range(page.width))
        return stream.getvalue().encode(encoding, "replace")

    return write


def html_table(book: Book) -> bytes:
    """Write the visible sheets as tables of a page, as portals do that call it `.xls`."""
    parts = ['<html><head><meta charset="utf-8"><style>td{border:1px solid}</style></head><body>']
    for page in book.form:
        parts.append("<table>")
        parts += [f"<tr>{''.join(_html_row(page, row))}</tr>" for row in range(page.height)]
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]).encode()


def _html_row(page: Page, row: int) -> Iterable[str]:
    covered = {
        (at_row, at)
        for top, left, bottom, right in page.merges
        for at_row in range(top, bottom + 1)
        for at in range(left, right + 1)
        if (at_row, at) != (top, left)
    }
    for at in range(page.width):
        if (row, at) in covered:
            continue
        span = next((one for one in page.merges if one[:2] == (row, at)), (row, at, row, at))
        spans = f' rowspan="{span[2] - row + 1}" colspan="{span[3] - at + 1}"'
        yield f"<td{spans}>{html.escape(text_of(page.cells.get((row, at))))}</td>"


def word(book: Book) -> bytes:
    """Write the visible sheets as tables of a docx file, each under its name."""
    document: Any = docx.Document()
    for page in book.form:
        if len(book.form) > 1:
            document.add_paragraph(page.name)
        table = document.add_table(page.height, page.width)
        for top, left, bottom, right in page.merges:
            table.cell(top, left).merge(table.cell(bottom, right))
        for (row, column), item in page.cells.items():
            table.cell(row, column).text = text_of(item)
        document.add_paragraph()  # as word processors have it: a table never ends a document
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Format:
    """How a file comes to be: written by `write`, then perhaps saved anew by LibreOffice."""

    suffix: str  # of the file that is sent
    write: Writer
    office: str = ""  # LibreOffice's output filter
    saved: str = ""  # the ending that LibreOffice gives
    one_sheet: bool = False  # holds no second sheet
    cells: bool = (
        True  # keeps the places of cells; LibreOffice's HTML begins at the first filled one
    )


_CSV: Final = "csv:Text - txt - csv (StarCalc):"
FORMATS: Final[Mapping[str, Format]] = {
    "xlsx": Format("xlsx", xlsx),
    "csv cp1251 ;": Format("csv", delimited(";", "cp1251"), one_sheet=True),
    "csv utf-8 ,": Format("csv", delimited(",", "utf-8-sig"), one_sheet=True),
    "tab utf-8": Format("tsv", delimited("\t", "utf-8"), one_sheet=True),
    "html as xls": Format("xls", html_table),
    "docx": Format("docx", word),
    "LO xlsx": Format("xlsx", xlsx, "xlsx:Calc MS Excel 2007 XML", "xlsx"),
    "LO xlsm": Format("xlsm", xlsx, "xlsm:Calc MS Excel 2007 VBA XML", "xlsm"),
    "LO xls": Format("xls", xlsx, "xls:MS Excel 97", "xls"),
    "LO ods": Format("ods", xlsx, "ods", "ods"),
    "LO csv cp1251": Format(
        "csv", form_alone, f"{_CSV}59,34,34,1,,0,false,true,false", "csv", one_sheet=True
    ),
    "LO html as xls": Format("xls", xlsx, "html:HTML (StarCalc)", "html", cells=False),
    "LO docx": Format("docx", word, "docx:Office Open XML Text", "docx"),
    "LO odt": Format("odt", word, "odt", "odt"),
    "LO doc": Format("doc", word, "doc:MS Word 97", "doc"),
    "LO rtf": Format("rtf", word, "rtf", "rtf"),
}


def write_all(books: Mapping[str, Book], form: Format) -> dict[str, bytes]:
    """Return the files of the books that the format can hold, by the books' keys."""
    fitting = {
        key: book for key, book in books.items() if not (form.one_sheet and len(book.form) > 1)
    }
    written = {key: form.write(book) for key, book in fitting.items()}
    return _saved(written, form) if form.office else written


def _saved(written: Mapping[str, bytes], form: Format) -> dict[str, bytes]:
    """Have LibreOffice save the files anew, all in one run."""
    suffix = "docx" if form.write is word else "xlsx"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target = folder / "in", folder / "out"
        source.mkdir()
        settings = folder / "profile" / "user"
        settings.mkdir(parents=True)
        (settings / "registrymodifications.xcu").write_text(_RUSSIAN, encoding="utf-8")
        for key, content in written.items():
            (source / f"{key}.{suffix}").write_bytes(content)
        subprocess.run(
            [
                shutil.which("soffice") or "soffice",
                "--headless",
                f"-env:UserInstallation=file://{folder}/profile",
                "--convert-to",
                form.office,
                "--outdir",
                str(target),
                *(str(source / f"{key}.{suffix}") for key in written),
            ],
            check=True,
            capture_output=True,
            timeout=600,
        )
        return {key: (target / f"{key}.{form.saved}").read_bytes() for key in written}
