"""A ready letter that appoints the administrator, to be printed on the letterhead, signed and sealed.

The mobile number is always a blank: the school writes it a second time, so that the two papers are two statements of
it and a slip in one of them is seen.
"""

from __future__ import annotations

import io
from typing import Any, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from mailbot.forms.given import Appointment
from mailbot.forms.words import words

_FONT: Final = "Times New Roman"
_SIZE: Final = 13  # points
_LETTERHEAD: Final = Mm(62)  # left free above the text; a corner stamp is 40-60 mm high
_MARGINS: Final = (Mm(20), Mm(15), Mm(20), Mm(25))  # top, right, bottom, left (ГОСТ Р 7.0.97)
_SIGN_COLUMNS: Final = (Mm(52), Mm(54), Mm(64))
_SIGNED: Final = Pt(44)  # from the text to the signature: a seal of 42 mm stands half above it


def appointment_letter(appointment: Appointment, *, platform: str) -> bytes:
    """Return the letter as .docx, of one page."""
    document = docx.Document()
    _set_page(document)
    names = words("letter")
    free = document.add_paragraph()
    free.paragraph_format.space_after = _LETTERHEAD
    _paragraph(document, names["number"])
    title = _paragraph(document, names["title"].format(platform=platform), bold=True)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(14)
    _paragraph(document, names["body"].format(platform=platform))
    for label, value in (
        ("organization", appointment.organization),
        ("name", appointment.administrator),
        ("phone", ""),
    ):
        line = _paragraph(document, names[label])
        line.add_run(value or names[f"{label}_blank"]).bold = True
    closing = _paragraph(document, names["close"].format(platform=platform))
    closing.paragraph_format.space_before = Pt(10)
    _add_signature(document, appointment)
    document.core_properties.author = platform
    document.core_properties.title = names["title"].format(platform=platform)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_page(document: Any) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(_SIZE)
    style.element.rPr.rFonts.set(qn("w:cs"), _FONT)
    style.paragraph_format.space_after = Pt(6)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = _MARGINS


def _paragraph(place: Any, text: str, *, bold: bool = False) -> Any:
    paragraph = place.add_paragraph()
    paragraph.add_run(text).bold = bold
    return paragraph


def _add_signature(document: Any, appointment: Appointment) -> None:
    """Post, place for the signature, name; the seal's place below it."""
    names = words("letter")
    table = document.add_table(rows=1, cols=3)
    texts = (
        appointment.head_post or names["head"],
        names["signature_blank"],
        appointment.head or names["head_blank"],
    )
    for cell, text, width in zip(table.rows[0].cells, texts, _SIGN_COLUMNS, strict=True):
        cell.width = width
        _write(cell, text)
        cell.paragraphs[0].paragraph_format.space_before = _SIGNED
    _stay_together(table)
    _paragraph(document, names["seal"])


def _write(cell: Any, text: str) -> None:
    cell.paragraphs[0].add_run(text)


def _stay_together(table: Any) -> None:
    """Let no row of a table break across pages."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
