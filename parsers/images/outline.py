"""The outline of a sheet of paper in a photo.

The sheet is a smooth or bright shape with four corners that fills much of the picture and differs from its
surroundings all along its sides. Anything less convincing is no outline, and the picture is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from parsers.images.ocr import Pixels

Quad = npt.NDArray[np.float32]
"""(4, 2): top left, top right, bottom right, bottom left, in pixels."""

LOOK_SIDE: Final = 640  # pixels of the long side at which a sheet's edge is looked for
LEAST_AREA: Final = 0.3  # of the picture; less is a card, a stamp or a drawing
FILL: Final = 0.93  # of its four-cornered outline that a sheet's own shape must fill
CORNER: Final = 35.0  # degrees that a corner may differ from a right angle
ASPECT: Final = (1.15, 1.75)  # long side to short side of a sheet seen at a slant; A4 is 1.41
FRAME: Final = (
    0.012  # of the picture's long side: a corner this near to the frame is no corner of a sheet
)
LEVELS: Final = tuple(
    level / 20 for level in range(4, 18)
)  # of the range of brightness, tried as the sheet's edge
EDGES: Final = ((15, 40), (30, 80), (60, 140))  # thresholds of Canny's edges
EDGE: Final = 5.0  # pixels to both sides of an edge at which brightness is compared
LEAST_STEP: Final = 10.0  # of 255, at the least clear side


def find_outline(picture: Pixels) -> Quad | None:
    """Return the four corners of the sheet, None where no sheet stands out from its surroundings."""
    height, width = picture.shape[:2]
    ratio = min(LOOK_SIDE / max(height, width), 1.0)
    if min(height, width) * ratio < 100:
        return None
    small = cv2.resize(picture, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    # print is closed away, so that the sheet is one smooth area
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    smooth = np.asarray(cv2.GaussianBlur(closed, (0, 0), 1.5), np.uint8)
    best, best_step = None, LEAST_STEP
    for area in (*_by_brightness(smooth), *_by_edges(smooth)):
        quad = _quad(area)
        if quad is None or not _is_convincing(quad, (smooth.shape[1], smooth.shape[0])):
            continue
        step = _step(smooth, quad)
        if step > best_step:
            best, best_step = quad, step
    return None if best is None else (best / np.float32(ratio)).astype(np.float32)


def _by_brightness(smooth: Pixels) -> Iterator[Pixels]:
    """Areas brighter than a level: a white sheet on a dark table."""
    grey = _grey(smooth)
    dark, bright = (float(level) for level in np.percentile(grey, (2, 98)))
    for share in LEVELS:
        yield (grey > dark + share * (bright - dark)).astype(np.uint8)


def _by_edges(smooth: Pixels) -> Iterator[Pixels]:
    """Areas without a sharp edge in them: a sheet under a shadow, or on a table as bright as itself."""
    channels = cv2.split(smooth)
    for low, high in EDGES:
        edges = np.max([cv2.Canny(channel, low, high) for channel in channels], axis=0)
        free = (cv2.dilate(edges, np.ones((3, 3), np.uint8)) == 0).astype(np.uint8)
        _, labels, figures, _ = cv2.connectedComponentsWithStats(free, connectivity=4)
        largest = 1 + int(np.argmax(figures[1:, cv2.CC_STAT_AREA])) if len(figures) > 1 else 0
        if largest:
            yield np.asarray(
                cv2.dilate((labels == largest).astype(np.uint8), np.ones((5, 5), np.uint8)),
                np.uint8,
            )


def _grey(picture: Pixels) -> Pixels:
    return (
        picture
        if picture.ndim == 2
        else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    )


def _step(smooth: Pixels, quad: Quad) -> float:
    """By how much, at the least clear side, the sheet differs from what lies just outside it all along."""
    middle = quad.mean(axis=0)
    steps = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        along = start + (end - start) * np.linspace(0.08, 0.92, 40, dtype=np.float32)[:, None]
        normal = np.array([start[1] - end[1], end[0] - start[0]], np.float32)
        normal *= np.sign(normal @ (middle - start)) / max(float(np.linalg.norm(normal)), 1e-3)
        pairs = [_values(smooth, along + normal * way) for way in (EDGE, -EDGE)]
        known = (pairs[1] >= 0).all(axis=1)
        if known.sum() >= 10:  # else the side lies beyond the picture
            low, high = np.percentile((pairs[0] - pairs[1])[known], (25, 75), axis=0)
            steps.append(float(np.maximum(low, -high).max()))
    return min(steps) if len(steps) >= 3 else 0.0


def _values(picture: Pixels, places: Quad) -> npt.NDArray[np.int16]:
    """Read a picture at places, (places, channels), -1 beyond it."""
    x, y = (places[:, axis].round().astype(int) for axis in (0, 1))
    within = (x >= 0) & (y >= 0) & (x < picture.shape[1]) & (y < picture.shape[0])
    values = np.full((len(places), 1 if picture.ndim == 2 else picture.shape[2]), -1, np.int16)
    values[within] = picture[y[within], x[within]].reshape(int(within.sum()), -1)
    return values


def _quad(mask: Pixels) -> Quad | None:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    area = cv2.contourArea(largest)
    if area < LEAST_AREA * mask.size:
        return None
    hull = cv2.convexHull(largest)
    for tolerance in (0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
        if len(corners) == 4 and area > FILL * cv2.contourArea(corners):
            return _ordered(corners.reshape(4, 2).astype(np.float32))
    return None


def _ordered(corners: Quad) -> Quad:
    """Sort corners clockwise from the top left one."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    clockwise = corners[np.argsort(angles)]
    first = int(np.argmin(clockwise.sum(axis=1)))
    return np.roll(clockwise, -first, axis=0)


def _is_convincing(quad: Quad, size: tuple[int, int]) -> bool:
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    if sides.min() < 1:
        return False
    along, across = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    aspect = max(along, across) / min(along, across)
    if not ASPECT[0] <= aspect <= ASPECT[1] or not _has_right_angles(quad):
        return False
    far = FRAME * max(size)
    inside = (quad > far).all(axis=1) & (quad < np.array(size, np.float32) - far).all(axis=1)
    return int(inside.sum()) >= 3


def _has_right_angles(quad: Quad) -> bool:
    before, after = np.roll(quad, 1, axis=0) - quad, np.roll(quad, -1, axis=0) - quad
    cosine = (before * after).sum(axis=1) / (
        np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    )
    return bool(np.all(np.abs(np.degrees(np.arccos(cosine)) - 90) < CORNER))
