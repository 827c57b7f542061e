"""`mailbot register import`, and what a loaded register changes for every other command."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.samples import School
from tests.acceptance.house import House, single_line
from tests.acceptance.papers import good, school

pytestmark = pytest.mark.slow  # whole passes, one after another

HEADER = "ИНН;КПП;Полное наименование;Субъект РФ;Адрес;Руководитель"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House.make(tmp_path)


def row(one: School, **changes: str) -> str:
    values = {
        "inn": one.inn,
        "kpp": one.kpp,
        "name": one.full_name,
        "region": one.region,
        "address": one.address,
        "head": one.head,
    } | changes
    return ";".join(values.values())


def register(house: House, *rows: str) -> Path:
    path = house.directory / "реестр.csv"
    path.write_bytes("\r\n".join((HEADER, *rows)).encode("cp1251"))
    return path


def checks(house: House) -> dict[str, str]:
    """What `doctor` says, by the name of the check; a house without a server is not all well."""
    found = house.run("doctor", "--json").json
    return {one["name"]: one["message"] for one in found}


def test_an_import_says_what_came_of_it(house: House) -> None:
    path = register(house, row(school(1)), "12345;;Без ИНН;;;", row(school(2)))
    outcome = house.run("register", "import", path)
    assert outcome.status == 0
    assert "2" in outcome.out
    assert "строка 3:" in outcome.err
    assert house.json("register", "import", str(path)) == {
        "file": str(path),
        "rows": 2,
        "entries": 2,
        "refused": 1,
        "refused_rows": [
            {"line": 3, "reason": "ИНН не проходит проверку контрольной цифры"},
        ],
    }


def test_doctor_says_how_much_is_loaded_and_since_when(house: House) -> None:
    assert "не загружен" in checks(house)["реестр организаций"]
    house.run("register", "import", register(house, row(school(1)), row(school(2))))
    said = checks(house)["реестр организаций"]
    assert "записей: 2" in said
    assert "реестр.csv" in said


@pytest.mark.parametrize("content", [b"", b"a;b\r\n1;2\r\n", b"<a><b></a>", b"PK\x03\x04"])
def test_a_file_that_is_no_register_is_refused_in_one_line(house: House, content: bytes) -> None:
    path = house.directory / "файл"
    path.write_bytes(content)
    outcome = house.run("register", "import", path)
    assert outcome.status == 2
    assert str(path) in single_line(outcome)
    assert "не загружен" in checks(house)["реестр организаций"]


def test_a_file_that_is_not_there_is_refused_in_one_line(house: House) -> None:
    outcome = house.run("register", "import", "none.csv")
    assert outcome.status == 2
    assert "none.csv" in single_line(outcome)


def test_columns_are_mapped_in_the_configuration(house: House) -> None:
    path = house.directory / "r.csv"
    path.write_text(f"Номер;Школа\n{school(1).inn};Школа\n", encoding="utf-8")
    assert house.run("register", "import", path).status == 2
    house.configure('[register.columns]\ninn = ["Номер"]\nfull_name = ["Школа"]\n')
    assert house.run("register", "import", path).status == 0


def test_who_is_in_the_register_is_welcomed_and_who_is_not_is_reviewed(house: House) -> None:
    house.run("register", "import", register(house, row(school(1))))
    house.put("1", good(1))
    house.put("2", good(2))
    assert house.once().status == 1
    known, unknown = house.applications()
    assert known["state"] == "completed"
    assert (unknown["state"], unknown["verdict"]) == ("in_review", "review")
    (queued,) = house.json("queue", "list")
    assert queued["reasons"] == ["organization_unknown"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "МБДОУ «Детский сад № 77»"}, "organization_mismatch"),
        ({"region": "Камчатский край", "address": ""}, "organization_mismatch"),
        ({"head": "Нездешний Пётр Ильич"}, "signer_mismatch"),
    ],
)
def test_parse_compares_with_the_register_of_its_configuration(
    house: House, changes: dict[str, str], code: str
) -> None:
    message = house.directory / "1.eml"
    message.write_bytes(good(1))
    house.run("register", "import", register(house, row(school(1))))
    (agreeing,) = house.json("parse", str(message))
    assert agreeing["verdict"] == "accept"
    house.run("register", "import", register(house, row(school(1), **changes)))
    stored = house.stored()
    outcome = house.run("parse", str(message), "--json")
    assert outcome.status == 1
    (differing,) = outcome.json
    assert [one["code"] for one in differing["findings"]] == [code]
    assert house.stored() == stored


def test_parse_without_a_configuration_knows_no_register(house: House, tmp_path: Path) -> None:
    message = house.directory / "2.eml"
    message.write_bytes(good(2))
    house.run("register", "import", register(house, row(school(1))))
    house.config.rename(house.directory / "other.toml")
    (parsed,) = house.json("parse", str(message))
    assert parsed["verdict"] == "accept"
