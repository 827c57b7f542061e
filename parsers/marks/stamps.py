"""Pictures that a clerk put into a word processor's text as seal and signature.

The text has no pages to look at, so each picture is laid on a blank sheet at the size that it is shown with. A ring is
a seal; that a picture is somebody's signature no program can say, so that is left to a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PIL import Image

from parsers.documents.paper import Raster
from parsers.facts import How, Mark
from parsers.images.raster import PictureError, load_pixels, rendered
from parsers.layout import Page
from parsers.marks.letterheads import find_letterhead
from parsers.marks.marks import Marks, combined, find_marks

SHEET_DPI: Final = 150.0
SHEET: Final = (1240, 1754)  # pixels; A4
PLACE: Final = (370, 880)  # pixels: low enough for a seal, and no part of a letterhead
SEAL_INCHES: Final = 1.6  # shown size of a picture that does not say it: a seal's


def find_stamp_marks(stamps: Iterable[Raster], page: Page) -> Marks:
    """Judge the pictures of a text, and the letterhead by its words."""
    looks = [marks for stamp in stamps if (marks := _look(stamp)) is not None]
    letterhead = find_letterhead(page)
    if not looks:
        return Marks(signature=Mark.ABSENT, seal=Mark.ABSENT, letterhead=letterhead.mark)
    best = combined(looks)
    return Marks(
        signature=Mark.UNSURE,
        seal=Mark.UNSURE if best.seal is Mark.ABSENT else best.seal,
        letterhead=letterhead.mark,
    )


def _look(stamp: Raster) -> Marks | None:
    try:
        pixels = load_pixels(stamp.image)
    except PictureError:
        return None
    picture = Image.fromarray(pixels).convert("RGB")
    factor = SHEET_DPI / (stamp.dpi or picture.width / SEAL_INCHES)
    size = (
        min(max(round(picture.width * factor), 1), SHEET[0] // 2),
        min(max(round(picture.height * factor), 1), SHEET[1] // 2),
    )
    sheet = Image.new("RGB", SHEET, "white")
    sheet.paste(picture.resize(size), PLACE)
    upright = rendered(sheet, dpi=SHEET_DPI)
    blank = Page("", 1, How.TEXT, (), upright.width, upright.height)
    return find_marks(upright, blank)
