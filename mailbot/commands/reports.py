"""`mailbot report`, `mailbot export FILE`, `mailbot jobs`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from config.settings import ConfigurationError, Settings
from mailbot import reports
from mailbot.app import build, schema_of, utc_now
from mailbot.commands.common import (
    config_option,
    json_option,
    looking,
    note_view,
    opened_store,
    operator_option,
    settings,
)
from mailbot.documents import moment
from mailbot.scheduling import JOBS, Job, last_run, next_run, run_job
from mailbot.screen import console, local, print_json, safe, table
from mailbot.storage import SchemaState
from workflow.states import State
from workflow.wording import STATES


@click.command("report")
@json_option
@config_option
def report_command(as_json: bool) -> None:
    """Показать, сколько заявок в каком состоянии, по регионам и причинам."""
    with looking() as work:
        made = reports.report(work)
    if as_json:
        print_json(made.document())
        return
    out = console()
    states = {STATES[State(name)]: count for name, count in made.states.items()}
    for title, counts in (
        ("состояние", states),
        ("регион", made.regions),
        ("причина", made.reasons),
    ):
        if counts:
            rows = [(safe(name), str(count)) for name, count in counts.items()]
            out.print(table((title, "заявок"), rows))
            out.print()
    out.print(f"Всего заявок: {sum(made.states.values())}.")
    if made.median_hours is not None:
        out.print(f"От письма до конца: половина заявок быстрее {made.median_hours} ч.")


@click.command("export")
@click.argument("file", metavar="ФАЙЛ", type=click.Path(path_type=Path))
@operator_option
@config_option
def export_command(file: Path, operator: str | None) -> None:
    """Записать все заявки в таблицу (.xlsx или .csv). Выгрузка записывается."""
    with opened_store() as store:
        reports.check_target(file)
        with store.begin() as work:
            note_view(work, None, operator)
        with store.begin(write=False) as work:
            count = reports.export(work, file)
    console().print(f"Записано заявок: {count}, файл: {safe(str(file))}", soft_wrap=True)


@click.group("jobs", invoke_without_command=True)
@json_option
@config_option
def jobs_command(as_json: bool) -> None:
    """Показать задания по расписанию."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    loaded, now = settings(), utc_now()
    last = _last_runs(loaded)
    due = {job.name: next_run(last[job.name], job, now=now) for job in JOBS}
    if as_json:
        print_json([_job(job, last[job.name], due[job.name]) for job in JOBS])
        return
    rows = [(job.name, _when(last[job.name]), _when(due[job.name]), job.title) for job in JOBS]
    console().print(table(("имя", "выполнено", "следующий раз", "что делает"), rows))


def _last_runs(loaded: Settings) -> dict[str, dt.datetime | None]:
    """Return when each job was last run; nothing of a database that is not there yet."""
    if schema_of(loaded) is not SchemaState.CURRENT:
        return dict.fromkeys(job.name for job in JOBS)
    with looking() as work:
        return {job.name: last_run(work, job) for job in JOBS}


def _job(job: Job, last: dt.datetime | None, due: dt.datetime) -> dict[str, Any]:
    return {
        "name": job.name,
        "title": job.title,
        "every_seconds": job.every.total_seconds(),
        "last_run": moment(last) if last else None,
        "next_run": moment(due),
    }


def _when(at: dt.datetime | None) -> str:
    return local(at) if at else "ещё ни разу"


@jobs_command.command("run")
@click.argument("name", metavar="ИМЯ")
@config_option
def run_job_command(name: str) -> None:
    """Выполнить одно задание сейчас."""
    job = next((job for job in JOBS if job.name == name), None)
    if job is None:
        known = ", ".join(job.name for job in JOBS)
        raise ConfigurationError(f"задания «{name}» нет; есть: {known}")
    with build(settings()) as app:
        done = run_job(app, job)
    console().print(f"Задание «{name}» выполнено, сделано: {done}.")
