"""Seals, corner stamps and signatures of the benchmark, as transparent pictures: other ones than the samples'."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.letters.fonts import font_file

DPI: Final = 300
_MM: Final = DPI / 25.4

Ink = tuple[int, int, int]
BLUE: Final[Ink] = (28, 58, 160)
VIOLET: Final[Ink] = (92, 52, 156)
GREY: Final[Ink] = (95, 95, 98)
BLACK: Final[Ink] = (25, 25, 30)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A picture and its size in points."""

    picture: Image.Image
    width: float
    height: float


def seal(
    rim: str, middle: str, chance: random.Random, *, ink: Ink = BLUE, mm: float = 39.0
) -> Stamp:
    """Return a round seal: two rings, the organization's name around, a shield in the middle."""
    side = int((mm + 3) * _MM)
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    centre, radius = side / 2, mm / 2 * _MM
    for share, width in ((1.0, 0.45), (0.94, 0.2), (0.62, 0.25)):
        _ring(draw, centre, radius * share, int(width * _MM) + 1)
    _around(mask, f"{rim.upper()} * ", radius * 0.84, int(2.0 * _MM))
    _around(mask, f"{middle} * ", radius * 0.69, int(1.5 * _MM))
    _shield(draw, centre, radius * 0.4)
    return _inked(mask, ink, chance, turn=chance.uniform(-25, 25))


def corner_stamp(lines: list[str], chance: random.Random, *, ink: Ink = BLUE) -> Stamp:
    """Return a rectangular stamp with lines of text, as small schools use for a letterhead."""
    font = ImageFont.truetype(str(font_file("LiberationSans-Regular")), int(2.7 * _MM))
    height = int((len(lines) * 4.2 + 4) * _MM)
    width = int(max(font.getlength(line) for line in lines) + 6 * _MM)
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    draw.rectangle((3, 3, width - 4, height - 4), outline=255, width=4)
    for number, line in enumerate(lines):
        draw.text((width / 2, (3.6 + number * 4.2) * _MM), line, 255, font, anchor="mm")
    return _inked(mask, ink, chance, turn=chance.uniform(-1.5, 1.5))


def signature(chance: random.Random, *, ink: Ink = BLUE) -> Stamp:
    """Return a scrawl of a pen: loops that lean to the right, sometimes underlined."""
    width, height = int(46 * _MM), int(20 * _MM)
    mask = Image.new("L", (width, height), 0)
    points: list[tuple[float, float]] = []
    letters = chance.randint(3, 6)
    for step in range(letters * 24):
        along = step / (letters * 24)
        swing = (0.9 - 0.6 * along) * height * chance.uniform(0.24, 0.3)
        angle = step / 24 * 2 * math.pi
        x = width * (0.06 + 0.7 * along) + height * 0.12 * math.cos(angle) * chance.uniform(
            0.8, 1.2
        )
        points.append((x, height * 0.52 + swing * math.sin(angle) * (1.5 if step < 24 else 1)))
    if chance.random() < 0.6:
        points += [
            (width * 0.95, height * 0.4),
            (width * 0.3, height * 0.85),
            (width * 0.9, height * 0.75),
        ]
    draw = ImageDraw.Draw(mask)
    draw.line(points, fill=255, width=int(chance.uniform(0.45, 0.75) * _MM), joint="curve")
    return _inked(mask, ink, chance, turn=chance.uniform(-4, 10))


def _ring(draw: ImageDraw.ImageDraw, centre: float, radius: float, width: int) -> None:
    box = (centre - radius, centre - radius, centre + radius, centre + radius)
    draw.ellipse(box, outline=255, width=width)


def _around(mask: Image.Image, text: str, radius: float, size: int) -> None:
    """Write `text` once around the circle, each letter on its own foot."""
    font = ImageFont.truetype(str(font_file("LiberationSans-Bold")), size)
    room = 2 * math.pi * radius
    while font.getlength(text) > room and size > 8:
        size -= 1
        font = ImageFont.truetype(str(font_file("LiberationSans-Bold")), size)
    angle, step = 0.0, room / max(font.getlength(text), 1)
    for letter in text:
        width = font.getlength(letter) * step
        middle = angle + width / radius / 2
        tile = Image.new("L", (2 * size, 2 * size), 0)
        ImageDraw.Draw(tile).text((size, size), letter, 255, font, anchor="mm")
        tile = tile.rotate(-math.degrees(middle), resample=Image.Resampling.BICUBIC)
        x = mask.width / 2 + radius * math.sin(middle) - size
        y = mask.height / 2 - radius * math.cos(middle) - size
        mask.paste(255, (int(x), int(y)), tile)
        angle += width / radius


def _shield(draw: ImageDraw.ImageDraw, centre: float, size: float) -> None:
    points = [(-0.8, -1), (0.8, -1), (0.8, 0.2), (0, 1.1), (-0.8, 0.2)]
    draw.polygon([(centre + x * size, centre + y * size) for x, y in points], outline=255, width=5)
    for row in range(4):
        y = centre + (-0.6 + 0.35 * row) * size
        draw.line((centre - 0.55 * size, y, centre + 0.55 * size, y), fill=255, width=5)


def _inked(mask: Image.Image, ink: Ink, chance: random.Random, *, turn: float) -> Stamp:
    """Turn a mask and give it the uneven grain of ink."""
    mask = mask.rotate(turn, resample=Image.Resampling.BICUBIC, expand=True)
    noise = np.random.default_rng(chance.getrandbits(32))
    coarse = Image.fromarray(
        noise.integers(0, 256, (mask.height // 8 + 1, mask.width // 8 + 1), np.uint8)
    )
    worn = (
        np.asarray(coarse.resize(mask.size).filter(ImageFilter.GaussianBlur(5)), np.float32) / 255
    )
    alpha = np.asarray(mask, np.float32) * np.clip(0.45 + 0.75 * worn, 0, 0.92)
    pixels = np.empty((mask.height, mask.width, 4), np.uint8)
    pixels[..., :3] = ink
    pixels[..., 3] = alpha.astype(np.uint8)
    picture = Image.fromarray(pixels)
    return Stamp(picture, picture.width * 72 / DPI, picture.height * 72 / DPI)
