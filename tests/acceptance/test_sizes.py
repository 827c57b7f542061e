"""Messages that are too large to be read, and two files of one name: nothing is lost."""

from __future__ import annotations

import pytest

from tests.acceptance.house import House
from tests.acceptance.papers import (
    address,
    good,
    incomplete,
    message,
    parsed_id,
    with_header,
    without_header,
)

LARGEST = 60 * 2**20

pytestmark = pytest.mark.slow  # messages of sixty megabytes


def enlarged(raw: bytes) -> bytes:
    """The message with so much behind its end that it is not read."""
    return raw + b"\r\n" + b"x" * (LARGEST - len(raw))


def test_a_message_that_is_too_large_is_stored_and_put_before_an_operator(house: House) -> None:
    raw = enlarged(good(0))
    house.put("1.large", raw)
    listed = house.json("run", "--once", "--dry-run")
    assert "limit_reached" in listed[0]["findings"]
    assert house.once().status == 1
    (one,) = house.applications()
    assert (one["state"], one["message_ids"]) == ("in_review", [parsed_id(good(0))])
    assert "limit_reached" in {found["code"] for found in house.show(1)["findings"]}
    assert house.show(1)["messages"][0]["size"] == len(raw)
    stored = [
        path
        for path in (house.directory / "mailbot-data" / "messages").rglob("*")
        if path.is_file()
    ]
    assert [path.stat().st_size for path in stored] == [len(raw)]
    page = house.directory / "page.html"
    assert house.run("show", "1", "--papers", str(page)).status == 0
    assert "limit_reached" in page.read_text(encoding="utf-8")
    assert 'class="page"' not in page.read_text(encoding="utf-8"), "it was not read"
    assert house.run("queue", "retry", "1").status == 0
    assert house.once().status == 1
    assert house.show(1)["state"] == "in_review"


def test_parse_says_that_a_message_is_too_large(house: House) -> None:
    (house.directory / "large.eml").write_bytes(enlarged(good(0)))
    outcome = house.run("parse", "--json", "large.eml")
    assert outcome.status == 1
    (one,) = outcome.json
    assert (one["verdict"], one["sender"]) == ("review", address(0))
    assert "limit_reached" in {found["code"] for found in one["findings"]}


def test_an_answer_that_is_too_large_reaches_the_application_that_waits(house: House) -> None:
    house.put("1.half", incomplete(0))
    assert house.once().status == 0
    (asked,) = house.replies().values()
    field = f"In-Reply-To: {asked['Message-ID']}".encode()
    answer = with_header(without_header(message(0, subject="Re: вопрос"), "In-Reply-To"), field)
    house.put("2.large", enlarged(answer))
    assert house.once().status == 1
    (one,) = house.applications()
    assert (one["state"], len(one["message_ids"])) == ("in_review", 2)
    assert "limit_reached" in house.json("queue", "list")[0]["reasons"]


def test_two_files_of_one_name_are_both_accounted_for(house: House) -> None:
    house.put("1.same", good(0))
    house.put("1.same:2,S", incomplete(1), folder="cur")
    house.put("2.other", message(2, subject="Прочее"))
    assert house.once().status == 0
    assert sorted(one["fate"] for one in house.json("messages")) == ["ignored", "taken", "taken"]
    assert {one["state"] for one in house.applications()} == {"completed", "awaiting_applicant"}
    assert house.once().status == 0
    assert len(house.json("messages")) == 3
