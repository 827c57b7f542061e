"""What is a seal among rings, and a pen's strokes under one: on pages drawn by code, their words known."""

from __future__ import annotations

import math

import pytest
from PIL import Image, ImageDraw

from parsers.facts import How, Mark
from parsers.images.raster import rendered
from parsers.layout import Page, Word
from parsers.marks.marks import find_marks
from tests.unit.test_marks import BLACK, BLUE, DPI, LINE, SCALE, draw_seal, page, sheet

RED = (190, 30, 40)
HEADING = (
    ("Муниципальное", 200, 150),
    ("бюджетное", 280, 150),
    ("общеобразовательное", 340, 150),
    ("учреждение", 450, 150),
    ("«Школа", 200, 170),
    ("№", 250, 170),
    ("3»", 262, 170),
)


def draw_emblem(draw: ImageDraw.ImageDraw, x: float, y: float) -> None:
    """Draw what projects and events print on paper: circles with a star."""
    draw_seal(draw, x, y, BLUE)
    star = [
        (
            x * SCALE + math.sin(at * math.pi / 5) * (40 if at % 2 else 90),
            y * SCALE - math.cos(at * math.pi / 5) * (40 if at % 2 else 90),
        )
        for at in range(10)
    ]
    draw.polygon(star, fill=BLUE)


def draw_pen(draw: ImageDraw.ImageDraw, x: float, y: float, ink: tuple[int, int, int]) -> None:
    """Draw tall strokes, 25 mm wide."""
    points = [((x + 12 * at) * SCALE, (y - (at % 2) * 40) * SCALE) for at in range(7)]
    draw.line(points, fill=ink, width=4, joint="curve")


def seal_of(image: Image.Image, words: Page | None = None) -> Mark:
    return find_marks(rendered(image, dpi=DPI), words or page()).seal


def signature_of(image: Image.Image, words: Page | None = None) -> Mark:
    return find_marks(rendered(image, dpi=DPI), words or page()).signature


def close_page() -> Page:
    """A page whose head's title and name stand so near one another that a seal between them fills the gap."""
    body = [word for word in page().words if word.text in {"приказываю", "назначить"}]
    texts = (("Директор", 120, 0), ("школы", 165, 0), ("П.П.", 320, 1), ("Петров", 345, 1))
    words = [Word(text, (x, LINE, x + 5 * len(text), LINE + 9), 0.95, 1, c) for text, x, c in texts]
    return Page("Приказ.pdf", 1, How.OCR, (*body, *words), 595.2, 841.9)


def test_a_printed_emblem_with_a_solid_figure_is_left_to_a_person() -> None:
    image, draw = sheet()
    draw_emblem(draw, 150, LINE + 70)
    assert seal_of(image) is Mark.UNSURE


def test_a_single_circle_without_letters_is_left_to_a_person() -> None:
    image, draw = sheet()
    middle, radius = (150 * SCALE, (LINE + 40) * SCALE), 19 * DPI / 25.4
    draw.ellipse(
        [middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius],
        outline=BLUE,
        width=4,
    )
    assert seal_of(image) is Mark.UNSURE


@pytest.mark.parametrize(("ink", "below"), [(RED, 40), (BLUE, 250)])
def test_a_ring_of_a_printers_ink_or_far_from_the_signature_is_left_to_a_person(
    ink: tuple[int, int, int], below: int
) -> None:
    image, draw = sheet()
    draw_seal(draw, 150, LINE + below, ink)
    assert seal_of(image) is Mark.UNSURE


def test_an_emblem_beside_the_letterhead_is_no_seal() -> None:
    image, draw = sheet()
    draw_seal(draw, 100, 165, BLUE)
    heading = [Word(text, (x, y, x + 6 * len(text), y + 9), 0.95, y) for text, x, y in HEADING]
    words = page()
    both = Page("Приказ.pdf", 1, words.how, (*heading, *words.words), words.width, words.height)
    assert seal_of(image, both) is Mark.ABSENT


def test_a_seal_is_found_beside_an_emblem_that_is_rounder() -> None:
    image, draw = sheet()
    draw_emblem(draw, 300, LINE + 350)
    draw_seal(draw, 150, LINE + 30, (110, 120, 190))
    assert seal_of(image) is Mark.PRESENT


def test_strokes_across_the_rings_are_a_signature_though_as_black_as_the_seal() -> None:
    image, draw = sheet()
    draw_seal(draw, 250, LINE, BLACK)
    draw_pen(draw, 200, LINE + 20, BLACK)
    assert signature_of(image) is Mark.PRESENT


def test_whether_a_black_seal_that_fills_the_gap_hides_a_signature_is_left_to_a_person() -> None:
    image, draw = sheet()
    draw_seal(draw, 250, LINE, BLACK)
    assert signature_of(image, close_page()) is Mark.UNSURE


def test_a_seal_beside_room_that_is_empty_hides_no_signature() -> None:
    image, draw = sheet()
    draw_seal(draw, 250, LINE, BLACK)
    assert signature_of(image) is Mark.ABSENT


def test_a_rule_across_a_seal_is_no_signature() -> None:
    image, draw = sheet()
    draw_seal(draw, 130, LINE + 5, BLACK)
    draw.line([(130 * SCALE, (LINE + 9) * SCALE), (300 * SCALE, (LINE + 9) * SCALE)], BLACK, 3)
    assert signature_of(image) is not Mark.PRESENT


def test_a_seal_beside_the_gap_hides_no_signature() -> None:
    image, draw = sheet()
    draw_seal(draw, 70, LINE + 20, BLACK)
    assert signature_of(image) is Mark.ABSENT


def test_print_under_a_seal_that_was_not_recognized_is_no_signature() -> None:
    image, draw = sheet()
    draw_seal(draw, 250, LINE, BLACK)
    for row in (LINE - 20, LINE, LINE + 20):
        for left in range(190, 310, 5):
            draw.line(
                [(left * SCALE, row * SCALE), ((left + 2) * SCALE, (row + 9) * SCALE)], BLACK, 2
            )
    assert signature_of(image, close_page()) is Mark.UNSURE
