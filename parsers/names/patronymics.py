"""Russian patronymics: a closed system, so a form says by itself what it is in the nominative, whose, and in what case.

Turkic patronymics with оглы, кызы and the like are not declined and are kept as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parsers.facts import Sex


class Case(StrEnum):
    """The six cases that a name may stand in."""

    NOMINATIVE = "nominative"
    GENITIVE = "genitive"
    DATIVE = "dative"
    ACCUSATIVE = "accusative"
    INSTRUMENTAL = "instrumental"
    PREPOSITIONAL = "prepositional"


@dataclass(frozen=True, slots=True)
class PatronymicReading:
    """One way to read the form of a patronymic."""

    nominative: str
    sex: Sex
    case: Case


# Masculine patronymics: -ович, -евич, -ич after the names in -а and -я, and their endings by case.
_MASCULINE: Final = re.compile(
    r"(?P<stem>[а-яё-]{2,}(?:ов|ев|ёв)ич|(?:иль|кузьм|лук|фом|никит|савв|фок|сил|аник|емель|еремей?|"
    r"ион|ник|юдич|мин|гаврил|данил|михайл|кирил|поликарп|прокоп|карп)ич|[а-яё-]{2,}ьич|[а-яё-]+улович|[а-яё-]*оолович)"
    r"(?P<ending>|а|у|ем|ом|е)"
)
_MASCULINE_CASES: Final = {
    "": (Case.NOMINATIVE,),
    "а": (Case.ACCUSATIVE, Case.GENITIVE),
    "у": (Case.DATIVE,),
    "ем": (Case.INSTRUMENTAL,),
    "ом": (Case.INSTRUMENTAL,),
    "е": (Case.PREPOSITIONAL,),
}

# Feminine patronymics: -овна, -евна, -ична, -инична, and their endings by case.
_FEMININE: Final = re.compile(
    r"(?P<stem>[а-яё-]{2,}(?:ов|ев|ёв|ин?ич|ич|оол(?:ов)?)н)(?P<ending>а|ы|е|у|ой|ою)"
)
_FEMININE_CASES: Final = {
    "а": (Case.NOMINATIVE,),
    "ы": (Case.GENITIVE,),
    "е": (Case.DATIVE, Case.PREPOSITIONAL),
    "у": (Case.ACCUSATIVE,),
    "ой": (Case.INSTRUMENTAL,),
    "ою": (Case.INSTRUMENTAL,),
}

# Words that make a Turkic patronymic of the father's name, and whose child they say.
TURKIC: Final = {
    "оглы": Sex.MALE, "оглу": Sex.MALE, "улы": Sex.MALE, "уулу": Sex.MALE,
    "углы": Sex.MALE, "кызы": Sex.FEMALE, "гызы": Sex.FEMALE, "кизи": Sex.FEMALE, "кызу": Sex.FEMALE,
}  # fmt: skip


def read_patronymic(form: str) -> tuple[PatronymicReading, ...]:
    """Return the readings of `form` as a Russian patronymic, none where it has not the shape of one."""
    low = form.lower()
    found = _FEMININE.fullmatch(low)
    if found:
        return _readings(form, found, Sex.FEMALE)
    found = _MASCULINE.fullmatch(low)
    return _readings(form, found, Sex.MALE) if found else ()


def _readings(form: str, found: re.Match[str], sex: Sex) -> tuple[PatronymicReading, ...]:
    stem = form[: found.end("stem")]
    nominative = stem + ("а" if sex is Sex.FEMALE else "")
    cases = _FEMININE_CASES if sex is Sex.FEMALE else _MASCULINE_CASES
    return tuple(PatronymicReading(nominative, sex, case) for case in cases[found["ending"]])


def turkic_sex(word: str) -> Sex | None:
    """Return whose patronymic `word` (оглы, кызы, …) makes, None for any other word."""
    return TURKIC.get(word.lower())
