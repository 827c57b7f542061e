"""No bytes and no cells make the reading of a questionnaire fail, and reading twice is equal."""

from __future__ import annotations

import csv
import io
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.facts import Evidence, Field, How, Questionnaire
from parsers.layout import Page, Word
from parsers.limits import Limits
from parsers.questionnaire.labels import LabelReader
from parsers.questionnaire.questionnaire import (
    find_questionnaires,
    looks_like_questionnaire,
    sheet_likeness,
)
from parsers.sheets.grid import GridBuilder, parse_reference, reference
from parsers.sheets.sheets import Cell, Sheet, read_sheets

STARTS = (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<table><tr><td>", b"\xff\xfe")
LABELS = (
    "ИНН", "ФИО администратора", "Телефон", "1. Сведения об организации", "Администратор", "E-mail",
    "Полное наименование", "Пример", "Значение", "ФИО", "Регион", "№", "ИНН/КПП", "Адрес, телефон",
)  # fmt: skip
ANSWERS = (
    "1646001875", "Мельникова Ольга Викторовна", "89172345678", "МБОУ СШ № 12", "нет", "#Н/Д",
    "8,91E+10", "a@example.ru", "", "", "1",
)  # fmt: skip

cells = st.one_of(st.sampled_from(LABELS), st.sampled_from(ANSWERS), st.text(max_size=20))
tables = st.lists(st.lists(cells, max_size=6), max_size=12)


def sheet(rows: list[list[str]]) -> Sheet:
    grid = GridBuilder("Анкета", Limits())
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            grid.put(number, column, Cell(text))
    return grid.build()


def places(found: Questionnaire) -> list[Evidence]:
    named = [*found.fields.values(), *found.administrators, *found.administrator_phones]
    return [place for one in named for place in one.evidence]


@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_any_bytes_are_read_without_an_exception(start: bytes, rest: bytes) -> None:
    content = start + rest
    reading = read_sheets(content, media_type="", name="x", limits=Limits())
    assert reading == read_sheets(content, media_type="", name="x", limits=Limits())
    assert reading.trouble is None or reading.sheets == ()


@settings(max_examples=40)
@given(st.sampled_from(("xl/workbook.xml", "content.xml", "word/document.xml")), st.binary())
def test_any_package_is_read_without_an_exception(name: str, content: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("[Content_Types].xml", content)
        package.writestr(name, content)
    read_sheets(stream.getvalue(), media_type="", name="x", limits=Limits())


@settings(max_examples=60)
@given(tables)
def test_any_cells_are_read_twice_alike_and_quoted_exactly(rows: list[list[str]]) -> None:
    one = sheet(rows)
    found = find_questionnaires([one], attachment="x")
    assert found == find_questionnaires([one], attachment="x")
    assert 0.0 <= sheet_likeness([one]) <= 1.0
    by_place = {f"Анкета!{cell.ref}": cell.text for row in one.rows for cell in row}
    for place in (place for form in found for place in places(form)):
        assert (place.how, place.raw) == (How.CELL, by_place[str(place.cell)])


@given(st.permutations(range(8)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    rows = [
        ["Полное наименование организации", "МБОУ СШ № 12"],
        ["ИНН", "1646001875"],
        ["Регион", "Республика Татарстан"],
        ["ФИО руководителя", "Петров Сергей Ильич"],
        ["ФИО администратора", "Мельникова Ольга Викторовна"],
        ["Мобильный телефон администратора", "89172345678"],
        ["E-mail администратора", "a@example.ru"],
        ["Телефон организации", "8 (85557) 3-21-45"],
    ]
    (found,) = find_questionnaires([sheet([rows[at] for at in order])], attachment="x")
    assert {name: one.value for name, one in found.fields.items()} == {
        Field.FULL_NAME: "МБОУ СШ № 12",
        Field.INN: "1646001875",
        Field.REGION: "Республика Татарстан",
        Field.HEAD_NAME: "Петров Сергей Ильич",
        Field.ADMINISTRATOR_NAME: "Мельникова Ольга Викторовна",
        Field.ADMINISTRATOR_PHONE: "+79172345678",
        Field.ADMINISTRATOR_EMAIL: "a@example.ru",
        Field.PHONE: "+78555732145",
    }


@given(st.permutations(range(6)))
def test_the_order_of_columns_changes_nothing(order: list[int]) -> None:
    columns = [
        ("Полное наименование организации", "МБОУ СШ № 12"),
        ("ИНН", "1646001875"),
        ("ФИО руководителя", "Петров Сергей Ильич"),
        ("ФИО администратора", "Мельникова Ольга Викторовна"),
        ("Мобильный телефон администратора", "89172345678"),
        ("Телефон организации", "8 (85557) 3-21-45"),
    ]
    rows = [[columns[at][line] for at in order] for line in (0, 1)]
    (found,) = find_questionnaires([sheet(rows)], attachment="x")
    assert len(found.fields) == len(columns)
    assert found.administrator_phones[0].value.e164 == "+79172345678"


@given(st.text(max_size=300))
def test_any_text_is_a_label_or_none(text: str) -> None:
    assert LabelReader().read(text) == LabelReader().read(text)


@given(st.lists(st.text(min_size=1, max_size=12), max_size=30))
def test_any_page_looks_like_something(words: list[str]) -> None:
    page = Page("x", 1, How.TEXT, tuple(Word(one, line=at // 3) for at, one in enumerate(words)))
    assert looks_like_questionnaire([page]) in (True, False)


@given(st.integers(0, 1_000_000), st.integers(0, 16_383))
def test_the_name_of_a_cell_leads_back_to_it(row: int, column: int) -> None:
    assert parse_reference(reference(row, column)) == (row, column)


@given(st.lists(st.lists(st.text('аб;," \n1', min_size=1), min_size=2, max_size=2), min_size=1))
def test_what_is_written_with_semicolons_is_read_back(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    stream.write("sep=;\r\n")
    csv.writer(stream, delimiter=";").writerows(rows)
    reading = read_sheets(stream.getvalue().encode(), media_type="", name="x", limits=Limits())
    read = {cell.ref: cell.text for row in reading.sheets[0].rows for cell in row if cell.text}
    written = {
        reference(row, column): text.replace("\r\n", "\n")
        for row, values in enumerate(rows)
        for column, text in enumerate(values)
        if text.strip()
    }
    assert read == written
