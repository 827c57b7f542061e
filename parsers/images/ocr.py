"""The recognition engine: a picture of text in, words with boxes out.

Knows nothing of pages, letters or names. The one real engine is Debian's `tesseract` command, fed through a pipe, so
that nothing is written to disk; an engine that is not there is our fault and an error, a picture that it cannot read
is neither (no words).
"""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from parsers.images.faults import OcrFailedError, OcrUnavailableError

Pixels = npt.NDArray[np.uint8]
"""(height, width) grey, 0 is black; or (height, width, 3) red, green, blue."""

PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

LANGUAGES: Final = ("rus", "Cyrillic")  # what reading a letter needs: pages, and names read twice
DISPLAY_LIMIT: Final = 200  # characters of the engine's own message that are passed on
MAX_SIDE: Final = 32_000  # pixels; the engine refuses 32,768 and more
WORD_LEVEL: Final = "5"  # of the rows of tesseract's table, those that are words
_MEND: Final = "apt-get install tesseract-ocr tesseract-ocr-rus tesseract-ocr-script-cyrl"


@dataclass(frozen=True, slots=True)
class RecognizedWord:
    """One word as the engine saw it."""

    text: str
    box: PixelBox
    confidence: float  # 0.0-1.0
    line: int = 0  # counted from 0 in the engine's reading order
    block: int = 0  # words of one column or paragraph group have the same


class OcrEngine(Protocol):
    """Whatever can read a picture."""

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        """Read the words of a grey picture, in reading order.

        `psm` is tesseract's page segmentation mode (3: a whole page, 7: one line, 8: one word), `timeout` in seconds.
        Raises OcrUnavailableError, OcrFailedError.
        """
        ...

    def probe(self) -> None:
        """Raise OcrUnavailableError unless the engine and its Russian models are there and start."""
        ...


class Tesseract:
    """The `tesseract` command, one thread, one process a picture; it dies with the process that started it."""

    def __init__(self, command: str = "tesseract") -> None:
        self._command = command

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        """See OcrEngine."""
        if image.ndim != 2 or min(image.shape) < 3 or max(image.shape) > MAX_SIDE:
            return ()
        arguments = ["stdin", "stdout", "-l", language, "--psm", str(psm), "--dpi", f"{dpi:.0f}"]
        return tuple(_words(self._run([*arguments, "tsv"], _as_pgm(image), timeout)))

    def probe(self) -> None:
        """See OcrEngine."""
        known = self._run(["--list-langs"], b"", 20).split()
        missing = [language for language in LANGUAGES if language not in known]
        if missing:
            raise OcrUnavailableError(
                f"tesseract has no model for {', '.join(missing)}; install it: {_MEND}"
            )

    def _run(self, arguments: list[str], picture: bytes, timeout: float) -> str:
        program = shutil.which(self._command)
        if program is None:
            raise OcrUnavailableError(
                f"the command {self._command} is not there; install it: {_MEND}"
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
        return OcrUnavailableError(f"tesseract lacks a model ({said}); install it: {_MEND}")
    if status < 0:
        return OcrFailedError(f"tesseract was stopped by {signal.Signals(-status).name}")
    return OcrFailedError(f"tesseract ended with {status}: {said}")


def _as_pgm(image: Pixels) -> bytes:
    """The cheapest form that the engine reads: no compression on either side."""
    height, width = image.shape
    return b"P5 %d %d 255\n" % (width, height) + np.ascontiguousarray(image).tobytes()


def _words(table: str) -> Iterator[RecognizedWord]:
    lines: dict[tuple[str, str, str], int] = {}
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        text = (row.get("text") or "").strip()
        if row["level"] != WORD_LEVEL or not text:
            continue
        line = lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), len(lines))
        left, top = int(row["left"]), int(row["top"])
        yield RecognizedWord(
            text=text,
            box=(left, top, left + int(row["width"]), top + int(row["height"])),
            confidence=min(max(float(row["conf"]) / 100, 0.0), 1.0),
            line=line,
            block=int(row["block_num"]),
        )
