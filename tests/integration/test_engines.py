"""Both ways to the engine, the library in this process and the command, against the real models."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from parsers.images.command import TesseractCommand
from parsers.images.faults import OcrFailedError, OcrUnavailableError
from parsers.images.library import TesseractLibrary
from parsers.images.ocr import OcrEngine, Pixels, RecognizedWord
from parsers.images.tesseract import Tesseract, find_models

COMMAND = Path("/usr/bin/tesseract")
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
LINES = ("Назначить администратором Осадчую Ирину", "Львовну, мобильный 8 (925) 605-74-79")

needs_engine = pytest.mark.skipif(not COMMAND.exists(), reason="tesseract is not installed")


def picture(*lines: str, size: int = 26) -> Pixels:
    image = Image.new("L", (900, 60 + 50 * len(lines)), 255)
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((40, 30 + 50 * row), line, font=ImageFont.truetype(FONT, size), fill=0)
    return np.asarray(image)


def library() -> TesseractLibrary:
    models = find_models(COMMAND)
    assert models is not None
    return TesseractLibrary(models)


def text_of(words: tuple[RecognizedWord, ...]) -> str:
    return " ".join(word.text for word in words)


@pytest.fixture(params=[library, TesseractCommand], ids=["library", "command"])
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    make: Callable[[], OcrEngine] = request.param
    return make()


pytestmark = needs_engine


def test_words_come_in_reading_order_with_their_places(engine: OcrEngine) -> None:
    words = engine.recognize(picture(*LINES), dpi=150, timeout=30)
    assert text_of(words) == " ".join(LINES)
    assert [word.line for word in words] == [0] * 4 + [1] * 5
    assert all(0.5 < word.confidence <= 1 for word in words)
    left, top, right, bottom = words[0].box
    assert 35 <= left <= 45 < right < words[1].box[0]
    assert 25 <= top < bottom <= 70


def test_one_word_is_read_by_the_other_model(engine: OcrEngine) -> None:
    words = engine.recognize(
        picture("Осадчую")[25:66, 35:170], dpi=150, timeout=30, psm=8, language="Cyrillic"
    )
    assert text_of(words) == "Осадчую"


@pytest.mark.parametrize("shape", [(0, 0), (2, 500), (500, 2), (40, 32_001), (60, 60, 3)], ids=str)
def test_a_picture_that_the_engine_refuses_has_no_words(
    engine: OcrEngine, shape: tuple[int, ...]
) -> None:
    assert engine.recognize(np.full(shape, 255, np.uint8), dpi=150, timeout=30) == ()


def test_a_blank_picture_has_no_words(engine: OcrEngine) -> None:
    assert engine.recognize(np.full((200, 600), 255, np.uint8), dpi=150, timeout=30) == ()


def test_a_picture_that_takes_too_long_fails_and_the_next_is_read(engine: OcrEngine) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1600, 1100), dtype=np.uint8)
    with pytest.raises(OcrFailedError, match="longer"):
        engine.recognize(noise, dpi=150, timeout=0.05)
    assert text_of(engine.recognize(picture(*LINES), dpi=150, timeout=30)) == " ".join(LINES)


def test_a_model_that_is_not_there_is_our_fault_and_says_the_mend(engine: OcrEngine) -> None:
    with pytest.raises(OcrUnavailableError, match="apt-get install"):
        engine.recognize(picture(*LINES), dpi=150, timeout=30, language="klingon")


def test_the_engine_that_is_there_passes_its_own_probe(engine: OcrEngine) -> None:
    engine.probe()


def test_what_was_read_before_changes_nothing() -> None:
    engine = library()
    first = engine.recognize(picture(*LINES), dpi=150, timeout=30)
    engine.recognize(picture("ПРИКАЗ № 45", size=40), dpi=150, timeout=30, psm=6)
    engine.recognize(picture("О3б8З0"), dpi=150, timeout=30, psm=7)
    assert engine.recognize(picture(*LINES), dpi=150, timeout=30) == first


def test_threads_do_not_disturb_one_another() -> None:
    engine = library()
    pages = [picture(*LINES), picture("ПРИКАЗ", "02.09.2024 № 34-ОД")]
    alone = [engine.recognize(page, dpi=150, timeout=30) for page in pages]
    together = threading.Barrier(2)

    def read(page: Pixels) -> list[tuple[RecognizedWord, ...]]:
        together.wait()
        return [engine.recognize(page, dpi=150, timeout=30) for _ in range(3)]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(read, pages)) == [[each] * 3 for each in alone]


def test_without_the_library_the_command_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tesserocr", None)
    started = started_commands(monkeypatch)
    assert text_of(Tesseract().recognize(picture(*LINES), dpi=150, timeout=30)) == " ".join(LINES)
    Tesseract().warm_up()
    assert len(started) == 1


def test_with_the_library_no_command_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    started = started_commands(monkeypatch)
    assert text_of(Tesseract().recognize(picture(*LINES), dpi=150, timeout=30)) == " ".join(LINES)
    assert started == []


def test_where_the_command_is_not_there_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for act in (Tesseract().probe, lambda: Tesseract().recognize(picture("А"), dpi=150, timeout=9)):
        with pytest.raises(OcrUnavailableError, match="apt-get install"):
            act()


def test_models_are_those_of_the_command_unless_the_environment_names_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    old, new, own = (
        tmp_path / place
        for place in ("share/tesseract-ocr/4.00/tessdata", "share/tesseract-ocr/5/tessdata", "own")
    )
    command = tmp_path / "bin" / "tesseract"
    assert find_models(command) is None
    for place in (old, new, own):
        place.mkdir(parents=True)
        (place / "rus.traineddata").touch()
    assert find_models(command) == new
    (new / "rus.traineddata").unlink()
    assert find_models(command) == old
    monkeypatch.setenv("TESSDATA_PREFIX", str(own))
    assert find_models(command) == own


def started_commands(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    started: list[object] = []
    run = TesseractCommand._run

    def noted(self: TesseractCommand, *arguments: object) -> str:
        started.append(arguments)
        return run(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(TesseractCommand, "_run", noted)
    return started
