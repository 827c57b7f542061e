"""One page of a PDF as a picture, by pdfium: for recognition and marks, and with and without its text."""

from __future__ import annotations

import ctypes
import itertools
import threading
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from parsers.documents.paper import Raster
from parsers.documents.textlayer import Sight
from parsers.facts import Box
from parsers.images.ocr import Pixels
from parsers.images.raster import is_grey

SIGHT_DPI: Final = 100.0
"""Enough to see whether a character of 4 points leaves ink; 2 to 4 ms a drawing."""

SIGHT_SIDE: Final = (
    2_000  # pixels; a page larger than A4 at that resolution is looked at more coarsely
)
SCAN_DPI: Final = 300.0  # the most that a scan is drawn with
DRAWN_DPI: Final = (
    150.0  # of a page without pictures: enough for marks, and for recognition if need be
)
RASTER_PIXELS: Final = 12_000_000  # A4 at 300 dpi has 8.7 million
MAX_OBJECTS: Final = 20_000  # of one page; a letter has some hundreds, a dense page some thousands
MAX_DEPTH: Final = 8  # of forms in forms
_WHITE: Final = (255, 255, 255, 255)
_ONE_AT_A_TIME: Final = threading.Lock()
"""pdfium is not made for several threads."""


@dataclass(slots=True, eq=False)
class PageDrawer:
    """Draws one page of a file: the whole each time anew, parts of it without decoding its pictures again."""

    content: bytes
    number: int  # counted from 1
    pixels: int  # a page with a larger picture on it is not drawn
    _page: pdfium.PdfPage | None = field(default=None, init=False, repr=False)

    def __call__(self) -> Raster | None:
        """Draw the page at the resolution of the pictures on it; None where that cannot be done."""
        try:
            with _ONE_AT_A_TIME, pdfium.PdfDocument(self.content) as document:
                return self._draw(document[self.number - 1])
        except pdfium.PdfiumError:
            return None

    def part(self, box: Box, dpi: float) -> Pixels:
        """Draw a box of the page (points from its top left), in colour where it has any; white where that fails."""
        left, top, right, bottom = box
        scale = dpi / 72
        size = max(round((right - left) * scale), 1), max(round((bottom - top) * scale), 1)
        if size[0] * size[1] > RASTER_PIXELS:
            return np.full((size[1], size[0]), 255, np.uint8)
        matrix = pdfium_c.FS_MATRIX(scale, 0, 0, scale, -left * scale, -top * scale)
        try:
            with _ONE_AT_A_TIME:
                if self._page is None:
                    self._page = pdfium.PdfDocument(self.content)[self.number - 1]
                return _part(self._page, size, matrix)
        except pdfium.PdfiumError:
            return np.full((size[1], size[0]), 255, np.uint8)

    def _draw(self, page: pdfium.PdfPage) -> Raster | None:
        width, height = page.get_size()
        if width <= 0 or height <= 0:
            return None
        dpi = DRAWN_DPI
        for image in _objects(page, pdfium_c.FPDF_PAGEOBJ_IMAGE):
            dots, resolution = _resolution(image)
            if dots > self.pixels:
                return None
            dpi = max(dpi, resolution)
        dpi = min(dpi, SCAN_DPI, 72 * (RASTER_PIXELS / (width * height)) ** 0.5)
        pixels = page.render(scale=dpi / 72, rev_byteorder=True, prefer_bgrx=False).to_numpy()
        if is_grey(pixels):  # a third of the work for all that follows
            pixels = cv2.extractChannel(pixels, 1)
        return Raster(Image.fromarray(pixels), dpi)


def _part(page: pdfium.PdfPage, size: tuple[int, int], matrix: pdfium_c.FS_MATRIX) -> Pixels:
    width, height = size
    bitmap = pdfium.PdfBitmap.new_native(width, height, pdfium_c.FPDFBitmap_BGR)
    bitmap.fill_rect(_WHITE, 0, 0, width, height)
    clip = pdfium_c.FS_RECTF(0, 0, width, height)
    flags = pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_REVERSE_BYTE_ORDER
    pdfium_c.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, flags)
    pixels = np.ascontiguousarray(bitmap.to_numpy())
    red, green, blue = cv2.split(pixels)
    is_grey = not (cv2.norm(red, green, cv2.NORM_INF) or cv2.norm(green, blue, cv2.NORM_INF))
    return np.asarray(green, np.uint8) if is_grey else pixels


def text_objects(page: pdfium.PdfPage) -> list[pdfium.PdfObject] | None:
    """Return everything on the page that is drawn as text; None where there is too much of anything."""
    everything = _objects(page, None)
    if len(everything) >= MAX_OBJECTS:
        return None
    return [each for each in everything if each.type == pdfium_c.FPDF_PAGEOBJ_TEXT]


def look_at(page: pdfium.PdfPage, texts: list[pdfium.PdfObject]) -> Sight:
    """Draw the page with its text and without; afterwards `page` is without its text."""
    width, height = page.get_size()
    scale = min(SIGHT_DPI / 72, SIGHT_SIDE / max(width, height, 1.0))
    whole = page.render(scale=scale, grayscale=True).to_numpy().copy()
    for text in texts:
        pdfium_c.FPDFTextObj_SetTextRenderMode(text, pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)
    bare = page.render(scale=scale, grayscale=True).to_numpy().copy()
    shape = whole.shape[:2]
    return Sight(whole.reshape(shape), bare.reshape(shape), scale)


def _objects(page: pdfium.PdfPage, kind: int | None) -> list[pdfium.PdfObject]:
    found = page.get_objects(filter=None if kind is None else [kind], max_depth=MAX_DEPTH)
    try:
        return list(itertools.islice(found, MAX_OBJECTS))
    except pdfium.PdfiumError:
        return []


def _resolution(image: pdfium.PdfObject) -> tuple[int, float]:
    """Return how many pixels a picture has, and its dots an inch on the page."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if not pdfium_c.FPDFImageObj_GetImagePixelSize(image, width, height):
        return 0, 0.0
    try:
        left, bottom, right, top = image.get_bounds()
    except pdfium.PdfiumError:
        return width.value * height.value, 0.0
    shown = max(right - left, top - bottom, 1.0)
    return width.value * height.value, 72 * max(width.value, height.value) / shown
