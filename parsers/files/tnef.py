"""The attachments of a `winmail.dat` ([MS-OXTNEF]), which Outlook makes of rich text.

The library for this (tnefparse) copies the rest of the file for every attribute, trusts counters of
four bytes and cuts trailing zeros off contents, which a stranger's file must not be able to make
use of; so the few attributes that matter here are read directly.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parsers.mail import charsets

SIGNATURE: Final = b"\x78\x9f\x3e\x22"

_HEADER_BYTES: Final = 6
_ATTRIBUTES: Final = 20_000
_PROPERTIES: Final = 500  # of one attachment
_VALUES: Final = 100  # of one property

# attributes of [MS-OXTNEF] 2.1.3.2
_RENDERING: Final = 0x9002  # begins an attachment
_TITLE: Final = 0x8010
_DATA: Final = 0x800F
_PROPERTY_LIST: Final = 0x9005
_CODE_PAGE: Final = 0x9007
# properties of [MS-OXPROPS]
_LONG_NAME: Final = 0x3707
_SHORT_NAME: Final = 0x3704
_OBJECT: Final = 0x3701
# an attached message is an object of this class, followed by a TNEF stream of its own
_MESSAGE_CLASS: Final = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"

_FIXED: Final = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8}
_FIXED_TOO: Final = {0x40: 8, 0x48: 16}
_VARIABLE: Final = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_MANY: Final = 0x1000
_NAMED: Final = 0x8000


@dataclass(slots=True)
class TnefFile:
    """One attachment; a message inside is a TNEF stream again."""

    name: str = ""
    content: bytes = b""
    long_name: bool = False


def read_tnef(content: bytes) -> tuple[TnefFile, ...] | None:
    """Return the attachments in order, None where `content` is broken before the first of them ends."""
    files: list[TnefFile] = []
    code_page: str | None = None
    whole = False
    try:
        for kind, data in _attributes(content):
            if kind == _RENDERING:
                files.append(TnefFile())
            elif kind == _CODE_PAGE and len(data) >= 4:
                code_page = f"cp{struct.unpack_from('<I', data)[0]}"
            elif files:
                _add(files[-1], kind, data, code_page)
        whole = True
    except struct.error:
        pass
    found = tuple(file for file in files if file.content or file.name)
    return found if whole or found else None


def _attributes(content: bytes) -> Iterator[tuple[int, memoryview]]:
    view = memoryview(content)
    at = _HEADER_BYTES
    for _ in range(_ATTRIBUTES):
        if at + 9 > len(view):
            return
        kind, length = struct.unpack_from("<xH2xI", view, at)
        data = view[at + 9 : at + 9 + length]
        if len(data) < length:
            raise struct.error("an attribute is cut off")
        yield kind, data
        at += 9 + length + 2


def _add(file: TnefFile, kind: int, data: memoryview, code_page: str | None) -> None:
    if kind == _TITLE and not file.long_name:
        file.name = charsets.decode(bytes(data).rstrip(b"\0"), code_page)
    elif kind == _DATA:
        file.content = bytes(data)
    elif kind == _PROPERTY_LIST:
        for tag, wide, value in _properties(data):
            if tag == _LONG_NAME or (tag == _SHORT_NAME and not file.name):
                file.name = _text(value, code_page, wide=wide)
                file.long_name = tag == _LONG_NAME
            elif tag == _OBJECT:
                file.content = bytes(value).removeprefix(_MESSAGE_CLASS)


def _text(value: memoryview, code_page: str | None, *, wide: bool) -> str:
    if wide:
        return bytes(value).decode("utf-16-le", "replace").rstrip("\0")
    return charsets.decode(bytes(value).rstrip(b"\0"), code_page)


def _properties(data: memoryview) -> Iterator[tuple[int, bool, memoryview]]:
    """Yield tag, whether it is UTF-16, and value of the properties of a list ([MS-OXTNEF] 2.1.3.4)."""
    count = struct.unpack_from("<I", data)[0]
    at = 4
    for _ in range(min(count, _PROPERTIES)):
        if at + 4 > len(data):
            return
        kind, tag = struct.unpack_from("<HH", data, at)
        at += 4
        if tag >= _NAMED:
            at = _after_name(data, at)
        many = bool(kind & _MANY)
        kind &= ~_MANY
        variable = kind in _VARIABLE
        values = 1
        if many or variable:
            values = struct.unpack_from("<I", data, at)[0]
            at += 4
        for _ in range(min(values, _VALUES)):
            length = {**_FIXED, **_FIXED_TOO}.get(kind, 0)
            if variable:
                length = struct.unpack_from("<I", data, at)[0]
                at += 4
            elif not length:
                return
            yield tag, kind == 0x1F, data[at : at + length]
            at += length + (-length % 4 if variable else 0)


def _after_name(data: memoryview, at: int) -> int:
    """Return where a named property's value begins: after its GUID and its number or name."""
    kind, size = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (size + -size % 4 if kind == 1 else 0)
