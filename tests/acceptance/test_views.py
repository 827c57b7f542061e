"""Who has looked at an application is on record, and looking changes nothing else."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from tests.acceptance.house import House, single_line
from tests.acceptance.papers import form, good, incomplete, message, order, person


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


PICTURE = re.compile(r'<img class="(?P<kind>\w*)"[^>]*base64,(?P<data>[^"]+)"')


def pictures(page: str, kind: str) -> list[Image.Image]:
    return [
        Image.open(io.BytesIO(base64.b64decode(found["data"])))
        for found in PICTURE.finditer(page)
        if found["kind"] == kind
    ]


HOSTILE = message(
    3,
    replace(order(3), name="<img src=x onerror=alert(1)>.pdf"),
    form(3),
    text="<script>alert(1)</script> & \u202eтекст",
)


@pytest.fixture(scope="module")
def whole(prepared: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    house = prepared.copy(tmp_path_factory.mktemp("papers") / "house")
    house.put("3", good(2))
    house.put("4", HOSTILE)
    assert house.once().status == 0
    return house


def test_an_operator_sees_each_value_beside_its_place_on_the_paper(whole: House) -> None:
    number = whole.application_of(good(2))["id"]
    file = whole.directory / "page.html"
    assert whole.run("queue", "show", str(number), "--papers", str(file)).status == 0
    page = file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    assert person(2).full_name in page
    pages, places = pictures(page, "whole"), pictures(page, "place")
    assert [abs(one.width / one.height - 210 / 297) < 0.01 for one in pages] == [True]
    assert len(places) >= 3, "name, number and head"
    assert all(one.width > 3 * one.height for one in places)
    assert all(one.convert("L").getextrema()[0] < 128 for one in places), "there is ink"
    assert page.count('class="frame"') >= len(places)
    assert "Направляем документы" in page, "what the school wrote in its mail"
    again = whole.run("show", str(number), "--papers", str(file))
    assert again.status == 2
    assert str(file) in single_line(again)
    assert file.read_text(encoding="utf-8") == page


def test_what_strangers_wrote_stays_text_on_the_page(whole: House) -> None:
    file = whole.directory / "hostile.html"
    number = whole.application_of(HOSTILE)["id"]
    assert whole.run("show", str(number), "--papers", str(file)).status == 0
    page = file.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
