"""The administrator changes: whoever had the rights before is told, after the decision. On a real store."""

from __future__ import annotations

import pytest

from mailbot.replies import JinjaReplyWriter, ReplySettings
from mailbot.storage import SqlStore
from tests.integration.test_life import ANNA, BORIS, INN, Mail, World, form, good, letter
from workflow import decisions
from workflow.application import OutboxRow, ReplyKind
from workflow.findings import Code
from workflow.ports import DeliveryRefusedError
from workflow.states import State

NEW_NAME, NEW_NUMBER = "Орлова Инна Петровна", "+79120000174"
NOTICE, WELCOME = ReplyKind.CHANGE_NOTICE, ReplyKind.WELCOME


@pytest.fixture
def world(store: SqlStore) -> World:
    world = World(store)
    world.run(good())
    return world


def change(world: World, number: str = NEW_NUMBER, key: str = "change") -> None:
    papers = (letter(NEW_NAME, number), form(NEW_NAME, number))
    world.run(Mail(key, sender="new@example.org", papers=papers))


def approve(world: World, application_id: int = 2) -> None:
    for operator in (ANNA, BORIS):
        decisions.approve(world.desk, application_id, operator=operator, values={})
    world.work()
    world.deliver()


def notices(world: World) -> list[OutboxRow]:
    return [row for row in world.sent if row.kind is NOTICE]


def test_the_former_administrator_is_told_in_the_former_thread_after_the_change(
    world: World,
) -> None:
    change(world)
    decisions.approve(world.desk, 2, operator=ANNA, values={})
    world.work()
    world.deliver()
    assert notices(world) == []
    assert world.rights() == ["+79120000147"]
    decisions.approve(world.desk, 2, operator=BORIS, values={})
    world.work()
    world.deliver()
    assert world.rights() == [NEW_NUMBER]
    (notice,) = notices(world)
    assert (notice.recipient, notice.application_id) == ("school@example.org", 1)
    assert world.states() == [State.COMPLETED, State.COMPLETED]
    assert [row.recipient for row in world.sent if row.kind is WELCOME] == [
        "school@example.org",
        "new@example.org",
    ]


def test_the_notice_names_neither_the_new_person_nor_their_number(world: World) -> None:
    orders = []
    original = world.write
    world.write = lambda order: (orders.append(order), original(order))[1]  # type: ignore[method-assign]
    change(world)
    approve(world)
    (order,) = [one for one in orders if one.kind is NOTICE]
    settings = ReplySettings(sender="info@example.org")
    text = JinjaReplyWriter(settings)._render(order, has_picture=False)
    for part in (text.text, text.html, text.subject, repr(order)):
        for secret in ("Орлова", "01-74", "0174"):
            assert secret not in part
    assert "переданы другому сотруднику" in text.text
    assert "МБОУ «СОШ № 4»" in text.text
    assert (order.in_reply_to, order.agreed.inn) == ("<good@school.example>", INN)


def test_a_second_change_tells_the_second_administrator(world: World) -> None:
    change(world)
    approve(world)
    change(world, "+79120000199", "second")
    approve(world, 3)
    assert [(row.recipient, row.application_id) for row in notices(world)] == [
        ("school@example.org", 1),
        ("new@example.org", 2),
    ]


def test_nobody_is_told_of_a_change_that_was_refused(world: World) -> None:
    change(world)
    decisions.reject(world.desk, 2, operator=ANNA, text="Нет.")
    world.deliver()
    assert notices(world) == []
    assert world.rights() == ["+79120000147"]


def test_nobody_is_told_where_the_rights_stay_with_the_same_number(world: World) -> None:
    world.run(Mail("same", sender="new@example.org", papers=(letter(), form())))
    assert world.states()[1] is State.IN_REVIEW
    decisions.approve(world.desk, 2, operator=ANNA, values={})
    world.work()
    world.deliver()
    assert world.states()[1] is State.COMPLETED
    assert notices(world) == []


def test_a_notice_that_cannot_be_delivered_changes_nothing_else(world: World) -> None:
    change(world)
    for operator in (ANNA, BORIS):
        decisions.approve(world.desk, 2, operator=operator, values={})
    world.work()
    original = world.send

    def refuse_the_notice(row: OutboxRow) -> None:
        if row.kind is NOTICE:
            raise DeliveryRefusedError("550 нет такого ящика")
        original(row)

    world.send = refuse_the_notice  # type: ignore[method-assign]
    world.deliver()
    assert world.states() == [State.COMPLETED, State.COMPLETED]
    assert world.rights() == [NEW_NUMBER]


def test_a_correction_after_the_end_is_before_an_operator_without_a_questionnaire_too(
    world: World,
) -> None:
    (welcome,) = world.sent
    papers = (letter(NEW_NAME, NEW_NUMBER),)
    world.run(Mail("correction", papers=papers, answers=(welcome.message_id,)))
    assert world.states() == [State.COMPLETED, State.IN_REVIEW]
    assert Code.ADMINISTRATOR_CHANGE in world.codes(2)
    assert world.application(2).linked_to == 1
    assert [row.kind for row in world.sent[1:]] == [ReplyKind.RECEIPT]
    assert world.rights() == ["+79120000147"]
