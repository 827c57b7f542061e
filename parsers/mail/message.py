"""A message's bytes → its header (RFC 5322), the text of its body, the parts of interest.

Nothing here raises on what a stranger wrote, nothing is fetched, nothing is executed.
`parse_headers` looks at the header alone, so that a mailbox can tell whether a message is ours
without its body.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from parsers.facts import Evidence, Headers, How, SubjectMatch
from parsers.limits import Limits
from parsers.mail import charsets
from parsers.mail.addresses import Mailbox, parse_authors, parse_mailboxes
from parsers.mail.authentication import find_authentication
from parsers.mail.automatic import find_automatic
from parsers.mail.headerfields import HeaderBlock, decode_words, parameters, parse_header_block
from parsers.mail.links import find_cloud_links
from parsers.mail.mime import Part, read_parts
from parsers.mail.subject import match_subject

__all__ = ["Message", "Part", "parse_headers", "parse_message"]

# RFC 5322, 3.6: what may stand once at most
_ONCE: Final = (
    "date",
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "message-id",
    "in-reply-to",
    "references",
    "subject",
)
_MESSAGE_IDS: Final = 200  # of References that are kept, the last ones
_FIELDS: Final = 50  # of one name that are read
_SUBJECT_BYTES: Final = 8 * 2**10  # of one subject that are read
_SHORT_VALUE: Final = 2000  # bytes of a message id or a date that are read
# a message id in its angle brackets, printable ASCII, one @
_MESSAGE_ID: Final = re.compile(rb"<[!-;=?A-~]{1,480}@[!-;=?A-~]{1,480}>")
# comments that some servers put behind a message id
_TRAILING_COMMENTS: Final = re.compile(rb"(?:\s*\([^()]*\))+\s*\Z")
_RANK: Final = (SubjectMatch.OURS, SubjectMatch.NEAR_MISS, SubjectMatch.FOREIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, taken apart."""

    headers: Headers
    parts: tuple[Part, ...] = ()  # every part that may be a document, in order, not yet opened
    text: str = ""  # what a reader of the mail sees, quotations included
    cloud_links: tuple[Evidence, ...] = ()  # document "" is the body
    limits: tuple[Evidence, ...] = ()  # what was left unread because a limit was reached


def parse_headers(raw: bytes) -> Headers:
    """Read the header of `raw`, a header block or a whole message; the body is not looked at."""
    return _headers(parse_header_block(raw))


def parse_message(raw: bytes, limits: Limits) -> Message:
    """Take a whole message apart, forwarded messages inside it included."""
    block = parse_header_block(raw)
    headers = _headers(block)
    if len(raw) > limits.message_bytes:
        return Message(headers=headers, limits=(_reached("письмо больше допустимого размера"),))
    body = read_parts(raw, block, limits)
    return Message(
        headers=headers,
        parts=body.parts,
        text=body.text,
        cloud_links=tuple(
            Evidence(document="", raw=link, how=How.TEXT)
            for link in find_cloud_links(body.own_text)
        ),
        limits=tuple(
            _reached(what)
            for what in (*body.limits, *(["заголовок письма слишком длинный"] if block.cut else []))
        ),
    )


def _reached(what: str) -> Evidence:
    return Evidence(document="", raw=what, how=How.TEXT)


def _headers(block: HeaderBlock) -> Headers:
    charset = parameters(block.first("content-type")).get("charset")
    mailboxes = _mailboxes(block, ("from",), charset, parse_authors)
    senders = tuple(mailbox.address for mailbox in mailboxes)
    subject, match = _subject(block, charset)
    return Headers(
        message_id=_message_id(block),
        senders=senders,
        sender_name=mailboxes[0].name if mailboxes else "",
        subject=subject,
        subject_match=match,
        automatic=find_automatic(block, subject=subject, match=match, senders=senders),
        date=_date(block),
        in_reply_to=_message_ids(block, "in-reply-to"),
        references=_message_ids(block, "references"),
        doubled=tuple(name for name in _ONCE if len(block.all(name)) > 1),
        authentication_results=find_authentication(block, senders),
        return_path=_return_path(block),
        envelope_to=tuple(box.address for box in _mailboxes(block, ("to", "cc"), charset)),
    )


def _subject(block: HeaderBlock, charset: str | None) -> tuple[str, SubjectMatch]:
    """Return the subject that is nearest to ours, the topmost of equals, and how near it is."""
    found = [
        charsets.one_line(charsets.compose(decode_words(value[:_SUBJECT_BYTES], charset)))
        for value in block.all("subject")[:_FIELDS]
    ]
    matches = [(match_subject(text), text) for text in found]
    for wanted in _RANK:
        for match, text in matches:
            if match is wanted:
                return text, match
    return "", SubjectMatch.FOREIGN


def _mailboxes(
    block: HeaderBlock,
    names: tuple[str, ...],
    charset: str | None,
    parse: Callable[[bytes, str | None], tuple[Mailbox, ...]] = parse_mailboxes,
) -> tuple[Mailbox, ...]:
    return tuple(
        mailbox
        for name in names
        for value in block.all(name)[:_FIELDS]
        for mailbox in parse(value, charset)
    )


def _message_id(block: HeaderBlock) -> str | None:
    value = _TRAILING_COMMENTS.sub(b"", block.first("message-id")[:_SHORT_VALUE])
    return value.decode("ascii") if _MESSAGE_ID.fullmatch(value) else None


def _message_ids(block: HeaderBlock, name: str) -> tuple[str, ...]:
    found = (word for value in block.all(name)[:_FIELDS] for word in _MESSAGE_ID.findall(value))
    return tuple(dict.fromkeys(word.decode("ascii") for word in found))[-_MESSAGE_IDS:]


def _date(block: HeaderBlock) -> dt.datetime | None:
    """Return the date as UTC, None where it is absent or impossible."""
    text = block.first("date")[:_SHORT_VALUE].decode("ascii", "replace")
    try:
        date = parsedate_to_datetime(text)
        aware = date if date.tzinfo else date.replace(tzinfo=dt.UTC)
        return aware.astimezone(dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _return_path(block: HeaderBlock) -> str | None:
    """Return the topmost Return-Path, "" for the null path, None where there is none."""
    values = block.all("return-path")
    if not values:
        return None
    if values[0].strip() == b"<>":
        return ""
    mailboxes = parse_mailboxes(values[0])
    return mailboxes[0].address if mailboxes else None
