"""What of a PDF's page is shown, and which way its text runs: places are counted from there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from parsers.facts import Box

SWITCHED: Final = (90, 270)
MAX_SLOPE: Final = 0.002
"""Print is set exactly along the page; of the letters along a ring one in a hundred is."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The shown part of a page: `left`, `top` is its corner on pdfplumber's page, in points.

    `turn` is by how many degrees clockwise the page must be turned until most of its text is upright; `width` and
    `height` are those of the page so turned.
    """

    left: float
    top: float
    width: float
    height: float
    turn: int

    @classmethod
    def of(cls, layer: Any, characters: Sequence[dict[str, Any]]) -> Frame:
        """Measure pdfplumber's page `layer`."""
        crop, media = layer.cropbox, layer.mediabox
        left, top = max(crop[0], media[0]), max(crop[1], media[1])
        width, height = min(crop[2], media[2]) - left, min(crop[3], media[3]) - top
        turns = Counter(_turn(c["matrix"]) for c in characters if c["text"].strip())
        turn = turns.most_common(1)[0][0] if turns else 0
        if turn in SWITCHED:
            width, height = height, width
        return cls(float(left), float(top), float(width), float(height), turn)

    def shifted(self, objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Count the places of pdfplumber's objects from the shown corner, not yet turned."""
        return [
            {
                **each,
                "x0": each["x0"] - self.left,
                "x1": each["x1"] - self.left,
                "top": each["top"] - self.top,
                "bottom": each["bottom"] - self.top,
            }
            for each in objects
        ]

    def turned(self, objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Turn shifted objects as the page must be turned to be read."""
        if self.turn == 0:
            return list(objects)
        result = []
        for each in objects:
            left, top, right, bottom = self._turned(
                (each["x0"], each["top"], each["x1"], each["bottom"])
            )
            upright = "matrix" not in each or _turn(each["matrix"]) == self.turn
            result.append(
                {
                    **each,
                    "x0": left,
                    "x1": right,
                    "top": top,
                    "doctop": top,
                    "bottom": bottom,
                    "width": right - left,
                    "height": bottom - top,
                    "upright": upright,
                }
            )
        return result

    def placed(self, box: Box) -> Box:
        """Return where a box on pdfplumber's page lies."""
        return self._turned(
            (box[0] - self.left, box[1] - self.top, box[2] - self.left, box[3] - self.top)
        )

    def _turned(self, box: Box) -> Box:
        left, top, right, bottom = box
        if self.turn == 90:
            return self.width - bottom, left, self.width - top, right
        if self.turn == 180:
            return self.width - right, self.height - bottom, self.width - left, self.height - top
        if self.turn == 270:
            return top, self.height - right, bottom, self.height - left
        return box


def level(characters: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what is set askew to the page: the letters along the ring of a drawn seal.

    A page whose text is all a little askew keeps it.
    """
    askew = [bool(c["text"].strip()) and not _is_level(c["matrix"]) for c in characters]
    if 2 * sum(askew) > len(characters):
        return list(characters)
    # the letter at the very top of a ring is level, and belongs to its neighbours
    ring = [
        one or (before and behind)
        for before, one, behind in zip([False, *askew], askew, [*askew[1:], False], strict=False)
    ]
    return [c for c, out in zip(characters, ring, strict=True) if not out]


def _is_level(matrix: tuple[float, ...]) -> bool:
    along, across = abs(matrix[0]), abs(matrix[1])
    return min(along, across) <= MAX_SLOPE * max(along, across)


def _turn(matrix: tuple[float, ...]) -> int:
    """Return by how much text drawn by `matrix` must be turned clockwise to be upright."""
    along, across = matrix[0], matrix[1]
    if abs(along) >= abs(across):
        return 0 if along >= 0 else 180
    return 90 if across > 0 else 270
