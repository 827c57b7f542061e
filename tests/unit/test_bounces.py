"""What bounces of many makes say about the mail that they return."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.facts import Bounce, Delivery
from parsers.mail.bounces import find_bounce

FAILED, DELAYED, DELIVERED = Delivery.FAILED, Delivery.DELAYED, Delivery.DELIVERED

RETURNED = """Content-Type: message/rfc822

From: info@platform.example
To: school@example.org
Subject: Re: =?utf-8?b?0KHRhNC10YDRg9C8?=
Message-ID: <17-ask-0011223344556677@platform.example>

Text
"""


def report(fields: str, subject: str = "Undelivered Mail Returned to Sender") -> bytes:
    """A delivery status as RFC 3464 has it."""
    return f"""From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: info@platform.example
Subject: {subject}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 14 Sep 2026 11:00:00 +0300

{fields}
--B
{RETURNED}
--B--
""".encode()


def plain(sender: str, subject: str, text: str, *further: str) -> bytes:
    head = "\n".join([f"From: {sender}", f"Subject: {subject}", *further])
    return f"{head}\n\n{text}\n".encode()


POSTFIX = """Final-Recipient: rfc822; school@example.org
Original-Recipient: rfc822;school@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <school@example.org>: Recipient address rejected:
    User unknown
"""


def test_a_failure_is_told_with_the_servers_words() -> None:
    assert find_bounce(report(POSTFIX)) == Bounce(
        outcome=FAILED,
        detail="5.1.1 550 5.1.1 <school@example.org>: Recipient address rejected: User unknown",
    )


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ("Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 4.4.7", FAILED),
        ("Final-Recipient: rfc822; a@b.example\nAction: Failed (expired)\nStatus: 5.0.0", FAILED),
        ("Final-Recipient: rfc822; a@b.example\nAction: error\nStatus: 5.0.0", FAILED),
        ("Final-Recipient: rfc822; a@b.example\nAction: delayed\nStatus: 4.4.1", DELAYED),
        ("Final-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0", DELIVERED),
        ("Final-Recipient: rfc822; a@b.example\nAction: relayed\nStatus: 2.0.0", DELIVERED),
        ("Final-Recipient: rfc822; a@b.example\nAction: expanded\nStatus: 2.0.0", DELIVERED),
        ("Final-Recipient: rfc822; a@b.example\nStatus: 4.2.2", DELAYED),
        ("Final-Recipient: rfc822; a@b.example\nStatus: 5.2.2", FAILED),
        ("Action: delayed\nStatus: 4.0.0\n\nAction: failed\nStatus: 5.0.0", FAILED),
        ("Nothing: useful", FAILED),
    ],
)
def test_the_action_counts_and_else_the_status(fields: str, outcome: Delivery) -> None:
    bounce = find_bounce(report(fields))
    assert bounce is not None
    assert bounce.outcome is outcome


def test_the_international_form_is_read_as_well() -> None:
    raw = report(POSTFIX).replace(b"message/delivery-status", b"message/global-delivery-status")
    bounce = find_bounce(raw)
    assert bounce is not None
    assert (bounce.outcome, bounce.detail[:5]) == (FAILED, "5.1.1")


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (
            plain(
                "Mailer-Daemon@mx.example.org",
                "Mail delivery failed: returning message to sender",
                "This message was created automatically by mail delivery software.\n\n"
                "A message that you sent could not be delivered to one or more of its\n"
                "recipients. This is a permanent error. The following address(es) failed:\n\n"
                "  school@example.org\n    Unrouteable address\n",
                "X-Failed-Recipients: school@example.org",
            ),
            FAILED,
        ),
        (
            plain(
                "Mailer-Daemon@mx.example.org",
                "Warning: message 1kXyz-0001 delayed 24 hours",
                "This message was created automatically by mail delivery software.\n"
                "The message has not yet been delivered.\n",
            ),
            DELAYED,
        ),
        (
            plain(
                "MAILER-DAEMON@qmail.example.org",
                "failure notice",
                "Hi. This is the qmail-send program at qmail.example.org.\n"
                "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
                "<school@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
                "--- Below this line is a copy of the message.\n",
            ),
            FAILED,
        ),
        (
            plain(
                "mailer-daemon@yandex.example",
                "Недоставленное сообщение",
                "К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям.",
            ),
            FAILED,
        ),
        (plain("mailer-daemon@mail.example", "Доставка письма задерживается", "..."), DELAYED),
        (plain("postmaster@example.org", "Доставлено: Re: Сферум", "..."), DELIVERED),
        (plain("postmaster@example.org", "Не удалось доставить: Re: Сферум", "..."), FAILED),
    ],
)
def test_prose_is_understood_as_far_as_it_can_be(raw: bytes, outcome: Delivery) -> None:
    bounce = find_bounce(raw)
    assert bounce is not None
    assert bounce.outcome is outcome


@pytest.mark.parametrize(
    "raw",
    [
        plain("school@example.org", "Сферум: Регистрация организации", "Здравствуйте!"),
        plain(
            "school@example.org", "Re: Сферум", "Я в отпуске до понедельника.", "Return-Path: <>"
        ),
        plain("a@b.example", "Автоответ", "Меня нет.", "Auto-Submitted: auto-replied"),
        b"",
    ],
)
def test_what_does_not_call_itself_a_bounce_is_none(raw: bytes) -> None:
    assert find_bounce(raw) is None


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    find_bounce(raw)
    find_bounce(report(POSTFIX)[:350] + raw)
    find_bounce(report("X") + raw)


@given(st.data())
def test_no_damage_makes_it_raise(data: st.DataObject) -> None:
    raw = bytearray(report(POSTFIX))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=6))
    find_bounce(bytes(raw))
