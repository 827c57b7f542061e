"""`mailbot purge`: the retention periods for personal data, and the act of deletion."""

from __future__ import annotations

from typing import Any

import click

from mailbot import documents
from mailbot.cli import OK, SERVICE_UNAVAILABLE
from mailbot.commands.common import (
    config_option,
    json_option,
    looking,
    operator_name,
    progress,
    settings,
)
from mailbot.purging import Purged, preview, purge_all
from mailbot.screen import console, local, print_json, safe, table
from workflow.application import Deletion
from workflow.wording import STATES


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Показать, что было бы удалено, и ничего не удалять.")
@click.option("--acts", is_flag=True, help="Показать акт об удалении: что и когда удалено.")
@click.option("--operator", metavar="ИМЯ", help="Кто удаляет (иначе пользователь системы).")
@json_option
@config_option
def purge_command(dry_run: bool, acts: bool, operator: str | None, as_json: bool) -> int:
    """Удалить персональные данные, срок хранения которых истёк."""
    if dry_run and acts:
        raise click.UsageError("--dry-run и --acts не бывают вместе")
    if acts:
        with looking() as work:
            _print_acts(list(work.deletions()), as_json)
        return OK
    loaded = settings()
    if dry_run:
        purged = preview(loaded)
    else:
        with progress("удаляю") as show:
            purged = purge_all(
                loaded,
                who=operator_name(operator),
                progress=lambda count: show(f"удалено заявок: {count}"),
            )
    _report(purged, dry_run=dry_run, as_json=as_json)
    if purged.scrubbed:
        return OK
    click.echo(
        "mailbot: журнал базы занят другим процессом и ещё не очищен; повторите mailbot purge",
        err=True,
    )
    return SERVICE_UNAVAILABLE


def _report(purged: Purged, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "applications": [_document(act) for act in purged.applications],
                "places": purged.places,
                "orphans": purged.orphans,
                "scrubbed": purged.scrubbed,
            }
        )
        return
    out = console()
    if purged.applications:
        out.print(_table(purged.applications))
    word = "Было бы удалено" if dry_run else "Удалено"
    out.print(
        f"{word}: заявок {len(purged.applications)}, строк об оставленных письмах {purged.places}, "
        f"файлов без записи {purged.orphans}."
    )


def _print_acts(acts: list[Deletion], as_json: bool) -> None:
    if as_json:
        print_json([_document(act) for act in acts])
        return
    out = console()
    if acts:
        out.print(_table(acts))
    out.print(f"Строк в акте: {len(acts)}.")


def _table(acts: list[Deletion] | tuple[Deletion, ...]) -> Any:
    return table(
        ("заявка", "состояние", "окончена", "удалена", "писем", "ответов", "кем"),
        [
            (
                str(act.application_id or "—"),
                STATES[act.state] if act.state else "оставленные письма",
                local(act.ended_at) if act.ended_at else "—",
                local(act.at),
                str(act.messages if act.state else act.places),
                str(act.replies),
                safe(act.who),
            )
            for act in acts
        ],
    )


def _document(act: Deletion) -> dict[str, Any]:
    return {
        "at": documents.moment(act.at),
        "who": act.who,
        "application": act.application_id,
        "state": act.state.value if act.state else None,
        "ended_at": documents.moment(act.ended_at) if act.ended_at else None,
        "messages": act.messages,
        "replies": act.replies,
        "places": act.places,
        "size": act.size,
    }
