"""A letter's file and a filled-in questionnaire as the message that a school sends."""

from __future__ import annotations

import hashlib
import io
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

import openpyxl

from benchmarks.letters.drafts import SENT, Draft
from benchmarks.letters.people import spelled

_TYPES: Final = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "doc": "application/msword",
}
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def message(draft: Draft, letter: bytes, extension: str) -> bytes:
    """Return the message with the letter and the questionnaire of `draft`."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = draft.school.email
    mail["To"] = "sferum@mail.example"
    mail["Subject"] = "Сферум: Регистрация организации"
    mail["Date"] = format_datetime(SENT)
    mail["Message-ID"] = f"<{hashlib.sha256(letter).hexdigest()[:24]}@mail.example>"
    mail.set_content("Добрый день! Направляем документы.\n")
    for content, name, kind in (
        (letter, f"Приказ.{extension}", _TYPES[extension]),
        (questionnaire(draft), "Анкета.xlsx", _SHEET),
    ):
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def questionnaire(draft: Draft) -> bytes:
    """Return the form as the school of `draft` fills it in, one label and value a row."""
    school, person = draft.school, draft.administrator
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Анкета"
    sheet.append(["Анкета для регистрации образовательной организации"])
    sheet.append(["Поле", "Значение"])
    for label, value in (
        ("Регион", school.region),
        ("Муниципалитет", school.municipality),
        ("Населённый пункт", school.town),
        ("Полное наименование организации", school.full_name),
        ("Краткое наименование организации", school.short_name),
        ("ИНН организации", school.inn),
        ("ОГРН организации", school.ogrn),
        ("Юридический адрес", school.address),
        ("Электронная почта организации", school.email),
        ("ФИО руководителя", draft.people["h"].full_name),
        ("Должность руководителя", format(draft.people["h"].post)),
        ("ФИО администратора", person.full_name),
        ("Должность администратора", format(person.post)),
        ("Мобильный телефон администратора", spelled(person.phone, 2)),
        ("Электронная почта администратора", "administrator@mail.example"),
    ):
        sheet.append([label, value])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
