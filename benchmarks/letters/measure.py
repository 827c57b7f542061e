"""One message through the whole program, and what became of it beside the truth."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field
from typing import Final

from benchmarks.letters.drafts import SENT, Draft
from benchmarks.letters.kinds import Made
from benchmarks.letters.messages import message
from parsers.facts import Letter, Mark
from parsers.images.tesseract import Tesseract
from parsers.limits import Limits
from parsers.reading.reader import read_message
from workflow.application import Assessment
from workflow.case import ReadMessage, lay_together
from workflow.findings import Verdict
from workflow.matching import examine

LIMITS: Final = Limits(seconds=120)  # a shared machine may be slow; how fast is measured elsewhere

FIELDS: Final = ("name", "phone", "head", "inn", "date", "number")
MARKS: Final = ("signature", "seal", "letterhead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the program made of one letter; each field is «right», «wrong» or «null»."""

    kind: str
    wording: str
    fields: dict[str, str]
    marks: dict[str, str]  # as found, on paper only
    verdict: str
    findings: tuple[str, ...]
    whole: bool  # nothing is to be asked for but what this kind of paper lacks
    seconds: float  # of CPU
    values: dict[str, str | None] = field(default_factory=dict)  # what was printed
    expected: dict[str, str | None] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether name and number are both right."""
        return self.fields["name"] == self.fields["phone"] == "right"


def assess(raw: bytes) -> tuple[ReadMessage, Assessment]:
    """Read and examine one message as an application of its own."""
    reading = read_message(raw, ocr=Tesseract(), limits=LIMITS)
    read = ReadMessage(reading=reading, received_at=SENT)
    return read, examine(lay_together([read]))


def measured(draft: Draft, made: Made, kind: str) -> tuple[Outcome, ReadMessage]:
    """Send `draft`, made into a paper of that kind, through the program."""
    raw = message(draft, *made)
    before = _cpu()
    read, assessment = assess(raw)
    seconds = _cpu() - before
    letter = read.reading.letters[0] if read.reading.letters else None
    truth = draft.truth
    expected = {
        "name": truth.name, "phone": truth.phone, "head": truth.head, "inn": truth.inn,
        "date": truth.date.isoformat(), "number": truth.number,
    }  # fmt: skip
    values = _values(assessment, letter)
    outcome = Outcome(
        kind=kind, wording=draft.wording.name, verdict=assessment.verdict.value,
        fields={name: _score(values[name], expected[name]) for name in FIELDS},
        marks={name: getattr(letter, name).value if letter else Mark.ABSENT.value for name in MARKS},
        findings=tuple(one.code.value for one in assessment.findings),
        whole=truth.whole, seconds=seconds, values=values, expected=expected,
    )  # fmt: skip
    return outcome, read


def is_accepted(assessment: Assessment) -> bool:
    """Whether rights would be granted without a person."""
    return assessment.verdict is Verdict.ACCEPT


def _values(assessment: Assessment, letter: Letter | None) -> dict[str, str | None]:
    if letter is None:
        return dict.fromkeys(FIELDS)
    head = letter.head.value.nominatives if letter.head else ()
    return {
        "name": assessment.letter_name,
        "phone": assessment.letter_phone,
        "head": head[0] if head else None,
        "inn": letter.inn.value if letter.inn else None,
        "date": letter.date.value.isoformat() if letter.date else None,
        "number": letter.number.value if letter.number else None,
    }


def _score(found: str | None, expected: str | None) -> str:
    if found is None:
        return "right" if expected is None else "null"
    same = expected is not None and _folded(found) == _folded(expected)
    return "right" if same else "wrong"


def _folded(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е")


def _cpu() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)
