from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image, ImageDraw

from parsers.facts import Box, Cutout, Evidence, How
from parsers.images.raster import rendered
from parsers.images.upright import Upright
from parsers.layout import Word
from parsers.limits import CUTOUT_BYTES
from parsers.reading.cutouts import cut_out

NAME: tuple[Box, Box] = ((72.0, 100.0, 150.0, 114.0), (156.0, 100.0, 230.0, 114.0))
NUMBER: Box = (151.8, 100.0, 154.2, 114.0)
BELOW: Box = (72.0, 117.0, 230.0, 131.0)
PLACE = Evidence(document="скан.pdf", raw="Иванову Марию", how=How.OCR, page=2)


def page(*inked: Box, noise: bool = False) -> Upright:
    """An A4 page at 150 dpi whose boxes are filled with ink."""
    image = Image.new("L", (1240, 1754), 250)
    if noise:
        grain = np.random.default_rng(1).integers(0, 255, (1754, 1240), dtype=np.uint8)
        image = Image.fromarray(grain)
    draw = ImageDraw.Draw(image)
    for box in inked:
        draw.rectangle([side * 150 / 72 for side in box], fill=0)
    return rendered(image, dpi=150)


def words(*boxes: Box, text: str = "Имя") -> tuple[Word, ...]:
    return tuple(Word(text, box, 0.2) for box in boxes)


def picture(cutout: Cutout | None) -> Image.Image:
    assert cutout is not None
    return Image.open(io.BytesIO(base64.b64decode(cutout.picture)))


def test_the_words_of_a_name_are_shown_as_they_stand() -> None:
    cutout = cut_out(page(*NAME), words(*NAME), PLACE)
    shown = picture(cutout)
    assert (cutout.document, cutout.page) == ("скан.pdf", 2)  # type: ignore[union-attr]
    assert shown.format == "PNG"
    assert abs(shown.width - (230 - 72 + 3) * 150 / 72) < 3
    assert np.asarray(shown).min() < 20


def test_nothing_but_the_name_is_shown_whatever_stands_around_it() -> None:
    shown = picture(cut_out(page(NUMBER, BELOW), words(*NAME), PLACE))
    between = np.asarray(shown)[:, 165:170]
    assert between.min() > 200, "a number between two words of the name is white"
    assert np.asarray(shown)[-3:].min() > 200, "the next line is out"


def test_a_word_with_digits_makes_no_picture() -> None:
    glued = (*words(NAME[0]), *words(NAME[1], text="Марию,89161234567"))
    assert cut_out(page(*NAME), glued, PLACE) is None


def test_a_place_that_is_no_line_of_text_makes_no_picture() -> None:
    tall: Box = (72.0, 100.0, 200.0, 400.0)
    assert cut_out(page(tall), words(tall), PLACE) is None
    assert cut_out(page(), (), PLACE) is None
    assert cut_out(page(), (Word("Имя"),), PLACE) is None


def test_a_picture_is_small_even_of_noise() -> None:
    wide: Box = (40.0, 100.0, 530.0, 215.0)
    cutout = cut_out(page(noise=True), words(wide), PLACE)
    assert cutout is None or len(base64.b64decode(cutout.picture)) <= CUTOUT_BYTES
