"""Content-Transfer-Encoding (RFC 2045, 6) as mailers produce it: wrong, missing or broken.

The declared encoding is tried first. Where it does not yield a file of a known kind but another one
does, the other one is believed.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

_PIECES: Final = 20_000  # that are decoded one by one; a stranger may pad every one

# padding in the middle: pieces that were encoded one by one
_INNER_PADDING: Final = re.compile(rb"=[=\s]*(?=[A-Za-z0-9+/])")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
# at least one whole line of base64 and nothing else near it
_LOOKS_BASE64: Final = re.compile(
    rb"\s*[A-Za-z0-9+/]{24,}={0,2}\s*(?:\r?\n|\Z)(?:[A-Za-z0-9+/=]*\s|\Z)"
)
_LOOKS_QUOTED: Final = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
_UU_BEGIN: Final = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
_UU_END: Final = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)

# how files begin that a school sends
_BEGINNINGS: Final = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"II*\x00",
    b"MM\x00*",
    b"{\\rt",
    b"GIF8",
    b"BM",
    b"\x1f\x8b\x08",
    b"\x78\x9f\x3e\x22",
    b"RIFF",
    b"\x00\x00\x00",
    b"0\x82",
    b"0\x80",
    b"MZ",
)  # fmt: skip


def decode_transfer(raw: bytes, encoding: str) -> bytes:
    """Return the content that `raw` carries; `encoding` is the declared one, "" for none."""
    declared = _kind(encoding)
    content = _decode(raw, declared)
    if _is_known(content):
        return content
    if declared and _is_known(raw.lstrip()):
        return raw.lstrip()
    for other in ("base64", "quoted"):
        if other != declared and _may_be(raw, other):
            again = _decode(raw, other)
            if _is_known(again):
                return again
    return content


def decode_declared(raw: bytes, encoding: str) -> bytes:
    """Return the content that `raw` carries if its declared encoding is true, as for a text."""
    return _decode(raw, _kind(encoding))


def decoded_size(raw_size: int, encoding: str) -> int:
    """Return about how many bytes `raw_size` encoded bytes will be."""
    return raw_size * 3 // 4 if _kind(encoding) == "base64" else raw_size


def is_known_file(content: bytes) -> bool:
    """Whether `content` begins like a file, not like text; short beginnings prove nothing."""
    return content.startswith(tuple(sign for sign in _BEGINNINGS if len(sign) > 3))


def find_uuencoded(body: bytes, most: int) -> tuple[bytes, tuple[tuple[bytes, bytes], ...]]:
    """Return `body` without its uuencoded files, and `most` files at most, as raw name and content."""
    files: list[tuple[bytes, bytes]] = []
    rest: list[bytes] = []
    at = 0
    while len(files) < most and (begin := _UU_BEGIN.search(body, at)):
        end = _UU_END.search(body, begin.end())
        if end is None:
            break
        lines = body[begin.end() : end.start()]
        in_base64 = begin[0].startswith(b"begin-base64")
        content = _decode(lines, "base64" if in_base64 else "uu")
        files.append((begin[1].strip(), content))
        rest.append(body[at : begin.start()])
        at = end.end()
    return b"".join((*rest, body[at:])), tuple(files)


def _kind(encoding: str) -> str:
    name = encoding.strip().strip("\"'").lower()
    if name.startswith("base"):
        return "base64"
    if name.startswith("quoted"):
        return "quoted"
    return "uu" if "uu" in name else ""


def _decode(raw: bytes, kind: str) -> bytes:
    if kind == "base64":
        return _base64(raw)
    if kind == "quoted":
        return binascii.a2b_qp(raw)
    if kind == "uu":
        begin = _UU_BEGIN.search(raw)
        return _uu(raw[begin.end() :] if begin else raw)
    return raw


def _base64(raw: bytes) -> bytes:
    if not _INNER_PADDING.search(raw):
        return _base64_piece(raw)
    return b"".join(map(_base64_piece, _INNER_PADDING.split(raw, _PIECES)))


def _base64_piece(piece: bytes) -> bytes:
    try:
        return binascii.a2b_base64(piece)
    except binascii.Error:  # cut off in the middle of a quantum
        bare = _NOT_BASE64.sub(b"", piece)
        usable = bare[: len(bare) - 1] if len(bare) % 4 == 1 else bare
        return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def _uu(lines: bytes) -> bytes:
    pieces: list[bytes] = []
    for line in lines.splitlines():
        if line in (b"end", b"`", b""):
            continue
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:  # trailing white space was lost or added
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                pieces.append(binascii.a2b_uu(line[:length].ljust(length)))
            except binascii.Error:
                continue
    return b"".join(pieces)


def _is_known(content: bytes) -> bool:
    return content.startswith(_BEGINNINGS)


def _may_be(raw: bytes, kind: str) -> bool:
    pattern = _LOOKS_BASE64 if kind == "base64" else _LOOKS_QUOTED
    return (
        pattern.search(raw, 0, 2000) is not None if kind == "quoted" else bool(pattern.match(raw))
    )
