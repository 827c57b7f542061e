"""Signature and seal on pages drawn by code, their words known."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from parsers.facts import How, Mark
from parsers.images.raster import rendered
from parsers.images.upright import Upright
from parsers.layout import Page, Word
from parsers.marks.marks import Marks, find_marks

DPI = 150
SCALE = DPI / 72  # pixels for a point
BLUE = (45, 60, 165)
GREY = (110, 110, 110)
BLACK = (20, 20, 20)
LINE = 400.0  # points from the top: where the head signs


def sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for box in (word.box for word in page().words):
        assert box is not None
        for left in np.arange(box[0], box[2] - 3, 5.0):  # strokes as fine as print
            draw.line(
                [(left * SCALE, box[1] * SCALE), ((left + 2) * SCALE, box[3] * SCALE)], BLACK, 2
            )
    return image, draw


def page() -> Page:
    texts = (
        ("Директор", 80, 0),
        ("П.П.", 450, 1),
        ("Петров", 475, 1),
    )
    words = [Word(text, (x, LINE, x + 5 * len(text), LINE + 9), 0.95, 1, c) for text, x, c in texts]
    body = [
        Word("приказываю", (80, 340, 130, 349), 0.95),
        Word("назначить", (140, 340, 190, 349), 0.95),
    ]
    return Page("Приказ.pdf", 1, How.OCR, (*body, *words), 595.2, 841.9)


def draw_seal(draw: ImageDraw.ImageDraw, x: float, y: float, ink: tuple[int, int, int]) -> None:
    for millimetres, width in ((20, 5), (18.5, 2), (12, 2)):
        radius = millimetres * DPI / 25.4
        middle = x * SCALE, y * SCALE
        draw.ellipse(
            [middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius],
            outline=ink,
            width=width,
        )


def draw_zigzag(draw: ImageDraw.ImageDraw, x: float, y: float, height: float) -> None:
    """Draw a signature as low as `height`, 28 mm wide."""
    points = [((x + 5 * at) * SCALE, (y - (at % 2) * height) * SCALE) for at in range(16)]
    draw.line(points, fill=BLUE, width=4, joint="curve")


def marks(image: Image.Image) -> Marks:
    return find_marks(rendered(image, dpi=DPI), page())


def upright(image: Image.Image) -> Upright:
    return rendered(image, dpi=DPI)


@pytest.mark.parametrize("height", [10, 13, 20, 30])
def test_a_signature_may_be_as_low_as_print(height: int) -> None:
    image, draw = sheet()
    draw_zigzag(draw, 250, LINE + 8, height)
    assert marks(image.filter(ImageFilter.GaussianBlur(1))).signature is Mark.PRESENT


def test_print_alone_is_neither_signature_nor_seal() -> None:
    image, _ = sheet()
    found = marks(image.filter(ImageFilter.GaussianBlur(1)))
    assert (found.signature, found.seal) == (Mark.ABSENT, Mark.ABSENT)


@pytest.mark.parametrize("ink", [BLUE, GREY, BLACK])
def test_a_seal_is_no_signature(ink: tuple[int, int, int]) -> None:
    image, draw = sheet()
    draw_seal(draw, 150, LINE + 70, ink)
    found = marks(image)
    assert (found.signature, found.seal) == (Mark.ABSENT, Mark.PRESENT)


@pytest.mark.parametrize("ink", [BLUE, GREY])
def test_a_seal_is_lifted_off_the_print_and_the_print_stays(ink: tuple[int, int, int]) -> None:
    image, draw = sheet()
    draw_seal(draw, 150, LINE + 5, ink)
    sheet_again = ImageDraw.Draw(image)
    sheet_again.line(
        [(90 * SCALE, (LINE + 5) * SCALE), (130 * SCALE, (LINE + 5) * SCALE)], BLACK, 5
    )
    found = upright(image)
    scale = found.dpi / 72
    ring_below = found.grey[round((LINE + 5 + 56) * scale), round(150 * scale)]
    print_within = found.grey[round((LINE + 5) * scale), round(115 * scale)]
    assert found.rings[0].score > 1
    assert ring_below > 240
    assert print_within < 100


def test_without_a_seal_nothing_is_lifted() -> None:
    image, draw = sheet()
    draw_zigzag(draw, 250, LINE + 8, 20)
    found = upright(image)
    assert not any(ring.score > 0.9 for ring in found.rings)
