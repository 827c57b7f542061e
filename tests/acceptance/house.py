"""The program as its users have it: the command, two Maildirs, a file of settings, and nothing else."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

MAILBOT: Final = Path(sys.executable).parent / "mailbot"
SENDER: Final = "info@platform.example"
SECONDS: Final = 180
"""More than any command of these tests takes on a busy machine."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def clean_environment(home: Path, **further: str) -> dict[str, str]:
    """The environment of a fresh log-in; temporary files go to `home`/tmp."""
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "LOGNAME": "olga",
        **further,
    }


def start(
    *arguments: str | Path, cwd: Path, environment: Mapping[str, str], program: Path = MAILBOT
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own."""
    return subprocess.Popen(
        [program, *arguments],
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[bytes]) -> Outcome:
    """Wait for a command; whatever it is, it never prints a traceback or a raw control character."""
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    outcome = Outcome(process.returncode, out.decode(), err.decode())
    assert "Traceback" not in outcome.err, outcome.err
    assert not (found := unfit(outcome.out + outcome.err)), ascii(found)
    return outcome


def unfit(text: str) -> set[str]:
    """Control characters other than the end of a line, direction overrides, halves of characters."""
    kinds = {"Cc", "Cs", "Zl", "Zp"}
    overrides = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    return {
        char
        for char in text
        if char != "\n" and (unicodedata.category(char) in kinds or char in overrides)
    }


def snapshot(*directories: Path) -> dict[str, tuple[int, str]]:
    """Every file and directory by its path: when a file was changed, and what it holds."""
    found = {}
    for directory in directories:
        for path in directory.rglob("*"):
            found[str(path)] = (0, "")
            if path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[str(path)] = (path.stat().st_mtime_ns, digest)
    return found


def files_in(directory: Path) -> set[str]:
    """The path of every file below a directory, without the log of an open database."""
    return {
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and theirs."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(text.rpartition(")")[2].split()[1])
    found, waiting = set(), {pid}
    while waiting:
        parent = waiting.pop()
        children = {child for child, above in parents.items() if above == parent} - found
        found |= children
        waiting |= children
    return found


def is_alive(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in {"Z", "X"}


def wait_until_gone(pids: set[int], seconds: float) -> set[int]:
    """Wait for processes to end; returns those that have not."""
    end = time.monotonic() + seconds
    while (left := {pid for pid in pids if is_alive(pid)}) and time.monotonic() < end:
        time.sleep(0.02)
    return left


class House:
    """A directory with a mailbox, a Maildir for replies and a file of settings."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.home = directory / "home"
        self.box = directory / "box"
        self.outgoing = directory / "outgoing"
        self.config = directory / "mailbot.toml"
        self.environment = clean_environment(self.home)

    @classmethod
    def make(cls, directory: Path, settings: str = "") -> House:
        house = cls(directory)
        for maildir in (house.box, house.outgoing):
            for folder in ("new", "cur", "tmp"):
                (maildir / folder).mkdir(parents=True)
        house.configure(settings)
        return house

    def configure(self, settings: str = "", *, mailbox: str = "") -> None:
        """Write the file of settings; `mailbox` holds further lines of that section."""
        self.config.write_text(
            f'[mailbox]\nurl = "maildir://{quote(str(self.box))}"\n{mailbox}\n'
            f'[outgoing]\nurl = "maildir://{quote(str(self.outgoing))}"\nsender = "{SENDER}"\n'
            f"{settings}\n",
            encoding="utf-8",
        )

    def copy(self, directory: Path) -> House:
        """The same house with everything in it at another place."""
        shutil.copytree(self.directory, directory)
        other = House(directory)
        moved = self.config.read_text(encoding="utf-8").replace(
            quote(str(self.directory)), quote(str(directory))
        )
        other.config.write_text(moved, encoding="utf-8")
        return other

    def put(
        self, name: str, raw: bytes, *, folder: str = "new", arrived: dt.datetime | None = None
    ) -> Path:
        """Let a message arrive."""
        (self.box / "tmp" / name).write_bytes(raw)
        path = self.box / folder / name
        (self.box / "tmp" / name).rename(path)
        if arrived is not None:
            os.utime(path, (arrived.timestamp(), arrived.timestamp()))
        return path

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[bytes]:
        return start(
            *arguments, cwd=self.directory, environment={**self.environment, **environment}
        )

    def run(self, *arguments: str | Path, **environment: str) -> Outcome:
        return finish(self.start(*arguments, **environment))

    def once(self, **environment: str) -> Outcome:
        return self.run("run", "--once", **environment)

    def json(self, *arguments: str) -> Any:
        """What a command that ends well prints as JSON."""
        outcome = self.run(*arguments, "--json")
        assert outcome.status == 0, outcome
        return outcome.json

    def applications(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.json("applications")
        return listed

    def show(self, application_id: int) -> dict[str, Any]:
        shown: dict[str, Any] = self.json("show", str(application_id))
        return shown

    def application_of(self, raw: bytes) -> dict[str, Any]:
        """The one application that holds a message with that Message-ID."""
        wanted = parsed(raw)["Message-ID"]
        (found,) = [one for one in self.applications() if wanted in one["message_ids"]]
        return found

    def stored(self) -> list[str]:
        """Everything that the database holds, to see whether anything has changed."""
        with closing(sqlite3.connect(self.directory / "mailbot.db")) as connection:
            return list(connection.iterdump())

    def replies(self) -> dict[str, EmailMessage]:
        """What was sent, by the name of its file."""
        return {
            path.name: parsed(path.read_bytes())
            for folder in ("new", "cur")
            for path in sorted((self.outgoing / folder).iterdir())
        }

    def replies_to(self, raw: bytes) -> list[EmailMessage]:
        """What was sent in answer to one message."""
        wanted = parsed(raw)["Message-ID"]
        return [one for one in self.replies().values() if one["In-Reply-To"] == wanted]


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """The text of a reply, or its HTML."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def single_line(outcome: Outcome) -> str:
    """The one line that a refused command leaves on standard error; nothing on standard output."""
    assert outcome.out == ""
    (line,) = outcome.err.splitlines()
    return line


def strings(document: object) -> Iterator[str]:
    """Every string in a JSON document, keys too."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for key, value in document.items():
            yield from strings(key)
            yield from strings(value)
    elif isinstance(document, list):
        for value in document:
            yield from strings(value)
