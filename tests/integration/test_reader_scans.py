"""Scans of a letter, drawn and spoilt by code, read by the real engine."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from parsers.facts import Letter, Mark, Source
from parsers.images.tesseract import Tesseract
from parsers.limits import Limits
from parsers.reading.reader import read_message

pytestmark = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed"
)

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
DPI = 200
LINES = (
    "МУНИЦИПАЛЬНОЕ БЮДЖЕТНОЕ ОБЩЕОБРАЗОВАТЕЛЬНОЕ УЧРЕЖДЕНИЕ",
    "«Средняя общеобразовательная школа № 34 города Заречного»",
    "442000, г. Заречный, ул. Мира, д. 5, тел. 8 (84232) 2-15-17",
    "",
    "ПРИКАЗ",
    "02.09.2024 № 34-ОД",
    "",
    "О назначении администратора платформы «Сферум»",
    "",
    "В целях организации работы платформы «Сферум» приказываю:",
    "1. Назначить администратором платформы «Сферум» Осадчую Ирину",
    "Львовну, учителя информатики, мобильный телефон 8 (925) 605-74-79.",
    "2. Контроль за исполнением приказа оставляю за собой.",
)
SIGNED = ("Директор школы", "П. П. Петров")


def sheet(*, signed: bool = True) -> Image.Image:
    image = Image.new("RGB", (1654, 2339), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 33)
    for row, line in enumerate(LINES):
        draw.text((200, 160 + 48 * row), line, font=font, fill=(20, 20, 20))
    bottom = 160 + 48 * (len(LINES) + 3)
    draw.text((200, bottom), SIGNED[0], font=font, fill=(20, 20, 20))
    draw.text((1150, bottom), SIGNED[1], font=font, fill=(20, 20, 20))
    if signed:
        blue = (40, 50, 170)
        for radius, width in ((157, 6), (140, 2), (70, 4)):
            middle = (620, bottom + 60)
            box = [middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius]
            draw.ellipse(box, outline=blue, width=width)
        stroke = [(760 + 6 * at, bottom + 10 + round(45 * np.sin(at * 0.9))) for at in range(50)]
        draw.line(stroke, fill=(30, 40, 150), width=5, joint="curve")
    return image


def grey(image: Image.Image) -> Image.Image:
    noise = np.random.default_rng(1).normal(0, 5, (image.height, image.width))
    pixels = np.asarray(image.convert("L").rotate(0.8, fillcolor=255)) * 0.93 + 8 + noise
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(0.7)
    )


def one_bit(image: Image.Image) -> Image.Image:
    return image.convert("L").point(lambda value: 255 if value > 150 else 0).convert("1")


def photo(image: Image.Image) -> Image.Image:
    ground = Image.new("RGB", (2000, 2700), (115, 90, 70))
    ground.paste(image, (180, 190))
    slanted = ground.transform(
        ground.size, Image.Transform.QUAD, (60, 40, 0, 2700, 1960, 2660, 1990, 10)
    )
    shadow = np.linspace(1, 0.65, 2000)[None, :, None]
    return Image.fromarray((np.asarray(slanted) * shadow).astype(np.uint8))


def jpeg(image: Image.Image) -> tuple[str, bytes]:
    target = io.BytesIO()
    image.convert("RGB").save(target, "JPEG", quality=82)
    return "IMG_1.jpg", target.getvalue()


def pdf(*images: Image.Image) -> tuple[str, bytes]:
    target = io.BytesIO()
    images[0].save(target, "PDF", resolution=DPI, save_all=True, append_images=images[1:])
    return "Приказ.pdf", target.getvalue()


def tiff(image: Image.Image) -> tuple[str, bytes]:
    target = io.BytesIO()
    image.save(target, "TIFF", compression="group4", dpi=(DPI, DPI))
    return "Приказ.tif", target.getvalue()


def read(*files: tuple[str, bytes]) -> Letter:
    mail = EmailMessage()
    mail["Subject"] = "Сферум: Регистрация организации"
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    [letter] = read_message(mail.as_bytes(), ocr=Tesseract(), limits=Limits()).letters
    return letter


@pytest.mark.parametrize(
    "files",
    [
        lambda: [pdf(sheet())],
        lambda: [pdf(grey(sheet()))],
        lambda: [tiff(one_bit(sheet()))],
        lambda: [pdf(sheet().rotate(90, expand=True))],
        lambda: [pdf(sheet().rotate(180))],
        lambda: [jpeg(photo(sheet()))],
    ],
    ids=["colour", "grey", "one-bit", "sideways", "upside down", "photo"],
)
def test_a_signed_and_sealed_letter_is_read_however_it_was_scanned(
    files: Callable[[], list[tuple[str, bytes]]],
) -> None:
    letter = read(*files())
    [name], [phone] = letter.administrators, letter.phones
    assert name.value.nominatives == ("Осадчая Ирина Львовна",)
    assert phone.value.e164 == "+79256057479"
    assert letter.source is Source.OCR
    assert letter.doubts == ()
    assert (letter.signature, letter.seal, letter.letterhead) == (Mark.PRESENT,) * 3


def test_a_letter_without_signature_and_seal_is_seen_to_have_none() -> None:
    letter = read(pdf(grey(sheet(signed=False))))
    assert (letter.signature, letter.seal) == (Mark.ABSENT, Mark.ABSENT)


def test_the_letter_is_found_behind_other_scanned_pages() -> None:
    blank = Image.new("RGB", (1654, 2339), "white")
    letter = read(pdf(blank, blank, sheet()))
    assert letter.page == 3
    assert letter.phones[0].value.e164 == "+79256057479"
