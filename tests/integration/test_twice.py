"""The same school twice: one answer to each question, nothing reopened, all of it on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.storage import SqlStore
from parsers.facts import Mark
from tests.integration.test_life import ANNA, NUMBER, Mail, World, form, good, half, letter
from tests.integration.test_silence import LAST_DAY, at
from workflow import decisions
from workflow.application import ReplyKind
from workflow.findings import Code
from workflow.states import State

ASK, RECEIPT, WELCOME = ReplyKind.ASK, ReplyKind.RECEIPT, ReplyKind.WELCOME
COMPLETED, REVIEW, WAITING = State.COMPLETED, State.IN_REVIEW, State.AWAITING_APPLICANT
OTHER = "+79120000174"


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def messages(world: World, application_id: int = 1) -> list[tuple[str, str]]:
    with world.store.begin(write=False) as work:
        return [(one.digest, one.noted) for one in work.messages(application_id)]


def test_the_same_papers_in_the_thread_of_the_welcome_are_noted(world: World) -> None:
    world.run(good())
    world.run(replace(good(), key="again", answers=(world.sent[0].message_id,)))
    assert world.states() == [COMPLETED]
    assert world.kinds() == [WELCOME]
    assert [noted for _, noted in messages(world)] == ["", "repeat"]


@pytest.mark.parametrize("threaded", [True, False])
def test_the_same_papers_after_an_application_has_expired_are_a_new_one(
    world: World, threaded: bool
) -> None:
    world.run(half())
    at(world, LAST_DAY.replace(day=7))
    assert world.states() == [State.EXPIRED]
    answers = (world.sent[-1].message_id,) if threaded else ()
    world.run(replace(half(), key="again", answers=answers))
    assert world.states() == [State.EXPIRED, WAITING]
    assert world.kinds()[-1] is ASK
    assert world.application(2).linked_to == (1 if threaded else None)


def test_the_same_papers_after_a_rejection_are_a_new_application(world: World) -> None:
    bad = Mail("bad", papers=(letter(number=OTHER), form()))
    world.run(bad)
    decisions.reject(world.desk, 1, operator=ANNA, text="Нет.")
    world.deliver()
    world.run(replace(bad, key="again", answers=(world.sent[-1].message_id,)))
    assert world.states() == [State.REJECTED, REVIEW]
    assert world.application(2).linked_to == 1


@pytest.mark.parametrize("threaded", [True, False])
def test_a_correction_after_acceptance_is_a_linked_application_before_an_operator(
    world: World, threaded: bool
) -> None:
    world.run(good())
    answers = (world.sent[0].message_id,) if threaded else ()
    papers = (letter(number=OTHER), form(number=OTHER))
    world.run(Mail("correction", papers=papers, answers=answers))
    assert world.states() == [COMPLETED, REVIEW]
    assert world.application(2).linked_to == 1
    assert world.rights() == [NUMBER]
    assert world.kinds() == [WELCOME, RECEIPT]


def test_a_correction_before_the_rights_are_granted_is_read_along(world: World) -> None:
    world.run(half())
    answers = (world.sent[0].message_id,)
    world.arrives(Mail("form", papers=(form(),), answers=answers))
    world.arrives(Mail("better", papers=(form(number=OTHER),), answers=answers))
    world.take()
    world.work()
    world.deliver()
    assert world.states() == [REVIEW]
    assert Code.PHONE_MISMATCH in world.codes()
    assert world.rights() == []


def test_three_messages_within_an_hour_are_one_application_with_one_welcome(world: World) -> None:
    world.run(half())
    answers = (world.sent[0].message_id,)
    world.arrives(
        Mail("words", answers=(), papers=(form(),)),
        replace(half(), key="letter again", answers=answers),
        replace(half(), key="and again"),
    )
    world.take()
    world.work()
    world.deliver()
    assert world.states() == [COMPLETED]
    assert world.kinds() == [ASK, WELCOME]
    assert len(messages(world)) == 4


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_halves_and_a_repeat_in_any_order_at_once_are_one_application(
    world: World, order: tuple[int, ...]
) -> None:
    mails = (half(), Mail("form", papers=(form(),)), replace(half(), key="again"))
    world.run(*(mails[index] for index in order))
    assert world.states() == [COMPLETED]
    assert world.kinds() == [WELCOME]


def test_sending_again_without_a_file_is_before_an_operator_once(world: World) -> None:
    world.run(half())
    answers = (world.sent[0].message_id,)
    world.run(Mail("высылаю повторно", answers=answers))
    world.run(Mail("высылаю ещё раз", answers=answers))
    assert world.states() == [REVIEW]
    assert world.kinds() == [ASK, RECEIPT]
    assert len(messages(world)) == 3


def test_thanks_and_thanks_again_are_kept_and_not_answered(world: World) -> None:
    world.run(good())
    for number in range(3):
        world.run(Mail(f"спасибо {number}", answers=(world.sent[0].message_id,)))
    assert world.states() == [COMPLETED]
    assert world.kinds() == [WELCOME]
    assert [noted for _, noted in messages(world)] == ["", *["no_papers"] * 3]


def test_a_better_letter_from_another_address_is_linked_to_the_open_application(
    world: World,
) -> None:
    world.run(Mail("one", papers=(form(),)))
    papers = (letter(seal=Mark.PRESENT), form())
    world.run(Mail("two", sender="other@example.org", papers=papers))
    assert world.states() == [WAITING, REVIEW]
    assert Code.DUPLICATE_APPLICATION in world.codes(2)
    assert world.application(2).linked_to == 1


def test_an_answer_to_an_application_that_was_joined_goes_where_its_messages_went(
    world: World,
) -> None:
    world.run(half())
    stranger = "deputy@example.org"
    lacking = letter("Лис Яна Юрьевна", seal=Mark.ABSENT)
    world.run(Mail("other", sender=stranger, papers=(lacking, form())))
    receipt = world.sent[-1].message_id
    decisions.join(world.desk, 2, 1, operator=ANNA)
    world.work()
    world.deliver()
    signed = replace(letter(), page=2)  # another paper than the first
    world.run(Mail("rest", sender=stranger, papers=(signed, form()), answers=(receipt,)))
    assert world.states() == [COMPLETED, State.JOINED]
    assert world.rights() == [NUMBER]
