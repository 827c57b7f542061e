"""`mailbot parse` on questionnaires as they come: saved by LibreOffice, damaged by spreadsheets, of the wrong kind."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from mailbot.samples import File
from tests.acceptance.house import clean_environment, finish, start
from tests.acceptance.papers import form, message, order, school

FONT: Final = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
PHONE: Final = "Мобильный телефон администратора"
SAVED: Final = {  # by LibreOffice
    "xls": "xls:MS Excel 97",
    "ods": "ods",
    "csv": "csv:Text - txt - csv (StarCalc):59,34,34,1,,0,false,true,false",  # cp1251 and «;»
}


def edited(number: int, change: Callable[[Any], object]) -> File:
    """The questionnaire after somebody has been at it."""
    book = openpyxl.load_workbook(io.BytesIO(form(number).content))
    change(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    return dataclasses.replace(form(number), content=stream.getvalue())


def put(sheet: Any, label: str, value: Any) -> None:
    """Type a value beside a label."""
    (row,) = [
        row
        for row in sheet.iter_rows()
        if any(isinstance(cell.value, str) and cell.value.startswith(label) for cell in row)
    ]
    labelled = next(
        at for at, cell in enumerate(row) if isinstance(cell.value, str) and label in cell.value
    )
    answer = next(cell for cell in row[labelled + 1 :] if cell.value is not None)
    answer.value = value


def emptied(sheet: Any) -> None:
    """Take every answer out of the form."""
    for label in ("Полное наименование", "ИНН", "ФИО администратора", PHONE):
        put(sheet, label, None)


def with_macros(number: int) -> File:
    stream = io.BytesIO(form(number).content)
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return File(
        name="Анкета.xlsm", content=stream.getvalue(), media_type="application/vnd.ms-excel"
    )


def printed(number: int) -> File:
    """The sheet exported as a PDF with a text layer."""
    pdfmetrics.registerFont(TTFont("Sans", FONT))
    sheet = openpyxl.load_workbook(io.BytesIO(form(number).content)).worksheets[0]
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    page.setFont("Sans", 8)
    for number_of_row, row in enumerate(sheet.iter_rows(values_only=True)):
        for column, value in enumerate(value for value in row if value is not None):
            page.drawString(40 + 250 * column, 780 - 18 * number_of_row, str(value)[:70])
    page.save()
    return File(name="Анкета.pdf", content=stream.getvalue(), media_type="application/pdf")


def saved(number: int, folder: Path) -> list[File]:
    """The questionnaire as LibreOffice saves it, in every format."""
    (folder / "Анкета.xlsx").write_bytes(form(number).content)
    for output in SAVED.values():
        subprocess.run(
            [
                *("soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"),
                *("--convert-to", output, "--outdir", folder, folder / "Анкета.xlsx"),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    files = [folder / f"Анкета.{ending}" for ending in SAVED]
    kind = "application/octet-stream"
    return [File(name=file.name, content=file.read_bytes(), media_type=kind) for file in files]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every message, read by one call; by the name of its file."""
    folder = tmp_path_factory.mktemp("forms")
    number = 1
    forms = {
        "rounded": edited(number, lambda sheet: put(sheet, PHONE, "8,91612E+10")),
        "blank": edited(number, emptied),
        "macros": with_macros(number),
        "printed": printed(number),
    } | {file.name.rpartition(".")[2]: file for file in saved(number, folder)}
    for name, file in forms.items():
        (folder / f"{name}.eml").write_bytes(message(number, order(number), file))
    files = [f"{name}.eml" for name in forms]
    environment = clean_environment(folder / "home")
    outcome = finish(start("parse", "--json", *files, cwd=folder, environment=environment))
    return {one["file"].removesuffix(".eml"): one for one in outcome.json}


def codes(one: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in one["findings"]}


@pytest.mark.parametrize("ending", SAVED)
def test_a_form_that_libreoffice_saved_is_accepted(
    read: dict[str, dict[str, Any]], ending: str
) -> None:
    one = read[ending]
    assert (one["verdict"], codes(one)) == ("accept", set())
    assert one["questionnaire"]["organization"]["inn"] == school(1).inn


def test_a_number_that_the_spreadsheet_rounded_is_asked_for(
    read: dict[str, dict[str, Any]],
) -> None:
    one = read["rounded"]
    assert one["questionnaire"]["administrator"]["phone"] is None
    assert (one["verdict"], codes(one)) == ("ask", {"questionnaire_incomplete"})


def test_a_blank_form_is_asked_for_with_the_fields_that_are_missing(
    read: dict[str, dict[str, Any]],
) -> None:
    one = read["blank"]
    (finding,) = one["findings"]
    assert (one["verdict"], finding["code"]) == ("ask", "questionnaire_incomplete")
    assert len(finding["evidence"]) == 3  # the short name stands for the full one


def test_a_form_with_macros_is_read_for_the_operator(read: dict[str, dict[str, Any]]) -> None:
    one = read["macros"]
    assert (one["verdict"], codes(one)) == ("review", {"attachment_dangerous"})
    assert one["questionnaire"]["organization"]["inn"] == school(1).inn


def test_a_form_printed_to_a_pdf_is_asked_for_as_a_spreadsheet(
    read: dict[str, dict[str, Any]],
) -> None:
    one = read["printed"]
    assert one["questionnaire"] is None
    assert (one["verdict"], codes(one)) == ("ask", {"questionnaire_is_scan"})
