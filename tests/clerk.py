"""A school's clerk, who fills in the forms that came with a reply, prints, signs, seals and scans.

Knows the school and nothing of the program: finds the cells to fill in by their labels and colour, the places for
signature and seal by what is printed there.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

import docx
import openpyxl
import pdfplumber
import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from mailbot.samples import Person, Scanner, School, fonts, marks, scan_pdf
from mailbot.samples.letters import spelled
from mailbot.samples.people import initials_first
from tests.office import saved_as

MM: Final = 72 / 25.4
SCANNED: Final = Scanner(dpi=150, seed=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """Who fills in for which school, and how the administrator's number is typed."""

    school: School
    administrator: Person
    date: str = "«18» ноября 2024 г."
    number: str = "№ 45-ОД"

    @property
    def answers(self) -> dict[str, str]:
        """What stands in the questionnaire, by the beginning of the label."""
        school, person = self.school, self.administrator
        return {
            "Субъект": school.region,
            "Муниципальный": school.municipality,
            "Населённый": school.town,
            "Полное": school.full_name,
            "Сокращённое": school.short_name,
            "ИНН": school.inn,
            "ОГРН": school.ogrn,
            "КПП": school.kpp,
            "Юридический": school.address,
            "Электронная почта организации": school.email,
            "Телефон организации": school.phone,
            "Фамилия, имя, отчество руководителя": school.head,
            "Должность руководителя": school.head_post,
            "Фамилия, имя, отчество администратора": person.full_name,
            "Должность администратора": person.post.nominative,
            "Мобильный": spelled(person.phone),
            "Электронная почта администратора": f"{person.mailbox}@mail.example",
        }

    def fill_in_workbook(self, content: bytes, *, only_required: bool = False) -> bytes:
        """Fill in the empty cells of the questionnaire; what stands there already stays."""
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book.worksheets[0]
        for row in sheet.iter_rows():
            label = str(row[1].value or "")
            answer = next(
                (one for start, one in self.answers.items() if label.startswith(start)), ""
            )
            wanted = label.endswith("*") or not only_required
            if answer and wanted and not row[2].protection.locked and row[2].value is None:
                row[2].value = answer
        return _saved(book)

    def fill_in_letter(self, content: bytes) -> bytes:
        """Type name, number, school and head into the blanks of the letter."""
        document = docx.Document(io.BytesIO(content))
        for paragraph in document.paragraphs:
            label, blank = paragraph.text, paragraph.runs[-1] if paragraph.runs else None
            if blank is None or "__" not in label:
                continue
            typed = {
                "Организация": self.school.full_name,
                "Администратор": self.administrator.full_name,
                "Мобильный": spelled(self.administrator.phone),
                "№": f"{self.number} {self.date}",
            }
            blank.text = next(text for start, text in typed.items() if label.startswith(start))
        for cell in document.tables[-1].rows[0].cells[2:]:
            if "__" in cell.text:
                cell.paragraphs[0].runs[0].text = initials_first(self.school.head)
        return _saved(document)

    def sign(self, printed: bytes, *, letterhead: bool = True) -> bytes:
        """Put letterhead, signature and seal on a printed letter (PDF) where they belong."""
        with pdfplumber.open(io.BytesIO(printed)) as document:
            words: list[dict[str, Any]] = document.pages[0].extract_words()
        seal = next(word for word in words if word["text"].startswith("М.П"))
        line = next(word for word in reversed(words) if "____" in word["text"] and word["x0"] > 150)
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=A4, invariant=1)
        if letterhead:
            self._print_letterhead(canvas)
        signature = marks.signature_picture(self.school.head)
        _put(canvas, signature, line["x0"], A4[1] - line["bottom"] - 12)
        text = marks.SealText(
            rim=self.school.full_name, inner=self.school.short_name, ogrn=self.school.ogrn
        )
        picture = marks.seal_picture(text)
        side = picture.width * 72 / marks.PICTURE_DPI
        _put(canvas, picture, seal["x1"] + 4, A4[1] - seal["bottom"] - side * 0.55)
        canvas.save()
        return _laid_over(printed, buffer.getvalue())

    def scan(self, signed: bytes) -> bytes:
        """Bring the paper back as a picture."""
        return scan_pdf(signed, SCANNED)

    def signed_letter(self, content: bytes) -> bytes:
        """Fill in a ready letter, print it on the letterhead, sign, seal and scan it."""
        filled = self.fill_in_letter(content)
        (printed,) = saved_as({"letter.docx": filled}, "pdf").values()
        return self.scan(self.sign(printed))

    def _print_letterhead(self, canvas: Canvas) -> None:
        fonts.register()
        y = A4[1] - 18 * MM
        school = self.school
        lines = (
            (school.founder, fonts.SERIF, 10.5),
            *((line, fonts.SERIF_BOLD, 11.0) for line in _halves(school.full_name.upper())),
            (f"({school.short_name})", fonts.SERIF_BOLD, 11.0),
            (f"{school.address}, тел. {school.phone}", fonts.SERIF, 8.5),
            (f"ИНН {school.inn} КПП {school.kpp} ОГРН {school.ogrn}", fonts.SERIF, 8.5),
        )
        for text, font, size in lines:
            canvas.setFont(font, size)
            canvas.drawCentredString(A4[0] / 2, y, text)
            y -= size * 1.4
        canvas.line(25 * MM, y, A4[0] - 15 * MM, y)


def _halves(text: str) -> list[str]:
    words = text.split()
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > 60:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _put(canvas: Canvas, picture: Any, x: float, y: float) -> None:
    width, height = (side * 72 / marks.PICTURE_DPI for side in picture.size)
    canvas.drawImage(ImageReader(picture), x, y, width, height, mask="auto")


def _laid_over(printed: bytes, marked: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(printed)) as page, pikepdf.open(io.BytesIO(marked)) as overlay:
        page.pages[0].add_overlay(overlay.pages[0])
        while len(page.pages) > 1:
            del page.pages[-1]
        buffer = io.BytesIO()
        page.save(buffer)
    return buffer.getvalue()


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
