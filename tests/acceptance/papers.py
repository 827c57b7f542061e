"""What schools send in these tests: papers and messages drawn by code, each school by its number."""

from __future__ import annotations

import dataclasses
import datetime as dt
from email.parser import BytesHeaderParser
from email.policy import compat32
from functools import cache
from typing import Any, Final

from mailbot.samples import (
    ADMINISTRATORS,
    SCHOOLS,
    Answers,
    Draft,
    File,
    Letter,
    Person,
    School,
    compose_message,
    draw_letter,
    questionnaire_xlsx,
)

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITTEN: Final = dt.datetime(2024, 11, 18, 10, 15, tzinfo=dt.UTC)


def school(number: int) -> School:
    return SCHOOLS[number]


def person(number: int) -> Person:
    return ADMINISTRATORS[number]


def address(number: int) -> str:
    """Whose messages these are."""
    return f"{person(number).mailbox}@mail.example"


def letter(number: int, /, **changes: Any) -> Letter:
    """What the order of a school says."""
    usual = Letter(
        school=school(number),
        administrator=person(number),
        date=(WRITTEN - dt.timedelta(days=3)).date(),
        number=f"{number + 40}-ОД",
    )
    return dataclasses.replace(usual, **changes)


@cache
def order(number: int, /, **changes: Any) -> File:
    """The order that appoints the school's administrator, as a PDF with a text layer."""
    drawn = draw_letter(letter(number, **changes))
    return File(name="Приказ.pdf", content=drawn, media_type=PDF)


@cache
def form(number: int, /, **changes: Any) -> File:
    """The filled-in questionnaire."""
    answers = Answers(school=school(number), administrator=person(number))
    filled = questionnaire_xlsx(dataclasses.replace(answers, **changes))
    return File(name="Анкета.xlsx", content=filled, media_type=XLSX)


def message(number: int, *files: File, **changes: Any) -> bytes:
    draft = Draft(
        sender=address(number),
        sender_name="Школа",
        date=WRITTEN,
        text=f"Здравствуйте!\nНаправляем документы. {school(number).short_name}",
        files=files,
    )
    return compose_message(dataclasses.replace(draft, **changes))


def good(number: int, **changes: Any) -> bytes:
    """An application with nothing in doubt."""
    return message(number, order(number), form(number), **changes)


def incomplete(number: int, **changes: Any) -> bytes:
    """The order alone: the school is asked for the questionnaire."""
    return message(number, order(number), **changes)


def doubtful(number: int, **changes: Any) -> bytes:
    """The two papers name different numbers: an operator sees it."""
    return message(number, order(number), form(number, phone="+7 912 555-99-17"), **changes)


def without_header(raw: bytes, name: str) -> bytes:
    """The message without one of its (unfolded or folded) header fields."""
    head, blank, body = raw.partition(b"\r\n\r\n")
    kept: list[bytes] = []
    skipping = False
    for line in head.split(b"\r\n"):
        folded = line[:1] in {b" ", b"\t"}
        skipping = skipping if folded else line.lower().startswith(name.lower().encode() + b":")
        if not skipping:
            kept.append(line)
    return b"\r\n".join(kept) + blank + body


def with_header(raw: bytes, field: bytes) -> bytes:
    """The message with one more header field before the others."""
    return field + b"\r\n" + raw


def parsed_id(raw: bytes) -> str | None:
    """The Message-ID of a message."""
    found = BytesHeaderParser(policy=compat32).parsebytes(raw)["Message-ID"]
    return str(found) if found else None
