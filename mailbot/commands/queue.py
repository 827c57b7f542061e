"""`mailbot queue`: what waits for operators, and their decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from mailbot import documents
from mailbot.app import build
from mailbot.commands.applications import show_command
from mailbot.commands.common import (
    config_option,
    json_option,
    looking,
    operator_name,
    settings,
)
from mailbot.commands.completion import ApplicationNumber
from mailbot.screen import console, local, print_json, safe, state_word, table
from workflow import decisions
from workflow.application import Application
from workflow.decisions import DecisionRefusedError, Operator
from workflow.states import QUEUE, State
from workflow.wording import STATES

_JOINABLE = (*QUEUE, State.AWAITING_APPLICANT)


@click.group("queue")
def queue_command() -> None:
    """Очередь операторов: заявки, в которых есть сомнение или сбой."""


queue_command.add_command(show_command, "show")


@queue_command.command("list")
@json_option
@config_option
def list_command(as_json: bool) -> None:
    """Показать очередь."""
    with looking() as work:
        found = [
            (one, documents.application(one, work.messages(one.id)))
            for one in work.applications(tuple(QUEUE))
        ]
    if as_json:
        print_json([doc | {"reasons": documents.reasons(one)} for one, doc in found])
        return
    rows = [
        (
            str(one.id),
            state_word(one.state, STATES[one.state]),
            local(one.received_at),
            safe(document["organization"]["name"] or document["sender"]),
            ", ".join(documents.reasons(one)),
        )
        for one, document in found
    ]
    out = console()
    if rows:
        out.print(table(("№", "состояние", "пришла", "организация", "почему"), rows))
        out.print(
            "Посмотреть: mailbot queue show НОМЕР; решить: approve, reject, ask, retry, join."
        )
    else:
        out.print("Очередь пуста.")


def _decision(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every decision takes."""
    for option in (
        click.option("--operator", metavar="ИМЯ", help="Кто решает (иначе пользователь системы)."),
        click.option("--note", metavar="ТЕКСТ", help="Пометка, которую видят только операторы."),
        json_option,
        click.argument("application_id", type=ApplicationNumber(tuple(QUEUE)), metavar="НОМЕР"),
    ):
        command = option(command)
    return config_option(command)


@queue_command.command("approve")
@_decision
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="ПОЛЕ=ЗНАЧЕНИЕ",
    help="Верное значение: administrator.full_name, administrator.phone (мобильный номер, российский "
    "или страны, которую называют документы) или organization.inn.",
)
def approve_command(
    application_id: int,
    operator: str | None,
    note: str | None,
    as_json: bool,
    values: tuple[str, ...],
) -> None:
    """Одобрить: организация будет зарегистрирована, администратор получит права."""
    given = dict(_pair(value) for value in values)
    who = Operator(operator_name(operator), note)
    with build(settings()) as app:
        _report(decisions.approve(app.desk, application_id, operator=who, values=given), as_json)


@queue_command.command("reject")
@_decision
@click.option("--message", "text", metavar="ТЕКСТ", help="Школа прочтёт его слово в слово.")
def reject_command(
    application_id: int, operator: str | None, note: str | None, as_json: bool, text: str | None
) -> None:
    """Отклонить заявку; школа получит отказ."""
    who = Operator(operator_name(operator), note)
    with build(settings()) as app:
        _report(decisions.reject(app.desk, application_id, operator=who, text=text), as_json)


@queue_command.command("ask")
@_decision
@click.option("--message", "text", metavar="ТЕКСТ", help="Школа прочтёт его слово в слово.")
def ask_command(
    application_id: int, operator: str | None, note: str | None, as_json: bool, text: str | None
) -> None:
    """Спросить школу; заявка ждёт ответа."""
    who = Operator(operator_name(operator), note)
    with build(settings()) as app:
        _report(decisions.ask(app.desk, application_id, operator=who, text=text), as_json)


@queue_command.command("retry")
@_decision
def retry_command(
    application_id: int, operator: str | None, note: str | None, as_json: bool
) -> None:
    """Попробовать ещё раз: прочитать заново, повторить регистрацию или отправку."""
    who = Operator(operator_name(operator), note)
    with build(settings()) as app:
        _report(decisions.retry(app.desk, application_id, operator=who), as_json)


@queue_command.command("join")
@_decision
@click.argument("other_id", type=ApplicationNumber(_JOINABLE), metavar="ДРУГАЯ")
def join_command(
    application_id: int, operator: str | None, note: str | None, as_json: bool, other_id: int
) -> None:
    """Передать письма заявки НОМЕР заявке ДРУГАЯ."""
    who = Operator(operator_name(operator), note)
    with build(settings()) as app:
        _report(decisions.join(app.desk, application_id, other_id, operator=who), as_json)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not value.strip():
        raise DecisionRefusedError(f"--set {text}: ожидается ПОЛЕ=ЗНАЧЕНИЕ")
    return key.strip(), value


def _report(one: Application, as_json: bool) -> None:
    if as_json:
        print_json({"id": one.id, "state": one.state.value})
    else:
        console().print(f"Заявка № {one.id}: {STATES[one.state]}.")
