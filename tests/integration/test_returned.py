"""Replies that come back: what a bounce does to an application, and what it cannot do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from mailbot.storage import SqlStore
from mailbot.storage.tables import outbox
from mailbot.tokens import FixedKey, SignedIds
from parsers.facts import Automatic, Bounce, Delivery
from tests.integration.test_life import ANNA, IDS, NUMBER, Mail, World, form, good, half, letter
from workflow import decisions
from workflow.application import Fate, OutboxRow, ReplyKind, ReplyStatus
from workflow.findings import Code
from workflow.ports import DeliveryUnknownError
from workflow.states import State

FAILED = Bounce(outcome=Delivery.FAILED, detail="5.1.1 user unknown")
ASK, RECEIPT, WELCOME = ReplyKind.ASK, ReplyKind.RECEIPT, ReplyKind.WELCOME


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def returned(row: OutboxRow, bounce: Bounce = FAILED, *, before: str = "") -> Mail:
    """A bounce; a message's bytes are its key here, so that is where the id stands."""
    return Mail(
        f"{before}\nMessage-ID: {row.message_id}\n",
        sender="mailer-daemon@mx.example",
        automatic=Automatic.BOUNCE,
        bounce=bounce,
    )


def replies(world: World, application_id: int = 1) -> list[OutboxRow]:
    with world.store.begin(write=False) as work:
        return list(work.replies(application_id))


def forget_replies(world: World) -> None:
    with world.store.database.transaction() as connection:
        connection.execute(sa.delete(outbox))


def test_a_question_that_comes_back_is_before_an_operator_and_nobody_is_written_to(
    world: World,
) -> None:
    world.run(half())
    world.run(returned(world.sent[0]))
    assert world.states() == [State.IN_REVIEW]
    assert Code.REPLY_UNDELIVERABLE in world.codes()
    assert world.kinds() == [ASK]
    (row,) = replies(world)
    assert (row.status, row.error) == (
        ReplyStatus.UNDELIVERABLE,
        "возврат: 5.1.1 user unknown",
    )
    with world.store.begin(write=False) as work:
        assert work.history(1)[-1].why == "ответ не доставлен: 5.1.1 user unknown"
        assert [(one.fate, one.reason) for one in work.seen_rows(Fate.IGNORED)] == [
            (Fate.IGNORED, "bounce")
        ]


def test_a_second_bounce_of_the_same_mail_changes_nothing(world: World) -> None:
    world.run(half())
    world.run(returned(world.sent[0]))
    decisions.ask(world.desk, 1, operator=ANNA, text="Ещё раз: нужна анкета.")
    world.deliver()
    world.run(returned(world.sent[0], before="again"))
    assert world.states() == [State.AWAITING_APPLICANT]
    world.run(returned(world.sent[1]))
    assert world.states() == [State.IN_REVIEW]


def test_a_welcome_that_comes_back_leaves_the_rights_and_the_end(world: World) -> None:
    world.run(good())
    world.run(returned(world.sent[0]))
    assert world.states() == [State.COMPLETED]
    assert world.rights() == [NUMBER]
    assert Code.REPLY_UNDELIVERABLE in world.codes()
    with world.store.begin(write=False) as work:
        assert [row.kind for row in work.outbox([ReplyStatus.UNDELIVERABLE])] == [WELCOME]


def test_a_receipt_that_comes_back_stands_with_the_application(world: World) -> None:
    world.run(Mail("bad", papers=(letter(number="+79120000174"), form())))
    world.run(returned(world.sent[0]))
    assert world.states() == [State.IN_REVIEW]
    assert Code.REPLY_UNDELIVERABLE in world.codes()


@pytest.mark.parametrize(
    ("outcome", "error"),
    [(Delivery.DELAYED, "задерживается в пути: 4.4.1"), (Delivery.DELIVERED, "")],
)
def test_a_mail_that_is_late_or_has_arrived_is_noted_at_most(
    world: World, outcome: Delivery, error: str
) -> None:
    world.run(half())
    world.run(returned(world.sent[0], Bounce(outcome=outcome, detail="4.4.1")))
    assert world.states() == [State.AWAITING_APPLICANT]
    assert not {Code.REPLY_UNDELIVERABLE} & world.codes()
    (row,) = replies(world)
    assert (row.status, row.error) == (ReplyStatus.SENT, error)


def test_the_returned_mail_counts_and_not_those_that_it_refers_to(world: World) -> None:
    world.run(half())
    again = Mail("again", papers=(letter("Лис Яна Юрьевна"),), answers=(world.sent[0].message_id,))
    world.run(again)
    first, second = world.sent
    raw = f"References: {second.message_id}\n\tX-Note: {second.message_id}"
    world.run(returned(first, before=raw))
    assert [row.status for row in replies(world)] == [ReplyStatus.UNDELIVERABLE, ReplyStatus.SENT]


def test_a_bounce_without_a_header_of_ours_is_tied_by_any_id(world: World) -> None:
    world.run(half())
    mail = returned(world.sent[0])
    mail.key = f"In-Reply-To: {world.sent[0].message_id}"
    world.run(mail)
    assert world.states() == [State.IN_REVIEW]


def test_a_bounce_of_somebody_elses_mail_is_not_even_read(world: World) -> None:
    world.run(half())
    reads = world.reads
    stranger = returned(world.sent[0])
    stranger.key = "Message-ID: <somebody@else.example>"
    world.run(stranger)
    assert world.reads == reads
    assert world.states() == [State.AWAITING_APPLICANT]


def test_a_bounce_that_kills_its_reader_counts_as_a_failure(world: World) -> None:
    world.run(half())
    world.deaths = 1
    world.run(returned(world.sent[0]))
    assert world.states() == [State.IN_REVIEW]


def test_a_bounce_of_a_mail_whose_outcome_was_unknown_ends_the_doubt(world: World) -> None:
    world.arrives(half())
    world.take()
    world.work()
    world.outcome = DeliveryUnknownError("связь прервалась")
    world.deliver()
    world.outcome = None
    (row,) = replies(world)
    world.run(returned(row))
    assert world.states() == [State.IN_REVIEW]
    assert world.sent == []


def test_a_bounce_is_tied_by_its_signature_alone_where_the_reply_is_gone(world: World) -> None:
    world.run(half())
    forget_replies(world)
    world.run(returned(world.sent[0]))
    assert world.states() == [State.IN_REVIEW]
    assert Code.REPLY_UNDELIVERABLE in world.codes()
    world.run(returned(world.sent[0], before="again"))
    with world.store.begin(write=False) as work:
        assert [row.target for row in work.history(1)].count(State.IN_REVIEW) == 1


def test_a_signature_that_is_not_ours_ties_no_bounce(world: World) -> None:
    world.run(half())
    forget_replies(world)
    forger = SignedIds("info@example.org", FixedKey(b"a key that is not ours"))
    for name in (
        forger.message_id("1-ask-00000000000000ff"),
        IDS.message_id("9-ask-0000000000000001"),
    ):
        mail = returned(world.sent[0])
        mail.key = f"Message-ID: {name}"
        world.run(mail)
    assert world.states() == [State.AWAITING_APPLICANT]
    assert world.codes() == {Code.QUESTIONNAIRE_MISSING}


def test_after_the_retention_period_a_bounce_brings_no_address_back(world: World) -> None:
    world.run(good())
    with world.store.begin() as work:
        work.forget(world.application(), at=world.now())
    secret = "5.1.1 <director@school.example> is unknown"
    world.run(returned(world.sent[0], Bounce(outcome=Delivery.FAILED, detail=secret)))
    assert Code.REPLY_UNDELIVERABLE in world.codes()
    with world.store.begin(write=False) as work:
        kept = f"{work.replies(1)} {work.history(1)} {work.application(1)}"
    assert "director" not in kept


def test_a_forged_bounce_opens_nothing_and_grants_nothing(world: World) -> None:
    world.run(good())
    for number, bounce in enumerate((FAILED, Bounce(outcome=Delivery.DELIVERED))):
        for sender in ("mailer-daemon@evil.example", "school@example.org"):
            mail = returned(world.sent[0], bounce, before=f"{number}{sender}")
            mail.sender = sender
            mail.papers = (letter("Лис Яна Юрьевна"), form())
            world.run(mail)
    assert world.states() == [State.COMPLETED]
    assert world.kinds() == [WELCOME]
    assert world.rights() == [NUMBER]


def test_a_question_that_comes_back_while_the_answer_is_read_is_shown_after_the_reading(
    world: World,
) -> None:
    world.run(half())
    answers = (world.sent[0].message_id,)
    world.arrives(Mail("answer", papers=(form(),), answers=answers))
    world.take()
    world.work()
    assert world.states() == [State.PROVISIONED]
    world.arrives(returned(world.sent[0]))
    world.take()
    world.deliver()
    assert world.states() == [State.COMPLETED]
    assert world.kinds() == [ASK, WELCOME]
