"""The program, killed by itself at a named step, as `kill -9` at that very moment would.

`python -m tests.acceptance.crashing STEP HOW ARGUMENTS…`: STEP is a name, or `record:FILE` to write down
the name of every step in the order in which a run comes to them; HOW is `tree` (whatever it has started
dies too) or `parent`.
"""

from __future__ import annotations

import inspect
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mailbot import cli
from mailbot.blobs import FileBlobs, FileDraft
from mailbot.maildir import MaildirSender
from mailbot.reading import CagedReader
from mailbot.registry import RegistryProvisioner
from mailbot.storage.engine import Database
from tests.acceptance.house import descendants

_TRANSPARENT = ("mailbot.storage.engine", "mailbot.storage.store")


class Steps:
    """Hears of every step, and kills at the one that is wanted."""

    def __init__(self, wanted: str, how: str) -> None:
        self._record = (
            Path(wanted.removeprefix("record:")) if wanted.startswith("record:") else None
        )
        self._wanted = wanted
        self._how = how

    def __call__(self, name: str) -> None:
        if self._record is not None:
            with self._record.open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")
        elif name == self._wanted:
            for pid in descendants(os.getpid()) if self._how == "tree" else ():
                os.kill(pid, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: type, method: str) -> None:
        """Make a step before and one after every call of a method."""
        original: Callable[..., Any] = getattr(owner, method)
        name = f"{owner.__name__}.{method}"

        def wrapped(*arguments: Any, **named: Any) -> Any:
            self(f"{name}: before")
            result = original(*arguments, **named)
            self(f"{name}: after")
            return result

        setattr(owner, method, wrapped)

    def around_commits(self) -> None:
        """Make a step before and one after every commit, named after what it stores."""
        original = Database.transaction

        @contextmanager
        def transaction(database: Database, *, write: bool = True) -> Iterator[Any]:
            name = _caller() if write else ""
            with original(database, write=write) as connection:
                yield connection
                if write:
                    self(f"{name}: before commit")
            if write:
                self(f"{name}: after commit")

        Database.transaction = transaction  # type: ignore[method-assign]


def _caller() -> str:
    for frame in inspect.stack():
        module = frame.frame.f_globals.get("__name__", "")
        if module.startswith(("mailbot.", "workflow.")) and module not in _TRANSPARENT:
            return f"{module}.{frame.function}"
    raise LookupError("a transaction of nobody")


def main() -> None:
    wanted, how, *arguments = sys.argv[1:]
    steps = Steps(wanted, how)
    steps.around_commits()
    for owner, method in (
        (FileDraft, "keep"),
        (FileBlobs, "settle"),
        (CagedReader, "__call__"),
        (RegistryProvisioner, "provision"),
        (MaildirSender, "send"),
        (Path, "rename"),
    ):
        steps.around(owner, method)
    cli.main(arguments)


if __name__ == "__main__":
    main()
