"""What was read against what stands there: exact, wrong, or not found; and whether the cell is the right one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import NoReturn

from benchmarks.questionnaires.book import Book
from parsers.facts import Field, Questionnaire
from parsers.images.ocr import Pixels
from parsers.limits import Limits
from parsers.reading.reader import read_message

EXACT, WRONG, MISSING = "exact", "wrong", "missing"
CELL = "other cell"  # right by its text, and the cell named for it is not where it stands


class NoEngine:
    """The recognition engine of a reading that must not need one."""

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> NoReturn:
        """Refuse."""
        raise AssertionError("a spreadsheet was recognized as a picture")

    def probe(self) -> NoReturn:
        """Refuse."""
        raise AssertionError("nothing here needs an engine")


def read(content: bytes, name: str) -> Questionnaire | None:
    """Read a file as the one attachment of a message; None where it is taken for no questionnaire."""
    message = EmailMessage()
    message["Subject"] = "Сферум: Регистрация организации"
    message["From"] = "school@edu.example"
    message.set_content("Направляем анкету.")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    reading = read_message(message.as_bytes(), ocr=NoEngine(), limits=Limits())
    return reading.questionnaires[0] if reading.questionnaires else None


@dataclass(frozen=True, slots=True)
class Mark:
    """How one field of one file was read."""

    field: Field
    kind: str
    expected: str
    found: str


def marks(book: Book, found: Questionnaire | None, *, cells: bool) -> Iterator[Mark]:
    """Yield a mark for each field that stands in the book, and for each that was made up."""
    for name in Field:
        expected = book.values.get(name)
        value = _value(found, name) if found else None
        if expected is None:
            if value is not None:
                yield Mark(name, WRONG, "", value)
            continue
        kind = MISSING if value is None else EXACT if value == expected else WRONG
        if kind == EXACT and found and cells and not _is_placed(book, found, name):
            kind = CELL
        yield Mark(name, kind, expected, value or "")


def _value(found: Questionnaire, name: Field) -> str | None:
    if name is Field.ADMINISTRATOR_NAME:
        return _joined("/".join(one.value.nominatives) for one in found.administrators)
    if name is Field.ADMINISTRATOR_PHONE:
        return _joined(one.value.e164 or "?" for one in found.administrator_phones)
    if name is Field.HEAD_NAME:
        return _joined(["/".join(found.head.value.nominatives)] if found.head else [])
    return found.text(name)


def _joined(values: Iterable[str]) -> str | None:
    return " + ".join(values) or None


def _is_placed(book: Book, found: Questionnaire, name: Field) -> bool:
    named = {(one.cell or "").rpartition("!")[2] for one in found.fields[name].evidence}
    return named == {place.rpartition("!")[2] for place in book.places(name)}


@dataclass
class Score:
    """Counts of marks, by whatever they are grouped by."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, mark: Mark) -> None:
        """Count a mark."""
        self.counts[mark.kind] += 1

    @property
    def line(self) -> str:
        """«1234 exact 99.51 %, 3 wrong 0.24 %, 3 missing, 0 other cell»."""
        total = sum(self.counts.values()) or 1
        exact, wrong = self.counts[EXACT], self.counts[WRONG]
        return (
            f"{total:7} {100 * exact / total:8.2f} % {wrong:6} {100 * wrong / total:8.2f} %"
            f" {self.counts[MISSING]:8} {self.counts[CELL]:6}"
        )
