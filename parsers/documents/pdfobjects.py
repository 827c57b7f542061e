"""What a PDF's page is made of, out of pdfminer's layout by way of pdfplumber: characters, pictures, lines.

The same dictionaries that pdfplumber makes, with what is used of them and no more: for a page of text its own take as
long as all the reading of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage, LTLine, LTRect

RECT_EDGES: Final = 4


def characters_of(layer: Any) -> list[dict[str, Any]]:
    """Return every character of pdfplumber's page `layer`, in the order they are drawn in."""
    return [
        {
            **_place(layer, each),
            "text": each.get_text(),
            "matrix": each.matrix,
            "upright": each.upright,
            "size": each.size,
        }
        for each in _objects(layer.layout)
        if isinstance(each, LTChar)
    ]


def pictures_of(layer: Any) -> list[dict[str, Any]]:
    """Return the place of every picture."""
    return [_place(layer, each) for each in _objects(layer.layout) if isinstance(each, LTImage)]


def has_edges(layer: Any, least: int) -> bool:
    """Whether as many straight edges may be drawn on the page."""
    return sum(map(_edges, _objects(layer.layout))) >= least


def _edges(item: Any) -> int:
    """Return how many edges pdfplumber takes from an object, at most."""
    if isinstance(item, LTLine):
        return 1
    if isinstance(item, LTRect):
        return RECT_EDGES
    return len(item.pts) if isinstance(item, LTCurve) else 0


def _place(layer: Any, item: Any) -> dict[str, Any]:
    """Count places from the top, as pdfplumber does."""
    left, above = layer.mediabox[:2]
    top, bottom = layer.height - item.y1 + above, layer.height - item.y0 + above
    return {
        "x0": item.x0 + left,
        "x1": item.x1 + left,
        "top": top,
        "bottom": bottom,
        "doctop": layer.initial_doctop + top,
        "width": item.width,
        "height": item.height,
    }


def _objects(items: Iterable[Any]) -> Iterator[Any]:
    for each in items:
        if isinstance(each, LTContainer):
            yield from _objects(each)
        else:
            yield each
