from __future__ import annotations

import imaplib

import pytest
from imapclient.exceptions import ProtocolError

from mailbot.imap_session import said


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (imaplib.IMAP4.error(b"[AUTHENTICATIONFAILED] No."), "[AUTHENTICATIONFAILED] No."),
        (imaplib.IMAP4.error("select failed: Mailbox doesn't exist"), "select failed: Mailbox doesn't exist"),
        (imaplib.IMAP4.error("UID command error: BAD [b'Too long']"), "UID command error: BAD Too long"),
        (imaplib.IMAP4.abort("command: FETCH => shutting down"), "command: FETCH => shutting down"),
        (imaplib.IMAP4.error(), "error"),
    ],
)  # fmt: skip
def test_a_servers_words_are_shown_without_the_notation_of_bytes(
    error: Exception, shown: str
) -> None:
    assert said(error) == shown


@pytest.mark.parametrize(
    "error",
    [
        imaplib.IMAP4.abort("command: FETCH => unexpected response: b'From: Ivanova'"),
        imaplib.IMAP4.abort("socket error: unterminated line: b'Ivanova'"),
        ProtocolError("Tuple incomplete before \"(b'Ivanova'\""),
    ],
)
def test_a_reply_that_is_no_imap_is_not_quoted_since_it_may_be_of_a_letter(
    error: Exception,
) -> None:
    assert "Ivanova" not in said(error)
