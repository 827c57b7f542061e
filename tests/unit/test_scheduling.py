"""When a job is due."""

from __future__ import annotations

import datetime as dt

from mailbot.scheduling import JOBS, Place, next_run

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
JOB = JOBS[1]


def test_a_job_that_never_ran_or_slept_past_its_time_is_due_at_once() -> None:
    assert next_run(None, JOB, now=NOW) == NOW
    assert next_run(NOW - 5 * JOB.every, JOB, now=NOW) == NOW


def test_a_job_that_ran_is_due_after_its_interval() -> None:
    assert next_run(NOW - JOB.every / 4, JOB, now=NOW) == NOW + JOB.every * 3 / 4


def test_a_clock_that_was_set_back_holds_up_no_job() -> None:
    assert next_run(NOW + dt.timedelta(days=365), JOB, now=NOW) == NOW


def test_jobs_have_names_of_their_own_and_batch_passes_do_all_but_receipts() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert [job.name for job in JOBS if job.in_pass is Place.NOWHERE] == ["receipts"]
