"""`mailbot outbox`: replies not sent yet; `mailbot replies preview`: a template filled in."""

from __future__ import annotations

import email
import email.policy
import getpass
import tempfile
import webbrowser
from pathlib import Path

import click

from config.settings import ConfigurationError
from mailbot import documents
from mailbot.app import reply_settings
from mailbot.commands.common import config_option, json_option, looking, opened_store, settings
from mailbot.reply_samples import preview
from mailbot.screen import console, local, print_json, safe, table
from workflow.application import ReplyKind, ReplyStatus
from workflow.delivery import HOLD
from workflow.wording import REPLY_KINDS, REPLY_STATUSES

_UNSENT = (
    ReplyStatus.PENDING,
    ReplyStatus.SENDING,
    ReplyStatus.STOPPED,
    ReplyStatus.UNDELIVERABLE,
)


@click.group("outbox")
def outbox_command() -> None:
    """Ответы, которые ещё не отправлены."""


@outbox_command.command("list")
@json_option
@config_option
def list_command(as_json: bool) -> None:
    """Показать неотправленные ответы."""
    with looking() as work:
        rows = work.outbox(_UNSENT)
        held = work.switch(HOLD)
    if as_json:
        print_json([documents.outbox_row(row) for row in rows])
        return
    out = console()
    if rows:
        out.print(
            table(
                ("№", "заявка", "что", "состояние", "когда", "кому"),
                [
                    (
                        str(row.id),
                        str(row.application_id),
                        REPLY_KINDS[row.kind],
                        REPLY_STATUSES[row.status],
                        local(row.due_at),
                        safe(row.recipient),
                    )
                    for row in rows
                ],
            )
        )
    out.print(f"Не отправлено ответов: {len(rows)}.")
    if held is not None:
        out.print(f"Отправка остановлена: {safe(held)}. Возобновить: mailbot outbox release")


@outbox_command.command("hold")
@config_option
def hold_command() -> None:
    """Остановить всю отправку."""
    with opened_store() as store, store.begin() as work:
        work.set_switch(HOLD, f"остановил оператор {getpass.getuser()}")
    console().print("Отправка остановлена. Возобновить: mailbot outbox release")


@outbox_command.command("release")
@config_option
def release_command() -> None:
    """Возобновить отправку."""
    with opened_store() as store, store.begin() as work:
        work.set_switch(HOLD, None)
    console().print("Отправка возобновлена.")


@click.group("replies")
def replies_command() -> None:
    """Шаблоны ответов."""


@replies_command.command("preview")
@click.argument("name", type=click.Choice([kind.value for kind in ReplyKind]), metavar="ИМЯ")
@click.option("--html", "as_html", is_flag=True, help="Вывести HTML вместо текста.")
@click.option("--open", "in_browser", is_flag=True, help="Открыть HTML в браузере.")
@config_option
def preview_command(name: str, as_html: bool, in_browser: bool) -> None:
    """Показать шаблон ответа, заполненный выдуманными сведениями."""
    written = preview(ReplyKind(name), reply_settings(settings()))
    message = email.message_from_bytes(written.content, policy=email.policy.default)
    is_html = as_html or in_browser
    part = message.get_body(("html",) if is_html else ("plain",))
    if part is None:
        raise ConfigurationError(f"{name}: в шаблоне нет такой части")
    content = part.get_content().replace("\r\n", "\n")
    if in_browser:
        _show(name, content)
    else:
        click.echo(content if as_html else f"{message['Subject']}\n\n{content}")


def _show(name: str, content: str) -> None:
    """Open a page in the browser; the file stays, for the browser reads it when it likes."""
    file = Path(tempfile.mkdtemp(prefix="mailbot-preview-"), f"{name}.html")
    file.write_text(content, encoding="utf-8")
    if webbrowser.open(file.as_uri()):
        click.echo(f"Открыто в браузере: {file}")
    else:
        click.echo(f"Браузера не нашлось, откройте файл сами: {file}")
