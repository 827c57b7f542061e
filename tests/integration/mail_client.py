"""An independent IMAP client (imaplib) that fills mailboxes and looks what has become of them."""

from __future__ import annotations

import datetime as dt
import imaplib
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tests.integration.mail_servers import PASSWORD, Dovecot

_NUMBERS = count(1)
_UID = re.compile(rb"UID (\d+)")
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_DATE = re.compile(rb'INTERNALDATE "([^"]*)"')


class Held(NamedTuple):
    """What a mailbox holds at one UID."""

    flags: frozenset[bytes]  # with \Recent
    arrived: bytes
    content: bytes


class MailClient:
    """One user's folder, reached by TLS."""

    def __init__(self, server: Dovecot, user: str, *, trusted: Path, folder: str = "INBOX") -> None:
        self._server = server
        self._trusted = trusted
        self.user = user
        self.folder = folder

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[imaplib.IMAP4]:
        """A logged-in connection with the folder open, as imaplib gives it."""
        context = ssl.create_default_context(cafile=self._trusted)
        with imaplib.IMAP4_SSL("localhost", self._server.imaps, ssl_context=context) as client:
            client.login(self.user, PASSWORD)
            status, said = client.select(f'"{self.folder}"', readonly=not write)
            assert status == "OK", said
            yield client

    def create(self) -> None:
        context = ssl.create_default_context(cafile=self._trusted)
        with imaplib.IMAP4_SSL("localhost", self._server.imaps, ssl_context=context) as client:
            client.login(self.user, PASSWORD)
            assert client.create(f'"{self.folder}"')[0] == "OK"

    def delete(self) -> None:
        context = ssl.create_default_context(cafile=self._trusted)
        with imaplib.IMAP4_SSL("localhost", self._server.imaps, ssl_context=context) as client:
            client.login(self.user, PASSWORD)
            assert client.delete(f'"{self.folder}"')[0] == "OK"

    def add(
        self, *messages: bytes, flags: str = "", arrived: dt.datetime | None = None
    ) -> list[int]:
        """Append messages, which are \\Recent then, and return their UIDs."""
        when = imaplib.Time2Internaldate(arrived) if arrived else None
        uids = []
        with self.session() as client:
            for message in messages:
                status, said = client.append(f'"{self.folder}"', f"({flags})", when, message)
                assert status == "OK", said
                uids.append(int(said[0].split()[2].rstrip(b"]")))  # [APPENDUID validity uid]
        return uids

    def drop(self, *messages: bytes) -> None:
        """Lay messages into the server's Maildir, as delivery does: no byte is changed on the way."""
        for message in messages:
            name = f"{time.time_ns()}.{next(_NUMBERS)}.host"
            (self._server.maildir(self.user) / "new" / name).write_bytes(message)

    def look(self) -> dict[int, Held]:
        """Return everything by UID, changing nothing."""
        held = {}
        with self.session() as client:
            _, answer = client.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")
            for part in answer:
                if isinstance(part, tuple):
                    facts, content = part
                    uid, flags, date = (pattern.search(facts) for pattern in (_UID, _FLAGS, _DATE))
                    assert uid is not None
                    assert flags is not None
                    assert date is not None
                    held[int(uid[1])] = Held(frozenset(flags[1].split()), date[1], content)
        return held

    def remove(self, uids: Sequence[int]) -> None:
        """Delete messages for good, as another program may at any moment."""
        with self.session(write=True) as client:
            client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", "(\\Deleted)")
            client.expunge()
