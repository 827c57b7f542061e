"""The directory of an OLE compound file ([MS-CFB]): which streams it holds, and how they begin.

That is enough to tell a Word document from a workbook, an encrypted file from a readable one and
macros from none.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ENTRY_BYTES: Final = 128
_ENTRIES: Final = 20_000
_LISTS: Final = 40  # of sectors of the table; 100 MB of file have as many
_LAST_SECTOR: Final = 0xFFFFFFFA  # numbers from here on end a chain
_SMALL_STREAM: Final = 4096  # shorter streams lie elsewhere and are not needed here
_WORD_ENCRYPTED: Final = 0x0100  # [MS-DOC] 2.5.2, FibBase.fEncrypted
_FILE_PASS: Final = 0x002F  # [MS-XLS] 2.4.117
_BOF: Final = 0x0809
_RECORDS: Final = 60  # FilePass stands among the first


@dataclass(frozen=True, slots=True)
class CompoundFile:
    """Names of all streams and storages, and the beginning of the larger streams by name."""

    names: frozenset[str]
    beginnings: dict[str, bytes]

    @property
    def has_macros(self) -> bool:
        """Whether a VBA project lies in it."""
        return bool(self.names & {"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"})

    @property
    def is_encrypted(self) -> bool:
        """Whether a password is needed to read it."""
        if self.names & {"EncryptedPackage", "EncryptedSummary"}:
            return True
        word = self.beginnings.get("WordDocument", b"")
        if len(word) > 12 and struct.unpack_from("<H", word, 10)[0] & _WORD_ENCRYPTED:
            return True
        return any(_has_file_pass(self.beginnings.get(name, b"")) for name in ("Workbook", "Book"))


def read_compound(content: bytes) -> CompoundFile | None:
    """Read the directory of `content`, None where it cannot be read."""
    try:
        return _read(content)
    except (struct.error, IndexError, ValueError):
        return None


def _read(content: bytes) -> CompoundFile | None:
    if not content.startswith(SIGNATURE) or len(content) < 1536:
        return None
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in (9, 12):
        return None
    size = 1 << shift
    table = _allocation_table(content, size)
    directory = struct.unpack_from("<I", content, 48)[0]
    names: set[str] = set()
    beginnings: dict[str, bytes] = {}
    for entry in _entries(content, size, table, directory):
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        names.add(name)
        start, stream_size = struct.unpack_from("<II", entry, 116)
        if entry[66] == 2 and stream_size >= _SMALL_STREAM:
            beginnings.setdefault(name, content[(start + 1) * size :][: size * 2])
    return CompoundFile(frozenset(names), beginnings) if names else None


def _allocation_table(content: bytes, size: int) -> list[int]:
    """Return the next sector of each sector."""
    table: list[int] = []
    for number in _table_sectors(content, size):
        table += _numbers(content[(number + 1) * size : (number + 2) * size])
    return table


def _table_sectors(content: bytes, size: int) -> Iterator[int]:
    """Yield the sectors of the table: the header names 109, a chain of sectors the others."""
    numbers = _numbers(content[76:512])
    following = struct.unpack_from("<I", content, 68)[0]
    for _ in range(_LISTS):
        for number in numbers:
            if number >= _LAST_SECTOR:
                return
            yield number
        if following >= _LAST_SECTOR:
            return
        *numbers, following = _numbers(content[(following + 1) * size : (following + 2) * size])


def _numbers(sector: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4]))


def _entries(content: bytes, size: int, table: list[int], first: int) -> Iterator[bytes]:
    sector = first
    for _ in range(_ENTRIES * _ENTRY_BYTES // size):
        start = (sector + 1) * size
        block = content[start : start + size]
        if sector >= _LAST_SECTOR or not block:
            return
        for at in range(0, len(block) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            entry = block[at : at + _ENTRY_BYTES]
            if entry[66]:
                yield entry
        sector = table[sector] if sector < len(table) else sector + 1


def _has_file_pass(stream: bytes) -> bool:
    at = 0
    for _ in range(_RECORDS):
        if at + 4 > len(stream):
            return False
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILE_PASS:
            return True
        if at == 0 and kind not in (_BOF, 0x0009, 0x0209, 0x0409):
            return False
        at += 4 + length
    return False
