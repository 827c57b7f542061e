"""PDFs drawn by reportlab, spoilt in every way that hides or forges text."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from parsers.documents.pages import read_pages
from parsers.documents.paper import DocumentPages, SourcePage
from parsers.facts import Trouble
from parsers.limits import Limits

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
LINES = (
    "Муниципальное бюджетное общеобразовательное учреждение",
    "«Средняя общеобразовательная школа № 12 города Заречного»",
    "ПРИКАЗ",
    "Назначить администратором платформы «Сферум» Иванову Марию Петровну,",
    "учителя информатики, мобильный телефон +7 (916) 123-45-67.",
    "Директор школы П. П. Петров",
)
FORGED = "мобильный телефон +7 (999) 111-22-33"
Draw = Callable[[canvas.Canvas], None]


def nothing(_: canvas.Canvas) -> None:
    """Draw nothing more."""


def pdf(extra: Draw = nothing, *, mode: int = 0, pages: int = 1) -> bytes:
    pdfmetrics.registerFont(TTFont("Serif", FONT))
    target = io.BytesIO()
    sheet = canvas.Canvas(target, pagesize=A4)
    for _ in range(pages):
        text = sheet.beginText(60, 780)
        text.setFont("Serif", 11)
        text.setTextRenderMode(mode)
        for line in LINES:
            text.textLine(line)
        sheet.drawText(text)
        sheet.setFont("Serif", 11)
        extra(sheet)
        sheet.showPage()
    sheet.save()
    return target.getvalue()


def read(content: bytes, limits: Limits | None = None) -> DocumentPages:
    return read_pages(content, "п.pdf", limits=limits or Limits(), expired=lambda: False)


def page(content: bytes) -> SourcePage:
    [only] = read(content).pages
    return only


def text_of(content: bytes) -> str:
    found = page(content).text
    assert found is not None
    return found.text


def changed(content: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        change(document)
        document.save(target)
    return target.getvalue()


def picture(size: int, paper: str) -> ImageReader:
    image = Image.new("RGB", (size, size), paper)
    ImageDraw.Draw(image).ellipse((4, 4, size - 4, size - 4), outline=(30, 30, 200), width=6)
    return ImageReader(image)


def in_white(sheet: canvas.Canvas) -> None:
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(60, 300, FORGED)


def in_pale_yellow(sheet: canvas.Canvas) -> None:
    sheet.setFillColorRGB(1, 1, 0.9)
    sheet.drawString(60, 300, FORGED)


def under_a_rectangle(sheet: canvas.Canvas) -> None:
    sheet.drawString(60, 300, FORGED)
    sheet.setFillColorRGB(1, 1, 1)
    sheet.rect(50, 290, 400, 30, stroke=0, fill=1)


def under_a_picture(sheet: canvas.Canvas) -> None:
    sheet.drawString(60, 300, FORGED)
    sheet.drawImage(picture(200, "white"), 50, 290, 400, 30)


def transparent(sheet: canvas.Canvas) -> None:
    sheet.setFillAlpha(0)
    sheet.drawString(60, 300, FORGED)


def tiny(sheet: canvas.Canvas) -> None:
    sheet.setFont("Serif", 1)
    sheet.drawString(60, 300, FORGED)


def off_the_page(sheet: canvas.Canvas) -> None:
    sheet.drawString(700, 300, FORGED)


def clipped_away(sheet: canvas.Canvas) -> None:
    sheet.saveState()
    path = sheet.beginPath()
    path.rect(0, 0, 1, 1)
    sheet.clipPath(path, stroke=0)
    sheet.drawString(60, 300, FORGED)
    sheet.restoreState()


def in_one_place_with_another(sheet: canvas.Canvas) -> None:
    text = sheet.beginText(60, 780)
    text.setFont("Serif", 11)
    text.setTextRenderMode(3)
    for line in LINES:
        text.textLine(line.replace("123-45-67", "765-43-21").replace("Иванову", "Сидорову"))
    sheet.drawText(text)


def test_visible_text_is_read_in_lines_with_its_places() -> None:
    found = page(pdf()).text
    assert found is not None
    assert tuple(found.text.split("\n")) == LINES
    first = found.words[0]
    assert first.box is not None
    assert first.box[0] == pytest.approx(60)
    assert 50 < first.box[1] < first.box[3] < 68


@pytest.mark.parametrize(
    "hide",
    [
        in_white,
        in_pale_yellow,
        under_a_rectangle,
        under_a_picture,
        transparent,
        tiny,
        off_the_page,
        clipped_away,
        in_one_place_with_another,
    ],
)
def test_a_page_with_text_that_nobody_sees_is_to_be_recognized(hide: Draw) -> None:
    found = page(pdf(hide))
    assert found.text is None
    assert found.refused is not None
    assert found.raster is not None


def test_a_layer_drawn_invisibly_is_refused_and_quoted() -> None:
    found = page(pdf(mode=3))
    assert found.text is None
    assert found.refused is not None
    assert found.refused.raw.startswith("Муниципальное бюджетное")


def test_letters_outside_the_crop_box_are_not_seen() -> None:
    def crop(document: pikepdf.Pdf) -> None:
        document.pages[0].CropBox = pikepdf.Array([0, 0, 300, 842])

    assert page(changed(pdf(), crop)).refused is not None


def test_places_are_counted_from_the_corner_of_the_crop_box() -> None:
    def crop(document: pikepdf.Pdf) -> None:
        document.pages[0].CropBox = pikepdf.Array([30, 100, 590, 800])

    found = page(changed(pdf(), crop)).text
    assert found is not None
    assert found.words[0].box is not None
    assert found.words[0].box[0] == pytest.approx(30)
    assert (found.width, found.height) == pytest.approx((560, 700))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_as_if_it_stood(turn: int) -> None:
    def lay(document: pikepdf.Pdf) -> None:
        document.pages[0].Rotate = turn

    found = page(changed(pdf(), lay))
    upright = page(pdf()).text
    assert found.text is not None
    assert upright is not None
    assert found.text.text == upright.text
    assert found.text.words[0].box == pytest.approx(upright.words[0].box, abs=0.1)
    assert found.turn == (360 - turn) % 360


def test_a_small_seal_over_a_few_words_does_not_spoil_the_layer() -> None:
    def seal(sheet: canvas.Canvas) -> None:
        sheet.drawString(60, 500, "М.П.")
        sheet.drawImage(picture(300, "white"), 40, 450, 110, 110)

    found = page(pdf(seal))
    assert found.text is not None
    assert "М.П." not in found.text.text
    assert found.drawn > 0.01


def test_text_below_a_picture_that_lets_it_through_is_read() -> None:
    def seal(sheet: canvas.Canvas) -> None:
        image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
        ImageDraw.Draw(image).ellipse((4, 4, 296, 296), outline=(30, 30, 200, 160), width=6)
        sheet.drawImage(ImageReader(image), 60, 690, 110, 110, mask="auto")

    assert "Марию Петровну" in text_of(pdf(seal))


def test_what_is_written_into_a_form_field_is_read() -> None:
    def field(sheet: canvas.Canvas) -> None:
        sheet.acroForm.textfield(name="tel", value="8 916 555-44-33", x=60, y=400, width=200)

    assert "8 916 555-44-33" in text_of(pdf(field))


def test_a_table_is_read_row_by_row() -> None:
    def table(sheet: canvas.Canvas) -> None:
        for y in (200, 240, 280):
            sheet.line(60, y, 500, y)
        for x in (60, 200, 500):
            sheet.line(x, 200, x, 280)
        sheet.drawString(65, 265, "Администратор")
        sheet.drawString(205, 265, "Иванова Мария")
        sheet.drawString(205, 250, "Петровна")
        sheet.drawString(65, 225, "Телефон")
        sheet.drawString(205, 225, "8 916 123-45-67")

    lines = text_of(pdf(table)).split("\n")
    assert "Администратор\tИванова Мария Петровна" in lines
    assert "Телефон\t8 916 123-45-67" in lines


def test_a_page_without_a_layer_is_a_picture_and_nothing_was_refused() -> None:
    image = Image.new("RGB", (1654, 2339), "white")
    ImageDraw.Draw(image).rectangle((200, 200, 900, 260), fill="black")
    target = io.BytesIO()
    image.save(target, "PDF", resolution=200)
    found = page(target.getvalue())
    assert found.text is None
    assert found.refused is None
    assert found.raster is not None
    raster = found.raster()
    assert raster is not None
    assert raster.dpi == pytest.approx(200, abs=1)
    assert raster.image.size == pytest.approx((1654, 2339), abs=2)


def test_a_file_with_an_owners_password_only_is_read() -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(target, encryption=pikepdf.Encryption(owner="secret", user=""))
    assert "Марию Петровну" in text_of(target.getvalue())


def test_a_file_with_a_password_is_encrypted() -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(target, encryption=pikepdf.Encryption(owner="secret", user="word"))
    assert read(target.getvalue()).trouble is Trouble.ENCRYPTED


def test_a_file_without_its_table_of_objects_is_mended() -> None:
    content = pdf()
    assert "Марию Петровну" in text_of(content[: content.rindex(b"xref")])


def test_half_a_file_is_malformed() -> None:
    content = pdf()
    assert read(content[: len(content) // 2]).trouble is Trouble.MALFORMED


def test_pages_beyond_the_limit_are_left_out_and_said_so() -> None:
    found = read(pdf(pages=5), Limits(pages=3))
    assert len(found.pages) == 3
    assert found.limit == "прочитано страниц: 3 из 5"


def test_reading_stops_when_time_is_up() -> None:
    found = read_pages(pdf(pages=5), "п.pdf", limits=Limits(), expired=lambda: True)
    assert len(found.pages) == 1
    assert found.limit


def test_a_page_with_a_picture_beyond_the_limit_is_not_drawn() -> None:
    found = read(pdf(under_a_picture), Limits(pixels=10_000)).pages[0]
    assert found.raster is not None
    assert found.raster() is None


def test_a_bomb_is_dangerous() -> None:
    def swell(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = document.make_stream(b" " * 80 * 2**20)

    assert read(changed(pdf(), swell)).trouble is Trouble.DANGEROUS


def test_letters_along_the_ring_of_a_drawn_seal_do_not_spoil_the_layer() -> None:
    def ring(sheet: canvas.Canvas) -> None:
        sheet.setFont("Serif", 3)
        for number, letter in enumerate("МУНИЦИПАЛЬНОЕ УЧРЕЖДЕНИЕ ИНН 7707083893 " * 2):
            sheet.saveState()
            sheet.translate(200, 500)
            sheet.rotate(-4.5 * number)
            sheet.drawString(0, 45, letter)
            sheet.restoreState()

    assert text_of(pdf(ring)) == text_of(pdf())


def test_a_page_that_is_set_askew_as_a_whole_keeps_its_text() -> None:
    target = io.BytesIO()
    pdfmetrics.registerFont(TTFont("Serif", FONT))
    sheet = canvas.Canvas(target, pagesize=A4)
    sheet.rotate(1)
    sheet.setFont("Serif", 11)
    for number, line in enumerate(LINES):
        sheet.drawString(60, 760 - 20 * number, line)
    sheet.save()
    assert "+7 (916) 123-45-67" in text_of(target.getvalue())
