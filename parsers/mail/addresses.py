"""The mailboxes of an address field (RFC 5322, 3.4), as a mail system sees them.

The raw bytes are taken apart first and decoded afterwards: a comma or an angle bracket inside an
encoded word is part of a name and never makes an address (decoding first yields addresses that no
mail system saw).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parsers.mail import charsets
from parsers.mail.headerfields import decode_words

_VALUE_BYTES: Final = 64 * 2**10
_MAILBOXES: Final = 500  # of one field

# a comment, an address in angle brackets, the signs between entries, a run of words and quoted
# strings that touch
_TOKEN: Final = re.compile(
    rb"(?P<comment>\((?:\\.|[^()\\]|\((?:\\.|[^()\\])*\))*\))"
    rb"|<(?P<angle>[^<>]*)(?:>|\Z)"
    rb"|(?P<end>[,;])"
    rb"|(?P<colon>:)"
    rb'|(?P<word>(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]*\?=|"(?:\\.|[^"\\])*"|\\.|[^()<>,:;\s"\\])+)',
    re.DOTALL,
)
# local part and domain; what could break a line or be read as two addresses is refused
_ADDRESS: Final = re.compile(
    r'(?:"[^"\\\s]{1,64}"|[^\s@<>()\[\],;:\\"]{1,64})@[^\s@<>()\[\],;:\\"]{1,255}'
)
# a quoted string of a name, and a sign made harmless by a backslash
_QUOTED: Final = re.compile(rb'"((?:\\.|[^"\\])*)"', re.DOTALL)
_QUOTED_PAIR: Final = re.compile(rb"\\(.)", re.DOTALL)
_COMMENT: Final = re.compile(rb"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address as it stands, and the name before it or in a comment beside it."""

    address: str
    name: str


def parse_mailboxes(value: bytes, charset: str | None = None) -> tuple[Mailbox, ...]:
    """Return every mailbox of the field's value in order, members of groups included.

    What has no usable address is left out. Two addresses that stand in one place are two mailboxes.
    """
    found: list[Mailbox] = []
    for entry in _entries(value[:_VALUE_BYTES]):
        found += _mailboxes(entry, charset)
        if len(found) >= _MAILBOXES:
            break
    return tuple(found[:_MAILBOXES])


def _entries(value: bytes) -> Iterator[list[re.Match[bytes]]]:
    """Yield the tokens of each entry of the list; what stands before a colon is a group's name."""
    entry: list[re.Match[bytes]] = []
    for token in _TOKEN.finditer(value):
        if token["colon"]:
            entry = []
        elif token["end"]:
            yield entry
            entry = []
        else:
            entry.append(token)
    yield entry


def _mailboxes(entry: list[re.Match[bytes]], charset: str | None) -> Iterator[Mailbox]:
    angles = [token["angle"] for token in entry if token["angle"] is not None]
    words = [token["word"] for token in entry if token["word"]]
    addresses = angles or [word for word in words if b"@" in word]
    comments = [token["comment"][1:-1] for token in entry if token["comment"]]
    name = [word for word in words if angles or word not in addresses] or comments
    for raw in addresses:
        address = _address(raw)
        if address:
            yield Mailbox(address, _name(b" ".join(name), charset))


def _address(raw: bytes) -> str:
    """Return the address that `raw` holds, "" where it holds none; a source route is dropped."""
    bare = b"".join(_COMMENT.sub(b"", raw).rsplit(b":", 1)[-1].split())
    try:
        text = bare.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() and _ADDRESS.fullmatch(text) else ""


def _name(phrase: bytes, charset: str | None) -> str:
    plain = _QUOTED.sub(lambda found: _QUOTED_PAIR.sub(rb"\1", found[1]), phrase)
    return charsets.one_line(charsets.compose(decode_words(plain, charset)))
