"""A line to a real IMAP server that fails at any step, from the handshake to the mark.

Whatever the step and the failure: the next pass goes on, no message is lost or taken twice, and other
mail stays as it was.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final, Literal

import pytest

from mailbot.blobs import FileBlobs
from mailbot.imap import ImapMailbox
from mailbot.storage import SqlStore, open_store
from parsers.mail.message import parse_headers
from tests.acceptance.papers import message
from tests.integration.mail_account import mailbox_at
from tests.integration.mail_client import Held, MailClient
from tests.integration.mail_peers import Proxy
from tests.integration.mail_servers import Dovecot
from tests.integration.test_life import IDS, START
from workflow.application import Fate
from workflow.intake import IntakeRules, take_in
from workflow.marking import mark_taken
from workflow.ports import ServiceUnavailableError

FOREIGN: Final = b"From: someone@example.org\r\nSubject: lunch\r\n\r\ntext\r\n"
KEYWORD: Final = b"$MailbotProcessed"
RECENT: Final = b"\\Recent"
SOME: Final = 4  # steps of the usual suite
LINGER_NOT: Final = struct.pack("ii", 1, 0)  # an end is then a reset

Act = Literal["cut", "stall", "reset", "corrupt"]
_numbers = count(1)


class FaultyLine(Proxy):
    """Passes the encrypted bytes on, but for one piece of what the server says."""

    step = 0  # which piece, from 1; 0: none
    act: Act = "cut"
    pieces = 0  # so far, on all connections

    async def _down(self, below: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await below.read(2**16):
            self.pieces += 1
            if self.pieces == self.step:
                if self.act == "corrupt":
                    middle = len(data) // 2
                    data = data[:middle] + bytes([data[middle] ^ 0x55]) + data[middle + 1 :]
                elif self.act == "reset":
                    raw = writer.get_extra_info("socket")
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
                    writer.transport.abort()
                    return
                else:
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                    if self.act == "stall":
                        await asyncio.sleep(3600)
                    return
            writer.write(data)
            await writer.drain()


class Guest:
    """The program's intake and marking on one mailbox."""

    def __init__(self, store: SqlStore, directory: Path, how: str) -> None:
        self.store = store
        self.blobs = FileBlobs(directory / "blobs")
        self.how = how

    def visit(self, mailbox: ImapMailbox) -> None:
        for _ in take_in(
            mailbox,
            store=self.store,
            blobs=self.blobs,
            parse_headers=parse_headers,
            rules=IntakeRules(own_addresses=frozenset(), tokens=IDS),
            now=START,
            read_bounce=lambda raw: None,
        ):
            pass
        mark_taken(mailbox, self.how, store=self.store)
        mailbox.wait(0.05, threading.Event())

    def is_complete(self, before: dict[int, Held], after: dict[int, Held]) -> None:
        """See that each message has its place once, and that other mail is as it was."""
        with self.store.begin(write=False) as work:
            rows = list(work.seen_rows())
            applications = [one.id for one in work.applications()]
            taken = [mail for id_ in applications for mail in work.messages(id_)]
        assert len({row.key for row in rows}) == len(rows) == len(before)
        assert [row.fate for row in rows].count(Fate.TAKEN) == len(taken) == 2
        assert {self.blobs.get(one.digest) for one in taken} == {
            one.content for one in before.values() if b"lunch" not in one.content
        }
        assert [held.content for held in after.values()] == [one.content for one in before.values()]
        for uid, held in before.items():
            ours = self.how == "keyword" and b"lunch" not in held.content
            changed = after[uid].flags ^ held.flags
            # a mailbox that is marked in is opened for that, which takes \Recent from all of it
            assert changed - {RECENT} == ({KEYWORD} if ours else set())
            assert RECENT not in changed or self.how == "keyword"


@pytest.fixture
def line(dovecot: Dovecot) -> Iterator[FaultyLine]:
    with FaultyLine(dovecot.imaps, None, None) as made:
        yield made


def school(dovecot: Dovecot, trusted: Path) -> MailClient:
    """A mailbox of its own with mail of ours and of others."""
    client = MailClient(dovecot, f"line{next(_numbers)}", trusted=trusted)
    client.add(FOREIGN, message(1), FOREIGN + b"2\r\n", message(2))
    return client


def visits(line: FaultyLine, client: MailClient, guest: Guest, step: int, act: Act) -> int:
    """Visit a mailbox over a line that fails once, then over a sound one; returns how much was said."""
    line.step, line.act, line.pieces = step, act, 0
    with mailbox_at(line.port, username=client.user) as mailbox:
        with suppress(ServiceUnavailableError):
            guest.visit(mailbox)
        said, line.step = line.pieces, 0
        for _ in range(2):
            guest.visit(mailbox)
    return said


@pytest.mark.parametrize(
    ("share", "act", "how"),
    [
        ("some", "cut", "keyword"),
        ("some", "corrupt", "nothing"),
        *(
            pytest.param("every", act, how, marks=pytest.mark.slow)
            for act in ("cut", "stall", "reset", "corrupt")
            for how in ("nothing", "keyword")
        ),
    ],
)
def test_a_failure_at_any_step_loses_nothing_takes_nothing_twice_and_touches_nothing(
    share: str,
    act: Act,
    how: str,
    line: FaultyLine,
    dovecot: Dovecot,
    trusted: Path,
    tmp_path: Path,
    sqlite_stores: Iterator[SqlStore],
) -> None:
    step, width, whole = 0, 1, 1
    while step <= whole:
        client = school(dovecot, trusted)
        before = client.look()
        guest = Guest(next(sqlite_stores), tmp_path / str(step), how)
        said = visits(line, client, guest, step, act)
        guest.is_complete(before, client.look())
        if step == 0:  # undisturbed
            whole = said
            width = max(1, whole // SOME) if share == "some" else 1
        step += width
    assert whole > 5


@pytest.fixture
def sqlite_stores(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Iterator[SqlStore]]:
    """Empty databases, one after another."""
    template = request.getfixturevalue("_migrated")("sqlite")
    opened: list[SqlStore] = []

    def fresh() -> Iterator[SqlStore]:
        for number in count(1):
            path = tmp_path / f"{number}.sqlite"
            shutil.copy(template, path)
            opened.append(open_store(f"sqlite:///{path}"))
            yield opened[-1]

    yield fresh()
    for store in opened:
        store.close()
