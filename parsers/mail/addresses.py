"""The mailboxes of an address field (RFC 5322, 3.4), as a mail system sees them.

The raw bytes are taken apart first and decoded afterwards: a comma or an angle bracket inside an
encoded word is part of a name and never makes an address (decoding first yields addresses that no
mail system saw).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
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
    r'(?:"[^"\\\s]{1,64}"|[^\s@<>()\[\],;:\\"]{1,64})@[^\s@<>()\[\],;:\\"!#$%&\'*+/=?^`{|}~]{1,255}'
)
# a quoted string of a name, and a sign made harmless by a backslash
_QUOTED: Final = re.compile(rb'"((?:\\.|[^"\\])*)"', re.DOTALL)
_QUOTED_PAIR: Final = re.compile(rb"\\(.)", re.DOTALL)
_COMMENT: Final = re.compile(rb"\([^()]*\)")
# a source route (RFC 5322, 4.4) or the scheme of a link before an address; space around its signs
_ROUTE: Final = re.compile(rb"\s*(?:@[^:]*|mailto):", re.IGNORECASE)
_AROUND_SIGN: Final = re.compile(rb"\s*([@.])\s*")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address as it stands, and the name before it or in a comment beside it."""

    address: str
    name: str


def parse_mailboxes(value: bytes, charset: str | None = None) -> tuple[Mailbox, ...]:
    """Return every mailbox of the field's value in order, members of groups included.

    What has no usable address is left out. Two addresses that stand in one place are two mailboxes.
    """
    found = (box for entry in _entries(value[:_VALUE_BYTES]) for box in _mailboxes(entry, charset))
    return tuple(islice((box for box in found if box is not None), _MAILBOXES))


def parse_authors(value: bytes, charset: str | None = None) -> tuple[Mailbox, ...]:
    """Return every mailbox of a From field, none where one is not to be read or the field is endless.

    Who wrote must be seen whole: what one program leaves out another takes for the author.
    """
    found = [box for entry in _entries(value[:_VALUE_BYTES]) for box in _mailboxes(entry, charset)]
    known = tuple(box for box in found if box is not None)
    whole = len(value) <= _VALUE_BYTES and len(known) == len(found) <= _MAILBOXES
    return known if whole else ()


def _entries(value: bytes) -> Iterator[list[re.Match[bytes]]]:
    """Yield the tokens of each entry of the list.

    What stands before a colon is a group's name, unless it holds an address: then it is an entry.
    """
    entry: list[re.Match[bytes]] = []
    for token in _TOKEN.finditer(value):
        if token["colon"]:
            if any(_is_address(one) for one in entry):
                yield entry
            entry = []
        elif token["end"]:
            yield entry
            entry = []
        else:
            entry.append(token)
    yield entry


def _is_address(token: re.Match[bytes]) -> bool:
    """Whether a token stands in an address's place."""
    return token["angle"] is not None or b"@" in (token["word"] or b"")


def _mailboxes(entry: list[re.Match[bytes]], charset: str | None) -> Iterator[Mailbox | None]:
    """Yield the mailboxes of one entry, None for what stands in the place of one and is none."""
    angled = any(token["angle"] is not None for token in entry)
    addresses: list[bytes] = []
    words: list[bytes] = []
    for token in entry:
        # before an angle bracket a word with an @ is part of the name, behind it nobody knows what
        if _is_address(token) and (not angled or addresses or token["angle"] is not None):
            addresses.append(token["word"] or token["angle"])
        elif token["word"]:
            words.append(token["word"])
    comments = [token["comment"][1:-1] for token in entry if token["comment"]]
    name = _name(b" ".join(words or comments), charset)
    for raw in addresses:
        address = _address(raw)
        yield Mailbox(address, name) if address else None


def _address(raw: bytes) -> str:
    """Return the address that `raw` holds, "" where it holds none; a source route is dropped."""
    route = _ROUTE.match(raw)
    bare = _COMMENT.sub(b"", raw[route.end() :] if route else raw).strip()
    if b'"' not in bare:
        bare = _AROUND_SIGN.sub(rb"\1", bare)
    try:
        text = bare.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() and _ADDRESS.fullmatch(text) else ""


def _name(phrase: bytes, charset: str | None) -> str:
    plain = _QUOTED.sub(lambda found: _QUOTED_PAIR.sub(rb"\1", found[1]), phrase)
    return charsets.one_line(charsets.compose(decode_words(plain, charset)))
