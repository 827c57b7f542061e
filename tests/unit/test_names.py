from __future__ import annotations

from pathlib import Path

import pytest

from parsers.facts import Sex
from parsers.names.names import Case, find_people, parse_person

CASES = {
    "nom": Case.NOMINATIVE,
    "gen": Case.GENITIVE,
    "dat": Case.DATIVE,
    "acc": Case.ACCUSATIVE,
    "ins": Case.INSTRUMENTAL,
    "-": None,
}
LINES = (Path(__file__).parent.parent / "data" / "names.txt").read_text(encoding="utf-8")
HARD = [
    tuple(part.strip() for part in line.split(";"))
    for line in LINES.splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("form", "case", "expected"), HARD)
def test_a_name_in_any_case_gives_the_nominatives_that_its_form_admits(
    form: str, case: str, expected: str
) -> None:
    name = parse_person(form, governing=CASES[case])
    assert name is not None
    assert name.nominatives == tuple(one.strip() for one in expected.split("|"))
    assert name.raw == form


def test_the_table_of_hard_names_has_more_than_a_hundred() -> None:
    assert len(HARD) > 100


@pytest.mark.parametrize(
    ("form", "case", "sex"),
    [
        ("Иванову И.И.", Case.ACCUSATIVE, Sex.FEMALE),
        ("Иванову И.И.", Case.DATIVE, Sex.MALE),
        ("Мельник О.О.", Case.ACCUSATIVE, Sex.FEMALE),
        ("Мельника О.О.", Case.ACCUSATIVE, Sex.MALE),
        ("Черных А.А.", Case.ACCUSATIVE, None),
    ],
)
def test_grammar_tells_the_sex_where_it_can(form: str, case: Case, sex: Sex | None) -> None:
    name = parse_person(form, governing=case)
    assert name is not None
    assert name.sex is sex
    assert name.initials


def test_without_a_governing_word_a_form_keeps_all_its_readings() -> None:
    name = parse_person("Иванову И.И.")
    assert name is not None
    assert set(name.nominatives) == {"Иванова И. И.", "Иванов И. И."}


@pytest.mark.parametrize(
    ("form", "nominative"),
    [
        ("Ивановa Mария Пeтровна", "Иванова Мария Петровна"),
        ("0льга Серг0ва", "Сергова Ольга"),
        ("Петрову-\nВодкину Анну\nСергеевну", "Петрова-Водкина Анна Сергеевна"),
        ("  Иванова\u00a0Мария   Петровна, ", "Иванова Мария Петровна"),
        ("г-жа Иванова Мария Петровна", "Иванова Мария Петровна"),
    ],
)
def test_look_alikes_spaces_and_line_ends_are_no_part_of_a_name(form: str, nominative: str) -> None:
    name = parse_person(form)
    assert name is not None
    assert nominative in name.nominatives


@pytest.mark.parametrize(
    "text",
    ["", "нет", "-", "Иванова", "Ivanova", "89161234567", "учитель Иванова М.П.",
     "Иванова Мария Петровна, Сомов Пётр Ильич", "МБОУ СОШ № 5", "Директор школы"],
)  # fmt: skip
def test_what_is_not_one_name_is_none(text: str) -> None:
    assert parse_person(text) is None


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("Учителю Иванову Ивану Ивановичу", ["Иванову Ивану Ивановичу"]),
        ("Директор И.И. Иванов", ["И.И. Иванов"]),
        ("Иванов И.И., Петрова А.А.", ["Иванов И.И.", "Петрова А.А."]),
        ("П.П. Иванов А.А. Петрова", ["П.П. Иванов", "А.А. Петрова"]),
        ("Иванов П.П. Петрова А.А.", ["Иванов П.П.", "Петрова А.А."]),
        ("Назначить Марию Петровну Иванову", ["Марию Петровну Иванову"]),
        ("Директор МБОУ СОШ № 5", []),
        ("Фамилия: Лапина\nИмя: Эльвира\nОтчество: Наилевна",
         ["Лапина\nИмя: Эльвира\nОтчество: Наилевна"]),
        ("Отдел Образования Администрации Района", []),
        ("по адресу г. Тверь, ул. Мира", []),
        ("администратора школы с. Верхний Дон", []),
        ("администратора школы станица Старая Полтавка", []),
        ("администратора школы г. Тверь Иванову Марию Петровну", ["Иванову Марию Петровну"]),
    ],
)  # fmt: skip
def test_people_are_found_among_other_words(text: str, raws: list[str]) -> None:
    assert [one.raw for one in find_people(text)] == raws


def test_a_name_in_latin_letters_is_a_name_that_has_no_nominative() -> None:
    name = parse_person("Ivanova Maria Petrovna")
    assert name is not None
    assert name.nominatives == ()
    assert name.raw == "Ivanova Maria Petrovna"


def test_initials_behind_a_cells_border_belong_to_the_surname_that_follows() -> None:
    found = find_people("МБОУ СОШ п. Лесозаводский\tН. Ц. Шугай")
    assert [one.raw for one in found] == ["Н. Ц. Шугай"]
