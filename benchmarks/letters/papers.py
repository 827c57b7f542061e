"""Drafts drawn as PDF pages with a text layer: layouts, faces, seals and signatures by lot."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field, replace
from typing import Final
from xml.sax.saxutils import escape

import pdfplumber
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph
from reportlab.platypus import Table as Grid

from benchmarks.letters import marks
from benchmarks.letters.drafts import Draft, Table
from benchmarks.letters.fonts import WEIGHTS, Face, faces

WIDTH, HEIGHT = A4
BOTTOM: Final = 20 * mm
OVER: Final = ("post", "number", "name")  # what a seal may lie on


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a letter is laid out and stamped."""

    face: int = 0
    size: float = 12.5
    letterhead: str = "centred"  # «centred», «corner», «stamp»
    align: int = TA_JUSTIFY
    indent: float = 12.5 * mm
    left: float = 28 * mm
    seal_ink: marks.Ink = marks.BLUE
    pen: marks.Ink = marks.BLUE
    seal_over: str = "post"
    broken: str = ""  # «number» or «name»: a line's end inside it
    seed: int = 0


def invented_look(chance: random.Random) -> Look:
    """Return a layout by lot; everything on it as a careful clerk would have it."""
    return Look(
        face=chance.choices(range(len(WEIGHTS)), WEIGHTS)[0],
        size=chance.choice((11, 11.5, 12, 13)),
        letterhead=chance.choices(("centred", "corner", "stamp"), (5, 4, 1))[0],
        align=chance.choice((TA_JUSTIFY, TA_JUSTIFY, TA_LEFT)),
        indent=chance.choice((0, 9 * mm, 12.5 * mm)),
        left=chance.choice((20 * mm, 25 * mm, 30 * mm)),
        seal_ink=chance.choices((marks.BLUE, marks.VIOLET), (3, 1))[0],
        pen=chance.choices((marks.BLUE, marks.BLACK), (3, 1))[0],
        seed=chance.getrandbits(32),
    )


def draw(draft: Draft, look: Look) -> bytes:
    """Return the letter as a PDF with a text layer and the marks as pictures."""
    if look.seal_over == "post":
        return _drawn(draft, look, None)
    place = _place(_drawn(draft, replace(look, seal_over="none"), None), draft, look.seal_over)
    return _drawn(draft, look, place)


def _place(pdf: bytes, draft: Draft, what: str) -> tuple[float, float]:
    """Return where the number or the administrator's surname stands, from the bottom left of page 1."""
    wanted = draft.printed_phone.split()[-1]
    if what == "name":
        wanted = format(draft.administrator.surname)[:4]
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        words = page.extract_words(use_text_flow=True)
        found = [word for word in words if wanted.lower() in word["text"].lower()]
        word = found[0] if found else words[len(words) // 2]
        middle = (word["x0"] + word["x1"]) / 2
        return float(middle), float(page.height - (word["top"] + word["bottom"]) / 2)


def _drawn(draft: Draft, look: Look, seal_at: tuple[float, float] | None) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    page = _Page(canvas, faces()[look.face], look, random.Random(look.seed))
    page.letter(draft)
    if seal_at:
        page.put(page.seal(draft), *seal_at)
    canvas.save()
    return buffer.getvalue()


@dataclass(slots=True)
class _Page:
    """A page that is filled from the top."""

    canvas: Canvas
    face: Face
    look: Look
    chance: random.Random
    y: float = HEIGHT - 15 * mm
    right: float = field(default=WIDTH - 15 * mm)

    def letter(self, draft: Draft) -> None:
        {"centred": self._centred, "corner": self._corner, "stamp": self._stamped}[
            self.look.letterhead
        ](draft)
        if draft.wording.heading == "order":
            self._order_heading(draft)
        if draft.title:
            centred = draft.wording.heading == "order" and self.look.seed % 2
            self.text(
                draft.title, bold=True, align=TA_CENTER if centred else TA_LEFT,
                right=None if centred else self.look.left + 95 * mm, after=10,
            )  # fmt: skip
        for block in draft.blocks:
            if isinstance(block, str):
                self.text(self._broken(block, draft), indent=self.look.indent, after=4)
            else:
                self._table(block)
        self._signature(draft)
        for line in draft.tail:
            self.text(line, size=self.look.size - 2, align=TA_LEFT, after=1)

    def _broken(self, text: str, draft: Draft) -> str:
        """Put a line's end into the number or the name."""
        number, person = draft.printed_phone, draft.administrator
        if self.look.broken == "number" and number in text:
            at = max(len(number) * 6 // 10, 1)
            return text.replace(number, f"{number[:at]}\n{number[at:]}", 1)
        if self.look.broken == "name":
            for case in ("acc", "nom", "dat", "gen", "ins"):
                if (name := format(person, case)) in text:
                    return text.replace(name, name.replace(" ", "\n", 1), 1)
        return text

    def text(
        self, words: str, *, bold: bool = False, size: float | None = None, align: int | None = None,
        indent: float = 0, left: float | None = None, right: float | None = None, after: float = 3,
    ) -> None:  # fmt: skip
        left = self.look.left if left is None else left
        right = self.right if right is None else right
        size = size or self.look.size
        style = ParagraphStyle(
            "text", fontName=self.face.bold if bold else self.face.plain, fontSize=size,
            leading=size * 1.3, alignment=self.look.align if align is None else align,
            firstLineIndent=indent,
        )  # fmt: skip
        paragraph = Paragraph(escape(words).replace("\n", "<br/>"), style)
        _, height = paragraph.wrap(right - left, HEIGHT)
        self._room(height)
        paragraph.drawOn(self.canvas, left, self.y - height)
        self.y -= height + after

    def _room(self, height: float) -> None:
        if self.y - height < BOTTOM:
            self.canvas.showPage()
            self.y = HEIGHT - 20 * mm

    def _pair(self, one: str, other: str, *, bold: bool = False) -> None:
        """Write two texts at the ends of one line."""
        top = self.y
        self.text(one, align=TA_LEFT, bold=bold, right=self.right - 60 * mm)
        low, self.y = self.y, top
        self.text(other, align=TA_RIGHT, bold=bold, left=self.look.left + 60 * mm)
        self.y = min(low, self.y)

    def _centred(self, draft: Draft) -> None:
        school = draft.school
        for words, size, bold in (
            (school.founder, 10, False), (school.full_name, 11, True), (f"({school.short_name})", 11, True),
            (f"{school.address}. Тел./факс: {school.phone}, e-mail: {school.email}", 8.5, False),
        ):  # fmt: skip
            self.text(words, size=size, bold=bold, align=TA_CENTER, after=1)
        if draft.shows_inn:
            identifiers = f"ОГРН {school.ogrn}, ИНН/КПП {school.inn}/{school.kpp}"
            self.text(identifiers, size=8.5, align=TA_CENTER, after=3)
        self.canvas.setLineWidth(1.2)
        self.canvas.line(self.look.left, self.y - 2, self.right, self.y - 2)
        self.y -= 14
        if draft.wording.heading != "order":
            self.text(f"{draft.printed_date} № {draft.number}", align=TA_LEFT, after=12)

    def _corner(self, draft: Draft) -> None:
        school, top = draft.school, self.y
        middle = self.look.left + 78 * mm
        lines = [
            school.founder,
            school.full_name,
            school.short_name,
            school.address,
            f"т. {school.phone}",
            school.email,
        ]
        if draft.shows_inn:
            lines.append(f"ИНН {school.inn} ОГРН {school.ogrn}")
        for number, words in enumerate(lines):
            self.text(words, size=9, bold=number in {1, 2}, align=TA_CENTER, right=middle, after=1)
        self.y -= 4
        if draft.wording.heading != "order":
            self.text(
                f"от {draft.printed_date} № {draft.number}", size=10, align=TA_CENTER, right=middle
            )
        low, self.y = self.y, top
        if draft.wording.heading != "order":
            addressee = "В службу поддержки образовательной платформы «Сферум»"
            self.text(addressee, left=middle + 12 * mm, align=TA_LEFT)
        self.y = min(low, self.y) - 14

    def _stamped(self, draft: Draft) -> None:
        """A rubber stamp in the corner, the organization's name printed above the heading."""
        school = draft.school
        self.text(school.full_name, bold=True, size=11.5, align=TA_CENTER, after=8)
        lines = [school.short_name, school.town, f"тел. {school.phone}"]
        lines += [f"ИНН {school.inn}"] if draft.shows_inn else []
        stamp = marks.corner_stamp(lines, self.chance)
        self.y -= stamp.height + 4
        picture = ImageReader(stamp.picture)
        self.canvas.drawImage(
            picture, self.look.left, self.y, stamp.width, stamp.height, mask="auto"
        )
        self.y -= 8
        if draft.wording.heading != "order":
            self.text(f"Исх. № {draft.number} от {draft.printed_date}", align=TA_LEFT, after=12)

    def _order_heading(self, draft: Draft) -> None:
        words = ("ПРИКАЗ", "П Р И К А З", "ПРИКАЗ", "РАСПОРЯЖЕНИЕ")[self.look.seed % 4]
        self.text(words, bold=True, size=self.look.size + 2, align=TA_CENTER, after=8)
        if self.look.seed % 3:
            self._pair(draft.printed_date, f"№ {draft.number}")
        else:
            self.text(f"от {draft.printed_date} № {draft.number}", align=TA_CENTER)
        self.text(draft.school.town, align=TA_CENTER, size=self.look.size - 1, after=10)

    def _table(self, table: Table) -> None:
        style = ParagraphStyle(
            "cell",
            fontName=self.face.plain,
            fontSize=self.look.size - 1,
            leading=self.look.size * 1.2,
        )
        width = self.right - self.look.left
        if len(table[0]) == 2:
            widths = [width * 0.42, width * 0.58]
        else:
            first = 0.07 if table[0][0].startswith("№") else 0.25
            rest = (1 - first) / (len(table[0]) - 1)
            widths = [width * first, *[width * rest] * (len(table[0]) - 1)]
        grid = Grid(
            [[Paragraph(escape(cell), style) for cell in row] for row in table], colWidths=widths
        )
        grid.setStyle(
            [("GRID", (0, 0), (-1, -1), 0.5, (0, 0, 0)), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        )
        _, height = grid.wrap(width, HEIGHT)
        self._room(height)
        grid.drawOn(self.canvas, self.look.left, self.y - height)
        self.y -= height + 10

    def _signature(self, draft: Draft) -> None:
        self._room(40 * mm)
        self.y -= 18 * mm
        base = self.y - self.look.size
        head = draft.people["h"]
        name = (f"{head:nom.sign}", f"{head:nom.signs}", f"{head:nom.ini}")[self.look.seed % 3]
        line = "______________" if self.look.seed % 5 == 0 else ""
        self._pair(f"{draft.post} {line}".rstrip(), name)
        pen = marks.signature(self.chance, ink=self.look.pen)
        self.put(pen, self.look.left + 88 * mm, base + 5)
        if self.look.seal_over == "post":
            self.put(self.seal(draft), self.look.left + 42 * mm, base - 2 * mm)
        self.y -= 16 * mm

    def seal(self, draft: Draft) -> marks.Stamp:
        school = draft.school
        return marks.seal(
            school.full_name,
            f"ОГРН {school.ogrn} * ИНН {school.inn}",
            self.chance,
            ink=self.look.seal_ink,
        )

    def put(self, stamp: marks.Stamp, x: float, y: float) -> None:
        """Put a picture with its middle at (x, y)."""
        self.canvas.drawImage(
            ImageReader(stamp.picture), x - stamp.width / 2, y - stamp.height / 2,
            stamp.width, stamp.height, mask="auto",
        )  # fmt: skip
