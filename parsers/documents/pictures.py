"""Picture files → pages: JPEG, PNG, TIFF of several pages, HEIC, WEBP, BMP, GIF.

Only headers are read here; a picture is decoded when it is looked at.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from typing import Final

import pillow_heif
from PIL import Image

from parsers.documents.paper import DocumentPages, Raster, SourcePage
from parsers.facts import Trouble
from parsers.limits import Limits

pillow_heif.register_heif_opener()

FORMATS: Final = ("JPEG", "PNG", "TIFF", "HEIF", "WEBP", "BMP", "GIF")
SEVERAL_PAGES: Final = (
    "TIFF"  # of the others only the first picture is a page: animations, previews
)
SHEET_INCHES: Final = (4.0, 24.0)  # a stated resolution that makes a sheet of this size is believed
PICTURE_ERRORS: Final = (
    OSError,  # what Pillow does not know at all
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    Image.DecompressionBombError,
)
"""What Pillow's decoders raise on broken files."""


@dataclass(frozen=True, slots=True)
class PictureOpener:
    """Opens one page of a picture file, each time anew."""

    content: bytes
    frame: int = 0
    dpi: float | None = None  # where it is known from elsewhere

    def __call__(self) -> Raster | None:
        """Open the picture; None where it cannot be."""
        image = open_picture(self.content)
        if image is None:
            return None
        try:
            if self.frame:
                image.seek(self.frame)
        except PICTURE_ERRORS:
            return None
        return Raster(image, self.dpi or _stated_dpi(image))


def read_picture(content: bytes, name: str, *, limits: Limits) -> DocumentPages:
    """Read a picture file's pages; what is too large or unreadable is said in the result."""
    image = open_picture(content)
    if image is None:
        return DocumentPages(
            name=name, trouble=Trouble.MALFORMED, detail="изображение не открывается"
        )
    count = _count(image)
    pages: list[SourcePage] = []
    for frame in range(min(count, limits.pages)):
        try:
            image.seek(frame)
        except PICTURE_ERRORS:
            break
        if image.width * image.height > limits.pixels:
            return DocumentPages(
                name=name,
                pages=tuple(pages),
                size=image.size,
                trouble=Trouble.TOO_LARGE,
                detail=f"изображение {image.width} × {image.height} точек слишком велико",
            )
        opener = PictureOpener(content, frame)
        pages.append(SourcePage(number=frame + 1, raster=opener, drawn=1.0))
    limit = f"прочитано страниц: {len(pages)} из {count}" if len(pages) < count else ""
    return DocumentPages(name=name, pages=tuple(pages), size=image.size, limit=limit)


def open_picture(content: bytes) -> Image.Image | None:
    """Open a picture without decoding it; None where it is none. Its size is the caller's care."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of size and of odd metadata
            return Image.open(io.BytesIO(content), formats=FORMATS)
    except PICTURE_ERRORS:
        return None


def _count(image: Image.Image) -> int:
    if image.format != SEVERAL_PAGES:
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except PICTURE_ERRORS:
        return 1


def _stated_dpi(image: Image.Image) -> float | None:
    """Return the resolution that the file states, if it makes a sheet of paper."""
    try:
        dpi = float(max(image.info.get("dpi", (0.0,))))
    except (TypeError, ValueError):
        return None
    if dpi <= 0 or not all(SHEET_INCHES[0] <= side / dpi <= SHEET_INCHES[1] for side in image.size):
        return None
    return dpi
