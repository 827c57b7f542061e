"""Strokes of a pen across a seal, told from the seal's own lines by where they run, not by their colour.

Everything on a seal lies in circles: rings, rows of letters, and blank bands between them. A pen crosses the bands
from one side to the other, which the seal's own ink does nowhere. So a signature under a seal as black as itself (a
one-bit scan, a grey copy, the same ink) is seen nevertheless. The middle, where an emblem stands, says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import cv2
import numpy as np

from parsers.facts import Box
from parsers.images.circles import without_circles
from parsers.images.ocr import Pixels
from parsers.images.rings import FILLED, POINTS_PER_MM, Ring
from parsers.images.tones import darkness, even_light
from parsers.images.upright import Upright
from parsers.marks.rules import without_rules

DPI: Final = 300.0
ANGLES: Final = 1440
AROUND: Final = 1.25  # radii that are cut out
BANDS: Final = (0.3, 1.12)  # radii between which blank bands are looked for
BLANK: Final = 0.2  # of the angles: on a blank circle, or one of small letters, less is inked
WIDTH: Final = 0.45 * POINTS_PER_MM  # of a band, at least: letters touch what is nearer
INKED: Final = 0.5  # of the ring's darkness
WIDEST: Final = 0.1  # of the circle that one crossing may take
ELSEWHERE: Final = (
    3  # times as many crossings must lie where the letter is signed as on the rest of a band
)
BESIDE: Final = 2.0  # points between a crossing and print
TALL: Final = 1.75  # heights of print
WIDE: Final = 3.0
NEAR: Final = 6  # pixels from the middle of a crossing to its stroke


def crossings(
    upright: Upright, seal: Ring, room: Box, words: Sequence[Box], *, height: float
) -> int:
    """Count the places within `room` (points) where a stroke crosses a blank band of a seal, clear of words.

    Letters of print that was not recognized cross them too: only what is larger than letters, `height` points high,
    counts.
    """
    reach = seal.radius * AROUND
    around = (seal.x - reach, seal.y - reach, seal.x + reach, seal.y + reach)
    inked, without = _ink(even_light(upright.crop(around, dpi=DPI)), seal)
    polar = _polar(inked, seal)
    large = _large(without, height * DPI / 72)
    count = 0
    for first, last in _bands(polar, seal):
        places = [
            _place(seal, angle, (first + last) / 2) for angle in _across(polar[:, first:last])
        ]
        here = [place for place in places if _is_in(place, room)]
        if len(here) >= ELSEWHERE * (len(places) - len(here)):
            count += sum(
                not _is_at(place, words) and _is_large(large, seal, place) for place in here
            )
    return count


def _ink(even: Pixels, seal: Ring) -> tuple[Pixels, Pixels]:
    """Where there is ink but no ruling lines, and the same without the seal's circles."""
    dark = darkness(even)
    own = np.percentile(
        _polar(dark, seal)[:, _edge(seal, 0.97) : _edge(seal, 1.03)].max(axis=1), 50
    )
    inked = (dark > INKED * max(float(own), 1.0)).astype(np.uint8)
    inked = without_rules(inked, DPI)
    middle = even.shape[1] / 2, even.shape[0] / 2
    tone = without_circles(np.asarray(255 - 255 * inked, np.uint8), middle, seal.radius * DPI / 72)
    return inked, (tone < 128).astype(np.uint8)


def _large(inked: Pixels, height: float) -> Pixels:
    """Ink of strokes taller or wider than letters that are `height` pixels high."""
    _, labels, figures, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    tall, wide = figures[:, cv2.CC_STAT_HEIGHT], figures[:, cv2.CC_STAT_WIDTH]
    is_large = (tall > TALL * height) | (wide > WIDE * height)
    is_large[0] = False  # the paper
    return np.asarray(is_large[labels], np.uint8)


def _is_large(large: Pixels, seal: Ring, place: tuple[float, float]) -> bool:
    reach = seal.radius * AROUND
    x, y = (
        round((at - low) * DPI / 72)
        for at, low in zip(place, (seal.x - reach, seal.y - reach), strict=True)
    )
    return bool(large[max(y - NEAR, 0) : y + NEAR + 1, max(x - NEAR, 0) : x + NEAR + 1].any())


def _polar(picture: Pixels, seal: Ring) -> Pixels:
    reach = _edge(seal, BANDS[1])
    middle = picture.shape[1] / 2, picture.shape[0] / 2
    return np.asarray(
        cv2.warpPolar(
            picture, (reach, ANGLES), middle, reach, FILLED - cv2.INTER_LINEAR + cv2.INTER_NEAREST
        ),
        np.uint8,
    )


def _edge(seal: Ring, share: float) -> int:
    return round(seal.radius * share * DPI / 72)


def _bands(polar: Pixels, seal: Ring) -> Iterator[tuple[int, int]]:
    """Where blank bands begin and end, in pixels from the middle."""
    blank = polar.mean(axis=0) < BLANK
    blank[: _edge(seal, BANDS[0])] = False
    edges = np.flatnonzero(np.diff(np.pad(blank.astype(np.int8), 1)))
    for first, last in edges.reshape(-1, 2).tolist():
        if last - first >= WIDTH * DPI / 72:
            yield first, last


def _across(band: Pixels) -> Iterator[float]:
    """Angles, in radians, of strokes that reach from one side of a band to the other."""
    _, _, figures, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(band), connectivity=8)
    for left, top, width, height, _ in figures[1:].tolist():
        if left == 0 and width == band.shape[1] and height < WIDEST * ANGLES:
            yield (top + height / 2) * 2 * np.pi / ANGLES


def _place(seal: Ring, angle: float, pixels: float) -> tuple[float, float]:
    radius = pixels * 72 / DPI
    return seal.x + radius * float(np.cos(angle)), seal.y + radius * float(np.sin(angle))


def _is_in(place: tuple[float, float], box: Box, beyond: float = 0.0) -> bool:
    across = box[0] - beyond < place[0] < box[2] + beyond
    return across and box[1] - beyond < place[1] < box[3] + beyond


def _is_at(place: tuple[float, float], words: Iterable[Box]) -> bool:
    return any(_is_in(place, word, BESIDE) for word in words)
