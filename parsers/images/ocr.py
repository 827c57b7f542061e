"""What a recognition engine is: a picture of text in, words with boxes out.

Knows nothing of pages, letters or names. An engine that is not there is our fault and an error, a picture that it
cannot read is neither (no words).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""(height, width) grey, 0 is black; or (height, width, 3) red, green, blue."""

PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

LANGUAGES: Final = ("rus", "Cyrillic")  # what reading a letter needs: pages, and names read twice
MAX_SIDE: Final = 32_000  # pixels; the engine refuses 32,768 and more
WORD_LEVEL: Final = "5"  # of the rows of tesseract's table, those that are words
COLUMNS: Final = (
    *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
    *("left", "top", "width", "height", "conf", "text"),
)  # of tesseract's table
MEND: Final = "apt-get install tesseract-ocr tesseract-ocr-rus tesseract-ocr-script-cyrl"


@dataclass(frozen=True, slots=True)
class RecognizedWord:
    """One word as the engine saw it."""

    text: str
    box: PixelBox
    confidence: float  # 0.0-1.0
    line: int = 0  # counted from 0 in the engine's reading order
    block: int = 0  # words of one column or paragraph group have the same


class OcrEngine(Protocol):
    """Whatever can read a picture."""

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        """Read the words of a grey picture, in reading order.

        `psm` is tesseract's page segmentation mode (3: a whole page, 7: one line, 8: one word), `timeout` in seconds.
        Raises OcrUnavailableError, OcrFailedError.
        """
        ...

    def probe(self) -> None:
        """Raise OcrUnavailableError unless the engine and its Russian models are there and start."""
        ...


def is_readable(image: Pixels) -> bool:
    """Whether the engine takes a picture of that shape."""
    return image.ndim == 2 and min(image.shape) >= 3 and max(image.shape) <= MAX_SIDE


def words_of_table(table: str) -> Iterator[RecognizedWord]:
    """Read the words of a table as tesseract writes it, with or without its line of headings."""
    lines: dict[tuple[str, str, str], int] = {}
    rows = csv.DictReader(
        table.splitlines(), fieldnames=COLUMNS, delimiter="\t", quoting=csv.QUOTE_NONE
    )
    for row in rows:
        text = (row.get("text") or "").strip()
        if row["level"] != WORD_LEVEL or not text:
            continue
        line = lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), len(lines))
        left, top = int(row["left"]), int(row["top"])
        yield RecognizedWord(
            text=text,
            box=(left, top, left + int(row["width"]), top + int(row["height"])),
            confidence=min(max(float(row["conf"]) / 100, 0.0), 1.0),
            line=line,
            block=int(row["block_num"]),
        )
