"""The recognition engine within this process, by `tesserocr`, whose wheel brings tesseract without its models.

Starting the command for each picture and loading the model each time costs a third of a page's time. Here a model is
loaded once and kept for the next picture.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from parsers.images.faults import OcrFailedError, OcrUnavailableError
from parsers.images.ocr import LANGUAGES, MEND, Pixels, RecognizedWord, is_readable, words_of_table

# Set before a model is loaded: nothing is told on standard error
QUIET: Final = {"debug_file": os.devnull}


def is_at_hand() -> bool:
    """Whether there is a library for this system; it comes as a wheel, and not for every one."""
    try:
        import tesserocr  # noqa: F401
    except ImportError:
        return False
    return True


class TesseractLibrary:
    """Tesseract as a library; of any number of threads each has a model of its own while it reads."""

    def __init__(self, models: Path) -> None:
        """`models` is the directory of the models."""
        self._models = models
        self._idle: dict[str, list[Any]] = {}
        self._lock = threading.Lock()

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        """See OcrEngine."""
        if not is_readable(image):
            return ()
        height, width = image.shape
        with self._api(language) as api:
            api.SetPageSegMode(psm)
            api.SetImageBytes(np.ascontiguousarray(image).tobytes(), width, height, 1, width)
            api.SetSourceResolution(round(dpi))
            if not api.Recognize(max(round(timeout * 1000), 1)):
                raise OcrFailedError(f"recognition took longer than {timeout:.0f} s")
            return tuple(words_of_table(api.GetTSVText(0)))

    def probe(self) -> None:
        """See OcrEngine."""
        for language in LANGUAGES:
            self.load(language)

    def load(self, language: str) -> None:
        """Load a model now. Raises OcrUnavailableError."""
        with self._api(language):
            pass

    @contextlib.contextmanager
    def _api(self, language: str) -> Iterator[Any]:
        """Lend a loaded model that nobody else uses meanwhile; what it has learnt of a picture is forgotten."""
        with self._lock:
            idle = self._idle.setdefault(language, [])
            api = idle.pop() if idle else None
        if api is None:
            api = self._loaded(language)
        try:
            yield api
        finally:
            api.Clear()
            api.ClearAdaptiveClassifier()
            with self._lock:
                idle.append(api)

    def _loaded(self, language: str) -> Any:
        import tesserocr  # not there on every system

        try:
            return tesserocr.PyTessBaseAPI(
                path=f"{self._models}{os.sep}", lang=language, variables=QUIET
            )
        except RuntimeError as error:
            raise OcrUnavailableError(
                f"tesseract has no model for {language} in {self._models}; install it: {MEND}"
            ) from error
