"""What a message may claim by the ids that it names, and what comes of it. On a real store."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from mailbot.storage import SqlStore
from mailbot.storage.tables import outbox
from mailbot.tokens import FixedKey, SignedIds
from parsers.facts import SubjectMatch
from tests.integration.test_life import IDS, Mail, World, form, good, half, letter
from workflow.findings import Code
from workflow.states import State

FORGER = SignedIds("info@example.org", FixedKey(b"a key that is not ours"))
COMPLETED, REVIEW, WAITING = State.COMPLETED, State.IN_REVIEW, State.AWAITING_APPLICANT


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def purge_outbox(world: World) -> None:
    with world.store.database.transaction() as connection:
        connection.execute(sa.delete(outbox))


def test_a_genuine_token_joins_although_the_reply_is_gone(world: World) -> None:
    world.run(half())
    purge_outbox(world)
    answers = (world.sent[0].message_id,)
    world.run(Mail("answer", papers=(letter("Лис Яна Юрьевна"), form()), answers=answers))
    assert len(world.states()) == 1
    assert world.states() != [WAITING]


def test_a_genuine_token_from_another_sender_joins_nothing(world: World) -> None:
    world.run(half())
    purge_outbox(world)
    answers = (world.sent[0].message_id,)
    world.run(Mail("answer", sender="stranger@example.org", papers=(form(),), answers=answers))
    assert world.states() == [WAITING, REVIEW]
    assert Code.FOLLOW_UP_FROM_OTHER_SENDER in world.codes(2)
    assert world.application(2).linked_to == 1


@pytest.mark.parametrize("sender", ["school@example.org", "stranger@example.org"])
@pytest.mark.parametrize(
    "forged",
    [
        FORGER.message_id("1-ask-00000000000000ff"),
        "<1-ask-0000000000000001@example.org>",
        "<1-ask-0000000000000001.aaaaaaaaaaaaaaaaaaaa@example.org>",
    ],
)
def test_a_forged_token_joins_nothing_whoever_sends_it(
    world: World, forged: str, sender: str
) -> None:
    world.run(half())
    world.run(Mail("answer", sender=sender, papers=(form(),), answers=(forged,)))
    assert world.states() == [WAITING, REVIEW]
    assert Code.FOLLOW_UP_FROM_OTHER_SENDER in world.codes(2)
    assert world.application(2).linked_to == 1


def test_a_forged_token_beside_a_true_one_spoils_it(world: World) -> None:
    world.run(half())
    answers = (world.sent[0].message_id, FORGER.message_id("1-ask-00000000000000ff"))
    world.run(Mail("answer", papers=(form(),), answers=answers))
    assert world.states() == [WAITING, REVIEW]


def test_a_claim_to_an_application_that_never_was_is_still_shown(world: World) -> None:
    forged = FORGER.message_id("999-ask-00000000000000ff")
    world.run(good(answers=(forged,)))
    assert world.states() == [REVIEW]
    assert Code.FOLLOW_UP_FROM_OTHER_SENDER in world.codes()
    assert world.application().linked_to is None


def test_a_forged_claim_under_another_subject_is_left_alone(world: World) -> None:
    world.run(half())
    forged = (FORGER.message_id("1-ask-00000000000000ff"),)
    foreign = SubjectMatch.FOREIGN
    world.run(Mail("other", papers=(form(),), answers=forged, subject_match=foreign))
    assert world.states() == [WAITING]


def test_an_id_of_the_time_before_signatures_is_known_by_the_outbox(world: World) -> None:
    world.run(half())
    old = "<1-ask-0000000000000001@example.org>"
    with world.store.database.transaction() as connection:
        connection.execute(sa.update(outbox).values(message_id=old, message_id_key=old))
    world.run(Mail("answer", papers=(form(),), answers=(old,)))
    assert world.states() == [COMPLETED]


def test_the_ids_of_other_programs_claim_nothing(world: World) -> None:
    others = ("<1-ask-0000000000000001.aaaaaaaaaaaaaaaaaaaa@other.example>", "<x@y.example>")
    world.run(good(answers=others))
    assert world.states() == [COMPLETED]
    assert IDS.read(others[0]) is None
