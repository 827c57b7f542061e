"""A page of text that a program draws, a part at a time: only what is asked for is ever drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from parsers.facts import Box
from parsers.images.ocr import Pixels
from parsers.images.rings import CERTAIN, POINTS_PER_MM, Ring, find_rings
from parsers.images.tones import even_light
from parsers.images.upright import EMBLEMS, Upright
from parsers.layout import bounding_box

Draw = Callable[[Box, float], Pixels]
"""Draws a box of the page (points) at a resolution: (height, width, 3)."""

AROUND: Final = 8.0 * POINTS_PER_MM  # of what may be a seal: shows that it stands apart
LEAST_SEAL: Final = 9.0 * POINTS_PER_MM  # the shorter side of what is left of one at a page's edge


@dataclass(frozen=True, eq=False)
class Drawn(Upright):
    """A page of text; `inked` are the boxes of everything on it that is not text."""

    draw: Draw
    inked: tuple[Box, ...]

    def crop(self, box: Box, *, dpi: float) -> Pixels:
        """See Upright."""
        return self.draw(box, dpi)

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """See Upright; letters set in a ring are no seal, so that only what else is drawn is looked at."""
        found: list[Ring] = []
        for box in sorted(self.inked, key=_shorter_side, reverse=True):
            if _shorter_side(box) < LEAST_SEAL or any(ring.score > CERTAIN for ring in found):
                break
            if box[3] > self._emblems:
                found += self._rings(box)
        return tuple(sorted(found, key=lambda ring: -ring.score))

    def with_ink(self, box: Box) -> Box | None:
        """See Upright."""
        return bounding_box(
            (max(box[0], ink[0]), max(box[1], ink[1]), min(box[2], ink[2]), min(box[3], ink[3]))
            for ink in self.inked
            if ink[0] < box[2] and box[0] < ink[2] and ink[1] < box[3] and box[1] < ink[3]
        )

    @property
    def _emblems(self) -> float:
        return EMBLEMS * self.height

    def _rings(self, box: Box) -> Iterator[Ring]:
        left, top = max(box[0] - AROUND, 0.0), max(box[1] - AROUND, 0.0)
        right, bottom = min(box[2] + AROUND, self.width), min(box[3] + AROUND, self.height)
        even = even_light(self.crop((left, top, right, bottom), dpi=self.dpi))
        for ring in find_rings(even, self.dpi, top=self._emblems - top):
            yield replace(ring, x=ring.x + left, y=ring.y + top)


def _shorter_side(box: Box) -> float:
    """Return the shorter side of a box."""
    return min(box[2] - box[0], box[3] - box[1])
