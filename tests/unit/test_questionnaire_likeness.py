"""What is the questionnaire and what is none: workbooks by what they ask, pages by their labels."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import openpyxl
import pytest

from parsers.facts import How
from parsers.layout import Page, Word
from parsers.limits import Limits
from parsers.questionnaire.questionnaire import (
    find_questionnaires,
    looks_like_questionnaire,
    sheet_likeness,
)
from parsers.sheets.sheets import Sheet, read_sheets

NAME = "Муниципальное бюджетное общеобразовательное учреждение «Средняя школа № 12» города Елабуги"
INN = "1646001875"
HEAD = "Петров Сергей Ильич"
ADMINISTRATOR = "Мельникова Ольга Викторовна"
PHONE = "+79172345678"

Value = str | int | float | None
Rows = Sequence[Sequence[Value]]


def book(rows: Rows) -> bytes:
    file = openpyxl.Workbook()
    page = file["Sheet"]
    for row in rows:
        page.append(list(row))
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


def sheets(content: bytes) -> tuple[Sheet, ...]:
    return read_sheets(content, media_type="", name="Анкета.xlsx", limits=Limits()).sheets


NO_FORMS: dict[str, bytes] = {
    "a list of pupils": book(
        [
            ["Список учащихся 5А класса"],
            ["№", "ФИО", "Дата рождения", "Телефон родителя", "Адрес"],
            [1, "Петров Иван Ильич", "01.02.2012", "89161234567", "ул. Новая"],
        ]
    ),
    "a list of staff": book(
        [["№", "ФИО", "Должность", "Телефон"], [1, HEAD, "Директор", "89161234567"]]
    ),
    "a price list": book([["Наименование", "Количество", "Цена"], ["Бумага", 5, 300]]),
    "a card with bank details": book(
        [
            ["Карточка учреждения"],
            ["Полное наименование", NAME],
            ["ИНН", INN],
            ["Расчётный счёт", "40701810000000000001"],
            ["Директор", HEAD],
        ]
    ),
    "an order with a table": word(
        [
            [["Управление образования", "ИНН " + INN], ["МБОУ СШ № 12", "тел. 8(85557)32145"]],
            "ПРИКАЗ",
            "Назначить администратором Мельникову Ольгу Викторовну",
            [
                ["ФИО администратора", "Телефон администратора", "Должность"],
                [ADMINISTRATOR, PHONE, "учитель"],
            ],
        ]
    ),
    "an empty workbook": book([]),
}


@pytest.mark.parametrize("name", NO_FORMS)
def test_what_asks_for_something_else_is_no_questionnaire(name: str) -> None:
    found = sheets(NO_FORMS[name])
    assert find_questionnaires(found, attachment="x") == ()
    assert sheet_likeness(found) < 0.5


def page(text: str) -> Page:
    words = [
        Word(one, line=line, cell=cell)
        for line, cells in enumerate(text.strip().splitlines())
        for cell, part in enumerate(cells.split("|"))
        for one in part.split()
    ]
    return Page("Скан.pdf", 1, How.OCR, tuple(words))


FORM_PAGES = {
    "cells told apart": """
Анкета
Полное наименование | МБОУ СШ № 12
ИНН | 1646001875
Регион | Республика Татарстан
ФИО руководителя | Петров Сергей Ильич
ФИО администратора | Мельникова Ольга Викторовна
Мобильный телефон | +79172345678""",
    "lines only": """
1 Полное наименование МБОУ СШ № 12 города Елабуги
2 ИНН 1646001875
3 Субъект РФ Республика Татарстан
4 Населенный пункт г. Елабуга
5 ФИО директора Петров Сергей Ильич
6 ФИО администратора Мельникова Ольга Викторовна
7 Мобильный телефон администратора 89172345678""",
    "a table": """
Регион | Полное наименование | ИНН | ФИО руководителя | ФИО администратора | Мобильный телефон
Татарстан | МБОУ СШ № 12 | 1646001875 | Петров С.И. | Мельникова О.В. | 89172345678""",
}
LETTER_PAGES = {
    "a letter": """
МБОУ СШ № 12
ИНН 1646001875 КПП 164601001
ОГРН 1021600881235
Адрес: 423600, г. Елабуга
тел. 8(85557)32145
e-mail: school12@example.ru
Сайт: school12.example.ru
Настоящим сообщаем, что администратором назначена
ФИО администратора: Мельникова Ольга Викторовна
Должность: учитель
Мобильный телефон: +79172345678
Директор Петров С.И.""",
    "an order": """
ПРИКАЗ
Назначить администратором Мельникову О.В.
Полное наименование организации: МБОУ СШ № 12
ИНН: 1646001875
Регион: Республика Татарстан
ФИО администратора: Мельникова О.В.
Должность: учитель
Мобильный телефон: 89172345678""",
    "a table under a letterhead, to be signed": """
ИНН 1646001875
ОГРН 1021600881235
Наименование организации | МБОУ СШ № 12
Регион | Республика Татарстан
ФИО администратора | Мельникова Ольга Викторовна
Должность | учитель
Мобильный телефон | +79172345678
Директор Петров С.И. М.П.""",
    "a letterhead alone": """
МБОУ СШ № 12
ИНН 1646001875
КПП 164601001
ОГРН 1021600881235
Телефон 8(85557)32145
E-mail school12@example.ru
Сайт school12.example.ru
Администратор Мельникова О.В.""",
}


@pytest.mark.parametrize("name", FORM_PAGES)
def test_a_printed_form_looks_like_one(name: str) -> None:
    assert looks_like_questionnaire([page(FORM_PAGES[name])])


@pytest.mark.parametrize("name", LETTER_PAGES)
def test_a_letter_never_looks_like_a_form(name: str) -> None:
    assert not looks_like_questionnaire([page(LETTER_PAGES[name])])
