from __future__ import annotations

import base64
import threading
import time
from pathlib import Path

import pytest

from tests.integration.mail_account import TIMEOUT, fault_of, mailbox_at
from tests.integration.mail_peers import THINKING, Peer, Script
from tests.integration.mail_servers import Authority

LETTER = b"From: school@example.ru\r\nSubject: application\r\n\r\ntext\r\n"
GREETING = b"* OK ready\r\n"


class Server:
    """The least that is an IMAP server: one folder, what a test wants to be otherwise apart."""

    def __init__(self, *, messages: int = 2, **otherwise: bytes | None) -> None:
        self.messages = messages
        self.otherwise = otherwise  # by command, with «_» for a space; «%t» stands for the tag

    def __call__(self) -> Script:
        return self.answer

    def answer(self, line: bytes) -> bytes | None:
        tag, _, rest = line.partition(b" ")
        command = " ".join(rest.decode().split()[: 2 if rest[:3] == b"UID" else 1])
        name = (command or tag.decode()).replace(" ", "_")
        if name in self.otherwise:
            said = self.otherwise[name]
            return said if said is None else said.replace(b"%t", tag)
        answers = {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n",
            "EXAMINE": b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT %d] ok\r\n"
            % (self.messages, self.messages + 1),
            "UID SEARCH": b"* SEARCH 1 2\r\n",
            "UID FETCH": self.fetched(rest),
        }
        return answers.get(command, b"") + tag + b" OK done\r\n"

    def fetched(self, rest: bytes) -> bytes:
        said = b""
        for uid in rest.split()[2:3][0].split(b",") if rest[:9] == b"UID FETCH" else []:
            if b"INTERNALDATE" in rest:
                value = b'INTERNALDATE "02-Sep-2024 10:00:00 +0300"'
            else:
                section = rest.partition(b"(")[2].rstrip(b")").replace(b".PEEK", b"")
                section = section.partition(b".1048576>")[0] + b">"
                value = section + b" {%d}\r\n%s" % (len(LETTER), LETTER)
            said += b"* " + uid + b" FETCH (UID " + uid + b" " + value + b")\r\n"
        return said


def test_a_server_that_murmurs_but_never_answers_is_given_up(
    authority: Authority, trusted: Path
) -> None:
    with Peer(authority, GREETING, Server(UID_FETCH=THINKING)) as peer:
        peer.murmur = b"* OK Still here\r\n"
        with mailbox_at(peer.port) as mailbox:
            began = time.monotonic()
            assert "не отвечает" in fault_of(lambda: list(mailbox.entries(None)))
            assert TIMEOUT * 3 < time.monotonic() - began < TIMEOUT * 8


def test_close_ends_a_step_in_another_thread_at_once(authority: Authority, trusted: Path) -> None:
    server = Server(UID_FETCH=THINKING)
    with (
        Peer(authority, GREETING, server) as peer,
        mailbox_at(peer.port, timeout_seconds=30.0) as mailbox,
    ):
        threading.Timer(0.3, mailbox.close).start()
        began = time.monotonic()
        fault_of(lambda: list(mailbox.entries(None)))
        assert time.monotonic() - began < 2


def test_a_connection_that_ended_while_it_was_quiet_is_made_anew_without_a_fault(
    authority: Authority, trusted: Path
) -> None:
    server = Server()
    with Peer(authority, GREETING, lambda: server.answer) as peer, mailbox_at(peer.port) as mailbox:
        assert len(list(mailbox.entries(None))) == 2
        peer.hang_up()
        assert len(list(mailbox.entries(None))) == 2
        assert peer.connections == 2


def test_a_server_that_does_not_tell_the_next_uid_is_walked_through_as_well(
    authority: Authority, trusted: Path
) -> None:
    examine = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%t OK done\r\n"
    with (
        Peer(authority, GREETING, Server(EXAMINE=examine)) as peer,
        mailbox_at(peer.port) as mailbox,
    ):
        assert [entry.key for entry in mailbox.entries(None)] == ["7/1", "7/2"]
        assert mailbox.position() == "7/2"
        assert list(mailbox.entries("7/2")) == []
        assert mailbox.position() == "7/2"


@pytest.mark.parametrize("date", [b"NIL", b'"rubbish"', b'" 2-Sep-2024 10:00:00 -9999"'])
def test_a_time_of_arrival_that_cannot_be_read_holds_up_nothing(
    date: bytes, authority: Authority, trusted: Path
) -> None:
    said = b"* 1 FETCH (UID 1 INTERNALDATE " + date + b")\r\n%t OK done\r\n"
    with (
        Peer(authority, GREETING, Server(UID_FETCH=said)) as peer,
        mailbox_at(peer.port) as mailbox,
    ):
        (entry,) = mailbox.entries(None)
        assert entry.received_at.tzinfo is not None


@pytest.mark.parametrize(
    "said",
    [b"%t NO [SERVERBUG] Internal error\r\n", b"* 1 FETCH (UID 1 BODY[]<0> NIL)\r\n%t OK done\r\n"],
    ids=["NO", "NIL"],
)
def test_what_the_server_cannot_give_out_is_asked_for_again_in_the_next_pass(
    said: bytes, authority: Authority, trusted: Path
) -> None:
    server = Server()
    with Peer(authority, GREETING, server) as peer, mailbox_at(peer.port) as mailbox:
        first, second = mailbox.entries(None)
        server.otherwise = {"UID_FETCH": said}
        assert mailbox.message(first) is None
        server.otherwise = {}
        assert mailbox.message(second) == LETTER
        assert mailbox.position() == "7/0"
        assert [entry.key for entry in mailbox.entries("7/0")] == ["7/1", "7/2"]
        assert mailbox.message(first) == LETTER
        assert mailbox.position() == "7/2"


def test_one_message_that_cannot_be_read_does_not_hide_the_headers_of_others(
    authority: Authority, trusted: Path
) -> None:
    class Picky(Server):
        def answer(self, line: bytes) -> bytes | None:
            if b"BODY" in line and b"2" in line.split()[3].split(b","):
                return line.split()[0] + b" NO [SERVERBUG] Internal error\r\n"
            return super().answer(line)

    with Peer(authority, GREETING, Picky()) as peer, mailbox_at(peer.port) as mailbox:
        entries = list(mailbox.entries(None))
        assert [header for _, header in mailbox.headers(entries)] == [LETTER, None]
        assert mailbox.position() == "7/1"


@pytest.mark.parametrize(
    ("otherwise", "least", "most"),
    [
        ({"IDLE": b"%t NO not now\r\n"}, 2.0, 3.0),
        ({"IDLE": b"%t BAD what?\r\n"}, 2.0, 3.0),
        ({"IDLE": b"* 3 EXISTS\r\n+ idling\r\n"}, 0.0, 0.5),
        ({"IDLE": b"+ idling\r\n* 2 EXISTS\r\n* 2 EXISTS\r\n"}, 2.0, 3.0),
        ({"IDLE": b"+ idling\r\n* 1 EXPUNGE\r\n* 2 EXISTS\r\n"}, 0.0, 0.5),
        ({"IDLE": b"+ idling\r\n* 3 EXISTS\r\n"}, 0.0, 0.5),
        ({"IDLE": b"+ idling\r\n* OK Still here\r\n* 1 FETCH (FLAGS ())\r\n"}, 2.0, 3.0),
    ],
    ids=[
        "refused",
        "unknown",
        "early news",
        "no news",
        "one went, one came",
        "one packet",
        "other words",
    ],
)
def test_whatever_idle_says_a_wait_neither_fails_nor_spins(
    otherwise: dict[str, bytes], least: float, most: float, authority: Authority, trusted: Path
) -> None:
    server = Server(**otherwise)

    def script() -> Script:
        tags: list[bytes] = []

        def answer(line: bytes) -> bytes | None:
            if line == b"DONE":
                return tags[-1] + b" OK done\r\n"
            tags.append(line.split()[0])
            return server.answer(line)

        return answer

    with Peer(authority, GREETING, script) as peer, mailbox_at(peer.port) as mailbox:
        list(mailbox.entries("7/2"))
        began = time.monotonic()
        mailbox.wait(2.0, threading.Event())
        assert least <= time.monotonic() - began < most


def test_an_access_token_is_sent_as_xoauth2_and_its_refusal_understood(
    authority: Authority, trusted: Path
) -> None:
    def script() -> Script:
        tags: list[bytes] = []

        def answer(line: bytes) -> bytes | None:
            if b"AUTHENTICATE" in line:
                tags.append(line.split()[0])
                return b"+ \r\n"
            if b" " in line:
                return Server().answer(line)
            if line:
                said = base64.b64decode(line)
                if said == b"user=info@example.ru\1auth=Bearer ya29.token\1\1":
                    return tags[-1] + b" OK done\r\n"
                return b"+ " + base64.b64encode(b'{"status":"400"}') + b"\r\n"
            return tags[-1] + b" NO [AUTHENTICATIONFAILED] Invalid credentials\r\n"

        return answer

    with Peer(authority, GREETING, script) as peer:
        account = {"username": "info@example.ru", "token": True}
        with mailbox_at(peer.port, secret=lambda: "ya29.token", **account) as mailbox:
            assert len(list(mailbox.entries(None))) == 2
        with mailbox_at(peer.port, secret=lambda: "stale", **account) as mailbox:
            line = fault_of(mailbox.probe)
        assert "XOAUTH2" in line
        assert "stale" not in line
