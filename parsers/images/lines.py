"""Which way lines of print run: across or down, how far askew, and where they stand.

Works on a picture's ink (`darkness` of an evenly lit page at some 85 dpi), by projections alone.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from parsers.images.ocr import Pixels

# Gaps up to this many pixels (1.5 mm) lie between letters, seldom between lines. Closing them along the lines fills
# 2.2-5 times as much as closing them across on 42 scans and photos, whatever their skew; sideways it is the inverse.
LETTER_GAP: Final = 5
COARSE: Final = tuple(np.arange(-12, 12.5, 1.0))  # degrees
FINE: Final = (0.5, 0.25, 0.12, 0.06)  # degrees, steps of the search around the best
MOST_POINTS: Final = 40_000  # of ink that are looked at; a page of print has some 20,000
INK: Final = 60  # of 255: lighter is paper grain


Floats = npt.NDArray[np.float32]


def print_only(dark: Pixels) -> Pixels:
    """Keep what is about as fine as print; dark areas (a table's top, a shadow) would drown the lines."""
    opened = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    fine = np.asarray(cv2.subtract(dark, opened), np.uint8)
    return np.where(fine > INK, fine, 0).astype(np.uint8)


def run_down(ink: Pixels) -> bool:
    """Say whether the lines of a page run down instead of across: it lies on its side."""
    mask = (ink > 0).astype(np.uint8)
    across = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, LETTER_GAP), np.uint8))
    down = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((LETTER_GAP, 1), np.uint8))
    return int(np.count_nonzero(down)) > int(np.count_nonzero(across))


def skew(ink: Pixels) -> float:
    """Return by how many degrees the lines fall to the right (0 where there are none)."""
    small = np.asarray(
        cv2.resize(ink, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA), np.uint8
    )
    if min(small.shape) < 20 or not small.any():
        return 0.0
    rows, columns = np.nonzero(small)
    thinned = slice(None, None, len(rows) // MOST_POINTS + 1)
    points = rows[thinned].astype(np.float32), columns[thinned].astype(np.float32)
    weights = small[rows[thinned], columns[thinned]].astype(np.float32)
    scores = {float(angle): _sharpness(points, weights, float(angle)) for angle in COARSE}
    best = max(scores, key=lambda angle: scores[angle])
    for step in FINE:
        for angle in (best - step, best + step):
            scores.setdefault(angle, _sharpness(points, weights, angle))
        best = max((best - step, best, best + step), key=lambda angle: scores[angle])
    return best


def bands(ink: Pixels) -> list[tuple[int, int]]:
    """Return the top and bottom of every line of print, in pixels."""
    profile = cv2.GaussianBlur(
        np.asarray(ink.mean(axis=1, keepdims=True), np.float32), (1, 5), 0
    ).ravel()
    if not profile.any():
        return []
    edges = np.flatnonzero(np.diff(np.pad((profile > profile.max() * 0.12).astype(np.int8), 1)))
    return [(int(top), int(bottom)) for top, bottom in edges.reshape(-1, 2)]


def _sharpness(points: tuple[Floats, Floats], weights: Floats, angle: float) -> float:
    """How sharply lines stand apart in the profile of inked points (rows, columns), seen at an angle."""
    turn = math.radians(angle)
    places = points[0] * np.float32(math.cos(turn)) - points[1] * np.float32(math.sin(turn))
    places -= places.min()
    lower = places.astype(np.int32)
    share = places - lower
    size = int(lower.max()) + 2
    profile = np.bincount(lower, weights * (1 - share), size)
    profile += np.bincount(lower + 1, weights * share, size)
    return float(np.square(np.diff(profile)).sum())
