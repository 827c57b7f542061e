"""The questionnaire: from cells to what a school says of itself, its head, its administrator.

Reads any composition of labels and answers (`form_sheets`), lays the sheets of a workbook together,
and tells several schools from several administrators of one (`schools`). Decides nothing: a value
that was not found is absent, a value that cannot be used is a doubt. Knows nothing of the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parsers.facts import Field, Found, PersonName, Phone, PhoneKind, Questionnaire
from parsers.questionnaire.answers import clean
from parsers.questionnaire.fields import (
    Filled,
    fill_date,
    fill_email,
    fill_identifier,
    fill_pupils,
    fill_text,
    people_of,
    phones_of,
    shared_text,
    usable,
)
from parsers.questionnaire.form_sheets import TITLE, FormSheet, read_form
from parsers.questionnaire.forms import Entry
from parsers.questionnaire.labels import FIELDS, NAME_PARTS, PERSONAL, Attribute, LabelReader, Owner
from parsers.questionnaire.likeness import LEAST_LIKENESS, form_likeness, looks_like_questionnaire
from parsers.questionnaire.regions import Region, find_region, region_of_inn
from parsers.questionnaire.schools import School, find_schools
from parsers.sheets.grid import Sheet

__all__ = ["find_questionnaires", "looks_like_questionnaire", "sheet_likeness"]

# Sheets that explain or list, beside the one that is filled in
_ASIDE: Final = re.compile(
    r"инструкц|справочн|спис(?:ок|ки)|пример|образец|словар|памятк|классификатор|подсказк|"
    r"пояснен|^lists?\d*$|^коды|^data$|example",
    re.IGNORECASE,
)

ExtraLabels = Mapping[Field, Sequence[str]]


def find_questionnaires(
    sheets: Sequence[Sheet], *, attachment: str, extra_labels: ExtraLabels | None = None
) -> tuple[Questionnaire, ...]:
    """Return the questionnaire that the sheets of one file hold; nothing where they are no form.

    A blank form is a questionnaire without fields. A list of schools is one questionnaire of the
    first school, with a place for each in `schools`. `extra_labels` are further wordings of labels,
    by the field that they ask for.
    """
    forms = _read(sheets, extra_labels)
    if form_likeness(forms, titled=TITLE.search(attachment) is not None) < LEAST_LIKENESS:
        return ()
    forms = _responsible_as_administrator(_without_aside(forms))
    schools = find_schools(forms)
    entries = schools[0].entries if schools else ()
    asked = [entry for form in forms for entry in form.asked]
    return (_questionnaire(attachment, entries, asked, schools),)


def sheet_likeness(sheets: Sequence[Sheet], *, extra_labels: ExtraLabels | None = None) -> float:
    """Return how much the sheets are like a questionnaire, 0.0-1.0; from 0.5 on they are one."""
    return form_likeness(_read(sheets, extra_labels))


def _read(sheets: Sequence[Sheet], extra_labels: ExtraLabels | None) -> list[FormSheet]:
    reader = LabelReader(extra_labels)
    return [read_form(sheet, reader) for sheet in sheets if not sheet.hidden and sheet.rows]


def _without_aside(forms: list[FormSheet]) -> list[FormSheet]:
    """Leave out instructions, lists and samples, where a sheet remains that asks for something."""
    kept = [form for form in forms if not _ASIDE.search(form.name)]
    return kept if any(form_likeness([form]) >= LEAST_LIKENESS for form in kept) else forms


_NAMES: Final = frozenset({Attribute.FIO, *NAME_PARTS})


def _responsible_as_administrator(forms: list[FormSheet]) -> list[FormSheet]:
    """Take «ответственный» for the administrator, unless the form names both as two people."""
    asked = [entry for form in forms for entry in form.asked]
    named = {entry.owner for entry in asked if set(entry.label.attributes) & _NAMES}
    if {Owner.ADMINISTRATOR, Owner.RESPONSIBLE} <= named:
        return forms
    return [
        replace(
            form,
            asked=tuple(map(_promoted, form.asked)),
            answers=tuple(map(_promoted, form.answers)),
            rows=tuple(tuple(map(_promoted, row)) for row in form.rows),
        )
        for form in forms
    ]


def _promoted(entry: Entry) -> Entry:
    if entry.owner is Owner.RESPONSIBLE:
        return replace(entry, owner=Owner.ADMINISTRATOR)
    return entry


def _questionnaire(
    attachment: str, entries: Sequence[Entry], asked: Sequence[Entry], schools: Sequence[School]
) -> Questionnaire:
    filled = Filled(attachment)
    found = _by_field(filled, entries)
    for name, fill in _FILL.items():
        fill(filled, name, found.get(name, ()))
    head = next(iter(_people(filled, Field.HEAD_NAME, found)), None)
    administrators = tuple(_people(filled, Field.ADMINISTRATOR_NAME, found))
    return Questionnaire(
        attachment=attachment,
        administrator_phones=_administrator_phones(filled, found, asked),
        fields=filled.fields,
        administrators=administrators,
        head=head,
        schools=tuple(school.evidence(attachment) for school in schools if school.known),
        zero_restored=tuple(filled.zero_restored),
        doubts=tuple(filled.doubts),
        doubtful=tuple(filled.doubts.values()),
        regions=_regions(filled),
    )


_REGION_READERS: Final[Mapping[Field, Callable[[str], Region | None]]] = {
    Field.REGION: find_region,
    Field.ADDRESS: find_region,
    Field.INN: region_of_inn,
}


def _regions(filled: Filled) -> dict[Field, str]:
    """Return the codes of the subjects that the fields point to, each by itself."""
    found = {
        name: reader(filled.fields[name].value)
        for name, reader in _REGION_READERS.items()
        if name in filled.fields
    }
    return {name: region.code for name, region in found.items() if region is not None}


_Fill = Callable[[Filled, Field, Sequence[Entry]], None]


def _fill_phone(filled: Filled, name: Field, entries: Sequence[Entry]) -> None:
    """Take the organization's telephone: E.164 where it makes one, else as it stands."""
    for entry in entries:
        numbers = phones_of(Filled(filled.attachment), name, [entry])
        best = next((one.value.e164 for one in numbers if one.value.e164), None)
        filled.put(name, best or clean(entry.text), [entry])


_FILL: Final[Mapping[Field, _Fill]] = {
    Field.INN: fill_identifier,
    Field.OGRN: fill_identifier,
    Field.KPP: fill_identifier,
    Field.FULL_NAME: fill_text,
    Field.SHORT_NAME: fill_text,
    Field.KIND: fill_text,
    Field.REGION: fill_text,
    Field.MUNICIPALITY: fill_text,
    Field.LOCALITY: fill_text,
    Field.ADDRESS: fill_text,
    Field.SITE: fill_text,
    Field.EMAIL: fill_email,
    Field.PHONE: _fill_phone,
    Field.HEAD_POST: fill_text,
    Field.ADMINISTRATOR_POST: fill_text,
    Field.ADMINISTRATOR_EMAIL: fill_email,
    Field.PUPILS: fill_pupils,
    Field.DATE: fill_date,
}


def _by_field(filled: Filled, entries: Sequence[Entry]) -> dict[Field, list[Entry]]:
    """Return the usable answers by field, the most telling label first."""
    found: dict[Field, list[Entry]] = {}
    asking = [entry for entry in entries if any(_fields(entry))]
    for entry in usable(filled, asking, lambda one: next(_fields(one))[1]):
        for attribute, name in _fields(entry):
            text = _text_for(entry, attribute)
            if text:
                found.setdefault(name, []).append(replace(entry, text=text))
    return {name: sorted(some, key=lambda one: -one.label.weight) for name, some in found.items()}


def _fields(entry: Entry) -> Iterator[tuple[Attribute, Field]]:
    """Yield the fields that an answer fills: the owner decides, where the attribute is a person's."""
    for attribute in entry.label.attributes:
        owner = entry.owner if attribute in PERSONAL else Owner.ORGANIZATION
        whole = Attribute.FIO if attribute in NAME_PARTS else attribute
        name = FIELDS.get((whole, owner)) if owner is not None else None
        if name is not None:
            yield attribute, name


_PLACES: Final = (Attribute.REGION, Attribute.MUNICIPALITY, Attribute.LOCALITY)
_IDENTIFIERS: Final = (Attribute.INN, Attribute.KPP, Attribute.OGRN)


def _text_for(entry: Entry, attribute: Attribute) -> str:
    """Return the part of an answer that belongs to one of the things asked."""
    asked = entry.label.attributes
    if len(asked) == 1 or attribute in _IDENTIFIERS:
        return entry.text
    if attribute in _PLACES:
        parts = [part.strip() for part in re.split(r"[,;\n]", entry.text) if part.strip()]
        places = [one for one in asked if one in _PLACES]
        if len(parts) == len(places):
            return parts[places.index(attribute)]
        return entry.text if attribute is places[0] else ""
    return shared_text(entry, attribute)


def _people(
    filled: Filled, name: Field, found: Mapping[Field, Sequence[Entry]]
) -> Iterator[Found[PersonName]]:
    """Yield the different people of a role, and keep the first one's text as the field."""
    seen: set[object] = set()
    for text, person in people_of(filled, name, found.get(name, ())):
        if name not in filled.fields:
            filled.fields[name] = Found(text, person.evidence)
        key = frozenset(person.value.nominatives) or text.casefold()
        if key not in seen:
            seen.add(key)
            yield person


def _administrator_phones(
    filled: Filled, found: Mapping[Field, Sequence[Entry]], asked: Iterable[Entry]
) -> tuple[Found[Phone], ...]:
    """Return the different numbers under the most telling label that has a readable one."""
    name = Field.ADMINISTRATOR_PHONE
    entries = found.get(name, ())
    weights = [one.label.weight for one in asked if name in dict(map(reversed, _fields(one)))]  # type: ignore[arg-type]
    least = 0 if any(weight >= 0 for weight in weights) else -99
    unreadable: tuple[Found[Phone], ...] = ()
    for weight in sorted({entry.label.weight for entry in entries}, reverse=True):
        if weight < least:
            break
        level = [entry for entry in entries if entry.label.weight == weight]
        phones = _distinct(phones_of(filled, name, level))
        readable = tuple(one for one in phones if one.value.kind is not PhoneKind.UNREADABLE)
        if readable:
            value = readable[0].value.e164 or clean(readable[0].value.raw)
            filled.fields[name] = Found(value, readable[0].evidence)
            return readable
        unreadable = unreadable or phones
    return unreadable


def _distinct(phones: Iterable[Found[Phone]]) -> tuple[Found[Phone], ...]:
    return tuple({one.value.e164 or one.value.raw: one for one in phones}.values())
