"""The marks of a paper that stands for something: signature, seal and letterhead, page by page.

Works on scans, photos and pages drawn from text PDFs alike: what it needs is the upright page and its words, wherever
they came from. A letter's pages are combined by whoever knows which of them belong to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parsers.facts import Box, Mark
from parsers.images.rings import Ring
from parsers.images.upright import Upright
from parsers.layout import Page
from parsers.marks.letterheads import Letterhead, find_letterhead
from parsers.marks.seals import Seal, find_seal
from parsers.marks.signature_lines import find_signature_line
from parsers.marks.signatures import Signature, find_signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a page bears, and where (points; None where there is nothing to show)."""

    signature: Mark
    seal: Mark
    letterhead: Mark
    signature_box: Box | None = None
    seal_box: Box | None = None
    letterhead_box: Box | None = None


def find_marks(upright: Upright, page: Page) -> Marks:
    """Look for the three marks on one page; `page` holds its words, boxes in points of `upright`."""
    letterhead: Letterhead = find_letterhead(page)
    line = find_signature_line(page)
    seal: Seal = find_seal(upright, line, letterhead.box)
    signature: Signature = find_signature(upright, page, line, seal.ring)
    return Marks(
        signature=signature.mark,
        seal=seal.mark,
        letterhead=letterhead.mark,
        signature_box=signature.box,
        seal_box=None if seal.ring is None else _around(seal.ring),
        letterhead_box=letterhead.box,
    )


def combined(pages: Iterable[Marks]) -> Marks:
    """Combine the pages of one letter: what one of them bears, the letter bears."""
    every = list(pages)
    return Marks(
        signature=_best(page.signature for page in every),
        seal=_best(page.seal for page in every),
        letterhead=_best(page.letterhead for page in every),
    )


def _best(marks: Iterable[Mark]) -> Mark:
    found = set(marks)
    for mark in (Mark.PRESENT, Mark.UNSURE):
        if mark in found:
            return mark
    return Mark.ABSENT


def _around(ring: Ring) -> Box:
    x, y, radius = ring.x, ring.y, ring.radius
    return round(x - radius, 1), round(y - radius, 1), round(x + radius, 1), round(y + radius, 1)
