"""The program's own adapters on the tests' servers, and the lines that their errors are."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
from collections.abc import Callable, Iterator

import pytest

from mailbot.imap import ImapAccount, ImapMailbox
from mailbot.smtp import SmtpAccount, SmtpSender
from tests.integration.mail_servers import PASSWORD
from workflow.application import OutboxRow, ReplyKind
from workflow.ports import DeliveryRefusedError, DeliveryUnknownError, ServiceUnavailableError

CONTENT = (
    b"From: mailbot@example.org\r\nTo: school@example.org\r\nMessage-ID: <1@example.org>\r\n\r\n"
    b".\r\n..\r\n.dot\r\n\r\nend .\r\n.\r\n"
)
"""Of a reply, with everything that SMTP's dots can do."""

TIMEOUT = 0.6
"""Of silence, for servers that are made to be silent."""


_NOW = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)


@contextlib.contextmanager
def mailbox_at(port: int, **other: object) -> Iterator[ImapMailbox]:
    account = {"host": "localhost", "tls": True, "folder": "INBOX", "username": "info"}
    account |= {"secret": lambda: PASSWORD, "timeout_seconds": TIMEOUT} | other
    mailbox = ImapMailbox(ImapAccount(port=port, **account), name="main")
    try:
        yield mailbox
    finally:
        mailbox.close()


def sender_at(port: int, **other: object) -> SmtpSender:
    account = {"host": "localhost", "tls": True, "sender": "mailbot@example.org"}
    account |= {"username": "info", "secret": lambda: PASSWORD, "timeout_seconds": TIMEOUT}
    return SmtpSender(SmtpAccount(port=port, **(account | other)))


def reply(recipient: str = "school@example.org", content: bytes = CONTENT) -> OutboxRow:
    return OutboxRow(
        key="reply-1",
        application_id=1,
        kind=ReplyKind.RECEIPT,
        recipient=recipient,
        message_id="<1@example.org>",
        subject="Re: application",
        content=content,
        due_at=_NOW,
        created_at=_NOW,
    )


def line_of(kind: type[Exception], call: Callable[[], object]) -> str:
    """Return the line of the error, of exactly this kind, that a call ends with; nothing is left open."""
    kinds = (ServiceUnavailableError, DeliveryRefusedError, DeliveryUnknownError)
    with pytest.raises(kinds) as caught:
        call()
    gc.collect()  # what was left open warns here, in the test that has left it
    assert type(caught.value) is kind
    line = str(caught.value)
    assert "\n" not in line
    assert PASSWORD not in line
    return line


def fault_of(call: Callable[[], object]) -> str:
    """Return the line of the fault that a call ends with."""
    return line_of(ServiceUnavailableError, call)
