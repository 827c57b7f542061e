"""What a CMS signature (RFC 5652) encloses: the signed file, where it is not detached.

Only the path to the content is followed, in definite and indefinite lengths (X.690, 8.1.3); nothing is verified.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

SIGNED: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"  # 1.2.840.113549.1.7.2
ENVELOPED: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"

_SEQUENCE: Final = 0x30
_EXPLICIT: Final = 0xA0
_OCTETS: Final = 0x04
_OCTETS_IN_PIECES: Final = 0x24
_INDEFINITE: Final = 0x80
_ARMOUR: Final = re.compile(rb"\s*-----BEGIN [^-\r\n]{1,40}-----\s*([A-Za-z0-9+/=\s]+)")
_BARE_BASE64: Final = re.compile(rb"\s*MI[A-Za-z0-9+/=\s]{60,}\Z")


def to_der(content: bytes) -> bytes:
    """Return a signature without its armour or base64, as it stands where it has none."""
    armour = _ARMOUR.match(content)
    text = armour[1] if armour else content if _BARE_BASE64.match(content) else b""
    try:
        return binascii.a2b_base64(text) if text else content
    except binascii.Error:
        return content


def signed_content(der: bytes) -> bytes | None:
    """Return the file that a signature encloses, None where it is detached or broken."""
    try:
        at, _ = _enter(der, 0, _SEQUENCE)
        if not der.startswith(SIGNED, at):
            return None
        at, _ = _enter(der, at + len(SIGNED), _EXPLICIT)
        at, _ = _enter(der, at, _SEQUENCE)
        at = _after(der, _after(der, at))  # the version, the digest algorithms
        at, end = _enter(der, at, _SEQUENCE)
        at = _after(der, at)  # the type of the content
        if at >= end or der[at] != _EXPLICIT:
            return None
        at, _ = _enter(der, at, _EXPLICIT)
        return b"".join(_octets(der, at)) or None
    except (IndexError, _NotThisError):
        return None


class _NotThisError(ValueError):
    """Another element stands where the wanted one should."""


def _header(der: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, start and end of the element at `at`; the end is -1 where it is marked later."""
    tag, length = der[at], der[at + 1]
    start = at + 2
    if length == _INDEFINITE:
        return tag, start, -1
    if length > _INDEFINITE:
        more = length & 0x7F
        start += more
        length = int.from_bytes(der[start - more : start], "big")
    if start + length > len(der):
        raise _NotThisError
    return tag, start, start + length


def _enter(der: bytes, at: int, wanted: int) -> tuple[int, int]:
    tag, start, end = _header(der, at)
    if tag != wanted:
        raise _NotThisError
    return start, len(der) if end < 0 else end


def _after(der: bytes, at: int) -> int:
    """Return where the element at `at` ends, whatever is nested in it."""
    depth = 0
    while True:
        tag, start, end = _header(der, at)
        if end < 0:
            depth += 1
            at = start
        else:
            depth -= tag == 0
            at = end
        if depth <= 0:
            return at


def _octets(der: bytes, at: int) -> Iterator[bytes]:
    """Yield the pieces of an octet string."""
    tag, start, end = _header(der, at)
    if tag == _OCTETS and end >= 0:
        yield der[start:end]
        return
    if tag != _OCTETS_IN_PIECES:
        raise _NotThisError
    stop = len(der) if end < 0 else end
    at = start
    while at < stop and der[at] == _OCTETS:
        _, start, end = _header(der, at)
        yield der[start:end]
        at = end
