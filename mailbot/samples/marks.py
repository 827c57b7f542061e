"""Seals and signatures, drawn as lines on a page or as pictures with the grain of ink.

All lengths are points; a seal has its origin in the centre, a signature at the left end of its base
line.
"""

from __future__ import annotations

import functools
import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from mailbot.samples import fonts

Ink = tuple[float, float, float]
"""Red, green and blue, 0.0-1.0."""

BLUE_INK: Final[Ink] = (0.10, 0.20, 0.62)
VIOLET_INK: Final[Ink] = (0.34, 0.18, 0.62)
BLACK_INK: Final[Ink] = (0.08, 0.08, 0.10)

SEAL_RADIUS: Final = 20 * mm
SIGNATURE_SIZE: Final = (44 * mm, 17 * mm)  # what a signature fills, from below its base line
PICTURE_DPI: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SealText:
    """What stands on a seal, from the rim inwards."""

    rim: str
    inner: str
    ogrn: str


Point = tuple[float, float]


def draw_seal(canvas: Canvas, text: SealText, *, ink: Ink = BLUE_INK) -> None:
    """Draw a round seal of 40 mm around the origin: rings, two rounds of text, an open book."""
    fonts.register()
    canvas.setStrokeColorRGB(*ink)
    canvas.setFillColorRGB(*ink)
    for radius, width in ((20.0, 1.5), (18.9, 0.5), (14.2, 0.5), (9.6, 0.8)):
        canvas.setLineWidth(width)
        canvas.circle(0, 0, radius * mm, stroke=1, fill=0)
    _text_around(canvas, text.rim.upper() + " ✶ ", radius=16.6 * mm, most=7.4)
    _text_around(canvas, f"{text.inner} ✶ ОГРН {text.ogrn} ✶ ", radius=11.9 * mm, most=6.2)
    _draw_book(canvas)


def _text_around(canvas: Canvas, text: str, *, radius: float, most: float) -> None:
    """Write `text` clockwise around the whole circle of `radius`, `most` points high at most."""
    font = fonts.SANS_BOLD
    size = min(most, 2 * math.pi * radius / pdfmetrics.stringWidth(text, font, 1))
    canvas.setFont(font, size)
    widths = [pdfmetrics.stringWidth(letter, font, size) for letter in text]
    spacing = (2 * math.pi * radius - sum(widths)) / len(text)
    angle = 200.0
    for letter, width in zip(text, widths, strict=True):
        step = math.degrees((width + spacing) / radius)
        canvas.saveState()
        canvas.rotate(angle - step / 2 - 90)
        canvas.drawCentredString(0, radius - size * 0.36, letter)
        canvas.restoreState()
        angle -= step


def _draw_book(canvas: Canvas) -> None:
    """The emblem: an open book under a rising sun."""
    canvas.setLineWidth(0.9)
    path = canvas.beginPath()
    for side in (-1, 1):
        path.moveTo(0, -4.2 * mm)
        path.curveTo(side * 2 * mm, -2.6 * mm, side * 4 * mm, -2.8 * mm, side * 6 * mm, -3.6 * mm)
        path.lineTo(side * 6 * mm, 0.6 * mm)
        path.curveTo(side * 4 * mm, 1.6 * mm, side * 2 * mm, 1.4 * mm, 0, 0)
        for row in (0.8, 1.8, 2.8):
            path.moveTo(side * 1 * mm, (0.2 - row) * mm)
            path.lineTo(side * 5 * mm, (0.6 - row) * mm)
    path.moveTo(0, -4.2 * mm)
    path.lineTo(0, 0)
    for angle in range(20, 161, 20):
        x, y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        path.moveTo(4 * mm * x, (1.6 + 4 * y) * mm)
        path.lineTo(6 * mm * x, (1.6 + 6 * y) * mm)
    canvas.drawPath(path, stroke=1, fill=0)


def draw_signature(canvas: Canvas, seed: str, *, ink: Ink = BLUE_INK) -> None:
    """Draw a signature that is always the same for `seed`: a few strokes of a pen that does not stop."""
    chance = random.Random(seed)
    canvas.setStrokeColorRGB(*ink)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for points in _strokes(chance):
        _draw_stroke(canvas, points, thickness=chance.uniform(0.9, 1.25))


def _strokes(chance: random.Random) -> list[list[Point]]:
    width, height = SIGNATURE_SIZE
    capital = _capital(chance, width * 0.24, height * 0.62)
    x, y = capital[-1]
    body: list[Point] = [(x, y)]
    letters = chance.randint(4, 6)
    step = width * 0.42 / letters
    for number in range(letters):
        fall = 1 - 0.6 * number / letters
        rise = height * chance.uniform(0.16, 0.34) * fall
        body.append((x + step * chance.uniform(0.35, 0.6), rise))
        body.append((x + step * chance.uniform(0.8, 1.0), -height * chance.uniform(0.0, 0.08)))
        x += step
    end = (width * chance.uniform(0.86, 0.98), height * chance.uniform(0.05, 0.3))
    body += [(x + step, height * 0.12), end]
    flourish = [
        end,
        (width * 0.62, -height * chance.uniform(0.16, 0.24)),
        (width * 0.2, -height * chance.uniform(0.08, 0.2)),
        (width * 0.5, -height * 0.02),
        (width * 0.94, height * chance.uniform(0.0, 0.1)),
    ]
    return [capital + body[1:], flourish] if chance.random() < 0.7 else [capital + body[1:]]


def _capital(chance: random.Random, width: float, height: float) -> list[Point]:
    """A large first letter: one or two loops up and down."""
    lean = chance.uniform(0.1, 0.35)
    points = [
        (0.0, height * 0.35),
        (width * 0.45, height * chance.uniform(0.95, 1.1)),
        (width * 0.3, height * 0.3),
        (width * 0.12, -height * chance.uniform(0.05, 0.2)),
        (width * 0.5, height * 0.25),
        (width * (0.85 + lean), height * chance.uniform(0.8, 1.05)),
        (width * 0.8, height * 0.25),
    ]
    if chance.random() < 0.5:
        points += [
            (width * 0.62, -height * 0.1),
            (width * 0.9, height * 0.3),
        ]
    return [*points, (width, height * 0.05)]


def _draw_stroke(canvas: Canvas, points: Sequence[Point], *, thickness: float) -> None:
    """Draw a smooth line through `points` (Catmull-Rom), thinner where the pen goes up."""
    padded = [points[0], *points, points[-1]]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        canvas.setLineWidth(thickness * (0.75 if end[1] > start[1] else 1.15))
        path = canvas.beginPath()
        path.moveTo(*start)
        path.curveTo(
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            *end,
        )
        canvas.drawPath(path, stroke=1, fill=0)


@functools.lru_cache(maxsize=64)
def seal_picture(text: SealText, *, ink: Ink = BLUE_INK) -> Image.Image:
    """Return the seal as a transparent picture, 42 mm in square, with the grain of a stamp."""
    side = 2 * SEAL_RADIUS + 2 * mm

    def draw(canvas: Canvas) -> None:
        canvas.translate(side / 2, side / 2)
        draw_seal(canvas, text, ink=ink)

    return _as_ink(draw, (side, side), ink=ink, grain=0.55, seed=text.ogrn)


@functools.lru_cache(maxsize=64)
def signature_picture(seed: str, *, ink: Ink = BLUE_INK) -> Image.Image:
    """Return the signature as a transparent picture; its base line is at 30 % of the height."""
    width, height = SIGNATURE_SIZE
    size = (width * 1.06, height * 1.4)

    def draw(canvas: Canvas) -> None:
        canvas.translate(width * 0.03, height * 0.42)
        draw_signature(canvas, seed, ink=ink)

    return _as_ink(draw, size, ink=ink, grain=0.2, seed=seed)


def _as_ink(
    draw: Callable[[Canvas], None], size: Point, *, ink: Ink, grain: float, seed: str
) -> Image.Image:
    """Draw on an empty page and return what was drawn as ink: its colour, and how much of it."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    draw(canvas)
    canvas.save()
    with pypdfium2.PdfDocument(buffer.getvalue()) as document:
        rendered: Any = document[0].render(scale=PICTURE_DPI / 72).to_numpy()
    darkness = (255.0 - rendered.min(axis=2)) / max(1.0, 255.0 * (1 - min(ink)))
    chance = np.random.default_rng(list(seed.encode()))
    coarse = Image.fromarray(chance.integers(0, 255, darkness.shape, dtype=np.uint8))
    worn = np.asarray(coarse.filter(ImageFilter.GaussianBlur(9)), np.float32)
    fine = np.asarray(coarse.filter(ImageFilter.GaussianBlur(1)), np.float32)
    worn = (worn - worn.mean()) / max(float(worn.std()), 1e-6)
    fine = (fine - fine.mean()) / max(float(fine.std()), 1e-6)
    strength = np.clip(0.86 - grain * (0.14 * worn + 0.22 * fine), 0.15, 1.0)
    picture = np.empty((*darkness.shape, 4), np.uint8)
    picture[..., :3] = [round(255 * part) for part in ink]
    picture[..., 3] = np.clip(darkness * strength, 0, 1) * 255
    return Image.fromarray(picture)
