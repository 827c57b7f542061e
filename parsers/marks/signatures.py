"""A signature by hand: strokes that are not print, where a letter is signed.

Connected ink, taller than the print or wider than two letters, no ruling line, no part of the seal. A name in print is
no signature, nor is the signature of somebody else in another line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from parsers.facts import Box, Mark
from parsers.images.ocr import Pixels
from parsers.images.rings import FILLED, POINTS_PER_MM, Ring
from parsers.images.tones import chroma, darkness, even_light, fade_colour
from parsers.images.upright import Upright
from parsers.layout import Page, bounding_box
from parsers.marks.crossings import crossings
from parsers.marks.rules import without_rules
from parsers.marks.signature_lines import ABOVE, BELOW, SignatureLine, is_print

Mask = npt.NDArray[np.bool_]

STROKE_DPI: Final = 220.0  # thin strokes are then as dark as they were written
AROUND: Final = 15.0  # points around the zone
INK: Final = 70  # of 255 of darkness: a stroke of a pen on paper
INK_COLOUR: Final = 45  # of chroma: the same in blue or violet
TALL: Final = 1.75  # heights of print; letters that recognition or a scanner joined stay under 1.5
TALL_CUT: Final = 1.3  # of what the seal's edge cuts off
WIDE: Final = 3.0  # heights of print
SOLID: Final = 0.55  # of its box that a wide stroke fills at most; low zigzags fill 0.46
FLAT: Final = 0.9  # heights of print that a wide stroke must have: less is a ruling line
LEAST_STROKE: Final = 5.0 * POINTS_PER_MM  # the longer side of what is called a signature
RIM: Final = 1.2 * POINTS_PER_MM  # by which a seal's ink goes beyond its ring
HALO: Final = 3.5 * POINTS_PER_MM  # strokes that reach no further from the ring may be its own
# Ink inside the seal is another's if it is darker than the seal's own by so much of full black. Signatures under seals
# were found up to 0.10-0.55, on unsigned pages nothing beyond 0.00 (27 pages each).
CLEARLY_DARKER: Final = 0.12
DARKER: Final = 0.04
DARKEST: Final = 0.93  # nothing is darker than a one-bit seal
CROSSINGS: Final = 2  # of a seal's blank bands, that make a signature; unsigned pages have none
# A signature may lie wholly within a seal whose ink is as dark as this (of full black) and that leaves less room than
# this free between title and name: then nobody can say «none». Where there was room and it is empty, anybody would.
HIDING: Final = 0.45
ROOM: Final = 25.0 * POINTS_PER_MM


@dataclass(frozen=True, slots=True)
class Signature:
    """Whether there is one, and where it, or the place for it, is (points)."""

    mark: Mark
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class _View:
    """The signature's zone in pixels of its own, and what leads back to points."""

    pixels: Pixels
    scale: float  # pixels per point
    corner: tuple[float, float]  # on the page, in pixels
    height: float  # of print, in pixels
    words: tuple[Box, ...]  # recognized print, in pixels of the view

    def points(self, boxes: Iterable[Box]) -> Box | None:
        around = bounding_box(boxes)
        if around is None:
            return None
        shifts = (*self.corner, *self.corner)
        left, top, right, bottom = (
            round((side + shift) / self.scale, 1)
            for side, shift in zip(around, shifts, strict=True)
        )
        return left, top, right, bottom


def find_signature(
    upright: Upright, page: Page, place: SignatureLine | None, seal: Ring | None
) -> Signature:
    """Look for a signature where a page, whose words are known, is signed."""
    if place is None or min(_sides(place.zone)) < LEAST_STROKE:
        return Signature(Mark.ABSENT)
    zone = upright.with_ink(place.zone)
    if zone is None:
        return Signature(Mark.ABSENT, place.zone)
    view = _view(zone, place.height, page, upright)
    if seal is None or not _meets(place, seal):
        strokes = view.points(_strokes(view, _ink(view)))
        return _found(place, Mark.ABSENT if strokes is None else Mark.PRESENT, strokes)
    for margin, mark in ((CLEARLY_DARKER, Mark.PRESENT), (DARKER, Mark.UNSURE)):
        within = _darker_inside(view, seal, margin)
        clear = _disc(view, seal, HALO) == 0
        cut = _disc(view, seal, RIM + 1.0) > 0
        strokes = view.points(_strokes(view, _outside(view, seal) | within, clear=clear, cut=cut))
        if strokes is not None:
            return _found(place, Mark.PRESENT, strokes)
        strokes = view.points(_strokes(view, within))
        if strokes is not None:
            return _found(place, mark, strokes)
    words = [box for word in page.words if (box := word.box)]
    across = crossings(upright, seal, _gap(place), words, height=place.height)
    if across >= CROSSINGS and place.title is not None:
        return _found(place, Mark.PRESENT, None)
    own = _own_darkness(darkness(view.pixels), view, seal) or 0.0
    is_hidden = own > HIDING and _room(place, seal) < ROOM
    return Signature(Mark.UNSURE if across or is_hidden else Mark.ABSENT, place.zone)


def _found(place: SignatureLine, mark: Mark, box: Box | None) -> Signature:
    """Where no words show who signs, strokes may be anybody's."""
    if mark is Mark.PRESENT and not place.is_known:
        mark = Mark.UNSURE
    return Signature(mark, box or place.zone)


def _sides(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _view(zone: Box, height: float, page: Page, upright: Upright) -> _View:
    left, top, right, bottom = zone
    scale = STROKE_DPI / 72
    # the light is judged with the surroundings, which show what the paper is
    wide = (left - AROUND, top - AROUND, right + AROUND, bottom + AROUND)
    edge = round(AROUND * scale)
    pixels = even_light(upright.crop(wide, dpi=STROKE_DPI))[edge:-edge, edge:-edge]
    words = tuple(
        ((b[0] - left) * scale, (b[1] - top) * scale, (b[2] - left) * scale, (b[3] - top) * scale)
        for word in page.words
        if (b := word.box) is not None and is_print(word)
    )
    return _View(pixels, scale, (left * scale, top * scale), height * scale, words)


def _ink(view: _View) -> Pixels:
    return ((darkness(view.pixels) > INK) | (chroma(view.pixels) > INK_COLOUR)).astype(np.uint8)


def _outside(view: _View, seal: Ring) -> Pixels:
    """Ink that lies clear of the seal."""
    return np.where(_disc(view, seal, RIM) > 0, 0, _ink(view)).astype(np.uint8)


def _darker_inside(view: _View, seal: Ring, margin: float) -> Pixels:
    """Ink under the seal that is not its own: darker than that, or so where coloured ink is faded."""
    disc = _disc(view, seal, RIM)
    ink = np.zeros_like(disc)
    for dark in (darkness(view.pixels), np.asarray(255 - fade_colour(view.pixels), np.uint8)):
        own = _own_darkness(dark, view, seal)
        if own is not None and own + margin <= DARKEST:
            ink |= ((dark > (own + margin) * 255) & (disc > 0)).astype(np.uint8)
    return ink


def _own_darkness(dark: Pixels, view: _View, seal: Ring) -> float | None:
    """How dark the seal's ring is in the view, of full black."""
    x, y = _centre(view, seal)
    reach = seal.radius * view.scale
    polar = cv2.warpPolar(dark, (round(reach * 1.1), 360), (x, y), reach * 1.1, FILLED)
    ring = np.asarray(polar, np.uint8)[:, round(reach * 0.95) :].max(axis=1)
    inked = ring[ring > INK / 2]
    return float(np.percentile(inked, 75)) / 255 if len(inked) >= 10 else None


def _disc(view: _View, seal: Ring, beyond: float) -> Pixels:
    disc = np.zeros(view.pixels.shape[:2], np.uint8)
    x, y = _centre(view, seal)
    cv2.circle(disc, (round(x), round(y)), round((seal.radius + beyond) * view.scale), 1, -1)
    return disc


def _centre(view: _View, seal: Ring) -> tuple[float, float]:
    return seal.x * view.scale - view.corner[0], seal.y * view.scale - view.corner[1]


def _strokes(
    view: _View, ink: Pixels, *, clear: Mask | None = None, cut: Mask | None = None
) -> list[Box]:
    """What is written by hand, if anything is long enough for a signature.

    A part of it must lie where `clear` is; of what reaches into `cut` only a part may be left.
    """
    ink = without_rules(ink, STROKE_DPI)
    _, labels, figures, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    seen = set(np.unique(labels if clear is None else labels[clear]).tolist()) - {0}
    halved = set() if cut is None else set(np.unique(labels[cut]).tolist())
    boxes: list[Box] = []
    for number in sorted(seen):
        x, y, width, tall, area = figures[number].tolist()
        if _is_stroke((x, y, width, tall), area, view, TALL_CUT if number in halved else TALL):
            boxes.append((float(x), float(y), float(x + width), float(y + tall)))
    longest = max((max(box[2] - box[0], box[3] - box[1]) for box in boxes), default=0)
    return boxes if longest >= LEAST_STROKE * view.scale else []


def _is_stroke(figure: tuple[int, int, int, int], area: int, view: _View, tallness: float) -> bool:
    x, y, width, tall = figure
    height = view.height
    if tall < FLAT * height or area < 0.3 * max(width, tall):
        return False
    is_tall = tall > tallness * height and (width > 0.5 * height or tall > 2.5 * height)
    is_wide = width > WIDE * height and area < SOLID * width * tall
    if not (is_tall or is_wide):
        return False
    margin = 0.35 * height
    return not any(
        box[0] - margin <= x
        and box[1] - margin <= y
        and x + width <= box[2] + margin
        and y + tall <= box[3] + margin
        and box[3] - box[1] < 1.8 * height
        for box in view.words
    )


def _meets(place: SignatureLine, seal: Ring) -> bool:
    left, top, right, bottom = place.zone
    x, y = min(max(seal.x, left), right), min(max(seal.y, top), bottom)
    return (x - seal.x) ** 2 + (y - seal.y) ** 2 < seal.radius**2


def _gap(place: SignatureLine) -> Box:
    """The room between title and name, as high as the zone."""
    left = place.title[2] if place.title else place.zone[0]
    right = place.name[0] if place.name else place.zone[2]
    return left, place.zone[1], right, place.zone[3]


def _room(place: SignatureLine, seal: Ring) -> float:
    """The longest part of the gap between title and name that the seal leaves free, in points."""
    left, top, right, bottom = _gap(place)
    middle = (top + ABOVE + bottom - BELOW) / 2
    if abs(middle - seal.y) > seal.radius:
        return right - left
    half = math.sqrt(seal.radius**2 - (middle - seal.y) ** 2)
    return max(min(right, seal.x - half) - left, right - max(left, seal.x + half))
