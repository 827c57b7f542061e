"""Specification of header fields, encoded words and parameters as mailers write them."""

from __future__ import annotations

import base64

import pytest

from parsers.limits import HEADER_BYTES
from parsers.mail.headerfields import decode_words, media_type, parameters, parse_header_block

NAME = "Приказ о назначении.pdf"


def b64(text: str, charset: str = "utf-8") -> bytes:
    return base64.b64encode(text.encode(charset))


def test_lines_end_with_crlf_or_lf_and_fold() -> None:
    block = parse_header_block(b"A: 1\r\n 2\nb : 3\n\r\nbody")
    assert block.first("a") == b"1 2"
    assert block.all("b") == (b"3",)
    assert block.body_start == 17


def test_a_bare_cr_ends_no_line() -> None:
    block = parse_header_block(b"Subject: x\rFrom: a@b.ru\n\n")
    assert not block.has("from")
    assert block.first("subject") == b"x\rFrom: a@b.ru"


def test_a_line_that_is_no_field_is_passed_over() -> None:
    block = parse_header_block(b"From school Mon Sep 2\nA: 1\nrubbish here\nB: 2\n\nC: 3")
    assert (block.first("a"), block.first("b"), block.has("c")) == (b"1", b"2", False)


def test_without_an_empty_line_the_body_begins_at_the_first_line_that_is_no_field() -> None:
    raw = b"A: 1\nB: 2\nJVBERi0=\n"
    assert raw[parse_header_block(raw).body_start :] == b"JVBERi0=\n"
    assert parse_header_block(b"A: 1\n").body_start == 5


@pytest.mark.parametrize("raw", [b"\nbody", b"\r\nbody"])
def test_a_header_may_be_empty(raw: bytes) -> None:
    block = parse_header_block(raw)
    assert block.fields == {}
    assert raw[block.body_start :] == b"body"


@pytest.mark.parametrize(
    "value",
    [
        b"=?utf-8?B?" + b64("Сферум") + b"?=",
        b"=?UTF-8*ru?b?" + b64("Сферум") + b"?=",
        b"=?windows-1251?Q?=D1=F4=E5=F0=F3=EC?=",
        b"=?iso-8859-1?Q?=D1=F4=E5=F0=F3=EC?=",
        b"=?koi8-r?B?" + b64("Сферум", "koi8-r") + b"?=",
        b"=?utf-8?B?" + b64("Сферум").rstrip(b"=") + b"?=",
        b"=?utf-8?B?" + b64("Сферум"),
        b"=?utf-8?B?0KHRhNC10YA=?=\n =?utf-8?B?0YPQvA==?=",
        b"=?utf-8?B?0KHRhNC10YDR?= =?utf-8?B?g9C8?=",
        b"=?utf-8?B?0KHRhNC10YDR?==?utf-8?B?g9C8?=",
        b"=?utf-8?B?0KHRhNC10?= =?utf-8?B?YDRg9C8?=",
        b"=?utf-8?B?0KHRhNC1\n 0YDRg9C8?=",
        b"=?utf-8?B?0KHRhNC1?= =?windows-1251?Q?=F0=F3=EC?=",
        "Сферум".encode(),
        "Сферум".encode("cp1251"),
    ],
)
def test_encoded_words_are_read_however_they_are_broken(value: bytes) -> None:
    assert decode_words(value) == "Сферум"


def test_plain_text_stays_between_encoded_words() -> None:
    assert decode_words(b"Re: =?utf-8?Q?=D1=8F?= and =?utf-8?Q?a_b?=.") == "Re: я and a b."


@pytest.mark.parametrize(
    "value",
    [
        b'; name="=?utf-8?B?' + b64(NAME) + b'?="',
        b"; name==?utf-8?B?" + b64(NAME) + b"?=",
        b'; name="' + NAME.encode() + b'"',
        b'; name="' + NAME.encode("cp1251") + b'"',
        b"; name=" + NAME.encode("koi8-r") + b"; size=5",
        b'; name="%D0%9F%D1%80%D0%B8%D0%BA%D0%B0%D0%B7%20%D0%BE%20%D0%BD%D0%B0%D0%B7%D0%BD%D0%B0'
        b'%D1%87%D0%B5%D0%BD%D0%B8%D0%B8.pdf"',
        b"; name*=utf-8''%D0%9F%D1%80%D0%B8%D0%BA%D0%B0%D0%B7%20%D0%BE%20"
        b"%D0%BD%D0%B0%D0%B7%D0%BD%D0%B0%D1%87%D0%B5%D0%BD%D0%B8%D0%B8.pdf",
        b"; name*0*=windows-1251''%CF%F0%E8%EA%E0%E7%20%EE; name*2=\".pdf\";"
        b" name*1*=%20%ED%E0%E7%ED%E0%F7%E5%ED%E8%E8",
        b'; name*0="=?utf-8?B?' + b64(NAME) + b'?="',
        b"; name=\"utf-8''%D0%9F%D1%80%D0%B8%D0%BA%D0%B0%D0%B7%20%D0%BE%20%D0%BD%D0%B0%D0%B7"
        b'%D0%BD%D0%B0%D1%87%D0%B5%D0%BD%D0%B8%D0%B8.pdf"',
        b"; name=plain.txt; name*=utf-8''%D0%9F%D1%80%D0%B8%D0%BA%D0%B0%D0%B7%20%D0%BE%20"
        b"%D0%BD%D0%B0%D0%B7%D0%BD%D0%B0%D1%87%D0%B5%D0%BD%D0%B8%D0%B8.pdf",
        b'\n\tname="' + "".join(f"&#{ord(sign)};" for sign in NAME).encode() + b'"',
    ],
)
def test_a_file_name_is_read_in_every_encoding_that_mailers_use(value: bytes) -> None:
    assert parameters(b"application/pdf" + value)["name"] == NAME


def test_quotation_marks_inside_quotation_marks_are_kept() -> None:
    value = 'attachment; filename="Приказ "О назначении".pdf"; size=5'.encode()
    assert parameters(value) == {"filename": 'Приказ "О назначении".pdf', "size": "5"}


def test_quoted_pairs_are_undone_and_directories_kept() -> None:
    assert parameters(rb'a; name="C:\dir\\a\"b.pdf"')["name"] == r'C:\dir\a"b.pdf'


def test_a_percent_sign_in_a_name_is_no_escape() -> None:
    assert parameters(b"a; name=100%25.pdf")["name"] == "100%25.pdf"
    assert parameters(b"a; name=%41%42.pdf")["name"] == "%41%42.pdf"
    assert parameters(b"a; name=%FF%FE.pdf")["name"] == "%FF%FE.pdf"


def test_a_media_type_is_lower_case_or_the_default() -> None:
    assert media_type(b"Text/HTML; charset=x", "a/b") == "text/html"
    assert media_type(b"text", "a/b") == "text/plain"
    assert media_type(b"pdf", "a/b") == "a/b"


def test_a_block_that_goes_on_beyond_what_is_looked_at_says_so() -> None:
    line = b"X: " + b"y" * HEADER_BYTES + b"\r\n"
    assert parse_header_block(b"A: 1\r\n" + line + b"B: 2\r\n\r\n").cut
    assert not parse_header_block(b"A: 1\r\n\r\n" + line).cut
    assert not parse_header_block(b"A: 1\r\n").cut
