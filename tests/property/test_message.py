"""Whatever a stranger writes, reading it ends in well-formed facts."""

from __future__ import annotations

import base64
import unicodedata
from dataclasses import astuple
from email.header import Header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.files.attachments import open_attachments
from parsers.limits import Limits
from parsers.mail.message import parse_headers, parse_message
from parsers.mail.mime import Part
from parsers.mail.subject import match_subject

LIMITS = Limits(parts=20, depth=3)
OURS = "Сферум: Регистрация организации"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"

# pieces that mail is made of, in an order that nobody intended
PIECES = st.sampled_from(
    [
        b"\n", b"\r\n", b"\r", b"\n\n", b": ", b"Subject: ", b"From: ", b"To: a@b.ru, <c@d>", b"Date: ", b"\t",
        b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: message/rfc822\n\n", b"\n--b\n", b"\n--b--\n",
        b"Content-Type: text/html\n\n", b"Content-Transfer-Encoding: base64\n", b"=?utf-8?B?", b"?=", b"=?koi8-r?q?",
        b"Content-Disposition: attachment; filename*0*=cp1251''%CF", b"; filename=\"", b"begin 644 a\n", b"\nend\n",
        b"<a href='https://disk.yandex.ru/d/a'>", b"<!--", b"<style>", b"PK\x03\x04", b"%PDF-", b"\0", b"\xff", b"=",
        b"Message-ID: <", b"@", b">", b"(", b")", b"\\", b"\"", b";", b"Return-Path: <>\n", b"References: <a@b> ",
        b"Authentication-Results: ", b"mx.b; dkim=pass header.d=b", b"(", b")", b"spf=", b"\x01", b"\xc2\x85",
    ]
)  # fmt: skip
MAIL = st.lists(PIECES | st.binary(max_size=12), max_size=40).map(b"".join)

# how the files begin that are looked into, so that the looking is reached
BEGINNINGS = st.sampled_from(
    [
        b"",
        b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.5 /ObjStm ", b"Rar!\x1a\x07\x00",
        b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08\x00", b"\x78\x9f\x3e\x22\x01\0",
        b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", b"MZ", b"<html", b"{\\rtf",
        b"From: a\nTo: b\nSubject: c\n",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    ["", "a.pdf", "a.xls", "a.eml", "a.zip", "winmail.dat", "a.sig", "../x", "a\0.exe"]
)


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for item in value for text in strings(item)] if isinstance(value, tuple) else []


@given(MAIL)
def test_any_bytes_are_read_without_an_exception_into_clean_strings(raw: bytes) -> None:
    message = parse_message(raw, LIMITS)
    assert message.headers == parse_headers(raw)
    assert len(message.parts) <= LIMITS.parts
    for text in strings(astuple(message.headers)):
        text.encode("utf-8")
        assert not any(unicodedata.category(sign) == "Cc" for sign in text)
    assert not any(sign in message.text for sign in "\0\x1b\x7f\r")


@given(BEGINNINGS, st.binary(max_size=300), NAMES)
def test_any_attachment_is_accounted_for(beginning: bytes, rest: bytes, name: str) -> None:
    part = Part(name=name, media_type="application/octet-stream", content=beginning + rest)
    files = open_attachments([part], LIMITS)
    for file in files:
        assert file.name
        assert bool(file.trouble) == bool(file.detail)
    assert files == open_attachments([part], LIMITS)


@given(st.text(max_size=80))
def test_the_header_alone_says_the_same_as_the_whole_message(body: str) -> None:
    head = f"Subject: {OURS}\nFrom: a@b.ru\n\n".encode()
    assert parse_headers(head) == parse_headers(head + body.encode("utf-8", "replace"))


@given(st.text(alphabet=CYRILLIC + CYRILLIC.upper() + " №5«».-", min_size=1, max_size=60))
@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251"])
def test_an_encoded_subject_is_read_back(charset: str, tail: str) -> None:
    subject = f"{OURS} {tail}".replace("№", "N").replace("«", '"').replace("»", '"').strip()
    encoded = Header(subject, charset, maxlinelen=50).encode()
    headers = parse_headers(f"Subject: {encoded}\n\n".encode())
    assert headers.subject == " ".join(subject.split(" "))
    assert headers.subject_match is match_subject(subject)


@given(st.text(alphabet=CYRILLIC + "ABC 123_()№", min_size=1, max_size=60))
def test_an_attachment_is_read_back_under_its_name(stem: str) -> None:
    name = f"{stem.strip()}.pdf"
    mail = EmailMessage()
    mail.set_content("текст")
    mail.add_attachment(b"%PDF-1.4 " + stem.encode(), "application", "pdf", filename=name)
    (part,) = parse_message(mail.as_bytes(), LIMITS).parts
    assert part.name == unicodedata.normalize("NFC", " ".join(name.split("\n")))
    assert part.content == b"%PDF-1.4 " + stem.encode()


@given(st.binary(max_size=500), st.integers(20, 90))
def test_base64_is_decoded_whatever_its_lines(content: bytes, width: int) -> None:
    text = base64.b64encode(b"%PDF-" + content)
    lines = b"\r\n".join(text[at : at + width] for at in range(0, len(text), width))
    head = b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
    (part,) = parse_message(head + lines, LIMITS).parts
    assert part.content == b"%PDF-" + content
