"""Specification of automatic mail: what no person wrote, and what looks so and is a school's letter."""

from __future__ import annotations

import pytest

from parsers.facts import Automatic
from parsers.mail.message import parse_headers

OURS = "Сферум: Регистрация организации"


def automatic(
    fields: str = "", subject: str = OURS, sender: str = "school@example.ru"
) -> Automatic | None:
    header = f"From: {sender}\nSubject: {subject}\n{fields}\n\n"
    return parse_headers(header.encode()).automatic


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("Auto-Submitted: auto-replied", Automatic.AUTO_REPLY),
        ("Auto-Submitted: (vacation) Auto-Generated; owner-email=a@b.ru", Automatic.AUTO_REPLY),
        ("Auto-Submitted: no\nAuto-Submitted: auto-notified", Automatic.AUTO_REPLY),
        ("X-Autoreply: yes", Automatic.AUTO_REPLY),
        ("X-Autorespond: Я в отпуске", Automatic.AUTO_REPLY),
        ("Precedence: auto_reply", Automatic.AUTO_REPLY),
        ("Precedence: Bulk", Automatic.BULK),
        ("Precedence: junk", Automatic.BULK),
        ("Precedence: list", Automatic.LIST),
        ("List-Id: <teachers.example.ru>", Automatic.LIST),
        ("List-Post: <mailto:list@example.ru>", Automatic.LIST),
        ("List-Unsubscribe: <x>\nList-Archive: <y>", Automatic.LIST),
        ("Return-Path: <>", Automatic.BOUNCE),
        ("X-Failed-Recipients: a@b.ru", Automatic.BOUNCE),
        (
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
            Automatic.BOUNCE,
        ),
        ("Content-Type: multipart/report; boundary=b", Automatic.BOUNCE),
        (
            "Content-Type: multipart/report;\n report-type=disposition-notification; boundary=b",
            Automatic.READ_RECEIPT,
        ),
        ("Content-Type: multipart/report; report-type=feedback-report", Automatic.BULK),
        ("Content-Type: message/delivery-status", Automatic.BOUNCE),
    ],
)
def test_one_sign_of_a_machine_is_enough(fields: str, kind: Automatic) -> None:
    assert automatic(fields) is kind


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        (f"Автоматический ответ: {OURS}", Automatic.AUTO_REPLY),
        ("Автоответ", Automatic.AUTO_REPLY),
        (f"Re: Автоответ: {OURS}", Automatic.AUTO_REPLY),
        ("Отсутствую до 5 августа", Automatic.AUTO_REPLY),
        ("Я в отпуске", Automatic.AUTO_REPLY),
        (f"Automatic reply: {OURS}", Automatic.AUTO_REPLY),
        (f"Отозвать: {OURS}", Automatic.AUTO_REPLY),
        (f"Прочитано: {OURS}", Automatic.READ_RECEIPT),
        (f"Прочтено: {OURS}", Automatic.READ_RECEIPT),
        (f"Не прочитано: {OURS}", Automatic.READ_RECEIPT),
        ("Недоставленное сообщение", Automatic.BOUNCE),
        (f"Не удается доставить: {OURS}", Automatic.BOUNCE),
        (f"Undeliverable: {OURS}", Automatic.BOUNCE),
        ("Mail delivery failed: returning message to sender", Automatic.BOUNCE),
    ],
)
def test_a_subject_betrays_a_machine(subject: str, kind: Automatic) -> None:
    assert automatic(subject=subject) is kind


def test_a_mail_system_as_sender_is_a_bounce() -> None:
    assert automatic(sender="MAILER-DAEMON@mx.example.ru") is Automatic.BOUNCE
    assert automatic(sender="postmaster@example.ru", subject=f"Ошибка: {OURS}") is Automatic.BOUNCE


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "Auto-Submitted: no",
        "Auto-Submitted: No (a person)",
        "Auto-Submitted:",
        "Precedence: normal",
        "Precedence: first-class",
        "X-Mailer: Autoresponder 2.0",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: no",
        "List-Unsubscribe: <mailto:u@provider.example>",
        "List-Post: NO",
        "List-Id:",
        "Return-Path: <school@example.ru>",
        "Return-Path: <school@example.ru>\nReturn-Path: <>",
        "Content-Type: multipart/mixed; report-type=delivery-status",
        "Disposition-Notification-To: school@example.ru",
        "Content-Type: message/rfc822",
    ],
)
def test_a_schools_letter_is_not_taken_for_a_machines(fields: str) -> None:
    assert automatic(fields) is None


def test_a_school_may_write_from_postmaster() -> None:
    assert automatic(sender="postmaster@school5.example.ru") is None


@pytest.mark.parametrize(
    "subject", [f"Re: {OURS}", f"Ответ: {OURS}", "Отпуск в августе", "Доставка"]
)
def test_an_ordinary_subject_betrays_nothing(subject: str) -> None:
    assert automatic(subject=subject) is None
