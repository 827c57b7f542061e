"""The content of one invented letter before it becomes a paper, and the truth about it.

Wordings stand in `wordings/*.toml`; what is drawn by lot here are people, school, numbers, dates and their spelling.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from benchmarks.letters.people import Person, Word, invented_person, spelled
from benchmarks.letters.schools import School, invented_school

SENT: Final = dt.datetime(2025, 11, 18, 9, 40, tzinfo=dt.UTC)
"""When every message of the benchmark was sent."""

MONTHS: Final = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)

Table = tuple[tuple[str, ...], ...]
"""Rows of cells."""

_ROLES: Final = "acsfdwe"  # see the head comment of the wordings
_CELL: Final = " | "
_HEAD_IN_FULL: Final = re.compile(r"\{h:[a-z]{3}(?:\.first|\.caps?)?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to word the paper."""

    batch: str
    index: int
    heading: str  # «order», «letter» or «none»
    title: str
    body: tuple[str, ...]
    tail: tuple[str, ...] = ()
    named: str = "a"  # «a», «initials», «head», «nobody»
    phone: bool = True
    sex: str = ""  # «f» or «m» where the wording fixes the administrator's

    @property
    def name(self) -> str:
        """What the wording is called in reports."""
        return f"{self.batch}-{self.index:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the letter says; None where it says nothing."""

    name: str | None
    phone: str | None
    head: str
    inn: str | None
    date: dt.date
    number: str
    whole: bool  # name in full and a number: nothing to ask for but what the paper lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One letter: everything that is printed on it."""

    wording: Wording
    school: School
    people: Mapping[str, Person]
    date: dt.date
    printed_date: str
    number: str
    printed_phone: str
    post: str  # of the signature
    shows_inn: bool

    @property
    def administrator(self) -> Person:
        """Who becomes administrator."""
        return self.people["h" if self.wording.named == "head" else "a"]

    @property
    def title(self) -> str:
        """The title, "" where there is none."""
        return self.filled(self.wording.title)

    @property
    def blocks(self) -> tuple[str | Table, ...]:
        """Paragraphs and tables between title and signature."""
        found: list[str | Table] = []
        rows: list[tuple[str, ...]] = []
        for line in self.wording.body:
            text = self.filled(line)
            if _CELL in text:
                rows.append(tuple(text.split(_CELL)))
                continue
            if rows:
                found.append(tuple(rows))
                rows = []
            found.append(text)
        return (*found, tuple(rows)) if rows else tuple(found)

    @property
    def tail(self) -> tuple[str, ...]:
        """What stands under the signature."""
        return tuple(map(self.filled, self.wording.tail))

    @property
    def truth(self) -> Truth:
        """What ought to be read."""
        named = self.wording.named
        person = self.administrator
        # a head who appoints himself signs with initials only
        by_initials = named == "initials" or (
            named == "head" and not any(map(_HEAD_IN_FULL.search, self.wording.body))
        )
        name = None if named == "nobody" else person.initials if by_initials else person.full_name
        phone = person.phone if self.wording.phone else None
        return Truth(
            name=name, phone=phone, head=self.people["h"].initials, date=self.date,
            inn=self.school.inn if self.shows_inn else None, number=self.number,
            whole=named != "nobody" and not by_initials and phone is not None,
        )  # fmt: skip

    def filled(self, text: str) -> str:
        """Put people and numbers into a template."""
        school = self.school
        return text.format(
            **self.people, phone=self.printed_phone, school=school.short_name, full=school.full_name,
            town=school.town, later=f"{self.date + dt.timedelta(days=20):%d.%m.%Y}",
            old=f"{self.date - dt.timedelta(days=40):%d.%m.%Y}",
        )  # fmt: skip


@cache
def wordings(batch: str = "") -> tuple[Wording, ...]:
    """Return the wordings of one batch, or of all."""
    found: list[Wording] = []
    folder = files(__package__).joinpath("wordings")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        name = file.name.removesuffix(".toml")
        if file.name.endswith(".toml") and batch in {"", name}:
            letters = tomllib.loads(file.read_text(encoding="utf-8"))["letter"]
            found += [_wording(name, number, one) for number, one in enumerate(letters, 1)]
    return tuple(found)


def _wording(batch: str, number: int, entry: Mapping[str, Any]) -> Wording:
    lines = {key: tuple(entry.get(key, "").strip().splitlines()) for key in ("body", "tail")}
    other = {key: entry[key] for key in ("named", "phone", "sex") if key in entry}
    return Wording(
        batch=batch, index=number, heading=entry["heading"], title=entry["title"],
        body=lines["body"], tail=lines["tail"], **other,
    )  # fmt: skip


def invented_draft(chance: random.Random, choice: Sequence[Wording]) -> Draft:
    """Return a letter in one of the wordings."""
    wording = chance.choice(choice)
    school = invented_school(chance)
    people = {role: invented_person(chance) for role in _ROLES}
    female = {"f": True, "m": False}.get(wording.sex)
    people["a"] = invented_person(chance, female=female)
    post = school.head_post.lower()
    people["h"] = Person(
        female=school.head.female, surname=school.head.surname, given=school.head.given,
        patronymic=school.head.patronymic, phone=school.head.phone, post=_head_post(post),
    )  # fmt: skip
    date = (SENT - dt.timedelta(days=chance.randint(1, 90))).date()
    sign = school.head_post
    if chance.random() < 0.07:
        sign = f"И.о. {format(_head_post(post), 'gen')}"
    administrator = people["h" if wording.named == "head" else "a"]
    return Draft(
        wording=wording, school=school, people=people, date=date, post=sign,
        printed_date=_printed_date(date, chance.randint(0, 3)), number=_number(chance),
        printed_phone=spelled(administrator.phone, chance.randint(0, 11)),
        shows_inn=chance.random() < 0.7,
    )  # fmt: skip


def _head_post(post: str) -> Word:
    first, _, rest = post.partition(" ")
    tail = f" {rest}" if rest else ""
    forms = {
        "директор": ("", "а", "у", "а", "ом", "е"),
        "начальник": ("", "а", "у", "а", "ом", "е"),
        "заведующий": ("", "его", "ему", "его", "им", "ем"),
        "заведующая": ("", "ей", "ей", "ую", "ей", "ей"),
        "руководитель": ("", "я", "ю", "я", "ем", "е"),
    }[first]
    cut = {"заведующий": 2, "заведующая": 2, "руководитель": 1}.get(first, 0)
    stem = first[: len(first) - cut]
    a, b, c, d, e, f = (first if not end else stem + end for end in forms)
    return Word((a + tail, b + tail, c + tail, d + tail, e + tail, f + tail))


def _printed_date(date: dt.date, manner: int) -> str:
    month = MONTHS[date.month - 1]
    return (
        f"{date:%d.%m.%Y}", f"«{date.day:02d}» {month} {date.year} г.", f"{date.day} {month} {date.year} года",
        f"{date:%d.%m.%Y} г.",
    )[manner]  # fmt: skip


def _number(chance: random.Random) -> str:
    number = chance.randint(3, 780)
    return chance.choice(
        (
            f"{number}",
            f"{number}-ОД",
            f"{number}/1",
            f"01-{number % 90 + 10}/{number}",
            f"{number}-о",
            f"{number}-П",
        )
    )
