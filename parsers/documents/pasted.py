"""Pictures in a word processor's document: a scan pasted in is a page, a small picture may be a seal or a signature."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from parsers.documents.flow import Flow
from parsers.documents.paper import DocumentPages, Raster, SourcePage
from parsers.documents.pictures import PictureOpener, open_picture
from parsers.facts import Trouble
from parsers.limits import Limits

POINTS_PER_INCH: Final = 72.0
PAGE_SIDE_POINTS: Final = (
    250.0  # shorter side as shown; a scanned sheet fills the text's width, 480
)
PAGE_PIXELS: Final = 400_000  # a sheet of A4 at 70 dpi, below which nothing can be read
STAMP_SIDE_POINTS: Final = 30.0  # shown smaller it is a bullet or a rule, no seal and no signature
LETTERHEAD_SHARE: Final = 0.35  # of the lines; a small picture above is an emblem, no seal


@dataclass(frozen=True, slots=True)
class Pasted:
    """A picture in a text; `width` and `height` as shown, in points, None where the file does not say.

    `line` is how many lines of text stand before it, None where that is not known.
    """

    content: bytes
    width: float | None = None
    height: float | None = None
    line: int | None = None


def with_pictures(name: str, flow: Flow, pasted: Iterable[Pasted], limits: Limits) -> DocumentPages:
    """Make pages of the text, then of the pictures that are as large as pages."""
    texts = list(flow.read(name))
    pages = [SourcePage(number=page.number, text=page) for page in texts[: limits.pages]]
    stamps: list[Callable[[], Raster | None]] = []
    letterhead = LETTERHEAD_SHARE * len(flow.lines())
    trouble, detail = None, ""
    for picture in _different(pasted):
        image = open_picture(picture.content)
        if image is None:
            continue
        width, height = image.size
        if width * height > limits.pixels:
            trouble, detail = Trouble.TOO_LARGE, f"изображение {width} × {height} точек"
        elif _is_page(picture, width, height):
            opener = PictureOpener(picture.content)
            pages.append(SourcePage(number=len(pages) + 1, raster=opener, drawn=1.0))
        elif _is_stamp(picture, width, height, letterhead):
            dpi = POINTS_PER_INCH * width / picture.width if picture.width else None
            stamps.append(PictureOpener(picture.content, dpi=dpi))
    limit = (
        f"прочитано страниц: {limits.pages} из {len(texts)}" if len(texts) > limits.pages else ""
    )
    return DocumentPages(
        name=name,
        pages=tuple(pages[: limits.pages]),
        stamps=tuple(stamps),
        trouble=trouble,
        detail=detail,
        limit=limit,
    )


def _different(pasted: Iterable[Pasted]) -> Iterable[Pasted]:
    """Each picture once: a letterhead's logo is repeated on every page."""
    return {picture.content: picture for picture in pasted}.values()


def _is_stamp(picture: Pasted, width: int, height: int, letterhead: float) -> bool:
    large = min(picture.width or width, picture.height or height) >= STAMP_SIDE_POINTS
    return large and (picture.line is None or picture.line >= letterhead)


def _is_page(picture: Pasted, width: int, height: int) -> bool:
    if width * height < PAGE_PIXELS:
        return False
    if picture.width is None or picture.height is None:
        return True
    return min(picture.width, picture.height) >= PAGE_SIDE_POINTS
