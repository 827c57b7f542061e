"""The faces that the benchmark's papers are set in: of those that the system has, DejaVu at least."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

_FOLDER: Final = Path("/usr/share/fonts/truetype")


@dataclass(frozen=True, slots=True)
class Face:
    """A plain and a bold font by their names, which reportlab knows too."""

    plain: str
    bold: str


_FACES: Final = (
    Face("LiberationSerif-Regular", "LiberationSerif-Bold"),
    Face("LiberationSans-Regular", "LiberationSans-Bold"),
    Face("DejaVuSerif", "DejaVuSerif-Bold"),
    Face("DejaVuSans", "DejaVuSans-Bold"),
    Face("LiberationMono-Regular", "LiberationMono-Bold"),
)
WEIGHTS: Final = (6, 3, 1, 1, 1)


def font_file(name: str) -> Path:
    """Return the file of a font; DejaVu Sans for one that is not there."""
    found = next(_FOLDER.glob(f"*/{name}.ttf"), None)
    return found or _FOLDER / "dejavu" / "DejaVuSans.ttf"


@cache
def faces() -> tuple[Face, ...]:
    """Return the faces, registered with reportlab; one that is missing is DejaVu Sans under its name."""
    for face in _FACES:
        for name in (face.plain, face.bold):
            pdfmetrics.registerFont(TTFont(name, str(font_file(name))))
    return _FACES
