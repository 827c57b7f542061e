"""Paradigms of surnames that general declension rules miss or mix up: adjectives, nouns on -а and -я, nouns on -ий.

«Лихого» is of «Лихой», «Калины» of «Калина» also for a woman, «Бокия» of «Бокий». Source: the school grammar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parsers.facts import Sex
from parsers.names.morphology import is_common_noun
from parsers.names.patronymics import Case

_NOT_BEFORE_Y: Final = "гкхжшчщ"  # letters after which и is written for ы
_HISSING: Final = "жшчщ"

_HARD: Final = {
    Case.GENITIVE: ("ого",), Case.DATIVE: ("ому",), Case.ACCUSATIVE: ("ого",),
    Case.INSTRUMENTAL: ("ым", "им"), Case.PREPOSITIONAL: ("ом",),
}  # fmt: skip
_SOFT: Final = {
    Case.GENITIVE: ("его",), Case.DATIVE: ("ему",), Case.ACCUSATIVE: ("его",),
    Case.INSTRUMENTAL: ("им",), Case.PREPOSITIONAL: ("ем",),
}  # fmt: skip
_FEMININE: Final = {
    Case.GENITIVE: ("ой", "ей"), Case.DATIVE: ("ой", "ей"), Case.ACCUSATIVE: ("ую",),
    Case.INSTRUMENTAL: ("ой", "ей", "ою", "ею"), Case.PREPOSITIONAL: ("ой", "ей"),
}  # fmt: skip
_NOUN_A: Final = {
    Case.GENITIVE: ("ы", "и"), Case.DATIVE: ("е",), Case.ACCUSATIVE: ("у",),
    Case.INSTRUMENTAL: ("ой", "ей", "ою", "ею"), Case.PREPOSITIONAL: ("е",),
}  # fmt: skip
_NOUN_YA: Final = {
    Case.GENITIVE: ("и",), Case.DATIVE: ("е",), Case.ACCUSATIVE: ("ю",),
    Case.INSTRUMENTAL: ("ей", "ею"), Case.PREPOSITIONAL: ("е",),
}  # fmt: skip
_NOUN_IY: Final = {
    Case.GENITIVE: ("ия",), Case.DATIVE: ("ию",), Case.ACCUSATIVE: ("ия",),
    Case.INSTRUMENTAL: ("ием",), Case.PREPOSITIONAL: ("ии",),
}  # fmt: skip

# Women's surnames that are possessive adjectives, never nouns.
_POSSESSIVE: Final = ("ова", "ева", "ёва")


def follows_paradigm(nominative: str, form: str, sex: Sex, case: Case) -> bool:
    """Say whether one of the paradigms here gives `form` in `case` for the surname `nominative` of `sex`."""
    low, read = nominative.lower(), form.lower()
    for ending, endings in _paradigms(low, sex):
        stem = low[: len(low) - len(ending)]
        last = stem[-1:]
        for one in endings.get(case, ()):
            fits = {"ы": last not in _NOT_BEFORE_Y, "и": ending == "я" or last in _NOT_BEFORE_Y}
            fits |= {"ым": last not in _NOT_BEFORE_Y, "им": last in _NOT_BEFORE_Y + "н"}
            if ending == "а":
                fits |= dict.fromkeys(("ей", "ею"), last in _HISSING + "ц")
            if fits.get(one, True) and read == stem + one:
                return True
    return False


def _paradigms(low: str, sex: Sex) -> list[tuple[str, Mapping[Case, tuple[str, ...]]]]:
    """Return the endings that a nominative has by its own last letters, and what each becomes by case."""
    found: list[tuple[str, Mapping[Case, tuple[str, ...]]]] = []
    if sex is Sex.MALE and low.endswith(("ый", "ой")):
        found.append((low[-2:], _HARD))
    if sex is Sex.MALE and low.endswith("ий"):
        if low[-3:-2] in _HISSING + "нгкх":
            found.append(("ий", _HARD if low[-3:-2] in "гкх" else _SOFT))
        found.append(("ий", _NOUN_IY))
    if sex is Sex.FEMALE and low.endswith("ая"):
        found.append(("ая", _FEMININE))
    possessive = sex is Sex.FEMALE and low.endswith(_POSSESSIVE)
    if low.endswith("а") and (not possessive or is_common_noun(low)):
        found.append(("а", _NOUN_A))
    if low.endswith("я") and not low.endswith(("ая", "ия")):
        found.append(("я", _NOUN_YA))
    return found
