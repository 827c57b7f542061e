"""Messages as Russian mailers write them: encoded subjects and file names, HTML beside text, a forwarded message."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.policy import compat32
from email.utils import encode_rfc2231, format_datetime
from enum import StrEnum
from typing import Final

SUBJECT: Final = "Сферум: Регистрация организации"
MOSCOW: Final = dt.timezone(dt.timedelta(hours=3))
RECIPIENT: Final = "sferum@mail.example"


class FileNames(StrEnum):
    """How a name that is not ASCII stands in a header."""

    ENCODED_WORD = "encoded_word"  # in quotes, against RFC 2047, as most mailers do
    RFC2231 = "rfc2231"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailer:
    """The habits of one mail program."""

    name: str
    header: str = "X-Mailer"
    charset: str = "utf-8"
    quoted: bool = False  # encoded words and bodies as quoted-printable, else base64
    file_names: FileNames = FileNames.ENCODED_WORD
    id_domain: str = "mail.example"


MAIL_RU: Final = Mailer(name="Mail.Ru Mailer 1.0", id_domain="f.m.mail.example")
YANDEX: Final = Mailer(
    name="Yamail [ http://yandex.ru ] 5.0",
    file_names=FileNames.RFC2231,
    id_domain="mail.yandex.example",
)
OUTLOOK: Final = Mailer(
    name="Microsoft Outlook 16.0", charset="koi8-r", quoted=True, id_domain="school.example"
)
THE_BAT: Final = Mailer(
    name="The Bat! (v9.4) Professional",
    charset="windows-1251",
    file_names=FileNames.RFC2231,
    id_domain="edu.example",
)
PHONE: Final = Mailer(
    name="MailRuAndroid 14", header="User-Agent", quoted=True, id_domain="mobile.mail.example"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What goes into a message; the same draft always gives the same bytes."""

    sender: str
    sender_name: str
    date: dt.datetime  # aware
    text: str
    subject: str = SUBJECT
    recipient: str = RECIPIENT
    files: Sequence[File] = ()
    forwarded: bytes | None = None  # a whole message that this one carries
    headers: Sequence[tuple[str, str]] = ()  # further ones, ASCII
    mailer: Mailer = field(default=MAIL_RU)


def compose_message(draft: Draft) -> bytes:
    """Return the bytes of a message, lines ending with CRLF."""
    message = _with_attachments(draft)
    charset = _charset(draft.mailer)
    del message["MIME-Version"]
    message["Message-ID"] = f"<{_digest(draft)[:24]}@{draft.mailer.id_domain}>"
    message["Date"] = format_datetime(draft.date.astimezone(MOSCOW))
    name = Header(draft.sender_name, charset).encode()
    message["From"] = f"{name} <{draft.sender}>"
    message["To"] = draft.recipient
    message["Subject"] = Header(draft.subject, charset, header_name="Subject").encode()
    message["MIME-Version"] = "1.0"
    message[draft.mailer.header] = draft.mailer.name
    for field_name, value in draft.headers:
        message[field_name] = value
    return message.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _with_attachments(draft: Draft) -> Message:
    body = _body(draft)
    if not draft.files and draft.forwarded is None:
        return body
    whole = MIMEMultipart("mixed", boundary=f"----=_{_digest(draft)[24:44]}")
    whole.attach(body)
    if draft.forwarded is not None:
        whole.attach(MIMEMessage(BytesParser(policy=compat32).parsebytes(draft.forwarded)))
    for file in draft.files:
        whole.attach(_attachment(file, draft.mailer))
    return whole


def _body(draft: Draft) -> Message:
    """Text and the same as HTML."""
    charset = _charset(draft.mailer)
    both = MIMEMultipart("alternative", boundary=f"----=_{_digest(draft)[44:64]}")
    lines = "<br>\n".join(html.escape(line) for line in draft.text.splitlines())
    for subtype, text in (("plain", draft.text), ("html", f"<html><body>{lines}</body></html>")):
        part = MIMEText("", subtype)
        del part["Content-Type"], part["Content-Transfer-Encoding"], part["MIME-Version"]
        part["Content-Type"] = f'text/{subtype}; charset="{draft.mailer.charset}"'
        part.set_payload(text, charset)
        both.attach(part)
    return both


def _attachment(file: File, mailer: Mailer) -> Message:
    _, _, subtype = file.media_type.partition("/")
    part = MIMEApplication(file.content, subtype)
    del part["Content-Type"], part["MIME-Version"]
    if mailer.file_names is FileNames.RFC2231:
        name = encode_rfc2231(file.name, mailer.charset)
        part["Content-Type"] = f"{file.media_type};\n name*={name}"
        part["Content-Disposition"] = f"attachment;\n filename*={name}"
    else:
        name = Header(file.name, _charset(mailer), maxlinelen=10_000).encode()
        part["Content-Type"] = f'{file.media_type};\n name="{name}"'
        part["Content-Disposition"] = f'attachment;\n filename="{name}"'
    return part


def _charset(mailer: Mailer) -> Charset:
    charset = Charset(mailer.charset)
    charset.header_encoding = charset.body_encoding = QP if mailer.quoted else BASE64
    return charset


def _digest(draft: Draft) -> str:
    words = f"{draft.sender} {draft.date.isoformat()} {draft.subject} {draft.text}"
    digest = hashlib.sha256(words.encode())
    for file in draft.files:
        digest.update(hashlib.sha256(file.content).digest())
    return digest.hexdigest()
