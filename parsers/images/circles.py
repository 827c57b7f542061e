"""The circles of a seal that lies on print, erased where nothing crosses them.

Ink as black as print cannot be told from it, but it is the circles that make layout analysis give up a line. They are
followed around (a ring that was found stands up to half a millimetre askew, and is an ellipse on a photo), in polar
coordinates in which they run straight.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from parsers.images.ocr import Pixels

Floats = npt.NDArray[np.float32]

ANGLES: Final = 1440
INKED: Final = 100  # of 255 of darkness
CLOSED: Final = 0.75  # of the angles at which a circle is inked
# Of the ring's radius:
ASKEW: Final = 0.045  # by which it may stray from where it was found, outliers apart
STRAY: Final = 0.008  # by which a circle may stray once it is straightened
ACROSS: Final = 0.016  # to both sides of a circle ink must be, for a stroke that crosses it
REACH: Final = 1.08
LEAST: Final = 0.3
SLANT: Final = 4  # angles by which a stroke may shift from one side of a circle to the other
FITS: Final = 3  # each leaves out what lay further from the one before than STRAY


def without_circles(tone: Pixels, middle: tuple[float, float], radius: float) -> Pixels:
    """Return a grey picture without the circles around `middle`; `radius`, in pixels, is the outermost's."""
    ink = np.asarray(255 - tone, np.uint8)
    bend = _bend(ink, middle, radius)
    reach = round(radius * REACH)
    angles = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    away = np.arange(reach)[None, :] * bend[:, None]
    across = (middle[0] + away * np.cos(angles)[:, None]).astype(np.float32)
    down = (middle[1] + away * np.sin(angles)[:, None]).astype(np.float32)
    erased = _erased(np.asarray(cv2.remap(ink, across, down, cv2.INTER_LINEAR), np.uint8), radius)
    if not erased.any():
        return tone
    rows, columns = np.mgrid[: tone.shape[0], : tone.shape[1]].astype(np.float32)
    distance, turn = cv2.cartToPolar(columns - middle[0], rows - middle[1])
    angle = np.asarray(turn * (ANGLES / (2 * np.pi)), np.float32)
    straight = (distance / bend[np.round(angle).astype(np.intp) % ANGLES]).astype(np.float32)
    lost = cv2.remap(erased, straight, angle, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.where(np.asarray(lost, np.uint8) > 127, 255, tone).astype(np.uint8)


def _bend(ink: Pixels, middle: tuple[float, float], radius: float) -> Floats:
    """By how much the outermost circle's radius differs at each angle, as a factor."""
    reach = round(radius * (1 + ASKEW)) + 1
    first = round(radius * (1 - ASKEW))
    polar = cv2.warpPolar(ink, (reach, ANGLES), middle, reach, cv2.INTER_LINEAR)
    near = np.asarray(cv2.GaussianBlur(polar, (0, 0), max(radius * 0.004, 0.5)), np.uint8)[
        :, first:
    ]
    places = first + near.argmax(axis=1)
    angles = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    waves = np.stack(
        [np.ones(ANGLES), np.cos(angles), np.sin(angles), np.cos(2 * angles), np.sin(2 * angles)],
        axis=1,
    )
    used = near.max(axis=1) > INKED
    fitted = np.full(ANGLES, radius)
    for _ in range(FITS):
        if used.sum() < ANGLES / 4:
            break
        fitted = waves @ np.linalg.lstsq(waves[used], places[used], rcond=None)[0]
        used = (near.max(axis=1) > INKED) & (np.abs(places - fitted) < 2 * STRAY * radius)
    return np.asarray(fitted / radius, np.float32)


def _erased(polar: Pixels, radius: float) -> Pixels:
    """255 where a circle's ink is nobody else's."""
    stray, beyond = round(STRAY * radius), round(ACROSS * radius)
    near = np.asarray(cv2.dilate(polar, np.ones((1, 2 * stray + 1), np.uint8)), np.uint8)
    closed = (near > INKED).mean(axis=0) > CLOSED
    closed[: round(LEAST * radius)] = False  # around the middle any stroke is closed
    erased = np.zeros_like(polar)
    edges = np.flatnonzero(np.diff(np.pad(closed.astype(np.int8), 1)))
    for start, end in edges.reshape(-1, 2).tolist():
        first, last = max(start - stray, 0), end + stray
        inner = polar[:, max(first - beyond, 0) : first].max(axis=1, initial=0)
        outer = polar[:, last : last + beyond].max(axis=1, initial=0)
        crossed = _widened(inner > INKED) & _widened(outer > INKED)
        erased[~crossed, first:last] = 255
    return erased


def _widened(angles: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Strokes cross at a slant."""
    turned = np.stack([np.roll(angles, step) for step in range(-SLANT, SLANT + 1)])
    return np.asarray(turned.any(axis=0), np.bool_)
