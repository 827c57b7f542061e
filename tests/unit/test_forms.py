from __future__ import annotations

import io
import re

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.forms.given import Appointment, given_answers, given_appointment
from mailbot.forms.letter import appointment_letter
from mailbot.forms.words import Row, sections, words
from mailbot.forms.workbook import questionnaire_workbook
from parsers.facts import (
    Evidence,
    Field,
    Found,
    How,
    Letter,
    PersonName,
    Phone,
    PhoneKind,
    Questionnaire,
    Source,
)
from parsers.limits import Limits
from parsers.questionnaire.answers import is_answer
from parsers.questionnaire.form_sheets import LETTER_WORDS
from parsers.questionnaire.labels import FIELDS, PERSONAL, LabelReader, Owner
from parsers.questionnaire.questionnaire import find_questionnaires
from parsers.sheets.sheets import read_sheets
from workflow.application import Assessment
from workflow.findings import Verdict

ROWS = [row for section in sections() for row in section.rows]
ANSWERS = {
    Field.REGION: "Пермский край",
    Field.MUNICIPALITY: "Берёзовский городской округ",
    Field.LOCALITY: "г. Берёзовск",
    Field.FULL_NAME: "Муниципальное бюджетное учреждение «Школа № 5» города Берёзовска",
    Field.SHORT_NAME: "МБОУ «СОШ № 5»",
    Field.KIND: "школа",
    Field.INN: "0274051582",
    Field.OGRN: "1027700132195",
    Field.KPP: "027401001",
    Field.ADDRESS: "618000, Пермский край, г. Берёзовск, ул. Школьная, д. 5",
    Field.SITE: "https://school5.example.ru",
    Field.EMAIL: "school5@example.ru",
    Field.PHONE: "+73425131245",
    Field.PUPILS: "450",
    Field.HEAD_NAME: "Петров Пётр Ильич",
    Field.HEAD_POST: "Директор",
    Field.ADMINISTRATOR_NAME: "Ерёмина Ольга Викторовна",
    Field.ADMINISTRATOR_POST: "учитель информатики",
    Field.ADMINISTRATOR_PHONE: "+79165554567",
    Field.ADMINISTRATOR_EMAIL: "eremina@example.ru",
    Field.DATE: "2024-09-02",
}
TYPED = (Evidence(document="Письмо.docx", raw="", how=How.TEXT, page=1),)
SEEN = (Evidence(document="Письмо.pdf", raw="", how=How.OCR, page=1),)


def read(workbook: bytes) -> Questionnaire:
    reading = read_sheets(workbook, media_type="", name="Анкета.xlsx", limits=Limits())
    (form,) = find_questionnaires(reading.sheets, attachment="Анкета.xlsx")
    return form


def values(form: Questionnaire) -> dict[Field, str]:
    return {name: found.value for name, found in form.fields.items()}


def name(text: str, *, initials: bool = False) -> PersonName:
    return PersonName(raw=text, nominatives=(text,), initials=initials)


def filled_form(**changes: object) -> Questionnaire:
    usual: dict[str, object] = {
        "attachment": "Анкета.xlsx",
        "fields": {Field.INN: Found("0274051582"), Field.SHORT_NAME: Found("МБОУ «СОШ № 5»")},
        "administrators": (Found(name("Ерёмина Ольга Викторовна")),),
        "administrator_phones": (Found(mobile("+79165554567")),),
    }
    return Questionnaire(**(usual | changes))  # type: ignore[arg-type]


def mobile(number: str, kind: PhoneKind = PhoneKind.MOBILE) -> Phone:
    return Phone(raw=number, kind=kind, e164=number)


def assessed(form: Questionnaire | None = None, letter: Letter | None = None) -> Assessment:
    return Assessment(verdict=Verdict.ASK, questionnaire=form, letter=letter)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.field)
def test_every_label_asks_for_its_field_in_the_words_of_the_list(row: Row) -> None:
    label = LabelReader().read(row.label + words("questionnaire")["required_mark"])
    (attribute,) = label.attributes
    owner = label.owner if attribute in PERSONAL else Owner.ORGANIZATION
    assert owner is not None
    assert FIELDS[(attribute, owner)] is row.field


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.field)
def test_no_hint_can_be_taken_for_an_answer(row: Row) -> None:
    assert not is_answer(row.hint)


def test_the_questionnaire_has_no_words_of_a_letter() -> None:
    book = openpyxl.load_workbook(io.BytesIO(questionnaire_workbook(platform="Сферум")))
    texts = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value]
    assert not [text for text in texts if LETTER_WORDS.search(text)]


def test_every_field_that_there_is_has_a_row() -> None:
    assert {row.field for row in ROWS} == set(Field)


def test_a_blank_form_is_read_as_one_without_answers() -> None:
    form = read(questionnaire_workbook(platform="Сферум", required=tuple(Field)))
    assert values(form) == {}
    assert (form.administrators, form.administrator_phones, form.doubts) == ((), (), ())
    assert form.head is None


def test_every_answer_is_read_back_as_it_was_written() -> None:
    form = read(questionnaire_workbook(platform="Сферум", required=tuple(Field), given=ANSWERS))
    assert values(form) == ANSWERS
    assert [one.value.e164 for one in form.administrator_phones] == ["+79165554567"]
    assert len(form.schools) == 1
    assert not form.doubts
    assert not form.zero_restored


def test_what_is_seldom_asked_stands_there_only_where_it_is_required() -> None:
    usual = read_labels(questionnaire_workbook(platform="Сферум"))
    wanted = read_labels(questionnaire_workbook(platform="Сферум", required=(Field.PUPILS,)))
    assert "Количество обучающихся" not in usual
    assert "Количество обучающихся *" in wanted
    assert "ИНН организации *" in usual
    assert "ИНН организации" in wanted


def read_labels(workbook: bytes) -> set[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    return {str(row[1].value) for row in sheet.iter_rows()}


def test_only_answers_can_be_typed_in_and_there_is_no_password() -> None:
    book = openpyxl.load_workbook(io.BytesIO(questionnaire_workbook(platform="Сферум")))
    sheet, explanation, regions = book.worksheets
    open_cells = [cell.coordinate for row in sheet for cell in row if not cell.protection.locked]
    assert len(open_cells) == 17
    assert {place[0] for place in open_cells} == {"C"}
    assert all(sheet[place].number_format == "@" for place in open_cells)
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet.freeze_panes == "A5"
    assert explanation.title == "Инструкция"
    assert regions.sheet_state == "hidden"
    assert regions.max_row == 89


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(Field), st.text(max_size=60)))
def test_whatever_a_school_wrote_is_text_in_its_form(answers: dict[Field, str]) -> None:
    hostile = {field: Found(text) for field, text in answers.items()}
    given_back = given_answers(assessed(filled_form(fields=hostile)))
    workbook = questionnaire_workbook(platform="Сферум", given=given_back)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}
    appointment_letter(given_appointment(assessed(filled_form(fields=hostile))), platform="Сферум")


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x.example")', "+7", "@SUM(1)"])
def test_a_formula_of_a_school_stays_text(text: str) -> None:
    workbook = questionnaire_workbook(platform="Сферум", given={Field.FULL_NAME: text})
    cells = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]["C"]
    (cell,) = [cell for cell in cells if cell.value == text]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_what_was_wrong_is_left_for_the_school_to_fill_in() -> None:
    form = filled_form(
        fields={Field.INN: Found("0274051583"), Field.REGION: Found("пермский край")},
        administrators=(Found(name("Ерёмина О. В.", initials=True)),),
        administrator_phones=(Found(mobile("+73425131245", PhoneKind.FIXED)),),
    )
    assert given_answers(assessed(form)) == {Field.REGION: "Пермский край"}


def test_of_several_people_numbers_or_schools_none_is_chosen() -> None:
    two = filled_form(
        administrators=(Found(name("Ким Олег Ильич")), Found(name("Ким Ольга Ильинична"))),
        administrator_phones=(Found(mobile("+79165554567")), Found(mobile("+79165554568"))),
    )
    found = given_answers(assessed(two))
    assert Field.ADMINISTRATOR_NAME not in found
    assert Field.ADMINISTRATOR_PHONE not in found
    list_of_schools = filled_form(schools=(TYPED[0], SEEN[0]))
    assert given_answers(assessed(list_of_schools)) == {}


def test_a_recognized_paper_puts_no_words_into_the_other() -> None:
    letter = Letter(
        attachment="Письмо.pdf",
        page=1,
        source=Source.OCR,
        administrators=(Found(name("Еремина Ольга Викторовна"), SEEN),),
        phones=(Found(mobile("+79165554567"), SEEN),),
        head=Found(name("Петров Пётр Ильич"), SEEN),
        organization_name=Found("МБОУ «СОШ № 5»", SEEN),
        inn=Found("0274051582", SEEN),
    )
    assert given_answers(assessed(letter=letter)) == {Field.INN: "0274051582"}
    assert given_appointment(assessed(letter=letter)) == Appointment()


def test_a_typed_letter_names_school_and_head_but_neither_name_nor_number_for_the_form() -> None:
    letter = Letter(
        attachment="Письмо.docx",
        page=1,
        source=Source.TEXT,
        administrators=(Found(name("Ерёмина Ольга Викторовна"), TYPED),),
        phones=(Found(mobile("+79165554567"), TYPED),),
        head=Found(name("Петров Пётр Ильич"), TYPED),
        organization_name=Found("МБОУ «СОШ № 5»", TYPED),
    )
    assert given_answers(assessed(letter=letter)) == {
        Field.FULL_NAME: "МБОУ «СОШ № 5»",
        Field.HEAD_NAME: "Петров Пётр Ильич",
    }
    appointment = given_appointment(assessed(letter=letter))
    assert appointment.administrator == "Ерёмина Ольга Викторовна"
    assert appointment.head == "П. И. Петров"


def test_the_letter_never_repeats_the_number_and_names_nobody_where_the_papers_differ() -> None:
    form = filled_form()
    same = Assessment(
        verdict=Verdict.ASK, questionnaire=form, letter_name="Еремина Ольга Викторовна"
    )
    other = Assessment(verdict=Verdict.ASK, questionnaire=form, letter_name="Ким Ольга Ильинична")
    assert given_appointment(same).administrator == "Ерёмина Ольга Викторовна"
    assert given_appointment(other).administrator == ""
    text = text_of(appointment_letter(given_appointment(same), platform="Сферум"))
    assert "Ерёмина Ольга Викторовна" in text
    assert "МБОУ «СОШ № 5»" in text
    assert not re.search(r"\d{3}", text)


def text_of(letter: bytes) -> str:
    return "\n".join(one.text for one in docx.Document(io.BytesIO(letter)).paragraphs)
