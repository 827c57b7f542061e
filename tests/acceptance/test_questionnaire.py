"""`mailbot questionnaire FILE` and `mailbot replies preview NAME --open`, from outside."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.acceptance.house import House, clean_environment, finish, single_line, start


def test_the_blank_questionnaire_needs_no_configuration(tmp_path: Path) -> None:
    process = start(
        "questionnaire", "Анкета.xlsx", cwd=tmp_path, environment=clean_environment(tmp_path)
    )
    outcome = finish(process)
    assert outcome.status == 0
    assert "Анкета.xlsx" in outcome.out
    book = openpyxl.load_workbook(tmp_path / "Анкета.xlsx")
    assert book.sheetnames == ["Анкета", "Инструкция", "Справочник"]


def test_the_blank_questionnaire_asks_for_what_the_settings_require(house: House) -> None:
    house.configure('[rules]\nrequired_fields = ["organization.inn", "pupils"]\n')
    assert house.run("questionnaire", "blank.xlsx").status == 0
    sheet = openpyxl.load_workbook(house.directory / "blank.xlsx").worksheets[0]
    labels = {row[1].value for row in sheet.iter_rows()}
    starred = {label for label in labels if label and label.endswith("*")}
    assert starred == {"ИНН организации *", "Количество обучающихся *"}


@pytest.mark.parametrize("name", ["there.xlsx", "link.xlsx", "no/where.xlsx", "form.csv", "."])
def test_a_file_that_cannot_or_must_not_be_written_is_refused_and_left(
    house: House, name: str
) -> None:
    (house.directory / "there.xlsx").write_bytes(b"the school's own")
    (house.directory / "link.xlsx").symlink_to("elsewhere.xlsx")
    outcome = house.run("questionnaire", name)
    assert outcome.status == 2
    assert name in single_line(outcome)
    assert (house.directory / "there.xlsx").read_bytes() == b"the school's own"
    assert not (house.directory / "elsewhere.xlsx").exists()
    assert not (house.directory / "form.csv").exists()


def test_a_preview_opens_in_the_browser(house: House) -> None:
    browser = house.directory / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$(dirname "$0")/opened"\n')
    browser.chmod(0o755)
    outcome = house.run("replies", "preview", "ask", "--open", BROWSER=f"{browser} %s")
    assert outcome.status == 0
    shown = Path((house.directory / "opened").read_text().strip().removeprefix("file://"))
    assert str(shown) in outcome.out
    assert shown.read_text().startswith("<!DOCTYPE html>")


def test_a_preview_without_a_browser_says_where_the_page_lies(house: House) -> None:
    outcome = house.run("replies", "preview", "welcome", "--open", PATH="", BROWSER="/none/such %s")
    assert outcome.status == 0
    assert Path(outcome.out.split()[-1]).read_text().startswith("<!DOCTYPE html>")
