"""Completion in the shell: the script that switches it on, and the numbers of applications."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from click.shell_completion import CompletionItem, get_completion_class

from config.settings import ConfigurationError, load
from mailbot.mailtext import one_line
from workflow.application import Application
from workflow.ports import ServiceUnavailableError
from workflow.states import State
from workflow.wording import STATES

SHELLS: Final = ("bash", "zsh", "fish")
_VARIABLE: Final = "_MAILBOT_COMPLETE"  # by which click knows that a shell is asking
_OFFERED: Final = 100  # at most, the newest: a screen holds no more


@click.command(
    "completion",
    epilog="\b\n"
    "bash: mailbot completion bash > /etc/bash_completion.d/mailbot\n"
    "zsh:  mailbot completion zsh > ~/.zfunc/_mailbot  (fpath+=~/.zfunc)\n"
    "fish: mailbot completion fish > ~/.config/fish/completions/mailbot.fish",
)
@click.argument("shell", type=click.Choice(SHELLS), metavar="|".join(SHELLS))
def completion_command(shell: str) -> None:
    """Напечатать сценарий, с которым оболочка дополняет команды по клавише Tab."""
    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"для оболочки {shell} дополнения нет")
    root = click.get_current_context().find_root()
    click.echo(script(root.command, {}, "mailbot", _VARIABLE).source())


class ApplicationNumber(click.types.IntParamType):
    """The number of an application; the shell offers those in `states`, all where it is empty."""

    def __init__(self, states: Sequence[State] = ()) -> None:
        self._states = tuple(states)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the numbers that begin so, newest first, each with its state and its school.

        Nothing is offered where the settings or the database cannot be used: Tab is no place for
        an error.
        """
        named = ctx.params.get("config") or ctx.find_root().params.get("config")
        try:
            found = _applications(Path(named) if named else None, self._states)
        except (ConfigurationError, ServiceUnavailableError):
            return []
        offered = [one for one in found if str(one.id).startswith(incomplete)]
        return [
            CompletionItem(str(one.id), help=_described(one))
            for one in sorted(offered, key=lambda one: one.id, reverse=True)[:_OFFERED]
        ]


def _applications(config: Path | None, states: tuple[State, ...]) -> list[Application]:
    # loaded when a number is asked for: the command's name alone should complete at once
    from mailbot.app import store_of

    store = store_of(load(config))
    try:
        with store.begin(write=False) as work:
            return list(work.applications(states or None))
    finally:
        store.close()


def _described(one: Application) -> str:
    school = one.agreed.organization_name
    return one_line(", ".join(part for part in (STATES[one.state], school) if part))
