"""A page the right way up, whatever it came from: what recognition and the marks look at.

What is derived from a page is computed when it is asked for, and kept.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from parsers.facts import Box
from parsers.images.ocr import Pixels
from parsers.images.rings import SEAL_PRESENT, Ring, find_rings
from parsers.images.stamped import lifted
from parsers.images.tones import even_light, fade_colour

POINTS_PER_INCH: Final = 72.0
# Resolution for recognition: names and numbers right on 92 and 92-93 of 96 pages at 130-150 dpi, fewer at 300, at a
# third of the time.
WORKING_DPI: Final = 140.0
EMBLEMS: Final = (
    0.17  # of the page's height: rings whose middle lies above belong to the letterhead
)


@dataclass(frozen=True, eq=False)
class Upright(ABC):
    """A page the right way up; boxes and sizes are in points from its top left corner."""

    width: float
    height: float

    @abstractmethod
    def crop(self, box: Box, *, dpi: float) -> Pixels:
        """Return a box of the page at a resolution, white beyond its edges."""

    def raster(self, dpi: float) -> Pixels:
        """Return the whole page as it came."""
        return self.crop((0.0, 0.0, self.width, self.height), dpi=dpi)

    @property
    def dpi(self) -> float:
        """Resolution of `even` and `grey`."""
        return WORKING_DPI

    @property
    def scale(self) -> float:
        """Points per pixel of `grey`."""
        return POINTS_PER_INCH / self.dpi

    @cached_property
    def even(self) -> Pixels:
        """The page evenly lit, its colours as they are."""
        return even_light(self.raster(self.dpi))

    @cached_property
    def faded(self) -> Pixels:
        """The same in grey, coloured ink faded."""
        return fade_colour(self.even)

    @cached_property
    def grey(self) -> Pixels:
        """The same, the ink of a seal lifted as well: what is recognized."""
        return self._lifted(self.faded, self.dpi)

    def printed(self, dpi: float) -> Pixels:
        """Return the same at another resolution."""
        return self._lifted(fade_colour(even_light(self.raster(dpi))), dpi)

    def _lifted(self, faded: Pixels, dpi: float) -> Pixels:
        return lifted(faded, self.seal, self._cut, dpi=dpi) if self.seal else faded

    @property
    def seal(self) -> Ring | None:
        """The ring that is as good as a seal's."""
        return next((ring for ring in self.rings[:1] if ring.score >= SEAL_PRESENT), None)

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """The most ring-like places, the best first; high on a page stand emblems, which are left out."""
        return find_rings(self.even, self.dpi, top=EMBLEMS * self.height)

    def with_ink(self, box: Box) -> Box | None:
        """Return the part of a box that may hold ink other than text, None where there is none."""
        return box

    def _cut(self, box: Box, dpi: float) -> Pixels:
        return self.crop(box, dpi=dpi)
