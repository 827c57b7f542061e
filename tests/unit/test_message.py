"""Specification of a message's header, its body and its parts."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable

import pytest

from parsers.facts import SubjectMatch, Trouble
from parsers.limits import Limits
from parsers.mail.message import Message, parse_headers, parse_message

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\nexample"
B64 = base64.encodebytes(PDF)


def read(raw: bytes | str, limits: Limits | None = None) -> Message:
    return parse_message(raw if isinstance(raw, bytes) else raw.encode(), limits or Limits())


def mixed(parts: Iterable[bytes], header: bytes = b"") -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/mixed; boundary=b\r\n" + header + b"\r\n" + body + b"--b--\r\n"


def attached(content: bytes = B64, encoding: str = "base64", name: str = "a.pdf") -> bytes:
    return (
        f"Content-Type: application/pdf\r\nContent-Transfer-Encoding: {encoding}\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    ).encode() + content


def test_the_header_of_an_ordinary_application() -> None:
    headers = parse_headers(
        "Return-Path: <school@example.ru>\r\n"
        "Authentication-Results: mx.example.ru;\r\n dkim=pass\r\n"
        "Authentication-Results: other.example.ru; dkim=fail\r\n"
        "From: =?utf-8?B?0KjQutC+0LvQsA==?= <school@example.ru>\r\n"
        "To: sferum@example.ru\r\nCc: Копия <b@example.ru>\r\n"
        "Subject: Re: Сферум: Регистрация организации\r\n"
        "Date: Mon, 2 Sep 2024 10:00:00 +0300\r\nMessage-ID: <1.a@example.ru> (added)\r\n"
        "In-Reply-To: <x@y>\r\nReferences: <w@y>\r\n <x@y> broken> <x@y>\r\n\r\nbody".encode()
    )
    assert headers.message_id == "<1.a@example.ru>"
    assert headers.sender == "school@example.ru"
    assert headers.sender_name == "Школа"
    assert headers.subject == "Re: Сферум: Регистрация организации"
    assert headers.subject_match is SubjectMatch.OURS
    assert headers.automatic is None
    assert headers.date == dt.datetime(2024, 9, 2, 7, tzinfo=dt.UTC)
    assert headers.in_reply_to == ("<x@y>",)
    assert headers.references == ("<w@y>", "<x@y>")
    assert headers.doubled == ()
    assert [found.service for found in headers.authentication_results] == [
        "mx.example.ru",
        "other.example.ru",
    ]
    assert headers.return_path == "school@example.ru"
    assert headers.envelope_to == ("sferum@example.ru", "b@example.ru")


def test_nothing_at_all_is_a_header_too() -> None:
    headers = parse_headers(b"")
    assert (headers.message_id, headers.sender, headers.subject, headers.date) == (
        None,
        "",
        "",
        None,
    )
    assert headers.return_path is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "abc",
        "<>",
        "<abc>",
        "<a@b",
        "a@b>",
        "<a b@c>",
        "<a@b@c>",
        "<а@b>",
        "<a@b> <c@d>",
        "<a<b@c>",
    ],
)
def test_a_malformed_message_id_is_none(value: str) -> None:
    assert parse_headers(f"Message-ID: {value}\n\n".encode()).message_id is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "вчера",
        "Mon, 31 Feb 2024 10:00:00 +0300",
        "1 Jan 99999 00:00:00 +0000",
        "31 Dec 9999 23:59:59 -2300",
    ],
)
def test_an_impossible_date_is_none(value: str) -> None:
    assert parse_headers(f"Date: {value}\n\n".encode()).date is None


def test_a_date_without_zone_is_taken_for_utc() -> None:
    headers = parse_headers(b"Date: Mon, 2 Sep 2024 10:00:00 -0000\n\n")
    assert headers.date == dt.datetime(2024, 9, 2, 10, tzinfo=dt.UTC)


def test_one_of_several_subjects_being_ours_makes_the_message_ours() -> None:
    headers = parse_headers(
        "Subject: Другое\nSubject: Сферум: Регистрация организации\nFrom: a@b.ru\nFrom: c@d.ru\n\n".encode()
    )
    assert headers.subject == "Сферум: Регистрация организации"
    assert headers.subject_match is SubjectMatch.OURS
    assert headers.doubled == ("from", "subject")
    assert headers.senders == ("a@b.ru", "c@d.ru")
    assert headers.sender == ""


def test_a_null_return_path_is_the_empty_string() -> None:
    assert parse_headers(b"Return-Path: <>\n\n").return_path == ""
    assert parse_headers(b"Return-Path: rubbish\n\n").return_path is None


def test_the_charset_of_the_text_is_a_hint_for_the_header() -> None:
    raw = b"Content-Type: text/plain; charset=koi8-r\nSubject: " + "Да".encode("koi8-r") + b"\n\n"
    assert parse_headers(raw).subject in ("Да", "\\xE4\\xC1")


def test_an_ordinary_message_is_text_and_attachments() -> None:
    plain = b"Content-Type: text/plain; charset=windows-1251\r\n\r\n" + "Добрый день!".encode(
        "cp1251"
    )
    message = read(mixed([plain, attached()]))
    assert message.text == "Добрый день!"
    assert [(part.name, part.content, part.inline) for part in message.parts] == [
        ("a.pdf", PDF, False)
    ]
    assert message.limits == ()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (B64, "base64"),
        (B64, "BASE64 "),
        (B64, "7bit"),
        (B64, ""),
        (B64, "quoted-printable"),
        (B64[:-3], "base64"),
        (PDF, "base64"),
        (PDF, "binary"),
        (b"%PDF-1.4\n%=E2=E3=CF=D3\nexample", "quoted-printable"),
        (b"begin 644 a.pdf\n#)5!$\n`\nend\n", "x-uuencode"),
        (base64.b64encode(PDF[:4]) + b"\n" + base64.b64encode(PDF[4:]), "base64"),
    ],
)
def test_a_content_is_decoded_in_spite_of_its_encoding(content: bytes, encoding: str) -> None:
    (part,) = read(mixed([attached(content, encoding)])).parts
    assert part.content.startswith(b"%PD")
    assert part.content.rstrip() in PDF


def test_broken_encodings_do_not_raise() -> None:
    for encoding in ("base64", "quoted-printable", "uuencode"):
        for content in (b"=", b"A", b"AB=C\x80=\x80D", b"\xff" * 50, b"M\n!\nMAAAA\n", b""):
            assert len(read(mixed([attached(content, encoding)])).parts) == 1


@pytest.mark.parametrize(
    "raw",
    [
        mixed([attached()]).replace(b"--b--\r\n", b""),
        mixed([attached()]).replace(b"; boundary=b", b""),
        mixed([attached()]).replace(b"boundary=b", b"boundary=other"),
        mixed([attached()]).replace(b"\r\n", b"\n"),
        mixed([attached()], header=b"Content-Type: text/plain\r\n"),
        b"Content-Type: text/plain\r\n" + mixed([attached()]),
        mixed([attached()]).replace(b"--b\r\n", b"--b  \r\n"),
        b"Content-Type: multipart/mixed; boundary=b\n\npreamble\n"
        + mixed([attached()]).split(b"\r\n\r\n", 1)[1]
        + b"epilogue",
        attached(),
        b"Content-Transfer-Encoding: base64\n\n" + B64,
    ],
)
def test_a_part_is_found_in_spite_of_its_boundaries(raw: bytes) -> None:
    assert [part.content for part in read(raw).parts] == [PDF]


def test_a_multipart_without_any_boundary_is_text() -> None:
    message = read(b"Content-Type: multipart/mixed; boundary=b\n\nhello")
    assert (message.text, message.parts) == ("hello", ())


def test_of_alternatives_a_reader_sees_one() -> None:
    html = b"Content-Type: text/html\r\n\r\n<p>html</p>"
    both = mixed([b"\r\nplain", html]).replace(b"mixed", b"alternative")
    assert read(both).text == "plain"
    assert read(mixed([b"\r\n ", html]).replace(b"mixed", b"alternative")).text == "html"
    assert read(mixed([b"\r\nplain", html])).text == "plain\n\nhtml"


def test_html_becomes_plain_text() -> None:
    raw = (
        "Content-Type: text/html; charset=utf-8\n\n<html><head><title>t</title></head><body><style>s</style>"
        "<!-- c --><p>Добрый&nbsp;день</p><div style='display:none'>x<div>y</div></div><br/>а < б"
        "<table><tr><td>1</td><td>2</td></tr></table></body></html>"
    )
    assert read(raw).text.split() == ["Добрый", "день", "а", "<", "б", "1", "2"]


def test_a_forwarded_message_is_opened() -> None:
    inner = "Subject: Приказ\r\n\r\n".encode() + b"inner text"
    forwarded = b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.ru\r\nTo: c@d.ru\r\n"
    nested = mixed([attached()]).replace(b"=b\r", b"=n\r").replace(b"--b", b"--n")
    with_file = forwarded + "Subject: Документы\r\n".encode() + nested
    message = read(mixed([with_file, forwarded + inner]))
    assert [(part.name, part.path) for part in message.parts] == [("a.pdf", ("Документы",))]
    assert message.text == "inner text"


def test_an_attached_eml_is_opened_whatever_it_is_called() -> None:
    eml = b"From: a@b.ru\r\nTo: c@d.ru\r\nSubject: x\r\n" + mixed([attached()])
    message = read(mixed([attached(base64.encodebytes(eml), name="Fwd.eml")]))
    assert [(part.name, part.path) for part in message.parts] == [("a.pdf", ("Fwd.eml",))]


def test_messages_in_messages_end_somewhere() -> None:
    head = b"Content-Type: message/rfc822\nFrom: a@b.ru\nTo: c@d.ru\nSubject: x\n\n"
    (part,) = read(head * 20 + b"text", Limits(depth=3)).parts
    assert part.trouble is Trouble.TOO_LARGE
    nest = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(99)
    )
    assert read(nest).parts == ()


def test_limits_are_facts() -> None:
    many = read(mixed([attached()] * 9), Limits(parts=5))
    assert len(many.parts) == 5
    assert [limit.raw for limit in many.limits] == ["частей в письме больше 5"]
    large = read(mixed([attached(), attached(PDF, "binary")]), Limits(file_bytes=20))
    assert {part.trouble for part in large.parts} == {Trouble.TOO_LARGE}
    assert all(part.content == b"" for part in large.parts)
    whole = read(mixed([attached()]), Limits(message_bytes=50))
    assert whole.parts == ()
    assert len(whole.limits) == 1


def test_files_inside_a_text_are_found() -> None:
    message = read(b"\nbefore\nbegin 644 a.pdf\n#)5!$\n`\nend\nafter\nbegin 644 b\nno end")
    assert [(part.name, part.content) for part in message.parts] == [("a.pdf", b"%PD")]
    assert "before" in message.text
    assert "after" in message.text


def test_inline_pictures_are_marked() -> None:
    picture = b"Content-Type: image/png\r\nContent-ID: <p1>\r\n\r\n\x89PNG\r\n\x1a\n"
    related = mixed([picture]).replace(b"mixed", b"related")
    (part,) = read(related).parts
    assert (part.inline, part.content_id) == (True, "p1")
    phone = picture.replace(b"Content-ID: <p1>", b"Content-Disposition: inline; filename=IMG_1.JPG")
    assert [part.inline for part in read(mixed([phone])).parts] == [True]


def test_reports_and_other_renderings_are_no_documents() -> None:
    status = b"Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1"
    amp = b"Content-Type: text/x-amp-html\r\n\r\n<html amp4email></html>"
    assert read(mixed([status, amp])).parts == ()


def test_pieces_of_the_text_that_a_server_named_are_text() -> None:
    piece = b"Content-Type: text/html; name=ATT00001.htm\r\n\r\n<p>x</p>"
    message = read(mixed([piece]))
    assert (message.text, message.parts) == ("x", ())


def test_a_digest_holds_messages() -> None:
    inner = b"\r\nFrom: a@b.ru\r\nTo: c@d.ru\r\nSubject: s\r\n\r\nhello"
    assert read(mixed([inner]).replace(b"mixed", b"digest")).text == "hello"


LINK = "https://disk.yandex.ru/d/AbCd123"


@pytest.mark.parametrize(
    "link",
    [
        LINK,
        "https://yadi.sk/d/AbCd123",
        "https://cloud.mail.ru/public/AbCd/123",
        "cloud.mail.ru/stock/abc",
        "https://drive.google.com/file/d/1a2b/view?usp=sharing",
        "https://docs.google.com/spreadsheets/d/1a2b/edit",
        "https://vk.com/doc123_456?hash=a",
        "https://1drv.ms/b/s!abc",
        "https://www.dropbox.com/s/abc/a.pdf?dl=0",
        "https://school-my.sharepoint.com/:b:/g/abc",
        "https://dropmefiles.com/abc",
        "https://cloud.school5.ru/index.php/s/AbCdEfGh1234567",
    ],
)
def test_links_to_files_in_a_cloud_are_found(link: str) -> None:
    assert [found.raw for found in read(f"\nПриказ: {link}.").cloud_links] == [link]


@pytest.mark.parametrize(
    "text",
    [
        "https://school5.ru/dokumenty",
        "https://disk.yandex.ru",
        "https://disk.yandex.ru/",
        "https://cloud.mail.ru/",
        "https://vk.com/school5",
        "почта a@yadi.sk/d",
        "https://sferum.ru/?p=instructions",
        f"> {LINK}",
    ],
)
def test_other_links_and_quoted_ones_are_not(text: str) -> None:
    assert read(f"\n{text}").cloud_links == ()


def test_links_behind_words_and_redirections_are_found() -> None:
    html = f"Content-Type: text/html\n\n<a href='{LINK}'>документы</a><blockquote><a href='{LINK}2'>x</a></blockquote>"
    assert [found.raw for found in read(html).cloud_links] == [LINK]
    redirected = "https://click.example.ru/?to=https%3A%2F%2Fdisk.yandex.ru%2Fd%2FAbCd123"
    assert [found.raw for found in read(f"\n{redirected}").cloud_links] == [LINK]


def test_links_of_a_forwarded_message_count() -> None:
    plain = f"\n-------- Пересылаемое сообщение --------\n> {LINK}"
    assert [found.raw for found in read(plain).cloud_links] == [LINK]
    html = (
        "Content-Type: text/html; charset=utf-8\n\nПересылаемое сообщение"
        f"<blockquote><a href='{LINK}'>x</a></blockquote>"
    )
    assert [found.raw for found in read(html).cloud_links] == [LINK]
