"""Spoils valid files at random, here and there, and what is packed in office files."""

from __future__ import annotations

import io
import random
import zipfile
from typing import Final

INTERESTING: Final = (0, 1, 0x7F, 0x80, 0xFF)
WORDS: Final = (
    b"\x00",
    b"<",
    b">",
    b"&#0;",
    b'"',
    b"%%EOF",
    b"0 0 R",
    b"-1",
    b"99999999999",
    b"PK\x01\x02",
)


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """Spoil a file here and there; of an office file often what is packed in it."""
    if content[:4] == b"PK\x03\x04" and chance.random() < 0.7:
        return repacked(content, chance)
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        _spoil_once(data, chance)
    return bytes(data)


def _spoil_once(data: bytearray, chance: random.Random) -> None:
    if not data:
        return
    at = chance.randrange(len(data))
    length = min(chance.choice((1, 2, 4, 16, 256, 4096)), len(data) - at)
    match chance.randrange(8):
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            data[at] = chance.choice(INTERESTING)
        case 2:
            del data[at : at + length]
        case 3:
            data[at:at] = data[at : at + length] * chance.choice((1, 2, 50))
        case 4:
            data[at : at + length] = chance.randbytes(length)
        case 5:
            data[at:at] = chance.choice(WORDS)
        case 6:
            other = chance.randrange(len(data))
            data[at : at + length] = data[other : other + length]
        case _:
            del data[at : None if chance.random() < 0.2 else at + 1]


def repacked(archive: bytes, chance: random.Random) -> bytes:
    """Spoil one member of a zip archive, and pack it again."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        members = source.infolist()
        victim = chance.choice(members).filename
        for member in members:
            content = source.read(member)
            if member.filename == victim:
                data = bytearray(content)
                for _ in range(chance.choice((1, 2, 4))):
                    _spoil_once(data, chance)
                content = bytes(data)
            target.writestr(member.filename, content)
    return buffer.getvalue()
