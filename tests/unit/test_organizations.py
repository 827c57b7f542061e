"""Names of schools compared."""

from __future__ import annotations

import pytest

from tests.unit.school_names import ALIKE, ALIKE_AT_A_PLACE, NUMBER_FIVE, UNLIKE
from workflow.organizations import same_organization

FIVE = (
    "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 5»"
)


@pytest.mark.parametrize(
    "profile",
    [
        "с углублённым изучением отдельных предметов",
        "С УГЛУБЛЁННЫМ ИЗУЧЕНИЕМ МАТЕМАТИКИ",
        "с кадетскими классами",
        "с этнокультурным компонентом",
    ],
)
def test_what_a_school_teaches_is_no_settlement(profile: str) -> None:
    name = f"МБОУ «Средняя общеобразовательная школа № 16 {profile}»"
    form = [name.capitalize(), "МБОУ «СОШ № 16 с УИОП»"]
    assert same_organization(name, form, ["г. Белоснежинск"]) is not False


def test_a_village_without_a_full_stop_still_tells_schools_apart() -> None:
    name = "МБОУ СОШ № 1 с Верхнее"
    assert same_organization(name, ["МБОУ СОШ № 1 с. Нижнее"], ["с. Нижнее"]) is False


@pytest.mark.parametrize("way", NUMBER_FIVE)
def test_a_number_with_its_place_is_one_school_however_it_is_written(way: str) -> None:
    assert same_organization(f"{way} г. Твери", [f"{FIVE} города Твери"], ["г. Тверь"]) is True
    assert same_organization(FIVE, [way], ["Тверь"]) is not False


@pytest.mark.parametrize("way", NUMBER_FIVE)
def test_a_number_without_its_place_proves_nothing(way: str) -> None:
    assert same_organization(way, ["МБОУ СОШ № 5"], []) is None


@pytest.mark.parametrize("way", NUMBER_FIVE)
@pytest.mark.parametrize(
    "other",
    [FIVE.replace("5", "6"), FIVE.replace("5", "15"), "МБДОУ «Детский сад № 5»", "МБОУ Лицей № 5"],
)
def test_another_number_or_kind_is_another_school(way: str, other: str) -> None:
    assert same_organization(way, [other], ["г. Тверь"]) is False
    assert same_organization(other, [way], ["г. Тверь"]) is False


@pytest.mark.parametrize("way", NUMBER_FIVE)
def test_another_town_is_another_school(way: str) -> None:
    assert same_organization(f"{way} г. Твери", [FIVE], ["г. Казань"]) is False
    assert same_organization(f"{way} города Твери", ["МБОУ СОШ № 5 г. Казани"], []) is False


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_one_school_is_never_taken_for_two(one: str, other: str) -> None:
    for left, right in ((one, other), (other, one), (one.upper(), other), (one, other.upper())):
        assert same_organization(left, [right], []) is not False


@pytest.mark.parametrize(("one", "other", "places"), ALIKE_AT_A_PLACE)
def test_nor_where_places_are_known(one: str, other: str, places: tuple[str, ...]) -> None:
    assert same_organization(one, [other], places) is not False
    assert same_organization(other, [one], places) is not False


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_two_schools_are_never_taken_for_one(one: str, other: str) -> None:
    assert same_organization(one, [other], []) is not True
    assert same_organization(other, [one], []) is not True


def test_the_letterheads_address_says_where_the_school_is() -> None:
    at = "170000, Тверская область, г. Тверь, ул. Новая, 5"
    assert same_organization(FIVE, [f"{FIVE} г. Твери"], [], letter_place=at) is True
    assert same_organization(FIVE, [FIVE], ["г. Псков"], letter_place=at) is False
    assert same_organization(FIVE, [FIVE], ["г. Тверь"], letter_place="") is None
