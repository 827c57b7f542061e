"""The members of an archive, streamed within limits; nothing is written anywhere, paths and links are not followed.

ZIP is read by the standard library, everything else (RAR, 7z, tar, cab, lha, compressed single
files) by libarchive. Names are in cp866 where Windows wrote them, in UTF-8 or cp1251 where others
did.
"""

from __future__ import annotations

import contextlib
import io
import locale
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parsers.facts import Trouble
from parsers.limits import Limits
from parsers.mail import charsets

if TYPE_CHECKING:
    from libarchive.entry import ArchiveEntry

_CHUNK: Final = 1 << 18
_SMALL: Final = 10 * 2**20  # what unpacks to less than this is no bomb, however well it packs
_PLAIN_METHODS: Final = frozenset({0, 8, 12, 14})  # of ZIP, that the standard library unpacks
_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"(\xb5/\xfd", b"\x1f\x9d")
_UNICODE_PATH: Final = 0x7075  # APPNOTE 4.6.9
_UTF8_FLAG: Final = 0x800
_ENCRYPTED_FLAG: Final = 0x1
_LOCKED_WORDS: Final = ("encrypt", "passphrase", "password")

LOCKED: Final = "архив закрыт паролем"
BROKEN: Final = "архив повреждён или не открывается"
BOMB: Final = "архив распаковывается в недопустимо большой объём (архивная бомба)"
TOO_LARGE: Final = "файл в архиве больше допустимого размера"
LINK: Final = "в архиве лежит ссылка вместо файла"

_ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, or the archive's own trouble (then `name` is "")."""

    name: str
    content: bytes = b""
    trouble: Trouble | None = None
    detail: str = ""


_BROKEN_ARCHIVE: Final = Member("", trouble=Trouble.MALFORMED, detail=BROKEN)


@dataclass(slots=True)
class Budget:
    """What may still be unpacked of a message."""

    limits: Limits
    used_bytes: int = 0
    used_files: int = 0

    @property
    def file_bytes(self) -> int:
        """Bytes that the next file may have."""
        return max(min(self.limits.file_bytes, self.limits.total_bytes - self.used_bytes), 0)

    @property
    def is_spent(self) -> bool:
        """Whether no further file may be taken."""
        return self.used_files >= self.limits.parts


def read_zip(content: bytes, budget: Budget) -> Iterator[Member]:
    """Yield the members of a ZIP archive, which is one that opens."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [
            info for info in archive.infolist() if not info.orig_filename.endswith(("/", "\\"))
        ]
        if any(info.compress_type not in _PLAIN_METHODS for info in members):
            yield from read_archive(content, "", budget)
            return
        flow = _Flow(budget, len(content))
        for info in members:
            yield _zip_member(archive, info, flow)
            if flow.burst:
                return


def read_archive(content: bytes, name: str, budget: Budget) -> Iterator[Member]:
    """Yield the members of any other archive; `name` is what a compressed single file is called."""
    members = _entries(content, budget, "all", name)
    first = next(members, None)
    if first is not None and (first.name or first.trouble is not Trouble.MALFORMED):
        yield first
        yield from members
    elif content.startswith(_COMPRESSED):
        for member in _entries(content, budget, "raw", name):
            whole = member.content == content  # handed through because it cannot be unpacked
            yield _BROKEN_ARCHIVE if whole else member
    else:
        yield _BROKEN_ARCHIVE


@dataclass(slots=True)
class _Flow:
    """Counts what comes out of one archive."""

    budget: Budget
    packed: int
    unpacked: int = 0
    burst: bool = False  # nothing more is to be read
    locked: bool = False  # a password was asked for

    def take(self, name: str, chunks: Iterator[bytes], declared: int) -> Member:
        """Read a member as far as the limits allow; `declared` is the size that it claims."""
        limit = self.budget.file_bytes
        pieces: list[bytes] = []
        size = 0
        if declared <= limit:
            for chunk in chunks:
                size += len(chunk)
                if size > limit or self._is_bomb(size):
                    break
                pieces.append(chunk)
            else:
                self.unpacked += size
                return Member(name, b"".join(pieces))
        whole = max(size, declared)
        self.burst = self._is_bomb(whole) or whole > 2 * self.budget.limits.total_bytes
        if self._is_bomb(whole):
            return Member(name, trouble=Trouble.DANGEROUS, detail=BOMB)
        self.unpacked += size
        return Member(name, trouble=Trouble.TOO_LARGE, detail=TOO_LARGE)

    def failed(self, name: str, message: str) -> Member:
        """Say why a member could not be read; behind an encrypted one the others fail otherwise."""
        self.locked = self.locked or any(word in message.lower() for word in _LOCKED_WORDS)
        if self.locked:
            return Member(name, trouble=Trouble.ENCRYPTED, detail=LOCKED)
        return Member(name, trouble=Trouble.MALFORMED, detail=BROKEN)

    def _is_bomb(self, size: int) -> bool:
        allowed = max(self.packed * self.budget.limits.expansion, _SMALL)
        return self.unpacked + size > allowed


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, flow: _Flow) -> Member:
    name = _zip_name(info)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Member(name, trouble=Trouble.MALFORMED, detail=LINK)
    if info.flag_bits & _ENCRYPTED_FLAG:
        return Member(name, trouble=Trouble.ENCRYPTED, detail=LOCKED)
    try:
        with archive.open(info) as stream:
            return flow.take(name, iter(lambda: stream.read(_CHUNK), b""), info.file_size)
    except (*_ZIP_ERRORS, NotImplementedError):
        return Member(name, trouble=Trouble.MALFORMED, detail=BROKEN)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; the library takes what is not marked as UTF-8 for cp437."""
    if info.flag_bits & _UTF8_FLAG:
        return info.orig_filename
    at = 0
    while at + 4 <= len(info.extra):
        kind, length = struct.unpack_from("<HH", info.extra, at)
        if kind == _UNICODE_PATH and length > 5:
            return info.extra[at + 9 : at + 4 + length].decode("utf-8", "replace")
        at += 4 + length
    raw = info.orig_filename.encode("cp437", "replace")
    return charsets.decode(raw, candidates=charsets.NAME_CHARSETS)


def _entries(content: bytes, budget: Budget, form: str, name: str) -> Iterator[Member]:
    """Yield what libarchive finds; form "raw" is a single compressed file without a name."""
    import libarchive  # costs 40 ms; most messages need none

    flow = _Flow(budget, len(content))
    try:
        with (
            _utf8_locale(),
            libarchive.memory_reader(content, format_name=form, header_codec="ascii") as archive,
        ):
            for entry in archive:
                if entry.isdir:
                    continue
                yield _entry(entry, flow, name if form == "raw" else _entry_name(entry.pathname))
                if flow.burst:
                    return
    except libarchive.ArchiveError as error:
        yield flow.failed("", str(error))


@contextlib.contextmanager
def _utf8_locale() -> Iterator[None]:
    """Let the library hand over names in any language, which in the locale "C" it does not."""
    before = locale.setlocale(locale.LC_CTYPE)
    if "utf" not in before.lower():
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    try:
        yield
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _entry(entry: ArchiveEntry, flow: _Flow, name: str) -> Member:
    import libarchive

    if not entry.isfile or entry.islnk:
        return Member(name, trouble=Trouble.MALFORMED, detail=LINK)
    try:
        return flow.take(name, entry.get_blocks(block_size=_CHUNK), entry.size or 0)
    except libarchive.ArchiveError as error:
        return flow.failed(name, str(error))


def _entry_name(path: str | bytes | None) -> str:
    if isinstance(path, bytes):
        return charsets.decode(path, candidates=charsets.NAME_CHARSETS)
    return path or ""
