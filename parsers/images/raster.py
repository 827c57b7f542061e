"""Pictures of pages: from any scan or photo to an upright page of known size.

What is kept is the picture as it came and one matrix that leads from points of the upright page to its pixels, so that
every closer look is cut from the original in one resampling. Knows nothing of words.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from parsers.facts import Box
from parsers.images.lines import print_only, run_down, skew
from parsers.images.ocr import OcrEngine, Pixels
from parsers.images.outline import Quad, find_outline
from parsers.images.rings import SEAL_PRESENT, Ring, find_rings
from parsers.images.stamped import lifted
from parsers.images.tones import darkness, even_light, fade_colour, is_coloured
from parsers.images.turn import is_upside_down

Matrix = npt.NDArray[np.float64]
"""(3, 3), a perspective map."""

POINTS_PER_INCH: Final = 72.0
A4: Final = (595.3, 841.9)  # points
# Resolution for recognition: names and numbers right on 92 and 92-93 of 96 pages at 130-150 dpi, fewer at 300, at a
# third of the time.
WORKING_DPI: Final = 140.0
EMBLEMS: Final = (
    0.17  # of the page's height: rings whose middle lies above belong to the letterhead
)
LOOK_DPI: Final = 85.0  # for finding lines and their direction
MAX_PIXELS: Final = (
    20_000_000  # kept of one picture (A4 at 400 dpi): three bytes each must fit beside all else
)
SHEET: Final = (230.0, 1300.0)  # points: sides of a page that a stated resolution may give
STRAIGHT: Final = 0.05  # degrees of skew that are left alone
MARGIN: Final = 8  # pixels around what is cut out, for the blur
BLUR: Final = 0.35  # pixels of blur for each pixel that becomes a part of one
REDUCE: Final = (
    2.0  # a picture that is made four times smaller and more is first averaged down to this
)


class PictureError(Exception):
    """The bytes of a picture cannot be decoded: a fact about the document."""


@dataclass(frozen=True, eq=False)
class Upright:
    """A page the right way up.

    Boxes and sizes are in points from its top left corner; `matrix` leads from there to pixels of `pixels`. What is
    derived from them is computed when it is asked for, and kept.
    """

    pixels: Pixels  # as it came: (h, w) grey or (h, w, 3) red, green, blue
    matrix: Matrix
    width: float
    height: float
    is_colour: bool
    dpi: float = WORKING_DPI  # of `even` and `grey`

    @cached_property
    def even(self) -> Pixels:
        """The page evenly lit, its colours as they are."""
        return even_light(self.raster(self.dpi))

    @cached_property
    def grey(self) -> Pixels:
        """The same, coloured ink faded and the ink of a seal lifted: what is recognized."""
        return self._printed(self.even, self.dpi)

    def printed(self, dpi: float) -> Pixels:
        """Return the same at another resolution."""
        return self._printed(even_light(self.raster(dpi)), dpi)

    def _printed(self, even: Pixels, dpi: float) -> Pixels:
        grey = fade_colour(even)
        return lifted(grey, self.seal, self._cut, dpi=dpi) if self.seal else grey

    @property
    def seal(self) -> Ring | None:
        """The ring that is as good as a seal's."""
        return next((ring for ring in self.rings[:1] if ring.score >= SEAL_PRESENT), None)

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """The most ring-like places, the best first; high on a page stand emblems, which are left out."""
        return find_rings(self.even, self.dpi, top=EMBLEMS * self.height)

    @property
    def scale(self) -> float:
        """Points per pixel of `grey`."""
        return POINTS_PER_INCH / self.dpi

    def raster(self, dpi: float) -> Pixels:
        """Return the whole upright page as it came, white beyond its edges."""
        return self.crop((0.0, 0.0, self.width, self.height), dpi=dpi)

    def crop(self, box: Box, *, dpi: float) -> Pixels:
        """Cut a box out of the original, resampled once."""
        left, top, right, bottom = box
        step = POINTS_PER_INCH / dpi
        size = (max(round((right - left) / step), 1), max(round((bottom - top) / step), 1))
        place = np.array([[step, 0, left], [0, step, top], [0, 0, 1]], np.float64)
        return _warp(self.pixels, self.matrix @ place, size)

    def _cut(self, box: Box, dpi: float) -> Pixels:
        return self.crop(box, dpi=dpi)

    def turned(self, quarters: int) -> Upright:
        """Return the page turned by so many quarters clockwise."""
        width, height = self.width, self.height
        back = {
            0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            1: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
            2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
            3: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
        }[quarters % 4]
        if quarters % 2:
            width, height = height, width
        matrix = self.matrix @ np.array(back, np.float64)
        return Upright(self.pixels, matrix, width, height, self.is_colour, self.dpi)


def rendered(image: Image.Image, *, dpi: float) -> Upright:
    """Take a page drawn by a program, upright and straight, as it is.

    Raises PictureError.
    """
    pixels = load_pixels(image)
    factor = dpi / POINTS_PER_INCH * pixels.shape[1] / max(image.width, 1)
    return Upright(
        pixels,
        np.diag([factor, factor, 1.0]),
        pixels.shape[1] / factor,
        pixels.shape[0] / factor,
        pixels.ndim == 3,
    )


def upright(
    image: Image.Image, *, dpi: float | None, engine: OcrEngine, timeout: float = 20
) -> Upright:
    """Bring a scan or photo the right way up, flat and straight.

    `dpi` is what the file says of its resolution; where that gives no sheet, or where it says nothing, the page is
    taken for A4. The engine is asked only where the cheap signs of up and down differ. Raises PictureError,
    OcrUnavailableError.
    """
    stated = image.size
    pixels = load_pixels(image)
    shrunk = pixels.shape[1] / max(stated[0], 1) if pixels.shape[1] != stated[1] else 1.0
    outline = find_outline(pixels)
    width, height = _size(pixels, dpi * shrunk if dpi and outline is None else None, outline)
    matrix = _from_page(pixels, outline, (width, height))
    page = _straightened(pixels, matrix, (width, height))
    if is_upside_down(fade_colour(page.even), page.dpi, engine, timeout=timeout):
        return page.turned(2)
    return page


def load_pixels(image: Image.Image) -> Pixels:
    """Decode a picture as its EXIF says it is to be seen; transparent is white, huge ones are made smaller.

    Raises PictureError.
    """
    try:
        image.draft("RGB", _reduced(image.size))  # a JPEG is then decoded at half or quarter size
        upright_image = ImageOps.exif_transpose(image)
        factor = _factor(upright_image.size)
        if upright_image.mode.startswith(("I", "F")):
            return _from_deep(np.asarray(upright_image))[::factor, ::factor]
        if upright_image.mode == "1":
            upright_image = upright_image.convert("L")
        if factor > 1:
            upright_image = upright_image.convert(_plain(upright_image)).reduce(factor)
        return _flat(upright_image)
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError) as error:
        raise PictureError(str(error)) from error
    except (struct.error, OverflowError, ZeroDivisionError, Image.DecompressionBombError) as error:
        raise PictureError(str(error)) from error


def _factor(size: tuple[int, int]) -> int:
    factor = 1
    while size[0] * size[1] > MAX_PIXELS * factor**2:
        factor += 1
    return factor


def _reduced(size: tuple[int, int]) -> tuple[int, int]:
    factor = _factor(size)
    return max(size[0] // factor, 1), max(size[1] // factor, 1)


def _plain(image: Image.Image) -> str:
    """The mode in which nothing that is seen is lost."""
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("L", "1", "LA") else "RGB"


def _flat(image: Image.Image) -> Pixels:
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        image = Image.new("RGB", clear.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    pixels = np.asarray(image.convert(_plain(image)), dtype=np.uint8)
    if pixels.ndim == 3 and _is_grey(pixels):
        return np.ascontiguousarray(pixels[..., 1])
    return np.ascontiguousarray(pixels)


def _is_grey(pixels: Pixels) -> bool:
    sample = pixels[::7, ::7].astype(np.int16)
    return int((sample.max(axis=2) - sample.min(axis=2)).max(initial=0)) <= 8


def _from_deep(deep: npt.NDArray[np.generic]) -> Pixels:
    """Sixteen bits or floating point to eight bits, by the range that is used."""
    values = np.nan_to_num(deep.astype(np.float32))
    low, high = float(values.min(initial=0)), float(values.max(initial=0))
    return np.ascontiguousarray((values - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)


def _size(pixels: Pixels, dpi: float | None, outline: Quad | None) -> tuple[float, float]:
    """Width and height of the page in points."""
    height, width = (float(side) for side in pixels.shape[:2])
    if outline is not None:
        sides = np.linalg.norm(np.roll(outline, -1, axis=0) - outline, axis=1)
        width, height = float(sides[0] + sides[2]), float(sides[1] + sides[3])
    if dpi and all(
        SHEET[0] <= side * POINTS_PER_INCH / dpi <= SHEET[1] for side in (width, height)
    ):
        return width * POINTS_PER_INCH / dpi, height * POINTS_PER_INCH / dpi
    short, long = A4
    # every sheet of paper has A4's shape, however foreshortened it is seen
    aspect = long / short if outline is not None else max(width, height) / min(width, height)
    # a picture much longer or squarer than a sheet shows a part of one, as wide as the sheet
    across = long if width > height * 1.1 else short
    down = across / aspect if width > height else across * aspect
    return across, down


def _from_page(pixels: Pixels, outline: Quad | None, size: tuple[float, float]) -> Matrix:
    height, width = pixels.shape[:2]
    corners = (
        outline
        if outline is not None
        else np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    )
    sheet = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(sheet, corners.astype(np.float32)), np.float64)


def _straightened(pixels: Pixels, matrix: Matrix, size: tuple[float, float]) -> Upright:
    """Turn a page whose lines run down, then level its lines."""
    look = _look(pixels, matrix, size)
    ink = print_only(darkness(look))
    quarters = 1 if run_down(ink) else 0
    angle = skew(np.ascontiguousarray(np.rot90(ink, -quarters)))
    coloured = is_coloured(look)
    turned, (width, height) = _quarter(matrix, size, quarters)
    if abs(angle) > STRAIGHT:
        turned = turned @ _rotation(angle, width / 2, height / 2)
    return Upright(pixels, turned, width, height, coloured)


def _look(pixels: Pixels, matrix: Matrix, size: tuple[float, float]) -> Pixels:
    step = POINTS_PER_INCH / LOOK_DPI
    pixel_size = (max(round(size[0] / step), 1), max(round(size[1] / step), 1))
    return even_light(_warp(pixels, matrix @ np.diag([step, step, 1.0]), pixel_size))


def _quarter(
    matrix: Matrix, size: tuple[float, float], quarters: int
) -> tuple[Matrix, tuple[float, float]]:
    if not quarters:
        return matrix, size
    width, height = size
    return matrix @ np.array([[0, 1, 0], [-1, 0, height], [0, 0, 1]], np.float64), (height, width)


def _rotation(angle: float, x: float, y: float) -> Matrix:
    """Lead a point of the level page to where it lay on one whose lines fall by `angle` degrees."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array(
        [[cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y], [0, 0, 1]]
    )


def _warp(pixels: Pixels, matrix: Matrix, size: tuple[int, int]) -> Pixels:
    """Resample once, `matrix` leading from the result's pixels to those of `pixels`."""
    if np.allclose(matrix, np.eye(3)) and pixels.shape[1::-1] == size:
        return pixels
    paper = np.percentile(pixels[::16, ::16], 80, axis=(0, 1))
    source, matrix = _part(pixels, matrix, size)
    warped = cv2.warpPerspective(
        source,
        matrix,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=np.atleast_1d(paper).tolist(),
    )
    return np.asarray(warped, np.uint8)


def _part(pixels: Pixels, matrix: Matrix, size: tuple[int, int]) -> tuple[Pixels, Matrix]:
    """Cut out what the result will show, blurred as far as it will be made smaller, or thin strokes would break."""
    width, height = size
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], np.float64)
    seen = corners @ matrix.T
    places = seen[:, :2] / seen[:, 2:]
    left, top = np.maximum(np.floor(places.min(axis=0)) - MARGIN, 0).astype(int)
    right, bottom = np.ceil(places.max(axis=0)).astype(int) + MARGIN
    part = pixels[top:bottom, left:right]
    if not part.size:
        return np.full((1, 1, *pixels.shape[2:]), 255, np.uint8), np.eye(3)
    ratio = max(
        np.linalg.norm(places[1] - places[0]) / width,
        np.linalg.norm(places[3] - places[0]) / height,
    )
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
    if ratio >= 2 * REDUCE:
        by = int(ratio / REDUCE)
        part = np.asarray(
            cv2.resize(part, None, fx=1 / by, fy=1 / by, interpolation=cv2.INTER_AREA), np.uint8
        )
        shift = np.diag([1 / by, 1 / by, 1.0]) @ shift
        ratio /= by
    if ratio > 1.2:
        part = np.asarray(cv2.GaussianBlur(part, (0, 0), float(BLUR * ratio)), np.uint8)
    return part, shift @ matrix
