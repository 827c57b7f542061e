"""Messages that are too large to be read: stored whole, in constant memory, put before an operator."""

from __future__ import annotations

import datetime as dt
import hashlib
import tracemalloc
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from mailbot.blobs import FileBlobs
from mailbot.imap import ImapAccount, ImapMailbox
from mailbot.maildir import MaildirMailbox
from mailbot.storage import SqlStore
from mailbot.tokens import FixedKey, SignedIds
from parsers.mail.message import parse_headers
from tests.integration.mail_client import MailClient
from tests.integration.mail_servers import PASSWORD, Dovecot
from workflow.application import Fate
from workflow.intake import IntakeRules, Taken, take_in
from workflow.ports import Mailbox

NOW = dt.datetime(2026, 9, 14, 8, 0, tzinfo=dt.UTC)
MEGABYTE = 2**20
HEADER = (
    "From: school@example.ru\r\nMessage-ID: <large@example.ru>\r\n"
    "Subject: Сферум: Регистрация организации\r\n\r\n"
).encode()
LARGE = HEADER + b"x" * 76 * 1024 + b"\r\n" + (b"y" * 76 + b"\r\n") * (20 * MEGABYTE // 78)

_numbers = count(1)


@pytest.fixture(params=["maildir", "dovecot"])
def mailbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mailbox]:
    """A mailbox with one large message."""
    if request.param == "maildir":
        for name in ("new", "cur", "tmp"):
            (tmp_path / "box" / name).mkdir(parents=True)
        (tmp_path / "box" / "new" / "large").write_bytes(LARGE)
        yield MaildirMailbox(tmp_path / "box", name="mailbox")
        return
    dovecot: Dovecot = request.getfixturevalue("dovecot")
    trusted = request.getfixturevalue("trusted")
    client = MailClient(dovecot, f"large{next(_numbers)}", trusted=trusted)
    client.add(LARGE)
    account = ImapAccount(
        host="localhost",
        port=dovecot.imaps,
        tls=True,
        folder="INBOX",
        username=client.user,
        secret=lambda: PASSWORD,
    )
    opened = ImapMailbox(account, name="mailbox")
    yield opened
    opened.close()


def take(mailbox: Mailbox, store: SqlStore, directory: Path, largest: int) -> list[Taken]:
    taken = take_in(
        mailbox,
        store=store,
        blobs=FileBlobs(directory),
        parse_headers=parse_headers,
        rules=IntakeRules(
            own_addresses=frozenset(),
            tokens=SignedIds("info@example.org", FixedKey(b"a key for the tests")),
            largest_bytes=largest,
        ),
        read_bounce=lambda raw: None,
        now=NOW,
    )
    return list(taken)


@pytest.mark.parametrize("largest", [MEGABYTE, 60 * MEGABYTE])
def test_a_message_of_any_size_is_stored_whole_in_little_memory(
    mailbox: Mailbox, store: SqlStore, tmp_path: Path, largest: int
) -> None:
    (entry,) = mailbox.entries(None)
    assert entry.size == len(LARGE)
    tracemalloc.start()
    (taken,) = take(mailbox, store, tmp_path / "messages", largest)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * MEGABYTE < len(LARGE)
    assert taken.seen.fate is Fate.TAKEN
    digest = hashlib.sha256(LARGE).hexdigest()
    assert FileBlobs(tmp_path / "messages").get(digest) == LARGE
    with store.begin(write=False) as work:
        (message,) = work.messages(1)
    assert (message.digest, message.size) == (digest, len(LARGE))
    assert (message.reading is not None) == (len(LARGE) > largest)
    if message.reading:
        assert message.reading.limits
        assert message.reading.headers.message_id == "<large@example.ru>"


def test_a_message_that_vanishes_while_it_is_copied_leaves_nothing(
    mailbox: Mailbox, store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(mailbox), "copy", lambda self, entry, write: write(b"half") or False)
    assert take(mailbox, store, tmp_path / "messages", MEGABYTE) == []
    assert [path for path in (tmp_path / "messages").rglob("*") if path.is_file()] == []
