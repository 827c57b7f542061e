"""`mailbot applications` and `mailbot show ID`: what there is, in any state."""

from __future__ import annotations

import click

from mailbot import documents
from mailbot.card import card_of
from mailbot.commands.common import (
    application_named,
    config_option,
    json_option,
    looking,
    note_view,
    opened_store,
    operator_option,
)
from mailbot.commands.completion import ApplicationNumber
from mailbot.screen import console, local, print_json, safe, state_word, table
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
@operator_option
@json_option
@config_option
def show_command(application_id: int, operator: str | None, as_json: bool) -> None:
    """Показать одну заявку: историю, документы, замечания, письма. Просмотр записывается."""
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
    if as_json:
        shown = documents.whole_application(
            application, messages=messages, history=history, replies=replies
        )
        print_json(shown | {"views": [documents.view(one) for one in views]})
    else:
        out = console()
        for part in card_of(application, messages=messages, history=history, replies=replies):
            out.print(part)
