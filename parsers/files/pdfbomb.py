"""Whether a PDF unpacks to more than it should, found before any library unpacks it.

pdfium, pikepdf and pdfminer inflate streams whole; a few kilobytes can become gigabytes. Pictures are left out: they
are drawn line by line, and their size in pixels has a limit of its own.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

STREAM_BYTES: Final = (
    64 * 2**20
)  # of one stream, unpacked; the largest honest ones are fonts of 20 MB
ALL_BYTES: Final = 160 * 2**20
DICTIONARY_BYTES: Final = 1_000  # before the stream, where its dictionary is looked for
CHUNK: Final = 2**20

# Where a stream's bytes begin (ISO 32000-1, 7.3.8).
_STREAM: Final = re.compile(rb"\bstream\r?\n")
# A picture's dictionary.
_PICTURE: Final = re.compile(rb"/Subtype\s*/Image\b")


def is_bomb(content: bytes) -> bool:
    """Inflate the streams that are no pictures, up to a bound, and say whether it was reached."""
    total = 0
    for found in _STREAM.finditer(content):
        begin = content.rfind(b"obj", max(found.start() - DICTIONARY_BYTES, 0), found.start())
        dictionary = content[max(begin, found.start() - DICTIONARY_BYTES) : found.start()]
        if b"/Fl" not in dictionary or _PICTURE.search(dictionary):
            continue
        size = _inflated(content, found.end())
        total += size
        if size > STREAM_BYTES or total > ALL_BYTES:
            return True
    return False


def _inflated(content: bytes, start: int) -> int:
    """Return how many bytes the stream unpacks to, or a little more than the bound."""
    unpacker = zlib.decompressobj()
    total = 0
    at = start
    try:
        while not unpacker.eof and total <= STREAM_BYTES and at < len(content):
            total += len(unpacker.decompress(content[at : at + CHUNK], CHUNK))
            while unpacker.unconsumed_tail and total <= STREAM_BYTES:
                total += len(unpacker.decompress(unpacker.unconsumed_tail, CHUNK))
            at += CHUNK
    except zlib.error:
        return total  # what is broken further on is not unpacked by others either
    return total
