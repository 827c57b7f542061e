"""Pages as scanners, copiers and telephones bring them; one fault at a time, or as many as a real one has."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Pixels = npt.NDArray[Any]
"""(height, width, 3), float32 while it is computed with."""

_PAPER: Final = np.array((252, 251, 247), np.float32)
_TABLE: Final = np.array((92, 84, 78), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """How a page is taken."""

    dpi: int = 200
    tone: str = "colour"  # «colour», «grey», «bw»
    skew: float = 0.4  # degrees
    noise: float = 4.0  # levels of 255
    blur: float = 0.0  # pixels at 200 dpi
    quality: int = 75
    fade: float = 0.0  # share of the print's darkness that is lost
    shadow: float = 0.0  # share of light that is lost under it
    perspective: float = (
        0.0  # share of the page's width by which corners are off; a table around it
    )
    turn: int = 0  # quarters clockwise
    exif: bool = False  # the turn is only said, not done
    crease: bool = False
    container: str = "pdf"  # «pdf», «jpg», «png», «tiff»
    seed: int = 0


def capture(pdf: bytes, how: Capture) -> tuple[bytes, str]:
    """Return the file that holds all pages of `pdf` (its first, in a picture) so taken, and its extension."""
    with pypdfium2.PdfDocument(pdf) as document:
        count = len(document) if how.container in {"pdf", "tiff"} else 1
        pages = [_taken(document[number], how) for number in range(count)]
    if how.container == "pdf":
        return _pdf(pages, how), "pdf"
    if how.container == "tiff":
        buffer = io.BytesIO()
        kind = "group4" if how.tone == "bw" else "jpeg"
        pages[0].save(buffer, "TIFF", compression=kind, dpi=(how.dpi, how.dpi), save_all=True,
                      append_images=pages[1:])  # fmt: skip
        return buffer.getvalue(), "tif"
    return _picture(pages[0], how), how.container


def _taken(page: Any, how: Capture) -> Image.Image:
    drawn = page.render(scale=how.dpi / 72, rev_byteorder=True).to_numpy()[..., :3]
    noise = np.random.default_rng(how.seed)
    pixels: Pixels = drawn.astype(np.float32) * (_PAPER / 255)
    scale = how.dpi / 200
    if how.fade:
        pixels = _PAPER - (_PAPER - pixels) * (1 - how.fade)
    if how.crease:
        pixels = _creased(pixels, noise)
    if how.perspective:
        pixels = _photographed(pixels, how.perspective, noise)
    if how.skew:
        height, width = pixels.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), how.skew, 1.0)
        border = tuple(map(float, _TABLE if how.perspective else _PAPER))
        pixels = cv2.warpAffine(
            pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=border
        )
    if how.shadow:
        pixels = pixels * _shadow(pixels.shape[:2], how.shadow, noise)
    sigma = how.blur * scale + 0.45 * scale
    pixels = cv2.GaussianBlur(pixels, (0, 0), sigma)
    pixels = pixels + noise.normal(0, how.noise, (*pixels.shape[:2], 1)).astype(np.float32)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if how.turn and not how.exif:
        picture = picture.rotate(-90 * how.turn, expand=True)
    if how.tone == "grey":
        return picture.convert("L")
    if how.tone == "bw":
        return picture.convert("L").point(lambda level: 255 if level > 165 else 0).convert("1")
    return picture


def _creased(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Fold the sheet twice: light and dark lines across it."""
    height = pixels.shape[0]
    light = np.ones(height, np.float32)
    for place in (0.34, 0.67):
        at = int(height * (place + noise.uniform(-0.03, 0.03)))
        rows = np.arange(height) - at
        light *= 1 - 0.35 * np.exp(-((rows / (height * 0.002)) ** 2)).astype(np.float32)
        light *= (1 - 0.10 * np.exp(-np.abs(rows) / (height * 0.04)) * (rows > 0)).astype(
            np.float32
        )
    return pixels * light[:, None, None]


def _photographed(pixels: Pixels, share: float, noise: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    room = 0.06
    ideal = np.array([(room, room), (1 - room, room), (1 - room, 1 - room), (room, 1 - room)])
    moved = ideal + noise.uniform(-share, share, (4, 2)) * (1, 0.6)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    size = (int(width * 1.1), int(height * 1.1))
    matrix = cv2.getPerspectiveTransform(corners, (moved * size).astype(np.float32))
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size)[..., None]
    sheet = cv2.warpPerspective(pixels, matrix, size, flags=cv2.INTER_AREA)
    grain = cv2.resize(noise.normal(0, 9, (size[1] // 16, size[0] // 3)).astype(np.float32), size)
    return np.asarray(sheet * mask + (1 - mask) * (_TABLE + grain[..., None]), np.float32)


def _shadow(shape: tuple[int, ...], depth: float, noise: np.random.Generator) -> Pixels:
    """A hand's and a telephone's shadow: dark below a slanting soft edge, and a lamp at one side."""
    height, width = shape
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    edge = noise.uniform(0.35, 0.65) + noise.uniform(-0.3, 0.3) * x
    dark = 1 - depth / (1 + np.exp(-(y - edge) * 30))
    lamp = 1.02 - 0.18 * np.hypot(x - noise.uniform(0, 0.4), y - 0.2)
    return np.asarray((dark * lamp)[..., None], np.float32)


def _picture(picture: Image.Image, how: Capture) -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    if how.exif and how.turn:
        exif[0x0112] = {1: 8, 2: 3, 3: 6}[how.turn]
        picture = picture.rotate(-90 * how.turn, expand=True)
    if how.container == "png":
        picture.save(buffer, "PNG", dpi=(how.dpi, how.dpi))
    else:
        picture.save(buffer, "JPEG", quality=how.quality, dpi=(how.dpi, how.dpi), exif=exif)
    return buffer.getvalue()


def _pdf(pages: list[Image.Image], how: Capture) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for picture in pages:
        size = (picture.width * 72 / how.dpi, picture.height * 72 / how.dpi)
        canvas.setPageSize(size)
        source: ImageReader
        if how.tone == "bw":
            source = ImageReader(picture)
        else:
            packed = io.BytesIO()
            picture.save(packed, "JPEG", quality=how.quality)
            source = ImageReader(packed)
        canvas.drawImage(source, 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def phone_photo(chance: random.Random) -> Capture:
    """Return how a telephone takes a page, readable for a person: everything a little."""
    return Capture(
        dpi=chance.choice((170, 200, 230, 260)), perspective=chance.uniform(0.005, 0.03),
        skew=chance.uniform(-2.5, 2.5), shadow=chance.uniform(0.05, 0.35), blur=chance.uniform(0, 0.5),
        noise=chance.uniform(3, 8), quality=chance.choice((70, 80, 88)), container="jpg",
        turn=chance.choices((0, 1, 2, 3), (7, 1, 1, 1))[0], exif=chance.random() < 0.7,
        seed=chance.getrandbits(31),
    )  # fmt: skip
