r"""A mailbox on an IMAP server (RFC 3501), as a polite guest.

EXAMINE and BODY.PEEK for everything that is looked at: no flag is set and `\Recent` is not taken. The
place kept is UIDVALIDITY and UID; sequence numbers are never used. What the server cannot give out
holds up nothing else: it is tried again in each pass, and the position stays before it. After any
error the connection is thrown away and the next call makes a new one.
"""

from __future__ import annotations

import datetime as dt
import imaplib
import io
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import structlog

from mailbot.imap_idle import LOOK_SECONDS, IdleRefusedError, until_news
from mailbot.imap_link import Folder, ImapLink
from mailbot.imap_marks import mark
from mailbot.imap_session import IMAP_PORT, IMAPS_PORT, ImapAccount, said
from parsers.limits import HEADER_BYTES
from workflow.ports import Entry, ServiceUnavailableError

__all__ = ["IMAPS_PORT", "IMAP_PORT", "ImapAccount", "ImapMailbox"]

_DATE: Final = "INTERNALDATE"
_SIZE: Final = "RFC822.SIZE"
_OUTSIDE: Final = (_DATE, _SIZE)  # what is known of a message without looking into it
_USUAL_HEADER_BYTES: Final = 64 * 2**10  # what is longer comes once more, alone
_HEADER: Final = f"BODY.PEEK[HEADER]<0.{_USUAL_HEADER_BYTES}>"
_LONG_HEADER: Final = f"BODY.PEEK[HEADER]<0.{HEADER_BYTES + 1}>"  # one more tells that it is cut
_HEADER_BATCH: Final = 50
_DATE_BATCH: Final = (
    500  # UIDs in one command: its line stays below the 8,000 octets of RFC 7162, 4
)
_PART_BYTES: Final = 2**20  # a message comes in parts of this size, each with a deadline of its own
_SEARCH_LIMIT: Final = 50_000  # UIDs in one reply of SEARCH: imaplib reads lines of up to 1 MB
_NEWEST_AMONG: Final = 1_000  # UIDs, of which the last few are the newest messages
_MAX_UID: Final = 2**32 - 1  # RFC 3501, 2.3.1.1
_IDLE_SECONDS: Final = 540.0  # RFC 2177: well below the 29 minutes after which a server may hang up

# how imaplib says that a connection has ended without a word of the server
_LOST_CONNECTION: Final = re.compile(r"socket error|unexpected response")

_Facts = Mapping[bytes, Any]

log = structlog.get_logger()


class ImapMailbox:
    """A folder of a server that belongs to others too; one thread uses it at a time."""

    def __init__(self, account: ImapAccount, *, name: str) -> None:
        self._account = account
        self._name = name
        self._link = ImapLink(account)
        self._reached: tuple[int, int] | None = None  # UIDVALIDITY and UID
        self._withheld: set[int] = set()  # UIDs of this walk that the server did not give out
        self._told: set[tuple[int, int]] = set()  # of these one line each is enough

    @property
    def name(self) -> str:
        """Which of the configured mailboxes this is."""
        return self._name

    def probe(self) -> None:
        """Log in and open the folder; raises `ServiceUnavailableError`."""
        with self._link.step():
            self._link.examine()
        self.close()

    def entries(self, position: str | None = None) -> Iterator[Entry]:
        """Return every message behind `position`; one round trip where there is none.

        Raises `ServiceUnavailableError`, as everything here does.
        """
        with self._link.step():
            folder = self._link.examine()
        self._withheld.clear()
        reached = _last_uid(position, folder.validity)
        for uids in self._uids(reached + 1, folder):
            with self._link.step():
                found = self._fetch(folder.validity, uids, *_OUTSIDE)
            for uid in uids:
                if uid in found:
                    yield _entry(f"{folder.validity}/{uid}", found[uid])
            reached = uids[-1]
        if folder.following is not None:
            reached = max(reached, folder.following - 1)
        self._reached = (folder.validity, reached)

    def position(self) -> str | None:
        """Return up to where the last complete walk through `entries` has come.

        Not beyond a message that is there but that the server did not give out.
        """
        if self._reached is None:
            return None
        validity, uid = self._reached
        return f"{validity}/{min([uid + 1, *self._withheld]) - 1}"

    def newest(self, count: int) -> list[Entry]:
        """Return the places of the newest messages, few where there are large gaps between them."""
        with self._link.step():
            folder = self._link.examine()
        first = (folder.following or 1) - _NEWEST_AMONG
        walk = self.entries(f"{folder.validity}/{max(first - 1, 0)}")
        return list(deque(walk, maxlen=count))

    def headers(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, bytes | None]]:
        """Return the header block of each message, None where it has vanished."""
        for start in range(0, len(entries), _HEADER_BATCH):
            batch = entries[start : start + _HEADER_BATCH]
            with self._link.step():
                found = self._texts(batch, _HEADER)
            for entry in batch:
                header = found.get(entry.key)
                if header is not None and len(header) >= _USUAL_HEADER_BYTES:
                    with self._link.step():
                        header = self._texts([entry], _LONG_HEADER).get(entry.key)
                yield entry, header

    def message(self, entry: Entry) -> bytes | None:
        """Return a message byte for byte, None where it has vanished."""
        text = io.BytesIO()
        return text.getvalue() if self.copy(entry, text.write) else None

    def copy(self, entry: Entry, write: Callable[[bytes], object]) -> bool:
        """Hand a message over bit by bit; False where it has vanished."""
        reached = 0
        while True:
            section = f"BODY.PEEK[]<{reached}.{_PART_BYTES}>"
            with self._link.step():
                part = self._texts([entry], section).get(entry.key)
            if part is None:
                return False
            write(part)
            reached += len(part)
            if len(part) != _PART_BYTES:  # longer, where a server does not know parts: it is whole
                return True

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait for news until `seconds` have passed, `stop` is set or `close` is called.

        By IDLE where the server has it, which is a hint and no more: the caller looks anyway.
        """
        seconds = min(seconds, _IDLE_SECONDS)
        until = time.monotonic() + seconds
        link = self._link

        def ends() -> bool:
            return stop.is_set() or link.closed

        if stop.is_set():
            return
        try:
            with link.step(seconds=seconds):
                if self._has_changed() or self._idled(until, ends):
                    return
                while not ends() and (left := until - time.monotonic()) > 0:
                    stop.wait(min(LOOK_SECONDS, left))
        except ServiceUnavailableError:
            if not ends():
                raise

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return those of `keys`, of the folder's present numbering, whose message is gone."""
        with self._link.step():
            validity = self._link.folder().validity
        numbered = {int(uid): key for key in keys if (uid := _uid(key, validity))}
        gone: list[str] = []
        uids = sorted(numbered)
        for start in range(0, len(uids), _DATE_BATCH):
            batch = uids[start : start + _DATE_BATCH]
            with self._link.step():
                self._link.stale = True
                there = set(self._link.client().search(["UID", ",".join(map(str, batch))]))
            gone += [numbered[uid] for uid in batch if uid not in there]
        return gone

    def mark(self, keys: Sequence[str], how: str) -> list[str]:
        """Mark messages that were taken, by a connection of its own; see `mailbot.imap_marks.mark`."""
        return mark(self._account, keys, how)

    def close(self) -> None:
        """Leave the server; also from another thread, to end at once what goes on."""
        self._link.close()

    def _has_changed(self) -> bool:
        """Whether the folder is another than when `entries` looked; ready to wait in it, if not."""
        if self._link.ready():
            return False
        before = self._link.last_seen
        return self._link.examine() != before and before is not None

    def _idled(self, until: float, ends: Callable[[], bool]) -> bool:
        """Wait by IDLE; False where the server does not do it."""
        link = self._link
        client, known = link.client(), link.folder().exists
        if not client.has_capability("IDLE"):
            return False
        try:
            until_news(client, known, until=until, ends=ends)
        except IdleRefusedError:
            link.discard()
            return False
        link.stale = True
        if ends():
            link.discard()
        return True

    def _uids(self, first: int, folder: Folder) -> Iterator[list[int]]:
        """Return the UIDs from `first` on, some at a time, whatever gaps there are.

        In one search where all that may be left fit into a reply, else in windows.
        """
        last = _MAX_UID if folder.following is None else folder.following - 1
        left = folder.exists
        while first <= last:
            end = last if left <= _SEARCH_LIMIT else min(first + _SEARCH_LIMIT - 1, last)
            with self._link.step():
                uids = self._search(folder.validity, first, end)
            for start in range(0, len(uids), _DATE_BATCH):
                yield uids[start : start + _DATE_BATCH]
            left -= len(uids)
            first = end + 1

    def _search(self, validity: int, first: int, last: int) -> list[int]:
        if self._link.folder().validity != validity:
            raise self._account.fault("папка перенумерована; следующий проход начнёт её сначала")
        self._link.stale = True
        found = self._link.client().search(["UID", f"{first}:{last}"])
        # RFC 3501, 6.4.8: a range beyond the last message names the last message too
        return sorted(uid for uid in found if first <= uid <= last)

    def _texts(self, entries: Sequence[Entry], section: str) -> dict[str, bytes]:
        """Fetch one section of each message that is still there, by the entries' keys."""
        validity = int(entries[0].key.partition("/")[0])
        keys = {int(entry.key.partition("/")[2]): entry.key for entry in entries}
        found = self._fetch(validity, list(keys), section)
        return {
            keys[uid]: text for uid, facts in found.items() if (text := _text(facts)) is not None
        }

    def _fetch(self, validity: int, uids: Sequence[int], *what: str) -> dict[int, _Facts]:
        """Fetch by UID what is still there; nothing where the folder was renumbered meanwhile.

        A server may refuse them all because one has vanished or cannot be read. A new connection
        knows what is gone, and asks for the others one by one; what is refused again is withheld.
        """
        found = self._fetch_now(validity, uids, *what)
        if not isinstance(found, Exception):
            return found
        self._link.discard()
        if self._link.folder().validity != validity:
            return {}
        there = set(self._search(validity, min(uids), max(uids))).intersection(uids)
        gathered: dict[int, _Facts] = {}
        for uid in sorted(there):
            alone = self._fetch_now(validity, [uid], *what)
            if isinstance(alone, Exception):
                self._withhold(validity, uid, alone)
            else:
                gathered.update(alone)
        return gathered

    def _withhold(self, validity: int, uid: int, error: Exception) -> None:
        self._withheld.add(uid)
        if (validity, uid) not in self._told:
            self._told.add((validity, uid))
            why = said(error)
            log.warning("сервер не отдаёт письмо", mailbox=self._name, uid=uid, why=why)

    def _fetch_now(
        self, validity: int, uids: Sequence[int], *what: str
    ) -> dict[int, _Facts] | Exception:
        """Return what is there of these messages, or why the server has not given one of them out."""
        if self._link.folder().validity != validity:
            return {}
        self._link.stale = True
        try:
            found: Mapping[int, _Facts] = self._link.client().fetch(list(uids), list(what))
        except imaplib.IMAP4.abort as error:
            if _LOST_CONNECTION.search(str(error)):
                raise
            self._link.discard()  # Dovecot says BYE over a file that it cannot read
            return error
        except imaplib.IMAP4.error as error:
            return error
        if what != _OUTSIDE and any(_text(facts) is None for facts in found.values()):
            return LookupError("пустой ответ")
        return dict(found)


def _text(facts: _Facts) -> bytes | None:
    """Return the section that was asked for; its name in the answer says where it begins.

    Beyond a message's end some servers say NIL instead of an empty string.
    """
    for name, text in facts.items():
        if name.startswith(b"BODY["):
            beyond = not name.endswith((b"]", b"<0>"))
            if text is None:
                return b"" if beyond else None
            if not isinstance(text, bytes):
                raise TypeError("a message that is no string")
            return text
    return None


def _uid(key: str, validity: int) -> str | None:
    """Return the UID in a key of the present numbering, None for another."""
    known, _, uid = key.partition("/")
    return uid if known == str(validity) else None


def _last_uid(position: str | None, validity: int) -> int:
    """Return the UID up to which the folder was walked through; 0 after a renumbering."""
    known, _, uid = (position or "").partition("/")
    return int(uid) if known == str(validity) else 0


def _entry(key: str, facts: _Facts) -> Entry:
    size = facts.get(_SIZE.encode())
    return Entry(key=key, received_at=_arrived(facts), size=size if isinstance(size, int) else 0)


def _arrived(facts: _Facts) -> dt.datetime:
    """Return INTERNALDATE; now, where the server gives none that can be read."""
    moment = facts.get(_DATE.encode())
    if not isinstance(moment, dt.datetime):
        return dt.datetime.now(dt.UTC)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return dt.datetime.now(dt.UTC)
