"""What a label of a questionnaire asks for, told by the meaning of its words.

What the words mean (`label_words`) makes together one or more attributes («телефон») and an owner
(«администратора»). So a whole question of a web form, an abbreviation and a misspelt label are read
alike. Knows nothing of positions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from parsers.facts import Field
from parsers.questionnaire.label_words import FILLER, UNKNOWN, folded, meanings, split


class Attribute(StrEnum):
    """What a label asks for, whoever it belongs to."""

    INN = "inn"
    KPP = "kpp"
    OGRN = "ogrn"
    EMAIL = "email"
    PHONE = "phone"
    FIO = "fio"
    SURNAME = "surname"
    GIVEN = "given"
    PATRONYMIC = "patronymic"
    POST = "post"
    SITE = "site"
    ADDRESS = "address"
    REGION = "region"
    MUNICIPALITY = "municipality"
    LOCALITY = "locality"
    KIND = "kind"
    DATE = "date"
    NAME = "name"
    SHORT_NAME = "short_name"
    PUPILS = "pupils"
    IGNORED = "ignored"  # a question whose answer nothing here needs


class Owner(StrEnum):
    """Whom an attribute belongs to."""

    ORGANIZATION = "organization"
    HEAD = "head"
    ADMINISTRATOR = "administrator"
    RESPONSIBLE = "responsible"  # «ответственный»: the administrator where nobody is called so
    OTHER = "other"  # a deputy, an executor, whoever filled in the form


class Column(StrEnum):
    """What a column of a form is for, by its heading."""

    NUMBER = "number"
    LABEL = "label"
    VALUE = "value"
    COMMENT = "comment"
    EXAMPLE = "example"


NAME_PARTS: Final = (Attribute.SURNAME, Attribute.GIVEN, Attribute.PATRONYMIC)
PERSONAL: Final = frozenset(
    {Attribute.FIO, *NAME_PARTS, Attribute.POST, Attribute.PHONE, Attribute.EMAIL}
)
"""Attributes that need an owner; all others are the organization's."""


ECHOED: Final = frozenset(
    {(Attribute.REGION,), (Attribute.MUNICIPALITY,), (Attribute.LOCALITY,), (Attribute.PUPILS,)}
)
"""What labels ask for whose answers may be worded like them: «Школьный район», «145 детей»."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a text asks for, if it is a label.

    `attributes` is empty for the heading of a section or group, which has owners only. `weight`
    ranks labels of the same meaning: «Юридический адрес» before «Фактический адрес».
    """

    attributes: tuple[Attribute, ...] = ()
    owners: tuple[Owner, ...] = ()
    column: Column | None = None
    weight: int = 0
    heading: bool = False  # worded like a section's heading: «Сведения о …», or an owner alone
    joint: bool = False  # several owners named side by side: «об организации и руководителе»

    @property
    def asks(self) -> bool:
        """Whether the text asks for something that is needed."""
        return any(one is not Attribute.IGNORED for one in self.attributes)

    @property
    def owner(self) -> Owner | None:
        """The one owner that the label itself names, a person before the organization."""
        people = [one for one in self.owners if one is not Owner.ORGANIZATION]
        if people and people[0] is Owner.RESPONSIBLE and Owner.ADMINISTRATOR in people:
            return Owner.ADMINISTRATOR
        if people:
            return people[0]
        return Owner.ORGANIZATION if self.owners else None


NOTHING: Final = Label()

# A hint in brackets, or behind «например», «в формате»
_BRACKETS: Final = re.compile(r"\(([^()]*)\)?|\[([^\[\]]*)\]?")
_HINT: Final = re.compile(
    r"[\s,.;:-]*\b(?:например|напр\b|пример:|в\s+формате|формат\b|в\s+виде\b).*", re.DOTALL
)
# «1.», «2.3)», «III.», «а)», «Раздел 2.» before a label
_NUMBERING: Final = re.compile(
    r"^\s*(?:(?:раздел|блок|часть)\s+[а-яa-z]{1,4}\s*[.):]\s*)?(?:(?:раздел|блок|часть|п\.)\s*)?(?:\d{1,2}(?:\.\d{1,2}){0,3}\s*[.)]?(?=\s|[а-яa-z])"
    r"|[а-яa-z][.-]?\d{1,2}(?:\.\d{1,2}){0,2}[.)]|[ivxіх]{1,4}\s*[.)]|[а-яa-z]\s*\)|)\s*"
)
# What labels do not hold and values do: an e-mail address, a long number, a school's number,
# initials
_VALUE_SIGNS: Final = re.compile(r"@|\d{5,}|№\s?\d|\b[а-я]\.\s?[а-я]\.(?:\s|$)")
# What turns a hint into its opposite: «без сокращений»
_DENIED: Final = re.compile(r"\b(?:без|не|нельзя|кроме)\b")
# What parts several things that one label asks for
_LISTED: Final = re.compile(r"[,/;+&\n]|\bи\b|\bили\b")

_LETTER: Final = re.compile(r"[^\W\d_]|№")
_MOST_TEXTS: Final = 4_000  # different ones in a workbook; what is behind them is data, not labels
_LONGEST: Final = 400  # characters of a label; the questions of web forms reach 250
_MOST_DIGITS: Final = 6  # in a label with its hint, unless the hint is a sample number
_LEAST_ALIKE: Final = 90  # per cent, of a phrase from the configuration


class LabelReader:
    """Reads labels; `extra` are further phrases for fields, each compared as a whole."""

    def __init__(self, extra: Mapping[Field, Sequence[str]] | None = None) -> None:
        self._known: dict[str, Label] = {}
        self._extra = {
            key: field_label(name)
            for name, phrases in (extra or {}).items()
            for phrase in phrases
            if (key := " ".join(split(folded(phrase))))
        }

    def read(self, text: str) -> Label:
        """Return what `text` asks for; `NOTHING` where it is no label."""
        if len(text) > _LONGEST or not _LETTER.search(text):
            return NOTHING
        label = self._known.get(text)
        if label is None and len(self._known) < _MOST_TEXTS:
            label = self._known[text] = self._further(text) or _read(text)
        return label or NOTHING

    def read_name(self, text: str) -> Label:
        """Read «Краткое», «(сокр.)» alone as the name that it is a kind of; `NOTHING` for all else."""
        found = meanings(split(_BRACKETS.sub(_inner, folded(text))))
        if UNKNOWN in found or not {"name.short", "name.full"} & set(found):
            return NOTHING
        return _label(["name.name", *found], "")

    def is_known(self, text: str) -> bool:
        """Tell whether every word of a text is one that labels are made of."""
        words = split(folded(text))
        return UNKNOWN not in meanings(words) and not any(map(str.isdecimal, words))

    def _further(self, text: str) -> Label | None:
        if not self._extra:
            return None
        key = " ".join(split(folded(text)))
        best = process.extractOne(
            key, self._extra.keys(), scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE
        )
        return self._extra[best[0]] if best else None


def _inner(match: re.Match[str]) -> str:
    return f" {match[1] or match[2] or ''} "


FIELDS: Final[Mapping[tuple[Attribute, Owner], Field]] = {
    (Attribute.NAME, Owner.ORGANIZATION): Field.FULL_NAME,
    (Attribute.SHORT_NAME, Owner.ORGANIZATION): Field.SHORT_NAME,
    (Attribute.KIND, Owner.ORGANIZATION): Field.KIND,
    (Attribute.INN, Owner.ORGANIZATION): Field.INN,
    (Attribute.OGRN, Owner.ORGANIZATION): Field.OGRN,
    (Attribute.KPP, Owner.ORGANIZATION): Field.KPP,
    (Attribute.REGION, Owner.ORGANIZATION): Field.REGION,
    (Attribute.MUNICIPALITY, Owner.ORGANIZATION): Field.MUNICIPALITY,
    (Attribute.LOCALITY, Owner.ORGANIZATION): Field.LOCALITY,
    (Attribute.ADDRESS, Owner.ORGANIZATION): Field.ADDRESS,
    (Attribute.SITE, Owner.ORGANIZATION): Field.SITE,
    (Attribute.EMAIL, Owner.ORGANIZATION): Field.EMAIL,
    (Attribute.PHONE, Owner.ORGANIZATION): Field.PHONE,
    (Attribute.FIO, Owner.HEAD): Field.HEAD_NAME,
    (Attribute.POST, Owner.HEAD): Field.HEAD_POST,
    (Attribute.FIO, Owner.ADMINISTRATOR): Field.ADMINISTRATOR_NAME,
    (Attribute.POST, Owner.ADMINISTRATOR): Field.ADMINISTRATOR_POST,
    (Attribute.PHONE, Owner.ADMINISTRATOR): Field.ADMINISTRATOR_PHONE,
    (Attribute.EMAIL, Owner.ADMINISTRATOR): Field.ADMINISTRATOR_EMAIL,
    (Attribute.PUPILS, Owner.ORGANIZATION): Field.PUPILS,
    (Attribute.DATE, Owner.ORGANIZATION): Field.DATE,
}
"""What of whom is which field; everything else is nobody's business here."""

_BY_FIELD: Final = {name: key for key, name in FIELDS.items()}


def field_label(name: Field) -> Label:
    """Return the label that asks for a field and nothing else."""
    attribute, owner = _BY_FIELD[name]
    return Label((attribute,), (owner,), weight=50)


@lru_cache(maxsize=20_000)
def _read(text: str) -> Label:
    plain = _NUMBERING.sub("", folded(text))
    hints = " ".join(one or other for one, other in _BRACKETS.findall(plain))
    core = _BRACKETS.sub(" ", plain)
    shortened = _HINT.sub(" ", core)
    core = shortened if split(shortened) else core
    if _VALUE_SIGNS.search(core) or sum(map(str.isdigit, core)) > _MOST_DIGITS:
        return NOTHING
    words = split(core)
    if not words:
        core, words, hints = hints, split(hints), ""
    found = meanings(words)
    if not _is_explained(found):
        return NOTHING
    hinted = meanings(split(hints))
    label = _label(found + _manners(hinted, hints), core)
    return _completed(label, _label(hinted, hints)) if hints else label


def _manners(hinted: list[str], hints: str) -> list[str]:
    """Return what a hint says of the kind of name or address: «Наименование (краткое)»."""
    if _DENIED.search(hints):
        return []
    return [one for one in hinted if one.startswith(("manner.", "name.short", "name.full"))]


def _is_explained(found: list[str]) -> bool:
    """Tell whether the list knows enough of the words for the text to be a label and no value."""
    unknown = found.count(UNKNOWN)
    if len(found) == unknown:
        return False
    if len(found) <= 4:
        return unknown == 0
    return unknown <= (1 if len(found) <= 6 else len(found) * 0.35)


def _completed(label: Label, hint: Label) -> Label:
    """Take from the hint what the label leaves open: «Администратор (ФИО)», «Телефон (моб.)»."""
    if not label.attributes and label.column is None:
        wanted = tuple(one for one in hint.attributes if one is not Attribute.IGNORED)
        label = replace(label, attributes=wanted, weight=hint.weight, heading=not wanted)
    elif label.attributes == hint.attributes == (Attribute.PHONE,):
        label = replace(label, weight=label.weight + hint.weight)
    takes_owner = not label.owners and Attribute.POST not in label.attributes
    if takes_owner and set(label.attributes) & PERSONAL and len(hint.owners) == 1:
        label = replace(label, owners=hint.owners)
    return label


# Words that head a section
_HEADING: Final = re.compile(r"\b(?:сведени|данные|информаци|раздел|блок|контакт|реквизит|карточк)")
# «Номер администратора» is a telephone's
_NUMBER: Final = re.compile(r"\W*номер\b(?!.*\b(?:приказ|распоряжен|кабинет))")
_SFERUM: Final = re.compile(r"\bсферум")


def _label(found: list[str], core: str) -> Label:
    told = [one for one in found if one not in (UNKNOWN, FILLER)]
    owners = _owners(told, core)
    listed = bool(_LISTED.search(core))
    attributes = _attributes(told, owners, listed=listed)
    if set(attributes) & _OF_PEOPLE:  # «Должность в организации» is nobody's in particular
        owners = tuple(one for one in owners if one is not Owner.ORGANIZATION)
    if not attributes and set(owners) - {Owner.ORGANIZATION} and _NUMBER.match(core):
        attributes = (Attribute.PHONE,)
    column = None if attributes else _column(told, owners)
    heading = not attributes and bool(owners or _HEADING.search(core)) and column is None
    joint = len(owners) > 1 and bool(re.search(r"\bи\b|[,/]", core))
    return Label(attributes, owners, column, _weight(told), heading, joint)


def _owners(told: list[str], core: str) -> tuple[Owner, ...]:
    found = [Owner(one.removeprefix("owner.")) for one in told if one.startswith("owner.")]
    if Owner.RESPONSIBLE in found and _SFERUM.search(core):
        found.insert(0, Owner.ADMINISTRATOR)
    return tuple(dict.fromkeys(found))


_SHAPED: Final = (Attribute.FIO, Attribute.POST, Attribute.PHONE, Attribute.EMAIL)
_OF_SCHOOLS: Final = frozenset({Attribute.SITE, Attribute.ADDRESS})
_OF_PEOPLE: Final = frozenset({Attribute.FIO, Attribute.POST, *NAME_PARTS})
_IDENTIFIERS: Final = (Attribute.INN, Attribute.KPP, Attribute.OGRN)
_PLACES: Final = (Attribute.REGION, Attribute.MUNICIPALITY, Attribute.LOCALITY)


def _attributes(
    told: list[str], owners: tuple[Owner, ...], *, listed: bool
) -> tuple[Attribute, ...]:
    """Return what the words ask for together, in the order of the label."""
    named = _named_attributes(told)
    people = set(owners) - {Owner.ORGANIZATION}
    if identifiers := tuple(one for one in named if one in _IDENTIFIERS):
        return (Attribute.IGNORED,) if people else identifiers
    if people and set(named) & _OF_SCHOOLS:  # «Сайт учредителя», «Адрес руководителя»
        named = tuple(one for one in named if one not in _OF_SCHOOLS) or (Attribute.IGNORED,)
    mixed = tuple(one for one in named if one in (*_SHAPED, Attribute.SITE, Attribute.ADDRESS))
    if len(mixed) > 1:
        return _listed(mixed) if listed else (_first_of(mixed),)
    parts = tuple(one for one in named if one in NAME_PARTS)
    if mixed or parts:
        return mixed or parts
    if not named:
        return _from_words(told, people)
    if Attribute.DATE in named:
        foreign = people or "ignored.words" in told  # a birthday, the day of an appointment
        return (Attribute.IGNORED if foreign else Attribute.DATE,)
    if Attribute.KIND in named:
        return (Attribute.IGNORED if len(named) > 1 else Attribute.KIND,)
    return named if listed else named[:1]


def _named_attributes(told: list[str]) -> tuple[Attribute, ...]:
    found = [one.removeprefix("attribute.") for one in told if one.startswith("attribute.")]
    named = [Attribute.PHONE if one == "mobile" else Attribute(one) for one in found]
    parts = set(named) & set(NAME_PARTS)
    if parts == {Attribute.GIVEN, Attribute.PATRONYMIC}:  # beside a surname of its own
        named = [one for one in named if one is not Attribute.PATRONYMIC]
    elif len(parts) > 1:
        named = [Attribute.FIO if one in NAME_PARTS else one for one in named]
    return tuple(dict.fromkeys(named))


def _first_of(mixed: tuple[Attribute, ...]) -> Attribute:
    order = (Attribute.EMAIL, Attribute.PHONE, Attribute.SITE, Attribute.FIO, Attribute.POST)
    return next((one for one in order if one in mixed), mixed[0])


def _listed(mixed: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """«Сайт (адрес)» asks for one thing, «Адрес, телефон, e-mail» for three."""
    if Attribute.ADDRESS in mixed and set(mixed) == {Attribute.ADDRESS, Attribute.SITE}:
        return (Attribute.SITE,)
    return mixed


def _from_words(told: list[str], people: set[Owner]) -> tuple[Attribute, ...]:
    """Return what words that are no attribute by themselves ask for."""
    words = set(told)
    if "name.name" in words and not people:
        if "column.label" in words or "name.another" in words or "ignored.words" in words:
            return (Attribute.IGNORED,) if "column.label" not in words else ()
        if "name.short" in words and "name.full" not in words:
            return (Attribute.SHORT_NAME,)
        return (Attribute.NAME,)
    if "count.pupils" in words and "count.others" not in words:
        return (Attribute.PUPILS,)
    if "count.number" in words or "ignored.words" in words or "name.name" in words:
        return (Attribute.IGNORED,)
    return ()


def _column(told: list[str], owners: tuple[Owner, ...]) -> Column | None:
    """Read the heading of a column; «Заполняется школой» is one, «Сведения о школе» is none."""
    named = {one.removeprefix("column.") for one in told if one.startswith("column.")}
    if owners:
        return Column.VALUE if owners == (Owner.ORGANIZATION,) and "answer" in named else None
    found = {Column.VALUE if one == "answer" else Column(one) for one in named}
    for one in (Column.EXAMPLE, Column.COMMENT, Column.LABEL, Column.VALUE, Column.NUMBER):
        if one in found:
            return one
    return None


_WEIGHTS: Final = {
    "attribute.mobile": 2,
    "name.full": 1,
    "manner.legal": 1,
    "name.another": -1,
    "manner.actual": -1,
    "manner.work": -2,
    "manner.postal": -2,
}


def _weight(told: list[str]) -> int:
    return sum(_WEIGHTS.get(one, 0) for one in set(told))
