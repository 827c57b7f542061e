"""Print under a seal made readable: the seal's own ink is divided out, what is darker than it stays.

Layout analysis drops a line that a seal's ring crosses, most often the one with the head's post. Ink on paper
multiplies, so that what lies under a stamp is as much darker than the stamp as it would be darker than paper. Only
the room of a seal that has been found is touched; the closer looks at digits and names see the picture as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from parsers.facts import Box
from parsers.images.circles import without_circles
from parsers.images.ocr import Pixels
from parsers.images.rings import POINTS_PER_MM, Ring
from parsers.images.tones import CHROMA, brightest, chroma, even_light, fade_colour

FINER: Final = 2  # times the page's resolution: there print is as dark as it was printed
RIM: Final = 1.5 * POINTS_PER_MM  # by which a seal's ink goes beyond its ring
AROUND: Final = 20.0  # points that show what the paper is
BAND: Final = 0.6 * POINTS_PER_MM  # half of the width in which the ring's ink is looked for
COLOURED: Final = 0.5  # of the ring; a grey copy of a seal has none
OWN: Final = (
    25  # percentile of the ring's brightness that is taken for its ink: the darker parts of it
)
BLACKEST: Final = 80.0  # of 255: print under darker ink cannot be told from it


def lifted(grey: Pixels, ring: Ring, crop: Callable[[Box, float], Pixels], *, dpi: float) -> Pixels:
    """Return a page (`grey`, at `dpi`) without the ink of one seal, or without its circles where that is black.

    `crop` cuts a box, in points, out of the page's original picture at a resolution.
    """
    scale = dpi / 72
    reach = ring.radius + RIM
    left, top = (max(int((at - reach) * scale), 0) for at in (ring.x, ring.y))
    right, bottom = (int((at + reach) * scale) + 1 for at in (ring.x, ring.y))
    part = grey[top:bottom, left:right]
    if not part.size:
        return grey
    right, bottom = left + part.shape[1], top + part.shape[0]
    box = (left / scale, top / scale, right / scale, bottom / scale)
    even = _even(crop, box, (part.shape[1] * FINER, part.shape[0] * FINER), dpi * FINER)
    middle = (ring.x * scale - left) * FINER, (ring.y * scale - top) * FINER
    radius = ring.radius * scale * FINER
    clean = _divided(even, middle, radius, BAND * scale * FINER)
    clean = without_circles(fade_colour(even) if clean is None else clean, middle, radius)
    small = cv2.resize(clean, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_AREA)
    disc = np.zeros(part.shape, np.uint8)
    cv2.circle(disc, tuple(round(at / FINER) for at in middle), round(reach * scale), 1, -1)
    result = grey.copy()
    result[top:bottom, left:right] = np.where(disc > 0, small, part)
    return result


def _even(
    crop: Callable[[Box, float], Pixels], box: Box, size: tuple[int, int], dpi: float
) -> Pixels:
    left, top, right, bottom = box
    wide = (left - AROUND, top - AROUND, right + AROUND, bottom + AROUND)
    edge = round(AROUND * dpi / 72)
    return even_light(crop(wide, dpi))[edge : edge + size[1], edge : edge + size[0]]


def _divided(
    even: Pixels, middle: tuple[float, float], radius: float, band: float
) -> Pixels | None:
    """Return the grey picture with the ring's ink divided out; None where that is as black as print."""
    coloured = chroma(even) > CHROMA
    tone = brightest(even)
    down, across = np.ogrid[: even.shape[0], : even.shape[1]]
    near = np.abs(np.hypot(across - middle[0], down - middle[1]) - radius) < band
    inked = near & (tone < 230)
    if inked.sum() < 50:
        return None
    is_coloured = float(coloured[inked].mean()) > COLOURED
    own = float(np.percentile(tone[inked & coloured if is_coloured else inked], OWN))
    if own < BLACKEST:
        return None
    lighter = np.minimum(tone.astype(np.float32) * (255 / own), 255).astype(np.uint8)
    return np.where(coloured, lighter, fade_colour(even)) if is_coloured else lighter
