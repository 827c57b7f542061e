"""Forms as LibreOffice saves them (`tests/data/questionnaires/make.py`): the same values, however they are stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.facts import Field, Questionnaire
from parsers.limits import Limits
from parsers.questionnaire.questionnaire import find_questionnaires
from parsers.sheets.sheets import read_sheets

DATA = Path(__file__).parent.parent / "data" / "questionnaires"
NAME = "МБОУ «Средняя школа № 12» г. Дербента"
SPREADSHEETS = ("xlsx", "xls", "ods")


def form(name: str, ending: str) -> Questionnaire:
    content = (DATA / f"office_{name}.{ending}").read_bytes()
    reading = read_sheets(content, media_type="", name=f"Анкета.{ending}", limits=Limits())
    assert reading.trouble is None, reading.detail
    (found,) = find_questionnaires(reading.sheets, attachment="Анкета")
    return found


def values(one: Questionnaire) -> dict[str, str]:
    return {name.value: found.value for name, found in one.fields.items()}


@pytest.mark.parametrize("ending", [*SPREADSHEETS, "csv"])
def test_bent_values_are_straightened(ending: str) -> None:
    found = form("traps", ending)
    assert values(found) == {
        "organization.full_name": NAME,
        "organization.inn": "0542000120",
        "organization.kpp": "054201001",
        "organization.ogrn": "1020502123454",
        "pupils": "643",
        "date": "2024-09-02",
        "head.full_name": "МАГОМЕДОВА ПАТИМАТ РУСТАМОВНА",
        "administrator.full_name": "Исаев Тимур Олегович",
        "administrator.phone": "+79172345678",
        "administrator.email": "isaev@pochta.test",
    }
    assert found.zero_restored == (Field.INN, Field.KPP)
    assert found.head is not None
    assert found.head.value.nominatives == ("Магомедова Патимат Рустамовна",)
    assert found.doubts == ()


@pytest.mark.parametrize("ending", [*SPREADSHEETS, "csv"])
def test_lost_values_are_none_and_their_cells_are_doubts(ending: str) -> None:
    found = form("lost", ending)
    kept = values(found)
    assert kept.pop("organization.full_name") == NAME
    assert kept == ({"organization.ogrn": "1020500000000"} if ending == "csv" else {})
    assert (found.administrators, found.head) == ((), None)
    assert [phone.value.e164 for phone in found.administrator_phones] == [None]
    doubted = {(doubt.cell or "").rpartition("!")[2] for doubt in found.doubts}
    assert {"B4", "B10", "B12"} <= doubted


@pytest.mark.parametrize("ending", SPREADSHEETS)
def test_a_blank_form_stays_blank(ending: str) -> None:
    found = form("blank", ending)
    assert (found.fields, found.schools, found.doubts) == ({}, (), ())


@pytest.mark.parametrize("ending", SPREADSHEETS)
def test_a_list_of_schools_names_each_and_merged_rows_continue_one(ending: str) -> None:
    found = form("schools", ending)
    assert [place.cell for place in found.schools] == ["Анкета!A3", "Анкета!A5"]
    assert [one.value.nominatives[0] for one in found.administrators] == [
        "Исаев Тимур Олегович",
        "Саидова Зарема Ильинична",
    ]


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_grey_example_is_not_the_school(ending: str) -> None:
    found = form("example", ending)
    assert len(found.schools) == 1
    assert found.text(Field.INN) == "0542000120"
    assert [one.value.nominatives for one in found.administrators] == [("Исаев Тимур Олегович",)]
