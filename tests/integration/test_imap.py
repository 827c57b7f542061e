from __future__ import annotations

import datetime as dt
import imaplib
import random
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from mailbot.imap import ImapAccount, ImapMailbox
from parsers.limits import HEADER_BYTES
from tests.integration.mail_client import MailClient
from tests.integration.mail_peers import Proxy
from tests.integration.mail_servers import OTHER_PASSWORD, PASSWORD, Authority, Dovecot, Pymap
from workflow.ports import Entry

LETTER = b"From: school@example.ru\r\nSubject: =?utf-8?b?0KHRhNC10YDRg9C8?=\r\n\r\n" + b"text\r\n"

_numbers = count(1)

Opened = Callable[..., ImapMailbox]


@pytest.fixture
def client(dovecot: Dovecot, trusted: Path) -> MailClient:
    """An empty mailbox of its own, and the program's trust in the server."""
    return MailClient(dovecot, f"user{next(_numbers)}", trusted=trusted)


@pytest.fixture
def opened(client: MailClient, dovecot: Dovecot) -> Iterator[Opened]:
    """Opens the mailbox by the program's own adapter."""
    made: list[ImapMailbox] = []

    def give(port: int = dovecot.imaps, *, folder: str = "INBOX", **other: object) -> ImapMailbox:
        account = {"tls": port != dovecot.imap, "username": client.user, "host": "localhost"}
        account |= {"secret": lambda: PASSWORD, "timeout_seconds": 5.0} | other
        made.append(ImapMailbox(ImapAccount(port=port, folder=folder, **account), name="main"))
        return made[-1]

    yield give
    for mailbox in made:
        mailbox.close()


def numbered(number: int) -> bytes:
    return LETTER.replace(b"text", f"letter {number}".encode())


def uids(entries: list[Entry]) -> list[int]:
    return [int(entry.key.partition("/")[2]) for entry in entries]


def read_all(mailbox: ImapMailbox) -> dict[str, bytes | None]:
    return {entry.key: mailbox.message(entry) for entry in mailbox.entries(None)}


@pytest.mark.parametrize("way", ["imaps", "imap"])
def test_a_mailbox_is_read_by_tls_and_by_starttls(
    way: str, client: MailClient, dovecot: Dovecot, opened: Opened
) -> None:
    client.add(LETTER)
    mailbox = opened(getattr(dovecot, way))
    (entry,) = mailbox.entries(None)
    assert list(mailbox.headers([entry])) == [(entry, LETTER[: -len(b"text\r\n")])]
    assert mailbox.message(entry) == LETTER


def test_a_password_in_cyrillic_is_accepted(client: MailClient, opened: Opened) -> None:
    client.add(LETTER)
    assert len(list(opened(secret=lambda: OTHER_PASSWORD).entries(None))) == 1


def test_reading_leaves_flags_recent_and_bytes_as_they_were(
    client: MailClient, opened: Opened
) -> None:
    client.add(numbered(1), numbered(2), flags="\\Flagged Work")
    client.add(numbered(3), flags="\\Seen")
    before = client.look()
    assert all(b"\\Recent" in held.flags for held in before.values())
    mailbox = opened()
    entries = list(mailbox.entries(None))
    assert all(header for _, header in mailbox.headers(entries))
    assert all(mailbox.message(entry) for entry in entries)
    mailbox.wait(0.2, threading.Event())
    mailbox.close()
    assert client.look() == before


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: \xd0\xa1\xd1\x84\xd0\xb5\xd1\x80\xd1\x83\xd0\xbc \xff\xfe\xf1\r\n\r\n\x80\xff\r\n",
        b"Subject: a\rb\r\nX: \r \r\n\r\nbare \r here, \r\r and at the end\r",
        b"Subject: \0\r\n\r\n\0\0 nothing \0\r\n",
        b"no header at all",
        b"\r\n\r\nonly a body\r\n",
        b"Subject: long\r\nX: " + b"y" * 200_000 + b"\r\n\r\n" + b"z" * 300_000,
        b"S: 1\r\n\r\n" + b"." * (2**20 - 8),
        b"S: 1\r\n\r\n" + b"." * (2**21 - 8),
        b"S: 1\r\n\r\n" + b"." * (2**20 - 7),
    ],
    ids=[
        "8-bit",
        "bare CR",
        "NUL",
        "no header",
        "no body",
        "long lines",
        "part",
        "two parts",
        "part+1",
    ],
)
def test_every_byte_arrives_that_an_independent_client_gets(
    content: bytes, client: MailClient, opened: Opened
) -> None:
    client.look()  # makes the folder
    client.drop(content.replace(b"\r\n", b"\n"))
    ((_, held),) = client.look().items()
    assert list(read_all(opened()).values()) == [held.content]
    assert held.content == content.replace(b"\0", b"\x80")  # no IMAP server can send a NUL


def test_a_message_of_25_megabytes_arrives_byte_for_byte(
    client: MailClient, opened: Opened
) -> None:
    noise = random.Random(7).randbytes(25_000_000).replace(b"\0", b"\1").replace(b"\r", b"\2")
    content = b"Subject: big\n\n" + noise
    client.look()  # makes the folder
    client.drop(content)
    assert list(read_all(opened()).values()) == [content.replace(b"\n", b"\r\n")]


def test_a_header_without_an_end_is_cut(client: MailClient, opened: Opened) -> None:
    client.add(b"X: " + b"y" * 2 * HEADER_BYTES + b"\r\n\r\nbody")
    mailbox = opened()
    ((_, header),) = mailbox.headers(list(mailbox.entries(None)))
    assert header is not None
    assert len(header) == HEADER_BYTES + 1  # one byte more than is read tells that it was cut


def test_the_time_of_arrival_is_the_servers_and_aware(client: MailClient, opened: Opened) -> None:
    zone = dt.timezone(dt.timedelta(hours=11))
    arrived = dt.datetime(2024, 9, 2, 1, 30, 7, tzinfo=zone)
    client.add(LETTER, arrived=arrived)
    (entry,) = opened().entries(None)
    assert entry.received_at == arrived
    assert entry.received_at.utcoffset() == dt.timedelta(0)


def test_an_empty_mailbox_has_no_entries_and_a_position(client: MailClient, opened: Opened) -> None:
    mailbox = opened()
    assert list(mailbox.entries(None)) == []
    position = mailbox.position()
    assert list(mailbox.headers([])) == []
    (uid,) = client.add(LETTER)
    assert uids(list(mailbox.entries(position))) == [uid]


def test_only_what_is_behind_the_position_is_named_whatever_the_gaps(
    client: MailClient, opened: Opened
) -> None:
    added = client.add(*(numbered(number) for number in range(30)))
    client.remove([*added[:5], *added[7:29]])
    mailbox = opened()
    assert uids(list(mailbox.entries(None))) == [added[5], added[6], added[29]]
    position = mailbox.position()
    assert list(opened().entries(position)) == []
    client.remove(added[29:])
    assert list(opened().entries(position)) == []
    newer = client.add(numbered(31))
    mailbox = opened()
    assert uids(list(mailbox.entries(position))) == newer
    assert list(mailbox.entries(mailbox.position())) == []


def test_a_walk_that_was_broken_off_leaves_the_position_where_it_was(
    client: MailClient, opened: Opened
) -> None:
    client.add(numbered(1))
    mailbox = opened()
    list(mailbox.entries(None))
    before = mailbox.position()
    client.add(numbered(2), numbered(3))
    assert next(mailbox.entries(before)) is not None
    assert mailbox.position() == before


def test_after_a_renumbering_everything_is_named_again_under_new_keys(
    client: MailClient, opened: Opened
) -> None:
    client.folder = "Box"
    client.create()
    client.add(numbered(1), numbered(2))
    mailbox = opened(folder="Box")
    before = list(mailbox.entries(None))
    position = mailbox.position()
    client.delete()
    time.sleep(1.1)  # Dovecot's UIDVALIDITY is a time in seconds
    client.create()
    client.add(numbered(3), numbered(4))
    fresh = opened(folder="Box")
    assert fresh.message(before[0]) is None
    assert [header for _, header in fresh.headers(before)] == [None, None]
    after = list(fresh.entries(position))
    assert uids(after) == uids(before)
    assert not {entry.key for entry in after} & {entry.key for entry in before}
    assert [fresh.message(entry) for entry in after] == [numbered(3), numbered(4)]


def test_what_vanishes_while_it_is_read_is_none_and_the_others_are_read(
    client: MailClient, opened: Opened
) -> None:
    added = client.add(*(numbered(number) for number in range(6)))
    mailbox = opened()
    entries = list(mailbox.entries(None))
    client.remove(added[1:3])
    headers = [header for _, header in mailbox.headers(entries)]
    assert [header is None for header in headers] == [False, True, True, False, False, False]
    client.remove(added[4:5])
    read = [mailbox.message(entry) for entry in entries]
    assert read == [numbered(0), None, None, numbered(3), None, numbered(5)]
    assert list(mailbox.entries(mailbox.position())) == []


def test_a_message_that_the_server_itself_cannot_read_holds_up_no_other(
    dovecot: Dovecot, client: MailClient, opened: Opened
) -> None:
    added = client.add(*(numbered(number) for number in range(4)))
    mailbox = opened()
    entries = list(mailbox.entries(None))
    path = sorted((dovecot.maildir(client.user) / "new").iterdir())[1]
    path.chmod(0)
    headers = [header for _, header in mailbox.headers(entries)]
    assert [header is None for header in headers] == [False, True, False, False]
    position = mailbox.position()
    assert uids(list(mailbox.entries(position))) == added[1:]
    path.chmod(0o600)
    assert mailbox.message(entries[1]) == numbered(1)


def test_a_mailbox_larger_than_one_answer_is_walked_through_in_windows(
    client: MailClient, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbot.imap._SEARCH_LIMIT", 7)
    monkeypatch.setattr("mailbot.imap._DATE_BATCH", 3)
    added = client.add(*(numbered(number) for number in range(40)))
    client.remove(added[8:30])
    mailbox = opened()
    assert uids(list(mailbox.entries(None))) == added[:8] + added[30:]
    assert list(mailbox.entries(mailbox.position())) == []


@pytest.mark.parametrize("name", ["Заявки", "Школы/Новые & старые", 'С "кавычками"'])
def test_a_folder_with_a_name_in_cyrillic_is_opened(
    name: str, dovecot: Dovecot, trusted: Path, client: MailClient, opened: Opened
) -> None:
    # the independent client writes modified UTF-7 by a table: the names are few
    client.folder = {
        "Заявки": "&BBcEMARPBDIEOgQ4-",
        "Школы/Новые & старые": "&BCgEOgQ+BDsESw-.&BB0EPgQyBEsENQ- &- &BEEEQgQwBEAESwQ1-",
        'С "кавычками"': '&BCE- \\"&BDoEMAQyBEsERwQ6BDAEPAQ4-\\"',
    }[name]
    client.create()
    client.add(LETTER)
    assert list(read_all(opened(folder=name.replace("/", "."))).values()) == [LETTER]


def test_a_quiet_poll_costs_one_round_trip_whatever_the_mailbox_holds(
    authority: Authority, dovecot: Dovecot, trusted: Path, client: MailClient, opened: Opened
) -> None:
    client.add(LETTER)
    client.drop(*(numbered(number) for number in range(2_000)))
    with Proxy(dovecot.imaps, authority, trusted) as proxy:
        mailbox = opened(proxy.port)
        entries = list(mailbox.entries(None))
        assert len(entries) == 2_001
        assert all(header for _, header in mailbox.headers(entries))
        assert len(proxy.lines) < 60
        position = mailbox.position()
        before = len(proxy.lines)
        for _ in range(3):
            assert list(mailbox.entries(position)) == []
        assert proxy.commands()[before:] == ["EXAMINE"] * 3
        mailbox.close()


def test_idle_notices_a_new_message_within_seconds(client: MailClient, opened: Opened) -> None:
    mailbox = opened()
    list(mailbox.entries(None))
    position = mailbox.position()
    timer = threading.Timer(0.7, client.add, [LETTER])
    timer.start()
    began = time.monotonic()
    mailbox.wait(30, threading.Event())
    assert 0.5 < time.monotonic() - began < 5
    assert len(list(mailbox.entries(position))) == 1
    timer.join()


def test_what_came_while_others_were_read_does_not_wait_for_the_next_poll(
    client: MailClient, opened: Opened
) -> None:
    client.add(numbered(1))
    mailbox = opened()
    (entry,) = mailbox.entries(None)
    client.add(numbered(2))
    assert mailbox.message(entry) == numbered(1)  # the server tells of the new one here
    began = time.monotonic()
    mailbox.wait(30, threading.Event())
    assert time.monotonic() - began < 1
    assert len(list(mailbox.entries(mailbox.position()))) == 1


def test_nothing_new_lets_the_wait_last(client: MailClient, opened: Opened) -> None:
    uid = client.add(numbered(1), numbered(2))[0]
    mailbox = opened()
    list(mailbox.entries(None))
    timer = threading.Timer(0.3, client.remove, [[uid]])  # tells of fewer messages, not of more
    timer.start()
    began = time.monotonic()
    mailbox.wait(2, threading.Event())
    assert 2 <= time.monotonic() - began < 3
    timer.join()


@pytest.mark.parametrize("idle", [True, False], ids=["IDLE", "no IDLE"])
@pytest.mark.parametrize("end", ["stop", "close"])
def test_a_wait_ends_within_a_second_when_it_is_told_to(
    end: str,
    idle: bool,
    authority: Authority,
    dovecot: Dovecot,
    trusted: Path,
    client: MailClient,
    opened: Opened,
) -> None:
    client.add(LETTER)
    with Proxy(dovecot.imaps, authority, trusted) as proxy:
        if not idle:
            proxy.change = lambda data: data.replace(b" IDLE", b" LDLE")
        mailbox, stop = opened(proxy.port), threading.Event()
        list(mailbox.entries(None))
        timer = threading.Timer(0.5, stop.set if end == "stop" else mailbox.close)
        timer.start()
        began = time.monotonic()
        mailbox.wait(30, stop)
        assert time.monotonic() - began < 1.5
        assert ("IDLE" in proxy.commands()) is idle
        timer.join()
        assert len(list(mailbox.entries(None))) == 1  # fit for use again
        mailbox.close()


def test_a_server_of_another_make_is_read_too(
    pymap: Pymap, dovecot: Dovecot, trusted: Path, opened: Opened
) -> None:
    with imaplib.IMAP4("localhost", pymap.imap) as other:
        other.starttls(ssl.create_default_context())
        other.login(pymap.user, pymap.password)
        for number in range(3):
            other.append("INBOX", None, None, numbered(number))
        other.append("INBOX", None, None, b"Subject: big\r\n\r\n" + b"x" * 3_000_000)
    mailbox = opened(pymap.imap, tls=False, username=pymap.user, secret=lambda: pymap.password)
    entries = list(mailbox.entries(None))
    assert [mailbox.message(entry) for entry in entries[:3]] == [numbered(n) for n in range(3)]
    assert len(mailbox.message(entries[3]) or b"") == 3_000_016
    assert [header for _, header in mailbox.headers(entries[:1])] == [LETTER[:-6]]
    position = mailbox.position()
    assert list(mailbox.entries(position)) == []
    began = time.monotonic()
    mailbox.wait(1, threading.Event())
    assert time.monotonic() - began < 2
    assert list(mailbox.entries(position)) == []


def test_the_newest_messages_are_those_with_the_last_uids(
    client: MailClient, opened: Opened
) -> None:
    client.look()  # makes the folder
    assert opened().newest(3) == []
    for number in range(1, 6):
        client.add(numbered(number))
    assert uids(opened().newest(3)) == [3, 4, 5]
    assert uids(opened().newest(30)) == [1, 2, 3, 4, 5]


def test_long_headers_come_whole_and_never_many_at_a_time(
    client: MailClient, opened: Opened
) -> None:
    for number in range(9):
        long = b"X: " + b"y" * (HEADER_BYTES - 100) * (number % 3 > 0)
        client.add(long + f"\r\nY: {number}\r\n\r\nbody".encode())
    mailbox = opened()
    entries = list(mailbox.entries(None))
    tracemalloc.start()
    ends = [(header or b"")[-8:] for _, header in mailbox.headers(entries)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ends == [f"Y: {number}\r\n\r\n".encode() for number in range(9)]
    assert peak < 5 * HEADER_BYTES  # of the 6 that they are together; libraries copy what comes
