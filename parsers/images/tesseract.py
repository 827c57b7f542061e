"""The one real engine, tesseract, in the cheapest way that this system allows."""

from __future__ import annotations

import os
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Final

from parsers.images.command import TesseractCommand
from parsers.images.library import TesseractLibrary, is_at_hand
from parsers.images.ocr import LANGUAGES, OcrEngine, Pixels, RecognizedWord

# Where the models lie, seen from the prefix of the command that they belong to: Debian and Ubuntu, then all others
MODELS: Final = ("share/tesseract-ocr/*/tessdata", "share/tessdata")
NAMED: Final = "TESSDATA_PREFIX"  # the environment's say in it, as the command takes it


class Tesseract:
    """Tesseract as a library where there is one for this system, else as a command.

    The library has no models of its own: those of the installed command are taken, and where there is no command
    there is no engine.
    """

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        """See OcrEngine."""
        return _engine().recognize(image, dpi=dpi, timeout=timeout, psm=psm, language=language)

    def probe(self) -> None:
        """See OcrEngine."""
        TesseractCommand().probe()  # says what is missing, and how to mend it
        _engine().probe()

    def warm_up(self) -> None:
        """Load what reading a page needs, if it is there, so that processes forked off need not."""
        engine = _engine()
        if isinstance(engine, TesseractLibrary):
            engine.load(LANGUAGES[0])


def find_models(command: Path) -> Path | None:
    """Return the directory of the models that belong to a command; None where it has no Russian one."""
    named = os.environ.get(NAMED)
    places = [Path(named)] if named else []
    for pattern in MODELS:
        places += sorted(command.resolve().parent.parent.glob(pattern), reverse=True)
    return next((p for p in places if (p / f"{LANGUAGES[0]}.traineddata").is_file()), None)


def _engine() -> OcrEngine:
    program = shutil.which("tesseract")
    models = find_models(Path(program)) if program and is_at_hand() else None
    return TesseractCommand() if models is None else _library(models)


@lru_cache(maxsize=1)
def _library(models: Path) -> TesseractLibrary:
    return TesseractLibrary(models)
