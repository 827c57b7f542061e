"""The same school writes again: what it gets in its mailbox, and what stands in the history."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.house import House
from tests.acceptance.papers import address, form, good, incomplete, message, order

CORRECTS, THREE, EMPTY, AGAIN, FORGES = 0, 1, 2, 3, 5


class Twice:
    """Five schools that write, are answered, and write again."""

    def __init__(self, house: House) -> None:
        self.house = house
        for number in (CORRECTS, AGAIN):
            house.put(f"1.{number}", good(number))
        for number in (THREE, EMPTY):
            house.put(f"1.{number}", incomplete(number))
        self.statuses = [house.once().status]
        self.first = {one["To"]: one for one in house.replies().values()}
        phone = "+7 912 555-99-17"
        later = {
            "correction": message(
                CORRECTS,
                order(CORRECTS, number="99-ОД", phone=phone),
                form(CORRECTS, phone=phone),
                **self.in_thread(CORRECTS),
            ),
            "three-a": incomplete(THREE, **self.in_thread(THREE), text="Письмо ещё раз"),
            "three-b": message(THREE, form(THREE), text="И анкета"),
            "three-c": message(THREE, form(THREE), **self.in_thread(THREE), text="Анкета ещё раз"),
            "empty": message(EMPTY, **self.in_thread(EMPTY), text="Высылаю повторно"),
            "again": good(AGAIN, **self.in_thread(AGAIN), text="Высылаю повторно"),
            "forged": good(FORGES, headers=(("In-Reply-To", self.forged()),)),
        }
        for name, raw in later.items():
            house.put(f"2.{name}", raw)
        self.statuses.append(house.once().status)
        for number in (THREE, AGAIN):
            welcome = self.replies(number)[-1]
            thanks = message(
                number,
                subject=welcome["Subject"],
                headers=(("In-Reply-To", welcome["Message-ID"]),),
                text="Спасибо!",
            )
            house.put(f"3.thanks-{number}", thanks)
        self.statuses.append(house.once().status)
        self.applications = [house.show(one["id"]) for one in house.applications()]

    def in_thread(self, number: int) -> dict[str, Any]:
        first = self.first[address(number)]
        return {
            "subject": first["Subject"],
            "headers": (("In-Reply-To", first["Message-ID"]), ("References", first["Message-ID"])),
        }

    def forged(self) -> str:
        """An id of ours in which one character of the signature is another."""
        true: str = self.first[address(EMPTY)]["Message-ID"]
        before, at, domain = true.partition("@")
        return before[:-1] + ("a" if before[-1] != "a" else "b") + at + domain

    def replies(self, number: int) -> list[EmailMessage]:
        return [one for one in self.house.replies().values() if one["To"] == address(number)]

    def kinds(self, number: int) -> list[str]:
        """The kinds of the replies to a school, in the order in which they were written."""
        return [
            mail["kind"]
            for one in self.applications
            for mail in one["messages"]
            if mail["direction"] == "out" and mail["recipient"] == address(number)
        ]

    def of(self, number: int) -> list[dict[str, Any]]:
        return [
            one
            for one in self.applications
            if any(
                mail["direction"] == "in" and mail["sender"] == address(number)
                for mail in one["messages"]
            )
        ]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Twice:
    return Twice(House.make(tmp_path_factory.mktemp("twice") / "house"))


def codes(one: dict[str, Any]) -> set[str]:
    return {found["code"] for found in one["findings"]}


def test_a_correction_after_acceptance_is_linked_and_before_an_operator(twice: Twice) -> None:
    first, second = twice.of(CORRECTS)
    assert (first["state"], second["state"]) == ("completed", "in_review")
    assert second["linked_to"] == first["id"]
    assert {"already_registered", "administrator_change"} <= codes(second)
    assert twice.kinds(CORRECTS) == ["welcome", "receipt"]


def test_three_messages_within_an_hour_get_one_welcome(twice: Twice) -> None:
    (one,) = twice.of(THREE)
    assert one["state"] == "completed"
    assert len(one["message_ids"]) == 5
    assert twice.kinds(THREE) == ["ask", "welcome"]


def test_sending_again_without_a_file_is_before_an_operator(twice: Twice) -> None:
    (one,) = twice.of(EMPTY)
    assert one["state"] == "in_review"
    assert "message_without_documents" in codes(one)
    assert twice.kinds(EMPTY) == ["ask", "receipt"]


def test_the_same_papers_and_thanks_for_the_welcome_are_kept_and_not_answered(
    twice: Twice,
) -> None:
    (one,) = twice.of(AGAIN)
    assert one["state"] == "completed"
    assert len(one["message_ids"]) == 3
    assert len(twice.replies(AGAIN)) == 1
    assert [row["to"] for row in one["history"]].count("completed") == 1


def test_a_forged_token_joins_nothing_and_links(twice: Twice) -> None:
    (forged,) = twice.of(FORGES)
    (claimed,) = twice.of(EMPTY)
    assert forged["state"] == "in_review"
    assert "follow_up_from_other_sender" in codes(forged)
    assert forged["linked_to"] == claimed["id"]


def test_only_the_pass_that_put_something_before_operators_says_so(twice: Twice) -> None:
    assert twice.statuses == [0, 1, 0]


def test_the_key_of_the_tokens_is_its_owners_alone(twice: Twice) -> None:
    (key,) = Path(twice.house.directory).rglob("token-key")
    assert key.stat().st_mode & 0o777 == 0o600
