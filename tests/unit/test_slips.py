from __future__ import annotations

import pytest

from parsers.images.ocr import RecognizedWord
from parsers.images.slips import mended


def texts(row: str) -> str:
    words = [RecognizedWord(word, (0, 0, 10, 10), 0.9) for word in row.split()]
    return " ".join(word.text for word in mended(words))


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Директор Л.3. Юдин", "Директор Л.З. Юдин"),
        ("Директор 3.П. Юдина", "Директор З.П. Юдина"),
        ("Юдин Л.3.", "Юдин Л.З."),
        ("Л. 3. Юдин", "Л. З. Юдин"),
        ("В.0.Ли-Сон", "В.О.Ли-Сон"),
        ("А.6. Снегирёв,", "А.Б. Снегирёв,"),
    ],
)
def test_a_digit_among_initials_is_the_letter_that_it_looks_like(read: str, meant: str) -> None:
    assert texts(read) == meant


def test_a_dot_between_the_initials_at_a_rows_end_is_put_back() -> None:
    assert texts("Директор РО. Мухаметова") == "Директор Р.О. Мухаметова"
    assert texts("ОО. Школа имеет") == "ОО. Школа имеет"


@pytest.mark.parametrize(
    "read",
    ["3. Иванова Мария", "приказ № 3.О. от", "п. 3. Устава", "В. 3. 10", "3.0. Итого", "А.3. 15"],
)
def test_a_digit_anywhere_else_stays_a_digit(read: str) -> None:
    assert texts(read) == read


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Директор /3. Н. Юдина/", "Директор /З. Н. Юдина/"),
        ("И.о. заведующей 1А.Г. Юдина/", "И.о. заведующей А.Г. Юдина/"),
        ("Заведующий м.И. Юдина.", "Заведующий М.И. Юдина."),
        ("в школе г.Н. Новгород", "в школе г.Н. Новгород"),
        ("п. 3. Н. школа", "п. 3. Н. школа"),
    ],
)
def test_initials_before_a_surname_at_a_rows_end_are_read_as_they_were_meant(
    read: str, meant: str
) -> None:
    assert texts(read) == meant
