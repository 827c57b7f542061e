"""The header block of a message or part: its fields as bytes, their words and parameters decoded.

Lines end with CRLF or LF (RFC 5322; a lone LF is what a Maildir holds); a bare CR ends none, which
is why the standard library's parser is not used here. What Russian mailers do beyond RFC 2047 and
RFC 2231 is understood: encoded words split in the middle of a letter or of a base64 quantum,
unencoded 8-bit text, encoded words and percent escapes inside file names, quotation marks inside
quotation marks.
"""

from __future__ import annotations

import binascii
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from parsers.limits import HEADER_BYTES
from parsers.mail import charsets

_VALUE_BYTES: Final = 64 * 2**10  # of one field whose words or parameters are decoded

# the empty line that ends a header block
_BLANK_LINE: Final = re.compile(rb"(?:\A|\n)\r?\n")
# a field's name, colon and value with its continuation lines (RFC 5322, 2.2; space before the
# colon: 4.5)
_FIELD: Final = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
# a line that is neither a field nor its continuation
_NO_FIELD: Final = re.compile(rb"^(?![!-9;-~]{1,200}[ \t]*:|[ \t]|From |>From )", re.MULTILINE)
_FOLD: Final = re.compile(rb"\r?\n(?=[ \t])")
# RFC 2047: =?charset*language?B?text?=; the end may be cut off
_ENCODED_WORD: Final = re.compile(
    rb"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?(.*?)(?:\?=|\Z)", re.DOTALL
)
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*")
# one parameter: its name; its value in quotation marks, in marks with others inside, or bare up to
# the semicolon. Nothing is tried twice: a stranger's 64 kB of spaces or marks must cost no minute.
_PARAMETER: Final = re.compile(
    rb'(?:;|(?<!\s)\s)\s*+([^\s=;"()]{1,80})\s*+=\s*+'
    rb'("(?:\\.|[^"\\])*+"(?=\s*+(?:;|\Z))|".{0,1000}?"(?=\s*+(?:\Z|;\s*+[\w*-]++\s*+=))|[^;]*)',
    re.DOTALL,
)
_ESCAPED_QUOTE: Final = re.compile(rb'\\(["\\])')
# RFC 2231: name*, name*0, name*0*
_CONTINUED: Final = re.compile(rb"([^*]+)\*(?:(\d{1,3})(\*)?)?")
_PERCENT: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_CHARSET_PREFIX: Final = re.compile(rb"([A-Za-z0-9_-]{2,40})'[A-Za-z-]{0,20}'(?=%|[^'])")
_HTML_REFERENCE: Final = re.compile(r"&#x?[0-9A-Fa-f]{2,6};")


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """Unfolded values by lower-case field name, topmost first, and where the body begins."""

    fields: Mapping[str, tuple[bytes, ...]]
    body_start: int
    cut: bool = False  # it goes on beyond what is looked at

    def all(self, name: str) -> tuple[bytes, ...]:
        """The values of every field `name`, topmost first."""
        return self.fields.get(name, ())

    def first(self, name: str) -> bytes:
        """The topmost value of field `name`, b"" where there is none."""
        return self.fields.get(name, (b"",))[0]

    def has(self, name: str) -> bool:
        """Whether field `name` is there."""
        return name in self.fields


def parse_header_block(raw: bytes, start: int = 0, end: int | None = None) -> HeaderBlock:
    """Return the header block that begins at `start`; lines that are no field are passed over.

    Where no empty line ends the block, the body begins at the first line that is no field.
    """
    stop = len(raw) if end is None else end
    if raw[start : start + 2].startswith((b"\n", b"\r\n")):
        return HeaderBlock({}, start + (1 if raw[start] == 0x0A else 2))
    head = raw[start : min(stop, start + HEADER_BYTES)]
    blank = _BLANK_LINE.search(head)
    cut = not blank and len(head) == HEADER_BYTES
    if blank:
        length, body = blank.start() + 1, blank.end()
    else:
        stray = _NO_FIELD.search(head)
        length = body = stray.start() if stray else len(head)
    return HeaderBlock(_fields(head[:length]), start + body, cut)


def decode_words(value: bytes, charset: str | None = None) -> str:
    """Decode an unstructured value: encoded words (RFC 2047) and, against the rules, 8-bit text.

    `charset` is what the message calls its text, a hint for 8-bit text without a label.
    """
    value = value[:_VALUE_BYTES]
    if b"=?" not in value:
        return charsets.decode(value, charset)
    pieces: list[str] = []
    run: list[tuple[bytes, bytes, bytes]] = []
    at = 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[at : word.start()]
        if between.strip():
            pieces += _decode_run(run)
            run = []
            pieces.append(charsets.decode(between, charset))
        elif not run:
            pieces.append(between.decode("ascii"))
        run.append((word[1].lower(), word[2].lower(), word[3]))
        at = word.end()
    return "".join((*pieces, *_decode_run(run), charsets.decode(value[at:], charset)))


def media_type(value: bytes, default: str) -> str:
    """Return the lower-case `type/subtype` of a Content-Type value, `default` where it has none."""
    name = value.split(b";", 1)[0].split(b"(", 1)[0].strip().lower().decode("ascii", "replace")
    if name == "text":
        return "text/plain"
    found = _MEDIA_TYPE.match(name)
    return found[0] if found else default


def parameters(value: bytes) -> Mapping[str, str]:
    """Return the decoded parameters of a Content-Type or Content-Disposition value.

    Names are in lower case; the value itself (`text/plain`) is not among them.
    """
    plain: dict[str, bytes] = {}
    parts: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, content in _PARAMETER.findall(value[:_VALUE_BYTES]):
        key = name.lower().decode("ascii", "replace")
        continued = _CONTINUED.fullmatch(name)
        if continued:
            base = continued[1].lower().decode("ascii", "replace")
            encoded = continued[3] is not None or continued[2] is None
            number = int(continued[2] or 0)
            parts.setdefault(base, {}).setdefault(number, (_unquoted(content), encoded))
        else:
            plain.setdefault(key, _unquoted(content))
    found = {name: _decode_plain(content) for name, content in plain.items()}
    found.update({name: _decode_parts(pieces) for name, pieces in parts.items()})
    return {name: charsets.one_line(charsets.compose(text)) for name, text in found.items()}


def _fields(head: bytes) -> Mapping[str, tuple[bytes, ...]]:
    fields: dict[str, list[bytes]] = {}
    for name, value in _FIELD.findall(head):
        unfolded = _FOLD.sub(b"", value) if b"\n" in value else value
        fields.setdefault(name.lower().decode("ascii"), []).append(unfolded.strip(b" \t\r"))
    return {name: tuple(values) for name, values in fields.items()}


def _decode_run(run: list[tuple[bytes, bytes, bytes]]) -> Iterator[str]:
    """Decode encoded words that touch; between two of one charset a letter may be cut."""
    at = 0
    while at < len(run):
        charset, encoding, _ = run[at]
        stop = at + 1
        while stop < len(run) and run[stop][:2] == (charset, encoding):
            stop += 1
        texts = [text for _, _, text in run[at:stop]]
        data = _base64_words(texts) if encoding == b"b" else b"".join(map(_quoted, texts))
        yield charsets.decode(data, charset.decode("ascii", "replace"))
        at = stop


def _base64_words(texts: list[bytes]) -> bytes:
    bare = [_NOT_BASE64.sub(b"", text) for text in texts]
    whole = all(len(text) % 4 == 0 or b"=" in raw for text, raw in zip(bare, texts, strict=True))
    joined = bare if whole else [b"".join(bare)]
    return b"".join(_base64(text) for text in joined)


def _base64(bare: bytes) -> bytes:
    usable = bare[: len(bare) - 1] if len(bare) % 4 == 1 else bare
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def _quoted(text: bytes) -> bytes:
    return binascii.a2b_qp(text, header=True)


def _unquoted(content: bytes) -> bytes:
    content = content.strip()
    if len(content) >= 2 and content.startswith(b'"') and content.endswith(b'"'):
        return _ESCAPED_QUOTE.sub(rb"\1", content[1:-1])
    return content.strip(b'"')


def _decode_plain(content: bytes) -> str:
    """Decode a value that RFC 2231 does not encode, as mailers fill it all the same."""
    prefix = _CHARSET_PREFIX.match(content)
    escapes = len(_PERCENT.findall(content))
    if escapes >= 2 and (prefix or _is_utf8_text(unquote_to_bytes(content))):
        label = prefix[1].decode("ascii") if prefix else None
        return charsets.decode(unquote_to_bytes(content[prefix.end() if prefix else 0 :]), label)
    text = decode_words(content)
    return html.unescape(text) if _HTML_REFERENCE.search(text) else text


def _is_utf8_text(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_parts(pieces: Mapping[int, tuple[bytes, bool]]) -> str:
    """Join the pieces of a value (RFC 2231); the first one names the charset."""
    ordered = [pieces[number] for number in sorted(pieces)]
    label: str | None = None
    data = b""
    for at, (content, encoded) in enumerate(ordered):
        piece = content
        if encoded and at == 0 and content.count(b"'") >= 2:
            charset, _, piece = content.split(b"'", 2)
            label = charset.decode("ascii", "replace")
        data += unquote_to_bytes(piece) if encoded else piece
    return decode_words(data, label) if b"=?" in data else charsets.decode(data, label)
