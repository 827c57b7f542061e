"""Pages as an operator looks at them: whole, and cut out wherever the letter says something."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from PIL import Image

from parsers.facts import Box, Evidence, Letter, PageView, Role
from parsers.images.raster import Upright
from parsers.reading.papers import Paper
from parsers.reading.recognizer import Leaf, Recognizer

PAGES: Final = 12  # of one message that are shown
PLACES: Final = 24
PAGE_DPI: Final = 100.0  # a person reads ordinary print at this
PLACE_DPI: Final = 150.0
_QUALITY: Final = 70
_SIDES: Final = 48.0  # points around a place, so that it is seen in its line
_ABOVE: Final = 6.0
_TEXT: Final = 20_000  # characters of a page without a picture


def views_of(
    papers: Iterable[Paper], letters: Sequence[Letter], recognizer: Recognizer
) -> tuple[PageView, ...]:
    """Return the pages that were read, those of letters first, and what the letters were read from.

    Stops where the time for the message is over.
    """
    ordered = sorted(papers, key=lambda paper: paper.role is not Role.LETTER)
    leaves = [leaf for paper in ordered for leaf in paper.leaves][:PAGES]
    places = [place for letter in letters for place in places_of(letter)]
    return tuple(_views(leaves, places[:PLACES], recognizer))


def places_of(letter: Letter) -> Iterator[Evidence]:
    """Yield where a letter's values stand."""
    people = (*letter.administrators, letter.head) if letter.head else letter.administrators
    for one in (*people, *letter.phones, letter.organization_name, letter.inn, letter.date):
        yield from one.evidence if one else ()
    yield from letter.doubts


def _views(
    leaves: Sequence[Leaf], places: Sequence[Evidence], recognizer: Recognizer
) -> Iterator[PageView]:
    for leaf in leaves:
        if recognizer.deadline.expired:
            return
        page = leaf.page
        upright = recognizer.upright(leaf) if leaf.source.raster else None
        if upright is None:
            yield PageView(document=page.document, page=page.number, text=page.text[:_TEXT])
            continue
        yield _view(leaf, upright, None)
        boxes = {place.box for place in places if _stands_on(place, leaf)}
        for box in sorted(box for box in boxes if box is not None):
            yield _view(leaf, upright, box)


def _stands_on(place: Evidence, leaf: Leaf) -> bool:
    return (place.document, place.page) == (leaf.page.document, leaf.page.number)


def _view(leaf: Leaf, upright: Upright, box: Box | None) -> PageView:
    shown = (0.0, 0.0, upright.width, upright.height) if box is None else _around(box, upright)
    pixels = upright.crop(shown, dpi=PAGE_DPI if box is None else PLACE_DPI)
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "JPEG", quality=_QUALITY)
    return PageView(
        document=leaf.page.document,
        page=leaf.page.number,
        width=upright.width,
        height=upright.height,
        box=box,
        picture=base64.b64encode(buffer.getvalue()).decode("ascii"),
    )


def _around(box: Box, upright: Upright) -> Box:
    return (
        max(box[0] - _SIDES, 0.0),
        max(box[1] - _ABOVE, 0.0),
        min(box[2] + _SIDES, upright.width),
        min(box[3] + _ABOVE, upright.height),
    )
