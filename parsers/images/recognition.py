"""Pages of words from pictures of pages: the first look, and closer ones where something was not found.

The looks, their order and their resolutions are measured. A first look at 130-150 dpi is faster and better than at
300. The closer looks find lines that layout analysis dropped because a seal lies on them; none of them may come first,
since on all pages the strips alone make wrong numbers.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import cv2
import numpy as np
from PIL import Image

from parsers.facts import Box, How
from parsers.images.faults import OcrFailedError
from parsers.images.leftovers import read_unread
from parsers.images.lines import bands, print_only
from parsers.images.ocr import OcrEngine, Pixels, RecognizedWord
from parsers.images.raster import Pictured, upright
from parsers.images.rings import POINTS_PER_MM, Ring
from parsers.images.slips import mended
from parsers.images.tones import CHROMA, chroma, stretch
from parsers.images.upright import Upright
from parsers.layout import Page, Word

SECOND_DPI: Final = 130.0
STRETCHED_DPI: Final = 150.0
STRIP_DPI: Final = 225.0  # 1.5 times the resolution of the other looks
LEAST_STRIP: Final = 0.05  # inches; lower bands of ink are ruling lines
ONE_LINE: Final = 7  # tesseract's segmentation mode
CELL_GAP: Final = (
    1.6  # of a line's height: spaces of justified text stay under 1.2, columns lie further apart
)
FULL_LINE: Final = 0.85  # of the printed width: a line that reaches from margin to margin
EVEN_GAPS: Final = 0.6  # smallest to largest gap of a justified line; cells have words of their own
SAME_ROW: Final = 0.5  # of the higher word's height by which two pieces of a row must overlap
BESIDE: Final = 2  # words of a row that show how high it stands there
RIM: Final = 2.0 * POINTS_PER_MM  # by which a seal hides letters beyond its ring
NOISE: Final = frozenset(
    "|~`'‘’\"\\<>=*^{}[]!.,:;•°¦¬·—–-_"
)  # what seals and ruling lines are read as
NOISE_CONFIDENCE: Final = 0.6
BORDER: Final = "|"  # what a table's ruling line is read as, glued to the word beside it
SCRAWL: Final = 1.8  # times as high as the page's print: a signature, if read as a word at all
# A page whose readable letters are fewer than this, though it has print, may lie otherwise than was thought.
LEAST_LETTERS: Final = 40
GOOD_WORD: Final = (
    0.6  # confidence; upright pages have nine words of ten above, turned ones one of ten
)
GOOD_SHARE: Final = 0.4
LEAST_INK: Final = 0.001  # of the page; less is a blank page


def read_picture(
    image: Image.Image,
    *,
    dpi: float | None,
    engine: OcrEngine,
    document: str,
    number: int,
    timeout: float,
) -> tuple[Pictured, Page]:
    """Bring a picture upright and recognize it; where that gives no sense, in the other directions too.

    `timeout` bounds all of it, in seconds. Raises PictureError, OcrFailedError, OcrUnavailableError.
    """
    end = time.monotonic() + timeout
    page = upright(image, dpi=dpi, engine=engine, timeout=timeout / 2)
    best = page, recognize_page(page, engine, document=document, number=number, timeout=_left(end))
    if makes_sense(best[1]) or _is_blank(page.grey):
        return best
    for quarters in (2, 1, 3):
        turned = page.turned(quarters)
        try:
            words = recognize_page(
                turned, engine, document=document, number=number, timeout=_left(end)
            )
        except OcrFailedError:
            break
        if _letters(words) > 2 * _letters(best[1]) + LEAST_LETTERS / 2:
            best = turned, words
        if makes_sense(words):
            break
    return best


def recognize_page(
    page: Upright, engine: OcrEngine, *, document: str, number: int, timeout: float
) -> Page:
    """Recognize an upright page. Raises OcrFailedError, OcrUnavailableError."""
    end = time.monotonic() + timeout
    words = engine.recognize(page.grey, dpi=page.dpi, timeout=timeout)
    with contextlib.suppress(OcrFailedError):
        words += read_unread(_print(page), words, engine, dpi=page.dpi, timeout=_left(end))
    return _page(page, words, page.dpi, document, number)


def _print(page: Upright) -> Pixels:
    """The page without ink of strong colour: signatures are not worth another call of the engine."""
    coloured = chroma(page.even) > 2 * CHROMA
    return np.where(coloured, 255, page.grey).astype(np.uint8)


def look_again(
    page: Upright, engine: OcrEngine, *, document: str, number: int, timeout: float
) -> Iterator[Page]:
    """Read the page again in other ways, the most promising first, for what the first look has not found.

    Ends early when `timeout` seconds are used up. Raises OcrUnavailableError.
    """
    end = time.monotonic() + timeout
    try:
        for dpi, tones in ((SECOND_DPI, False), (STRETCHED_DPI, True)):
            if time.monotonic() >= end:
                return
            grey = page.printed(dpi)
            words = engine.recognize(stretch(grey) if tones else grey, dpi=dpi, timeout=_left(end))
            yield _page(page, words, dpi, document, number)
        if time.monotonic() < end:
            yield _page(page, _strips(page, engine, end), STRIP_DPI, document, number)
    except OcrFailedError:
        return


def makes_sense(page: Page) -> bool:
    """Say whether what was recognized looks like text, rather than a page read from the wrong side."""
    if _letters(page) < LEAST_LETTERS:
        return False
    confident = [word.confidence > GOOD_WORD for word in page.words if len(word.text) > 2]
    return statistics.fmean(confident or [False]) > GOOD_SHARE


def _letters(page: Page) -> int:
    return sum(
        sum("а" <= letter <= "я" for letter in word.text.lower())
        for word in page.words
        if word.confidence > GOOD_WORD and len(word.text) > 2
    )


def _is_blank(grey: Pixels) -> bool:
    return float(np.mean(print_only(np.asarray(255 - grey, np.uint8)) > 0)) < LEAST_INK


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0.5)


def _strips(page: Upright, engine: OcrEngine, end: float) -> tuple[RecognizedWord, ...]:
    """Read line by line, where the lines lie according to the page's ink."""
    grey = page.printed(STRIP_DPI)
    found: list[RecognizedWord] = []
    for line, (top, bottom) in enumerate(bands(print_only(np.asarray(255 - grey, np.uint8)))):
        if bottom - top < LEAST_STRIP * STRIP_DPI or time.monotonic() >= end:
            continue
        margin = (bottom - top) // 4
        above = max(top - margin, 0)
        strip = np.asarray(
            cv2.copyMakeBorder(
                grey[above : bottom + margin], 10, 10, 0, 0, cv2.BORDER_CONSTANT, value=255
            ),
            np.uint8,
        )
        for word in engine.recognize(strip, dpi=STRIP_DPI, psm=ONE_LINE, timeout=_left(end)):
            left, word_top, right, word_bottom = word.box
            box = (left, word_top + above - 10, right, word_bottom + above - 10)
            found.append(RecognizedWord(word.text, box, word.confidence, line, line))
    return tuple(found)


def _page(
    page: Upright, words: Iterable[RecognizedWord], dpi: float, document: str, number: int
) -> Page:
    rows = tuple(arranged(words, 72 / dpi, seal=page.seal))
    return Page(document, number, How.OCR, rows, page.width, page.height)


def arranged(
    words: Iterable[RecognizedWord], scale: float, *, seal: Ring | None = None
) -> Iterator[Word]:
    """Put an engine's words in rows and cells, boxes in points (`scale` is points per pixel).

    Pieces of a row that the engine took for columns of their own (a table's cells, title and name around a signature)
    come together again. Where words are missing within a seal, they lie under it: no cell ends there.
    """
    known = list(words)
    height = statistics.median([word.box[3] - word.box[1] for word in known] or [0])
    lines: dict[int, list[RecognizedWord]] = {}
    for word in known:
        if not _is_noise(word) and not _is_scrawl(word, height):
            lines.setdefault(word.line, []).append(word)
    rows = [sorted(row, key=lambda word: word.box[0]) for row in _rows(list(lines.values()))]
    width = _width(rows)
    for number, row in enumerate(rows):
        breaks = _breaks(row, width) - _hidden(row, seal, scale)
        cell, is_next = 0, False
        words = mended(row)
        for at, word in enumerate(words):
            text = word.text.strip(BORDER)
            is_next |= at in breaks or (at > 0 and word.text.startswith(BORDER))
            if not text and not _is_among_digits(words, at):
                continue
            cell += is_next
            yield Word(text or word.text, _scaled(word.box, scale), word.confidence, number, cell)
            is_next = bool(text) and word.text.endswith(BORDER)


def _is_among_digits(words: Sequence[RecognizedWord], at: int) -> bool:
    """Whether digits stand on both sides of a word: a bar there may be one."""
    before, after = words[max(at - 1, 0)].text, words[min(at + 1, len(words) - 1)].text
    return before[-1:].isdigit() and after[:1].isdigit()


def _width(rows: Sequence[Sequence[RecognizedWord]]) -> int:
    """How wide the page is printed, in pixels."""
    lefts = [row[0].box[0] for row in rows]
    return max((word.box[2] for row in rows for word in row), default=0) - min(lefts, default=0)


def _breaks(row: Sequence[RecognizedWord], width: int) -> frozenset[int]:
    """At which words of a row another cell begins: behind a wide gap, unless the whole line is justified so."""
    height = statistics.median(word.box[3] - word.box[1] for word in row)
    gaps = [word.box[0] - before.box[2] for before, word in itertools.pairwise(row)]
    spread = row[-1].box[2] - row[0].box[0] > FULL_LINE * width
    if spread and len(gaps) > 1 and min(gaps) > EVEN_GAPS * max(gaps):
        return frozenset()
    return frozenset(at for at, gap in enumerate(gaps, 1) if gap > CELL_GAP * height)


def _hidden(row: Sequence[RecognizedWord], seal: Ring | None, scale: float) -> frozenset[int]:
    """At which words of a row a gap ends that lies within a seal."""
    if seal is None:
        return frozenset()
    gaps = [
        (before.box[2] * scale, word.box[0] * scale, (word.box[1] + word.box[3]) / 2 * scale)
        for before, word in itertools.pairwise(row)
    ]
    return frozenset(
        at
        for at, (left, right, down) in enumerate(gaps, 1)
        if all(math.hypot(x - seal.x, down - seal.y) < seal.radius + RIM for x in (left, right))
    )


def _rows(lines: list[list[RecognizedWord]]) -> list[list[RecognizedWord]]:
    rows: list[list[RecognizedWord]] = []
    for line in lines:
        nearest = max(rows, key=lambda row: _nearness(row, line), default=None)
        if nearest is None or _nearness(nearest, line) <= SAME_ROW:
            rows.append(list(line))
        else:
            nearest.extend(line)
    return rows


def _nearness(row: list[RecognizedWord], line: list[RecognizedWord]) -> float:
    """How far two pieces of print stand on one line, 0.0-1.0: 0.0 where a word of one lies upon a word of the other.

    Judged by the words that stand next to each other, since on a photo whole lines rise and fall.
    """
    if min(_gap(word, other) for word in row for other in line) < 0:
        return 0.0
    top, bottom = _span_beside(row, line)
    other_top, other_bottom = _span_beside(line, row)
    overlap = min(bottom, other_bottom) - max(top, other_top)
    return overlap / max(bottom - top, other_bottom - other_top, 1)


def _span_beside(row: list[RecognizedWord], line: list[RecognizedWord]) -> tuple[int, int]:
    """Top and bottom of the words of `row` that stand nearest to `line`."""
    near = sorted(row, key=lambda word: min(_gap(word, other) for other in line))[:BESIDE]
    return min(word.box[1] for word in near), max(word.box[3] for word in near)


def _gap(word: RecognizedWord, other: RecognizedWord) -> int:
    """How far apart two words stand across, negative where they overlap."""
    return max(word.box[0], other.box[0]) - min(word.box[2], other.box[2])


def _is_noise(word: RecognizedWord) -> bool:
    return word.confidence < NOISE_CONFIDENCE and NOISE.issuperset(word.text)


def _is_scrawl(word: RecognizedWord, height: float) -> bool:
    """Whether a word is most likely a signature, which would stand before the signer's name."""
    return word.confidence < NOISE_CONFIDENCE and word.box[3] - word.box[1] > SCRAWL * height


def _scaled(box: tuple[int, int, int, int], scale: float) -> Box:
    left, top, right, bottom = (round(side * scale, 2) for side in box)
    return left, top, right, bottom
