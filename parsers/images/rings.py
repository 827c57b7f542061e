"""Round seals on a page, in any colour or none.

A matched filter of thin rings finds the most ring-like places, polar coordinates around them tell a seal from print
that happens to lie in a circle. Colour only helps: it takes the print away. Sizes are those of Russian organizations'
seals, 38-42 mm across, with a margin for photos.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from parsers.images.ocr import Pixels
from parsers.images.tones import extremes, has_colour

Floats = npt.NDArray[np.float32]

MM_PER_INCH: Final = 25.4
POINTS_PER_MM: Final = 72 / MM_PER_INCH
RADIUS: Final = (14.5, 24.5)  # millimetres
LOOK_DPI: Final = 36.0  # for the matched filter: a ring is one pixel wide
LOOK_STEP: Final = 0.8  # millimetres between the radii that are tried
FIELD_STEP: Final = 64  # pixels by which fields differ in size, so that few sizes are transformed
PALE: Final = 6  # of 255 of ink at that resolution: paper grain
CANDIDATES: Final = 4
ANGLES: Final = 240
SLACK: Final = 0.5  # millimetres by which a ring may stray from its circle
OUTSIDE: Final = (1.2, 2.6)  # millimetres beyond the ring that a seal leaves empty
FILLED: Final = cv2.INTER_LINEAR | cv2.WARP_FILL_OUTLIERS  # beyond the page there is no ink
# Score of the best ring on 300 pages drawn for the purpose: sealed 1.0-1.6 (0.6-1.1 where a one-bit scanner lost most
# of the ink), not sealed 0.4-0.79.
SEAL_PRESENT: Final = 0.98
SEAL_ABSENT: Final = 0.84
CERTAIN: Final = 1.3  # nothing else on the page is looked at then
HOPELESS: Final = 0.5  # after the first two of the steps that fit a circle; seals have 0.8 and more
LEAST_INK: Final = 0.07  # of full black; fainter is paper
AROUND: Final = ((-1, 0), (1, 0), (0, -1), (0, 1))
VISIBLE: Final = 0.38  # of a ring that must lie on the page


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring of ink, in points from the top left of the page."""

    x: float
    y: float
    radius: float
    score: float  # see `find_rings`
    strength: float  # 0.0-1.0, how dark its ink is


def find_rings(even: Pixels, dpi: float, *, top: float = 0.0) -> tuple[Ring, ...]:
    """Return the most ring-like places below `top` points, the best first; `even` is an evenly lit page.

    The score is the share of angles at which the ring is inked, and how much darker it is there than just outside, in
    its own ink.
    """
    found: list[Ring] = []
    for ink in _ink_maps(even):
        for x, y, radius in _candidates(ink, dpi, top):
            ring = _refined(ink, dpi, x, y, radius)
            if ring is not None:
                found.append(ring)
                if ring.score > CERTAIN:
                    return tuple(sorted(found, key=lambda ring: -ring.score))
    return tuple(sorted(found, key=lambda ring: -ring.score))


def _ink_maps(even: Pixels) -> Iterator[Pixels]:
    bright, dark = extremes(even)
    colour = np.asarray(cv2.subtract(bright, dark), np.uint8)
    if has_colour(colour):
        yield np.asarray(
            cv2.convertScaleAbs(cv2.subtract(colour, np.full_like(colour, 20)), alpha=2.5), np.uint8
        )
    yield np.asarray(cv2.bitwise_not(dark), np.uint8)


def _candidates(ink: Pixels, dpi: float, top: float) -> list[tuple[float, float, float]]:
    """Centres and radii, in pixels of `ink`, that answer best to a thin ring."""
    ratio = LOOK_DPI / dpi
    small = cv2.resize(ink, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    skipped = min(max(int(top * LOOK_DPI / 72), 0), max(small.shape[0] - 2, 0))
    small = np.asarray(cv2.threshold(small, PALE, 0, cv2.THRESH_TOZERO)[1], np.uint8)
    left, above, width, height = cv2.boundingRect(small[skipped:])
    if not width:
        return []
    skipped += above
    margin = math.ceil(RADIUS[1] / MM_PER_INCH * LOOK_DPI)  # half a seal may lie beyond the page
    field = cv2.copyMakeBorder(
        small[skipped : skipped + height, left : left + width],
        *(margin, margin, margin, margin),
        cv2.BORDER_CONSTANT,
        value=0,
    ).astype(np.float32)
    answers: list[tuple[float, int, int, float]] = []
    for radius, answer in _answers(field):
        for _ in range(2):
            _, value, _, (x, y) = cv2.minMaxLoc(answer)
            answers.append((value, x, y, radius))
            cv2.circle(answer, (x, y), 5, -1e6, -1)
    chosen: list[tuple[int, int, float]] = []
    for _, x, y, radius in sorted(answers, reverse=True):
        if all(math.hypot(x - other_x, y - other_y) > 5 for other_x, other_y, _ in chosen):
            chosen.append((x, y, radius))
    return [
        ((x - margin + left) / ratio, (y - margin + skipped) / ratio, radius / ratio)
        for x, y, radius in chosen[:CANDIDATES]
    ]


def _answers(field: Floats) -> Iterator[tuple[float, Floats]]:
    """Filter with every ring; the field is transformed once, which filter2D would do for each of them."""
    height, width = field.shape
    reach = _kernels()[-1][1].shape[0]
    down, across = (-(-(side + reach) // FIELD_STEP) * FIELD_STEP for side in (height, width))
    size = cv2.getOptimalDFTSize(down), cv2.getOptimalDFTSize(across)
    padded = np.zeros(size, np.float32)
    padded[:height, :width] = field
    spectrum = cv2.dft(padded, nonzeroRows=height)
    for radius, kernel, half in _spectra(size):
        product = cv2.mulSpectrums(spectrum, kernel, 0, conjB=True)
        answer = cv2.idft(product, flags=cv2.DFT_SCALE)
        # the kernel's middle is `half` from its corner, and the field lies at the corner
        yield radius, np.roll(np.asarray(answer, np.float32), (half, half), (0, 1))[:height, :width]


@functools.lru_cache(maxsize=4)  # up to 12 MB each
def _spectra(size: tuple[int, int]) -> tuple[tuple[float, Floats, int], ...]:
    spectra = []
    for radius, kernel in _kernels():
        padded = np.zeros(size, np.float32)
        padded[: kernel.shape[0], : kernel.shape[1]] = kernel
        spectrum = cv2.dft(padded, nonzeroRows=kernel.shape[0])
        spectra.append((radius, np.asarray(spectrum, np.float32), kernel.shape[0] // 2))
    return tuple(spectra)


@functools.cache
def _kernels() -> tuple[tuple[float, Floats], ...]:
    """Rings of every radius: ink on the line counts, ink just outside counts against it."""
    kernels = []
    for millimetres in np.arange(RADIUS[0], RADIUS[1] + 0.1, LOOK_STEP):
        radius = float(millimetres / MM_PER_INCH * LOOK_DPI)
        half = math.ceil(radius + 5)
        down, across = np.mgrid[-half : half + 1, -half : half + 1]
        distance = np.hypot(across, down)
        on = np.exp(-np.square(distance - radius))
        outside = ((distance > radius + 1.8) & (distance < radius + 4)).astype(np.float64)
        kernels.append((radius, (on / on.sum() - 0.8 * outside / outside.sum()).astype(np.float32)))
    return tuple(kernels)


def _refined(ink: Pixels, dpi: float, x: float, y: float, radius: float) -> Ring | None:
    """Shift a circle to where it fits best, in ever smaller steps."""
    mm = dpi / MM_PER_INCH
    best: tuple[float, float, float, float, float] | None = None
    step = 1.2 * mm
    for level in range(5):
        for across, down in AROUND if level else itertools.product((-1, 0, 1), repeat=2):
            centre = x + across * step, y + down * step
            fit = _fit(ink, mm, centre, radius)
            if fit is not None and (best is None or fit[0] > best[0]):
                best = (*fit, *centre)
        if best is None or (level == 1 and best[0] < HOPELESS):
            return None
        _, radius, _, x, y = best
        step /= 2
    assert best is not None  # noqa: S101  # the loop has run
    score, radius, strength, x, y = best
    scale = 72 / dpi
    return Ring(x * scale, y * scale, radius * scale, score, strength)


def _fit(
    ink: Pixels, mm: float, centre: tuple[float, float], radius: float
) -> tuple[float, float, float] | None:
    """Score, radius and darkness of the best ring around one centre; None where most of it lies off the page."""
    slack = max(round(SLACK * mm), 1)
    near, far = round(OUTSIDE[0] * mm), round(OUTSIDE[1] * mm)
    first = max(round(radius - 2 * mm), round((RADIUS[0] - 1) * mm))
    last = min(round(radius + 2 * mm), round((RADIUS[1] + 1) * mm))
    if last <= first:
        return None
    cos, sin = _directions()
    x, y = centre[0] + radius * cos, centre[1] + radius * sin
    seen = ((x >= 0) & (y >= 0) & (x < ink.shape[1]) & (y < ink.shape[0])).ravel()
    if seen.mean() < VISIBLE:
        return None
    cos, sin = cos[seen], sin[seen]
    inner = first - slack  # of the radii that are looked at
    places = np.arange(inner, last + far + 1, dtype=np.float32)
    polar = np.asarray(
        cv2.remap(ink, centre[0] + cos * places, centre[1] + sin * places, cv2.INTER_LINEAR),
        np.uint8,
    )
    radii = np.arange(first, last)
    ring = np.asarray(cv2.dilate(polar, np.ones((1, 2 * slack + 1), np.uint8)), np.uint8)
    beyond = np.asarray(cv2.dilate(polar, np.ones((1, far - near + 1), np.uint8)), np.uint8)
    at_radii = np.ascontiguousarray(ring[:, first - inner : last - inner].T)
    band = np.sort(at_radii, axis=1).astype(np.float32) / 255  # (radii, angles), paler to darker
    strength, strong = band[:, band.shape[1] // 2], band[:, 3 * band.shape[1] // 4]
    inked = (band > np.maximum(LEAST_INK, 0.45 * strong)[:, None]).mean(axis=1)
    outside = beyond[:, radii - inner + (near + far) // 2].mean(axis=0) / 255
    contrast = (band.mean(axis=1) - outside) / np.maximum(strong, 2 * LEAST_INK)
    score = (inked + 0.6 * np.minimum(contrast, 1.0)) * np.minimum(strength / LEAST_INK, 1.0)
    at = int(np.argmax(score))
    return float(score[at]), float(radii[at]), float(strength[at])


@functools.cache
def _directions() -> tuple[Floats, Floats]:
    """Cosines and sines of all angles that are looked at, each (ANGLES, 1)."""
    angles = np.arange(ANGLES, dtype=np.float32)[:, None] * np.float32(2 * np.pi / ANGLES)
    return np.cos(angles), np.sin(angles)
