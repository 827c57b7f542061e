"""Up or down: whether a page whose lines run across stands on its head.

A small network that tells a line of print from one upside down is asked about a few lines; only where it is divided,
the engine reads a strip both ways.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from parsers.images.faults import OcrFailedError
from parsers.images.lines import bands, print_only
from parsers.images.networks import DIRECTION, as_input, network
from parsers.images.ocr import OcrEngine, Pixels

INPUT: Final = (48, 192)  # height and width that the network was trained on
LINES: Final = 12  # pieces of lines that are asked about
FEW: Final = 5  # of them, asked first: where these agree, the others are not asked
PIECE: Final = 5  # width of a piece in heights
LINE_INCHES: Final = (0.06, 0.35)  # height of a line of print
# Share of lines that the network takes for upside down: 0.00-0.20 on 60 upright pages, 0.75-1.00 on the same turned.
SURE: Final = (0.35, 0.65)
STRIP: Final = 0.25  # of the page's height, read both ways where the network is divided


def is_upside_down(grey: Pixels, dpi: float, engine: OcrEngine, *, timeout: float) -> bool:
    """Say whether a level page stands on its head; no print at all does not. Raises OcrUnavailableError."""
    pieces = _pieces(grey, dpi)
    if not pieces:
        return False
    share = _share(pieces[:: len(pieces) // FEW + 1])
    if 0 < share < 1 or len(pieces) < FEW:
        share = _share(pieces)
    if share < SURE[0] or share > SURE[1]:
        return share > SURE[1]
    return _reads_better_turned(grey, dpi, engine, timeout)


def _share(pieces: list[Pixels]) -> float:
    """Share of pieces that the network takes for upside down."""
    outcome = network(DIRECTION).run(as_input(pieces, height=INPUT[0], width=INPUT[1]))
    return float(np.mean(outcome[:, 1] > 0.5))


def _pieces(grey: Pixels, dpi: float) -> list[Pixels]:
    ink = print_only(np.asarray(255 - grey, np.uint8))
    pieces: list[Pixels] = []
    for top, bottom in bands(ink):
        columns = np.flatnonzero(ink[top:bottom].max(axis=0))
        if (
            not LINE_INCHES[0] * dpi <= bottom - top <= LINE_INCHES[1] * dpi
            or len(columns) < dpi / 2
        ):
            continue
        top, bottom = max(top - 3, 0), bottom + 3
        width = (bottom - top) * PIECE
        last = max(int(columns[-1]) - width, int(columns[0]) + 1)
        for left in range(int(columns[0]), last, width):
            piece = grey[top:bottom, left : left + width]
            if float(np.mean(piece < 128)) > 0.05:
                pieces.append(piece)
    step = max(1, len(pieces) // LINES)
    return pieces[::step][:LINES]


def _reads_better_turned(grey: Pixels, dpi: float, engine: OcrEngine, timeout: float) -> bool:
    dark = (grey < 128).mean(axis=1)
    height = max(int(len(dark) * STRIP), 1)
    sums = np.convolve(dark, np.ones(height), "valid")
    top = int(np.argmax(sums))
    strip = grey[top : top + height]
    turned = np.ascontiguousarray(strip[::-1, ::-1])
    return _sense(turned, dpi, engine, timeout) > _sense(strip, dpi, engine, timeout)


def _sense(strip: Pixels, dpi: float, engine: OcrEngine, timeout: float) -> float:
    """How much of a strip the engine reads with confidence, in letters."""
    try:
        words = engine.recognize(strip, dpi=dpi, psm=6, timeout=timeout / 2)
    except OcrFailedError:
        return 0.0
    return sum(len(word.text) * word.confidence**2 for word in words if word.confidence > 0.5)
