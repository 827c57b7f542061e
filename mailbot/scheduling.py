"""The scheduled jobs: scans of the state («what is overdue?»), so that none is lost in a restart.

When each was last run is remembered in the database: what became due while the daemon slept is done
at its start.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import Final, NamedTuple

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot import metrics
from mailbot.alerts import call_a_person
from mailbot.app import App
from mailbot.purging import purge_all
from mailbot.storage.figures import figures
from workflow.alerts import note_start
from workflow.correspondence import write_late_receipts
from workflow.intake import looked_at
from workflow.ports import ServiceUnavailableError, StaleApplicationError, Work
from workflow.silence import expire, remind
from workflow.wording import PROGRAM

log = structlog.get_logger()

_RAN: Final = "job:"
"""The switch of a job that says when it was last run."""
_RAN_EVERY: Final = dt.timedelta(minutes=1)
"""So exact is what the switch says of a run that had nothing to do."""


class Place(Enum):
    """Where in one batch pass a job belongs."""

    NOWHERE = auto()  # it is the daemon's alone
    BEFORE_SENDING = auto()
    LAST = auto()


class Job(NamedTuple):
    """One scheduled job: run twice it does no more than once."""

    name: str
    title: str  # for operators
    every: dt.timedelta
    run: Callable[[App], int]  # returns how many things it did
    in_pass: Place


def _late_receipts(app: App) -> int:
    after = dt.timedelta(seconds=app.settings.replies.receipt_after_seconds)
    return write_late_receipts(app.store, app.desk.write, now=app.desk.now(), after=after)


def _purge(app: App) -> int:
    return purge_all(app.settings, who=PROGRAM).count


def last_look(app: App) -> dt.datetime | None:
    """Return since when at least everything in all mailboxes is known; None where one never was."""
    with app.store.begin(write=False) as work:
        return looked_at(work, [mailbox.name for mailbox, _ in app.mailboxes])


def _reminders(app: App) -> int:
    return remind(app.desk, looked_at=last_look(app))


def _expiry(app: App) -> int:
    return expire(app.desk, looked_at=last_look(app))


def _metrics(app: App) -> int:
    file = app.settings.metrics.textfile
    if file is not None:
        with app.store.begin(write=False) as work:
            looked = {name: looked_at(work, [name]) for name in app.settings.all_mailboxes()}
        with app.store.database.transaction(write=False) as connection:
            found = figures(connection)
        try:
            metrics.write(file, app.meter, found, looked=looked, now=app.desk.now())
        except ServiceUnavailableError as error:  # no mail waits for it
            log.warning("счётчики", why=str(error))
    return 0


_OFTEN: Final = dt.timedelta(seconds=10)
_EVERY_MINUTE: Final = dt.timedelta(minutes=1)
_NOW_AND_THEN: Final = dt.timedelta(minutes=5)
_SELDOM: Final = dt.timedelta(hours=6)

JOBS: Final = (
    Job("receipts", "расписки тем, кто ждёт ответа", _OFTEN, _late_receipts, Place.NOWHERE),
    Job(
        "reminders", "напоминания молчащим школам", _NOW_AND_THEN, _reminders, Place.BEFORE_SENDING
    ),
    Job("expiry", "закрытие заявок без ответа школы", _NOW_AND_THEN, _expiry, Place.BEFORE_SENDING),
    Job("purge", "удаление персональных данных, срок которых истёк", _SELDOM, _purge, Place.LAST),
    Job("metrics", "счётчики для Prometheus", _EVERY_MINUTE, _metrics, Place.LAST),
    Job("alerts", "оповещение, если что-то встало", _NOW_AND_THEN, call_a_person, Place.LAST),
)


def run_job(app: App, job: Job) -> int:
    """Run a job now and remember when; returns how many things it did.

    Raises `ServiceUnavailableError`.
    """
    began = app.desk.now()
    done = job.run(app)
    with app.store.begin(write=False) as work:
        before = last_run(work, job)
    if done or before is None or not dt.timedelta() <= began - before < _RAN_EVERY:
        with app.store.begin() as work:
            work.set_switch(_RAN + job.name, began.isoformat())
    return done


def last_run(work: Work, job: Job) -> dt.datetime | None:
    """Return when a job was last run, None where it never was."""
    moment = work.switch(_RAN + job.name)
    return dt.datetime.fromisoformat(moment) if moment else None


def next_run(last: dt.datetime | None, job: Job, *, now: dt.datetime) -> dt.datetime:
    """Return when a job is due: at once where its time has passed."""
    return now if last is None or last > now else max(now, last + job.every)


@contextmanager
def scheduled(app: App) -> Iterator[None]:
    """Run the jobs on their schedule for the length of the block."""
    scheduler = BackgroundScheduler(
        timezone=dt.UTC,
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    last = _begin(app)
    for job in JOBS:
        scheduler.add_job(
            _guarded,
            "interval",
            args=(job, app),
            seconds=job.every.total_seconds(),
            id=job.name,
            next_run_time=next_run(last.get(job.name), job, now=app.desk.now()),
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _begin(app: App) -> dict[str, dt.datetime | None]:
    """Return when each job was last run; nothing where the database cannot say it just now."""
    try:
        with app.store.begin() as work:
            note_start(work, now=app.desk.now())
            return {job.name: last_run(work, job) for job in JOBS}
    except ServiceUnavailableError:
        return {}


def _guarded(job: Job, app: App) -> None:
    try:
        done = run_job(app, job)
    except (ServiceUnavailableError, StaleApplicationError) as error:
        log.warning("задание не выполнено", job=job.name, why=str(error))
    else:
        if done:
            log.info("задание выполнено", job=job.name, done=done)
