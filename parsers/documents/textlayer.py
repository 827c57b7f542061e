"""Whether a PDF's text layer says what a person sees.

Two questions, apart. *Is it seen?* A page is drawn twice, with its text and without it; where the two pictures do not
differ, the text there is invisible, white, covered, clipped or off the page. *Is it Russian text?* Layers made by an
English OCR, letter-spaced, glued, or with fonts that map to nothing readable are recognized by the words themselves.
Knows nothing of files; the sources of the kinds are in the domain notes: school PDFs with Latin garbage, with a space
between all letters, without spaces, and with fonts that lack a map to Unicode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import pymorphy3

from parsers.facts import Box

Pixels = npt.NDArray[np.uint8]

SEEN_CONTRAST: Final = 32
"""Of 255; a difference of drawings below it is nothing that a person sees (yellow on white has 29)."""

FAINT_CONTRAST: Final = 10
"""Of 255; ink may be this pale, where it is looked for and not read."""

JOINED_POINTS: Final = 6.0
"""Ink with gaps up to this is one drawing: a seal's ring and its letters, a pen's strokes."""

MAX_INKED: Final = 40
"""So many drawings on one page are looked at one by one."""

TINY_POINTS: Final = 4.0
"""Type smaller than this on a page of A4's height is not meant to be read."""

A4_HEIGHT_POINTS: Final = 842.0

HIDDEN_CHARACTERS: Final = 4
"""So many letters or digits out of sight refuse a layer; fewer are a typesetter's leftovers."""

STACKED_CHARACTERS: Final = 3
"""So many characters that lie on different ones refuse a layer: one of the two is not seen."""

STACKED_OVERLAP: Final = 0.6
"""Share of the smaller box; neighbours that are kerned tightly stay below 0.3."""

NEIGHBOURS: Final = 5
"""So many characters behind one in its line are looked at for lying on it."""

JUDGED_LETTERS: Final = 20
"""Fewer letters than this say nothing about a layer's quality."""

MAX_UNMAPPED: Final = 0.03
MIN_CYRILLIC: Final = 0.5
MAX_SINGLE_LETTERS: Final = 0.4
MAX_MIXED_WORDS: Final = 0.15
GLUED_LETTERS: Final = 24
MAX_GLUED: Final = 0.12
MIN_KNOWN: Final = 0.55
"""Share of the words that are in the dictionary, which lacks names: 0.7 and more in letters, 0.61 with one letter in 17
wrong, 0.37 with one in 10, 0.0 in mojibake."""

# What a reader of PDF puts where a character has no meaning: the replacement sign, private use, «(cid:17)».
_UNMAPPED: Final = re.compile(r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff\x00-\x08]")
# Runs of letters, of any alphabet.
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_CYRILLIC: Final = re.compile(r"[а-яёА-ЯЁ]")
_LATIN: Final = re.compile(r"[A-Za-z]")


class Flaw(StrEnum):
    """Why a layer is not believed."""

    HIDDEN = "hidden"
    STACKED = "stacked"
    UNMAPPED = "unmapped"
    FOREIGN = "foreign"
    SPACED = "spaced"
    GLUED = "glued"
    GARBLED = "garbled"


@dataclass(frozen=True)
class Sight:
    """A page drawn with its text and without: where text can be seen.

    `scale` is pixels for one point; the arrays are grey, (height, width), 0 is black.
    """

    whole: Pixels
    without_text: Pixels
    scale: float

    def ink(self, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Count the pixels that text has changed in each of `boxes` (n, 4), in points from the top left."""
        changed = cv2.absdiff(self.whole, self.without_text) > SEEN_CONTRAST
        sums = cv2.integral(changed.astype(np.uint8))
        edges = np.nan_to_num(boxes * self.scale, posinf=0, neginf=0)
        height, width = changed.shape
        left = np.clip(np.floor(edges[:, 0]), 0, width).astype(np.int64)
        top = np.clip(np.floor(edges[:, 1]), 0, height).astype(np.int64)
        right = np.clip(np.ceil(edges[:, 2]), left, width).astype(np.int64)
        bottom = np.clip(np.ceil(edges[:, 3]), top, height).astype(np.int64)
        ink = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        return np.asarray(ink, np.int64)

    @property
    def inked(self) -> tuple[Box, ...]:
        """The boxes around ink that is not text, in points; what lies close together has one."""
        faint = (self.without_text < 255 - FAINT_CONTRAST).astype(np.uint8)
        coarse = cv2.resize(faint * 255, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        near = 2 * round(JOINED_POINTS * self.scale / 8) + 1
        joined = cv2.dilate((coarse > 0).astype(np.uint8), np.ones((near, near), np.uint8))
        _, _, figures, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        corners = figures[1:, :4].astype(float) * 4 / self.scale
        corners[:, 2:] += corners[:, :2]
        if len(corners) > MAX_INKED:
            return ((*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist()),)
        return tuple((left, top, right, bottom) for left, top, right, bottom in corners.tolist())

    @property
    def drawn(self) -> float:
        """Share of the page's ink that is not text."""
        paper = 255 - SEEN_CONTRAST
        ink = int((self.whole < paper).sum())
        return float((self.without_text < paper).sum()) / ink if ink else 0.0


def seen(characters: Sequence[dict[str, Any]], sight: Sight) -> npt.NDArray[np.bool_]:
    """Tell for each character (pdfplumber's) whether a person sees it; a space counts as seen."""
    boxes = np.array([[c["x0"], c["top"], c["x1"], c["bottom"]] for c in characters], float)
    blank = np.array([not c["text"].strip() for c in characters])
    height = sight.whole.shape[0] / sight.scale
    shrink = min(1.0, A4_HEIGHT_POINTS / max(height, 1.0))
    sizes = np.maximum(boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]) * shrink
    result: npt.NDArray[np.bool_] = blank | ((sight.ink(boxes) > 0) & (sizes >= TINY_POINTS))
    return result


def is_stacked(characters: Iterable[dict[str, Any]]) -> bool:
    """Whether letters or digits lie upon different ones, so that not all of them can be what is seen."""
    marks = [c for c in characters if c["text"].isalnum() and c["x1"] > c["x0"]]
    marks.sort(key=lambda c: (round(c["top"] / 4), c["x0"]))
    boxes = np.array([[c["x0"], c["top"], c["x1"], c["bottom"]] for c in marks], float)
    texts = np.array([c["text"] for c in marks])
    stacked = np.zeros(len(marks), bool)
    for step in range(1, min(NEIGHBOURS + 1, len(marks))):
        different = texts[step:] != texts[:-step]
        stacked[step:] |= different & (_overlap(boxes[step:], boxes[:-step]) > STACKED_OVERLAP)
    return int(stacked.sum()) >= STACKED_CHARACTERS


def _overlap(
    one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Share of the smaller box that two have in common, 0 where their sizes differ much (a watermark)."""
    shared = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    sizes = one[:, 2:] - one[:, :2], other[:, 2:] - other[:, :2]
    heights = np.sort(np.stack([sizes[0][:, 1], sizes[1][:, 1]]), axis=0)
    area = np.minimum(sizes[0].prod(axis=1), sizes[1].prod(axis=1))
    alike = (heights[0] > 0) & (heights[1] <= 2 * heights[0]) & (area > 0)
    share = np.clip(shared, 0, None).prod(axis=1) / np.where(alike, area, 1.0)
    return np.asarray(np.where(alike, share, 0.0), np.float64)


def find_flaw(words: Sequence[str]) -> Flaw | None:
    """Judge the words of a layer as Russian text; None where it reads as such or is too short to tell."""
    text = " ".join(words)
    unmapped = sum(1 for _ in _UNMAPPED.finditer(text))
    if unmapped > MAX_UNMAPPED * max(len(text), 1):
        return Flaw.UNMAPPED
    runs = [run for word in words for run in _LETTERS.findall(word)]
    letters = sum(map(len, runs))
    if letters < JUDGED_LETTERS:
        return None
    if len(_CYRILLIC.findall(text)) < MIN_CYRILLIC * letters:
        return Flaw.FOREIGN
    if sum(len(run) == 1 for run in runs) > MAX_SINGLE_LETTERS * len(runs):
        return Flaw.SPACED
    if sum(len(run) for run in runs if len(run) >= GLUED_LETTERS) > MAX_GLUED * letters:
        return Flaw.GLUED
    mixed = sum(bool(_CYRILLIC.search(run) and _LATIN.search(run)) for run in runs)
    if mixed > MAX_MIXED_WORDS * len(runs) or _known_share(runs) < MIN_KNOWN:
        return Flaw.GARBLED
    return None


def _known_share(runs: Iterable[str]) -> float:
    """Share of the longer Cyrillic words that the dictionary knows; abbreviations do not count."""
    judged = [run for run in runs if len(run) > 2 and not run.isupper() and _CYRILLIC.search(run)]
    if len(judged) < 8:
        judged = [run for run in runs if len(run) > 2 and _CYRILLIC.search(run)]
    if len(judged) < 8:
        return 1.0
    known = [bool(_dictionary().word_is_known(run.lower())) for run in judged]
    return sum(known) / len(known)


@lru_cache(maxsize=1)
def _dictionary() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()
