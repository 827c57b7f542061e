"""How much CPU reading costs, beside the bare tools on the very same pages, in one run.

`python -m benchmarks.speed [--rounds N] [--raw FILE]`. Each figure is the least of N rounds; ratios count, seconds
are those of this machine. Everything runs in the environment of the process that reads messages: one thread each,
and what was loaded beforehand is no longer looked at by the collector of garbage.
"""

from __future__ import annotations

import argparse
import datetime as dt
import email
import gc
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import openpyxl
import pdfplumber
from PIL import Image

from mailbot.cage import ONE_THREAD, Cage
from mailbot.cage_job import read
from mailbot.samples import demo_messages
from parsers.facts import Mark, Reading

NOW: Final = dt.datetime(2024, 12, 27, 9, tzinfo=dt.UTC)
DPI: Final = 300
TARGETS: Final = {"page": 0.5, "application": 0.3, "text": 1.3, "two cores": 1.8}
CAGE_MEMORY: Final = 400 * 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--raw", type=Path, help="where every single measurement is written")
    options = parser.parse_args()
    if not ONE_THREAD.items() <= os.environ.items():  # libraries look at it when they are loaded
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **ONE_THREAD})  # noqa: S606
    samples = {sample.name: sample.raw for sample in demo_messages(NOW)}
    raw: dict[str, list[float]] = {}

    def measured(name: str, work: Callable[[], object], clock: Callable[[], float] = _cpu) -> float:
        work()
        gc.collect()
        gc.freeze()
        raw[name] = [_taken(work, clock) for _ in range(options.rounds)]
        return min(raw[name])

    for name in ("03-scan", "04-grey-scan"):
        _scanned(name, samples[name], measured)
    _text(samples["01-order"], measured)
    _two_cores(samples, measured)
    _two_applications(samples, measured)
    if options.raw:
        options.raw.write_text(json.dumps(raw, indent=1), encoding="utf-8")


def _scanned(name: str, message: bytes, measured: Callable[..., float]) -> None:
    """A scanned page, and the whole application, against tesseract and ocrmypdf."""
    [pdf] = [content for content in _files(message) if content.startswith(b"%PDF")]
    alone = _message([("Приказ.pdf", pdf)])
    assert _is_whole(read(alone)), "the page is not read completely"
    with tempfile.TemporaryDirectory() as folder:
        picture, file = Path(folder, "page.pgm"), Path(folder, "page.pdf")
        file.write_bytes(pdf)
        with pdfplumber.open(file) as document:
            document.pages[0].to_image(resolution=DPI).original.convert("L").save(picture)
        ours = measured(f"{name}: page", lambda: read(alone))
        bare = measured(f"{name}: tesseract", lambda: _run("tesseract", picture, "-", "-l", "rus"))
        _print(f"{name}: page from PDF to facts", ours, "tesseract", bare, TARGETS["page"])
        if shutil.which("ocrmypdf") is None:
            print(f"{name}: whole application: ocrmypdf is not installed, not measured")
            return
        whole = measured(f"{name}: application", lambda: read(message))
        other = measured(
            f"{name}: ocrmypdf",
            lambda: _run("ocrmypdf", "-q", "-j", "1", "-l", "rus", file, Path(folder, "o.pdf")),
        )
        _print(f"{name}: whole application", whole, "ocrmypdf", other, TARGETS["application"])


def _text(message: bytes, measured: Callable[..., float]) -> None:
    ours = measured("text: application", lambda: read(message))
    bare = measured("text: pdfplumber and openpyxl", lambda: _bare(_files(message)))
    _print("application of text", ours, "pdfplumber + openpyxl", bare, TARGETS["text"])


def _bare(files: list[bytes]) -> None:
    for content in files:
        if content.startswith(b"%PDF"):
            with pdfplumber.open(io.BytesIO(content)) as document:
                for page in document.pages:
                    page.extract_words()
        else:
            for sheet in openpyxl.load_workbook(io.BytesIO(content), data_only=True):
                list(sheet.iter_rows(values_only=True))


def _two_cores(samples: dict[str, bytes], measured: Callable[..., float]) -> None:
    """Two scanned papers in one message, on the wall's clock."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("two pages on two cores: this machine has one, not measured")
        return
    pages = [
        ("1.pdf", next(c for c in _files(samples["03-scan"]) if c.startswith(b"%PDF"))),
        ("2.pdf", next(c for c in _files(samples["04-grey-scan"]) if c.startswith(b"%PDF"))),
    ]
    message = _message(pages)
    walls = {}
    for count in (1, 2):
        os.sched_setaffinity(0, cores[:count])
        walls[count] = measured(f"two pages: {count} cores", lambda: read(message), time.monotonic)
    os.sched_setaffinity(0, cores)
    _print_gain("two pages of one application", walls)


def _two_applications(samples: dict[str, bytes], measured: Callable[..., float]) -> None:
    """Two applications at once, each in its own caged process, on the wall's clock."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("two applications on two cores: this machine has one, not measured")
        return
    messages = [samples["03-scan"], samples["04-grey-scan"]]
    walls = {}
    for count in (1, 2):
        os.sched_setaffinity(0, cores[:count])
        with (
            Cage(2, seconds=120, memory_bytes=CAGE_MEMORY) as cage,
            ThreadPoolExecutor(2) as pool,
        ):
            name = f"two applications: {count} cores"
            walls[count] = measured(
                name,
                lambda cage=cage, pool=pool: list(pool.map(cage.read, messages)),
                time.monotonic,
            )
    os.sched_setaffinity(0, cores)
    _print_gain("two applications", walls)


def _print_gain(what: str, walls: dict[int, float]) -> None:
    print(
        f"{what}: {walls[1]:.2f} s on one core, {walls[2]:.2f} s on two: "
        f"{walls[1] / walls[2]:.2f} times as fast (target: at least {TARGETS['two cores']})"
    )


def _print(what: str, ours: float, tool: str, other: float, target: float) -> None:
    print(
        f"{what}: {ours:.3f} s CPU, {tool} {other:.3f} s: "
        f"{ours / other:.2f} (target: at most {target})"
    )


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _taken(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


def _run(*command: Any) -> None:
    subprocess.run(list(map(str, command)), capture_output=True, check=True)


def _files(message: bytes) -> list[bytes]:
    parts = email.message_from_bytes(message).walk()
    return [bytes(part.get_payload(decode=True)) for part in parts if part.get_filename()]


def _message(files: list[tuple[str, bytes]]) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Сферум: Регистрация организации"
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()


def _is_whole(reading: Reading) -> bool:
    """Whether a speed is worth measuring: everything was read."""
    return any(
        letter.administrators and letter.phones and letter.seal is Mark.PRESENT
        for letter in reading.letters
    )


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None
    main()
