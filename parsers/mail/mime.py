"""The parts of a message (RFC 2045-2047, 2183, 2231) as Russian mailers put them together.

Multiparts are taken apart by their boundaries inside the one buffer, so that a large message is not
copied for every level. A boundary that is missing is guessed, one that never comes back ends with
what surrounds it; messages inside the message are opened, whether they call themselves so or are an
attached `.eml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from parsers.facts import Trouble
from parsers.limits import Limits
from parsers.mail import charsets, transfer
from parsers.mail.headerfields import (
    HeaderBlock,
    decode_words,
    media_type,
    parameters,
    parse_header_block,
)
from parsers.mail.links import is_forward, without_quotations
from parsers.mail.plaintext import html_to_text

_MULTIPARTS: Final = 20  # multiparts in multiparts; real mail has four
_BODY_BYTES: Final = 2 * 2**20  # of one text of a body that are looked at

# a boundary where the header names none: a line of two dashes before a part's header
_ANY_BOUNDARY: Final = re.compile(
    rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*\r?\nContent-", re.IGNORECASE
)
# what begins like a message: three fields of RFC 5322 in a row of fields
_MESSAGE: Final = re.compile(
    rb"\s*(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*){3}", re.IGNORECASE
)
_MESSAGE_FIELD: Final = re.compile(
    rb"^(?:received|from|to|subject|date|message-id|mime-version|return-path|delivered-to)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
# texts that servers cut off from a body and name themselves
_BODY_PIECE: Final = re.compile(
    r"(?:att\d{3,}|part[ ._]?\d+(?:\.\d+)*)\.(?:txt|html?)", re.IGNORECASE
)

_REPORTS: Final = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
    }
)
_OTHER_BODIES: Final = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched"})
_DEEP: Final = "вложено слишком глубоко"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a message that may be a document: decoded, not opened."""

    name: str  # "" where it has none
    media_type: str  # as declared, lower-case
    content: bytes
    inline: bool = False  # shown inside the text of the mail
    content_id: str | None = None
    path: tuple[str, ...] = ()  # the messages that it lies in, outermost first
    trouble: Trouble | None = None  # why there is no content
    detail: str = ""  # for people, in Russian


@dataclass(frozen=True, slots=True)
class Body:
    """What a message holds beside its header."""

    parts: tuple[Part, ...]
    text: str  # all that a reader of the mail sees
    own_text: str  # without quotations of an earlier mail, with the addresses of links
    limits: tuple[str, ...]  # limits that were reached, in Russian


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of the body; of those with the same `choice` a reader sees one."""

    html: bool
    shown: str
    own: str
    choice: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the message a part stands."""

    messages: tuple[str, ...] = ()
    multiparts: int = 0
    choice: int = 0  # number of the multipart/alternative around it, 0 where there is none
    related: bool = False
    default_type: str = "text/plain"


def read_parts(raw: bytes, block: HeaderBlock, limits: Limits) -> Body:
    """Take apart the message `raw` whose header is `block`."""
    walk = _Walk(limits)
    walk.entity(raw, block, len(raw), _Place())
    texts = _chosen(walk.texts)
    return Body(
        parts=tuple(walk.parts),
        text="\n\n".join(filter(None, (text.shown for text in texts))),
        own_text="\n\n".join(filter(None, (text.own for text in walk.texts))),
        limits=tuple(dict.fromkeys(walk.reached)),
    )


def is_message(content: bytes) -> bool:
    """Whether `content` is a mail message with its header."""
    head = content[:4000]
    return bool(_MESSAGE.match(head)) and len(set(_MESSAGE_FIELD.findall(head))) >= 3


@dataclass(slots=True)
class _Walk:
    """Collects parts and texts of one message within its limits."""

    limits: Limits
    parts: list[Part] = field(default_factory=list)
    texts: list[_Text] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    leaves: int = 0
    total: int = 0
    choices: int = 0

    def entity(self, raw: bytes, block: HeaderBlock, end: int, place: _Place) -> None:
        """Read what `block` is the header of, up to `end` of `raw`."""
        kind, content_type = _content_type(raw, block, end, place)
        if kind.startswith("multipart/"):
            boundary = _boundary(raw, block.body_start, end, content_type.get("boundary", ""))
            if boundary and place.multiparts < _MULTIPARTS:
                self._multipart(raw, (block.body_start, end), boundary, _inside(self, place, kind))
                return
            kind = "text/plain"
        self._leaf(raw, block, end, _Leaf.of(block, kind, content_type, place))

    def _multipart(self, raw: bytes, span: tuple[int, int], boundary: bytes, place: _Place) -> None:
        for start, end in _sections(raw, span, boundary):
            if self.leaves >= self.limits.parts:
                self.reached.append(f"частей в письме больше {self.limits.parts}")
                return
            self.entity(raw, parse_header_block(raw, start, end), end, place)

    def _leaf(self, raw: bytes, block: HeaderBlock, end: int, leaf: _Leaf) -> None:
        self.leaves += 1
        if leaf.kind in _REPORTS or (leaf.kind in _OTHER_BODIES and not leaf.attached):
            return
        start = min(block.body_start, end)
        size = transfer.decoded_size(end - start, leaf.encoding)
        if size > self.limits.file_bytes or self.total + size > self.limits.total_bytes:
            self._part(leaf, b"", Trouble.TOO_LARGE, "файл больше допустимого размера")
            return
        if leaf.is_body:
            self._body(raw[start:end], leaf)
            return
        content = transfer.decode_transfer(raw[start:end], leaf.encoding)
        self.total += len(content)
        if leaf.may_be_message and is_message(content):
            self._message(content, leaf)
        else:
            self._part(leaf, content)

    def _message(self, content: bytes, leaf: _Leaf) -> None:
        """Open a message inside the message."""
        inner = content.lstrip(b"\r\n")
        block = parse_header_block(inner)
        if len(leaf.place.messages) >= self.limits.depth:
            self._part(leaf, b"", Trouble.TOO_LARGE, _DEEP)
            return
        subject = charsets.one_line(decode_words(block.first("subject")))
        messages = (*leaf.place.messages, leaf.name or subject)
        self.entity(inner, block, len(inner), _Place(messages=messages))

    def _body(self, raw: bytes, leaf: _Leaf) -> None:
        content = transfer.decode_declared(raw, leaf.encoding)
        self.total += len(content)
        if transfer.is_known_file(content):
            self._part(leaf, content)
            return
        if not leaf.encoding:
            content, files = transfer.find_uuencoded(content, self.limits.parts - self.leaves)
            self.leaves += len(files)
            for name, inner in files:
                self._part(leaf.named(charsets.one_line(decode_words(name))), inner)
        text = charsets.decode(content[:_BODY_BYTES], leaf.charset)
        self.texts.append(_body_text(text, leaf))

    def _part(
        self, leaf: _Leaf, content: bytes, trouble: Trouble | None = None, detail: str = ""
    ) -> None:
        self.parts.append(
            Part(
                name=leaf.name,
                media_type=leaf.kind,
                content=content,
                inline=leaf.inline,
                content_id=leaf.content_id,
                path=leaf.place.messages,
                trouble=trouble,
                detail=detail,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """What the header of a part without parts says."""

    kind: str
    name: str
    encoding: str
    charset: str | None
    attached: bool
    inline: bool
    content_id: str | None
    place: _Place

    @classmethod
    def of(
        cls, block: HeaderBlock, kind: str, content_type: Mapping[str, str], place: _Place
    ) -> _Leaf:
        """Read the header of a part."""
        disposition = block.first("content-disposition")
        filename = parameters(disposition).get("filename", "")
        word = disposition.split(b";", 1)[0].strip().lower()
        content_id = charsets.one_line(charsets.decode(block.first("content-id"))).strip("<>")
        named = filename or ("" if _is_text_body(kind, place) else content_type.get("name", ""))
        attached = word == b"attachment" or (bool(named) and not _BODY_PIECE.fullmatch(named))
        return cls(
            kind=kind,
            name=named or content_type.get("name", ""),
            encoding=block.first("content-transfer-encoding").decode("ascii", "replace"),
            charset=content_type.get("charset"),
            attached=attached,
            inline=word != b"attachment" and (word == b"inline" or place.related),
            content_id=content_id or None,
            place=place,
        )

    @property
    def is_body(self) -> bool:
        """Whether it is a text of the mail itself."""
        return self.kind in ("text/plain", "text/html") and not self.attached

    @property
    def may_be_message(self) -> bool:
        """Whether a message inside is to be opened."""
        return self.kind.startswith("message/") or self.name.lower().endswith(".eml")

    def named(self, name: str) -> _Leaf:
        """The same place under another name, for a file inside a text."""
        return _Leaf(
            kind="application/octet-stream",
            name=name,
            encoding="",
            charset=None,
            attached=True,
            inline=False,
            content_id=None,
            place=self.place,
        )


def _is_text_body(kind: str, place: _Place) -> bool:
    return place.choice > 0 and kind in ("text/plain", "text/html")


def _content_type(
    raw: bytes, block: HeaderBlock, end: int, place: _Place
) -> tuple[str, Mapping[str, str]]:
    """Return type and parameters; of several fields the one whose boundary is there."""
    values = block.all("content-type")
    for value in values[:5] if len(values) > 1 else ():
        boundary = parameters(value).get("boundary")
        if boundary and raw.find(b"--" + _boundary_bytes(boundary), block.body_start, end) >= 0:
            return media_type(value, "multipart/mixed"), parameters(value)
    if not values:
        return place.default_type, {}
    return media_type(values[0], "application/octet-stream"), parameters(values[0])


def _inside(walk: _Walk, place: _Place, kind: str) -> _Place:
    """Return the place of what lies directly in a multipart of this kind."""
    choice = place.choice
    if kind == "multipart/alternative" and not choice:
        walk.choices += 1
        choice = walk.choices
    return _Place(
        messages=place.messages,
        multiparts=place.multiparts + 1,
        choice=choice,
        related=place.related or kind == "multipart/related",
        default_type="message/rfc822" if kind == "multipart/digest" else "text/plain",
    )


def _boundary_bytes(boundary: str) -> bytes:
    return boundary.encode("utf-8", "replace").rstrip()


def _boundary(raw: bytes, start: int, end: int, named: str) -> bytes:
    """Return the boundary that parts the body, b"" where there is none."""
    boundary = _boundary_bytes(named)
    if boundary and raw.find(b"--" + boundary, start, end) >= 0:
        return boundary
    guess = _ANY_BOUNDARY.search(raw, max(start - 1, 0), end)
    return guess[1] if guess else b""


def _sections(raw: bytes, span: tuple[int, int], boundary: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end of each part; one whose boundary never comes ends with the body."""
    start, end = span
    line = re.compile(rb"(?:\A|\n)--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    begin: int | None = None
    for found in line.finditer(raw, max(start - 1, 0), end):
        if begin is not None:
            stop = found.start()
            if stop > begin and raw[stop - 1] == 0x0D:
                stop -= 1
            yield begin, max(stop, begin)
        begin = None if found[1] else min(found.end() + 1, end)
        if found[1]:
            return
    if begin is not None and begin < end:
        yield begin, end


def _body_text(text: str, leaf: _Leaf) -> _Text:
    is_html = leaf.kind == "text/html"
    if not is_html:
        shown = charsets.many_lines(text).strip()
        return _Text(False, shown, without_quotations(shown), leaf.place.choice)
    plain = html_to_text(text)
    own = plain.text if is_forward(plain.text) else plain.own_text
    links = plain.all_links if is_forward(plain.text) else plain.own_links
    shown = charsets.many_lines(plain.text)
    return _Text(True, shown, charsets.many_lines("\n".join((own, *links))), leaf.place.choice)


def _chosen(texts: list[_Text]) -> list[_Text]:
    """Return the texts that a reader sees: of alternatives the plain one, unless it is empty."""
    plain = {text.choice for text in texts if text.choice and not text.html and text.shown}
    return [text for text in texts if not (text.choice in plain and text.html)]
