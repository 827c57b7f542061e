"""Specification of decoding bytes whose charset is unknown or wrongly named."""

from __future__ import annotations

import pytest

from parsers.mail.charsets import NAME_CHARSETS, compose, decode, many_lines, one_line

TEXTS = (
    "Сферум: Регистрация организации",
    "СФЕРУМ: РЕГИСТРАЦИЯ ОРГАНИЗАЦИИ",
    "Приказ о назначении № 5.docx",
    "Анкета.xlsx",
    "скан",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r", "cp866", "iso8859-5"])
@pytest.mark.parametrize("label", [None, "utf-8", "iso-8859-1", "us-ascii", "x-unknown"])
def test_russian_text_is_read_whatever_it_is_called(
    text: str, charset: str, label: str | None
) -> None:
    if charset == "koi8-r":
        text = text.replace("№", "N")
    assert decode(text.encode(charset), label) == text


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r"])
def test_a_wrong_cyrillic_label_is_seen_through(charset: str) -> None:
    other = "koi8-r" if charset == "windows-1251" else "windows-1251"
    assert decode(TEXTS[0].encode(charset), other) == TEXTS[0]


def test_a_true_label_is_believed() -> None:
    assert decode("José".encode("latin-1"), "iso-8859-1") == "José"
    assert decode("Привет".encode("mac-cyrillic"), "x-mac-cyrillic") == "Привет"
    assert decode("Привет".encode("utf-16"), "utf-16") == "Привет"


@pytest.mark.parametrize(
    "label", ["idna", "base64", "rot13", "undefined", "", "кодировка", "\0", "unicode_escape"]
)
def test_an_unusable_label_is_passed_over(label: str) -> None:
    assert decode(TEXTS[0].encode(), label) == TEXTS[0]
    assert decode(TEXTS[0].encode("cp1251"), label) == TEXTS[0]
    assert decode(b"\xff", label) == "\\xFF"


def test_a_mark_of_utf_16_is_seen() -> None:
    assert decode("Приказ".encode("utf-16")) == "Приказ"


def test_what_cannot_be_decoded_stands_as_hexadecimal() -> None:
    assert decode(b"\xff") == "\\xFF"
    assert decode(b"\xff", "utf-8") == "\\xFF"
    assert decode("Сферум".encode() + b"\xd0") == "Сферум\\xD0"


def test_names_in_archives_are_read_in_the_charset_of_windows() -> None:
    assert decode("Приказ №5.PDF".encode("cp866"), candidates=NAME_CHARSETS) == "Приказ №5.PDF"


def test_noise_is_not_taken_for_russian() -> None:
    assert decode(bytes(range(0xF8, 0x100)), "utf-8").startswith("\\xF8")


def test_bytes_that_no_charset_has_stay_bytes() -> None:
    assert decode(b"\x98\x98\x98", "cp1251") == "\\x98" * 3


def test_the_escape_is_for_reading_only() -> None:
    with pytest.raises(UnicodeEncodeError):
        "я".encode("ascii", "mailbot_escape")


def test_control_signs_do_not_survive() -> None:
    assert one_line(" а\tб\r\nв\0\x1b\u2028г\ud800 ") == "а б в г\\uD800"
    assert many_lines("а\tб\r\nв\0") == "а\tб\nв"


def test_composed_letters_are_one_sign() -> None:
    assert compose("и\u0306") == "й"
