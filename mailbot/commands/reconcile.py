"""`mailbot reconcile`: what the mailboxes hold against what the database says of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from config.settings import ConfigurationError
from mailbot import documents
from mailbot.app import mailboxes_of, store_of, utc_now
from mailbot.cli import OK, PERSON_NEEDED, SERVICE_UNAVAILABLE
from mailbot.commands.common import config_option, json_option, progress, settings
from mailbot.mailtext import one_line
from mailbot.screen import console, local, print_json, safe, table
from mailbot.storage import SqlStore
from workflow.ports import Mailbox, ServiceUnavailableError
from workflow.reconciliation import Comparison, compare


@click.command("reconcile")
@json_option
@config_option
def reconcile_command(as_json: bool) -> int:
    """Сравнить ящики с базой и показать разницу; ничего не меняется."""
    loaded = settings()
    if not loaded.all_mailboxes():
        raise ConfigurationError("[mailbox] url: не задано, откуда приходят письма")
    loaded.check_accounts()
    found: list[Comparison] = []
    faults: list[str] = []
    store = store_of(loaded)
    try:
        for mailbox, _ in mailboxes_of(loaded):
            try:
                found.append(_compared(mailbox, store))
            except ServiceUnavailableError as error:
                faults.append(str(error))
            finally:
                mailbox.close()
    finally:
        store.close()
    _report(found, faults, as_json)
    if faults:
        return SERVICE_UNAVAILABLE
    return PERSON_NEEDED if any(one.difference for one in found) else OK


def _compared(mailbox: Mailbox, store: SqlStore) -> Comparison:
    title = f"ящик «{safe(mailbox.name)}»"
    with progress(title) as show:
        return compare(
            mailbox, store=store, progress=lambda count: show(f"{title}: сравнено {count}")
        )


def _report(found: list[Comparison], faults: list[str], as_json: bool) -> None:
    for fault in dict.fromkeys(faults):
        click.echo(f"mailbot: {one_line(fault)}", err=True)
    now = utc_now()
    if as_json:
        print_json(
            {
                "difference": sum(one.difference for one in found),
                "mailboxes": [_document(one, now) for one in found],
                "faults": faults,
            }
        )
        return
    out = console()
    rows = [
        (
            safe(one.mailbox),
            str(one.there),
            str(one.rows),
            str(one.without_row),
            str(one.gone),
            local(one.oldest) if one.oldest else "—",
        )
        for one in found
    ]
    if rows:
        names = ("ящик", "писем", "записей", "без записи", "пропало", "ждёт с")
        out.print(table(names, rows))
    for one in found:
        for entry in one.unexamined:
            out.print(f"{safe(one.mailbox)}: нет записи о письме {safe(entry.key)}", soft_wrap=True)
        for row in one.lost:
            out.print(
                f"{safe(one.mailbox)}: письма № {row.id} в ящике больше нет ({safe(row.key)})",
                soft_wrap=True,
            )
    out.print(f"Разница: {sum(one.difference for one in found)}.")


def _document(one: Comparison, now: dt.datetime) -> dict[str, Any]:
    age = (now - one.oldest).total_seconds() if one.oldest else None
    return {
        "mailbox": one.mailbox,
        "messages": one.there,
        "rows": one.rows,
        "without_row": one.without_row,
        "gone": one.gone,
        "oldest_unexamined": documents.moment(one.oldest) if one.oldest else None,
        "oldest_unexamined_seconds": None if age is None else round(max(age, 0.0), 1),
        "unexamined": [
            {"key": entry.key, "received_at": documents.moment(entry.received_at)}
            for entry in one.unexamined
        ],
        "lost": [{"id": row.id, "key": row.key, "fate": row.fate.value} for row in one.lost],
    }
