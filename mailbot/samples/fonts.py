"""The one family of fonts that papers are drawn with."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

DIRECTORY: Final = Path("/usr/share/fonts/truetype/dejavu")
SERIF: Final = "DejaVuSerifCondensed"
SERIF_BOLD: Final = "DejaVuSerifCondensed-Bold"
SANS: Final = "DejaVuSansCondensed"
SANS_BOLD: Final = "DejaVuSansCondensed-Bold"


class FontsMissingError(Exception):
    """The fonts that sample papers are drawn with are not installed."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"нет шрифта {path}; установите: apt-get install fonts-dejavu-core fonts-dejavu-extra"
        )


def font_path(name: str) -> Path:
    """Return the file of a font; raises FontsMissingError."""
    path = DIRECTORY / f"{name}.ttf"
    if not path.is_file():
        raise FontsMissingError(path)
    return path


@functools.cache
def register() -> None:
    """Make the fonts known to reportlab, under the names above; raises FontsMissingError."""
    for name in (SERIF, SERIF_BOLD, SANS, SANS_BOLD):
        pdfmetrics.registerFont(TTFont(name, str(font_path(name))))


@functools.cache
def picture_font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font for drawing on pictures; `size` in pixels. Raises FontsMissingError."""
    return ImageFont.truetype(str(font_path(name)), size)
