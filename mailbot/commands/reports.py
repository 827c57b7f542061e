"""`mailbot report`, `mailbot export FILE`, `mailbot jobs`."""

from __future__ import annotations

from pathlib import Path

import click

from config.settings import ConfigurationError
from mailbot import reports
from mailbot.app import build
from mailbot.commands.common import (
    config_option,
    json_option,
    looking,
    note_view,
    opened_store,
    operator_option,
    settings,
)
from mailbot.scheduling import JOBS
from mailbot.screen import console, print_json, safe, table
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
    if as_json:
        print_json(
            [
                {"name": job.name, "title": job.title, "every_seconds": job.every.total_seconds()}
                for job in JOBS
            ]
        )
        return
    rows = [(job.name, f"{job.every.total_seconds():.0f} с", job.title) for job in JOBS]
    console().print(table(("имя", "каждые", "что делает"), rows))


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
        done = job.run(app)
    console().print(f"Задание «{name}» выполнено, сделано: {done}.")
