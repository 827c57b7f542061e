"""`mailbot review`: the operators' queue as a full-screen program."""

from __future__ import annotations

import sys

import click

from config.settings import ConfigurationError
from mailbot.commands.common import config_option, looking, operator_name, settings


@click.command("review")
@click.option("--operator", metavar="ИМЯ", help="Кто решает (иначе пользователь системы).")
@config_option
def review_command(operator: str | None) -> None:
    """Очередь операторов на весь экран."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise ConfigurationError("review: нужен терминал; без него: mailbot queue list")
    with looking():
        pass  # an outage is said in one line before the screen is taken
    # loaded when the terminal is there: the library is large
    from mailbot.review.desk import ReviewDesk
    from mailbot.review.screen import ReviewApp

    ReviewApp(ReviewDesk(settings(), operator_name(operator))).run()
