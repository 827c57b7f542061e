"""Print that layout analysis has dropped: read piece by piece.

A seal or a signature makes the engine give up the whole line that it lies on, often the one with the head's title and
name. The pieces of such lines that stand clear are put one below the other and read in one further call. Nothing that
was read before is read again, so that no reading is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import cv2
import numpy as np

from parsers.images.lines import print_only
from parsers.images.ocr import OcrEngine, PixelBox, Pixels, RecognizedWord

MOST: Final = 12  # pieces of one page
HEIGHT: Final = (0.6, 2.3)  # of the words' usual height
WIDTH: Final = 2.0  # of that height, at least
SPACE: Final = 0.65  # of that height: gaps that lie between words of one piece
UNIFORM: Final = 6  # tesseract's mode for lines one below the other
# What is kept: signatures and arcs of a seal come out as short words of little confidence
SURE: Final = 0.7
WORD: Final = re.compile(r"[А-Яа-яЁё]{2}|[А-ЯЁ]\.|\d{2}")


def read_unread(
    grey: Pixels,
    words: tuple[RecognizedWord, ...],
    engine: OcrEngine,
    *,
    dpi: float,
    timeout: float,
) -> tuple[RecognizedWord, ...]:
    """Return further words of a page, from print that lies in no word's box.

    Raises OcrFailedError, OcrUnavailableError.
    """
    if not words:
        return ()
    height = float(np.median([word.box[3] - word.box[1] for word in words]))
    pieces = list(_pieces(grey, words, height))[:MOST]
    if not pieces:
        return ()
    sheet, places = _stacked(grey, pieces, round(height))
    found = engine.recognize(sheet, dpi=dpi, psm=UNIFORM, timeout=timeout)
    first = 1 + max(word.line for word in words)
    return tuple(_put_back(found, places, first))


def _pieces(grey: Pixels, words: Iterable[RecognizedWord], height: float) -> Iterator[PixelBox]:
    ink = (print_only(np.asarray(255 - grey, np.uint8)) > 0).astype(np.uint8)
    for word in words:
        left, top, right, bottom = word.box
        ink[max(top - 3, 0) : bottom + 3, max(left - 3, 0) : right + 3] = 0
    joined = cv2.dilate(ink, np.ones((1, max(round(SPACE * height), 3)), np.uint8))
    _, labels, figures, _ = cv2.connectedComponentsWithStats(
        np.asarray(joined, np.uint8), connectivity=8
    )
    for number, (left, top, width, tall, _) in enumerate(figures[1:].tolist(), 1):
        if not (HEIGHT[0] * height <= tall <= HEIGHT[1] * height and width >= WIDTH * height):
            continue
        inked = ink[top : top + tall, left : left + width][
            labels[top : top + tall, left : left + width] == number
        ]
        if inked.mean() > 0.05:
            yield left, top, left + width, top + tall


def _stacked(
    grey: Pixels, pieces: list[PixelBox], margin: int
) -> tuple[Pixels, list[tuple[int, PixelBox]]]:
    """Put pieces below one another on white; returns the sheet and at which row each begins."""
    width = max(right - left for left, _, right, _ in pieces) + 2 * margin
    rows: list[Pixels] = []
    places: list[tuple[int, PixelBox]] = []
    down = 0
    for left, top, right, bottom in pieces:
        above = max(top - margin // 4, 0)
        piece = grey[above : bottom + margin // 4, left:right]
        row = np.full((piece.shape[0] + margin, width), 255, np.uint8)
        row[margin // 2 : margin // 2 + piece.shape[0], margin : margin + piece.shape[1]] = piece
        places.append((down, (left - margin, above - margin // 2, right, bottom)))
        rows.append(row)
        down += row.shape[0]
    return np.vstack(rows), places


def _put_back(
    found: Iterable[RecognizedWord], places: list[tuple[int, PixelBox]], first: int
) -> Iterator[RecognizedWord]:
    for word in found:
        if word.confidence < SURE or not WORD.search(word.text):
            continue
        middle = (word.box[1] + word.box[3]) / 2
        number = max(at for at, (start, _) in enumerate(places) if start <= middle)
        start, (left, top, _, _) = places[number]
        box = (
            word.box[0] + left,
            word.box[1] - start + top,
            word.box[2] + left,
            word.box[3] - start + top,
        )
        yield RecognizedWord(word.text, box, word.confidence, first + number, -1)
