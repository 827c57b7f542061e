"""Pages of text, drawn a part at a time: the same is seen as on the whole page."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pdfplumber
import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from parsers.documents.pages import read_pages
from parsers.documents.paper import SourcePage
from parsers.documents.pdfobjects import characters_of, has_edges, pictures_of
from parsers.facts import Mark
from parsers.images.drawn import Drawn
from parsers.images.raster import rendered
from parsers.images.rings import SEAL_ABSENT, SEAL_PRESENT
from parsers.limits import Limits
from parsers.marks.marks import Marks, find_marks

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
BODY = (
    "ПРИКАЗ",
    "Назначить администратором платформы «Сферум» Иванову Марию Петровну,",
    "учителя информатики, мобильный телефон +7 (916) 123-45-67.",
)
SIGNED = 420.0  # points from the bottom: where the head signs
Draw = Callable[[canvas.Canvas], object]


def nothing(_: canvas.Canvas) -> None:
    """Draw nothing more."""


def ring(sheet: canvas.Canvas, x: float = 250, y: float = 400) -> None:
    sheet.setStrokeColorRGB(0.2, 0.25, 0.65)
    for radius, width in ((56, 2.2), (52, 0.8), (33, 0.8)):
        sheet.setLineWidth(width)
        sheet.circle(x, y, radius)


def stroke(sheet: canvas.Canvas) -> None:
    sheet.setStrokeColorRGB(0.1, 0.1, 0.5)
    sheet.setLineWidth(1.2)
    path = sheet.beginPath()
    path.moveTo(330, SIGNED)
    for at in range(1, 20):
        path.lineTo(330 + 5 * at, SIGNED + (18 if at % 2 else -6))
    sheet.drawPath(path)


def rules(sheet: canvas.Canvas) -> None:
    for down in (700, 600, SIGNED - 2):
        sheet.line(60, down, 540, down)


def pdf(extra: Draw = nothing) -> bytes:
    pdfmetrics.registerFont(TTFont("Serif", FONT))
    target = io.BytesIO()
    sheet = canvas.Canvas(target, pagesize=A4)
    sheet.setFont("Serif", 11)
    for row, line in enumerate(BODY):
        sheet.drawString(60, 640 - 20 * row, line)
    sheet.drawString(60, SIGNED, "Директор школы")
    sheet.drawString(450, SIGNED, "П. П. Петров")
    extra(sheet)
    sheet.showPage()
    sheet.save()
    return target.getvalue()


def page(content: bytes) -> SourcePage:
    [only] = read_pages(content, "п.pdf", limits=Limits(), expired=lambda: False).pages
    return only


def drawn(source: SourcePage) -> Drawn:
    assert source.text is not None
    assert source.part is not None
    return Drawn(source.text.width, source.text.height, source.part, source.inked)


def marks(source: SourcePage) -> Marks:
    assert source.text is not None
    return find_marks(drawn(source), source.text)


def marks_of_the_whole(source: SourcePage) -> Marks:
    assert source.text is not None
    assert source.raster is not None
    raster = source.raster()
    assert raster is not None
    return find_marks(rendered(raster.image, dpi=raster.dpi or 72), source.text)


def both(*draws: Draw) -> Draw:
    def draw(sheet: canvas.Canvas) -> None:
        for one in draws:
            one(sheet)

    return draw


@pytest.mark.parametrize(
    ("extra", "signature", "seal"),
    [
        (nothing, Mark.ABSENT, Mark.ABSENT),
        (rules, Mark.ABSENT, Mark.ABSENT),
        (ring, Mark.ABSENT, Mark.PRESENT),
        (stroke, Mark.PRESENT, Mark.ABSENT),
        (both(rules, ring, stroke), Mark.PRESENT, Mark.PRESENT),
        (lambda sheet: ring(sheet, 300, 780), Mark.ABSENT, Mark.ABSENT),
    ],
    ids=["nothing", "ruling lines", "seal", "signature", "all of them", "emblem at the top"],
)
def test_the_marks_of_a_part_are_those_of_the_whole(
    extra: Draw, signature: Mark, seal: Mark
) -> None:
    source = page(pdf(extra))
    found, whole = marks(source), marks_of_the_whole(source)
    assert (found.signature, found.seal) == (signature, seal)
    assert (whole.signature, whole.seal) == (signature, seal)
    if found.seal_box and whole.seal_box:
        assert np.allclose(found.seal_box, whole.seal_box, atol=2)
    assert found.signature_box is not None


@pytest.mark.parametrize("x", [25, 570])
def test_half_a_seal_at_the_edge_is_looked_at(x: float) -> None:
    [best, *_] = drawn(page(pdf(lambda sheet: ring(sheet, x, 300)))).rings
    assert best.score > SEAL_ABSENT


def test_a_pale_seal_beside_a_large_table_is_found() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.grid([60, 200, 540], [200, 220, 240, 260])
        sheet.saveState()
        sheet.setStrokeAlpha(0.25)
        ring(sheet)
        sheet.restoreState()

    assert drawn(page(pdf(draw))).rings[0].score > SEAL_PRESENT


def test_a_page_full_of_small_drawings_is_looked_at_whole() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for at in range(60):
            sheet.circle(60 + 50 * (at % 10), 60 + 24 * (at // 10), 3)
        ring(sheet)

    source = page(pdf(draw))
    assert len(source.inked) == 1
    assert drawn(source).rings[0].score > SEAL_PRESENT


def test_a_part_is_what_stands_there_on_the_whole_page() -> None:
    source = page(pdf(ring))
    assert source.part is not None
    whole = source.part((0.0, 0.0, 595.3, 841.9), 144)
    part = source.part((100.0, 380.0, 400.0, 500.0), 144)
    assert part.shape == (240, 600, 3)
    assert np.abs(whole[760:1000, 200:800].astype(int) - part).mean() < 0.5


def test_beyond_the_page_is_white_and_what_cannot_be_drawn_is() -> None:
    source = page(pdf())
    assert source.part is not None
    assert source.part((-50.0, -50.0, -10.0, -10.0), 72).min() == 255
    huge = source.part((0.0, 0.0, 500.0, 800.0), 1000)
    assert (huge.ndim, int(huge.min())) == (2, 255)


def plumbed(content: bytes) -> pdfplumber.page.Page:
    return pdfplumber.open(io.BytesIO(content)).pages[0]


def shifted(content: bytes, box: list[int], turn: int) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.pages[0].MediaBox = pikepdf.Array(box)
        document.pages[0].Rotate = turn
        document.save(target)
    return target.getvalue()


@pytest.mark.parametrize("box", [[0, 0, 595, 842], [-30, -40, 595, 842], [20, 50, 500, 800]])
@pytest.mark.parametrize("turn", [0, 90])
def test_characters_and_pictures_are_those_that_pdfplumber_tells(box: list[int], turn: int) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("RGB", (20, 20), "blue"))
    content = shifted(pdf(lambda sheet: sheet.drawImage(picture, 90, 90, 40, 50)), box, turn)
    theirs, ours = plumbed(content), plumbed(content)
    for found, told in (
        (characters_of(ours), theirs.chars),
        (pictures_of(ours), theirs.images),
    ):
        assert len(found) == len(told) > 0
        for one, other in zip(found, told, strict=True):
            assert one == {name: other[name] for name in one}


def test_only_a_page_with_enough_lines_is_looked_at_for_tables() -> None:
    layer = plumbed(pdf(rules))
    assert has_edges(layer, 3)
    assert not has_edges(layer, 4)
    boxes = plumbed(pdf(lambda sheet: sheet.rect(60, 60, 100, 50)))
    assert len(boxes.edges) == 4
    assert has_edges(boxes, 4)
