"""`mailbot register import FILE`: loads a register of organizations to check against."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from config.settings import ConfigurationError, Settings
from mailbot.app import schema_of, store_of, utc_now
from mailbot.commands.common import config_option, json_option, settings
from mailbot.register.importing import Imported, Importer, Refused
from mailbot.register.lines import RegisterFileError
from mailbot.screen import console, print_json, safe
from mailbot.storage import SchemaState, upgrade
from workflow.ports import ServiceUnavailableError

SHOWN_REFUSALS: Final = 100
"""So many refused rows are told one by one; of the rest only the number."""


@click.group("register")
def register_command() -> None:
    """Реестр организаций, с которым сверяются заявки."""


@register_command.command("import")
@click.argument("file", metavar="ФАЙЛ", type=click.Path(path_type=Path))
@click.option("--replace", "alone", is_flag=True, help="Забыть всё, чего в этом файле нет.")
@json_option
@config_option
def import_command(file: Path, alone: bool, as_json: bool) -> None:
    """Загрузить реестр из файла csv, xlsx или xml; повторная загрузка обновляет его по ИНН."""
    loaded = settings()
    refused: list[Refused] = []
    _prepare(loaded)
    try:
        imported = _import(loaded, file, refused, alone=alone)
    except RegisterFileError as error:
        raise ConfigurationError(f"{file}: {error}") from None
    if as_json:
        print_json(
            {
                "file": str(file),
                "rows": imported.rows,
                "entries": imported.entries,
                "refused": imported.refused,
                "refused_rows": [{"line": one.line, "reason": one.reason} for one in refused],
            }
        )
        return
    console().print(
        f"Загружено организаций и филиалов: {imported.entries}, строк: {imported.rows}, "
        f"пропущено: {imported.refused}.",
        soft_wrap=True,
    )


def _prepare(loaded: Settings) -> None:
    """See that the database has the register's tables; SQLite's are made, as `run` makes them."""
    state = schema_of(loaded)
    if state is SchemaState.CURRENT:
        return
    if not loaded.database.url.startswith("sqlite"):
        raise ServiceUnavailableError("схема базы не готова; выполните: mailbot db upgrade")
    upgrade(loaded.database.url)


def _import(loaded: Settings, file: Path, refused: list[Refused], *, alone: bool) -> Imported:
    errors = console(stderr=True)

    def refuse(one: Refused) -> None:
        if len(refused) < SHOWN_REFUSALS:
            refused.append(one)
            errors.print(f"строка {one.line}: {safe(one.reason)}", soft_wrap=True)

    size = file.stat().st_size if file.is_file() else 0
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )
    store = store_of(loaded)
    try:
        with bar:
            task = bar.add_task(safe(file.name), total=size or None)
            importer = Importer(
                database=store.database,
                columns=loaded.register.columns.model_dump(),
                now=utc_now,
                refuse=refuse,
                advance=lambda done: bar.update(task, completed=done),
            )
            imported = importer.run(file, alone=alone)
    finally:
        store.close()
    if imported.refused > len(refused):
        errors.print(f"… и ещё {imported.refused - len(refused)}", soft_wrap=True)
    return imported
