"""Whom the program calls, and how often. On a real store, with a clock of its own."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import closing
from itertools import pairwise

import pytest

from mailbot.storage import SqlStore, open_store
from mailbot.workdays import add_working_days
from tests.integration.test_life import Mail, World, form, half, letter
from workflow.alerts import Alarm, Cause, Watch, new_alarms, note_start, untell
from workflow.delivery import BREAKER, HOLD, Ceilings

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
WATCH = Watch(
    mailboxes={"mailbox": HOUR},
    work=HOUR,
    queue_working_days=3,
    add_working_days=add_working_days,
)


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def told(world: World) -> list[Cause]:
    return [alarm.cause for alarm in alarms(world)]


def alarms(world: World) -> tuple[Alarm, ...]:
    with world.store.begin() as work:
        return new_alarms(work, WATCH, now=world.clock)


def hold(world: World, value: str | None) -> None:
    with world.store.begin() as work:
        work.set_switch(HOLD, value)


def test_a_program_that_works_calls_nobody(world: World) -> None:
    world.run(half())
    assert told(world) == []


def test_the_breaker_is_told_once_until_it_is_released(world: World) -> None:
    world.arrives(half(), half(key="b", sender="b@example.org"))
    world.take()
    world.work()
    world.deliver(Ceilings(per_hour=1))
    assert told(world) == [Cause.SENDING_STOPPED]
    for _ in range(3):
        world.clock += DAY
        world.take()
        assert told(world) == []
    hold(world, None)
    assert told(world) == []
    hold(world, f"{BREAKER}1 писем в час")
    assert told(world) == [Cause.SENDING_STOPPED]


def test_what_comes_and_goes_is_told_once_a_day(world: World) -> None:
    world.take()
    moments = []
    for _ in range(72):
        world.clock += HOUR / 2
        world.take()
        hold(world, f"{BREAKER}1 писем в час")
        moments += [world.clock] * len(told(world))
        world.clock += HOUR / 2
        world.take()
        hold(world, None)
        assert told(world) == []
    assert len(moments) == 3
    assert all(later - earlier >= DAY for earlier, later in pairwise(moments))


def test_what_an_operator_has_stopped_is_no_news(world: World) -> None:
    world.take()
    hold(world, "остановил оператор olga")
    assert told(world) == []


def test_a_mailbox_that_is_not_examined_for_long_is_told(world: World) -> None:
    world.take()
    world.clock += HOUR - dt.timedelta(minutes=2)
    assert told(world) == []
    world.clock += dt.timedelta(minutes=3)
    (alarm,) = alarms(world)
    assert (alarm.cause, alarm.about) == (Cause.MAILBOX_STALLED, "mailbox")
    assert alarm.since is not None
    world.take()
    assert told(world) == []


def test_a_mailbox_that_was_never_seen_is_told_too(world: World) -> None:
    assert told(world) == []
    world.clock += HOUR * 2
    (alarm,) = alarms(world)
    assert (alarm.cause, alarm.since) == (Cause.MAILBOX_STALLED, None)


def test_mail_that_was_taken_and_is_not_read_is_told(world: World) -> None:
    world.arrives(half())
    world.take()
    assert told(world) == []
    world.clock += HOUR * 2
    world.take()
    (alarm,) = alarms(world)
    assert (alarm.cause, alarm.count) == (Cause.WORK_STALLED, 1)


def test_a_message_that_finds_no_place_for_long_is_told(world: World) -> None:
    world.run(half())
    world.arrives(Mail("rest", papers=(form(),)))
    world.take()
    assert told(world) == []
    world.clock += HOUR * 2
    world.take()
    assert told(world) == [Cause.WORK_STALLED]


def test_a_queue_that_grows_old_is_told_in_working_days(world: World) -> None:
    world.run(Mail("bad", papers=(letter(number="+79120000174"), form())))  # a Monday
    for days in (1, 2):
        world.clock += DAY
        world.take()
        assert told(world) == [], days
    world.clock += DAY * 2  # Friday
    world.take()
    (alarm,) = alarms(world)
    assert (alarm.cause, alarm.count) == (Cause.QUEUE_OLD, 1)


def test_a_daemon_that_was_down_gets_its_time_to_catch_up(world: World) -> None:
    world.arrives(half())
    world.take()
    world.clock += DAY
    with world.store.begin() as work:
        note_start(work, now=world.clock)
    assert told(world) == []
    world.clock += HOUR / 2
    assert told(world) == []
    world.clock += HOUR
    assert told(world) == [Cause.MAILBOX_STALLED, Cause.WORK_STALLED]


def test_a_call_that_did_not_go_through_is_made_again(world: World) -> None:
    world.take()
    hold(world, f"{BREAKER}1 писем в час")
    first = alarms(world)
    with world.store.begin() as work:
        untell(work, first)
    assert alarms(world) == first


def test_two_processes_that_look_at_the_same_moment_call_once(world: World) -> None:
    world.take()
    hold(world, f"{BREAKER}1 писем в час")
    other = open_store(world.store.database.url.render_as_string(hide_password=False))
    told_elsewhere: list[Alarm] = []

    def look() -> None:
        with other.begin() as work:
            told_elsewhere.extend(new_alarms(work, WATCH, now=world.clock))

    with closing(other):
        thread = threading.Thread(target=look)
        with world.store.begin() as work:
            here = new_alarms(work, WATCH, now=world.clock)
            thread.start()
            thread.join(0.5)  # by then it waits: what is told here is not stored yet
        thread.join()
    assert [alarm.cause for alarm in here] == [Cause.SENDING_STOPPED]
    assert told_elsewhere == []
