"""A name that could not be read, cut out of its page so that the school sees what was seen.

Nothing but the words of the name is shown: a telephone number beside it or in the next line never gets into a picture.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from parsers.facts import Box, Cutout, Evidence
from parsers.images.upright import Upright
from parsers.layout import Word, bounding_box
from parsers.limits import CUTOUT_BYTES

DPI: Final = 150.0
_SIDES: Final = 1.5  # points around a word
_ABOVE: Final = 1.0  # points over and under it: the next line stays out
_LONGEST: Final = 500.0  # points; more than a line of A4 is no name
_HIGHEST: Final = 120.0
_GREYS: Final = 16
_BITS: Final = 256 // _GREYS
_WHITE: Final = 255


def cut_out(upright: Upright, words: Sequence[Word], place: Evidence) -> Cutout | None:
    """Return the words as they stand on the page, white around them; None where that would show more than a name."""
    boxes = [_around(word.box) for word in words if word.box is not None]
    whole = bounding_box(boxes)
    if whole is None or any(any(map(str.isdigit, word.text)) for word in words):
        return None
    width, height = whole[2] - whole[0], whole[3] - whole[1]
    if not (0 < width <= _LONGEST and 0 < height <= _HIGHEST):
        return None
    picture = _png(upright, boxes, whole)
    if len(picture) > CUTOUT_BYTES:
        return None
    text = base64.b64encode(picture).decode("ascii")
    return Cutout(document=place.document, page=place.page or 1, picture=text)


def _around(box: Box) -> Box:
    return box[0] - _SIDES, box[1] - _ABOVE, box[2] + _SIDES, box[3] + _ABOVE


def _png(upright: Upright, boxes: Sequence[Box], whole: Box) -> bytes:
    """Draw the boxes on a white ground, in a few shades of grey."""
    scale = DPI / 72
    size = (round((whole[2] - whole[0]) * scale) + 1, round((whole[3] - whole[1]) * scale) + 1)
    canvas = Image.new("L", size, _WHITE)
    for box in boxes:
        piece = Image.fromarray(np.ascontiguousarray(upright.crop(box, dpi=DPI))).convert("L")
        canvas.paste(
            piece, (round((box[0] - whole[0]) * scale), round((box[1] - whole[1]) * scale))
        )
    shades = canvas.point([min(level // _BITS * (_BITS + 1), _WHITE) for level in range(256)])
    buffer = io.BytesIO()
    shades.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
