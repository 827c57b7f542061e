"""The daemon between a real IMAP server and a real SMTP server, as a mailbox's owner has it."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.acceptance.house import House, text_of
from tests.acceptance.papers import address, doubtful, good
from tests.integration.mail_client import MailClient
from tests.integration.mail_servers import PASSWORD, Dovecot
from tests.integration.test_smtp_servers import Real, real

PATIENCE = 120.0  # seconds
FOREIGN = b"From: someone@example.org\r\nSubject: lunch\r\n\r\ntext\r\n"

__all__ = ["real"]

pytestmark = [
    # Postfix can only be started by root; whoever is not takes another real server
    pytest.mark.parametrize("real", ["aiosmtpd" if os.geteuid() else "postfix"], indirect=True),
    # of aiosmtpd, whose port for TLS from the first byte does not count as TLS
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
]


@pytest.fixture
def client(dovecot: Dovecot, trusted: Path) -> MailClient:
    return MailClient(dovecot, "shared", trusted=trusted)


@pytest.fixture
def daemon(
    tmp_path: Path, trusted: Path, dovecot: Dovecot, real: Real, client: MailClient
) -> Iterator[House]:
    """The program at work on both servers; it ends well when it is told to."""
    house = House.make(tmp_path / "house")
    house.environment["SSL_CERT_FILE"] = str(trusted)
    account = f'username = "{client.user}"\npassword = "{PASSWORD}"\n'
    house.config.write_text(
        f'[mailbox]\nurl = "imaps://localhost:{dovecot.imaps}/INBOX"\n{account}'
        f'[outgoing]\nurl = "smtp://localhost:{real.starttls}"\n{account}'
        f'sender = "info@platform.example"\n',
        encoding="utf-8",
    )
    process = house.start("run")
    until(lambda: (house.directory / "mailbot.db").exists())
    yield house
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.1)


def delivered(real: Real, number: int) -> list[EmailMessage]:
    """What has arrived at a school, oldest first."""
    folder = real.folder(address(number).partition("@")[0]) / "new"
    found = []
    for path in sorted(folder.glob("*")):
        read = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        if address(number) in read["To"]:
            found.append(read)
    return sorted(found, key=lambda mail: mail["Date"].datetime)


def test_from_arrival_to_the_delivered_mail_and_other_mail_as_it_was(
    daemon: House, client: MailClient, real: Real
) -> None:
    client.add(FOREIGN + b"read\r\n", flags="\\Seen")
    client.drop(FOREIGN)
    before = client.look()
    client.drop(good(0), doubtful(1), doubtful(2))
    until(lambda: bool(delivered(real, 0)))
    (welcome,) = delivered(real, 0)
    assert "права" in text_of(welcome)
    after = client.look()
    assert {uid: after[uid] for uid in before} == before
    assert all(b"\\Seen" not in after[uid].flags for uid in set(after) - set(before))

    until(lambda: len(daemon.json("queue", "list")) == 2)
    waiting = {one["sender"]: str(one["id"]) for one in daemon.json("queue", "list")}
    approved, rejected = waiting[address(1)], waiting[address(2)]
    number = "administrator.phone=+79125559917"
    assert daemon.run("queue", "approve", approved, "--set", number).status == 0
    assert daemon.run("queue", "reject", rejected, "--message", "Не та школа.").status == 0
    until(lambda: len(delivered(real, 1)) == 2)
    until(lambda: len(delivered(real, 2)) == 2)
    assert "99-17" in text_of(delivered(real, 1)[-1])
    assert "Не та школа." in text_of(delivered(real, 2)[-1])
    assert {uid: client.look()[uid] for uid in before} == before
