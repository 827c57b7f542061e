"""`mailbot worker`: works off applications of the shared database, on as many machines as wanted."""

from __future__ import annotations

import click

from config.settings import ConfigurationError
from mailbot.commands.common import config_option, settings
from mailbot.running import is_shared, run_worker


@click.command("worker")
@config_option
def worker_command() -> None:
    """Обрабатывать заявки из общей базы; нужна PostgreSQL."""
    loaded = settings()
    if not is_shared(loaded):
        raise ConfigurationError(
            "[database] url: mailbot worker работает только с общей базой PostgreSQL"
        )
    run_worker(loaded)
