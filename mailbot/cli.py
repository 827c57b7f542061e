"""The command line: arguments to one call to an exit status.

Errors become one Russian line on standard error and a status:

    ConfigurationError, DecisionRefusedError,
    IllegalTransitionError, StaleApplicationError    2, nothing has changed
    ServiceUnavailableError, LockedError             3, a later pass goes on
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import Final

import click

from config.settings import ConfigurationError
from mailbot.logs import configure as configure_logs
from mailbot.logs import explained, frames_of
from mailbot.mailtext import one_line
from workflow.decisions import DecisionRefusedError
from workflow.ports import ServiceUnavailableError, StaleApplicationError
from workflow.states import IllegalTransitionError

OK: Final = 0
PERSON_NEEDED: Final = 1
WRONG_USAGE: Final = 2
SERVICE_UNAVAILABLE: Final = 3

_REFUSED: Final = (
    ConfigurationError,
    DecisionRefusedError,
    IllegalTransitionError,
    StaleApplicationError,
)

# command -> its module and its line of help; a module is loaded when its command is used, as some
# bring large libraries
_COMMANDS: Final = {
    "demo": ("mailbot.commands.demo", "показать всё в деле на выдуманных заявках"),
    "init": ("mailbot.commands.setup", "создать файл настроек с пояснениями"),
    "doctor": ("mailbot.commands.setup", "проверить всё, что нужно для работы"),
    "run": ("mailbot.commands.run", "принимать письма, решать, регистрировать и отвечать"),
    "worker": ("mailbot.commands.worker", "обрабатывать заявки из общей базы PostgreSQL"),
    "parse": ("mailbot.commands.parse", "прочитать файлы писем, ничего не меняя"),
    "messages": ("mailbot.commands.messages", "все виденные письма и что с ними стало"),
    "applications": ("mailbot.commands.applications", "все заявки"),
    "show": ("mailbot.commands.applications", "одна заявка целиком"),
    "queue": ("mailbot.commands.queue", "очередь операторов и их решения"),
    "review": ("mailbot.commands.review", "та же очередь на весь экран"),
    "outbox": ("mailbot.commands.outbox", "неотправленные ответы"),
    "replies": ("mailbot.commands.outbox", "шаблоны ответов"),
    "register": ("mailbot.commands.register", "реестр организаций, с которым сверяются заявки"),
    "questionnaire": ("mailbot.commands.questionnaire", "записать бланк анкеты для школ"),
    "report": ("mailbot.commands.reports", "сколько заявок в каком состоянии и почему"),
    "export": ("mailbot.commands.reports", "записать все заявки в таблицу"),
    "reconcile": ("mailbot.commands.reconcile", "сравнить ящики с базой"),
    "purge": ("mailbot.commands.purge", "удалить персональные данные, срок которых истёк"),
    "jobs": ("mailbot.commands.reports", "задания по расписанию"),
    "db": ("mailbot.commands.setup", "база данных"),
    "completion": ("mailbot.commands.completion", "дополнение команд по клавише Tab"),
}


class _Group(click.Group):
    """Loads a command when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Команды"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", type=click.Path(), metavar="ФАЙЛ", help="Файл настроек (иначе ./mailbot.toml)."
)
@click.option("--debug", is_flag=True, help="При ошибке показать, где в программе она возникла.")
@click.version_option(package_name="sferum-mailbot", prog_name="mailbot")
@click.pass_context
def mailbot(context: click.Context, config: str | None, debug: bool) -> None:
    """Читает заявки школ на регистрацию, решает и отвечает."""
    context.obj = {"config": config}


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with its status."""
    os.umask(0o077)  # whatever is written, directories on the way too, is closed to others
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a terminal that knows no Cyrillic gets question marks, not a crash
            stream.reconfigure(errors="replace")
    configure_logs()
    sys.exit(status_of(sys.argv[1:] if arguments is None else arguments))


def status_of(arguments: list[str]) -> int:
    """Run a command and return its exit status."""
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    try:
        outcome = mailbot.main(args=arguments, prog_name="mailbot", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return WRONG_USAGE
    except click.ClickException as error:
        return _fail(_usage(error), WRONG_USAGE)
    except click.Abort:
        return _fail("прервано", WRONG_USAGE)
    except BrokenPipeError:
        # whoever read our output has gone: nothing is left to say to them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001  # the edge of the program: one line, unless more is asked
        return _explained(error, debug=debug)
    return outcome if isinstance(outcome, int) else OK


def _explained(error: Exception, *, debug: bool) -> int:
    """Say what went wrong in one line; what nobody foresaw is named by its kind and place."""
    if debug:
        click.echo(frames_of(error), err=True, nl=False)
    if isinstance(error, _REFUSED):
        return _fail(str(error), WRONG_USAGE)
    if isinstance(error, ServiceUnavailableError):
        return _fail(str(error), SERVICE_UNAVAILABLE)
    return _fail(f"{explained(error)}; подробности: --debug", SERVICE_UNAVAILABLE)


def _usage(error: click.ClickException) -> str:
    """Say in one line what of the call is wrong, and for which command."""
    context = getattr(error, "ctx", None)
    where = f"{context.command_path}: " if context else ""
    return where + " ".join(error.format_message().split())


def _fail(line: str, status: int) -> int:
    click.echo("mailbot: " + one_line(line).removeprefix("mailbot: "), err=True)
    return status


if __name__ == "__main__":
    main()
