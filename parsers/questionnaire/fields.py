"""From the answers of one school to the fields of its questionnaire: cleaned, checked, each with its cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from parsers.facts import Evidence, Field, Found, How, PersonName, Phone, PhoneKind
from parsers.names.folding import fold_look_alikes
from parsers.names.identifiers import is_inn, is_kpp, is_ogrn, restore_zero
from parsers.names.names import Case, find_people, parse_person
from parsers.names.phones import FoundPhone, PhoneLabel, find_phones, parse_phone
from parsers.questionnaire.answers import clean, digits_of, is_answer, is_rounded
from parsers.questionnaire.forms import Entry
from parsers.questionnaire.labels import NAME_PARTS, Attribute

# What parts two identifiers in one cell: «7707083893/770701001», «7707083893, КПП 770701001»
_PARTED: Final = re.compile(r"[/\\,;|\n]|\b(?:ИНН|КПП|ОГРН)\b", re.IGNORECASE)
# An address of e-mail in a text; letters of any script, since look-alikes are folded afterwards
_EMAIL: Final = re.compile(r"[^\s,;<>()\[\]\"«»]+@[^\s,;<>()\[\]\"«»]+")
_CYRILLIC_TO_LATIN: Final = str.maketrans("АВЕКМНОРСТУХаеорсух", "ABEKMHOPCTYXaeopcyx")
# Dates as people write them
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:\s*г\.?)?")


@dataclass
class Filled:
    """The fields of one school in the making."""

    attachment: str
    fields: dict[Field, Found[str]] = field(default_factory=dict)
    zero_restored: list[Field] = field(default_factory=list)
    doubts: dict[Evidence, Field] = field(default_factory=dict)

    def doubt(self, entry: Entry, name: Field) -> None:
        """Note a cell whose value cannot be used, with the field that it would fill."""
        self.doubts.setdefault(evidence(self.attachment, entry), name)

    def put(self, name: Field, value: str, entries: Iterable[Entry]) -> None:
        """Keep the value of a field unless it has one."""
        places = tuple(evidence(self.attachment, entry) for entry in entries)
        if value:
            self.fields.setdefault(name, Found(value, places))


def evidence(attachment: str, entry: Entry) -> Evidence:
    """Return the cell of an answer, quoted exactly."""
    return Evidence(
        document=attachment,
        raw=entry.cell.text if entry.cell else entry.text,
        how=How.CELL,
        cell=entry.place,
    )


def usable(
    filled: Filled, entries: Iterable[Entry], field_of: Callable[[Entry], Field]
) -> Iterator[Entry]:
    """Yield the entries that hold an answer; cells in error are noted as doubts."""
    for entry in entries:
        if entry.cell is not None and entry.cell.error and not entry.inline:
            filled.doubt(entry, field_of(entry))
        elif is_answer(entry.text):
            yield entry


def fill_text(filled: Filled, name: Field, entries: Sequence[Entry]) -> None:
    """Take a field whose text is kept as it stands."""
    for entry in entries:
        filled.put(name, clean(entry.text), [entry])


def fill_email(filled: Filled, name: Field, entries: Sequence[Entry]) -> None:
    """Take an e-mail address; Cyrillic look-alikes become Latin, nothing else is mended."""
    for entry in entries:
        text = clean(entry.text).removeprefix("mailto:").strip(" ;,.<>")
        found = _EMAIL.findall(text)
        address = found[0].strip(".") if found else text
        folded = address.translate(_CYRILLIC_TO_LATIN)
        filled.put(name, folded if folded.isascii() else address, [entry])


def fill_date(filled: Filled, name: Field, entries: Sequence[Entry]) -> None:
    """Take a date, in ISO 8601 where it is written in digits."""
    for entry in entries:
        text = clean(entry.text)
        match = _DAY_FIRST.fullmatch(text)
        if match is not None and 0 < int(match[1]) < 32 and 0 < int(match[2]) < 13:
            text = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
        filled.put(name, text, [entry])


def fill_pupils(filled: Filled, name: Field, entries: Sequence[Entry]) -> None:
    """Take a count: digits where there are any."""
    for entry in entries:
        text = clean(entry.text)
        digits = digits_of(text)
        filled.put(name, digits if 0 < len(digits) < 6 and digits in text else text, [entry])


_IDENTIFIERS: Final = {
    Field.INN: ((10, 12), is_inn),
    Field.OGRN: ((13, 15), is_ogrn),
    Field.KPP: ((9,), is_kpp),
}


def fill_identifier(filled: Filled, name: Field, entries: Sequence[Entry]) -> None:
    """Take ИНН, ОГРН or КПП: the digits, and a lost leading zero if the check digit then holds."""
    for entry in entries:
        number = bool(entry.cell and entry.cell.number)
        if is_rounded(entry.text, number=number and name is not Field.KPP):
            filled.doubt(entry, name)
            continue
        digits, restored = _identifier(filled, name, entry)
        if digits and restored and name not in filled.fields:
            filled.zero_restored.append(name)
        filled.put(name, digits, [entry])


def _identifier(filled: Filled, name: Field, entry: Entry) -> tuple[str, bool]:
    lengths, valid = _IDENTIFIERS[name]
    parts = [digits_of(part) for part in _PARTED.split(entry.text)]
    parts = [part for part in parts if part]
    several = len(entry.label.attributes) > 1 or len(parts) > 1
    fitting = [part for part in parts if len(part) in lengths]
    best = next((part for part in fitting if valid(part)), fitting[0] if fitting else "")
    if best:
        return best, False
    for part in parts:
        restored = (
            restore_zero(part, lengths, valid) if name is not Field.KPP else _kpp(filled, part)
        )
        if restored is not None:
            return restored, True
    if several and len(entry.label.attributes) > 1:
        return "", False
    return parts[0] if parts else "", False


def _kpp(filled: Filled, digits: str) -> str | None:
    """Restore the zero of a КПП, which has no check digit, where the ИНН is of the same region."""
    inn = filled.fields.get(Field.INN)
    if len(digits) != 8 or inn is None or not is_inn(inn.value):
        return None
    return "0" + digits if inn.value[:2] == "0" + digits[:1] else None


def phones_of(filled: Filled, name: Field, entries: Sequence[Entry]) -> Iterator[Found[Phone]]:
    """Yield the numbers of the answers; a rounded or damaged one is a doubt, and unreadable."""
    for entry in entries:
        place = (evidence(filled.attachment, entry),)
        number = bool(entry.cell and entry.cell.number)
        found = () if is_rounded(clean(entry.text), number=number) else _phones(entry)
        for phone in found:
            yield Found(phone, place)
        if not found and any(sign.isdigit() for sign in entry.text):
            filled.doubt(entry, name)
            yield Found(Phone(raw=entry.text, kind=PhoneKind.UNREADABLE, e164=None), place)


def _phones(entry: Entry) -> tuple[Phone, ...]:
    text = clean(entry.text.replace("\n", ", "))
    for way in (clean(entry.text), text):  # one number on two lines, before two numbers
        whole = parse_phone(way)
        if whole.kind is not PhoneKind.UNREADABLE:
            return (whole,)
    mixed = Attribute.ADDRESS in entry.label.attributes
    found = [
        one
        for one in find_phones(text, trusted=not mixed)
        if one.phone.kind is not PhoneKind.UNREADABLE and one.label is not PhoneLabel.FAX
    ]
    return tuple({one.phone.e164 or one.phone.raw: one.phone for one in _preferred(found)}.values())


def _preferred(found: list[FoundPhone]) -> list[FoundPhone]:
    """Leave out landlines and numbers labelled otherwise where a mobile one stands beside them."""
    labelled = [one for one in found if one.label is PhoneLabel.MOBILE]
    mobile = [one for one in found if one.phone.kind is PhoneKind.MOBILE]
    return labelled or mobile or found


def people_of(
    filled: Filled, name: Field, entries: Sequence[Entry]
) -> Iterator[tuple[str, Found[PersonName]]]:
    """Yield the people whom the answers name, each with the text as it stands."""
    for group in _name_groups(entries):
        text = " ".join(clean(entry.text) for entry in group)
        places = tuple(evidence(filled.attachment, entry) for entry in group)
        text = fold_look_alikes(text)
        person = parse_person(text, governing=Case.NOMINATIVE)
        if person is not None:
            yield text, Found(person, places)
            continue
        found = find_people(text, bare=len(group[0].label.attributes) == 1)
        for one in found:
            yield one.raw, Found(one.name(Case.NOMINATIVE), places)
        if not found and Attribute.FIO in group[0].label.attributes:
            for entry in group:
                filled.doubt(entry, name)


def _name_groups(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Put the three cells of a name together, in the order surname, given name, patronymic."""
    parts: dict[Attribute, Entry] = {}
    for entry in entries:
        part = entry.label.attributes[0]
        if part not in NAME_PARTS:
            yield [entry]
            continue
        if part in parts:
            yield [parts[one] for one in NAME_PARTS if one in parts]
            parts = {}
        parts[part] = entry
    if parts:
        yield [parts[one] for one in NAME_PARTS if one in parts]


def shared_text(entry: Entry, wanted: Attribute) -> str:
    """Return what a cell that answers several questions says to one of them."""
    asked = entry.label.attributes
    text = clean(entry.text.replace("\n", ", "))
    if wanted is Attribute.EMAIL:
        return " ".join(_EMAIL.findall(text)[:1])
    if wanted in (Attribute.PHONE, Attribute.FIO):
        return text
    rest = _EMAIL.sub(" ", text)
    for phone in reversed(find_phones(rest, trusted=Attribute.ADDRESS not in asked)):
        rest = rest[: phone.start] + " " + rest[phone.end :]
    if Attribute.FIO in asked:
        for person in reversed(find_people(rest)):
            rest = rest[: person.start] + " " + rest[person.end :]
    rest = re.sub(r"(?:\b(?:тел|моб|e-?mail|эл)\b\.?\s*:?|[\s,;:]+$|^[\s,;:]+)", " ", rest)
    return re.sub(r"\s*,[\s,;:]*,\s*", ", ", rest).strip(" ,;:-–—")
