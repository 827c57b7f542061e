"""How much of a stranger's message is read before reading stops and says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HEADER_BYTES: Final = 4 * 2**20
"""Of a header block that are looked at, in the mailbox too; ours are a few kB, servers take 1 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one message; what is beyond them becomes a finding, never an error."""

    message_bytes: int = 60 * 2**20
    parts: int = 200  # MIME parts, archive members included
    depth: int = 5  # archives in archives, messages in messages
    file_bytes: int = 40 * 2**20  # one attachment after decoding, one member after unpacking
    total_bytes: int = 120 * 2**20  # all of them together
    expansion: int = 200  # unpacked bytes for each packed one
    pages: int = 40  # of one document, read for the letter
    recognized_pages: int = 8  # of one message, by OCR
    pixels: int = 80_000_000  # of one picture
    rows: int = 3_000  # of one sheet
    columns: int = 120
    sheets: int = 20
    seconds: float = 45.0  # for one message; recognition stops here, the cage a little later


CUTOUT_BYTES: Final = 48 * 1024
"""Of the picture of a name that could not be read: at 150 dpi in 16 greys a line of text takes a tenth of it."""
