"""Which application a message belongs to, seen over two passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.house import House, text_of
from tests.acceptance.papers import (
    address,
    form,
    good,
    incomplete,
    message,
    order,
    parsed_id,
)


class Answered:
    """Applications that were asked, or completed, and what came after that."""

    def __init__(self, house: House) -> None:
        self.house = house
        first = {"incomplete": (1, 2, 3, 4), "good": (0, 6)}
        for number in first["incomplete"]:
            house.put(f"1.incomplete-{number}", incomplete(number))
        for number in first["good"]:
            house.put(f"1.good-{number}", good(number))
        self.first = house.once()
        self.ids = {one["To"]: self.id_of(one["In-Reply-To"]) for one in house.replies().values()}
        self.asked = {one["To"]: one for one in house.replies().values()}
        self.later = {
            "answer": message(1, form(1), **self.in_thread(1)),
            "from another": message(
                2, form(2), **self.in_thread(2), sender="stranger@other.example"
            ),
            "by content": message(3, form(3)),
            "thanks too early": message(4, **self.in_thread(4)),
            "thanks": message(0, **self.in_thread(0)),
            "papers again": message(
                6, order(6, number="99-ОД"), form(6), **self.in_thread(6), text="Новый приказ"
            ),
        }
        for name, raw in self.later.items():
            house.put(f"2.{name}", raw)
        self.second = house.once()
        self.fresh = [one for one in house.replies().values() if one["In-Reply-To"] in self.raws]
        self.applications = house.applications()
        house.put("3.again", message(1, form(1), **self.in_thread(1), text="Ещё раз анкета"))
        self.third = house.once()

    @property
    def raws(self) -> dict[str | None, str]:
        return {parsed_id(raw): name for name, raw in self.later.items()}

    def id_of(self, message_id: str) -> int:
        (found,) = [
            one["id"] for one in self.house.applications() if message_id in one["message_ids"]
        ]
        return int(found)

    def in_thread(self, number: int) -> dict[str, Any]:
        asked = self.asked[address(number)]
        return {
            "subject": asked["Subject"],
            "headers": (
                ("In-Reply-To", asked["Message-ID"]),
                ("References", f"{asked['In-Reply-To']} {asked['Message-ID']}"),
            ),
        }

    def application(self, name: str) -> dict[str, Any]:
        """The application that holds one of the later messages."""
        return self.house.show(self.id_of(str(parsed_id(self.later[name]))))

    def earlier(self, number: int) -> dict[str, Any]:
        return self.house.show(self.ids[address(number)])


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    return Answered(House.make(tmp_path_factory.mktemp("threads") / "house"))


def codes(one: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in one["findings"]}


def test_passes_say_whether_something_new_is_before_operators(answered: Answered) -> None:
    statuses = (answered.first.status, answered.second.status, answered.third.status)
    assert statuses == (0, 1, 0)


def test_an_answer_in_the_thread_joins_and_completes(answered: Answered) -> None:
    one = answered.application("answer")
    assert one["id"] == answered.ids[address(1)]
    assert one["state"] == "completed"
    assert [row["to"] for row in one["history"]].count("received") == 2
    (welcome,) = [
        reply for reply in answered.fresh if answered.raws[reply["In-Reply-To"]] == "answer"
    ]
    assert welcome["To"] == address(1)
    assert answered.asked[address(1)]["Message-ID"] in welcome["References"].split()


def test_an_answer_from_another_sender_is_an_application_of_its_own(answered: Answered) -> None:
    one = answered.application("from another")
    assert one["id"] not in answered.ids.values()
    assert one["state"] == "in_review"
    assert "follow_up_from_other_sender" in codes(one)
    assert answered.earlier(2)["state"] == "awaiting_applicant"


def test_what_is_missing_and_nothing_else_joins_by_content(answered: Answered) -> None:
    one = answered.application("by content")
    assert one["id"] == answered.ids[address(3)]
    assert one["state"] == "completed"
    assert codes(one) == {"joined_by_content"}


def test_a_message_without_papers_puts_what_waits_before_an_operator(answered: Answered) -> None:
    one = answered.application("thanks too early")
    assert one["id"] == answered.ids[address(4)]
    assert one["state"] == "in_review"
    assert "message_without_documents" in codes(one)


def test_thanks_are_kept_with_what_has_ended_and_not_answered(answered: Answered) -> None:
    one = answered.application("thanks")
    assert one["id"] == answered.ids[address(0)]
    assert one["state"] == "completed"
    assert len([sent for sent in one["messages"] if sent["direction"] == "out"]) == 1


def test_papers_for_what_has_ended_make_a_new_application(answered: Answered) -> None:
    one = answered.application("papers again")
    assert one["id"] not in answered.ids.values()
    assert answered.earlier(6)["state"] == "completed"
    assert len(answered.earlier(6)["message_ids"]) == 1
    assert one["state"] == "in_review"
    assert "already_registered" in codes(one)


def test_papers_that_are_there_already_are_noted_and_nothing_else(answered: Answered) -> None:
    one = answered.earlier(1)
    assert one["state"] == "completed"
    assert len(one["message_ids"]) == 3
    assert len([sent for sent in one["messages"] if sent["direction"] == "out"]) == 2
    assert len(answered.house.applications()) == len(answered.applications)


def test_a_message_without_papers_alone_is_new_before_operators_and_the_school_is_told(
    tmp_path: Path,
) -> None:
    house = House.make(tmp_path)
    house.put("1", incomplete(1))
    assert house.once().status == 0
    ((name, asked),) = house.replies().items()
    thread = (("In-Reply-To", asked["Message-ID"]), ("References", asked["Message-ID"]))
    again = message(1, subject=asked["Subject"], headers=thread, text="Высылаю повторно.")
    house.put("2", again)
    assert house.once().status == 1
    (receipt,) = [reply for file, reply in house.replies().items() if file != name]
    for kind in ("plain", "html"):
        assert "не было файлов" in text_of(receipt, kind)
        assert "ничего делать не нужно" not in text_of(receipt, kind)
    assert house.once().status == 0
