from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from parsers.documents.paper import Raster
from parsers.facts import How, Mark
from parsers.layout import Page, Word
from parsers.marks.stamps import find_stamp_marks

HEADING = "Муниципальное бюджетное общеобразовательное учреждение школа № 12"
PAGE = Page("п.docx", 1, How.TEXT, tuple(Word(text) for text in HEADING.split()))


def seal() -> Raster:
    image = Image.new("RGB", (640, 640), "white")
    draw = ImageDraw.Draw(image)
    for inset, width in ((8, 14), (60, 5), (190, 9)):
        draw.ellipse((inset, inset, 640 - inset, 640 - inset), outline=(40, 50, 170), width=width)
    return Raster(image, 400.0)


def signature() -> Raster:
    image = Image.new("RGB", (600, 240), "white")
    points = [(20 + 5 * at, 120 + round(90 * np.sin(at * 0.5))) for at in range(110)]
    ImageDraw.Draw(image).line(points, fill=(30, 40, 150), width=8)
    return Raster(image, 300.0)


def test_text_without_pictures_has_neither_signature_nor_seal() -> None:
    marks = find_stamp_marks([], PAGE)
    assert (marks.signature, marks.seal) == (Mark.ABSENT, Mark.ABSENT)
    assert marks.letterhead is Mark.PRESENT


def test_a_ring_among_the_pictures_is_a_seal() -> None:
    assert find_stamp_marks([seal()], PAGE).seal is Mark.PRESENT


def test_whether_a_picture_is_a_signature_is_left_to_a_person() -> None:
    marks = find_stamp_marks([signature()], PAGE)
    assert (marks.signature, marks.seal) == (Mark.UNSURE, Mark.UNSURE)


def test_a_picture_that_cannot_be_decoded_is_none() -> None:
    image = Image.new("RGB", (1, 1))
    image.close()
    assert find_stamp_marks([Raster(image, None)], PAGE).seal is Mark.ABSENT
