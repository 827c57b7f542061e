"""What every way of opening a document makes: pages that have text or a picture of themselves, or both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from parsers.facts import Box, Evidence, Trouble
from parsers.images.ocr import Pixels
from parsers.layout import Page


@dataclass(frozen=True, slots=True)
class Raster:
    """A page as a picture, as it lies in the file: not yet turned or straightened, perhaps not yet decoded.

    `dpi` is None where the file does not say it believably, as in photographs.
    """

    image: Image.Image
    dpi: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourcePage:
    """One page: its text as a person sees it, and a way to its picture.

    `text` is None where the page has to be recognized; `refused` then quotes the text layer that was not believed, if
    there was one. `raster` makes the picture anew at every call, None where that failed; it is None itself where the
    page has no picture, as in a word processor's text. `turn` is by how many degrees clockwise that picture must be
    turned to fit `text`; `drawn` is the share of the page's ink that is not its text, `inked` the boxes around that
    ink in points, and `part` draws a box of the page (points) at a resolution, both before that turn.
    """

    number: int  # counted from 1
    text: Page | None = None
    refused: Evidence | None = None
    raster: Callable[[], Raster | None] | None = None
    turn: int = 0
    drawn: float = 0.0
    inked: tuple[Box, ...] = ()
    part: Callable[[Box, float], Pixels] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPages:
    """A document's pages in order, and what kept the rest of them from being read.

    `stamps` are the small pictures in a word processor's text (a seal, a signature, a logo), with their resolution on
    paper. `size` is a picture's, in pixels.
    """

    name: str
    pages: tuple[SourcePage, ...] = ()
    stamps: tuple[Callable[[], Raster | None], ...] = ()
    size: tuple[int, int] | None = None
    trouble: Trouble | None = None
    detail: str = ""  # for people, in Russian
    limit: str = ""  # for people, in Russian: what was left unread
