"""What the commands share: options, settings, the store, and the application that was named."""

from __future__ import annotations

import functools
import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from config.settings import DEFAULT_FILE, PREFIX, Settings, load
from mailbot.app import extra_labels, rule_settings, store_of, utc_now
from mailbot.screen import console
from mailbot.storage import SqlStore
from workflow.application import Application, View
from workflow.decisions import DecisionRefusedError
from workflow.ports import Work

F = TypeVar("F", bound=Callable[..., Any])


def config_option(command: F) -> F:
    """Take `--config` behind the command's name too; the nearer one counts."""

    @click.option("--config", type=click.Path(), metavar="ФАЙЛ", help="Файл настроек.")
    @functools.wraps(command)
    def wrapped(config: str | None, **arguments: Any) -> Any:
        if config is not None:
            click.get_current_context().find_root().obj["config"] = config
        return command(**arguments)

    return wrapped  # type: ignore[return-value]


json_option = click.option("--json", "as_json", is_flag=True, help="Вывести документ JSON.")


def named_config() -> Path | None:
    """Return the configuration file that the call names, if it names one."""
    name = click.get_current_context().find_root().obj.get("config")
    return Path(name) if name else None


def settings() -> Settings:
    """Return the settings of this call. Raises `ConfigurationError` before anything is touched."""
    loaded = load(named_config())
    rule_settings(loaded)
    extra_labels(loaded)
    store_of(loaded).close()
    return loaded


def settings_if_any() -> Settings | None:
    """Return the settings of a command that needs none, None where nothing is configured.

    Raises `ConfigurationError` for settings that are there and wrong.
    """
    variables = any(value for name, value in os.environ.items() if name.startswith(PREFIX))
    return settings() if named_config() or variables or DEFAULT_FILE.is_file() else None


operator_option = click.option(
    "--operator", metavar="ИМЯ", help="Кто это делает (иначе пользователь системы)."
)


@contextmanager
def progress(title: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal how something long goes on."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield lambda text: None
        return
    with err.status(title) as status:
        yield status.update


@contextmanager
def looking() -> Iterator[Work]:
    """Open the configured store for looking only."""
    with opened_store() as store, store.begin(write=False) as work:
        yield work


@contextmanager
def opened_store() -> Iterator[SqlStore]:
    """Open the configured store."""
    store = store_of(settings())
    try:
        yield store
    finally:
        store.close()


def application_named(work: Work, application_id: int) -> Application:
    """Return one application. Raises `DecisionRefusedError` where there is none."""
    application = work.application(application_id)
    if application is None:
        raise DecisionRefusedError(f"заявки № {application_id} нет; список: mailbot applications")
    return application


def operator_name(given: str | None) -> str:
    """Return who decides: `--operator`, else the operating system's user."""
    if given and given.strip():
        return given.strip()
    return os.environ.get("LOGNAME") or pwd.getpwuid(os.geteuid()).pw_name


def note_view(work: Work, application_id: int | None, operator: str | None) -> None:
    """Note who looks at an application, or with None at all of them, by the present command."""
    what = click.get_current_context().command_path.partition(" ")[2]
    view = View(at=utc_now(), who=operator_name(operator), what=what, application_id=application_id)
    work.add_view(view)
