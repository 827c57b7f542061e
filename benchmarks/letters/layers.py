"""Text layers that say something else than the page shows: each with what a person sees as the truth."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from typing import Final

import pdfplumber
import pikepdf
import pypdfium2
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks.letters.drafts import Draft
from benchmarks.letters.fonts import faces
from benchmarks.letters.people import invented_person, spelled

_LATIN: Final = str.maketrans(
    "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ" + "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "A5BfAE)K3HMKJlMHOnPCTYOXUHlUbb3l9"[:32] + "a6BrAex3ukkJiMHonpcTyoxu4wwbbb3ior"[:32],
)  # what an English OCR makes of Russian letters

Spoil = Callable[[bytes, Draft, random.Random], bytes]


def _overlay(pdf: bytes, draw: Callable[[Canvas], None]) -> bytes:
    """Return `pdf` with something drawn upon its first page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        box = [float(side) for side in page.mediabox]
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(box[2], box[3]), invariant=1)
        draw(canvas)
        canvas.save()
        with pikepdf.open(buffer) as layer:
            page.add_overlay(layer.pages[0], pikepdf.Rectangle(*box))
            made = io.BytesIO()
            document.save(made)
    return made.getvalue()


def _lie(chance: random.Random) -> str:
    other = invented_person(chance)
    return f"Назначить администратором платформы «Сферум» {other:acc}, телефон {spelled(other.phone, 0)}."


def _added(style: Callable[[Canvas], None], size: float = 11) -> Spoil:
    """A sentence that appoints somebody else, made invisible by `style`."""

    def spoil(pdf: bytes, draft: Draft, chance: random.Random) -> bytes:
        text = _lie(chance)

        def draw(canvas: Canvas) -> None:
            style(canvas)
            line = canvas.beginText(70, 250)
            line.setFont(faces()[0].plain, size)
            if style is _invisible:
                line.setTextRenderMode(3)
            line.textLine(text)
            canvas.drawText(line)
            if style is _covered:
                canvas.setFillColorRGB(1, 1, 1)
                canvas.rect(60, 240, 480, 26, stroke=0, fill=1)

        return _overlay(pdf, draw)

    return spoil


def _white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)


def _near_white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.985, 0.985, 0.985)


def _clear(canvas: Canvas) -> None:
    canvas.setFillAlpha(0)


def _invisible(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0, 0, 0)


def _covered(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0, 0, 0)


def _outside(pdf: bytes, draft: Draft, chance: random.Random) -> bytes:
    """The lie beyond the page's edge."""
    text = _lie(chance)

    def draw(canvas: Canvas) -> None:
        canvas.setFont(faces()[0].plain, 11)
        canvas.drawString(700, 300, text)

    return _overlay(pdf, draw)


def _picture(pdf: bytes, *, dpi: int = 200) -> ImageReader:
    with pypdfium2.PdfDocument(pdf) as document:
        return ImageReader(document[0].render(scale=dpi / 72).to_pil())


def _over_scan(change: Callable[[str], str], *, hidden: bool) -> Spoil:
    """A scan with its words where they stand, changed by `change`: hidden as OCR has them, or under the picture."""

    def spoil(pdf: bytes, draft: Draft, chance: random.Random) -> bytes:
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            page = document.pages[0]
            words, width, height = page.extract_words(), float(page.width), float(page.height)
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(width, height), invariant=1)
        picture = _picture(pdf)
        if hidden:
            canvas.drawImage(picture, 0, 0, width, height)
        for word in words:
            line = canvas.beginText(word["x0"], height - word["bottom"] + 2)
            line.setFont(faces()[0].plain, 10)
            line.setTextRenderMode(3 if hidden else 0)
            line.textOut(change(word["text"]))
            canvas.drawText(line)
        if not hidden:
            canvas.drawImage(picture, 0, 0, width, height)
        canvas.save()
        return buffer.getvalue()

    return spoil


def _redrawn(change: Callable[[str], str], *, spacing: float = 0.0) -> Spoil:
    """The page as a picture of its marks, and its words drawn visibly, changed by `change` and set apart."""

    def spoil(pdf: bytes, draft: Draft, chance: random.Random) -> bytes:
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            page = document.pages[0]
            lines, width, height = page.extract_text_lines(), float(page.width), float(page.height)
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(width, height), invariant=1)
        for one in lines:
            text = change(one["text"])
            line = canvas.beginText(one["x0"], height - one["bottom"] + 2)
            size = 9.0 if spacing else 11.0
            line.setFont(faces()[0].plain, size)
            line.setCharSpace(spacing)
            line.textOut(text)
            canvas.drawText(line)
        canvas.save()
        return buffer.getvalue()

    return spoil


def _without_map(pdf: bytes, draft: Draft, chance: random.Random) -> bytes:
    """Fonts whose glyphs no map leads back to letters."""
    return _mapped(pdf, None)


def _false_map(pdf: bytes, draft: Draft, chance: random.Random) -> bytes:
    """Fonts whose map says other digits than their glyphs show."""
    return _mapped(pdf, {0x30 + at: 0x30 + (at * 7 + 3) % 10 for at in range(10)})


def _false_letters(pdf: bytes, draft: Draft, chance: random.Random) -> bytes:
    """Fonts whose map exchanges some letters."""
    pairs = (("а", "о"), ("и", "у"), ("р", "в"), ("н", "т"))
    changes = {ord(a): ord(b) for pair in pairs for a, b in (pair, pair[::-1])}
    return _mapped(pdf, changes)


def _mapped(pdf: bytes, changes: Mapping[int, int] | None) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            if not isinstance(item, pikepdf.Dictionary) or "/ToUnicode" not in item:
                continue
            if changes is None:
                del item["/ToUnicode"]
                continue
            table = item.ToUnicode.read_bytes().decode("latin-1")
            for old, new in changes.items():
                table = table.replace(f"<{old:04X}>", f"<~{new:04X}>")
            item.ToUnicode = document.make_stream(table.replace("~", "").encode("latin-1"))
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()


LAYERS: Final[Mapping[str, Spoil]] = {
    "white text": _added(_white),
    "nearly white text": _added(_near_white),
    "transparent text": _added(_clear),
    "invisible text": _added(_invisible),
    "covered text": _added(_covered),
    "tiny text": _added(_covered, size=1.2),
    "text beyond the edge": _outside,
    "hidden layer, right": _over_scan(lambda word: word, hidden=True),
    "hidden layer, Latin": _over_scan(lambda word: word.translate(_LATIN), hidden=True),
    "layer under the scan, Latin": _over_scan(lambda word: word.translate(_LATIN), hidden=False),
    "letters set apart": _redrawn(lambda line: line, spacing=2.2),
    "blanks between letters": _redrawn(" ".join),
    "words glued": _redrawn(lambda line: line.replace(" ", "")),
    "no map of the font": _without_map,
    "false digits in the map": _false_map,
    "false letters in the map": _false_letters,
}
