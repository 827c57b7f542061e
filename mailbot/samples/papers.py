"""Letters drawn as PDF pages with a text layer, and written as DOCX files without a signature."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table

from mailbot.samples import fonts, marks
from mailbot.samples.archives import with_fixed_times
from mailbot.samples.letters import Letter, in_words
from mailbot.samples.people import initials_first
from mailbot.samples.wordings import Layout

WIDTH, HEIGHT = A4
LEFT: Final = 30 * mm
RIGHT: Final = WIDTH - 15 * mm
TOP: Final = HEIGHT - 16 * mm
ADDRESSEE: Final = "Оператору информационно-коммуникационной образовательной платформы «Сферум»"
TABLE_HEAD: Final = ("№", "Фамилия, имя, отчество", "Должность", "Мобильный телефон")


def draw_letter(letter: Letter) -> bytes:
    """Return the letter as a PDF of one page with a text layer. Raises FontsMissingError."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setTitle(letter.wording.title)
    page = _Page(canvas)
    if letter.wording.layout is Layout.ORDER:
        _order(page, letter)
    else:
        _outgoing(page, letter)
    canvas.save()
    return buffer.getvalue()


@dataclass(slots=True)
class _Page:
    """A page that is filled from the top; `y` is where the next thing begins."""

    canvas: Canvas
    y: float = TOP

    def text(
        self,
        words: str,
        *,
        bold: bool = False,
        size: float = 11.5,
        align: int = TA_JUSTIFY,
        indent: float = 0,
        left: float = LEFT,
        right: float = RIGHT,
        after: float = 3,
    ) -> None:
        style = ParagraphStyle(
            "text",
            fontName=fonts.SERIF_BOLD if bold else fonts.SERIF,
            fontSize=size,
            leading=size * 1.35,
            alignment=align,
            firstLineIndent=indent,
        )
        paragraph = Paragraph(escape(words), style)
        _, height = paragraph.wrap(right - left, HEIGHT)
        paragraph.drawOn(self.canvas, left, self.y - height)
        self.y -= height + after

    def row(self, *columns: tuple[str, float, int]) -> None:
        """Write several texts beside each other: what, at which left edge, how aligned."""
        top = self.y
        lowest = top
        for words, left, align in columns:
            self.y = top
            self.text(words, left=left, align=align)
            lowest = min(lowest, self.y)
        self.y = lowest

    def rule(self, *widths: float) -> None:
        for width in widths:
            self.canvas.setLineWidth(width)
            self.canvas.line(LEFT, self.y, RIGHT, self.y)
            self.y -= 2.4
        self.y -= 6


def _order(page: _Page, letter: Letter) -> None:
    if letter.letterhead:
        _centred_letterhead(page, letter)
    page.text("П Р И К А З", bold=True, size=15, align=TA_CENTER, after=10)
    page.row(
        (in_words(letter.date), LEFT, TA_LEFT),
        (f"№ {letter.number}", LEFT, TA_RIGHT),
    )
    page.text(letter.school.town, align=TA_CENTER, size=10.5, after=14)
    page.text(letter.wording.title, bold=True, align=TA_LEFT, right=LEFT + 95 * mm, after=12)
    page.text(f"{letter.preamble}", indent=12.5 * mm, after=8)
    page.text("ПРИКАЗЫВАЮ:", bold=True, align=TA_LEFT, after=8)
    for number, clause in enumerate((letter.appointment, *letter.others), 1):
        page.text(f"{number}. {clause}", indent=12.5 * mm, after=5)
    page.y -= 40
    _signature_block(page, letter)
    page.y -= 62
    surname = letter.administrator.initials_last
    page.text(f"С приказом ознакомлен(а): ______________ {surname}", size=10, align=TA_LEFT)


def _outgoing(page: _Page, letter: Letter) -> None:
    middle = LEFT + 82 * mm
    top = page.y
    if letter.letterhead:
        _corner_letterhead(page, letter, right=middle)
    page.text(f"Исх. № {letter.number} от {letter.date:%d.%m.%Y}", align=TA_LEFT, size=10.5)
    lowest, page.y = page.y, top - 10
    page.text(ADDRESSEE, left=middle + 8 * mm, align=TA_LEFT)
    page.y = min(lowest, page.y) - 16
    page.text(letter.wording.title, bold=True, align=TA_LEFT, right=middle + 20 * mm, after=14)
    page.text("Уважаемые коллеги!", align=TA_CENTER, after=8)
    page.text(letter.preamble, indent=12.5 * mm)
    if letter.wording.layout is Layout.TABLE:
        _table(page, letter)
    else:
        page.text(letter.appointment, indent=12.5 * mm)
    for sentence in letter.others:
        page.text(sentence, indent=12.5 * mm)
    page.y -= 42
    _signature_block(page, letter)
    if letter.executor:
        page.y = 28 * mm
        page.text(f"Исп. {letter.executor}", size=8.5, align=TA_LEFT)


def _centred_letterhead(page: _Page, letter: Letter) -> None:
    school = letter.school
    page.text(school.founder, size=10.5, align=TA_CENTER, after=2)
    page.text(school.full_name.upper(), bold=True, size=11, align=TA_CENTER, after=1)
    page.text(f"({school.short_name})", bold=True, size=11, align=TA_CENTER, after=2)
    page.text(f"{school.address}, тел. {school.phone}", size=8.5, align=TA_CENTER, after=0)
    page.text(
        f"e-mail: {school.email}  ИНН {school.inn}  КПП {school.kpp}  ОГРН {school.ogrn}",
        size=8.5,
        align=TA_CENTER,
        after=6,
    )
    page.rule(1.8, 0.6)
    page.y -= 6


def _corner_letterhead(page: _Page, letter: Letter, *, right: float) -> None:
    school = letter.school
    lines = (
        (school.founder, False, 9.0),
        (school.full_name, True, 10.0),
        (f"({school.short_name})", True, 10.0),
        (school.address, False, 8.5),
        (f"тел. {school.phone}", False, 8.5),
        (f"e-mail: {school.email}", False, 8.5),
        (f"ИНН {school.inn}, ОГРН {school.ogrn}", False, 8.5),
    )
    for words, bold, size in lines:
        page.text(words, bold=bold, size=size, align=TA_CENTER, right=right, after=1)
    page.y -= 8


def _table(page: _Page, letter: Letter) -> None:
    style = ParagraphStyle("cell", fontName=fonts.SERIF, fontSize=10.5, leading=13.5)
    post = letter.administrator.post.nominative
    cells = ("1", letter.printed_name, post.capitalize(), letter.printed_phone)
    rows = [[Paragraph(escape(cell), style) for cell in row] for row in (TABLE_HEAD, cells)]
    table = Table(rows, colWidths=[9 * mm, 58 * mm, 50 * mm, 47 * mm])
    table.setStyle(
        [("GRID", (0, 0), (-1, -1), 0.6, (0, 0, 0)), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    )
    _, height = table.wrap(RIGHT - LEFT, HEIGHT)
    page.y -= 6
    table.drawOn(page.canvas, LEFT, page.y - height)
    page.y -= height + 12


def _signature_block(page: _Page, letter: Letter) -> None:
    """Post, signature and name on one line; the seal over the post."""
    school = letter.school
    base = page.y - 11.5
    page.row(
        (school.head_post, LEFT, TA_LEFT),
        (initials_first(school.head), LEFT, TA_RIGHT),
    )
    if letter.signature:
        _put_signature(page.canvas, letter, (LEFT + 64 * mm, base + 1))
    if letter.seal:
        _put_seal(page.canvas, letter, (LEFT + 37 * mm, base - 3 * mm))


def _put_signature(canvas: Canvas, letter: Letter, at: tuple[float, float]) -> None:
    canvas.saveState()
    canvas.translate(*at)
    if letter.as_lines:
        marks.draw_signature(canvas, letter.school.head, ink=letter.signature_ink)
    else:
        picture = marks.signature_picture(letter.school.head, ink=letter.signature_ink)
        width, height = (side * 72 / marks.PICTURE_DPI for side in picture.size)
        canvas.drawImage(_readable(picture), 0, -0.3 * height, width, height, mask="auto")
    canvas.restoreState()


def _put_seal(canvas: Canvas, letter: Letter, at: tuple[float, float]) -> None:
    canvas.saveState()
    canvas.translate(*at)
    canvas.rotate(sum(letter.number.encode()) % 21 - 10)
    if letter.as_lines:
        canvas.setStrokeAlpha(0.8)
        canvas.setFillAlpha(0.8)
        marks.draw_seal(canvas, letter.seal_text, ink=letter.seal_ink)
    else:
        picture = marks.seal_picture(letter.seal_text, ink=letter.seal_ink)
        side = picture.width * 72 / marks.PICTURE_DPI
        canvas.drawImage(_readable(picture), -side / 2, -side / 2, side, side, mask="auto")
    canvas.restoreState()


def _readable(picture: Any) -> ImageReader:
    return ImageReader(picture)


def letter_docx(letter: Letter) -> bytes:
    """Return the letter as a word processor's file: text alone, neither signature nor seal."""
    document = docx.Document()
    font = document.styles["Normal"].font
    font.name, font.size = "Times New Roman", Pt(13)
    school, order = letter.school, letter.wording.layout is Layout.ORDER
    if letter.letterhead:
        for words in (school.founder, school.full_name.upper(), f"({school.short_name})"):
            document.add_paragraph(words).alignment = WD_ALIGN_PARAGRAPH.CENTER
        contacts = f"{school.address}, тел. {school.phone}, ИНН {school.inn}, ОГРН {school.ogrn}"
        document.add_paragraph(contacts).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if order:
        document.add_paragraph("ПРИКАЗ").alignment = WD_ALIGN_PARAGRAPH.CENTER
        document.add_paragraph(f"{in_words(letter.date)}\t\t\t\t\t№ {letter.number}")
    else:
        document.add_paragraph(f"Исх. № {letter.number} от {letter.date:%d.%m.%Y}")
    document.add_paragraph().add_run(letter.wording.title).bold = True
    document.add_paragraph(letter.preamble)
    if order:
        document.add_paragraph("ПРИКАЗЫВАЮ:")
    for number, clause in enumerate((letter.appointment, *letter.others), 1):
        document.add_paragraph(f"{number}. {clause}" if order else clause)
    document.add_paragraph(f"{school.head_post}\t\t\t\t\t\t{initials_first(school.head)}")
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_times(buffer.getvalue())
