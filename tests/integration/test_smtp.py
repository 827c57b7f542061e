from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.mail_account import line_of, reply, sender_at
from tests.integration.mail_peers import THINKING, Peer, Script
from tests.integration.mail_servers import Authority, free_port
from workflow.ports import (
    DeliveryRefusedError,
    DeliveryUnknownError,
    RecipientPostponedError,
    ServiceUnavailableError,
)


def test_nobody_there(trusted: Path) -> None:
    assert "никто не отвечает" in line_of(ServiceUnavailableError, sender_at(free_port()).probe)
    nowhere = sender_at(465, host="nowhere.invalid")
    assert "nowhere.invalid:465" in line_of(ServiceUnavailableError, nowhere.probe)


class Server:
    """The least that is an SMTP server, what a test wants to be otherwise apart."""

    def __init__(self, **otherwise: bytes | None) -> None:
        self.otherwise = otherwise  # by command; END is the dot behind the data
        self.received: list[bytes] = []  # the lines of the data
        self.extensions = [b"AUTH PLAIN XOAUTH2", b"SMTPUTF8", b"8BITMIME"]

    def __call__(self) -> Script:
        reading = False

        def answer(line: bytes) -> bytes | None:
            nonlocal reading
            if reading and line != b".":
                self.received.append(line)
                return b""
            name = "END" if reading else line.split(b" ")[0].decode().upper()
            said = self.otherwise.get(name, self.usual(name))
            reading = name == "DATA" and bool(said) and said[:3] == b"354"
            return said

        return answer

    def usual(self, name: str) -> bytes:
        if name == "EHLO":
            lines = [b"250-" + word for word in [b"localhost", *self.extensions]]
            return b"\r\n".join([*lines, b"250 HELP"]) + b"\r\n"
        return {"AUTH": b"235 in\r\n", "DATA": b"354 go on\r\n"}.get(name, b"250 ok\r\n")


GREETING = b"220 localhost\r\n"


@pytest.fixture
def peer(authority: Authority, trusted: Path) -> Iterator[Callable[..., Peer]]:
    """Starts a scripted server."""
    running: list[Peer] = []

    def give(server: Server, greeting: bytes = GREETING) -> Peer:
        made = Peer(authority, greeting, server)
        made.__enter__()
        running.append(made)
        return made

    yield give
    for one in running:
        one.__exit__(None, None, None)


StartPeer = Callable[..., Peer]

LATER_FOR_ALL = ServiceUnavailableError
LATER_FOR_ONE = RecipientPostponedError
NEVER = DeliveryRefusedError
UNKNOWN = DeliveryUnknownError


@pytest.mark.parametrize(
    ("command", "said", "outcome"),
    [
        ("EHLO", b"421 closing\r\n", LATER_FOR_ALL),
        ("EHLO", None, LATER_FOR_ALL),
        ("EHLO", THINKING, LATER_FOR_ALL),
        ("EHLO", b"rubbish\r\n", LATER_FOR_ALL),
        ("AUTH", b"535 wrong\r\n", LATER_FOR_ALL),
        ("AUTH", b"454 not now\r\n", LATER_FOR_ALL),
        ("AUTH", None, LATER_FOR_ALL),
        ("AUTH", THINKING, LATER_FOR_ALL),
        ("MAIL", b"451 not now\r\n", LATER_FOR_ALL),
        ("MAIL", b"421 closing\r\n", LATER_FOR_ALL),
        ("MAIL", b"530 log in first\r\n", LATER_FOR_ALL),
        ("MAIL", b"550 no\r\n", NEVER),
        ("MAIL", None, LATER_FOR_ALL),
        ("MAIL", THINKING, LATER_FOR_ALL),
        ("RCPT", b"450 greylisted\r\n", LATER_FOR_ONE),
        ("RCPT", b"452-too\r\n452 many\r\n", LATER_FOR_ONE),
        ("RCPT", b"421 closing\r\n", LATER_FOR_ALL),
        ("RCPT", b"550 unknown\r\n", NEVER),
        ("RCPT", b"251 elsewhere\r\n", None),
        ("RCPT", None, LATER_FOR_ALL),
        ("RCPT", THINKING, LATER_FOR_ALL),
        ("DATA", b"450 greylisted\r\n", LATER_FOR_ONE),
        ("DATA", b"421 closing\r\n", LATER_FOR_ALL),
        ("DATA", b"554 no\r\n", NEVER),
        ("DATA", b"250 what?\r\n", LATER_FOR_ONE),
        ("DATA", None, LATER_FOR_ALL),
        ("DATA", THINKING, LATER_FOR_ALL),
        ("END", b"451 not now\r\n", LATER_FOR_ONE),
        ("END", b"421 closing\r\n", LATER_FOR_ALL),
        ("END", b"552 too large\r\n", NEVER),
        ("END", b"250-taken\r\n250 as 1234\r\n", None),
        ("END", b"25", UNKNOWN),
        ("END", b"rubbish\r\n", UNKNOWN),
        ("END", None, UNKNOWN),
        ("END", THINKING, UNKNOWN),
        ("QUIT", None, None),
        ("QUIT", THINKING, None),
        ("QUIT", b"500 no\r\n", None),
    ],
)
def test_what_an_answer_or_its_absence_means(
    command: str, said: bytes | None, outcome: type[Exception] | None, peer: StartPeer
) -> None:
    server = peer(Server(**{command: said}))
    sender = sender_at(server.port)
    began = time.monotonic()
    if outcome is None:
        sender.send(reply())
    else:
        line = line_of(outcome, lambda: sender.send(reply()))
        assert outcome is NEVER or f"localhost:{server.port}" in line
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("greeting", [b"554 no service\r\n", b"421 later\r\n", b"SSH-2.0\r\n", b""])
def test_a_greeting_that_is_none_stops_all_sending(greeting: bytes, peer: StartPeer) -> None:
    server = peer(Server(), greeting)
    line_of(ServiceUnavailableError, lambda: sender_at(server.port).send(reply()))


@pytest.mark.parametrize("way", ["starttls", "smtps"])
def test_somebody_who_says_nothing_at_all_is_given_up(way: str, trusted: Path) -> None:
    with Peer(None, b"", lambda: lambda line: THINKING) as silent:
        sender = sender_at(silent.port, tls=way == "smtps")
        began = time.monotonic()
        assert "не отвечает" in line_of(ServiceUnavailableError, lambda: sender.send(reply()))
        assert time.monotonic() - began < 3


def test_a_server_that_can_be_used_again_is_used_again(peer: StartPeer) -> None:
    server = Server(RCPT=None)
    sender = sender_at(peer(server).port)
    line_of(ServiceUnavailableError, lambda: sender.send(reply()))
    server.otherwise = {}
    sender.send(reply())
    assert server.received


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"S: 1\r\n\r\n.\r\n..a\r\nb.\r\n", [b"S: 1", b"", b"..", b"...a", b"b."]),
        (b"S: 1\r\n\r\nno end", [b"S: 1", b"", b"no end"]),
        (b"S: 1\r\n\r\na\nb\rc\r\n", [b"S: 1", b"", b"a", b"b", b"c"]),
    ],
    ids=["dots", "no end", "bare line ends"],
)
def test_data_is_carried_so_that_it_arrives_as_it_was(
    content: bytes, lines: list[bytes], peer: StartPeer
) -> None:
    server = Server()
    sender_at(peer(server).port).send(reply(content=content))
    assert server.received == lines


def test_the_envelope_names_the_sender_and_the_one_recipient(peer: StartPeer) -> None:
    server = peer(Server())
    sender_at(server.port).send(reply())
    assert [line for line in server.lines if line[:4] in {b"MAIL", b"RCPT"}] == [
        b"MAIL FROM:<mailbot@example.org>",
        b"RCPT TO:<school@example.org>",
    ]


def test_a_domain_in_cyrillic_needs_nothing_of_the_server(peer: StartPeer) -> None:
    script = Server()
    script.extensions = [b"AUTH PLAIN"]
    server = peer(script)
    sender_at(server.port).send(reply("school@школа.рф"))
    assert b"RCPT TO:<school@xn--80aa0abq4a.xn--p1ai>" in server.lines or any(
        line.startswith(b"RCPT TO:<school@xn--") for line in server.lines
    )


def test_a_name_in_cyrillic_is_never_delivered_where_the_server_cannot(peer: StartPeer) -> None:
    script = Server()
    script.extensions = [b"AUTH PLAIN"]
    line_of(DeliveryRefusedError, lambda: sender_at(peer(script).port).send(reply("я@example.org")))


@pytest.mark.parametrize(
    "recipient",
    ["a@b\r\nRCPT TO:<other@example.org>", "a@b> NOTIFY=NEVER", "a b@example.org", "a", "", "a@"],
)
def test_what_is_no_address_reaches_no_command_line(recipient: str, peer: StartPeer) -> None:
    server = peer(Server())
    line_of(DeliveryRefusedError, lambda: sender_at(server.port).send(reply(recipient)))
    assert not any(line.startswith(b"RCPT") for line in server.lines)


def test_content_beyond_ascii_is_announced(peer: StartPeer) -> None:
    server = peer(Server())
    sender_at(server.port).send(reply(content="S: 1\r\n\r\nпривет\r\n".encode()))
    assert b"MAIL FROM:<mailbot@example.org> BODY=8BITMIME" in server.lines


def test_an_access_token_is_sent_as_xoauth2(peer: StartPeer) -> None:
    server = peer(Server())
    sender_at(server.port, token=True, secret=lambda: "ya29.token").probe()
    (line,) = [line for line in server.lines if line.startswith(b"AUTH")]
    said = base64.b64decode(line.split()[2])
    assert said == b"user=info\1auth=Bearer ya29.token\1\1"


def test_without_a_name_nobody_logs_in(peer: StartPeer) -> None:
    server = peer(Server())
    sender_at(server.port, username=None, secret=lambda: None).send(reply())
    assert not any(line.startswith(b"AUTH") for line in server.lines)


def test_a_name_without_a_password_and_a_server_without_log_in_tell_the_mend(
    peer: StartPeer,
) -> None:
    server = peer(Server())
    no_password = sender_at(server.port, secret=lambda: None)
    assert "password_file" in line_of(ServiceUnavailableError, no_password.probe)
    script = Server()
    script.extensions = []
    no_log_in = sender_at(peer(script).port)
    assert "username" in line_of(ServiceUnavailableError, no_log_in.probe)


def test_the_probe_finds_a_sender_that_the_server_does_not_take(peer: StartPeer) -> None:
    server = peer(Server(MAIL=b"553 5.7.1 <mailbot@example.org>: not owned by user info\r\n"))
    line = line_of(ServiceUnavailableError, sender_at(server.port).probe)
    assert "[outgoing] sender" in line
    assert "553" in line


def test_a_servers_words_come_through_without_control_characters_and_addresses(
    peer: StartPeer,
) -> None:
    said = "550 5.1.1 <school@example.org>: \x1b[31m\u202eнет\u202c такого\r\n".encode()
    server = peer(Server(RCPT=said))
    line = line_of(DeliveryRefusedError, lambda: sender_at(server.port).send(reply()))
    assert line == "550 5.1.1 <адрес>: [31mнет такого"
