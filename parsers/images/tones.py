"""Tones of a page: even light, faded coloured ink, where ink is.

Pure functions on pictures (`uint8`, 0 is black). The order and the soft tones are measured: hard binarization of any
kind (Otsu, Sauvola) reads worse and is the one source of «3» read as «5»; despeckling loses names.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from parsers.images.ocr import Pixels

# The light is looked at in cells of this many pixels: wider than a letter's stroke, narrower than a shadow's edge.
LIGHT_CELL: Final = 8
# Ink is coloured where its channels lie this far apart after the paper was made white. Photos and JPEG leave up to 25
# on black print; pale blue stamps have 35 and more.
CHROMA: Final = 30
# Pictures with fewer coloured pixels than this are grey copies: one stamp's ring alone is 0.0015 of a page.
COLOUR_SHARE: Final = 0.0004


def even_light(picture: Pixels) -> Pixels:
    """Divide a picture by its paper: shadows, tints and a photo's falling light go, white is 255."""
    height, width = picture.shape[:2]
    cells = (max(width // LIGHT_CELL, 1), max(height // LIGHT_CELL, 1))
    coarse = cv2.resize(picture, cells, interpolation=cv2.INTER_AREA)
    light = cv2.dilate(coarse, np.ones((5, 5), np.uint8))
    light = cv2.GaussianBlur(light, (0, 0), 2.0)
    paper = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    return _u8(cv2.divide(picture, cv2.max(paper, np.full_like(paper, 1)), scale=255))


def chroma(even: Pixels) -> Pixels:
    """How far the channels of an evenly lit colour picture lie apart, 0 in a grey one."""
    if even.ndim == 2:
        return np.zeros_like(even)
    bright, dark = extremes(even)
    return _u8(cv2.subtract(bright, dark))


def extremes(picture: Pixels) -> tuple[Pixels, Pixels]:
    """Return the largest and the smallest of each pixel's channels."""
    if picture.ndim == 2:
        return picture, picture
    red, green, blue = cv2.split(picture)  # ten times as fast as numpy along the last axis
    return _u8(cv2.max(cv2.max(red, green), blue)), _u8(cv2.min(cv2.min(red, green), blue))


def brightest(picture: Pixels) -> Pixels:
    """Return the largest of each pixel's channels."""
    if picture.ndim == 2:
        return picture
    red, green, blue = cv2.split(picture)
    return _u8(cv2.max(cv2.max(red, green), blue))


def darkest(picture: Pixels) -> Pixels:
    """Return the smallest of each pixel's channels."""
    if picture.ndim == 2:
        return picture
    red, green, blue = cv2.split(picture)
    return _u8(cv2.min(cv2.min(red, green), blue))


def fade_colour(even: Pixels) -> Pixels:
    """Make grey of an evenly lit picture, coloured ink pale: seals and signatures go, print stays."""
    if even.ndim == 2:
        return even
    grey = _u8(cv2.cvtColor(even, cv2.COLOR_RGB2GRAY))
    bright, dark = extremes(even)
    cv2.copyTo(bright, _above(_u8(cv2.subtract(bright, dark)), CHROMA), grey)
    return grey


def stretch(grey: Pixels) -> Pixels:
    """Make paper whiter and pale print darker, for a second look."""
    return _u8(cv2.convertScaleAbs(cv2.subtract(grey, np.full_like(grey, 20)), alpha=1.5))


def darkness(even: Pixels) -> Pixels:
    """255 where there is full ink of any colour, 0 where there is paper."""
    return _u8(cv2.bitwise_not(darkest(even)))


def is_coloured(even: Pixels) -> bool:
    """Whether an evenly lit picture has ink of another colour than grey."""
    if even.ndim == 2:
        return False
    return has_colour(chroma(even))


def has_colour(colour: Pixels) -> bool:
    """Whether an evenly lit picture has coloured ink, told by its chroma."""
    strong = _above(colour, 2 * CHROMA)
    return int(cv2.countNonZero(strong)) > COLOUR_SHARE * strong.size


def _above(picture: Pixels, level: int) -> Pixels:
    """255 where a picture is brighter than a level, else 0."""
    return _u8(cv2.threshold(picture, level, 255, cv2.THRESH_BINARY)[1])


def _u8(picture: object) -> Pixels:
    return np.asarray(picture, dtype=np.uint8)
