from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from parsers.documents.arrangement import arranged
from parsers.documents.pages import read_pages
from parsers.facts import How
from parsers.images.ocr import Pixels, RecognizedWord
from parsers.layout import Page
from parsers.limits import Limits
from parsers.reading.reader import read_message

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
BEGINNINGS = (
    b"",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"{\\rtf1",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"II*\x00",
    b"RIFF\x00\x00\x00\x00WEBP",
    b"\x00\x00\x00\x18ftypheic",
)


class Blind:
    """An engine that sees nothing."""

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        return ()

    def probe(self) -> None:
        """Nothing to look for."""


def _pdf() -> bytes:
    pdfmetrics.registerFont(TTFont("Serif", FONT))
    target = io.BytesIO()
    sheet = canvas.Canvas(target, pageCompression=0)
    sheet.setFont("Serif", 11)
    sheet.drawString(60, 700, "Назначить администратором Иванову Марию Петровну, 8 916 123-45-67")
    sheet.showPage()
    sheet.save()
    return target.getvalue()


def _jpeg() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (640, 640), "grey").save(target, "JPEG")
    return target.getvalue()


SAMPLES = (_pdf(), _jpeg())


def opened(content: bytes) -> None:
    found = read_pages(content, "п", limits=Limits(pages=3), expired=lambda: False)
    for page in found.pages:
        if page.raster is not None:
            page.raster()


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400))
def test_no_bytes_make_a_document_raise(beginning: bytes, rest: bytes) -> None:
    opened(beginning + rest)


@settings(max_examples=60)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=6)), max_size=6),
    st.floats(0.1, 1),
)
def test_no_damage_to_a_good_document_makes_it_raise(
    sample: bytes, damages: list[tuple[float, bytes]], kept: float
) -> None:
    content = bytearray(sample)
    for place, instead in damages:
        at = int(place * len(content))
        content[at : at + len(instead)] = instead
    opened(bytes(content[: int(len(content) * kept)]))


@settings(max_examples=40)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=300), st.text(max_size=12))
def test_no_attachment_makes_reading_raise_and_every_one_is_accounted_for(
    beginning: bytes, rest: bytes, name: str
) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Сферум: Регистрация организации"
    safe = "".join(c for c in name if c.isalnum()) or "п"
    mail.add_attachment(beginning + rest, maintype="application", subtype="x", filename=safe)
    found = read_message(mail.as_bytes(), ocr=Blind(), limits=Limits())
    assert len(found.documents) >= 1
    assert not found.letters


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8),
            st.tuples(*[st.floats(-50, 700)] * 4),
        ),
        max_size=30,
    )
)
def test_no_word_is_lost_or_changed_when_words_are_put_in_order(
    words: list[tuple[str, tuple[float, float, float, float]]],
) -> None:
    page = Page("п", 1, How.TEXT, tuple(arranged(words)))
    assert sorted(word.text for word in page.words) == sorted(text for text, _ in words)
    assert [word.line for word in page.words] == sorted(word.line for word in page.words)
