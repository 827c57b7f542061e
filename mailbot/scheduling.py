"""The scheduled jobs: scans of the state («what is overdue?»), so that none is lost in a restart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.app import App
from mailbot.purging import purge_all
from workflow.correspondence import write_late_receipts
from workflow.ports import ServiceUnavailableError
from workflow.wording import PROGRAM

log = structlog.get_logger()


class Job(NamedTuple):
    """One scheduled job: run twice it does no more than once."""

    name: str
    title: str  # for operators
    every: dt.timedelta
    run: Callable[[App], int]  # returns how many things it did


def _late_receipts(app: App) -> int:
    after = dt.timedelta(seconds=app.settings.replies.receipt_after_seconds)
    return write_late_receipts(app.store, app.desk.write, now=app.desk.now(), after=after)


def _purge(app: App) -> int:
    return purge_all(app.settings, who=PROGRAM).count


JOBS: Final = (
    Job("receipts", "расписки тем, кто ждёт ответа", dt.timedelta(seconds=10), _late_receipts),
    Job("purge", "удаление персональных данных, срок которых истёк", dt.timedelta(hours=6), _purge),
)


@contextmanager
def scheduled(app: App) -> Iterator[None]:
    """Run the jobs on their schedule for the length of the block."""
    scheduler = BackgroundScheduler(
        timezone=dt.UTC,
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    for job in JOBS:
        scheduler.add_job(
            _guarded, "interval", args=(job, app), seconds=job.every.total_seconds(), id=job.name
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _guarded(job: Job, app: App) -> None:
    try:
        done = job.run(app)
    except ServiceUnavailableError as error:
        log.warning("задание не выполнено", job=job.name, why=str(error))
    else:
        if done:
            log.info("задание выполнено", job=job.name, done=done)
