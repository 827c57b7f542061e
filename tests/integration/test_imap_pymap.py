"""The program as a guest of a server of another make (pymap): polling, marks, a renumbered mailbox."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from mailbot.imap import ImapMailbox
from mailbot.storage import SqlStore
from tests.acceptance.papers import message
from tests.integration.mail_account import mailbox_at
from tests.integration.mail_servers import Pymap
from tests.integration.test_imap_line import FOREIGN, Guest, sqlite_stores
from workflow.application import Fate
from workflow.ports import MarkingRefusedError

__all__ = ["sqlite_stores"]

_numbers = count(1)


class Owner:
    """A folder of its own, and whose it is: an independent client (imaplib)."""

    def __init__(self, server: Pymap) -> None:
        self.server = server
        self.folder = f"Box{next(_numbers)}"

    @contextmanager
    def session(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("localhost", self.server.imap) as client:
            client.starttls(ssl.create_default_context())
            client.login(self.server.user, self.server.password)
            yield client

    def make(self, *messages: bytes) -> None:
        with self.session() as client:
            assert client.create(self.folder)[0] == "OK"
            self.add(*messages)

    def add(self, *messages: bytes) -> None:
        with self.session() as client:
            for one in messages:
                assert client.append(self.folder, None, None, one)[0] == "OK"

    def remove(self) -> None:
        with self.session() as client:
            assert client.delete(self.folder)[0] == "OK"

    def flags(self, folder: str | None = None) -> list[frozenset[bytes]]:
        """The flags of each message, without \\Recent, which any look by SELECT takes."""
        with self.session() as client:
            client.select(folder or self.folder, readonly=True)
            _, answer = client.fetch("1:*", "(FLAGS)")
            found = [re.search(rb"FLAGS \(([^)]*)\)", one) for one in answer if one]
            return [frozenset(one[1].split()) - {b"\\Recent"} for one in found if one]


@pytest.fixture
def owner(pymap: Pymap, trusted: Path) -> Owner:
    return Owner(pymap)


@contextmanager
def mailbox_of(owner: Owner) -> Iterator[ImapMailbox]:
    with mailbox_at(
        owner.server.imap,
        tls=False,
        folder=owner.folder,
        username=owner.server.user,
        secret=lambda: owner.server.password,
        timeout_seconds=5.0,
    ) as mailbox:
        yield mailbox


def fates(guest: Guest) -> list[Fate]:
    with guest.store.begin(write=False) as work:
        return [row.fate for row in work.seen_rows()]


def applications(guest: Guest) -> int:
    with guest.store.begin(write=False) as work:
        return len(list(work.applications()))


def test_what_comes_later_is_taken_by_the_next_poll_and_nothing_is_marked(
    owner: Owner, sqlite_stores: Iterator[SqlStore], tmp_path: Path
) -> None:
    owner.make(FOREIGN, message(1))
    guest = Guest(next(sqlite_stores), tmp_path, "nothing")
    with mailbox_of(owner) as mailbox:
        for _ in range(2):
            guest.visit(mailbox)
            assert fates(guest) == [Fate.IGNORED, Fate.TAKEN]
        owner.add(message(2))
        guest.visit(mailbox)
    assert fates(guest) == [Fate.IGNORED, Fate.TAKEN, Fate.TAKEN]
    assert owner.flags() == [frozenset()] * 3


@pytest.mark.slow
def test_a_server_that_keeps_no_keywords_is_told_and_its_mail_is_taken_all_the_same(
    owner: Owner, sqlite_stores: Iterator[SqlStore], tmp_path: Path
) -> None:
    owner.make(FOREIGN, message(1))
    guest = Guest(next(sqlite_stores), tmp_path, "keyword")
    with mailbox_of(owner) as mailbox:
        for _ in range(2):
            with pytest.raises(MarkingRefusedError, match="mark_processed"):
                guest.visit(mailbox)
    assert fates(guest) == [Fate.IGNORED, Fate.TAKEN]
    assert owner.flags() == [frozenset()] * 2


@pytest.mark.slow
def test_ours_alone_are_moved(
    owner: Owner, sqlite_stores: Iterator[SqlStore], tmp_path: Path
) -> None:
    target = Owner(owner.server)
    target.make()
    owner.make(FOREIGN, message(1))
    guest = Guest(next(sqlite_stores), tmp_path, f"move:{target.folder}")
    with mailbox_of(owner) as mailbox:
        guest.visit(mailbox)
        guest.visit(mailbox)
    assert (len(owner.flags()), len(target.flags())) == (1, 1)


def test_a_renumbered_mailbox_is_gone_through_again_and_nothing_is_taken_twice(
    owner: Owner, sqlite_stores: Iterator[SqlStore], tmp_path: Path
) -> None:
    owner.make(FOREIGN, message(1), message(2))
    guest = Guest(next(sqlite_stores), tmp_path, "nothing")
    with mailbox_of(owner) as mailbox:
        guest.visit(mailbox)
        owner.remove()
        owner.make(message(2), FOREIGN, message(1), message(3))
        guest.visit(mailbox)
    assert applications(guest) == 3
    assert fates(guest).count(Fate.REPEATED) == 2
    assert fates(guest).count(Fate.TAKEN) == 3
