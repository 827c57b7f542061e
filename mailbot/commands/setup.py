"""`mailbot init`, `mailbot doctor`, `mailbot db upgrade`: before and between the work."""

from __future__ import annotations

import datetime as dt
import shlex
from importlib import resources
from pathlib import Path

import click

from config.settings import ConfigurationError
from mailbot.cli import OK, PERSON_NEEDED
from mailbot.commands.common import config_option, json_option, settings
from mailbot.doctor import examine
from mailbot.mailtext import one_line
from mailbot.screen import console, print_json, safe
from mailbot.storage import upgrade


@click.command("init")
@click.argument("directory", metavar="ПАПКА", type=click.Path(path_type=Path))
@config_option
def init_command(directory: Path) -> None:
    """Создать ПАПКА/mailbot.toml с пояснениями к каждой настройке."""
    file = write_configuration(
        directory,
        mailbox_url="imaps://imap.example.ru:993/INBOX",
        outgoing_url="smtps://smtp.example.ru:465",
        start_date=dt.datetime.now().astimezone().date(),
    )
    click.echo(f"Записан файл настроек: {one_line(str(file))}")
    click.echo("Впишите в него адреса почты, затем проверьте:")
    click.echo(f"  mailbot --config {shlex.quote(one_line(str(file)))} doctor")


def write_configuration(
    directory: Path, *, mailbox_url: str, outgoing_url: str, start_date: dt.date
) -> Path:
    """Write the commented configuration.

    Raises `ConfigurationError` where a file is there already.
    """
    file = directory / "mailbot.toml"
    text = resources.files("config").joinpath("mailbot.toml").read_text(encoding="utf-8")
    for name, value in {
        "mailbox_url": mailbox_url,
        "outgoing_url": outgoing_url,
        "start_date": start_date.isoformat(),
    }.items():
        text = text.replace("{" + name + "}", value)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as target:
            target.write(text)
        file.chmod(0o600)
    except FileExistsError:
        raise ConfigurationError(f"{file}: файл уже есть, он не изменён") from None
    except OSError as error:
        raise ConfigurationError(f"{file}: не записать ({error.strerror})") from None
    return file


@click.command("doctor")
@json_option
@config_option
def doctor_command(as_json: bool) -> int:
    """Проверить всё, что нужно для работы."""
    checks = examine(settings())
    if as_json:
        print_json([{"name": one.name, "ok": one.ok, "message": one.message} for one in checks])
    else:
        out = console()
        for one in checks:
            mark = "[green]в порядке[/green]" if one.ok else "[red]неисправно[/red]"
            out.print(f"{one.name}: {mark}. {safe(one.message)}", soft_wrap=True)
    return OK if all(one.ok for one in checks) else PERSON_NEEDED


@click.group("db")
def db_command() -> None:
    """База данных."""


@db_command.command("upgrade")
@config_option
def upgrade_command() -> None:
    """Создать базу или привести её схему к нынешней версии."""
    upgrade(settings().database.url)
    console().print("Схема базы в порядке.")
