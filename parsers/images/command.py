"""The recognition engine as Debian's `tesseract` command, fed through a pipe, so that nothing is written to disk."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from typing import Final

import numpy as np

from parsers.images.faults import OcrFailedError, OcrUnavailableError
from parsers.images.ocr import LANGUAGES, MEND, Pixels, RecognizedWord, is_readable, words_of_table

DISPLAY_LIMIT: Final = 200  # characters of the engine's own message that are passed on


class TesseractCommand:
    """The `tesseract` command, one thread, one process a picture; it dies with the process that started it."""

    def __init__(self, command: str = "tesseract") -> None:
        self._command = command

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        """See OcrEngine."""
        if not is_readable(image):
            return ()
        arguments = ["stdin", "stdout", "-l", language, "--psm", str(psm), "--dpi", f"{dpi:.0f}"]
        return tuple(words_of_table(self._run([*arguments, "tsv"], _as_pgm(image), timeout)))

    def probe(self) -> None:
        """See OcrEngine."""
        known = self._run(["--list-langs"], b"", 20).split()
        missing = [language for language in LANGUAGES if language not in known]
        if missing:
            raise OcrUnavailableError(
                f"tesseract has no model for {', '.join(missing)}; install it: {MEND}"
            )

    def _run(self, arguments: list[str], picture: bytes, timeout: float) -> str:
        program = shutil.which(self._command)
        if program is None:
            raise OcrUnavailableError(
                f"the command {self._command} is not there; install it: {MEND}"
            )
        guard = shutil.which("setpriv")
        lead = [guard, "--pdeathsig", "KILL"] if guard else []
        try:
            done = subprocess.run(
                [*lead, program, *arguments],
                input=picture,
                capture_output=True,
                timeout=timeout,
                env=_environment(os.environ),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise OcrFailedError(f"recognition took longer than {timeout:.0f} s") from error
        except OSError as error:
            raise OcrUnavailableError(f"tesseract cannot be started: {error}") from error
        if done.returncode:
            raise _failure(done.returncode, done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace")


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """One thread: without it recognition costs three times the CPU (measured)."""
    return {**inherited, "OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"}


def _failure(status: int, message: str) -> OcrUnavailableError | OcrFailedError:
    said = " ".join(message.split())[:DISPLAY_LIMIT]
    if "traineddata" in message or "loading any languages" in message:
        return OcrUnavailableError(f"tesseract lacks a model ({said}); install it: {MEND}")
    if status < 0:
        return OcrFailedError(f"tesseract was stopped by {signal.Signals(-status).name}")
    return OcrFailedError(f"tesseract ended with {status}: {said}")


def _as_pgm(image: Pixels) -> bytes:
    """The cheapest form that the engine reads: no compression on either side."""
    height, width = image.shape
    return b"P5 %d %d 255\n" % (width, height) + np.ascontiguousarray(image).tobytes()
