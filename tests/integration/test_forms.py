"""The program's own two forms, filled in and saved by an office suite, read as they come back."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache

import openpyxl
import pytest

from mailbot.forms.given import Appointment, given_appointment
from mailbot.forms.letter import appointment_letter
from mailbot.forms.workbook import questionnaire_workbook
from mailbot.samples import (
    ADMINISTRATORS,
    SCHOOLS,
    Draft,
    File,
    Scanner,
    compose_message,
    photo_jpeg,
    scan_pdf,
)
from mailbot.samples.people import initials_first
from parsers.facts import Field, Letter, Mark, Questionnaire, Reading, Role
from parsers.images.tesseract import Tesseract
from parsers.limits import Limits
from parsers.reading.reader import read_message
from tests.clerk import Clerk
from tests.office import CSV_OF_WINDOWS, saved_as
from workflow.application import Assessment
from workflow.findings import Verdict

SENT = dt.datetime(2024, 11, 19, 9, 30, tzinfo=dt.UTC)
SHEETS = {"xlsx": "xlsx", "xls": "xls", "ods": "ods", "csv": CSV_OF_WINDOWS, "html": "html"}
PAPERS = ("docx", "odt", "rtf", "pdf")


def clerk(number: int) -> Clerk:
    return Clerk(school=SCHOOLS[number], administrator=ADMINISTRATORS[number])


def appointment(number: int) -> Appointment:
    """What a school that has sent its questionnaire finds in the letter."""
    filled = clerk(number).fill_in_workbook(questionnaire_workbook(platform="Сферум"))
    form = read(File(name="Анкета.xlsx", content=filled, media_type=""))
    (questionnaire,) = form.questionnaires
    return given_appointment(Assessment(verdict=Verdict.ASK, questionnaire=questionnaire))


def read(*files: File) -> Reading:
    draft = Draft(
        sender="school@mail.example", sender_name="Школа", date=SENT, text="Ответ", files=files
    )
    return read_message(compose_message(draft), ocr=Tesseract(), limits=Limits())


@cache
def workbooks(kind: str) -> dict[str, bytes]:
    blank = questionnaire_workbook(platform="Сферум")
    files = {"blank.xlsx": blank}
    files |= {f"{number}.xlsx": clerk(number).fill_in_workbook(blank) for number in range(6)}
    return saved_as(files, SHEETS[kind])


@cache
def letters(kind: str) -> dict[str, bytes]:
    unfilled, known = Appointment(), appointment(2)
    files = {
        "unfilled.docx": appointment_letter(unfilled, platform="Сферум"),
        "known.docx": appointment_letter(known, platform="Сферум"),
    }
    files["0.docx"] = clerk(0).fill_in_letter(files["unfilled.docx"])
    files["2.docx"] = clerk(2).fill_in_letter(files["known.docx"])
    return saved_as(files, kind)


def form_of(reading: Reading) -> Questionnaire:
    (form,) = reading.questionnaires
    return form


def letter_of(reading: Reading) -> Letter:
    (letter,) = reading.letters
    return letter


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("kind", SHEETS)
def test_every_answer_comes_back_right_whatever_saved_the_workbook(kind: str, number: int) -> None:
    name = "Анкета.xls" if kind == "html" else f"Анкета.{kind}"
    content = workbooks(kind)[f"{number}.xlsx"]
    form = form_of(read(File(name=name, content=content, media_type="application/octet-stream")))
    school, person = SCHOOLS[number], ADMINISTRATORS[number]
    found = {field: form.text(field) for field in Field}
    phone = "".join(filter(str.isdigit, school.phone))
    assert found == dict.fromkeys(Field) | {
        Field.REGION: school.region,
        Field.MUNICIPALITY: school.municipality,
        Field.LOCALITY: school.town,
        Field.FULL_NAME: school.full_name,
        Field.SHORT_NAME: school.short_name,
        Field.INN: school.inn,
        Field.OGRN: school.ogrn,
        Field.KPP: school.kpp,
        Field.ADDRESS: school.address,
        Field.EMAIL: school.email,
        Field.PHONE: f"+7{phone[1:]}",
        Field.HEAD_NAME: school.head,
        Field.HEAD_POST: school.head_post,
        Field.ADMINISTRATOR_NAME: person.full_name,
        Field.ADMINISTRATOR_POST: person.post.nominative,
        Field.ADMINISTRATOR_PHONE: person.phone,
        Field.ADMINISTRATOR_EMAIL: f"{person.mailbox}@mail.example",
    }
    assert [one.value.e164 for one in form.administrator_phones] == [person.phone]
    assert not form.doubts
    assert not form.zero_restored, "leading zeros survive by themselves"


@pytest.mark.parametrize("kind", SHEETS)
def test_the_blank_workbook_sent_back_has_no_answers(kind: str) -> None:
    name = "Анкета.xls" if kind == "html" else f"Анкета.{kind}"
    content = workbooks(kind)["blank.xlsx"]
    form = form_of(read(File(name=name, content=content, media_type="application/octet-stream")))
    assert dict(form.fields) == {}
    assert not form.administrators
    assert not form.administrator_phones


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("number", [0, 2])
def test_the_ready_letter_is_read_right_whatever_saved_it(kind: str, number: int) -> None:
    content = letters(kind)[f"{number}.docx"]
    reading = read(File(name=f"Письмо.{kind}", content=content, media_type=""))
    assert [one.role for one in reading.documents] == [Role.LETTER]
    assert_right(letter_of(reading), number)


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("name", ["unfilled.docx", "known.docx"])
def test_the_ready_letter_sent_back_unfilled_is_a_draft(kind: str, name: str) -> None:
    content = letters(kind)[name]
    letter = letter_of(read(File(name=f"Письмо.{kind}", content=content, media_type="")))
    assert letter.draft is not None
    assert not letter.phones
    assert Mark.PRESENT not in (letter.signature, letter.seal)


@pytest.mark.parametrize("way", ["scan", "grey scan", "photo"])
@pytest.mark.parametrize("number", [0, 2])
def test_the_ready_letter_signed_sealed_and_scanned_is_read_right(way: str, number: int) -> None:
    signed = clerk(number).sign(letters("pdf")[f"{number}.docx"])
    paper = {
        "scan": lambda: scan_pdf(signed, Scanner(dpi=150, seed=number)),
        "grey scan": lambda: scan_pdf(signed, Scanner(dpi=200, colour=False, seed=number)),
        "photo": lambda: photo_jpeg(signed, seed=number),
    }[way]()
    letter = letter_of(read(File(name="Письмо.pdf", content=paper, media_type="")))
    assert_right(letter, number)
    assert letter.signature is letter.seal is letter.letterhead is Mark.PRESENT


def assert_right(letter: Letter, number: int) -> None:
    school, person = SCHOOLS[number], ADMINISTRATORS[number]
    assert [one.value.nominatives for one in letter.administrators] == [(person.full_name,)]
    assert [one.value.e164 for one in letter.phones] == [person.phone]
    assert letter.date is not None
    assert letter.date.value == dt.date(2024, 11, 18)
    assert letter.number is not None
    assert letter.number.value == "45-ОД"
    assert letter.organization_name is not None
    assert letter.head is None or school.head.split()[0] in letter.head.value.nominatives[0]
    assert letter.draft is None
    assert not letter.doubts


def test_the_letter_names_who_signs_by_initials() -> None:
    assert appointment(2).head == initials_first(SCHOOLS[2].head)


def test_the_checks_of_the_cells_tell_good_answers_from_bad() -> None:
    """LibreOffice computes the very formulas that the cells are checked by."""
    answers = {
        "ИНН": {"6699007140": True, "6699007141": False, "669900714": False, "66990O7140": False},
        "ОГРН": {"1026699007147": True, "102669900714": False, "102669900714x": False},
        "КПП": {"669901001": True, "66990100": False},
        "Мобильный": {
            "+7 912 555-01-47": True,
            "8 (912) 555 01 47": True,
            "89125550147": True,
            "8 (34399) 5-17-42": False,
            "+7 912 555-01-4": False,
            "+375 29 123-45-67": False,
            "нет": False,
        },
        "Электронная почта администратора": {
            "a.b@mail.example": True,
            "a.b@mail": False,
            "mail.example": False,
            "a b@mail.example": False,
        },
    }
    book = openpyxl.load_workbook(io.BytesIO(questionnaire_workbook(platform="Сферум")))
    sheet = book.worksheets[0]
    checks = {
        str(check.sqref): check.formula1
        for check in sheet.data_validations.dataValidation
        if check.type == "custom"
    }
    labels = {f"C{row[1].row}": str(row[1].value) for row in sheet.iter_rows()}
    trial = openpyxl.Workbook()
    expected = []
    for place, formula in checks.items():
        for start, cases in answers.items():
            for text, good in cases.items() if labels[place].startswith(start) else ():
                row = len(expected) + 1
                trial.active.cell(row, 1, text).number_format = "@"
                trial.active.cell(row, 2, f"=IFERROR({formula.replace(place, f'A{row}')},FALSE)")
                expected.append(good)
    buffer = io.BytesIO()
    trial.save(buffer)
    (computed,) = saved_as({"trial.xlsx": buffer.getvalue()}, "xlsx").values()
    rows = openpyxl.load_workbook(io.BytesIO(computed), data_only=True).active.iter_rows()
    assert len(expected) == sum(map(len, answers.values()))
    assert [bool(row[1].value) for row in rows] == expected
