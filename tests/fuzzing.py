"""Valid files spoilt at random, read in the real cage: none may kill its reader or pass for another.

Half of the time whole messages are read and judged, half of it files alone are opened, many in one child.
`python -m tests.fuzzing KIND SECONDS DIRECTORY` goes on for so long and keeps what it finds in the directory.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pikepdf
from PIL import Image

from mailbot.app import READING_BYTES, READING_SECONDS
from mailbot.cage import Cage
from mailbot.reading import CagedReader
from mailbot.samples import Draft, File, compose_message, letter_docx, scan_jpeg, scan_pdf
from parsers.facts import Reading
from tests.acceptance.papers import WRITTEN, address, form, letter, order, person, school
from tests.fuzzing_job import chosen
from tests.office import saved_as
from tests.spoiling import spoilt
from workflow.application import Assessment
from workflow.case import ReadMessage, RuleSettings, lay_together
from workflow.findings import Verdict
from workflow.matching import examine
from workflow.ports import ReadingDiedError

SLOW: Final = 20.0  # seconds: worth a look, long before the cage's limit
ALONE: Final = 0.7  # of the files come without the other paper: that is read sooner
BATCH: Final = 25  # files that one child opens
SCHOOL: Final = 1
OCTETS: Final = "application/octet-stream"


@dataclass(slots=True)
class Outcome:
    """What came of the spoilt files of one kind."""

    count: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[tuple[str, bytes]] = field(default_factory=list)  # what went wrong, the message


def fuzz(kind: str, *, seconds: float, seed: int) -> Outcome:
    """Spoil and read files of a kind for so long."""
    chance, outcome = random.Random(seed), Outcome()
    seeds = list(SEEDS[kind]().items())
    end = time.monotonic() + seconds
    with Cage(
        1, seconds=READING_SECONDS, memory_bytes=READING_BYTES, job="tests.fuzzing_job:read"
    ) as cage:
        read = CagedReader(cage)
        while time.monotonic() < end:
            name, content = chance.choice(seeds)
            file = File(name=name, content=spoilt(content, chance), media_type=OCTETS)
            raw = message(file, alone=chance.random() < ALONE)
            began = time.monotonic()
            judge(raw, name, read, outcome)
            took = time.monotonic() - began
            outcome.slowest = max(outcome.slowest, took)
            if took > SLOW:
                outcome.faults.append((f"{took:.0f} s {name}", raw))
    return outcome


def dig(kind: str, *, seconds: float, seed: int) -> Outcome:
    """Spoil and open files of a kind for so long, without looking what they say."""
    outcome = Outcome()
    files = SEEDS[kind]()
    end = time.monotonic() + seconds
    with (
        tempfile.TemporaryDirectory() as directory,
        Cage(
            1,
            seconds=READING_SECONDS,
            memory_bytes=READING_BYTES,
            job="tests.fuzzing_job:open_many",
        ) as cage,
    ):
        paths = {}
        for number, (name, content) in enumerate(files.items()):
            path = Path(directory) / str(number)
            path.write_bytes(content)
            paths[name] = str(path)
        read, first = CagedReader(cage), 0
        while time.monotonic() < end:
            request = {"files": paths, "seed": seed, "first": first, "count": BATCH}
            _open(request, read, outcome)
            first += BATCH
    return outcome


def _open(request: dict[str, Any], read: Callable[[bytes], Reading], outcome: Outcome) -> None:
    """Have one child open a batch; of one that fails each file is opened by a child of its own."""
    try:
        limits = [limit.raw for limit in read(json.dumps(request).encode()).limits]
    except ReadingDiedError as error:
        limits = [f"died: {error}"]
    if not limits:
        outcome.count += request["count"]
    elif request["count"] > 1:
        for number in range(request["first"], request["first"] + request["count"]):
            _open({**request, "first": number, "count": 1}, read, outcome)
    else:
        outcome.count += 1
        name, content = chosen(request, request["first"])
        what = f"{limits[0]} {name} {request['seed']}-{request['first']}"
        file = File(name=name, content=content, media_type=OCTETS)
        outcome.faults.append((what, message(file, alone=True)))


def judge(raw: bytes, name: str, read: Callable[[bytes], Reading], outcome: Outcome) -> None:
    """Read one message, and note what must not be."""
    outcome.count += 1
    try:
        reading = read(raw)
    except ReadingDiedError as error:
        outcome.faults.append((f"died: {error} {name}", raw))
        return
    outcome.limits.update(limit.raw for limit in reading.limits)
    assessment = examine(
        lay_together([ReadMessage(reading=reading, received_at=WRITTEN)], rules=RuleSettings())
    )
    outcome.verdicts[assessment.verdict] += 1
    if assessment.verdict is Verdict.ACCEPT and not says_what_was_written(assessment):
        outcome.faults.append((f"accepted as another: {assessment.agreed} {name}", raw))


def says_what_was_written(assessment: Assessment) -> bool:
    agreed, meant = assessment.agreed, person(SCHOOL)
    return (agreed.full_name, agreed.phone, agreed.inn) == (
        meant.full_name,
        meant.phone,
        school(SCHOOL).inn,
    )


def message(file: File, *, alone: bool) -> bytes:
    """The file, beside it the other paper if it is not to be alone."""
    good = {"letter": form(SCHOOL), "form": order(SCHOOL)}
    other = good.get(file.name.partition(".")[0])
    return compose_message(
        Draft(
            sender=address(SCHOOL),
            sender_name="Школа",
            date=WRITTEN,
            text="Здравствуйте!",
            files=(file,) if alone or other is None else (file, other),
        )
    )


def documents() -> dict[str, bytes]:
    drawn = order(SCHOOL).content
    docx = letter_docx(letter(SCHOOL))
    return {
        "letter.pdf": drawn,
        "letter.plain.pdf": _plain(drawn),
        "letter.scan.pdf": scan_pdf(drawn),
        **saved("letter.docx", docx, ("odt", "rtf", "doc")),
    }


def saved(name: str, content: bytes, kinds: Sequence[str]) -> dict[str, bytes]:
    """The file, and what an office suite makes of it."""
    role = name.partition(".")[0]
    return {name: content} | {
        f"{role}.{kind}": saved_as({name: content}, kind)[name] for kind in kinds
    }


def _plain(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(
            buffer,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return buffer.getvalue()


def sheets() -> dict[str, bytes]:
    made = saved("form.xlsx", form(SCHOOL).content, ("ods", "xls", "csv", "html"))
    return made | {"form.table.xls": made.pop("form.html")}


def pictures() -> dict[str, bytes]:
    scan = Image.open(io.BytesIO(scan_jpeg(order(SCHOOL).content))).convert("RGB")
    small = scan.resize((scan.width // 2, scan.height // 2))
    return {
        f"letter.{kind}": _saved(small, kind)
        for kind in ("png", "jpeg", "tiff", "webp", "bmp", "gif")
    }


def _saved(picture: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def archives() -> dict[str, bytes]:
    """Both papers in an archive of each kind, and one in another."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        (folder / "Приказ.pdf").write_bytes(order(SCHOOL).content)
        (folder / "Анкета.xlsx").write_bytes(form(SCHOOL).content)
        for command in COMMANDS:
            subprocess.run(
                command,
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        return {path.name: path.read_bytes() for path in folder.glob("both.*")}


COMMANDS: Final = (
    ("zip", "-q", "both.zip", "Приказ.pdf", "Анкета.xlsx"),
    ("7z", "a", "both.7z", "Приказ.pdf", "Анкета.xlsx"),
    ("bsdtar", "-czf", "both.tar.gz", "Приказ.pdf", "Анкета.xlsx"),
    ("bsdtar", "-cf", "both.tar", "Приказ.pdf", "Анкета.xlsx"),
    ("zip", "-q", "both.nested.zip", "both.7z", "both.tar.gz"),
)
SEEDS: Final[Mapping[str, Callable[[], dict[str, bytes]]]] = {
    "documents": documents,
    "sheets": sheets,
    "pictures": pictures,
    "archives": archives,
}


def main(kind: str, seconds: str, directory: str) -> None:
    seed = time.time_ns()
    outcome = fuzz(kind, seconds=float(seconds) / 2, seed=seed)
    opened = dig(kind, seconds=float(seconds) / 2, seed=seed)
    outcome.faults += opened.faults
    keep = Path(directory)
    keep.mkdir(parents=True, exist_ok=True)
    for what, raw in outcome.faults:
        (keep / f"{kind}-{hashlib.sha256(raw).hexdigest()[:12]}.eml").write_bytes(raw)
        sys.stdout.write(f"{what}\n")
    sys.stdout.write(
        f"{kind}: seed {seed}, {outcome.count} files, {dict(outcome.verdicts)}, limits {dict(outcome.limits)}, "
        f"slowest {outcome.slowest:.1f} s; opened alone {opened.count}; faults {len(outcome.faults)}\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
