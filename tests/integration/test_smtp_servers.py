from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.integration.mail_account import CONTENT, line_of, reply, sender_at
from tests.integration.mail_peers import Proxy
from tests.integration.mail_servers import OTHER_PASSWORD, PASSWORD, Authority, Postfix, free_port
from workflow.ports import DeliveryRefusedError, RecipientPostponedError, ServiceUnavailableError

# of aiosmtpd, whose port for TLS from the first byte does not count as TLS
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

_numbers = count(1)


class Real(NamedTuple):
    """A real server: its ports, and where it lays what it has taken for a user."""

    starttls: int
    smtps: int
    folder: Callable[[str], Path]


class _Login:
    def __call__(self, *args: object) -> AuthResult:
        data = args[-1]
        assert isinstance(data, LoginPassword)
        passwords = {PASSWORD.encode(), OTHER_PASSWORD.encode()}
        return AuthResult(success=data.password in passwords, handled=False)


class _Choosy(Mailbox):
    """Takes mail for everybody but those whom Postfix does not take it for either."""

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("greylisted"):
            return f"450 4.2.0 <{address}>: Recipient address rejected: Greylisted"
        if address.startswith("nobody"):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture(params=["aiosmtpd", *(["postfix"] if os.geteuid() == 0 else [])])
def real(
    request: pytest.FixtureRequest, authority: Authority, trusted: Path, tmp_path: Path
) -> Iterator[Real]:
    """Each server that can be started here: Postfix only by root."""
    if request.param == "postfix":
        postfix: Postfix = request.getfixturevalue("postfix")
        dovecot = request.getfixturevalue("dovecot")
        yield Real(postfix.smtp, postfix.smtps, dovecot.maildir)
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.server.configure_cert(context)
    common = {"hostname": "127.0.0.1", "authenticator": _Login(), "auth_required": True}
    common |= {"enable_SMTPUTF8": True, "server_hostname": "localhost"}
    handler = _Choosy(tmp_path / "mail")
    servers = [
        Controller(handler, port=free_port(), tls_context=context, require_starttls=True, **common),
        Controller(
            handler, port=free_port(), ssl_context=context, auth_require_tls=False, **common
        ),
    ]
    for server in servers:
        server.start()
    yield Real(servers[0].port, servers[1].port, lambda user: tmp_path / "mail")
    for server in servers:
        server.stop()


def delivered(folder: Path) -> bytes:
    """Wait for the one message in a Maildir and return it without what servers put before it."""
    for _ in range(200):
        if held := list(folder.glob("new/*")):
            content = held[0].read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            assert len(held) == 1
            return content[content.index(b"From: mailbot") :]
        time.sleep(0.05)
    pytest.fail("nothing was delivered")


@pytest.mark.parametrize("way", ["starttls", "smtps"])
def test_a_real_server_takes_a_reply_and_delivers_its_very_bytes(way: str, real: Real) -> None:
    user = f"school{next(_numbers)}"
    sender = sender_at(getattr(real, way), tls=way == "smtps", timeout_seconds=10.0)
    sender.probe()
    sender.send(reply(f"{user}@example.org"))
    body = delivered(real.folder(user)).partition(b"\r\n\r\n")[2]
    assert body == CONTENT.partition(b"\r\n\r\n")[2]


def test_a_recipient_in_cyrillic_is_reached_where_the_server_offers_it(real: Real) -> None:
    user = f"директор{next(_numbers)}"
    content = CONTENT.replace(b"school@", f"{user}@".encode())
    sender_at(real.smtps, timeout_seconds=10.0).send(reply(f"{user}@школа.рф", content))
    assert f"To: {user}@".encode() in delivered(real.folder(user))


def test_a_password_in_cyrillic_is_accepted(real: Real) -> None:
    sender_at(real.smtps, secret=lambda: OTHER_PASSWORD, timeout_seconds=10.0).probe()


def test_a_wrong_password_stops_all_sending_with_one_line(real: Real) -> None:
    sender = sender_at(real.smtps, secret=lambda: "wrong-word", timeout_seconds=10.0)
    line = line_of(ServiceUnavailableError, lambda: sender.send(reply()))
    assert f"localhost:{real.smtps}" in line
    assert "password_file" in line
    assert "wrong-word" not in line


def test_the_servers_tell_who_is_greylisted_and_who_does_not_exist(real: Real) -> None:
    sender = sender_at(real.smtps, timeout_seconds=10.0)
    line = line_of(RecipientPostponedError, lambda: sender.send(reply("greylisted@example.org")))
    assert "450" in line
    assert "@example.org" not in line
    line = line_of(DeliveryRefusedError, lambda: sender.send(reply("nobody@example.org")))
    assert "550" in line
    assert "@example.org" not in line


@pytest.mark.parametrize("way", ["starttls", "smtps"])
def test_certificates_are_verified(
    way: str, real: Real, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, tls = getattr(real, way), way == "smtps"
    other_name = sender_at(port, tls=tls, host="127.0.0.1")
    assert "другое имя" in line_of(ServiceUnavailableError, other_name.probe)
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    assert "SSL_CERT_FILE" in line_of(ServiceUnavailableError, sender_at(port, tls=tls).probe)


def test_starttls_cannot_be_taken_out_on_the_way(real: Real) -> None:
    with Proxy(real.starttls, None, None) as proxy:
        proxy.change = lambda data: data.replace(b"STARTTLS", b"XTARTTLS")
        sender = sender_at(proxy.port, tls=False)
        assert "STARTTLS" in line_of(ServiceUnavailableError, lambda: sender.send(reply()))
        assert [line.split()[0] for line in proxy.lines] == [b"EHLO"]
