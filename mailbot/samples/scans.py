"""A drawn page as a scanner or a telephone's camera would bring it: skewed, grainy, in perspective, in poor light."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Pixels = npt.NDArray[np.uint8]
"""(height, width, 3): red, green, blue."""

Levels = npt.NDArray[Any]
"""The same while it is computed with: float32, 0.0-255.0, or factors."""

PAPER: Final = (250.0, 249.0, 244.0)  # red, green and blue of office paper as a scanner sees it
DESK: Final = (139.0, 101.0, 66.0)
PHOTO_SIZE: Final = (1900, 2560)  # pixels, width and height


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """How a page is scanned."""

    dpi: int = 200
    colour: bool = True
    skew_degrees: float = 0.6  # anticlockwise
    noise: float = 5.0  # standard deviation of the grain, in levels of 255
    quality: int = 72  # of the JPEG
    seed: int = 1


def page_pixels(pdf: bytes, *, dpi: float) -> Pixels:
    """Return the first page of a PDF as pixels."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture: Any = document[0].render(scale=dpi / 72, rev_byteorder=True).to_numpy()
    return np.ascontiguousarray(picture[..., :3])


def scan_pixels(pdf: bytes, scanner: Scanner) -> Pixels:
    """Return the first page of a PDF as that scanner sees it."""
    chance = np.random.default_rng(scanner.seed)
    page: Levels = page_pixels(pdf, dpi=scanner.dpi)
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), scanner.skew_degrees, 1.0)
    page = cv2.warpAffine(page, turn, (width, height), borderValue=(255, 255, 255))
    page = cv2.GaussianBlur(page, (0, 0), scanner.dpi / 420)
    tinted = page.astype(np.float32) * (np.array(PAPER, np.float32) / 255) + 6
    tinted += scanner.noise * _grain(chance, height, width)
    edge = np.linspace(0, 1, width, dtype=np.float32)
    tinted -= (18 * np.clip(edge - 0.985, 0, 1) / 0.015)[None, :, None]  # the lid does not close
    return np.clip(tinted, 0, 255).astype(np.uint8)


def scan_pdf(pdf: bytes, scanner: Scanner = Scanner()) -> bytes:
    """Return the first page of a PDF as a scanned PDF: a picture and no text."""
    picture = scan_jpeg(pdf, scanner)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, *A4)
    canvas.save()
    return buffer.getvalue()


def scan_jpeg(pdf: bytes, scanner: Scanner = Scanner()) -> bytes:
    """Return the first page of a PDF as a scanned JPEG; a grey scanner makes it one of one channel."""
    picture = Image.fromarray(scan_pixels(pdf, scanner))
    if not scanner.colour:
        picture = picture.convert("L")
    return _jpeg(picture, quality=scanner.quality, dpi=scanner.dpi)


def photo_jpeg(pdf: bytes, *, seed: int = 1, quality: int = 84) -> bytes:
    """Return the first page of a PDF as photographed on a desk: perspective, shadow, blur, uneven light."""
    chance = np.random.default_rng(seed)
    width, height = PHOTO_SIZE
    page = page_pixels(pdf, dpi=230)
    corners = _corners(chance)
    matrix = cv2.getPerspectiveTransform(_outline(page), corners)
    sheet: Levels = cv2.warpPerspective(page, matrix, PHOTO_SIZE, flags=cv2.INTER_AREA)
    paper = np.full(page.shape[:2], 255, np.uint8)
    mask: Levels = (
        cv2.warpPerspective(paper, matrix, PHOTO_SIZE).astype(np.float32)[..., None] / 255
    )
    paper_light = sheet.astype(np.float32) * (np.array((236, 230, 214), np.float32) / 255)
    photo: Levels = mask * paper_light + (1 - mask) * _desk(chance) * _cast_shadow(mask)
    photo *= _light(chance)[..., None]
    photo = cv2.GaussianBlur(photo, (0, 0), 0.9)
    photo += 4 * _grain(chance, height, width)
    return _jpeg(Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8)), quality=quality, dpi=72)


def _outline(page: Pixels) -> Levels:
    height, width = page.shape[:2]
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def _corners(chance: np.random.Generator) -> Levels:
    """Where the corners of the sheet lie on the photo, clockwise from the top left."""
    width, height = PHOTO_SIZE
    ideal = np.array([(0.09, 0.06), (0.90, 0.07), (0.95, 0.95), (0.05, 0.94)])
    moved = ideal + chance.uniform(-0.018, 0.018, (4, 2))
    return (moved * (width, height)).astype(np.float32)


def _desk(chance: np.random.Generator) -> Levels:
    """A wooden top: long soft stripes."""
    width, height = PHOTO_SIZE
    stripes: Levels = chance.normal(0, 1, (height // 4, 24)).astype(np.float32)
    stripes = cv2.resize(cv2.GaussianBlur(stripes, (0, 0), 1.5), (width, height))
    return np.array(DESK, np.float32) + 26 * stripes[..., None]


def _cast_shadow(mask: Levels) -> Levels:
    """How dark the desk is beside the sheet."""
    small = cv2.resize(mask, None, fx=0.125, fy=0.125)
    soft = cv2.GaussianBlur(np.roll(small, (3, 4), (0, 1)), (0, 0), 5)
    shadow: Levels = 1 - 0.45 * cv2.resize(soft, PHOTO_SIZE)[..., None]
    return shadow


def _light(chance: np.random.Generator) -> Levels:
    """The light of a lamp at one side, and the shadow of whoever holds the telephone."""
    width, height = PHOTO_SIZE
    x, y = np.meshgrid(
        np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32)
    )
    lamp = 1.04 - 0.22 * x - 0.12 * y
    edge = 0.62 + 0.2 * chance.uniform() - 0.25 * x
    shadow = 1 - 0.24 / (1 + np.exp(-(y - edge) * 22))
    factors: Levels = lamp * shadow
    return factors


def _grain(chance: np.random.Generator, height: int, width: int) -> Levels:
    """Noise of standard deviation 1, the same in all channels; a tile is enough for an eye."""
    tile = chance.normal(0, 1, (613, 587)).astype(np.float32)
    repeats = (height // 613 + 1, width // 587 + 1)
    return np.tile(tile, repeats)[:height, :width, None]


def _jpeg(picture: Image.Image, *, quality: int, dpi: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, dpi=(dpi, dpi))
    return buffer.getvalue()
