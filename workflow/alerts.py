"""When the program calls a person: it has stopped sending, mail is not examined, the queue grows old.

A cause is told once until it is over, and not twice within a day however often it comes and goes.
What is told are counts and moments: nothing of a school.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workflow.deadlines import ZONE, WorkingDays
from workflow.delivery import BREAKER, HOLD
from workflow.intake import looked_at
from workflow.ports import Work
from workflow.states import QUEUE, WORK, State

_DAY: Final = dt.timedelta(days=1)
_LONG_AGO: Final = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_TOLD: Final = "alert:"
"""The switch of a cause: «open» or «over», and when a person was called."""
_SINCE: Final = "since:"
"""The switch that remembers since when something has been as it is."""


_STARTED: Final = "started"
"""The switch that says when the daemon was last started: what was late by then is not its fault yet."""


class Cause(StrEnum):
    """Why a person is called."""

    SENDING_STOPPED = "sending_stopped"  # by the breaker; what an operator stops is known
    MAILBOX_STALLED = "mailbox_stalled"  # no walk through it was completed for long
    WORK_STALLED = "work_stalled"  # mail that was taken is not read, or an application stands still
    QUEUE_OLD = "queue_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One cause that a person is to hear of."""

    cause: Cause
    since: dt.datetime | None = None
    count: int = 0
    about: str = ""  # the mailbox's name; what has stopped sending

    @property
    def key(self) -> str:
        """What tells this cause from others."""
        mailbox = f":{self.about}" if self.cause is Cause.MAILBOX_STALLED else ""
        return _TOLD + self.cause.value + mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is looked at, and how long it may last."""

    mailboxes: Mapping[str, dt.timedelta]  # how long each may stay unexamined
    work: dt.timedelta  # how long what was taken may stand still
    queue_working_days: int  # how long an application may wait for an operator; 0: for ever
    add_working_days: WorkingDays


def note_start(work: Work, *, now: dt.datetime) -> None:
    """Remember that the daemon begins: it gets its time to catch up before anybody is called."""
    work.set_switch(_STARTED, now.isoformat())


def new_alarms(work: Work, watch: Watch, *, now: dt.datetime) -> tuple[Alarm, ...]:
    """Return what a person is to be told now, and remember that they were told.

    Of several processes that ask at once, one is told.
    """
    work.alone(_TOLD)
    present = tuple(_alarms(work, watch, now=now))
    _forget_the_past(work, watch, {alarm.key for alarm in present})
    told = []
    for alarm in present:
        state, _, moment = (work.switch(alarm.key) or "").partition(" ")
        if not state or (state == "over" and now - dt.datetime.fromisoformat(moment) >= _DAY):
            work.set_switch(alarm.key, f"open {now.isoformat()}")
            told.append(alarm)
    return tuple(told)


def untell(work: Work, alarms: Iterable[Alarm]) -> None:
    """Forget that a person was told: the call did not go through."""
    for alarm in alarms:
        work.set_switch(alarm.key, None)


def _forget_the_past(work: Work, watch: Watch, present: set[str]) -> None:
    possible = [
        *(Alarm(cause=cause) for cause in Cause if cause is not Cause.MAILBOX_STALLED),
        *(Alarm(cause=Cause.MAILBOX_STALLED, about=name) for name in watch.mailboxes),
    ]
    for alarm in possible:
        state, _, moment = (work.switch(alarm.key) or "").partition(" ")
        if state == "open" and alarm.key not in present:
            work.set_switch(alarm.key, f"over {moment}")


def _alarms(work: Work, watch: Watch, *, now: dt.datetime) -> Iterator[Alarm]:
    held = work.switch(HOLD)
    if held is not None and held.startswith(BREAKER):
        yield Alarm(cause=Cause.SENDING_STOPPED, about=held)
    started = dt.datetime.fromisoformat(work.switch(_STARTED) or _LONG_AGO.isoformat())
    for name, patience in watch.mailboxes.items():
        looked = looked_at(work, [name])
        never = _unchanged_since(work, f"never:{name}", "" if looked else "never", now)
        since = looked or never
        if since is not None and now - max(since, started) > patience:
            yield Alarm(cause=Cause.MAILBOX_STALLED, about=name, since=looked)
    standing = list(_standing_still(work, now))
    late = [since for since in standing if now - max(since, started) > watch.work]
    if late:
        yield Alarm(cause=Cause.WORK_STALLED, count=len(late), since=min(late))
    old = list(_old_in_queue(work, watch, now)) if watch.queue_working_days else []
    if old:
        yield Alarm(cause=Cause.QUEUE_OLD, count=len(old), since=min(old))


def _standing_still(work: Work, now: dt.datetime) -> Iterator[dt.datetime]:
    """Since when each application stands that the program should advance, and the oldest message."""
    for application in work.applications(tuple(WORK)):
        yield max((row.at for row in work.history(application.id)), default=now)
    unplaced = work.unplaced_messages(1)
    oldest = str(unplaced[0].id) if unplaced else ""
    since = _unchanged_since(work, "unplaced", oldest, now)
    if since is not None:
        yield since


def _old_in_queue(work: Work, watch: Watch, now: dt.datetime) -> Iterator[dt.datetime]:
    today = now.astimezone(ZONE).date()
    for application in work.applications(tuple(QUEUE)):
        since = _entered(work, application.id, application.state)
        day = (since or application.received_at).astimezone(ZONE).date()
        if watch.add_working_days(day, watch.queue_working_days) < today:
            yield since or application.received_at


def _entered(work: Work, application_id: int, state: State) -> dt.datetime | None:
    """When an application came into its state; a decision that is only recorded changes nothing."""
    rows = work.history(application_id)
    return max(
        (row.at for row in rows if row.target is state and row.source is not state), default=None
    )


def _unchanged_since(work: Work, name: str, value: str, now: dt.datetime) -> dt.datetime | None:
    """Return since when `value` has been seen there, None where there is nothing (an empty one)."""
    known, _, moment = (work.switch(_SINCE + name) or "").rpartition(" ")
    if known == value:
        return dt.datetime.fromisoformat(moment) if value else None
    work.set_switch(_SINCE + name, f"{value} {now.isoformat()}" if value else None)
    return now if value else None
