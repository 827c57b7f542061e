"""Which school an answer is about: rows of a list, parts of a form, sheets of a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from parsers.facts import Evidence
from parsers.names.folding import fold_look_alikes, fold_punctuation, fold_yo
from parsers.questionnaire.answers import clean, digits_of, fits, is_answer
from parsers.questionnaire.fields import evidence
from parsers.questionnaire.form_sheets import FormSheet
from parsers.questionnaire.form_tables import Record
from parsers.questionnaire.forms import Entry
from parsers.questionnaire.labels import Attribute

_NAMES = (Attribute.NAME, Attribute.SHORT_NAME)


@dataclass
class School:
    """The answers about one school, from everywhere."""

    entries: list[Entry] = field(default_factory=list)
    inn: str = ""  # digits without leading noughts, which spreadsheets drop
    name: str = ""
    place: Entry | None = None  # what says which school it is

    @property
    def known(self) -> bool:
        """Whether anything says which school it is."""
        return bool(self.inn or self.name)

    def evidence(self, attachment: str) -> Evidence:
        """Return where the school is named."""
        return evidence(attachment, self.place or self.entries[0])

    def takes(self, inn: str, name: str) -> bool:
        """Tell whether a record with these belongs to this school."""
        if inn and self.inn:
            return inn == self.inn
        if name and self.name:
            return name == self.name
        return not (self.inn or self.name) or not (inn or name)

    def add(self, record: Record, inn: str, name: str) -> None:
        """Take a record in."""
        self.entries += record
        if self.place is None:
            self.place = _place(record)
        self.inn, self.name = self.inn or inn, self.name or name


def find_schools(forms: Sequence[FormSheet]) -> tuple[School, ...]:
    """Return the schools in the order in which they are named.

    A record that says no school's name and no ИНН continues the one before it: a further
    administrator.
    """
    schools: list[School] = []
    for record in _records(forms):
        inn, name = _inn(record), _name(record)
        own = next((one for one in reversed(schools) if one.takes(inn, name)), None)
        if own is None or (not (inn or name) and own is not schools[-1]):
            own = schools[-1] if schools and not (inn or name) else School()
            if own not in schools:
                schools.append(own)
        own.add(record, inn, name)
    for entry in (entry for form in forms for entry in form.further):
        inn = _inn((entry,))
        if all(school.inn != inn for school in schools):
            schools.append(School([entry], inn, place=entry))
    return tuple(schools)


def _records(forms: Sequence[FormSheet]) -> Iterator[Record]:
    for form in forms:
        yield from _split(tuple(entry for entry in form.answers if _is_answered(entry)))
        for row in form.rows:
            answered = tuple(entry for entry in row if _is_answered(entry))
            if len(answered) > 1 or _inn(answered):
                yield answered


def _split(answers: Record) -> Iterator[Record]:
    """Cut a form where a second school's ИНН begins: several forms under each other."""
    first = _inn(answers)
    for at, entry in enumerate(answers):
        inn = _inn((entry,))
        if inn and first and inn != first:
            yield answers[:at]
            yield from _split(answers[at:])
            return
    if answers:
        yield answers


def _is_answered(entry: Entry) -> bool:
    return entry.cell is not None and (entry.cell.error or is_answer(entry.text))


def _inn(record: Record) -> str:
    for entry in record:
        if Attribute.INN in entry.label.attributes and fits(Attribute.INN, entry.text):
            digits = digits_of(entry.text.split("/")[0])
            return digits.lstrip("0")
    return ""


def _name(record: Record) -> str:
    for wanted in _NAMES:
        for entry in record:
            if wanted in entry.label.attributes and is_answer(entry.text):
                plain = fold_yo(fold_look_alikes(fold_punctuation(clean(entry.text))).casefold())
                return "".join(filter(str.isalnum, plain))
    return ""


def _place(record: Record) -> Entry | None:
    for wanted in (Attribute.NAME, Attribute.SHORT_NAME, Attribute.INN):
        for entry in record:
            if wanted in entry.label.attributes:
                return entry
    return None
