"""`mailbot demo`: everything on this machine, nothing to configure.

A mailbox of sample applications goes through the very pass that `run --once` makes; what became of
each is then read from the database. No verdict is written down here.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

import click

from config.settings import PREFIX, load
from mailbot import documents
from mailbot.app import App, build, utc_now
from mailbot.cli import OK
from mailbot.commands.common import config_option
from mailbot.commands.run import run_with_progress
from mailbot.commands.setup import write_configuration
from mailbot.samples import FontsMissingError, Sample, demo_messages
from mailbot.screen import console, safe, state_word, table
from mailbot.storage import upgrade
from workflow.application import Fate, OutboxRow
from workflow.ports import ServiceUnavailableError
from workflow.states import QUEUE
from workflow.wording import REASONS, REPLY_KINDS, STATES

_SHOWN_LINES: Final = 14
"""Of each reply that is shown, so many lines of its text."""


@click.command("demo")
@click.argument("directory", required=False, metavar="[ПАПКА]", type=click.Path(path_type=Path))
@config_option
def demo_command(directory: Path | None) -> int:
    """Показать всё в деле на выдуманных заявках, без сети и настройки."""
    directory = (directory or Path(tempfile.mkdtemp(prefix="mailbot-demo-"))).resolve()
    out = console()
    _forget_other_settings()
    out.print("Готовлю почтовый ящик с выдуманными заявками…")
    try:
        samples = demo_messages(utc_now())
    except FontsMissingError as error:
        raise ServiceUnavailableError(str(error)) from None
    file = _prepare(directory, samples)
    settings = load(file)
    upgrade(settings.database.url)
    out.print(f"Писем в ящике: {len(samples)}. Читаю, решаю, отвечаю…")
    with build(settings) as app:
        summary = run_with_progress(app)
        for fault in summary.faults:
            click.echo(f"mailbot: {fault}", err=True)
        _show_outcome(app, samples)
        _show_replies(app)
        _show_next(app, file)
    return OK


def _forget_other_settings() -> None:
    """Keep what the environment says of a real mailbox away from the invented one."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]


def _prepare(directory: Path, samples: tuple[Sample, ...]) -> Path:
    """Make the mailbox with the samples, and the configuration for it."""
    mailbox, outgoing = directory / "mailbox", directory / "outgoing"
    file = write_configuration(
        directory,
        mailbox_url=f"maildir://{quote(str(mailbox))}",
        outgoing_url=f"maildir://{quote(str(outgoing))}",
        start_date=dt.date(2000, 1, 1),
    )
    for folder in (mailbox, outgoing):
        for name in ("new", "cur", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(samples, start=1):
        path = mailbox / "new" / _file_name(number)
        path.write_bytes(sample.raw)
        moment = (utc_now() - dt.timedelta(minutes=len(samples) - number)).timestamp()
        os.utime(path, (moment, moment))
    return file


def _file_name(number: int) -> str:
    return f"sample-{number:02}"


def _show_outcome(app: App, samples: tuple[Sample, ...]) -> None:
    with app.store.begin(write=False) as work:
        seen = {row.key: row for row in work.seen_rows()}
        applications = {one.id: one for one in work.applications()}
    rows = []
    for number, sample in enumerate(samples, start=1):
        row = seen.get(_file_name(number))
        one = applications.get(row.application_id) if row and row.application_id else None
        if row is None:
            outcome, why = "не прочитано", ""
        elif one is None:
            outcome = "оставлено" if row.fate is Fate.IGNORED else "взято"
            why = REASONS.get(row.reason, row.reason)
        else:
            outcome = state_word(one.state, STATES[one.state])
            why = "; ".join(safe(found.message) for found in one.findings)
        rows.append((str(one.id) if one else "", safe(sample.title), outcome, why))
    out = console()
    out.print()
    out.print(table(("заявка", "что прислали", "что стало", "почему"), rows))


def _show_replies(app: App) -> None:
    with app.store.begin(write=False) as work:
        replies = [
            reply
            for one in work.applications()
            for reply in work.replies(one.id)
            if reply.sent_at is not None
        ]
    out = console()
    shown: set[str] = set()
    for reply in replies:
        if reply.kind not in shown:
            shown.add(reply.kind)
            out.print()
            out.rule(f"{REPLY_KINDS[reply.kind]} по заявке № {reply.application_id}", align="left")
            out.print(safe_lines(_text(reply)), soft_wrap=False)
    out.print()
    out.print(f"Всего ответов написано: {len(replies)}.")


def _text(reply: OutboxRow) -> str:
    message = email.message_from_bytes(reply.content, policy=email.policy.default)
    part = message.get_body(("plain",))
    lines = part.get_content().splitlines() if part else []
    cut = lines[:_SHOWN_LINES]
    return "\n".join(cut + (["…"] if len(lines) > len(cut) else []))


def safe_lines(text: str) -> str:
    """Return a text of several lines for the screen."""
    return "\n".join(safe(line) for line in text.splitlines())


def _show_next(app: App, file: Path) -> None:
    """Print the commands to type next, in full."""
    with app.store.begin(write=False) as work:
        ids = [one.id for one in work.applications()]
        waiting = list(work.applications(tuple(QUEUE)))
    program = "./run" if Path("run").is_file() and Path("mailbot").is_dir() else sys.argv[0]
    out = console()
    out.print()
    out.print("Что посмотреть дальше:")
    commands = [
        (f"show {ids[0]}" if ids else "applications", "одна заявка: документы, замечания, история"),
        ("applications", "все заявки"),
        ("queue list", "очередь операторов"),
        ("messages --ignored", "письма, которые оставлены без внимания"),
        ("outbox list", "неотправленные ответы"),
        ("run --once", "ещё один проход: он ничего не изменит"),
    ]
    if waiting:
        number = waiting[0].id
        reasons = ", ".join(documents.reasons(waiting[0]))
        commands.insert(3, (f"queue reject {number} --message 'Причина'", f"решить: {reasons}"))
    for command, meaning in commands:
        click.echo(f"  {shlex.quote(program)} {command} --config {shlex.quote(str(file))}")
        click.echo(f"      {meaning}")
