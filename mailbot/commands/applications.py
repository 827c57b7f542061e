"""`mailbot applications` and `mailbot show ID`: what there is, in any state."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from config.settings import ConfigurationError
from mailbot import documents
from mailbot.app import blobs_of, cage_of
from mailbot.card import card_of
from mailbot.commands.common import (
    application_named,
    config_option,
    json_option,
    looking,
    note_view,
    opened_store,
    operator_option,
    progress,
    settings,
)
from mailbot.commands.completion import ApplicationNumber
from mailbot.reading import CagedReader
from mailbot.screen import console, local, print_json, safe, state_word, table
from parsers.limits import Limits
from workflow.application import Application, Message
from workflow.decisions import DecisionRefusedError
from workflow.ports import ReadingDiedError
from workflow.states import State
from workflow.wording import STATES


@click.command("applications")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in State]),
    help="Только в состоянии.",
)
@json_option
@config_option
def applications_command(states: tuple[str, ...], as_json: bool) -> None:
    """Показать все заявки."""
    wanted = [State(name) for name in states] or None
    with looking() as work:
        found = [
            (one, documents.application(one, work.messages(one.id)))
            for one in work.applications(wanted)
        ]
    if as_json:
        print_json([document for _, document in found])
        return
    rows = [
        (
            str(one.id),
            state_word(one.state, STATES[one.state]),
            local(one.received_at),
            safe(document["organization"]["name"] or document["sender"]),
        )
        for one, document in found
    ]
    out = console()
    if rows:
        out.print(table(("№", "состояние", "пришла", "организация"), rows))
    out.print(f"Всего заявок: {len(rows)}.")


@click.command("show")
@click.argument("application_id", type=ApplicationNumber(), metavar="НОМЕР")
@click.option(
    "--papers",
    type=click.Path(path_type=Path),
    metavar="ФАЙЛ.html",
    help="Записать бумаги страницей с картинками, для браузера.",
)
@operator_option
@json_option
@config_option
def show_command(
    application_id: int, papers: Path | None, operator: str | None, as_json: bool
) -> None:
    """Показать одну заявку: историю, документы, замечания, письма. Просмотр записывается."""
    if papers is not None and papers.exists():
        raise ConfigurationError(f"{papers}: файл уже есть, он не изменён")
    with opened_store() as store:
        with store.begin() as work:
            application_named(work, application_id)
            note_view(work, application_id, operator)
        with store.begin(write=False) as work:
            application = application_named(work, application_id)
            messages = work.messages(application_id)
            history = work.history(application_id)
            replies = work.replies(application_id)
            views = work.views(application_id)
    if papers is not None:
        _write_papers(papers, application, messages)
    if as_json:
        shown = documents.whole_application(
            application, messages=messages, history=history, replies=replies
        )
        print_json(shown | {"views": [documents.view(one) for one in views]})
    else:
        out = console()
        for part in card_of(application, messages=messages, history=history, replies=replies):
            out.print(part)
        if papers is not None:
            out.print(
                f"Бумаги записаны: {safe(str(papers))}. В файле личные данные, удалите его потом."
            )


def _write_papers(file: Path, application: Application, messages: Sequence[Message]) -> None:
    """Read the messages once more, with pictures, and write the page for nobody but the caller to read."""
    # loaded when a page is written: what it needs is large
    from mailbot.paper_page import paper_page

    loaded = settings()
    blobs = blobs_of(loaded)
    with progress("Читаю бумаги…"), cage_of(loaded, 1, with_views=True) as cage:
        read = CagedReader(cage)
        try:
            # one that is too large to be read is listed by its own line above, and has no page
            mails = [
                (one, read(blobs.get(one.digest)))
                for one in reversed(messages)
                if one.size <= Limits().message_bytes
            ]
        except ReadingDiedError as error:
            raise DecisionRefusedError(
                f"письмо заявки № {application.id} не читается ({error})"
            ) from None
    page = paper_page(application, mails)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            target.write(page)
    except OSError as error:
        raise ConfigurationError(f"{file}: не записать ({error.strerror})") from None
