"""A clerk: chooses wordings, decorates labels, types answers; the layouts say only where things stand."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from benchmarks.questionnaires.book import Book, Item, Page
from benchmarks.questionnaires.schools import School, mobile, mobile_shown, person, shown
from parsers.facts import Field

ORGANIZATION = (
    Field.REGION,
    Field.MUNICIPALITY,
    Field.LOCALITY,
    Field.FULL_NAME,
    Field.SHORT_NAME,
    Field.KIND,
    Field.INN,
    Field.KPP,
    Field.OGRN,
    Field.ADDRESS,
    Field.SITE,
    Field.EMAIL,
    Field.PHONE,
    Field.PUPILS,
)
HEAD = (Field.HEAD_NAME, Field.HEAD_POST)
ADMINISTRATOR = (
    Field.ADMINISTRATOR_NAME,
    Field.ADMINISTRATOR_POST,
    Field.ADMINISTRATOR_PHONE,
    Field.ADMINISTRATOR_EMAIL,
)
EVERY = (*ORGANIZATION, *HEAD, *ADMINISTRATOR, Field.DATE)
_REQUIRED = frozenset(
    {Field.FULL_NAME, Field.INN, Field.ADMINISTRATOR_NAME, Field.ADMINISTRATOR_PHONE}
)
_FOREIGN = 0.15  # how often a form asks for something else between its fields
_DROPPED = 0.12  # how often a form does not ask for a field that is not required


@cache
def wordings() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the lists of `wordings.toml`."""
    text = (files("benchmarks.questionnaires") / "wordings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass
class Clerk:
    """Draws one form of one school."""

    rng: random.Random
    school: School
    answered: dict[Field, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Choose the manners that one form keeps throughout."""
        self.mark = self.rng.choice(["", "", ":", ":", " *", "*"])
        self.section_number = self.rng.randrange(5)

    def asked(self, fields: Sequence[Field] = EVERY) -> list[Field]:
        """Return the fields that this form asks for."""
        return [one for one in fields if one in _REQUIRED or self.rng.random() > _DROPPED]

    def label(self, name: Field, style: str = "full") -> Item:
        """Return the label of a field: `full`, `short` or `question`."""
        text = self.rng.choice(wordings()[style][name.value])
        if style != "question":
            mark = self.mark if "*" not in self.mark or name in _REQUIRED else ""
            text = text + mark
        return Item(text, bold=style == "question")

    def answer(self, name: Field) -> Item:
        """Return the answer to a field."""
        self.answered[name] = self.school.values[name]
        return Item(shown(self.school, name, self.rng), name, fill="FFF2CC")

    def text(self, name: Field) -> str:
        """Return the answer to a field as text, for a cell that holds more than the answer."""
        self.answered[name] = self.school.values[name]
        value = shown(self.school, name, self.rng)
        return str(value).strip() if isinstance(value, str | int) else self.school.values[name]

    def section(self, whose: str) -> Item:
        """Return a section's heading, all of one form in the same manner."""
        return Item(wordings()["section"][whose][self.section_number], bold=True, fill="D9E2F3")

    def group(self, whose: str) -> Item:
        """Return the heading over a group of columns."""
        return Item(self.rng.choice(wordings()["group"][whose]), bold=True)

    def words(self, what: str) -> Item:
        """Return a title, a legend, the heading of a column of a label/value form."""
        return Item(self.rng.choice(wordings()["words"][what]), bold=True)

    def hint(self, name: Field) -> Item:
        """Return the remark beside a field, or nothing."""
        return Item(self.rng.choice(wordings()["hint"].get(name.value, [None])), faint=True)

    def other_phone(self) -> Item:
        """Return the head's own number, which nothing asks the program for."""
        return Item(mobile_shown(self.school.head_phone, self.rng))

    def foreign(self) -> tuple[Item, Item]:
        """Return a question of the form that is none of the program's, with its answer."""
        texts = wordings()["foreign"]
        what = self.rng.choice(("name", "phone", "count", "choice"))
        label = Item(self.rng.choice(texts[what]) + self.mark.strip("* "))
        if what == "name":
            return label, Item(" ".join(person(self.rng)))
        if what == "phone":
            return label, Item(mobile_shown(mobile(self.rng), self.rng))
        if what == "count":
            return label, Item(self.rng.randint(1, 60))
        return label, Item(self.rng.choice(["Да", "Нет", "да", "нет"]))

    def pairs(self, fields: Sequence[Field], style: str = "full") -> Iterator[tuple[Item, Item]]:
        """Yield labels with their answers, and sometimes a question of no concern among them."""
        for name in fields:
            yield self.label(name, style), self.answer(name)
            if style == "full" and self.rng.random() < _FOREIGN:
                yield self.foreign()

    def book(self, layout: str, *pages: Page) -> Book:
        """Return the finished workbook."""
        return Book(layout, list(pages), dict(self.answered))
