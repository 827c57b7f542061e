"""Headers made to be read differently by different programs: one reading, or nobody's word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from parsers.facts import Reading
from parsers.limits import HEADER_BYTES, Limits
from parsers.mail.message import parse_message
from workflow.case import ReadMessage, lay_together
from workflow.findings import Code
from workflow.rules.message import header_ambiguous, limit_reached

NOW = dt.datetime(2026, 9, 14, 8, 0, tzinfo=dt.UTC)
GOOD = (
    "From: school@example.ru\r\nTo: info@platform.ru\r\nDate: Mon, 14 Sep 2026 10:00:00 +0300\r\n"
    "Message-ID: <1@example.ru>\r\nSubject: Сферум: Регистрация организации\r\n"
).encode()
# RFC 5322, 3.6: at most one of each
ONCE = [
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
]


def codes(header: bytes) -> set[Code]:
    message = parse_message(header + b"\r\nbody", Limits())
    reading = Reading(headers=message.headers, limits=message.limits)
    case = lay_together([ReadMessage(reading=reading, received_at=NOW)])
    return {one.code for rule in (header_ambiguous, limit_reached) for one in rule(case)}


def test_an_ordinary_header_is_no_doubt() -> None:
    assert codes(GOOD) == set()
    for name in ONCE:
        assert codes(GOOD.replace(f"{name}: ".encode(), f"{name.upper()} :  ".encode())) == set()


@pytest.mark.parametrize("name", ONCE)
@pytest.mark.parametrize("write", [str, str.upper, str.lower, str.swapcase, lambda n: n + " "])
def test_a_field_that_may_stand_once_and_stands_twice_is_ambiguous(
    name: str, write: Callable[[str], str]
) -> None:
    first = f"{name}: <a@example.ru>\r\n" if f"{name}:".encode() not in GOOD else ""
    again = f"{write(name)}: <a@example.ru>\r\n"
    assert codes(first.encode() + GOOD + again.encode()) == {Code.HEADER_AMBIGUOUS}


@pytest.mark.parametrize(
    "field",
    [
        b"",
        b"From:\r\n",
        b"From: <>\r\n",
        b"From: nobody\r\n",
        b"From: undisclosed-recipients:;\r\n",
        b"From: a@x.ru, b@y.ru\r\n",
        b"From: Schools: a@x.ru, b@y.ru;\r\n",
        b"From: <a@x.ru> <b@y.ru>\r\n",
        b"From: a@x.ru; b@y.ru\r\n",
        b"From: a@x.ru\rBcc: b@y.ru\r\n",
        b"From: a@x.ru\x0bFrom: b@y.ru\r\n",
        b"From: a@x.ru\xe2\x80\xa8From: b@y.ru\r\n",
        b"From: a@x.ru\x00, b@y.ru\r\n",
        b"From: =?utf-8?B?YUB4LnJ1?=\r\n",
        b"From: <=?utf-8?Q?a=40x.ru?=>\r\n",
        b"From: a@x.ru, (" + b"c" * 10**6 + b") b@y.ru\r\n",
        b"From: a@x.ru\r\n" * 5000,
        b"From: " + b"a@x.ru " * 100_000 + b"\r\n",
        b"From: " + b"(" * 10**6 + b"\r\n",
    ],
    ids=lambda field: repr(field[:40]),
)
def test_a_from_field_that_does_not_name_one_author_is_ambiguous(field: bytes) -> None:
    header = field + GOOD.partition(b"\r\n")[2]
    assert Code.HEADER_AMBIGUOUS in codes(header)


@pytest.mark.parametrize(
    "field",
    [
        b"From: =?utf-8?Q?a=40x.ru_=3Cb=40y.ru=3E?= <school@example.ru>\r\n",
        b'From: "a@x.ru, b@y.ru" <school@example.ru>\r\n',
        b"From: a@x.ru <school@example.ru>\r\n",
        b"From:\r\n\tschool@example.ru\r\n",
        b"X-A: b\r\n From: a@x.ru\r\nFrom: school@example.ru\r\n",
        b"X: y\rFrom: a@x.ru\r\nFrom: school@example.ru\r\n",
        b"Resent-From: a@x.ru\r\nResent-From: b@y.ru\r\nFrom: school@example.ru\r\n",
    ],
    ids=lambda field: repr(field[:40]),
)
def test_what_only_looks_like_a_second_author_is_none(field: bytes) -> None:
    header = field + GOOD.partition(b"\r\n")[2]
    assert codes(header) == set()
    assert parse_message(header + b"\r\n", Limits()).headers.sender == "school@example.ru"


def test_a_line_of_a_megabyte_and_a_hundred_thousand_fields_hide_nothing() -> None:
    assert codes(b"X: " + b"y" * 2**20 + b"\r\n" + GOOD) == set()
    assert codes(b"X: y\r\n" * 100_000 + GOOD) == set()
    assert codes(b"X: y\r\n" * 100_000 + GOOD + b"fRoM: a@x.ru\r\n") == {Code.HEADER_AMBIGUOUS}


@pytest.mark.parametrize(
    "value",
    [
        b"text/plain;" + b" " * 65_000 + b"x",
        b"text/plain; " + (b"a" + b" " * 30_000 + b"b") * 2,
        b"text/plain" + b';a="b' * 13_000,
        b"text/plain" + b';a="b\\"' * 9_000,
        b'text/plain; a="' + b"\\" * 65_000,
    ],
    ids=lambda value: repr(value[:16]),
)
def test_parameters_made_to_be_tried_again_and_again_are_read_at_once(value: bytes) -> None:
    """In the mailbox headers are read outside the cage: nobody ends what takes a minute."""
    assert codes(GOOD + b"Content-Type: " + value + b"\r\n") == set()


def test_what_stands_beyond_the_end_of_what_is_looked_at_is_for_an_operator() -> None:
    beyond = b"X: " + b"y" * HEADER_BYTES + b"\r\nFrom: a@x.ru\r\n"
    assert codes(GOOD + beyond) == {Code.LIMIT_REACHED}
