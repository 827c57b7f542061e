"""Who has looked at an application is on record, and looking changes nothing else."""

from __future__ import annotations

import pytest

from tests.acceptance.house import House
from tests.acceptance.papers import incomplete


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House.make(tmp_path_factory.mktemp("views") / "house")
    house.put("1", incomplete(0))
    house.put("2", incomplete(1))
    assert house.once().status == 0
    return house


def test_every_look_is_recorded_with_who_when_and_how(prepared: House) -> None:
    house = prepared
    assert house.run("show", "1", "--operator", "Анна").status == 0
    assert house.run("queue", "show", "1", LOGNAME="boris").status == 0
    assert house.run("export", str(house.directory / "all.csv"), "--operator", "Вера").status == 0
    assert house.run("applications").status == 0
    views = house.show(1)["views"]
    assert [(one["who"], one["command"]) for one in views] == [
        ("Анна", "show"),
        ("boris", "queue show"),
        ("Вера", "export"),
        ("olga", "show"),
    ]
    assert all(one["at"].endswith("Z") for one in views)
    assert [one["who"] for one in house.show(2)["views"]] == ["Вера", "olga"]


def test_what_was_not_shown_is_not_recorded(prepared: House) -> None:
    house = prepared
    before = house.stored()
    assert house.run("show", "77").status == 2
    assert house.run("export", str(house.config)).status == 2
    assert house.run("export", "all.txt").status == 2
    assert house.stored() == before


def test_looking_changes_nothing_but_the_record(prepared: House) -> None:
    house = prepared
    before = [line for line in house.stored() if '"viewing"' not in line]
    assert house.run("show", "1").status == 0
    after = [line for line in house.stored() if '"viewing"' not in line]
    assert [line for line in after if "sqlite_sequence" not in line] == [
        line for line in before if "sqlite_sequence" not in line
    ]
