"""`mailbot run`: the daemon; with `--once` one batch pass over everything that is due."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

import click

from config.settings import ConfigurationError, Settings
from mailbot.app import App, build
from mailbot.batch import Progress, Step, Summary, run_pass
from mailbot.cli import OK, PERSON_NEEDED, SERVICE_UNAVAILABLE
from mailbot.commands.common import config_option, json_option, settings
from mailbot.dryrun import dry_run as preview
from mailbot.running import LOCK_WAIT_SECONDS, locked, run_daemon
from mailbot.scheduling import JOBS
from mailbot.screen import console, print_json, safe
from workflow.wording import STATES


@click.command("run")
@click.option("--once", is_flag=True, help="Один проход: сделать всё, что назрело, и закончить.")
@click.option("--dry-run", is_flag=True, help="С --once: показать, что было бы сделано.")
@json_option
@config_option
def run_command(once: bool, dry_run: bool, as_json: bool) -> int:
    """Принимать письма, решать, регистрировать и отвечать."""
    loaded = settings()
    _require_mail(loaded)
    if dry_run and not once:
        raise click.UsageError("--dry-run бывает только вместе с --once")
    if dry_run:
        return _dry_run(loaded, as_json)
    if not once:
        run_daemon(loaded)
    with locked(loaded, wait_seconds=LOCK_WAIT_SECONDS), build(loaded) as app:
        app.cage.start()
        summary = run_with_progress(app)
    _report(summary, as_json)
    return status_of(summary)


def run_with_progress(app: App) -> Summary:
    """Run one pass; on a terminal its progress is shown, and SIGTERM ends it early."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()
        app.cage.close(now=True)

    before = {name: signal.signal(name, end) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        err = console(stderr=True)
        if not err.is_terminal:
            return run_pass(app, lambda step: None, stop)
        with err.status("смотрю почту") as status:
            return run_pass(app, _shown(status), stop)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def status_of(summary: Summary) -> int:
    """Return the exit status that a pass deserves."""
    if summary.faults:
        return SERVICE_UNAVAILABLE
    return PERSON_NEEDED if summary.for_operators else OK


def _shown(status: Any) -> Progress:
    counts: dict[str, int] = {}
    words = {"intake": "просмотрено писем", "work": "обработано заявок", "delivery": "отправлено"}

    def show(step: Step) -> None:
        counts[step.stage] = counts.get(step.stage, 0) + 1
        status.update(", ".join(f"{words[stage]}: {n}" for stage, n in counts.items()))

    return show


def _report(summary: Summary, as_json: bool) -> None:
    for fault in summary.faults:
        click.echo(f"mailbot: {fault}", err=True)
    if as_json:
        print_json(
            {
                "taken": summary.taken,
                "ignored": summary.ignored,
                "repeated": summary.repeated,
                "states": {state.value: count for state, count in summary.advanced.items()},
                "sent": summary.sent,
                "jobs": dict(summary.jobs),
                "for_operators": summary.for_operators,
                "sending_stopped": summary.held,
                "faults": summary.faults,
            }
        )
        return
    out = console()
    out.print(
        f"Писем взято: {summary.taken}, оставлено: {summary.ignored}, "
        f"повторов: {summary.repeated}. Ответов отправлено: {summary.sent}."
    )
    for state, count in sorted(summary.advanced.items()):
        out.print(f"  {STATES[state]}: {count}")
    for job in JOBS:
        if done := summary.jobs[job.name]:
            out.print(f"  {job.title}: {done}")
    if summary.held:
        out.print(
            f"Отправка остановлена: {safe(summary.held)}. Возобновить: mailbot outbox release"
        )


def _dry_run(loaded: Settings, as_json: bool) -> int:
    rows = preview(loaded)
    if as_json:
        print_json(rows)
        return OK
    out = console()
    for row in rows:
        out.print(safe(row["text"]))
    if not rows:
        out.print("Делать нечего.")
    return OK


def _require_mail(loaded: Settings) -> None:
    if not loaded.all_mailboxes():
        raise ConfigurationError("[mailbox] url: не задано, откуда приходят письма")
    if loaded.outgoing is None:
        raise ConfigurationError("[outgoing] url: не задано, куда уходят ответы")
    loaded.check_accounts()
