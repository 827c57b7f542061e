"""A school that was asked and is silent: one reminder, then the application expires. On a real store.

`World` keeps a clock of its own; START is Monday, 14 September 2026, 11 o'clock in Moscow.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mailbot.storage import SqlStore
from tests.integration.test_life import ANNA, Mail, World, form, good, half, letter
from workflow import decisions
from workflow.application import OutboxRow, ReplyKind, ReplyStatus
from workflow.ports import ServiceUnavailableError
from workflow.progress import Desk
from workflow.silence import expire, remind
from workflow.states import Event, State

ASK, REMINDER, EXPIRY = ReplyKind.ASK, ReplyKind.REMINDER, ReplyKind.EXPIRY
REMIND_DAY = dt.datetime(2026, 9, 21, 12, tzinfo=dt.UTC)  # Monday: five working days later
LAST_DAY = dt.datetime(2026, 10, 5, 12, tzinfo=dt.UTC)  # Monday: fifteen


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def scan(world: World, *, looked_at: dt.datetime | None = None) -> None:
    """What the jobs do, and sending."""
    remind(world.desk, looked_at=looked_at or world.clock)
    expire(world.desk, looked_at=looked_at or world.clock)
    world.deliver()


def at(world: World, moment: dt.datetime) -> None:
    world.clock = moment
    scan(world)


def test_a_silent_school_is_reminded_once_and_then_its_application_expires(world: World) -> None:
    world.run(half())
    for day in range(30):
        at(world, dt.datetime(2026, 9, 14, 12, tzinfo=dt.UTC) + dt.timedelta(days=day))
        scan(world)
    assert world.states() == [State.EXPIRED]
    assert world.kinds() == [ASK, REMINDER, EXPIRY]
    days = [row.sent_at.date().isoformat() for row in replies(world) if row.sent_at]
    assert days == ["2026-09-14", "2026-09-21", "2026-10-06"]
    with world.store.begin(write=False) as work:
        last = work.history(1)[-1]
    assert (last.event, last.who) == (Event.SILENCE, "program")
    assert "05.10.2026" in last.why


def replies(world: World) -> tuple[OutboxRow, ...]:
    with world.store.begin(write=False) as work:
        return work.replies(1)


def test_the_question_names_the_day_and_reminder_and_expiry_name_the_same(world: World) -> None:
    world.run(half())
    at(world, REMIND_DAY)
    at(world, LAST_DAY + dt.timedelta(days=1))
    assert [row.deadline for row in replies(world)] == [dt.date(2026, 10, 5)] * 3


def test_a_named_day_holds_although_the_setting_becomes_shorter(world: World) -> None:
    world.run(half())
    shorter = replace(world.desk, terms=replace(world.desk.terms, expire_after=6))
    world.clock = LAST_DAY
    assert expire(shorter, looked_at=world.clock) == 0
    world.clock = LAST_DAY + dt.timedelta(days=1)
    assert expire(shorter, looked_at=world.clock) == 1


def test_nothing_is_reminded_before_its_day_nor_expires_before_the_last_day_is_over(
    world: World,
) -> None:
    world.run(half())
    at(world, REMIND_DAY.replace(hour=5))  # 8 o'clock in Moscow, 7 in Kaliningrad
    assert world.kinds() == [ASK]
    at(world, REMIND_DAY.replace(hour=6))
    assert world.kinds() == [ASK, REMINDER]
    at(world, LAST_DAY.replace(hour=21, minute=59))  # one minute to midnight in Kaliningrad
    assert world.states() == [State.AWAITING_APPLICANT]
    at(world, LAST_DAY.replace(hour=22))
    assert world.states() == [State.EXPIRED]


def test_holidays_and_transferred_days_do_not_count(world: World) -> None:
    world.clock = dt.datetime(2026, 12, 29, 8, tzinfo=dt.UTC)
    world.run(half())
    at(world, dt.datetime(2027, 1, 13, 12, tzinfo=dt.UTC))
    assert world.kinds() == [ASK]
    at(world, dt.datetime(2027, 1, 14, 12, tzinfo=dt.UTC))  # 30 December, then 11 to 14 January
    assert world.kinds() == [ASK, REMINDER]


def test_no_reminder_after_the_answer_came(world: World) -> None:
    world.run(half())
    world.run(Mail("answer", papers=(form(),), answers=(world.sent[0].message_id,)))
    at(world, REMIND_DAY)
    at(world, LAST_DAY + dt.timedelta(days=1))
    assert world.kinds() == [ASK, ReplyKind.WELCOME]


def test_no_reminder_while_the_answer_waits_to_be_read(world: World) -> None:
    world.run(half())
    world.clock = REMIND_DAY
    world.arrives(Mail("answer", papers=(form(),), answers=(world.sent[0].message_id,)))
    world.take()
    scan(world)
    world.clock = LAST_DAY + dt.timedelta(days=1)
    scan(world)
    assert world.kinds() == [ASK]
    world.work()
    world.deliver()
    assert world.kinds() == [ASK, ReplyKind.WELCOME]


def test_what_became_due_since_the_mailbox_was_last_seen_waits(world: World) -> None:
    """The answer may lie there."""
    world.run(half())
    seen = world.clock
    world.clock = LAST_DAY + dt.timedelta(days=1)
    scan(world, looked_at=seen)
    assert world.kinds() == [ASK]
    assert remind(world.desk, looked_at=None) == expire(world.desk, looked_at=None) == 0
    scan(world)
    assert world.states() == [State.EXPIRED]


def test_the_same_papers_again_begin_the_silence_anew(world: World) -> None:
    world.run(half())
    world.clock = REMIND_DAY - dt.timedelta(days=3)
    world.run(replace(half(), key="again"))
    assert world.kinds() == [ASK]
    at(world, REMIND_DAY)
    assert world.kinds() == [ASK]
    at(world, REMIND_DAY + dt.timedelta(days=4))
    assert world.kinds() == [ASK, REMINDER]


def test_a_question_that_has_not_left_is_not_reminded_of(world: World) -> None:
    world.arrives(half())
    world.take()
    world.work()
    world.outcome = ServiceUnavailableError("никто не отвечает")
    world.clock = LAST_DAY + dt.timedelta(days=1)
    with pytest.raises(ServiceUnavailableError):
        scan(world)
    assert world.states() == [State.AWAITING_APPLICANT]
    world.outcome = None
    scan(world)
    assert world.kinds() == [ASK]
    at(world, LAST_DAY + dt.timedelta(days=4))
    assert world.states() == [State.AWAITING_APPLICANT]


def test_a_program_that_slept_past_the_last_day_only_closes(world: World) -> None:
    world.run(half())
    at(world, LAST_DAY + dt.timedelta(days=1))
    assert world.kinds() == [ASK, EXPIRY]


@pytest.mark.parametrize("state", ["in_review", "completed"])
def test_an_application_that_does_not_wait_is_left_alone(world: World, state: str) -> None:
    world.run(good() if state == "completed" else Mail("bad", papers=(letter("Лис Яна"), form())))
    assert world.states() == [state]
    sent = world.kinds()
    at(world, REMIND_DAY)
    at(world, LAST_DAY + dt.timedelta(days=30))
    assert world.kinds() == sent
    assert world.states() == [state]


def test_the_question_of_an_operator_has_its_own_time(world: World) -> None:
    world.run(half())
    at(world, REMIND_DAY)
    world.run(Mail("words", answers=(world.sent[0].message_id,)))
    assert world.states() == [State.IN_REVIEW]
    world.clock = REMIND_DAY + dt.timedelta(days=14)
    decisions.ask(world.desk, 1, operator=ANNA, text="Пришлите анкету.")
    world.deliver()
    at(world, REMIND_DAY + dt.timedelta(days=18))
    assert world.kinds()[-1] is ASK
    at(world, REMIND_DAY + dt.timedelta(days=21))
    assert world.kinds()[-1] is REMINDER
    assert world.states() == [State.AWAITING_APPLICANT]


def test_zero_switches_reminders_and_expiry_off(world: World) -> None:
    world.run(half())
    desk: Desk = world.desk
    never = replace(desk, terms=replace(desk.terms, remind_after=0, expire_after=0))
    world.clock = LAST_DAY + dt.timedelta(days=300)
    assert remind(never, looked_at=world.clock) == expire(never, looked_at=world.clock) == 0


def test_several_at_once_remind_once(world: World) -> None:
    world.run(half())
    world.clock = REMIND_DAY
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: remind(world.desk, looked_at=REMIND_DAY), range(4)))
    assert sum(counts) == 1
    with world.store.begin(write=False) as work:
        pending = work.outbox([ReplyStatus.PENDING])
    assert [row.kind for row in pending] == [REMINDER]


def test_a_reminder_that_is_still_to_be_sent_goes_when_the_answer_comes(world: World) -> None:
    world.run(half())
    world.clock = REMIND_DAY
    remind(world.desk, looked_at=world.clock)
    world.run(Mail("answer", papers=(form(),), answers=(world.sent[0].message_id,)))
    assert world.kinds() == [ASK, ReplyKind.WELCOME]


def test_papers_after_the_end_make_a_new_application(world: World) -> None:
    world.run(half())
    at(world, LAST_DAY + dt.timedelta(days=1))
    world.run(Mail("late", papers=(letter(), form()), answers=(world.sent[-1].message_id,)))
    assert world.states() == [State.EXPIRED, State.COMPLETED]
    assert world.application(2).linked_to == 1
