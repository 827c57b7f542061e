"""A name that cannot be read, from a blurred scan to the picture in the mail that goes out."""

from __future__ import annotations

import io
import re

import pdfplumber
from PIL import Image, ImageFilter

from mailbot.samples import File, Form, Scanner, scan_jpeg
from tests.acceptance.house import House, text_of
from tests.acceptance.papers import form, message, order, person

DPI = 150
BLUR = 2.15  # pixels: the recognizer sees that there is a name, and cannot read it


def blurred(number: int) -> File:
    """The letter scanned, with the administrator's name out of focus."""
    drawn = order(number, form=Form.INFORM).content
    with pdfplumber.open(io.BytesIO(drawn)) as document:
        words = document.pages[0].extract_words()
    scan = Image.open(io.BytesIO(scan_jpeg(drawn, Scanner(dpi=DPI, skew_degrees=0))))
    for word in words:
        if word["text"].strip(",.") in person(number).full_name.split():
            sides = (word["x0"] - 1, word["top"] - 1, word["x1"] + 1, word["bottom"] + 1)
            box = tuple(int(side * DPI / 72) for side in sides)
            scan.paste(scan.crop(box).filter(ImageFilter.GaussianBlur(BLUR)), box[:2])
    buffer = io.BytesIO()
    scan.save(buffer, "JPEG", quality=85, dpi=(DPI, DPI))
    return File(name="Письмо.jpg", content=buffer.getvalue(), media_type="image/jpeg")


def test_the_school_sees_the_name_that_could_not_be_read(house: House) -> None:
    raw = message(0, blurred(0), form(0))
    house.put("1.blurred", raw)
    assert house.once().status == 0
    (mail,) = house.replies_to(raw)
    (image,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    cid = str(image["Content-ID"]).strip("<>")
    assert f'<img src="cid:{cid}"' in text_of(mail, "html")
    assert image.get_content_disposition() == "inline"
    assert "не удалось разобрать фамилию, имя и отчество" in text_of(mail)
    assert person(0).phone[2:] not in re.sub(r"\D", "", text_of(mail))
    shown = Image.open(io.BytesIO(image.get_content()))
    assert shown.width > 5 * shown.height, "one line of text"
    (kept,) = [
        path for path in (house.directory / "mailbot-data" / "crops").rglob("*") if path.is_file()
    ]
    assert kept.read_bytes() == image.get_content()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_dry_run_keeps_no_picture(house: House) -> None:
    house.put("1.blurred", message(0, blurred(0), form(0)))
    assert house.run("run", "--once", "--dry-run").status == 0
    assert not (house.directory / "mailbot-data" / "crops").exists()
