from __future__ import annotations

import datetime as dt

import pytest

from mailbot.mailtext import (
    day_in_words,
    last_digits,
    mask_phones,
    masked_phone,
    only_digits,
    plain,
    plain_lines,
    plural,
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "дней"),
        (1, "день"),
        (2, "дня"),
        (4, "дня"),
        (5, "дней"),
        (11, "дней"),
        (12, "дней"),
        (14, "дней"),
        (21, "день"),
        (22, "дня"),
        (101, "день"),
        (111, "дней"),
    ],
)
def test_a_numeral_takes_the_form_that_russian_asks_for(number: int, expected: str) -> None:
    assert plural(number, "день", "дня", "дней") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Приказ 89165554567.pdf", "Приказ •••••••4567.pdf"),
        ("тел. +7 (916) 555-45-67", "тел. +• (•••) •••-45-67"),
        ("9165554567", "••••••4567"),
        ("№ 132 8-916-555-45-67", "№ 132 •-•••-•••-45-67"),
        ("8 (86555) 72-6-33 приёмная", "• (•••••) •2-6-33 приёмная"),
        ("+375 29 123-45-67", "+••• •• •••-45-67"),
        ("8_916_555_45_67", "•_•••_•••_45_67"),
    ],
)
def test_a_telephone_number_in_a_text_keeps_its_last_four_digits(text: str, expected: str) -> None:
    assert mask_phones(text) == expected


@pytest.mark.parametrize(
    "text", ["Приказ от 02.09.2024 № 132-ОД", "Школа № 5", "ОГРН 1027700132195", "IMG_20240902_1"]
)
def test_numbers_that_are_no_telephone_numbers_stay(text: str) -> None:
    assert mask_phones(text) == text


def test_a_masked_number_shows_four_digits() -> None:
    assert masked_phone("+79165554567") == "+7 ••• •••-45-67"
    assert masked_phone("+375291234567") == "•••-45-67"
    assert masked_phone("12") == ""
    assert last_digits("8 (86555) 72-6-33") == "26-33"


def test_a_strangers_text_becomes_one_line_without_controls_and_overrides() -> None:
    assert plain("a\r\nBcc: x@y\x00\u202egnp.exe\u2028b\t\u200bc") == "a Bcc: x@ygnp.exe b c"
    assert plain("\ud800я") == "я"
    assert plain("я" * 300, limit=10) == "я" * 9 + "…"


def test_an_operators_text_keeps_its_words_and_lines() -> None:
    assert plain_lines("Первая\r\n\r\n  вторая +79165554567\x07\n") == (
        "Первая\n\n  вторая +79165554567"
    )


def test_digits_are_taken_from_a_text_only_where_they_are_few() -> None:
    assert only_digits("ИНН 770708-3894") == "7707083894"
    assert only_digits("1" * 16) == ""


def test_a_date_is_written_in_words() -> None:
    assert day_in_words(dt.date(2024, 9, 2)) == "2 сентября 2024 года"
