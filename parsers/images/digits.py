"""Second readers: other networks, asked about what the first one has found.

Two different networks that agree on eleven digits are evidence; one network read twice is not (it agrees with itself
on its own errors). The digits are read by PP-OCRv6, which knows no Cyrillic but was right on 898 of 900 hard lines and
never wrong; names by tesseract's `Cyrillic` network. Whether the readings agree is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from parsers.facts import Box
from parsers.images.faults import OcrFailedError
from parsers.images.networks import DIGITS, as_input, network
from parsers.images.ocr import OcrEngine, Pixels
from parsers.images.tones import even_light, fade_colour
from parsers.images.upright import Upright

HEIGHT: Final = 48  # pixels, of the network's input
LONGEST: Final = 1600  # pixels across; a line of 33 heights
MARGIN_X: Final = 0.6  # of the box's height, left and right of a number
MARGIN_Y: Final = 0.22
CROP_DPI: Final = 200.0
NAME_MARGIN: Final = (
    0.12  # of the word's height; loose crops cost a fifth of the agreement (measured)
)
NAME_DPI: Final = 150.0
ONE_WORD: Final = 8  # tesseract's segmentation mode
NAME_LANGUAGE: Final = "Cyrillic"


def read_digits(page: Upright, box: Box) -> str | None:
    """Read the line in a box (points) by the digit network: the text as it sees it, None where it sees nothing.

    Letters around the digits come out as look-alikes; only digits and their separators mean anything. Raises
    OcrUnavailableError.
    """
    left, top, right, bottom = box
    height = bottom - top
    if height <= 0 or right <= left:
        return None
    x, y = height * MARGIN_X, height * MARGIN_Y
    wide = (left - x, top - y, right + x, bottom + y)
    crop = _clean(page, wide, CROP_DPI)
    reader = network(DIGITS)
    width = min(max(round(HEIGHT * crop.shape[1] / crop.shape[0]), HEIGHT), LONGEST)
    outcome = reader.run(as_input([crop], height=HEIGHT, width=width))[0]
    text = _decode(outcome.argmax(axis=1).tolist(), reader.properties["character"].splitlines())
    return text.strip() or None


def second_name(
    page: Upright, boxes: Iterable[Box], engine: OcrEngine, *, timeout: float
) -> tuple[str, ...]:
    """Read each word of a name again by the second network; "" where it sees nothing.

    `boxes` are those of the words (points), `timeout` is for each. Raises OcrUnavailableError.
    """
    return tuple(_second_word(page, box, engine, timeout) for box in boxes)


def _second_word(page: Upright, box: Box, engine: OcrEngine, timeout: float) -> str:
    left, top, right, bottom = box
    margin = (bottom - top) * NAME_MARGIN
    if margin <= 0 or right <= left:
        return ""
    wide = (left - margin, top - margin, right + margin, bottom + margin)
    try:
        words = engine.recognize(
            _clean(page, wide, NAME_DPI),
            dpi=NAME_DPI,
            psm=ONE_WORD,
            language=NAME_LANGUAGE,
            timeout=timeout,
        )
    except OcrFailedError:
        return ""
    return " ".join(word.text for word in words)


def _clean(page: Upright, box: Box, dpi: float) -> Pixels:
    """Cut out a box, light and coloured ink judged with its surroundings, which alone show what the paper is."""
    left, top, right, bottom = box
    around = (left - 20, top - 20, right + 20, bottom + 20)
    grey = fade_colour(even_light(page.crop(around, dpi=dpi)))
    edge = round(20 * dpi / 72)
    return np.ascontiguousarray(grey[edge : grey.shape[0] - edge, edge : grey.shape[1] - edge])


def _decode(steps: list[int], characters: list[str]) -> str:
    """Undo connectionist temporal coding: repeats melt together, 0 is the blank that parts them."""
    alphabet = ["", *characters, " "]
    letters = [
        alphabet[step]
        for before, step in zip([0, *steps], steps, strict=False)
        if step and step != before and step < len(alphabet)
    ]
    return "".join(letters)
