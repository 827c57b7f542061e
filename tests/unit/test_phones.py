from __future__ import annotations

import pytest

from parsers.facts import PhoneKind
from parsers.names.phones import PhoneLabel, find_phones, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "8 916 234-56-78", "8(916)234-56-78", "+7 916 234 56 78", "+7(916)2345678", "89162345678",
        "8 9 1 6 2 3 4 5 6 7 8", "8.916.234.56.78", "8–916–234–56–78", "8—916—234—56—78",
        "8‑916‑234‑56‑78", "8 - 916 - 234 - 56 - 78", "+8 916 234-56-78", "+ 7 916 234 56 78",
        "7 916 234 56 78", "9162345678", "(916) 234-56-78", "8 (916) 234-\n56-78",
        "+7\u00a0916\u00a0234\u00a056\u00a078", "8 (9 1 6) 234 56 78", "'89162345678", "89162345678.0",
        "8 9I6 2З4-5б-78", "8 916 234-56-78 (моб.)", "моб. тел.: 8 916 234-56-78", "8916-234-56-78.",
    ],
)  # fmt: skip
def test_a_mobile_number_is_read_however_it_is_written(text: str) -> None:
    phone = parse_phone(text)
    assert (phone.kind, phone.e164) == (PhoneKind.MOBILE, "+79162345678")
    assert phone.raw == text


@pytest.mark.parametrize(
    "text",
    [
        "8 916 234-56-7", "8 916 234-56-789", "+7 916 234-56-7", "8 916 23В-56-78", "8 916 23?-56-78",
        "8,91623E+10", "8,9162E+10", "8.91623e10", "", "нет", "89162345678, 89262345678",
        "8 916 ___-__-__", "8916234567", "1234567890123",
    ],
)  # fmt: skip
def test_a_digit_is_never_completed_nor_dropped(text: str) -> None:
    phone = parse_phone(text)
    assert (phone.kind, phone.e164) == (PhoneKind.UNREADABLE, None)


@pytest.mark.parametrize(
    ("text", "kind", "e164"),
    [
        ("8 (86555) 72-6-33", PhoneKind.FIXED, "+78655572633"),
        ("8-800-200-06-00", PhoneKind.FIXED, "+78002000600"),
        ("21-1-81", PhoneKind.FIXED, None),
        ("8(4822)34-56-78 доб. 12", PhoneKind.FIXED, "+74822345678"),
        ("+375 29 123-45-67", PhoneKind.FOREIGN, "+375291234567"),
        ("+7 701 123 45 67", PhoneKind.FOREIGN, "+77011234567"),
        ("+996 555 123456", PhoneKind.FOREIGN, "+996555123456"),
        ("8-10-375-29-123-45-67", PhoneKind.FOREIGN, "+375291234567"),
    ],
)
def test_landlines_and_foreign_numbers_are_told_apart(
    text: str, kind: PhoneKind, e164: str | None
) -> None:
    phone = parse_phone(text)
    assert (phone.kind, phone.e164) == (kind, e164)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("8-916-234-56-78/8-926-765-43-21", ["+79162345678", "+79267654321"]),
        ("8 916 234 56 78 8 903 765 43 21", ["+79162345678", "+79037654321"]),
        ("8 916 234-56-78\n2. Контроль", ["+79162345678"]),
        ("8 916 234-56-78\n170000 Тверь", ["+79162345678"]),
        ("Дата 12.03.2024 8 916 234 56 78", ["+79162345678"]),
        ("от 12.03.2024 № 132", []),
        ("170000, г. Тверь, д. 5", []),
        ("ИНН 9710085439", []),
        ("9710085439", []),
        ("тел. 9710085439", ["+79710085439"]),
        ("р/с 40701810400001000012, БИК 041806001", []),
        ("сертификат 00D1A2B3C4E5F6071829891612345670", []),
        ("СНИЛС 123-456-789 00", []),
        ("в 2024-2025 учебном году с 1 по 11 класс", []),
        ("school8916@mail.ru", []),
    ],
)
def test_only_telephone_numbers_are_found(text: str, numbers: list[str]) -> None:
    assert [one.phone.e164 for one in find_phones(text)] == numbers


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("моб. 89162345678, раб. 8(4822)345678", [PhoneLabel.MOBILE, PhoneLabel.WORK]),
        ("89162345678 (моб.), 8(4822)345678 (раб.)", [PhoneLabel.MOBILE, PhoneLabel.WORK]),
        ("дом. 8(4822)345678; сот. 89162345678", [PhoneLabel.HOME, PhoneLabel.MOBILE]),
        ("факс 8(4822)345678", [PhoneLabel.FAX]),
        ("WhatsApp 89162345678", [PhoneLabel.MESSENGER]),
        ("тел. 89162345678", [PhoneLabel.PHONE]),
        ("Иванова 89162345678", [None]),
    ],
)
def test_each_number_has_its_own_label(text: str, labels: list[PhoneLabel | None]) -> None:
    assert [one.label for one in find_phones(text)] == labels


def test_the_span_is_that_of_the_digits() -> None:
    text = "Иванова М.П., тел. 8 (916) 234-\n56-78, учитель"
    (found,) = find_phones(text)
    assert text[found.start : found.end] == found.phone.raw == "8 (916) 234-\n56-78"
