"""Specification of address fields: what the mail system sees, decoded afterwards."""

from __future__ import annotations

import pytest

from parsers.mail.addresses import Mailbox, parse_authors, parse_mailboxes


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"school@example.ru", ""),
        (b"<school@example.ru>", ""),
        (b"<school@example.ru", ""),
        ("Школа № 5 <school@example.ru>".encode(), "Школа № 5"),
        ("Школа № 5 <school@example.ru>".encode("cp1251"), "Школа № 5"),
        (b'"a, b <x@evil.ru>" <school@example.ru>', "a, b <x@evil.ru>"),
        (b'"a \\"b\\" c" <school@example.ru>', 'a "b" c'),
        (b"=?utf-8?Q?x@evil.ru,_?= <school@example.ru>", "x@evil.ru, "),
        (b"=?utf-8?B?0KjQutC+0LvQsA==?= <school@example.ru>", "Школа"),
        ("school@example.ru (Школа)".encode(), "Школа"),
        (b"x@evil.ru <school@example.ru>", "x@evil.ru"),
        ("Школа school@example.ru".encode(), "Школа"),
        (b"<@relay.ru,@b.ru:school@example.ru>", ""),
        (b"<school@example.ru(comment)>", ""),
        (b"Group: school@example.ru;", ""),
    ],
)
def test_one_address_is_found_in_every_form(value: bytes, name: str) -> None:
    assert parse_mailboxes(value) == (Mailbox("school@example.ru", name.strip()),)


@pytest.mark.parametrize(
    "value",
    [
        b"a@x.ru, b@y.ru",
        b"a@x.ru; b@y.ru",
        b"a <a@x.ru>, b <b@y.ru>",
        b"Group: a@x.ru, b@y.ru;",
        b"a <a@x.ru> <b@y.ru>",
        b"a@x.ru b@y.ru",
    ],
)
def test_several_addresses_are_several_mailboxes(value: bytes) -> None:
    assert [box.address for box in parse_mailboxes(value)] == ["a@x.ru", "b@y.ru"]


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"<>",
        b"school",
        b"a@",
        b"@b",
        b"a@b@c",
        b"a@\xff\xfe",
        b"a@b\0c",
        "a@b\u202e.ru".encode(),
    ],
)
def test_what_is_no_address_is_left_out(value: bytes) -> None:
    assert parse_mailboxes(value) == ()


def test_an_address_of_another_alphabet_stays_as_it_is() -> None:
    assert parse_mailboxes("директор@школа.рф".encode())[0].address == "директор@школа.рф"
    assert parse_mailboxes(b"a@xn--80aesfpebagmfblc0a.xn--p1ai")[0].address.endswith("xn--p1ai")


def test_no_field_is_read_without_end() -> None:
    assert len(parse_mailboxes(b"a@b.ru," * 5000)) == 500


@pytest.mark.parametrize(
    "value",
    [
        b"a@b\0c, b@y.ru",
        b"<a@\xff\xfe>, b@y.ru",
        b"<>, b@y.ru",
        b"a@x.ru\xc2\x85From: b@y.ru",
        b"<b@y.ru>@x.ru",
        b'"a b"@y.ru',
        b"<a b@y.ru>",
        b"=?utf-8?Q?a@x.ru?=, b@y.ru",
        b"b@y.ru, (" + b"c" * 70_000 + b"), a@x.ru",
        b"b@y.ru, " * 600,
    ],
)
def test_an_author_field_that_is_not_read_whole_names_nobody(value: bytes) -> None:
    """What one program leaves out another takes for the author."""
    assert parse_authors(value) == ()


@pytest.mark.parametrize(
    "value", [b"a@x.ru\rBcc: b@y.ru", b"a@x.ru\x0bFrom: b@y.ru", b"<a@x.ru>: b@y.ru"]
)
def test_an_address_is_no_name_of_a_group(value: bytes) -> None:
    assert [box.address for box in parse_authors(value)] == ["a@x.ru", "b@y.ru"]


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (b"< a . b @ y.ru >", "a.b@y.ru"),
        (b"<mailto:a@y.ru>", "a@y.ru"),
        (b"Schools: a@y.ru;", "a@y.ru"),
        (b'x@evil.ru <"a"@y.ru>', '"a"@y.ru'),
    ],
)
def test_old_forms_are_still_an_author(value: bytes, address: str) -> None:
    assert [box.address for box in parse_authors(value)] == [address]
