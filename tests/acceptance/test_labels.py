"""Labels that the configuration adds to those of the questionnaire, through to the caged reader."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from mailbot.samples import File
from tests.acceptance.house import House, single_line
from tests.acceptance.papers import XLSX, message, order, person, school

pytestmark = pytest.mark.slow  # four commands for one label


def odd_form(number: int) -> File:
    """A questionnaire whose number stands under a label that nobody could know."""
    book = openpyxl.Workbook()
    rows = [
        ("Полное наименование организации", school(number).full_name),
        ("ИНН", school(number).inn),
        ("ФИО администратора", person(number).full_name),
        ("Позывной для входа", person(number).phone),
    ]
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return File(name="Анкета.xlsx", content=out.getvalue(), media_type=XLSX)


def test_a_label_of_the_configuration_is_read(tmp_path: Path) -> None:
    house = House.make(tmp_path)
    path = house.directory / "1.eml"
    path.write_bytes(message(1, order(1), odd_form(1)))
    (unread,) = house.json("parse", str(path))
    assert unread["questionnaire"]["administrator"]["phone"] is None
    assert unread["verdict"] == "ask"
    house.configure('[questionnaire.labels]\nadministrator.phone = ["Позывной для входа"]\n')
    (read,) = house.json("parse", str(path))
    assert (
        read["questionnaire"]["administrator"]["phone"] == read["letter"]["administrator"]["phone"]
    )
    assert read["verdict"] == "accept"
    house.put("1", path.read_bytes())
    assert house.once().status == 0
    (application,) = house.applications()
    assert application["state"] == "completed"


def test_a_label_of_an_unknown_field_is_refused(tmp_path: Path) -> None:
    house = House.make(tmp_path, '[questionnaire.labels]\n"school.colour" = ["Цвет"]\n')
    outcome = house.once()
    assert outcome.status == 2
    assert "school.colour" in single_line(outcome)
