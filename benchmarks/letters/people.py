"""Invented people with every case of their names, declined by tables of its own and not by the parsers' rules.

Surnames, given names and fathers' names stand in `people.txt`, each with the paradigm that a person gave it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

CASES: Final = ("nom", "gen", "dat", "acc", "ins", "pre")

Forms = tuple[str, str, str, str, str, str]
"""The forms of a word in the order of `CASES`."""


@dataclass(frozen=True, slots=True)
class Word:
    """A declined word; its format spec is a case."""

    forms: Forms

    def __format__(self, spec: str) -> str:
        return self.forms[CASES.index(spec or "nom")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody named in a letter.

    Format spec: a case and how the name is written, «acc», «acc.ini», «ins.caps»; or two words for a man and a woman,
    «назначен|назначена».
    """

    female: bool
    surname: Word
    given: Word
    patronymic: Word | None
    post: Word
    phone: str  # E.164

    @property
    def full_name(self) -> str:
        """«Фамилия Имя Отчество»."""
        return f"{self:nom}"

    @property
    def initials(self) -> str:
        """«Фамилия И. О.», as initials are printed."""
        return " ".join([f"{self.surname}", *(f"{one[0]}." for one in self._rest("nom"))])

    @property
    def number(self) -> str:
        """The telephone number as it is written most often."""
        return spelled(self.phone, 0)

    def _rest(self, case: str) -> list[str]:
        return [format(one, case) for one in (self.given, self.patronymic) if one]

    def __format__(self, spec: str) -> str:
        if "|" in spec:
            return spec.split("|")[self.female]
        case, _, manner = (spec or "nom").partition(".")
        surname, rest = format(self.surname, case), self._rest(case)
        return _MANNERS[manner](surname, rest)


_MANNERS: Final[Mapping[str, Callable[[str, list[str]], str]]] = {
    "": lambda surname, rest: " ".join([surname, *rest]),
    "first": lambda surname, rest: " ".join([*rest, surname]),
    "caps": lambda surname, rest: " ".join([surname, *rest]).upper(),
    "cap": lambda surname, rest: " ".join([surname.upper(), *rest]),
    "ini": lambda surname, rest: f"{surname} {''.join(f'{one[0]}.' for one in rest)}",
    "inis": lambda surname, rest: f"{surname} {' '.join(f'{one[0]}.' for one in rest)}",
    "sign": lambda surname, rest: f"{''.join(f'{one[0]}.' for one in rest)} {surname}",
    "signs": lambda surname, rest: f"{' '.join(f'{one[0]}.' for one in rest)} {surname}",
    "sur": lambda surname, rest: surname,
    "giv": lambda surname, rest: rest[0],
    "pat": lambda surname, rest: rest[-1],
    "spaced": lambda surname, rest: "   ".join([surname, *rest]),
    "plain": lambda surname, rest: " ".join([surname, *rest]).replace("ё", "е").replace("Ё", "Е"),
}


def spelled(phone: str, manner: int) -> str:
    """Return an E.164 number in one of the manners in which it is written."""
    a, b, c, d = phone[2:5], phone[5:8], phone[8:10], phone[10:]
    return (
        f"8-{a}-{b}-{c}-{d}", f"8({a}){b}-{c}-{d}", f"+7 ({a}) {b}-{c}-{d}", f"8{a}{b}{c}{d}",
        f"+7{a}{b}{c}{d}", f"8 {a} {b} {c} {d}", f"{a}-{b}-{c}-{d}", f"+7-{a}-{b}-{c}{d}",
        f"8 ({a}) {b} {c} {d}", f"8.{a}.{b}.{c}.{d}", f"8-{a}-{b}{c}{d}", f"+7 {a} {b}–{c}–{d}",
    )[manner % 12]  # fmt: skip


def _ending(stem: str, *endings: str) -> Forms:
    a, b, c, d, e, f = (stem + ending for ending in endings)
    return a, b, c, d, e, f


def _fixed(word: str) -> Forms:
    return _ending(word, *[""] * 6)


def _i_or_y(stem: str) -> str:
    return "и" if stem[-1] in "гкхжчшщ" else "ы"


def _declined(word: str, paradigm: str, *, female: bool) -> Forms:
    """Return the forms of a surname or given name; the paradigm is a name, or that and a stem («fleet:Зайц»)."""
    kind, _, stem = paradigm.partition(":")
    if kind == "fix" or (female and kind in {"hard", "hiss", "soft", "jot", "fleet", "fleetsoft"}):
        return _fixed(word)
    make: dict[str, Callable[[], Forms]] = {
        "ov": lambda: (
            _ending(word, "а", "ой", "ой", "у", "ой", "ой") if female
            else _ending(word, "", "а", "у", "а", "ым", "е")
        ),
        "adj": lambda: (
            _ending(word[:-2], "ая", "ой", "ой", "ую", "ой", "ой") if female
            else _ending(word[:-2], word[-2:], "ого", "ому", "ого", _ins(word), "ом")
        ),
        "adjsoft": lambda: (
            _ending(word[:-2], "ая", "ей", "ей", "ую", "ей", "ей") if female
            else _ending(word[:-2], "ий", "его", "ему", "его", "им", "ем")
        ),
        "hard": lambda: _ending(word, "", "а", "у", "а", "ом", "е"),
        "hiss": lambda: _ending(word, "", "а", "у", "а", "ем", "е"),
        "soft": lambda: _ending(word[:-1], "ь", "я", "ю", "я", "ем", "е"),
        "jot": lambda: _ending(word[:-1], "й", "я", "ю", "я", "ем", "и" if word[-2] == "и" else "е"),
        "fleet": lambda: (word, *_ending(stem, "", "а", "у", "а", "ом", "е")[1:]),
        "fleetsoft": lambda: (word, *_ending(stem, "", "я", "ю", "я", "ём" if stem[-1] == "ь" else "ем", "е")[1:]),
        "a": lambda: _ending(word[:-1], "а", _i_or_y(word[:-1]), "е", "у", _oj(word), "е"),
        "ya": lambda: _ending(word[:-1], "я", "и", "е", "ю", "ей", "е"),
        "iya": lambda: _ending(word[:-1], "я", "и", "и", "ю", "ей", "и"),
        "sign": lambda: _ending(word[:-1], "ь", "и", "и", "ь", "ью", "и"),
    }  # fmt: skip
    return make[kind]()


def _ins(word: str) -> str:
    return "им" if word[-3] in "гкх" else "ым"


def _oj(word: str) -> str:
    return "ей" if word[-2] in "жшчщц" else "ой"


def _patronymic(stem: str, *, female: bool) -> Forms:
    """`stem` ends before -ич or -на: «Аркадьев», «Ильи» (Ильич, Ильинична)."""
    if " " in stem:  # «Мамед оглы|Мамед кызы»
        return _fixed(stem.split("|")[female])
    if stem.endswith("и"):
        father = (
            stem + ("чна" if stem in {"Никити", "Савви"} else "нична") if female else stem + "ч"
        )
    else:
        father = stem + "на" if female else stem + "ич"
    if female:
        return _ending(father[:-1], "а", "ы", "е", "у", "ой", "е")
    return _ending(father, "", "а", "у", "а", "ем", "е")


@cache
def named_lists(name: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the lists of a file beside this module by their names, entries as (word, paradigm)."""
    found: dict[str, list[tuple[str, str]]] = {}
    here: list[tuple[str, str]] = []
    for line in files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            here = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            paradigm, _, words = line.partition(" ")
            here += [(word.strip(), paradigm) for word in words.split(",")]
    return found


POSTS: Final = (
    (("заместитель", "заместителя", "заместителю", "заместителя", "заместителем", "заместителе"), " директора по УВР"),
    (("учитель", "учителя", "учителю", "учителя", "учителем", "учителе"), " информатики"),
    (("методист", "методиста", "методисту", "методиста", "методистом", "методисте"), ""),
    (("педагог-организатор", "педагога-организатора", "педагогу-организатору", "педагога-организатора",
      "педагогом-организатором", "педагоге-организаторе"), ""),
    (("старший воспитатель", "старшего воспитателя", "старшему воспитателю", "старшего воспитателя",
      "старшим воспитателем", "старшем воспитателе"), ""),
    (("секретарь", "секретаря", "секретарю", "секретаря", "секретарём", "секретаре"), " учебной части"),
    (("социальный педагог", "социального педагога", "социальному педагогу", "социального педагога",
      "социальным педагогом", "социальном педагоге"), ""),
    (("учитель", "учителя", "учителю", "учителя", "учителем", "учителе"), " русского языка и литературы"),
    (("инженер-программист", "инженера-программиста", "инженеру-программисту", "инженера-программиста",
      "инженером-программистом", "инженере-программисте"), ""),
    (("преподаватель", "преподавателя", "преподавателю", "преподавателя", "преподавателем", "преподавателе"),
     " математики"),
)  # fmt: skip


def invented_person(
    chance: random.Random, *, female: bool | None = None, bare: float = 0.02
) -> Person:
    """Return somebody; `bare` is how often there is no patronymic, `female` fixes the sex."""
    lists = named_lists("people.txt")
    female = chance.random() < 0.7 if female is None else female
    sex = "women" if female else "men"
    kind = chance.choices(("surnames", "rare"), (0.72, 0.28))[0]
    surname = _surname(chance, kind, female=female)
    given, paradigm = chance.choice(lists[sex])
    patronymic: Word | None = Word(_patronymic(chance.choice(lists["fathers"])[0], female=female))
    if chance.random() < bare:
        patronymic = None
    elif chance.random() < 0.03:
        father = chance.choice(lists["turkic"])[0]
        patronymic = Word(_patronymic(f"{father} оглы|{father} кызы", female=female))
    post, tail = chance.choice(POSTS)
    return Person(
        female=female, surname=surname, given=Word(_declined(given, paradigm, female=female)),
        patronymic=patronymic, phone=invented_phone(chance),
        post=Word(tuple(form + tail for form in post)),  # type: ignore[arg-type]
    )  # fmt: skip


def _surname(chance: random.Random, kind: str, *, female: bool) -> Word:
    word, paradigm = chance.choice(named_lists("people.txt")[kind])
    forms = _declined(word, paradigm, female=female)
    if chance.random() < 0.03:
        other, kind = chance.choice(named_lists("people.txt")["surnames"])
        second = _declined(other, kind, female=female)
        forms = tuple(f"{a}-{b}" for a, b in zip(forms, second, strict=True))  # type: ignore[assignment]
    return Word(forms)


def invented_phone(chance: random.Random) -> str:
    """Return a mobile number as E.164."""
    return "+79" + "".join(chance.choice("0123456789") for _ in range(9))


def with_part(person: Person, part: str, chance: random.Random) -> Person:
    """Return the same person with another surname, given name or patronymic."""
    for _ in range(50):
        other = invented_person(chance, female=person.female, bare=0)
        value = getattr(other, part)
        if value.forms[0] != getattr(person, part).forms[0]:
            return replace(person, **{part: value})
    raise AssertionError("lists of names with a single entry")


def with_surname(person: Person, word: str, paradigm: str) -> Person:
    """Return the same person with that surname."""
    return replace(person, surname=Word(_declined(word, paradigm, female=person.female)))
