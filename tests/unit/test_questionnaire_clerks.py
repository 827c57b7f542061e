"""Forms as clerks draw and word them: every field that is asked for is read, and no other."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from parsers.facts import Field, Questionnaire
from parsers.limits import Limits
from parsers.questionnaire.questionnaire import find_questionnaires
from parsers.sheets.sheets import read_sheets

DATA = Path(__file__).parent.parent / "data" / "questionnaires" / "clerks.toml"
FORMS: dict[str, dict[str, Any]] = {
    form["name"]: form for form in tomllib.loads(DATA.read_text(encoding="utf-8"))["form"]
}


def book(form: dict[str, Any]) -> bytes:
    file = openpyxl.Workbook()
    file.remove(file["Sheet"])
    sheets: dict[str, str] = form.get("sheets") or {"Анкета": form["rows"]}
    for name, rows in sheets.items():
        page = file.create_sheet(name)
        for number, line in enumerate(rows.strip("\n").split("\n"), start=1):
            for column, text in enumerate(line.split("|"), start=1):
                page.cell(number, column, text.strip().replace("⏎", "\n") or None)
        for span in form.get("merged", ()):
            page.merge_cells(span)
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def values(one: Questionnaire) -> dict[str, str]:
    found = {name.value: value.value for name, value in one.fields.items()}
    people = {Field.ADMINISTRATOR_NAME: one.administrators}
    people[Field.HEAD_NAME] = (one.head,) if one.head else ()
    for name, some in people.items():
        if some:
            found[name.value] = " + ".join("/".join(each.value.nominatives) for each in some)
    numbers = [each.value.e164 or "?" for each in one.administrator_phones]
    return found | ({Field.ADMINISTRATOR_PHONE.value: " + ".join(numbers)} if numbers else {})


@pytest.mark.parametrize("name", FORMS)
def test_every_field_of_a_clerks_form_is_read_and_no_other(name: str) -> None:
    form = FORMS[name]
    reading = read_sheets(book(form), media_type="", name="Анкета.xlsx", limits=Limits())
    (found,) = find_questionnaires(reading.sheets, attachment="Анкета.xlsx")
    assert values(found) == form["fields"]
    assert len(found.schools) == form.get("schools", 1)
    assert [doubt.raw for doubt in found.doubts] == form.get("doubts", [])
