"""Straight lines that are drawn, not written: rules to sign on, underscores, borders of tables."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from parsers.images.ocr import Pixels
from parsers.images.rings import MM_PER_INCH

LENGTH: Final = 9.0  # millimetres: straight strokes as long as this are drawn, not written
ACROSS: Final = 11  # pixels: lines up to this thick are bridged


def without_rules(ink: Pixels, dpi: float) -> Pixels:
    """Take straight lines out of ink (0 or 1), but not what is written across them."""
    length = round(LENGTH * dpi / MM_PER_INCH)
    kept = ink
    for along in (0, 1):
        kernel = np.ones((1, length) if along == 0 else (length, 1), np.uint8)
        lines = np.asarray(cv2.morphologyEx(kept, cv2.MORPH_OPEN, kernel), np.uint8)
        lines = np.asarray(cv2.dilate(lines, np.ones((3, 3), np.uint8)), np.uint8)
        free = np.where(lines > 0, 0, kept).astype(np.uint8)
        gap = np.ones((ACROSS, 1) if along == 0 else (1, ACROSS), np.uint8)
        bridged = np.asarray(cv2.morphologyEx(free, cv2.MORPH_CLOSE, gap), np.uint8)
        kept = np.where(lines > 0, bridged & kept, free).astype(np.uint8)
    return kept
