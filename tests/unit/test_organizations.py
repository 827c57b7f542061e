"""Names of schools compared."""

from __future__ import annotations

import pytest

from workflow.organizations import same_organization


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
