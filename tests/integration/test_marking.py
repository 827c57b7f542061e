"""`mark_processed` against a real IMAP server: what is taken is marked, later if need be, and nothing else."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from mailbot.storage import SqlStore, open_store
from tests.acceptance.house import House, Outcome, finish
from tests.acceptance.papers import good, message
from tests.integration.mail_account import TIMEOUT, fault_of, mailbox_at
from tests.integration.mail_client import MailClient
from tests.integration.mail_peers import THINKING, Peer, Proxy
from tests.integration.mail_servers import PASSWORD, Authority, Dovecot
from tests.integration.test_imap_answers import GREETING, Server
from workflow.marking import mark_taken
from workflow.ports import MarkingRefusedError

KEYWORD = b"$MailbotProcessed"
FOREIGN = b"From: someone@example.org\r\nSubject: lunch\r\n\r\ntext\r\n"

_numbers = count(1)


@pytest.fixture
def client(dovecot: Dovecot, trusted: Path) -> MailClient:
    return MailClient(dovecot, f"marking{next(_numbers)}", trusted=trusted)


@pytest.fixture
def proxy(dovecot: Dovecot, authority: Authority, trusted: Path) -> Iterator[Proxy]:
    with Proxy(dovecot.imaps, authority, trusted) as made:
        yield made


class Guest(House):
    """The program on an IMAP mailbox; replies go into a Maildir."""

    def settle(self, port: int, client: MailClient, how: str, more: str = "") -> None:
        account = f'username = "{client.user}"\npassword = "{PASSWORD}"\nmark_processed = "{how}"\n'
        self.config.write_text(
            f'[mailbox]\nurl = "imaps://localhost:{port}/INBOX"\n{account}poll_seconds = 0.3\n'
            f'[outgoing]\nurl = "maildir://{self.outgoing}"\nsender = "info@platform.example"\n'
            f"[retry]\nfirst_seconds = 1\nmax_seconds = 2\n{more}\n",
            encoding="utf-8",
        )

    def due(self) -> list[str]:
        """The places whose messages are still to be marked."""
        with closing(sqlite3.connect(self.directory / "mailbot.db")) as connection:
            statement = "SELECT key FROM seen WHERE fate = 'taken' AND marked IS NULL ORDER BY id"
            return [key for (key,) in connection.execute(statement)]

    def change(self, statement: str) -> None:
        with closing(sqlite3.connect(self.directory / "mailbot.db")) as connection:
            connection.execute(statement)
            connection.commit()


@pytest.fixture
def guest(tmp_path: Path, trusted: Path) -> Guest:
    made = Guest.make(tmp_path / "guest")
    assert isinstance(made, Guest)
    made.environment["SSL_CERT_FILE"] = str(trusted)
    return made


def is_done(outcome: Outcome) -> None:
    assert (outcome.status, outcome.err) == (0, ""), outcome


def marked(client: MailClient) -> set[int]:
    return {uid for uid, held in client.look().items() if KEYWORD in held.flags}


def test_an_application_gets_the_keyword_once_and_other_mail_nothing(
    guest: Guest, client: MailClient, proxy: Proxy
) -> None:
    client.add(FOREIGN, good(0), FOREIGN + b"2\r\n")
    before = client.look()
    guest.settle(proxy.port, client, "keyword")
    is_done(guest.once())
    after = client.look()
    assert marked(client) == {2}
    assert {uid: held.content for uid, held in after.items()} == {
        uid: held.content for uid, held in before.items()
    }
    recent = {b"\\Recent"}  # what SELECT takes from everybody, as the settings say
    assert all(after[uid].flags | recent == before[uid].flags | recent for uid in (1, 3))
    assert guest.due() == []
    writing = proxy.commands().count("SELECT")
    is_done(guest.once())
    assert proxy.commands().count("SELECT") == writing == 1
    assert client.look() == after


def test_nothing_never_opens_the_folder_for_writing(
    guest: Guest, client: MailClient, proxy: Proxy
) -> None:
    client.add(FOREIGN, good(0))
    before = client.look()
    guest.settle(proxy.port, client, "nothing")
    is_done(guest.once())
    assert client.look() == before
    assert {"EXAMINE", "UID FETCH"} <= set(proxy.commands())
    touching = {"SELECT", "UID STORE", "UID MOVE", "UID COPY", "EXPUNGE", "CLOSE", "STORE"}
    assert not touching & set(proxy.commands())


def test_a_moved_application_that_turns_up_in_the_other_folder_is_answered_once(
    guest: Guest, client: MailClient, dovecot: Dovecot, trusted: Path
) -> None:
    done = MailClient(dovecot, client.user, trusted=trusted, folder="Done")
    done.create()
    client.add(FOREIGN, good(0))
    before = client.look()
    more = (
        f'[mailboxes.done]\nurl = "imaps://localhost:{dovecot.imaps}/Done"\n'
        f'username = "{client.user}"\npassword = "{PASSWORD}"\nmark_processed = "keyword"\n'
    )
    guest.settle(dovecot.imaps, client, "move:Done", more)
    for _ in range(2):
        is_done(guest.once())
        assert [held.content for held in client.look().values()] == [before[1].content]
        assert [held.content for held in done.look().values()] == [before[2].content]
    assert len(guest.replies()) == 1
    assert [one["fate"] for one in guest.json("messages")] == ["ignored", "taken", "repeated"]
    assert marked(done) == set()  # a repeated message is noted, nothing else


def test_a_folder_that_is_missing_costs_one_line_and_is_tried_again(
    guest: Guest, client: MailClient, dovecot: Dovecot, trusted: Path
) -> None:
    client.add(good(0))
    guest.settle(dovecot.imaps, client, "move:Later")
    first = guest.once()
    assert first.status == 0
    (line,) = first.err.splitlines()
    assert "«Later»" in line
    assert "mark_processed" in line
    assert [one["state"] for one in guest.applications()] == ["completed"]
    assert len(client.look()) == 1
    assert len(guest.due()) == 1
    later = MailClient(dovecot, client.user, trusted=trusted, folder="Later")
    later.create()
    is_done(guest.once())
    assert client.look() == {}
    assert len(later.look()) == 1
    assert guest.due() == []
    assert len(guest.replies()) == 1


def test_a_mark_that_was_made_before_a_crash_is_made_again_without_harm(
    guest: Guest, client: MailClient, dovecot: Dovecot
) -> None:
    client.add(good(0))
    guest.settle(dovecot.imaps, client, "keyword")
    is_done(guest.once())
    after = client.look()
    guest.change("UPDATE seen SET marked = NULL")  # as if killed before it was remembered
    is_done(guest.once())
    assert client.look() == after
    assert guest.due() == []


def test_what_was_taken_while_marking_was_off_is_marked_once_it_is_on(
    guest: Guest, client: MailClient, dovecot: Dovecot
) -> None:
    client.add(good(0), FOREIGN)
    guest.settle(dovecot.imaps, client, "nothing")
    is_done(guest.once())
    assert marked(client) == set()
    guest.settle(dovecot.imaps, client, "keyword")
    is_done(guest.once())
    assert marked(client) == {1}


def test_a_message_with_a_new_place_after_a_renumbering_is_marked_there(
    guest: Guest, client: MailClient, dovecot: Dovecot
) -> None:
    client.add(good(0), FOREIGN)
    guest.settle(dovecot.imaps, client, "nothing")
    is_done(guest.once())
    (before,) = guest.due()
    renumber(client)
    guest.settle(dovecot.imaps, client, "keyword")
    is_done(guest.once())
    assert guest.due() == []
    assert marked(client) == {uid_of(client, good(0))}
    places = {one["key"]: one["fate"] for one in guest.json("messages")}
    assert len(places) == 4
    assert sorted(places.values()) == ["ignored", "ignored", "repeated", "taken"]
    assert places[before] == "taken"
    assert len(guest.replies()) == 1


def renumber(client: MailClient) -> None:
    """Give the folder another UIDVALIDITY, its messages other UIDs."""
    held = [one.content for one in client.look().values()]
    with client.session(write=True) as session:
        session.uid("STORE", "1:*", "+FLAGS.SILENT", "(\\Deleted)")
        session.expunge()
    folder = client._server.maildir(client.user)
    for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
        (folder / name).unlink(missing_ok=True)
    time.sleep(1.1)  # UIDVALIDITY is a time in seconds
    client.add(b"From: x@example.org\r\nSubject: first\r\n\r\n\r\n")
    client.remove([1])
    client.add(*reversed(held))


def uid_of(client: MailClient, content: bytes) -> int:
    plain = content.replace(b"\r\n", b"\n")
    (uid,) = [
        uid for uid, held in client.look().items() if held.content.replace(b"\r\n", b"\n") == plain
    ]
    return uid


def test_the_daemon_marks_and_says_once_that_it_cannot(
    guest: Guest, client: MailClient, dovecot: Dovecot, trusted: Path
) -> None:
    client.add(good(0))
    guest.settle(dovecot.imaps, client, "move:Soon")
    process = guest.start("run")
    try:
        until(lambda: len(guest.replies()) == 1)
        client.add(message(1, subject="Расписание"), good(2))
        until(lambda: len(guest.replies()) == 2)
        time.sleep(3)  # some attempts more
        soon = MailClient(dovecot, client.user, trusted=trusted, folder="Soon")
        soon.create()
        client.add(FOREIGN)  # news: the daemon looks
        until(lambda: len(soon.look()) == 2)
    finally:
        process.terminate()
        outcome = finish(process)
    assert outcome.status == 0
    told = [line for line in outcome.err.splitlines() if "не помечены" in line]
    assert len(told) == 1, outcome.err
    assert len(client.look()) == 2
    assert guest.due() == []


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.3)


def test_a_server_that_refuses_the_keyword_leaves_the_mark_due(
    guest: Guest, client: MailClient, dovecot: Dovecot, proxy: Proxy
) -> None:
    client.add(good(0))
    guest.settle(dovecot.imaps, client, "nothing")
    is_done(guest.once())

    def refuse(data: bytes) -> bytes:
        return data.replace(b" OK Store completed", b" NO [NOPERM] not you")

    proxy.change = refuse
    store: SqlStore = open_store(f"sqlite:///{guest.directory / 'mailbot.db'}")
    with mailbox_at(proxy.port, username=client.user, timeout_seconds=5.0) as mailbox:
        mailbox._name = "mailbox"
        with pytest.raises(MarkingRefusedError, match="NOPERM"):
            mark_taken(mailbox, "keyword", store=store)
        assert len(guest.due()) == 1
        proxy.change = lambda data: data
        assert mark_taken(mailbox, "keyword", store=store) == 1
        assert mark_taken(mailbox, "keyword", store=store) == 0
    store.close()


def test_a_server_that_never_finishes_a_mark_is_given_up(
    authority: Authority, trusted: Path
) -> None:
    select = (
        b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [PERMANENTFLAGS (\\*)] ok\r\n%t OK done\r\n"
    )
    with Peer(authority, GREETING, Server(SELECT=select, UID_STORE=THINKING)) as peer:
        peer.murmur = b"* OK Still here\r\n"
        with mailbox_at(peer.port) as mailbox:
            began = time.monotonic()
            fault_of(lambda: mailbox.mark(["7/1"], "keyword"))
            assert TIMEOUT * 3 < time.monotonic() - began < TIMEOUT * 8
        assert "UID STORE" in peer.commands()
