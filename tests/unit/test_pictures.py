from __future__ import annotations

import io

import pytest
from PIL import Image

from parsers.documents.pages import read_pages
from parsers.documents.paper import DocumentPages
from parsers.facts import Trouble
from parsers.limits import Limits


def saved(kind: str, size: tuple[int, int] = (1240, 1754), **options: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, kind, **options)
    return target.getvalue()


def read(content: bytes, limits: Limits | None = None) -> DocumentPages:
    return read_pages(content, "скан", limits=limits or Limits(), expired=lambda: False)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "HEIF"])
def test_a_picture_is_one_page_to_be_recognized(kind: str) -> None:
    found = read(saved(kind))
    [page] = found.pages
    assert page.text is None
    assert page.raster is not None
    raster = page.raster()
    assert raster is not None
    assert raster.image.size == found.size == (1240, 1754)


def test_a_tiff_has_as_many_pages_as_it_holds_up_to_the_limit() -> None:
    others = [Image.new("L", (100 * number, 50)) for number in (2, 3, 4)]
    found = read(saved("TIFF", save_all=True, append_images=others), Limits(pages=3))
    assert [page.number for page in found.pages] == [1, 2, 3]
    assert found.limit == "прочитано страниц: 3 из 4"
    last = found.pages[2].raster
    assert last is not None
    raster = last()
    assert raster is not None
    assert raster.image.width == 300


def test_an_animation_is_one_page() -> None:
    found = read(saved("GIF", save_all=True, append_images=[Image.new("RGB", (1240, 1754))]))
    assert len(found.pages) == 1


@pytest.mark.parametrize(("stated", "believed"), [(150, 150), (100, 100), (72, None), (2400, None)])
def test_a_resolution_is_believed_if_it_makes_a_sheet(stated: int, believed: int | None) -> None:
    opener = read(saved("PNG", dpi=(stated, stated))).pages[0].raster
    assert opener is not None
    raster = opener()
    assert raster is not None
    assert raster.dpi == (None if believed is None else pytest.approx(believed, abs=1))


def test_a_picture_of_too_many_pixels_is_not_opened() -> None:
    found = read(saved("PNG"), Limits(pixels=1_000_000))
    assert found.trouble is Trouble.TOO_LARGE
    assert not found.pages


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0"]
)
def test_what_is_no_picture_is_malformed(content: bytes) -> None:
    assert read(content).trouble is Trouble.MALFORMED
