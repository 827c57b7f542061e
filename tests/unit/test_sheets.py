"""Spreadsheets and tables of every format become the same bounded grid."""

from __future__ import annotations

import csv
import datetime as dt
import io
import struct
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.styles import Font

from parsers.facts import Trouble
from parsers.limits import Limits
from parsers.sheets.sheets import Cell, Sheet, SheetsReading, read_sheets

DATA = Path(__file__).parent.parent / "data" / "questionnaires"
ROWS = [["ФИО администратора", "Мельникова Ольга Викторовна"], ["ИНН", "1646001875"]]


def read(content: bytes, limits: Limits | None = None) -> SheetsReading:
    return read_sheets(content, media_type="", name="Анкета", limits=limits or Limits())


def sheet(content: bytes) -> Sheet:
    reading = read(content)
    assert reading.trouble is None, reading.detail
    return reading.sheets[0]


def texts(one: Sheet) -> list[list[str]]:
    return [[cell.text for cell in row if not cell.covered] for row in one.rows]


def cell(one: Sheet, ref: str) -> Cell:
    return next(found for row in one.rows for found in row if found.ref == ref)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook() -> tuple[openpyxl.Workbook, openpyxl.worksheet.worksheet.Worksheet]:
    book = openpyxl.Workbook()
    return book, book["Sheet"]


def delimited(delimiter: str, encoding: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(ROWS)
    return stream.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig", "utf-16", "koi8-r", "cp866"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimited_text_is_read_in_every_encoding(encoding: str, delimiter: str) -> None:
    assert texts(sheet(delimited(delimiter, encoding))) == ROWS


def test_a_comma_in_an_address_does_not_cut_a_file_with_semicolons() -> None:
    content = "Адрес;г. Елабуга, ул. Новая, д. 5\nИНН;1646001875\n".encode("cp1251")
    assert texts(sheet(content))[0] == ["Адрес", "г. Елабуга, ул. Новая, д. 5"]


def test_a_list_of_one_column_is_not_cut_at_its_commas() -> None:
    lines = ["Адрес (индекс, город): 423600, г. Елабуга, ул. Новая", "Тип (лицей, школа): лицей"]
    assert texts(sheet("\r\n".join(lines).encode("cp1251"))) == [[line] for line in lines]


def test_a_quoted_line_feed_stays_in_its_cell() -> None:
    assert texts(sheet('ИНН;"1646001875\n(10 цифр)"\n'.encode()))[0][1] == "1646001875\n(10 цифр)"


def test_excels_line_that_names_the_delimiter_is_no_row() -> None:
    assert texts(sheet("sep=,\nИНН,1646001875\n".encode())) == [["ИНН", "1646001875"]]


def test_a_value_kept_as_text_by_a_formula_loses_the_formula() -> None:
    assert texts(sheet('ИНН;"=""0542000120"""\n'.encode())) == [["ИНН", "0542000120"]]


def test_a_number_is_written_out_in_full() -> None:
    book, page = workbook()
    page.append([89161234567.0, 0.5, 1027700132195, "8,91612E+10"])
    (row,) = sheet(saved(book)).rows
    assert [one.text for one in row] == ["89161234567", "0.5", "1027700132195", "8,91612E+10"]
    assert [one.number for one in row] == [True, True, True, False]


def test_a_number_shows_the_noughts_that_its_format_pads_it_with() -> None:
    book, page = workbook()
    page["A1"], page["A1"].number_format = 542000120, "0000000000"
    assert sheet(saved(book)).rows[0][0].text == "0542000120"


def test_a_date_is_iso_and_a_truth_value_is_russian() -> None:
    book, page = workbook()
    page.append([dt.date(2024, 9, 2), True])
    assert texts(sheet(saved(book))) == [["2024-09-02", "да"]]


def test_the_text_of_a_merged_range_stands_in_each_of_its_cells() -> None:
    book, page = workbook()
    page.append(["Администратор", None, "Сайт"])
    page.merge_cells("A1:B1")
    first, second, third = sheet(saved(book)).rows[0]
    assert (second.text, second.ref, second.covered) == ("Администратор", "A1", True)
    assert not first.covered
    assert third.ref == "C1"


def test_hidden_rows_and_columns_are_left_out_and_references_stay() -> None:
    book, page = workbook()
    for row in ("abc", "def", "ghi"):
        page.append(list(row))
    page.row_dimensions[2].hidden = True
    page.column_dimensions["B"].hidden = True
    found = sheet(saved(book))
    assert texts(found) == [["a", "c"], ["g", "i"]]
    assert found.rows[1][1].ref == "C3"


def test_a_hidden_sheet_is_known_and_empty() -> None:
    book, page = workbook()
    page.append(["ИНН"])
    book.create_sheet("Справочники").append(["Тверская область"])
    book["Справочники"].sheet_state = "veryHidden"
    shown, hidden = read(saved(book)).sheets
    assert (shown.hidden, hidden.hidden, hidden.rows) == (False, True, ())


def test_a_formula_without_a_result_is_an_error_and_quotes_the_formula() -> None:
    book, page = workbook()
    page["A1"] = "=B1&C1"
    found = sheet(saved(book)).rows[0][0]
    assert (found.text, found.error) == ("=B1&C1", True)


@pytest.mark.parametrize("text", ["#Н/Д", "#N/A", "#ССЫЛКА!", "#ИМЯ?", "Err:502", "########"])
def test_what_a_failed_formula_shows_is_an_error(text: str) -> None:
    assert Cell(text).error
    assert not Cell("№ 5").error


def test_grey_and_italic_cells_are_faint() -> None:
    book, page = workbook()
    page.append(["a", "b", "c", "d"])
    page["B1"].font = Font(italic=True)
    page["C1"].font = Font(color="FF808080")
    page["D1"].font = Font(color="FF1F497D")
    assert [one.faint for one in sheet(saved(book)).rows[0]] == [False, True, True, False]


def test_a_sheet_formatted_down_to_its_end_is_as_long_as_its_text() -> None:
    book, page = workbook()
    page.append(["ИНН", "1646001875"])
    for row in range(1, 60_000):
        page.row_dimensions[row].height = 20
    assert len(sheet(saved(book)).rows) == 1


def test_rows_beyond_the_limit_are_cut_and_said_so() -> None:
    book, page = workbook()
    for row in range(12):
        page.append([row + 1])
    (found,) = read(saved(book), Limits(rows=10)).sheets
    assert (len(found.rows), found.cut) == (10, True)


def test_excels_xml_of_2003_is_read() -> None:
    content = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Анкета"><Table>
     <Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">ИНН</Data></Cell>
     <Cell><Data ss:Type="Number">1646001875</Data></Cell></Row>
     </Table></Worksheet></Workbook>"""
    found = sheet(content.encode())
    assert found.name == "Анкета"
    assert cell(found, "C2") == Cell("1646001875", "C2", number=True)


def test_html_that_is_called_xls_is_read_without_its_scripts() -> None:
    content = """<html><head><meta charset="windows-1251"><style>td{}</style></head><body>
    <script>var a = "<td>нет</td>";</script><table><tr><td colspan=2><b>ИНН</b></td>
    <td>16460<span>01875</span></td></tr><tr style="display:none"><td>x</td></tr>
    <tr><td rowspan=2>a</td><td>b<br>c</td></tr><tr><td>d</td></tr></table></body></html>"""
    found = sheet(content.encode("cp1251"))
    assert cell(found, "C1").text == "1646001875"
    assert cell(found, "B3").text == "b\nc"
    assert cell(found, "B4").text == "d"
    assert "x" not in {one.text for row in found.rows for one in row}


def test_tables_of_word_are_sheets_below_the_paragraphs_before_them() -> None:
    document = docx.Document()
    document.add_paragraph("1. Сведения об организации")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "ИНН", "1646001875"
    stream = io.BytesIO()
    document.save(stream)
    found = sheet(stream.getvalue())
    assert texts(found)[0][0] == "1. Сведения об организации"
    assert cell(found, "B1").text == "1646001875"


def test_a_merged_cell_of_a_word_table_is_one_cell() -> None:
    document = docx.Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "Администратор"
    stream = io.BytesIO()
    document.save(stream)
    assert [one.covered for one in sheet(stream.getvalue()).rows[0]] == [False, True, True]


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "html", "csv"])
def test_what_libreoffice_saved_has_the_same_cells(ending: str) -> None:
    found = sheet((DATA / f"sections.{ending}").read_bytes())
    assert cell(found, "C6").text == "1646001875"
    assert cell(found, "C18").text == "89172345678"


def test_a_file_with_a_password_is_encrypted() -> None:
    office = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    )
    assert read(office).trouble is Trouble.ENCRYPTED


def test_a_bomb_is_dangerous() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"\0" * 3_000_000)
    limits = Limits(total_bytes=1_000_000)
    assert read(stream.getvalue(), limits).trouble is Trouble.DANGEROUS


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken",
        b"%PDF-1.7\n",
        bytes(range(256)),
    ],
)
def test_what_is_no_table_is_malformed(content: bytes) -> None:
    assert read(content).trouble is Trouble.MALFORMED


def test_an_xlsx_that_openpyxl_refuses_is_read_all_the_same() -> None:
    book, page = workbook()
    page.append(["ИНН", "1646001875"])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as good, zipfile.ZipFile(stream, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            broken = (
                b'<styleSheet xmlns="http://x"><cellXfs><xf numFmtId="z"/></cellXfs></styleSheet>'
            )
            bad.writestr(name, broken if name == "xl/styles.xml" else content)
    assert texts(sheet(stream.getvalue())) == [["ИНН", "1646001875"]]


def old_workbook(at: int, damage: bytes) -> bytes:
    """Return a real xls file with some of its bytes replaced."""
    content = (DATA / "sections.xls").read_bytes()
    return content[:at] + damage + content[at + len(damage) :]


def used_range() -> int:
    """Return where the first used range of a sheet is declared."""
    return (DATA / "sections.xls").read_bytes().index(b"\x00\x02\x0e\x00") + 4


def test_an_old_workbook_used_to_its_last_corner_is_beyond_the_limit() -> None:
    corner = struct.pack("<IIHH", 0, 65536, 0, 256)
    assert read(old_workbook(used_range(), corner)).trouble is Trouble.LIMIT


def test_a_used_range_that_ends_before_it_begins_is_malformed() -> None:
    upside_down = struct.pack("<IIHH", 9, 1, 0, 4)
    assert read(old_workbook(used_range(), upside_down)).trouble is Trouble.MALFORMED


def test_a_chain_of_sectors_in_a_circle_is_malformed() -> None:
    content = (DATA / "sections.xls").read_bytes()
    (table,) = struct.unpack_from("<I", content, 76)
    (directory,) = struct.unpack_from("<I", content, 48)
    circle = struct.pack("<I", directory)
    damaged = old_workbook((table + 1) * 512 + directory * 4, circle)
    assert read(damaged).trouble is Trouble.MALFORMED


def test_more_sectors_than_the_file_has_are_malformed() -> None:
    assert read(old_workbook(44, struct.pack("<I", 0x7FFFFFFF))).trouble is Trouble.MALFORMED
