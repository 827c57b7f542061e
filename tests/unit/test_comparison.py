from __future__ import annotations

import pytest

from parsers.facts import PersonName
from workflow.comparison import (
    Agreement,
    choose_nominative,
    fold_name,
    same_organization,
    same_person,
)


def name(*nominatives: str) -> PersonName:
    return PersonName(raw=nominatives[0] if nominatives else "", nominatives=nominatives)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("Иванова Мария Петровна", "Иванова Мария Петровна", Agreement.SAME),
        ("Артёмова Алёна Львовна", "Артемова Алена Львовна", Agreement.SAME),
        ("Мария Петровна Иванова", "ИВАНОВА МАРИЯ ПЕТРОВНА", Agreement.SAME),
        ("Ван Лин", "Ван Лин", Agreement.SAME),
        ("Алиева Лейла Ариф-кызы", "Алиева Лейла Ариф кызы", Agreement.SAME),
        ("Коваль Наталья Юрьевна", "Коваль Наталия Юрьевна", Agreement.DIFFERENT),
        ("Бойкий Андрей Львович", "Бойкии Андреи Львович", Agreement.DIFFERENT),
        ("Иванова Мария Петровна", "Иванова Мария Павловна", Agreement.DIFFERENT),
        ("Иванова Мария Петровна", "Иванова Марина Петровна", Agreement.DIFFERENT),
        ("Иванова М. П.", "Иванова Мария Петровна", Agreement.PARTIAL),
        ("Иванова М. П.", "Иванова М. П.", Agreement.PARTIAL),
        ("Иванова М.", "Иванова Мария Петровна", Agreement.PARTIAL),
        ("Иванова Мария", "Иванова Мария Петровна", Agreement.PARTIAL),
        ("Иванова А. П.", "Иванова Мария Петровна", Agreement.DIFFERENT),
        ("Петрова М. П.", "Иванова Мария Петровна", Agreement.DIFFERENT),
        ("Иванова", "Иванова Мария Петровна", Agreement.DIFFERENT),
        ("М. П. Иванова", "Иванова Мария Петровна", Agreement.PARTIAL),
        ("Иванова П. М.", "Иванова Мария Петровна", Agreement.DIFFERENT),
        ("Иванова П.", "Иванова Мария Петровна", Agreement.DIFFERENT),
        ("Иванова Мария П.", "Иванова Мария Петровна", Agreement.PARTIAL),
        ("Р. Г. Мамедов", "Мамедов Рашад Гусейн оглы", Agreement.PARTIAL),
        ("Мамедов Рашад Гусейнович", "Мамедов Рашад Гусейн оглы", Agreement.DIFFERENT),
        ("Петрова Анна Ильинична", "Петрова-Водкина Анна Ильинична", Agreement.DIFFERENT),
    ],
)
def test_people_agree_by_every_part_of_their_names(
    one: str, other: str, agreement: Agreement
) -> None:
    assert same_person(name(one), name(other)) is agreement
    assert same_person(name(other), name(one)) is agreement


@pytest.mark.parametrize(
    "whole",
    [
        "Иванова Мария Петровна",
        "Ван Лин",
        "Мамедов Рашад Гусейн оглы",
        "Салчак Айлана Кан-ооловна",
        "Петрова-Водкина Анна Ильинична",
        "Александрова Александра Александровна",
    ],
)
def test_no_letter_of_a_name_may_differ_or_be_missing(whole: str) -> None:
    for at, sign in enumerate(whole):
        if not sign.isalpha():
            continue
        other = "о" if sign.casefold() == "а" else "а"
        for changed in (whole[:at] + other + whole[at + 1 :], whole[:at] + whole[at + 1 :]):
            assert same_person(name(whole), name(changed)) is Agreement.DIFFERENT, changed
            assert same_person(name(changed), name(whole)) is Agreement.DIFFERENT, changed


def test_one_reading_of_several_is_enough() -> None:
    letter = name("Журавль Олег Олегович", "Журавель Олег Олегович")
    assert same_person(letter, name("Журавель Олег Олегович")) is Agreement.SAME


def test_a_name_without_a_reading_cannot_be_compared() -> None:
    assert same_person(name(), name("Иванова Мария Петровна")) is Agreement.UNSURE


def test_the_questionnaire_chooses_among_the_letters_readings_and_adds_none() -> None:
    letter = name("Журавль Олег Олегович", "Журавель Олег Олегович")
    assert choose_nominative(letter, name("Журавель Олег Олегович")) == "Журавель Олег Олегович"
    assert choose_nominative(letter, name("Журавлёв Олег Олегович")) is None
    assert choose_nominative(letter, None) is None


def test_a_single_reading_is_printed_whatever_the_questionnaire_says() -> None:
    letter = name("Иванова Мария Петровна")
    assert choose_nominative(letter, None) == "Иванова Мария Петровна"
    assert choose_nominative(letter, name("Петрова Анна Львовна")) == "Иванова Мария Петровна"


def test_the_spelling_with_yo_is_printed() -> None:
    letter, form = name("Артемова Алена Львовна"), name("Артёмова Алёна Львовна")
    assert choose_nominative(letter, form) == "Артёмова Алёна Львовна"
    assert choose_nominative(form, letter) == "Артёмова Алёна Львовна"
    shouted = name("АРТЁМОВА АЛЁНА ЛЬВОВНА")
    assert choose_nominative(letter, shouted) == "Артемова Алена Львовна"


def test_initials_that_only_one_reading_fits_are_printed_so() -> None:
    letter = name("Иванова И. И.", "Иванов И. И.")
    assert choose_nominative(letter, name("Иванова Инна Игоревна")) == "Иванова И. И."
    assert choose_nominative(letter, name("Сомова Инна Игоревна")) is None


def test_folding_keeps_short_i() -> None:
    assert fold_name("  Ёлкин  Андрей ") == "елкин андрей"


FULL = (
    "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 3»"
)


@pytest.mark.parametrize(
    ("letter", "names", "places", "agreement"),
    [
        ("МБОУ «СОШ № 3» города Твери", [FULL], ["Тверская область", "г. Тверь"], Agreement.SAME),
        ("МБОУ СОШ N 3", [FULL], ["г. Тверь"], Agreement.UNSURE),
        ("МБОУ СОШ № 3", ["МБОУ СОШ №3"], [], Agreement.UNSURE),
        ("МБОУ СОШ № 4 г. Твери", [FULL], ["г. Тверь"], Agreement.DIFFERENT),
        ("МБОУ СОШ номер три г. Твери", [FULL], ["Тверь"], Agreement.SAME),
        ("МБДОУ детский сад № 3 г. Твери", [FULL], ["Тверь"], Agreement.DIFFERENT),
        ("МБОУ ООШ № 3 г. Твери", [FULL], ["Тверь"], Agreement.DIFFERENT),
        ("СОШ № 3 г. Казани", [FULL], ["г. Тверь"], Agreement.DIFFERENT),
        ("МБОУ СОШ № 3 им. А.С. Пушкина", ["МБОУ СОШ №3 имени Пушкина А.С."], [], Agreement.SAME),
        ("СОШ № 3 им. Пушкина", ["СОШ № 3 им. Гоголя"], [], Agreement.DIFFERENT),
        ("МБОУ Кашинская СОШ", ["Кашинская средняя школа"], [], Agreement.SAME),
        ("МБОУ Кашинская СОШ", ["МБОУ Ржевская СОШ"], [], Agreement.DIFFERENT),
        ("МБОУ СОШ с. Верхнее", ["МБОУ СОШ с. Верхнее"], [], Agreement.SAME),
        ("МБОУ СОШ № 3", [], [], Agreement.UNSURE),
        ("", [FULL], [], Agreement.UNSURE),
    ],
)
def test_organizations_agree_by_kind_number_name_and_place(
    letter: str, names: list[str], places: list[str], agreement: Agreement
) -> None:
    assert same_organization(letter, names, places) is agreement
