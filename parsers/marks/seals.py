"""The seal among a page's rings: rubber on paper, as a person would take it for one.

A ring alone is no seal: emblems of projects and coats of arms are printed as circles too. A seal has small letters
around its rim, or where those were lost at least a second ring; it is drawn in lines, with ink of a stamp's colour;
and it stands where the letter is signed. What lacks one of these may be a seal that was copied badly, so it is
left to a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from parsers.facts import Box, Mark
from parsers.images.ocr import Pixels
from parsers.images.rings import (
    FILLED,
    MM_PER_INCH,
    POINTS_PER_MM,
    SEAL_ABSENT,
    SEAL_PRESENT,
    SLACK,
    Floats,
    Ring,
    find_rings,
)
from parsers.images.tones import CHROMA, chroma, darkness, even_light
from parsers.images.upright import Upright
from parsers.marks.signature_lines import SignatureLine

RIM_DPI: Final = 220.0  # the letters of a rim are 1.2-2 mm high
ANGLES: Final = 720
AROUND: Final = 1.25  # radii that are cut out
TEXT: Final = (0.55, 0.96)  # of the radius: where the letters of a rim stand
NEIGHBOURS: Final = 31  # angles whose mean a stroke of a letter must exceed
STROKE: Final = 0.12  # of the ring's darkness, by which it must
FAINT: Final = 0.2  # of full black: a paler ring is judged like this
STROKES: Final = 30  # on a circle through letters; 60-150 in seals on scans, 50-110 on photos
# Width of the band of letters: 1.0 mm and more in 108 seals (one-bit, grey, photos), at most 0.2 in printed emblems
# without letters around.
LETTERS_PRESENT: Final = 0.6 * POINTS_PER_MM
CLOSED: Final = 0.8  # of the angles at which a second ring is inked
APART: Final = 0.9  # of the radius: a second ring lies within
SOLID: Final = 1.8 * POINTS_PER_MM  # across: no stroke of a seal is as thick as this
# Of the disc: 0.00 in 126 seals, 0.09 and more in 26 emblems with a star or a ground.
SOLID_SHARE: Final = 0.06
SMALLEST: Final = 14.0 * POINTS_PER_MM  # radius; smaller circles are emblems
# Seals stand within 30 mm of the line that is signed, with «М.П.» below a post of several lines somewhat lower.
BELOW: Final = 45.0 * POINTS_PER_MM
ABOVE: Final = 30.0 * POINTS_PER_MM
# Stamps are blue, violet or grey: by so much of 255 blue is weaker than another channel in ink that is not.
OTHER_INK: Final = 25


@dataclass(frozen=True, slots=True)
class Seal:
    """Whether there is one, and its ring if it may be there."""

    mark: Mark
    ring: Ring | None = None


def find_seal(upright: Upright, line: SignatureLine | None, letterhead: Box | None) -> Seal:
    """Find what is most like a seal; what stands above the letterhead's words or beside them is an emblem."""
    best = Seal(Mark.ABSENT)
    for ring in _rings(upright):
        if _is_emblem(ring, line, letterhead):
            continue
        mark = _mark(upright, ring, line)
        if mark is Mark.PRESENT:
            return Seal(mark, ring)
        if mark is Mark.UNSURE and best.mark is Mark.ABSENT:
            best = Seal(mark, ring)
    return best


def _rings(upright: Upright) -> Iterator[Ring]:
    """Rings as good as a seal's; behind a perfect one, that is none, those are looked for that it outshone."""
    first = [ring for ring in upright.rings if ring.score >= SEAL_ABSENT]
    yield from first
    if first:
        hidden = _without(upright.even, first[0], upright.dpi)
        for ring in find_rings(hidden, upright.dpi):
            if ring.score >= SEAL_ABSENT:
                yield ring


def _without(even: Pixels, ring: Ring, dpi: float) -> Pixels:
    scale = dpi / 72
    hidden = even.copy()
    middle = round(ring.x * scale), round(ring.y * scale)
    cv2.circle(hidden, middle, round((ring.radius + POINTS_PER_MM) * scale), (255, 255, 255), -1)
    return hidden


def _is_emblem(ring: Ring, line: SignatureLine | None, letterhead: Box | None) -> bool:
    if letterhead is None:
        return False
    beside = ring.y < letterhead[3] and (line is None or not _is_near(ring, line))
    return beside or ring.y <= letterhead[1]


def _is_near(ring: Ring, line: SignatureLine) -> bool:
    around = line.title or line.name or line.zone
    return around[1] - ABOVE <= ring.y <= around[3] + BELOW


def _mark(upright: Upright, ring: Ring, line: SignatureLine | None) -> Mark:
    if ring.score < SEAL_PRESENT or ring.radius < SMALLEST:
        return Mark.UNSURE
    if line is not None and line.is_known and not _is_near(ring, line):
        return Mark.UNSURE
    reach = ring.radius * AROUND
    box = (ring.x - reach, ring.y - reach, ring.x + reach, ring.y + reach)
    even = even_light(upright.crop(box, dpi=RIM_DPI))
    dark = darkness(even)
    polar = np.asarray(_polar(dark, ring) / 255, np.float32)
    lines = _letters(polar, ring) >= LETTERS_PRESENT or _has_second_ring(polar, ring)
    is_seal = lines and _solid(dark, ring) < SOLID_SHARE and _is_stamp_ink(even, ring)
    return Mark.PRESENT if is_seal else Mark.UNSURE


def _has_second_ring(polar: Floats, ring: Ring) -> bool:
    slack = 2 * round(SLACK * RIM_DPI / MM_PER_INCH / 2) + 1  # by which the circle may stray
    near = np.asarray(cv2.dilate(polar, np.ones((1, slack), np.uint8)), np.float32)
    inked = (near > 0.5 * max(ring.strength, FAINT)).mean(axis=0)
    return bool((inked[polar.shape[1] // 4 : round(polar.shape[1] * APART)] > CLOSED).any())


def _solid(dark: Pixels, ring: Ring) -> float:
    """Share of the disc that is filled with ink."""
    scale = RIM_DPI / 72
    inked = (dark > 127 * max(ring.strength, FAINT)).astype(np.uint8)
    disc = np.zeros_like(inked)
    cv2.circle(disc, (dark.shape[1] // 2, dark.shape[0] // 2), round(ring.radius * scale), 1, -1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(SOLID * scale),) * 2)
    return float(cv2.morphologyEx(inked & disc, cv2.MORPH_OPEN, kernel).sum() / disc.sum())


def _letters(polar: Floats, ring: Ring) -> float:
    """How wide the widest band is that has the strokes of small letters all around, in points."""
    scale = RIM_DPI / 72
    half = NEIGHBOURS // 2
    wrapped = cv2.copyMakeBorder(polar, half, half, 0, 0, cv2.BORDER_WRAP)
    mean = cv2.blur(wrapped, (1, NEIGHBOURS))[half:-half]
    inked = polar > mean + STROKE * max(ring.strength, FAINT)
    strokes = (inked & ~np.roll(inked, 1, axis=0)).sum(axis=0)
    first, last = (round(share * ring.radius * scale) for share in TEXT)
    return _longest(strokes[first:last] >= STROKES) / scale


def _polar(picture: Pixels, ring: Ring) -> Pixels:
    """(angles, pixels from the middle), down to the ring."""
    reach = round(ring.radius * RIM_DPI / 72)
    middle = picture.shape[1] / 2, picture.shape[0] / 2
    return np.asarray(cv2.warpPolar(picture, (reach, ANGLES), middle, reach, FILLED), np.uint8)


def _longest(flags: npt.NDArray[np.bool_]) -> int:
    """Return the length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.pad(flags.astype(np.int8), 1)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _is_stamp_ink(even: Pixels, ring: Ring) -> bool:
    """Whether the ring is blue, violet or without colour; print is of any colour."""
    if even.ndim == 2:
        return True
    polar = [_polar(np.ascontiguousarray(even[..., channel]), ring) for channel in range(3)]
    edge = round(polar[0].shape[1] * 0.97)
    pixels = np.dstack(polar)[:, edge:].reshape(1, -1, 3)
    inked = pixels[chroma(pixels) > CHROMA]
    if len(inked) < ANGLES / 2:
        return True
    red, green, blue = np.median(inked, axis=0)
    return bool(blue >= max(red, green) - OTHER_INK)
