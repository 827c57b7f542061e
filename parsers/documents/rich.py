"""RTF and DOC → pages: the text with its tables, and the pictures that lie in the file as JPEG or PNG.

A DOC that is broken or older than Word 97 is read by the `catdoc` command, which dies with the process that started it;
of its tables nothing is known then.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from typing import Final

from parsers.documents import doc, rtf
from parsers.documents.blocks import Block, flow_of
from parsers.documents.paper import DocumentPages
from parsers.documents.pasted import Pasted, with_pictures
from parsers.facts import Trouble
from parsers.limits import Limits

RTF_CHARACTERS: Final = 3_000_000  # without pictures; a million take a second
TEXT_BYTES: Final = 2_000_000  # of catdoc's output that are kept: a thousand pages
CATDOC_SECONDS: Final = 15.0
TWIPS_PER_POINT: Final = 20
NUMBER_BEFORE: Final = 32  # digits in which a picture must have begun
CARVED: Final = 40  # pictures that are looked at in one file

# A picture's bytes in RTF: a long run of hexadecimal digits.
_HEX: Final = re.compile(r"[0-9a-fA-F\r\n\t ]{1000,}")
# How a JPEG or PNG begins there, perhaps behind the digits of the control word before it.
_HEX_START: Final = re.compile(r"ffd8ffe|ffd8ffdb|89504e470d0a1a0a", re.IGNORECASE)
# How wide and high RTF shows the picture that follows.
_GOALS: Final = re.compile(r"\\pic(w|h)goal(\d{1,6})\b")
# Where a picture begins in a file that stores it as it is.
_PICTURE_STARTS: Final = re.compile(rb"\xff\xd8\xff[\xe0-\xef\xdb]|\x89PNG\r\n\x1a\n")
# The first bytes of a Word document's main stream; it begins at a sector of 512 bytes.
_WORD_STREAM: Final = b"\xec\xa5"
_SECTOR: Final = 512
_ENCRYPTED_FLAG: Final = 0x0100  # of the 16 flags at byte 10 of that stream ([MS-DOC] 2.5.1)


def read_rtf(content: bytes, name: str, *, limits: Limits) -> DocumentPages:
    """Read an RTF file's text and pictures."""
    blocks = rtf_blocks(content)
    if blocks is None:
        return DocumentPages(name=name, trouble=Trouble.TOO_LARGE, detail="документ слишком велик")
    return with_pictures(name, flow_of(blocks), _rtf_pictures(content.decode("latin-1")), limits)


def read_doc(content: bytes, name: str, *, limits: Limits) -> DocumentPages:
    """Read a DOC file's text, and its pictures where they lie in one piece."""
    if _is_encrypted(content):
        return DocumentPages(name=name, trouble=Trouble.ENCRYPTED, detail="файл закрыт паролем")
    blocks = doc_blocks(content)
    if blocks is None:
        return DocumentPages(
            name=name, trouble=Trouble.MALFORMED, detail="документ DOC не читается"
        )
    return with_pictures(name, flow_of(blocks), _carved(content), limits)


def rtf_blocks(content: bytes) -> tuple[Block, ...] | None:
    """Return the blocks of an RTF file, None where it is too large."""
    text = _HEX.sub("", content.decode("latin-1"))
    return None if len(text) > RTF_CHARACTERS else rtf.read_blocks(text)


def doc_blocks(content: bytes) -> tuple[Block, ...] | None:
    """Return the blocks of a DOC file, None where it cannot be read."""
    try:
        return doc.read_blocks(content)
    except doc.DOC_ERRORS:
        text = _catdoc(content)
        return None if text is None else (text.replace("\f", "\n"),)


def _rtf_pictures(text: str) -> Iterator[Pasted]:
    for run in _HEX.finditer(text):
        digits = re.sub(r"\s", "", run[0])
        start = _HEX_START.search(digits, 0, NUMBER_BEFORE)
        if start is None:
            continue
        goals = dict(_GOALS.findall(text[max(run.start() - 600, 0) : run.start() + NUMBER_BEFORE]))
        width, height = (
            int(goals[side]) / TWIPS_PER_POINT if int(goals.get(side, 0)) else None for side in "wh"
        )
        pixels = digits[start.start() :]
        yield Pasted(bytes.fromhex(pixels[: len(pixels) // 2 * 2]), width, height)


def _carved(content: bytes) -> Iterator[Pasted]:
    """Find pictures by their first bytes; a decoder stops at their end by itself."""
    for number, start in enumerate(_PICTURE_STARTS.finditer(content)):
        if number >= CARVED:
            return
        yield Pasted(content[start.start() :])


def _is_encrypted(content: bytes) -> bool:
    for start in range(_SECTOR, min(len(content), 64 * _SECTOR), _SECTOR):
        if content.startswith(_WORD_STREAM, start) and len(content) >= start + 12:
            (flags,) = struct.unpack_from("<H", content, start + 10)
            return bool(flags & _ENCRYPTED_FLAG)
    return False


def _catdoc(content: bytes) -> str | None:
    """Return the text, None where the command is missing or gives up."""
    program, guard = shutil.which("catdoc"), shutil.which("setpriv")
    if program is None:
        return None
    lead = [guard, "--pdeathsig", "KILL"] if guard else []
    try:
        done = subprocess.run(
            [*lead, program, "-w", "-d", "utf-8", "-s", "cp1251"],
            input=content,
            capture_output=True,
            timeout=CATDOC_SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    if done.returncode:
        return None
    return done.stdout[:TEXT_BYTES].decode("utf-8", "replace")
