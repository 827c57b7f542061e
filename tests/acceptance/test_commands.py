"""Decisions of operators, and the other commands on a database with something in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.house import SENDER, House, Outcome, single_line, text_of
from tests.acceptance.papers import (
    address,
    doubtful,
    form,
    good,
    incomplete,
    message,
    order,
    parsed_id,
    person,
    school,
)

UNKNOWN = 99
OPERATOR = ["--operator", "Анна"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with an application of each kind; nobody changes it."""
    house = House.make(tmp_path_factory.mktemp("commands") / "house")
    house.put("1.good", good(0))
    house.once()
    house.put("2.incomplete", incomplete(1))
    house.once()
    papers = (order(0, administrator=person(5)), form(0, administrator=person(5)))
    house.put("3.doubtful", doubtful(2))
    house.put("4.near", good(3, subject="Сфэрум: Регистрация организаци"))
    house.put("5.change", message(5, *papers))
    house.put("6.foreign", good(4, subject="Документы школы"))
    house.once()
    found = {
        numbers: [one for one in house.applications() if one["sender"] == address(numbers)]
        for numbers in (0, 1, 2, 3, 5)
    }
    assert {number: one["state"] for number, (one,) in found.items()} == {
        0: "completed",
        1: "awaiting_applicant",
        2: "in_review",
        3: "in_review",
        5: "in_review",
    }
    return house


@pytest.fixture
def desk(prepared: House, tmp_path: Path) -> House:
    return prepared.copy(tmp_path / "copy")


@pytest.fixture(scope="module")
def ids(prepared: House) -> dict[int, int]:
    """The applications by the number of who sent them."""
    senders = {one["sender"]: one["id"] for one in prepared.applications()}
    return {number: senders[address(number)] for number in (0, 1, 2, 3, 5)}


def refused(house: House, *arguments: str) -> str:
    """Try what is to be refused; returns the line. Nothing has changed."""
    before = house.stored()
    outcome = house.run(*arguments)
    assert outcome.status == 2, (arguments, outcome)
    line = single_line(outcome)
    assert house.stored() == before
    return line


def done(outcome: Outcome) -> Outcome:
    assert (outcome.status, outcome.err) == (0, "")
    return outcome


def replies_to(house: House, number: int) -> list[Any]:
    return [one for one in house.replies().values() if one["To"] == address(number)]


def test_approval_waits_until_every_value_is_given(desk: House, ids: dict[int, int]) -> None:
    number = str(ids[2])
    assert "administrator.phone" in refused(desk, "queue", "approve", number)
    given = "--set=administrator.phone=8 (912) 555-99-18"
    note = ["--note", "Позвонила в школу"]
    done(desk.run("queue", "approve", number, given, *OPERATOR, *note))
    shown = desk.show(ids[2])
    assert shown["state"] == "accepted"
    assert shown["administrator"]["phone"] == "+79125559918"
    row = shown["history"][-1]
    assert (row["from"], row["to"], row["who"]) == ("in_review", "accepted", "Анна")
    assert row["note"] == "Позвонила в школу"
    assert desk.once().status == 0
    assert desk.show(ids[2])["state"] == "completed"
    receipt, welcome = replies_to(desk, 2)
    assert "99-18" in text_of(welcome) + text_of(receipt)
    assert "Позвонила" not in text_of(welcome, "html") + text_of(receipt, "html")


@pytest.mark.parametrize(
    "given",
    [
        "administrator.phone=+7 495 555-29-99",
        "administrator.full_name=Иванова М. П.",
        "organization.inn=6699007141",
        "organization.colour=red",
        "administrator.phone",
    ],
)
def test_values_that_operators_give_are_validated(
    desk: House, ids: dict[int, int], given: str
) -> None:
    line = refused(desk, "queue", "approve", str(ids[2]), "--set", given)
    assert given.partition("=")[0] in line


def test_what_the_papers_agree_on_is_approved_as_it_is(desk: House, ids: dict[int, int]) -> None:
    approved = desk.run("queue", "approve", str(ids[3]), "--json", LOGNAME="vera")
    assert done(approved).json["state"] == "accepted"
    assert desk.show(ids[3])["history"][-1]["who"] == "vera"
    assert desk.once().status == 0
    shown = desk.show(ids[3])
    assert (shown["state"], shown["administrator"]["phone"]) == ("completed", person(3).phone)


def test_decisions_that_a_state_does_not_allow_are_refused(
    prepared: House, ids: dict[int, int]
) -> None:
    refused_ones = [
        ["approve", str(ids[0])],
        ["approve", str(ids[1])],
        ["approve", str(UNKNOWN)],
        ["reject", str(ids[0]), "--message", "нет"],
        ["reject", str(UNKNOWN)],
        ["ask", str(ids[1]), "--message", "что?"],
        ["ask", str(ids[2])],
        ["retry", str(ids[0])],
        ["retry", str(UNKNOWN)],
        ["join", str(ids[2]), str(ids[2])],
        ["join", str(ids[2]), str(ids[0])],
        ["join", str(ids[0]), str(ids[2])],
        ["join", str(ids[2]), str(UNKNOWN)],
        ["show", str(UNKNOWN)],
    ]
    for arguments in refused_ones:
        refused(prepared, "queue", *arguments)
    for arguments in (["show", str(UNKNOWN)], ["messages", "take", str(UNKNOWN)]):
        assert str(UNKNOWN) in refused(prepared, *arguments)


def test_a_rejection_reaches_the_school_word_for_word(desk: House, ids: dict[int, int]) -> None:
    words = "Приказ <отменён> & заменён.\nЗвоните: 8 (912) 555-00-11."
    arguments = ["--message", words, "--note", "секрет", *OPERATOR]
    done(desk.run("queue", "reject", str(ids[2]), *arguments))
    shown = desk.show(ids[2])
    assert shown["state"] == "rejected"
    assert (shown["history"][-1]["who"], shown["history"][-1]["note"]) == ("Анна", "секрет")
    assert desk.once().status == 0
    (mail,) = [one for one in replies_to(desk, 2) if "отменён" in text_of(one)]
    assert words in text_of(mail).replace("\r\n", "\n")
    assert "Приказ &lt;отменён&gt; &amp; заменён." in text_of(mail, "html")
    assert "8 (912) 555-00-11" in text_of(mail, "html")
    assert "секрет" not in text_of(mail) + text_of(mail, "html")
    assert mail["In-Reply-To"] == parsed_id(doubtful(2))
    refused(desk, "queue", "approve", str(ids[2]))


def test_a_question_of_an_operator_is_asked_and_its_answer_counts(
    desk: House, ids: dict[int, int]
) -> None:
    words = "Какой из двух номеров верный?"
    done(desk.run("queue", "ask", str(ids[2]), "--message", words))
    assert desk.show(ids[2])["state"] == "awaiting_applicant"
    assert desk.once().status == 0
    (mail,) = [one for one in replies_to(desk, 2) if words in text_of(one)]
    answer = message(
        2, form(2), subject=mail["Subject"], headers=[("In-Reply-To", mail["Message-ID"])]
    )
    desk.put("7.answer", answer)
    assert desk.once().status == 0
    shown = desk.show(ids[2])
    assert (shown["state"], shown["administrator"]["phone"]) == ("completed", person(2).phone)
    assert len(shown["message_ids"]) == 2


def test_retry_reads_anew_and_sends_no_second_receipt(desk: House, ids: dict[int, int]) -> None:
    done(desk.run("queue", "retry", str(ids[2]), *OPERATOR))
    shown = desk.show(ids[2])
    assert (shown["state"], shown["history"][-1]["who"]) == ("received", "Анна")
    assert desk.once().status == 1
    assert desk.show(ids[2])["state"] == "in_review"
    assert len(replies_to(desk, 2)) == 1


def test_joined_messages_count_in_the_other_application(desk: House, ids: dict[int, int]) -> None:
    other_sender = message(8, form(1), text="Анкета школы, забыли приложить")
    desk.put("7.form", other_sender)
    assert desk.once().status == 1
    apart = desk.application_of(other_sender)
    assert apart["state"] == "in_review"
    sent = len(replies_to(desk, 8))
    done(desk.run("queue", "join", str(apart["id"]), str(ids[1]), "--note", "та же школа"))
    gone, other = desk.show(apart["id"]), desk.show(ids[1])
    assert (gone["state"], gone["history"][-1]["note"]) == ("joined", "та же школа")
    assert other["state"] == "received"
    assert other["message_ids"] == [parsed_id(incomplete(1)), parsed_id(other_sender)]
    assert len(replies_to(desk, 8)) == sent
    assert desk.once().status == 0
    assert desk.show(ids[1])["state"] == "completed"
    assert desk.show(apart["id"])["state"] == "joined"


def test_two_operators_are_needed_for_a_change(desk: House, ids: dict[int, int]) -> None:
    number = str(ids[5])
    assert "administrator_change" in {one["code"] for one in desk.show(ids[5])["findings"]}
    done(desk.run("queue", "approve", number, "--note", "первая", *OPERATOR))
    first = desk.show(ids[5])
    assert first["state"] == "in_review"
    assert (first["history"][-1]["who"], first["history"][-1]["note"]) == ("Анна", "первая")
    refused(desk, "queue", "approve", number, *OPERATOR)
    assert desk.once().status == 0
    assert desk.show(ids[5])["state"] == "in_review"
    done(desk.run("queue", "approve", number, "--operator", "Борис"))
    assert desk.show(ids[5])["state"] == "accepted"
    assert desk.once().status == 0
    shown = desk.show(ids[5])
    assert shown["state"] == "completed"
    assert shown["administrator"] == {
        "full_name": person(5).full_name,
        "phone": person(5).phone,
    }


def test_one_operator_is_enough_where_the_rules_say_so(desk: House, ids: dict[int, int]) -> None:
    rules = {"MAILBOT_RULES__CHANGE_NEEDS_TWO": "false"}
    done(desk.run("queue", "approve", str(ids[5]), **rules))
    assert desk.show(ids[5])["state"] == "accepted"


def test_a_message_that_was_left_alone_is_taken_by_hand(desk: House) -> None:
    (ignored,) = desk.json("messages", "--ignored")
    done(desk.run("messages", "take", str(ignored["id"]), *OPERATOR))
    refused(desk, "messages", "take", str(ignored["id"]))
    one = desk.application_of(good(4, subject="Документы школы"))
    assert one["state"] == "received"
    assert desk.once().status == 0
    shown = desk.show(one["id"])
    assert (shown["state"], shown["findings"]) == ("completed", [])
    assert any("Анна" in row["who"] + row["why"] for row in shown["history"])
    assert desk.json("messages", "--ignored") == []


def test_a_message_that_has_gone_cannot_be_taken(desk: House) -> None:
    (ignored,) = desk.json("messages", "--ignored")
    (desk.box / "new" / "6.foreign").unlink()
    refused(desk, "messages", "take", str(ignored["id"]))


def test_a_message_is_taken_though_a_reader_has_moved_it(desk: House) -> None:
    (ignored,) = desk.json("messages", "--ignored")
    (desk.box / "new" / "6.foreign").rename(desk.box / "cur" / "6.foreign:2,S")
    done(desk.run("messages", "take", str(ignored["id"])))
    assert (desk.box / "cur" / "6.foreign:2,S").exists()


def test_held_replies_wait_for_their_release(desk: House, ids: dict[int, int]) -> None:
    done(desk.run("outbox", "hold"))
    done(desk.run("queue", "reject", str(ids[2]), "--message", "нет"))
    sent = len(desk.replies())
    held = desk.once()
    assert (held.status, held.err) == (0, "")
    (row,) = desk.json("outbox", "list")
    assert row.keys() >= {"id", "application", "kind", "recipient", "status", "message_id"}
    assert row["application"] == ids[2]
    assert len(desk.replies()) == sent
    done(desk.run("outbox", "release"))
    assert desk.once().status == 0
    assert len(desk.replies()) == sent + 1
    assert desk.json("outbox", "list") == []


def test_a_reply_has_one_message_id_for_ever(desk: House, ids: dict[int, int]) -> None:
    done(desk.run("outbox", "hold"))
    done(desk.run("queue", "reject", str(ids[2]), "--message", "нет"))
    (row,) = desk.json("outbox", "list")
    done(desk.run("outbox", "release"))
    desk.once()
    (mail,) = [one for one in desk.replies().values() if one["Message-ID"] == row["message_id"]]
    assert mail["To"] == address(2)


def test_templates_can_be_looked_at(prepared: House) -> None:
    for name in ("receipt", "ask", "welcome", "rejection"):
        outcome = done(prepared.run("replies", "preview", name))
        assert len(outcome.out) > 200


def test_applications_are_listed_by_state(prepared: House, ids: dict[int, int]) -> None:
    listed = prepared.json("applications", "--state", "completed", "--state", "awaiting_applicant")
    assert [one["id"] for one in listed] == [ids[0], ids[1]]


def test_our_own_replies_in_the_mailbox_are_left_alone(desk: House) -> None:
    (first, *_) = (desk.outgoing / "new").iterdir()
    desk.put("7.own", first.read_bytes())
    assert first.read_bytes().count(SENDER.encode()) > 0
    assert desk.once().status == 0
    assert {one["key"] for one in desk.json("messages", "--ignored")} == {"6.foreign", "7.own"}


def test_the_same_school_twice_at_once_is_seen_by_an_operator(
    desk: House, ids: dict[int, int]
) -> None:
    papers = (order(1, administrator=person(8)), form(1, administrator=person(8)))
    desk.put("7.twin", message(8, *papers))
    assert desk.once().status == 1
    one = desk.application_of(message(8, *papers))
    assert one["state"] == "in_review"
    assert one["organization"]["inn"] == school(1).inn
    found = {finding["code"] for finding in desk.show(one["id"])["findings"]}
    assert "duplicate_application" in found
    assert desk.show(ids[1])["state"] == "awaiting_applicant"
