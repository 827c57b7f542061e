"""Results for people: tables and cards in Russian that fit 80 columns; colour only on a terminal.

No control character and no direction override of a stranger's text reaches the screen.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mailbot.mailtext import plain_lines
from workflow.findings import Severity
from workflow.states import State

# control characters, direction marks and overrides, line and paragraph separators, halves of characters
_UNFIT: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)

WIDTH: Final = 80
"""Columns of a listing that goes to a file or a pipe."""

_STATE_STYLES: Final = {
    State.COMPLETED: "green",
    State.AWAITING_APPLICANT: "yellow",
    State.IN_REVIEW: "magenta",
    State.FAILED: "red",
    State.REJECTED: "red",
}
_SEVERITY_STYLES: Final = {
    Severity.BLOCK: "magenta",
    Severity.ASK: "yellow",
    Severity.INFO: "dim",
}


def console(*, stderr: bool = False) -> Console:
    """Return the console for results, or for progress."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=False, emoji=False)


def print_json(document: Any) -> None:
    """Print one JSON document in UTF-8, its strings well-formed and without control characters."""
    text = json.dumps(_clean(document), ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(text.encode("utf-8") + b"\n")
    sys.stdout.flush()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _UNFIT.sub(_shown, value)
    if isinstance(value, dict):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value


def _shown(match: re.Match[str]) -> str:
    r"""Show a byte that could not be decoded as «\xFF», the end of a line as a space, the rest not at all."""
    char = match.group()
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02X}"
    return " " if char.isspace() else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> Table:
    """Return a plain table; the last column takes the room that is left."""
    made = Table(title=title or None, box=None, pad_edge=False, title_justify="left")
    for index, name in enumerate(columns):
        made.add_column(name, no_wrap=index == 0, overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def safe(text: str | None) -> str:
    """Return a stranger's text so that it cannot do anything to a screen."""
    return escape(" ".join(plain_lines(text or "").split()))


def state_word(state: State, word: str) -> str:
    """Return a state's Russian word in its colour."""
    style = _STATE_STYLES.get(state)
    return f"[{style}]{word}[/{style}]" if style else word


def severity_word(severity: Severity, word: str) -> str:
    """Return a severity's Russian word in its colour."""
    style = _SEVERITY_STYLES[severity]
    return f"[{style}]{word}[/{style}]"


def local(moment: dt.datetime) -> str:
    """Return a moment in the machine's own time zone, for people."""
    return moment.astimezone().strftime("%d.%m.%Y %H:%M")
