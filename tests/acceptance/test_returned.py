"""A reply of ours comes back: seen by the commands alone."""

from __future__ import annotations

from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from tests.acceptance.house import SENDER, House
from tests.acceptance.papers import address, good, incomplete

pytestmark = pytest.mark.slow  # whole passes, one after another


def bounce(house: House, number: int, action: str, status: str) -> bytes:
    """What a mail server writes about the reply to a school, the whole reply with it."""
    (reply,) = [one for one in house.replies().values() if one["To"] == address(number)]
    report = MIMEMultipart("report", **{"report-type": "delivery-status"})
    report["From"], report["To"] = "MAILER-DAEMON@mx.example", SENDER
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Return-Path"] = "<>"
    report.attach(MIMEText("I'm sorry to have to inform you", "plain"))
    fields = f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {address(number)}\n"
    fields += f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 no such user\n"
    report.attach(MIMEText(fields, "x-status", "us-ascii"))
    report.attach(MIMEMessage(reply))
    return report.as_bytes().replace(b"text/x-status", b"message/delivery-status")


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House.make(tmp_path / "house")
    house.put("1", incomplete(1))
    house.put("2", good(2))
    assert house.once().status == 0
    return house


def test_a_bounce_puts_the_application_before_an_operator_and_is_not_answered(
    house: House,
) -> None:
    sent = set(house.replies())
    house.put("3", bounce(house, 1, "failed", "5.1.1"))
    house.put("4", bounce(house, 2, "failed", "5.1.1"))
    assert house.once().status == 1
    assert set(house.replies()) == sent
    states = {one["organization"]["inn"]: one["state"] for one in house.applications()}
    assert sorted(states.values()) == ["completed", "in_review"]
    (waiting,) = house.json("queue", "list")
    assert "reply_undeliverable" in waiting["reasons"]
    for one in house.applications():
        shown = house.show(one["id"])
        assert "reply_undeliverable" in {found["code"] for found in shown["findings"]}
        (reply,) = [mail for mail in shown["messages"] if mail["direction"] == "out"]
        assert reply["status"] == "undeliverable"
        assert reply["error"].startswith("возврат: 5.1.1 550 no such user")
    assert len(house.json("outbox", "list")) == 2
    assert {one["reason"] for one in house.json("messages", "--ignored")} == {"bounce"}
    assert house.once().status == 0


def test_a_delay_is_noted_and_nothing_else(house: House) -> None:
    house.put("3", bounce(house, 1, "delayed", "4.4.1"))
    assert house.once().status == 0
    (one,) = [one for one in house.applications() if one["state"] == "awaiting_applicant"]
    assert house.json("outbox", "list") == []
    shown = house.show(one["id"])
    (reply,) = [mail for mail in shown["messages"] if mail["direction"] == "out"]
    assert reply["error"].startswith("задерживается в пути: 4.4.1")
