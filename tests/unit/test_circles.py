"""A seal's circles on print, drawn by code."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from parsers.images.circles import without_circles
from parsers.images.ocr import Pixels

SIDE, RADIUS = 520, 220
MIDDLE = SIDE / 2, SIDE / 2


def drawn(*, squeezed: float = 0.0, stroke: bool = False) -> Pixels:
    image = Image.new("L", (SIDE, SIDE), 255)
    draw = ImageDraw.Draw(image)
    for share, width in ((1.0, 6), (0.62, 3)):
        across, down = RADIUS * share, RADIUS * share * (1 - squeezed)
        box = [MIDDLE[0] - across, MIDDLE[1] - down, MIDDLE[0] + across, MIDDLE[1] + down]
        draw.ellipse(box, outline=0, width=width)
    if stroke:
        draw.line([(20, 260), (500, 260)], 0, 8)
    return np.asarray(image)


def inked(tone: Pixels) -> float:
    return float((tone < 128).mean())


def test_circles_are_erased_where_they_stand_askew_or_squeezed() -> None:
    for picture, middle in (
        (drawn(), MIDDLE),
        (drawn(), (MIDDLE[0] + 5, MIDDLE[1] - 4)),
        (drawn(squeezed=0.03), MIDDLE),
    ):
        assert inked(without_circles(picture, middle, RADIUS)) < 0.1 * inked(picture)


def test_print_across_a_circle_stays() -> None:
    clean = without_circles(drawn(stroke=True), MIDDLE, RADIUS)
    assert (clean[260, 22:498] < 128).mean() > 0.97


def test_print_without_circles_is_left_alone() -> None:
    image = Image.new("L", (SIDE, SIDE), 255)
    draw = ImageDraw.Draw(image)
    for top in range(40, 480, 40):
        draw.rectangle((30, top, 490, top + 14), fill=0)
    picture = np.asarray(image)
    assert np.array_equal(without_circles(picture, MIDDLE, RADIUS), picture)
