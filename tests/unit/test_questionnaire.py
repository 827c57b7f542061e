"""Every composition of the form gives the same questionnaire; nothing but answers is ever an answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.styles import Font

from parsers.facts import Field, How, Questionnaire
from parsers.limits import Limits
from parsers.questionnaire.questionnaire import find_questionnaires, sheet_likeness
from parsers.sheets.sheets import Sheet, read_sheets

DATA = Path(__file__).parent.parent / "data" / "questionnaires"

NAME = "Муниципальное бюджетное общеобразовательное учреждение «Средняя школа № 12» города Елабуги"
INN, OTHER_INN = "1646001875", "1646002131"
HEAD = "Петров Сергей Ильич"
ADMINISTRATOR = "Мельникова Ольга Викторовна"
PHONE = "+79172345678"

Value = str | int | float | None
Rows = Sequence[Sequence[Value]]


def book(rows: Rows, *, merged: Sequence[str] = (), faint: Sequence[int] = ()) -> bytes:
    return books({"Анкета": rows}, merged=merged, faint=faint)


def books(
    sheets: dict[str, Rows], *, merged: Sequence[str] = (), faint: Sequence[int] = ()
) -> bytes:
    file = openpyxl.Workbook()
    file.remove(file["Sheet"])
    for name, rows in sheets.items():
        page = file.create_sheet(name)
        for row in rows:
            page.append(list(row))
    page = file.worksheets[0]
    for span in merged:
        page.merge_cells(span)
    for number in faint:
        for cell in page[number]:
            cell.font = Font(italic=True, color="FF808080")
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def word(blocks: Sequence[str | Rows]) -> bytes:
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block), max(map(len, block)))
        for number, row in enumerate(block):
            for column, value in enumerate(row):
                table.cell(number, column).text = str(value or "")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def delimited(rows: Rows, encoding: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows(rows)
    return stream.getvalue().encode(encoding)


def sheets(content: bytes) -> tuple[Sheet, ...]:
    return read_sheets(content, media_type="", name="Анкета.xlsx", limits=Limits()).sheets


def form(content: bytes) -> Questionnaire:
    (found,) = find_questionnaires(sheets(content), attachment="Анкета.xlsx")
    return found


def people(one: Questionnaire) -> list[tuple[str, ...]]:
    return [found.value.nominatives for found in one.administrators]


def numbers(one: Questionnaire) -> list[str | None]:
    return [found.value.e164 for found in one.administrator_phones]


def assert_read(one: Questionnaire) -> None:
    """Name, ИНН, head, administrator and number are those of the invented school."""
    assert one.text(Field.FULL_NAME) == NAME
    assert one.text(Field.INN) == INN
    assert one.head is not None
    assert one.head.value.nominatives == (HEAD,)
    assert people(one) == [(ADMINISTRATOR,)]
    assert numbers(one) == [PHONE]
    assert len(one.schools) == 1


LAYOUTS: dict[str, bytes] = {
    "sections tell the same labels apart": book(
        [
            ["Анкета"],
            ["№", "Поле", "Значение", "Комментарий"],
            ["1. Сведения об организации"],
            [1, "Полное наименование", NAME, "по уставу"],
            [2, "ИНН", int(INN), "10 цифр"],
            [3, "Телефон", "8 (85557) 3-21-45", "с кодом"],
            ["2. Руководитель"],
            [4, "ФИО", HEAD],
            [5, "Телефон", "8 903 111-22-44"],
            ["3. Администратор"],
            [6, "ФИО", ADMINISTRATOR],
            [7, "Телефон (в формате +7…)", 89172345678.0],
        ],
        merged=["A1:D1", "A3:D3", "A7:D7", "A10:D10"],
    ),
    "a row under grouped headings": book(
        [
            ["Сведения о школах"],
            ["Образовательная организация", None, "Руководитель", "Администратор", None],
            ["Полное наименование", "ИНН", "ФИО", "ФИО", "Телефон"],
            [NAME, int(INN), HEAD, ADMINISTRATOR, 89172345678],
        ],
        merged=["A1:E1", "A2:B2", "D2:E2"],
    ),
    "headings in two rows, a name in three cells": book(
        [
            ["№", "Наименование организации", None, "ИНН", "ФИО директора", "Администратор"],
            [None, "Полное", "Краткое", None, None, "Фамилия", "Имя", "Отчество", "Сотовый"],
            [1, 2, 3, 4, 5, 6, 7, 8, 9],
            [1, NAME, "Школа", INN, HEAD, "Мельникова", "Ольга", "Викторовна", PHONE],
        ],
        merged=["B1:C1", "F1:I1"],
    ),
    "whole questions of a web form": delimited(
        [
            [
                "Отметка времени",
                "Укажите полное наименование Вашей организации",
                "ИНН",
                "Сколько в школе компьютеров?",
                "Кто руководит школой? (ФИО)",
                "ФИО сотрудника, назначенного администратором в Сферум",
                "Номер его мобильного телефона",
            ],
            ["02.09.2024 10:11:12", NAME, INN, "30", HEAD, ADMINISTRATOR, PHONE],
        ],
        "cp1251",
    ),
    "answers below their labels": book(
        [
            ["Полное наименование организации"],
            [NAME],
            ["ИНН"],
            [INN],
            ["Руководитель (ФИО)"],
            [HEAD],
            ["Администратор (ФИО)"],
            [ADMINISTRATOR],
            ["Мобильный телефон администратора"],
            [PHONE],
        ]
    ),
    "several labels in a row": book(
        [
            ["Наименование ОО", NAME, "ИНН", INN],
            ["Директор", HEAD, "Сайт", "school12.example.ru"],
            ["Администратор", ADMINISTRATOR, "Моб. тел.", PHONE],
        ]
    ),
    "small tables under headings": book(
        [
            ["Сведения об организации"],
            ["Полное наименование", "ИНН", "Регион"],
            [NAME, INN, "Республика Татарстан"],
            [],
            ["Сведения о руководителе"],
            ["ФИО", "Телефон"],
            [HEAD, "89031112244"],
            [],
            ["Сведения об администраторе"],
            ["ФИО", "Должность", "Телефон"],
            [ADMINISTRATOR, "учитель", PHONE],
        ]
    ),
    "groups of rows": book(
        [
            ["Организация", "Полное наименование", NAME],
            [None, "ИНН", INN],
            ["Руководитель", "ФИО", HEAD],
            [None, "Телефон", "89031112244"],
            ["Администратор", "ФИО", ADMINISTRATOR],
            [None, "Телефон", PHONE],
        ],
        merged=["A1:A2", "A3:A4", "A5:A6"],
    ),
    "no sections, only an order": book(
        [
            ["Название школы", NAME],
            ["ИНН", INN],
            ["Телефон", "8 (85557) 3-21-45"],
            ["ФИО директора", HEAD],
            ["Телефон", "89031112244"],
            ["ФИО администратора", ADMINISTRATOR],
            ["Телефон", PHONE],
        ]
    ),
    "a column of examples": book(
        [
            ["Показатель", "Пример", "Заполняется организацией"],
            ["Полное наименование", "МБОУ «Гимназия № 1»", NAME],
            ["ИНН", OTHER_INN, INN],
            ["ФИО директора", "Сидоров Пётр Ильич", HEAD],
            ["ФИО администратора", "Сидорова Анна Павловна", ADMINISTRATOR],
            ["Мобильный телефон администратора", "+79051112244", PHONE],
        ]
    ),
    "answers in the column of remarks": book(
        [
            ["Поле", "Значение", "Комментарий"],
            ["Полное наименование", NAME],
            ["ИНН", None, INN],
            ["ФИО руководителя", HEAD],
            ["ФИО администратора", None, ADMINISTRATOR],
            ["Телефон администратора", None, PHONE],
        ]
    ),
    "label and answer in one cell": book(
        [
            ["Наименование организации: " + NAME],
            ["ИНН: " + INN],
            ["Директор: " + HEAD],
            ["Администратор: " + ADMINISTRATOR],
            ["Телефон администратора: 8 (917) 234-56-78"],
        ]
    ),
    "one label for several things": book(
        [
            ["Организация", NAME],
            ["ИНН/КПП", f"{INN}/164601001"],
            ["ФИО, должность руководителя", f"{HEAD}, директор"],
            ["ФИО и телефон администратора", f"{ADMINISTRATOR}, 8 917 234-56-78"],
        ]
    ),
    "misspelt labels": book(
        [
            ["Полное наименовение организации", NAME],
            ["И Н Н", INN],
            ["ФИО дирректора", HEAD],
            ["Ф.И.О. админестратора", ADMINISTRATOR],
            ["Мобильный тилефон админестратора", PHONE],
        ]
    ),
    "two sheets of one form": books(
        {
            "Организация": [["Наименование", NAME], ["ИНН", INN], ["ФИО директора", HEAD]],
            "Администратор": [["ФИО администратора", ADMINISTRATOR], ["Сотовый", PHONE]],
        }
    ),
    "a Word document with tables under headings": word(
        [
            "1. Сведения об образовательной организации",
            [["Полное наименование", NAME], ["ИНН", INN], ["Телефон", "8 (85557) 3-21-45"]],
            "2. Сведения о руководителе",
            [["ФИО", HEAD], ["Телефон", "89031112244"]],
            "3. Сведения об администраторе",
            [["ФИО", ADMINISTRATOR], ["Телефон", PHONE]],
        ]
    ),
    "merged labels and answers": book(
        [
            ["Наименование организации", None, NAME],
            ["ИНН", None, INN],
            ["ФИО руководителя", None, HEAD],
            ["ФИО администратора", None, ADMINISTRATOR],
            ["Телефон администратора", None, PHONE],
        ],
        merged=[f"{a}{row}:{b}{row}" for row in range(1, 6) for a, b in (("A", "B"), ("C", "D"))],
    ),
    "a hint between label and answer": book(
        [
            ["Полное наименование", "как в уставе", NAME],
            ["ИНН", "10 цифр", INN],
            ["ФИО руководителя", "полностью", HEAD],
            ["ФИО администратора", "в именительном падеже", ADMINISTRATOR],
            ["Мобильный телефон администратора", "в формате +7XXXXXXXXXX", PHONE],
        ]
    ),
    "rows that are people": book(
        [
            ["Наименование организации", NAME],
            ["ИНН", INN],
            [],
            ["Ответственные лица", "ФИО", "Должность", "Мобильный телефон"],
            ["Руководитель организации", HEAD, "директор", "89031112244"],
            ["Администратор", ADMINISTRATOR, "учитель", PHONE],
            ["Секретарь", "Кузнецова Елена Павловна", "секретарь", "89995554433"],
        ]
    ),
    "columns that are people": book(
        [
            ["Наименование организации", NAME],
            ["ИНН", INN],
            [None, "Руководитель", "Администратор"],
            ["ФИО", HEAD, ADMINISTRATOR],
            ["Должность", "директор", "учитель"],
            ["Телефон", "89031112244", PHONE],
        ]
    ),
    "two columns of labels beside each other": book(
        [
            ["ИНН", INN, None, "Администратор", ADMINISTRATOR],
            ["Наименование", NAME, None, "Мобильный телефон", PHONE],
            ["Директор", HEAD, None, "E-mail", "melnikova@example.ru"],
        ]
    ),
    "headings merged over two rows": book(
        [
            ["Наименование ОО", "ИНН", "Руководитель", None, "Администратор", None],
            [None, None, "ФИО", "Телефон", "ФИО", "Телефон"],
            [NAME, INN, HEAD, "89031112244", ADMINISTRATOR, PHONE],
        ],
        merged=["A1:A2", "B1:B2", "C1:D1", "E1:F1"],
    ),
    "the answer in the next row and column": book(
        [
            ["Наименование организации"],
            [None, NAME],
            ["ИНН"],
            [None, INN],
            ["ФИО руководителя"],
            [None, HEAD],
            ["ФИО администратора"],
            [None, ADMINISTRATOR],
            ["Мобильный телефон администратора"],
            [None, PHONE],
        ]
    ),
    "who filled it in stands at the end": book(
        [
            ["Наименование организации", NAME],
            ["ИНН", INN],
            ["Руководитель организации", HEAD],
            ["Администратор Сферум", ADMINISTRATOR],
            ["Номер мобильного телефона администратора", PHONE],
            ["Анкету заполнил(а)", "Кузнецова Елена Павловна"],
            ["Телефон исполнителя", "89995554433"],
        ]
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_composition_gives_the_same_questionnaire(layout: str) -> None:
    assert_read(form(LAYOUTS[layout]))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_form_is_known_as_one(layout: str) -> None:
    assert sheet_likeness(sheets(LAYOUTS[layout])) >= 0.5


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "html", "csv"])
@pytest.mark.parametrize("name", ["sections", "table"])
def test_a_form_saved_by_libreoffice_is_read(name: str, ending: str) -> None:
    found = form((DATA / f"{name}.{ending}").read_bytes())
    assert found.text(Field.FULL_NAME) == NAME
    assert found.text(Field.INN) == INN
    assert found.text(Field.REGION) == "Республика Татарстан"
    assert people(found) == [(ADMINISTRATOR,)]
    assert numbers(found) == [PHONE]
    assert found.text(Field.ADMINISTRATOR_EMAIL) == "melnikova@example.ru"


@pytest.mark.parametrize("ending", ["docx", "odt"])
def test_a_form_written_in_libreoffice_writer_is_read(ending: str) -> None:
    found = form((DATA / f"word.{ending}").read_bytes())
    assert (found.text(Field.INN), people(found), numbers(found)) == (
        INN,
        [(ADMINISTRATOR,)],
        [PHONE],
    )


def test_every_value_says_its_cell_and_quotes_it() -> None:
    found = form(LAYOUTS["sections tell the same labels apart"])
    (place,) = found.administrator_phones[0].evidence
    assert (place.document, place.how, place.cell) == ("Анкета.xlsx", How.CELL, "Анкета!C12")
    assert place.raw == "89172345678"
    assert found.fields[Field.FULL_NAME].evidence[0].cell == "Анкета!C4"


def test_a_name_in_three_cells_has_three_places() -> None:
    found = form(LAYOUTS["headings in two rows, a name in three cells"])
    places = found.administrators[0].evidence
    assert [place.cell for place in places] == ["Анкета!F4", "Анкета!G4", "Анкета!H4"]


def test_a_wording_from_the_configuration_is_understood() -> None:
    content = book([["Школа", NAME], ["ИНН", INN], ["ФИО администратора", ADMINISTRATOR]])
    rows = sheets(book([["Наш позывной", PHONE]]))
    extra = {Field.ADMINISTRATOR_PHONE: ["Наш позывной"]}
    (found,) = find_questionnaires(
        (*sheets(content), *rows), attachment="Анкета.xlsx", extra_labels=extra
    )
    assert numbers(found) == [PHONE]
