from __future__ import annotations

import pytest

from parsers.names.identifiers import (
    IdentifierKind,
    find_identifiers,
    is_inn,
    is_kpp,
    is_ogrn,
    restore_zero,
)


def test_check_digits_decide() -> None:
    assert is_inn("7707083893")
    assert not is_inn("7707083894")
    assert is_ogrn("1027700132195")
    assert not is_ogrn("1027700132196")
    assert is_kpp("770701001")
    assert is_kpp("7707AB001")
    assert not is_kpp("77070100")


@pytest.mark.parametrize("zeros", ["0000000000", "0000000000000", "000000000"])
def test_zeros_alone_are_no_identifier(zeros: str) -> None:
    assert not is_inn(zeros)
    assert not is_ogrn(zeros)
    assert not is_kpp(zeros)


@pytest.mark.parametrize("text", ["", "77070838९३", "770708389", "500100732259", "7707083893 "])
def test_an_organizations_inn_is_ten_plain_digits(text: str) -> None:
    assert not is_inn(text)


def test_a_lost_zero_is_restored_only_if_the_check_digit_then_holds() -> None:
    assert restore_zero("542000120", (10,), is_inn) == "0542000120"
    assert restore_zero("542000121", (10,), is_inn) is None
    assert restore_zero("7707083893", (10,), is_inn) is None
    assert restore_zero("abc", (10,), is_inn) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ИНН 7707083893, КПП 770701001, ОГРН 1027700132195",
         [("inn", "7707083893"), ("kpp", "770701001"), ("ogrn", "1027700132195")]),
        ("ИНН/КПП 7707083893/770701001", [("inn", "7707083893"), ("kpp", "770701001")]),
        ("ИHH: 9710085439", [("inn", "9710085439")]),
        ("ИНН 7707083893 8 916 234-56-78", [("inn", "7707083893")]),
        ("ИНН: 7707083893\n8 916 234 56 78", [("inn", "7707083893")]),
        ("ИНН 770708389З", [("inn", "7707083893")]),
        ("9710085439", [("inn", "9710085439")]),
        ("телефон 9710085439", []),
        ("1027700132195", [("ogrn", "1027700132195")]),
        ("СНИЛС 123-456-789 00", [("other", "12345678900")]),
        ("БИК 041806001", [("other", "041806001")]),
        ("8 916 234-56-78", []),
    ],
)  # fmt: skip
def test_identifiers_are_found_and_told_apart(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.kind.value, one.digits) for one in find_identifiers(text)] == found
    assert IdentifierKind.INN.value == "inn"


def test_a_certificates_number_is_taken_whole() -> None:
    text = "Сертификат: 01 D7 8E 5F 00 12 34 56 78 9A BC DE F0 89 16 12 34 56"
    (found,) = find_identifiers(text)
    assert text[found.end :] == ""
