"""Make the forms that LibreOffice saved: `python -m tests.data.questionnaires.make`, needed when one of them changes.

Each form is written by openpyxl and saved anew by LibreOffice (`soffice`), set to Russian, in the formats named beside
it: with its styles, its rows of nothing, its merged cells and the results of its formulas.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.styles import Font, PatternFill

HERE: Final = Path(__file__).parent
CSV: Final = "csv:Text - txt - csv (StarCalc):59,34,34,1,,0,false,true,false"
FORMATS: Final = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "xls": "xls:MS Excel 97",
    "ods": "ods",
    "csv": CSV,
}
RUSSIAN: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>ru-RU</value></prop></item>
</oor:items>
"""
NAME: Final = "МБОУ «Средняя школа № 12» г. Дербента"
LABELS: Final = (
    "Полное наименование организации",
    "ИНН",
    "КПП",
    "ОГРН",
    "Сайт",
    "Кол-во обучающихся",
    "Дата заполнения",
    "ФИО руководителя",
    "ФИО администратора",
    "Мобильный телефон администратора",
    "E-mail администратора",
)
HEADINGS: Final = ("Школа", "ИНН", "ФИО администратора", "Сотовый телефон")


def traps(sheet: Any) -> None:
    """Values that spreadsheets and people bend, and that can still be told."""
    answers = (
        "МБОУ\u00a0«Средняя школа\n№ 12» г. Дербента",
        542000120,
        54201001.0,
        1020502123454,
        "нет",
        643.0,
        "=DATE(2024,9,2)",
        "МАГОМЕДОВА ПАТИМАТ РУСТАМОВНА",
        '="Иcaев "&"Тимур"&" Олегович"',  # with look-alikes
        89172345678.0,
        "isаеv@росhta.test",  # with look-alikes
    )
    _pairs(sheet, answers)
    sheet["B9"].number_format = "dd.mm.yyyy"


def lost(sheet: Any) -> None:
    """Values that cannot be told any more."""
    answers = (
        NAME,
        "5,42E+09",
        "-",
        1.0205e12,
        "б/н",
        "—",
        None,
        "#Н/Д",
        "=VLOOKUP(1,D1:E2,2,0)",
        "8,91723E+10",
        "нет",
    )
    _pairs(sheet, answers)


def _pairs(sheet: Any, answers: tuple[Any, ...]) -> None:
    sheet["A1"] = "Анкета"
    sheet.merge_cells("A1:C1")
    for row, (label, answer) in enumerate(zip(LABELS, answers, strict=True), start=3):
        sheet.cell(row, 1, label).font = Font(bold=True)
        sheet.cell(row, 2, answer).fill = PatternFill("solid", fgColor="FFF2CC")
    for row in range(14, 400):  # the dress of rows in which nothing stands
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor="EEEEEE")


def blank(sheet: Any) -> None:
    """The form as it was downloaded."""
    _pairs(sheet, (None,) * len(LABELS))
    sheet["C4"] = "10 цифр, без пробелов"
    sheet["C12"] = "в формате +79001234567"


def schools(sheet: Any) -> None:
    """A list of two schools under merged headings, one of them with two administrators."""
    sheet.append(["Сведения о школах"])
    sheet.merge_cells("A1:D1")
    sheet.append(list(HEADINGS))
    sheet.append([NAME, 542000120, "Исаев Тимур Олегович", 89172345678])
    sheet.append([None, None, "Саидова Зарема Ильинична", 89172345679])
    sheet.append(["МБОУ «Гимназия № 2»", "0541001234", "Юсупов Марат Ильич", "8 988 300-40-50"])
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B3:B4")


def example(sheet: Any) -> None:
    """A filled example, in grey, above the school's own row."""
    sheet.append(list(HEADINGS))
    sheet.append(["МБОУ «СОШ № 1»", "0541001234", "Юсупов Марат Ильич", "8 988 300-40-50"])
    for cell in sheet[2]:
        cell.font = Font(italic=True, color="FF808080")
    sheet.append([NAME, 542000120, "Исаев Тимур Олегович", 89172345678])


FORMS: Final[dict[Callable[[Any], None], tuple[str, ...]]] = {
    traps: ("xlsx", "xls", "ods", "csv"),
    lost: ("xlsx", "xls", "ods", "csv"),
    blank: ("xlsx", "xls", "ods"),
    schools: ("xlsx", "xls", "ods"),
    example: ("xlsx", "ods"),
}


def main() -> None:
    """Write every form and have LibreOffice save it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = folder / "profile" / "user"
        settings.mkdir(parents=True)
        (settings / "registrymodifications.xcu").write_text(RUSSIAN, encoding="utf-8")
        for form in FORMS:
            book = openpyxl.Workbook()
            book["Sheet"].title = "Анкета"
            form(book["Анкета"])
            for column, width in zip("ABCD", (40, 60, 30, 20), strict=True):
                book["Анкета"].column_dimensions[column].width = width
            book.save(folder / f"office_{form.__name__}.xlsx")
        for ending, output in FORMATS.items():
            files = [
                f"office_{form.__name__}.xlsx" for form, kinds in FORMS.items() if ending in kinds
            ]
            command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
            command += ["--convert-to", output, "--outdir", str(HERE), *files]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)


if __name__ == "__main__":
    main()
