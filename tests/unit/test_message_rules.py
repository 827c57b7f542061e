"""Whose word about a sender counts, and for which messages."""

from __future__ import annotations

import datetime as dt

import pytest

from parsers.facts import AuthenticationResults, Headers, Reading, SubjectMatch
from workflow.case import ReadMessage, RuleSettings, lay_together
from workflow.findings import Code, Finding
from workflow.rules.message import sender_unverified

SENT = dt.datetime(2026, 9, 14, 8, 30, tzinfo=dt.UTC)
PASSED, FAILED = True, False


def message(
    *fields: tuple[str, bool], mailbox: str = "mailbox", settled: bool = False
) -> ReadMessage:
    headers = Headers(
        message_id="<1@school.example>",
        senders=("school@example.org",),
        sender_name="",
        subject="Сферум: Регистрация организации",
        subject_match=SubjectMatch.OURS,
        automatic=None,
        date=SENT,
        in_reply_to=(),
        references=(),
        doubled=(),
        authentication_results=tuple(
            AuthenticationResults(service=service, passed=passed, raw=f"{service}; …")
            for service, passed in fields
        ),
        return_path=None,
        envelope_to=(),
    )
    return ReadMessage(
        reading=Reading(headers=headers), received_at=SENT, mailbox=mailbox, settled=settled
    )


def found(*messages: ReadMessage, **services: str | None) -> list[Finding]:
    rules = RuleSettings(trusted_services=services)
    return list(sender_unverified(lay_together(messages, rules=rules)))


def test_without_the_key_nothing_is_looked_at() -> None:
    assert found(message(("mx.example.ru", FAILED)), mailbox=None) == []
    assert found(message()) == []


@pytest.mark.parametrize("key", ["mx.example.ru", "MX.Example.ru", "*.example.ru", "*.ru"])
def test_the_word_of_the_trusted_service_counts(key: str) -> None:
    assert found(message(("mx.example.ru", PASSED)), mailbox=key) == []
    (one,) = found(message(("mx.example.ru", FAILED)), mailbox=key)
    assert one.code is Code.SENDER_UNVERIFIED
    assert one.evidence[0].raw == "mx.example.ru; …"


@pytest.mark.parametrize(
    "service", ["evil.example", "evilexample.ru", "example.ru", "mx.example.ru.evil.example", ""]
)
def test_nobody_elses_word_counts(service: str) -> None:
    (one,) = found(message((service, PASSED)), mailbox="*.example.ru")
    assert one.evidence[0].raw == "нет Authentication-Results от *.example.ru"


def test_only_the_topmost_field_of_the_service_counts() -> None:
    """What stands further down came with the message: anybody may have written it."""
    forged = ("mx.example.ru", PASSED)
    assert found(message(("mx.example.ru", FAILED), forged), mailbox="*.example.ru")
    genuine = message(("relay.inside", FAILED), forged, ("mx.example.ru", FAILED))
    assert found(genuine, mailbox="*.example.ru") == []


def test_each_mailbox_has_a_service_of_its_own() -> None:
    services = {"mailbox": "mx.example.ru", "second": None, "third": "*.mail.example"}
    assert found(message(mailbox="second"), **services) == []
    assert found(message(("mx.example.ru", PASSED), mailbox="third"), **services)
    assert not found(message(("a.mail.example", PASSED), mailbox="third"), **services)


def test_a_mailbox_that_is_configured_no_more_excuses_nobody() -> None:
    assert found(message(mailbox="gone"), mailbox="mx.example.ru")
    assert not found(message(mailbox="gone"), mailbox=None)


def test_every_message_of_an_application_is_looked_at_unless_an_operator_has() -> None:
    bad = ("mx.example.ru", FAILED)
    good = message(("mx.example.ru", PASSED))
    assert found(good, message(bad), mailbox="mx.example.ru")
    assert not found(good, message(bad, settled=True), mailbox="mx.example.ru")
