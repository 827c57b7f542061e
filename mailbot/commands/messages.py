"""`mailbot messages`: every message seen and its fate; `messages take ID` takes one left alone."""

from __future__ import annotations

import click

from mailbot import documents
from mailbot.app import build
from mailbot.commands.common import config_option, json_option, looking, operator_name, settings
from mailbot.screen import console, local, print_json, safe, table
from mailbot.taking import take_by_hand
from workflow.application import Fate
from workflow.decisions import DecisionRefusedError
from workflow.wording import FATES, REASONS


@click.group("messages", invoke_without_command=True)
@click.option("--ignored", is_flag=True, help="Только те, что оставлены без внимания.")
@json_option
@config_option
def messages_command(ignored: bool, as_json: bool) -> None:
    """Показать все виденные письма и что с ними стало."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    with looking() as work:
        rows = list(work.seen_rows(Fate.IGNORED if ignored else None))
    if as_json:
        print_json([documents.seen(row) for row in rows])
        return
    out = console()
    if rows:
        out.print(
            table(
                ("№", "пришло", "судьба", "причина", "заявка", "от кого и о чём"),
                [
                    (
                        str(row.id),
                        local(row.received_at),
                        FATES[row.fate],
                        REASONS.get(row.reason, row.reason),
                        str(row.application_id or ""),
                        safe(f"{row.sender}: {row.subject}"),
                    )
                    for row in rows
                ],
            )
        )
    out.print(f"Всего писем: {len(rows)}.")


@messages_command.command("take")
@click.argument("seen_id", type=int, metavar="НОМЕР")
@click.option("--operator", metavar="ИМЯ", help="Кто решает (иначе пользователь системы).")
@json_option
@config_option
def take_command(seen_id: int, operator: str | None, as_json: bool) -> None:
    """Сделать заявку из письма, которое было оставлено."""
    who = operator_name(operator)
    loaded = settings()
    loaded.check_accounts()
    with build(loaded) as app:
        with app.store.begin(write=False) as work:
            row = work.seen(seen_id)
        if row is None:
            raise DecisionRefusedError(f"письма № {seen_id} нет; список: mailbot messages")
        if row.fate is not Fate.IGNORED:
            raise DecisionRefusedError(f"письмо № {seen_id} уже взято")
        for mailbox, rules in app.mailboxes:
            if mailbox.name == row.mailbox:
                application_id = take_by_hand(app.desk, row, mailbox, rules=rules, operator=who)
                break
        else:
            raise DecisionRefusedError(f"ящика «{row.mailbox}» больше нет в настройках")
    if as_json:
        print_json({"id": application_id})
    else:
        console().print(f"Письмо № {seen_id} стало заявкой № {application_id}.")
