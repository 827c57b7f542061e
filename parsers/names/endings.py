"""Endings of names by case and sex: swapped for those of the nominative, and declined forward to check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytrovich.enums import Case as _Case
from pytrovich.enums import Gender as _Gender
from pytrovich.enums import NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from parsers.facts import Sex
from parsers.names.folding import fold_yo
from parsers.names.morphology import is_adjective, is_common_noun
from parsers.names.patronymics import Case

_VOWELS: Final = "аеёиоуыэюя"
_HISSING: Final = "жшчщ"
_NOT_BEFORE_Y: Final = "гкхжшчщ"  # letters after which и is written for ы
_HARD_BEFORE_YA: Final = "бпвмфгкхцжшчщ"  # letters that hardly a surname has before its last я

# Endings of a case form and the endings that the nominative may have instead.
_Endings = tuple[tuple[str, tuple[str, ...]], ...]
_ADJECTIVE: Final = ("ый", "ой", "ий")
_FEMININE_ADJECTIVE: Final = ("ая", "яя")
_ADJECTIVAL: Final = frozenset({"ого", "его", "ому", "ему", "ым", "им", "ом", "ем"})
_ADJECTIVE_STEM: Final = 3  # letters before an adjective's ending: «Грому» is of «Гром»
_MALE: Final[dict[Case, _Endings]] = {
    Case.GENITIVE: (
        ("ого", _ADJECTIVE), ("его", ("ий",)), ("а", ("",)), ("я", ("ь", "й")),
        ("ья", ("ей", "ий")), ("ы", ("а",)), ("и", ("а", "я")),
    ),
    Case.ACCUSATIVE: (
        ("ого", _ADJECTIVE), ("его", ("ий",)), ("а", ("",)), ("я", ("ь", "й")),
        ("ья", ("ей", "ий")), ("у", ("а",)), ("ю", ("я",)),
    ),
    Case.DATIVE: (
        ("ому", _ADJECTIVE), ("ему", ("ий",)), ("у", ("",)), ("ю", ("ь", "й")),
        ("ью", ("ей", "ий")), ("е", ("а", "я")), ("и", ("я",)),
    ),
    Case.INSTRUMENTAL: (
        ("ым", ("", *_ADJECTIVE)), ("им", ("ий", "ой")), ("ом", ("",)), ("ем", ("", "ь", "й")),
        ("ём", ("", "ь", "й")), ("ьем", ("ей",)), ("ьём", ("ей",)), ("ой", ("а",)), ("ей", ("а", "я")),
    ),
    Case.PREPOSITIONAL: (
        ("ом", _ADJECTIVE), ("ем", ("ий",)), ("е", ("", "ь", "й", "а", "я")), ("ье", ("ей",)), ("и", ("я",)),
    ),
}  # fmt: skip
_FEMALE_OBLIQUE: Final[_Endings] = (("ой", ("а", "ая")), ("ей", ("ая", "яя")))
_FEMALE: Final[dict[Case, _Endings]] = {
    Case.GENITIVE: (*_FEMALE_OBLIQUE, ("ы", ("а",)), ("и", ("а", "я", "ь"))),
    Case.DATIVE: (*_FEMALE_OBLIQUE, ("е", ("а", "я")), ("и", ("я", "ь"))),
    Case.PREPOSITIONAL: (*_FEMALE_OBLIQUE, ("е", ("а", "я")), ("и", ("я", "ь"))),
    Case.INSTRUMENTAL: (
        *_FEMALE_OBLIQUE, ("ою", ("а", "ая")), ("ею", ("ая", "я")), ("ей", ("а", "я")), ("ью", ("ь",)),
    ),
    Case.ACCUSATIVE: (("ую", ("ая",)), ("юю", ("яя",)), ("у", ("а",)), ("ю", ("я",))),
}  # fmt: skip

_CASES: Final = {
    Case.GENITIVE: _Case.GENITIVE,
    Case.DATIVE: _Case.DATIVE,
    Case.ACCUSATIVE: _Case.ACCUSATIVE,
    Case.INSTRUMENTAL: _Case.INSTRUMENTAL,
    Case.PREPOSITIONAL: _Case.PREPOSITIONAL,
}
_GENDERS: Final = {Sex.MALE: _Gender.MALE, Sex.FEMALE: _Gender.FEMALE}

# Nominatives that only the other sex bears.
_ONLY_FEMALE: Final = ("ова", "ева", "ёва", "ская", "цкая", "ая", "яя")
_ONLY_MALE: Final = (
    *("ов", "ев", "ёв", "ый", "ской", "цкой", "той", "вой", "ной"),
    *(letter + "ий" for letter in "кгхчжшщн"),
)
_SHORT_MALE: Final = 4  # «Лев», «Ков» may be a foreign surname of either sex

# Forms that no nominative has: the oblique cases of the usual surnames.
_OBLIQUE: Final = (
    "ову",
    "еву",
    "ёву",
    "ину",
    "ую",
    "ского",
    "цкого",
    "скому",
    "цкому",
    "ским",
    "цким",
    "овым",
    "евым",
)

# Ends of stems whose feminine surname is a possessive adjective («Ивановой» and «Ильиной» of any case but two).
_POSSESSIVE: Final = ("ов", "ев", "ёв", "ин", "ын")

_maker: Final = PetrovichDeclinationMaker()


def is_nominative_surname(form: str, sex: Sex) -> bool:
    """Say whether a person of `sex` can have `form` as the nominative of the surname."""
    low = form.lower()
    if low.endswith(_OBLIQUE):
        return False
    if sex is Sex.MALE:
        return not low.endswith(_ONLY_FEMALE) or is_common_noun(low)
    if low.endswith("ий") and not low.endswith(("ский", "цкий")):
        return not is_adjective(low)  # «Бокий Ирина»: a noun, which women do not decline
    return not low.endswith("ской") and not (low.endswith(_ONLY_MALE) and len(low) >= _SHORT_MALE)


def swapped(form: str, sex: Sex, case: Case) -> Iterator[str]:
    """Yield every nominative that the endings alone allow for `form` of `sex` in `case`."""
    table = _MALE if sex is Sex.MALE else _FEMALE
    for ending, nominatives in table[case]:
        stem = form[: len(form) - len(ending)]
        if not form.endswith(ending) or len(stem) < 2:
            continue
        if ending == "ю" and stem[-1] in "ую":  # «Осадчую» is an adjective
            continue
        if ending == "ой" and case is not Case.INSTRUMENTAL and sex is Sex.FEMALE:
            possessive = stem.lower().endswith(_POSSESSIVE)
            nominatives = ("а", "ая") if possessive else ("ая",)
        if ending in _ADJECTIVAL and len(stem) < _ADJECTIVE_STEM:
            nominatives = tuple(one for one in nominatives if one not in _ADJECTIVE)
        if ending == "ей" and len(stem) < _ADJECTIVE_STEM:
            nominatives = tuple(one for one in nominatives if one not in _FEMININE_ADJECTIVE)
        if ending == "ым" and not stem.lower().endswith(_POSSESSIVE):
            nominatives = _ADJECTIVE
        for nominative in nominatives:
            if _fits(stem, nominative):
                yield stem + nominative


def _fits(stem: str, ending: str) -> bool:
    """Say whether Russian spelling allows `ending` after `stem`."""
    last = stem[-1].lower()
    if ending == "":
        return last not in _VOWELS and last not in "ьй"
    if ending == "ь":
        return last not in _VOWELS and last not in "ьъйгкхц"
    if ending == "й":
        return last in _VOWELS
    if ending == "яя" and last != "н":
        return False
    if ending == "ый" and last in _NOT_BEFORE_Y:
        return False
    if ending == "я" and last in _HARD_BEFORE_YA:
        return False
    if ending == "ий" and last not in _NOT_BEFORE_Y + "н":
        return False
    return not (ending == "ая" and last in "ьй")


def declines(part: NamePart, nominative: str, form: str, sex: Sex, case: Case) -> bool:
    """Say whether `nominative`, declined forward, gives `form`; ё and a stress unknown set aside."""
    made = fold_yo(_maker.make(part, _GENDERS[sex], _CASES[case], nominative).lower())
    read = fold_yo(form.lower())
    if made != read and case is Case.INSTRUMENTAL:
        return _same_instrumental(made, read, fold_yo(nominative.lower()))
    return made == read


def _same_instrumental(made: str, read: str, nominative: str) -> bool:
    """Forgive what a stress unknown decides («Чернышом», «Чернышем»), and foreign names on -ин («Чаплином»)."""
    if read == nominative + "ом" and made == nominative + "ым":
        return True
    same_stem = made[:-2] == read[:-2] and made[-2:-1] in "ео" and read[-2:-1] in "ео"
    return same_stem and made[-1:] == read[-1:] and read[-3:-2] in _HISSING + "ц"
