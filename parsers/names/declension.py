"""From a case form of a surname or a given name back to every nominative that it can come from.

Synthesis: each ending that the case allows is swapped for a nominative one, the result is declined forward by
Petrovich's rules (`pytrovich`), and what gives the form as read stays. Fleeting vowels, where papers use either form
(«Заяца», «Зайца»), have a table of their own; `pymorphy3` says which given names exist and which adjectives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Final

from pytrovich.enums import NamePart

from parsers.facts import Sex
from parsers.names.endings import declines, is_nominative_surname, swapped
from parsers.names.fleeting import fleeting_nominatives, needs_fleeting_vowel
from parsers.names.folding import fold_yo
from parsers.names.morphology import SEX_GRAMMEMES, has_given_name, parses, strangeness
from parsers.names.paradigms import follows_paradigm
from parsers.names.patronymics import Case
from parsers.names.plausible import plausible, stays_beside, with_fleeting
from parsers.wordlists import words

__all__ = ["given_nominatives", "is_nominative_surname", "parses", "surname_nominatives"]

# pymorphy3's grammemes.
_GRAMMEMES: Final = {
    Case.NOMINATIVE: {"nomn"},
    Case.GENITIVE: {"gent", "gen2", "gen1"},
    Case.DATIVE: {"datv"},
    Case.ACCUSATIVE: {"accs"},
    Case.INSTRUMENTAL: {"ablt"},
    Case.PREPOSITIONAL: {"loct", "loc2"},
}

# Surnames that have one form in every case, whatever a paradigm would make of their ending.
_FIXED: Final = (
    "ых",
    "их",
    "ко",
    "аго",
    "яго",
    "ово",
    "дзе",
    "швили",
    "иа",
    "иани",
    "ели",
    "уа",
    "иди",
)


# Romanian and Moldavian surnames («Чаушеску»), which are not declined; «Песку» is of «Песок».
_ROMANIAN: Final = re.compile(r".{3}еску$")


@lru_cache(maxsize=4096)
def given_nominatives(form: str, sex: Sex, case: Case) -> tuple[str, ...]:
    """Return the nominatives that the given name `form` may have, as a name of `sex` that stands in `case`.

    Names that a dictionary knows come alone; only where there is none are unknown ones made by rule.
    """
    return _by_parts(form, lambda part: _given(part, sex, case))


@lru_cache(maxsize=4096)
def surname_nominatives(form: str, sex: Sex, case: Case) -> tuple[str, ...]:
    """Return the nominatives that the surname `form` may have, borne by `sex` and standing in `case`."""
    return _by_parts(form, lambda part: _surname(part, sex, case))


def _by_parts(form: str, read: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Read a hyphenated name part by part: each declines by itself, or stays («Бонч-Бруевича»)."""
    parts = form.split("-")
    if len(parts) == 1:
        return tuple(read(form))
    readings = [tuple(read(part)) for part in parts]
    if not readings[-1]:
        return ()
    made = [reading or (part,) for reading, part in zip(readings, parts, strict=True)]
    return tuple(dict.fromkeys("-".join(one) for one in product(*made)))


def _surname(form: str, sex: Sex, case: Case) -> list[str]:
    if case is Case.NOMINATIVE:
        return [form] if is_nominative_surname(form, sex) else []
    low = form.lower()
    if _ROMANIAN.search(low):
        return [form]
    if low.endswith(_FIXED) and not (sex is Sex.MALE and low.endswith("ово")):
        return [form]
    made = [
        one
        for one in swapped(form, sex, case)
        if is_nominative_surname(one, sex)
        and (
            declines(NamePart.LASTNAME, one, form, sex, case)
            or follows_paradigm(one, form, sex, case)
        )
        and not needs_fleeting_vowel(one)
    ]
    fleeting = list(fleeting_nominatives(form, case)) if sex is Sex.MALE else []
    made = with_fleeting(plausible(made, case), fleeting)
    undeclined = low.endswith(
        "ия"
    )  # «Гогия»: Georgian and Abkhaz surnames, which clerks often leave
    stays = is_nominative_surname(form, sex) and (
        undeclined or declines(NamePart.LASTNAME, form, form, sex, case)
    )
    if stays and stays_beside(form, made, sex):
        made.append(form)
    return sorted(dict.fromkeys(made), key=strangeness)


def _given(form: str, sex: Sex, case: Case) -> list[str]:
    known = list(dict.fromkeys(_known_given(form, sex, case)))
    made = [form] if case is Case.NOMINATIVE else list(_made_given(form, sex, case))
    if case is Case.NOMINATIVE and (
        not _may_be_given(form, sex) or (not known and _is_oblique(form))
    ):
        made = []
    listed = [one for one in made if fold_yo(one.lower()) in words("given_names")]
    folded: dict[str, str] = {}
    for one in known + listed or made:
        folded.setdefault(fold_yo(one.lower()), one)
    return list(folded.values())


def _is_oblique(form: str) -> bool:
    """Say whether the dictionary has `form` as another case of a given name and of no name as the nominative."""
    names = [one for one in parses(form) if "Name" in one.tag and "plur" not in one.tag]
    return bool(names) and not any("nomn" in one.tag for one in names)


def _known_given(form: str, sex: Sex, case: Case) -> Iterator[str]:
    """Yield the dictionary's nominatives; undeclined ones («Нелли») first, but no doublets on -е («Инессе»)."""
    fixed, declined = [], []
    for one in parses(form):
        tag = one.tag
        if "Name" not in tag or "plur" in tag or "voct" in tag or "Patr" in tag:
            continue
        if not (_GRAMMEMES[case] & tag.grammemes and SEX_GRAMMEMES[sex] & tag.grammemes):
            continue
        if "Fixd" in tag:
            if not one.word.endswith("е"):
                fixed.append(_as_written(form, one.word))
            continue
        nominative = one.inflect({"nomn"})
        if nominative is not None:
            declined.append(_as_written(form, nominative.word))
    declined += sorted(one for one in _made_given(form, sex, case) if has_given_name(one, sex))
    yield from dict.fromkeys(fixed + declined)


def _made_given(form: str, sex: Sex, case: Case) -> Iterator[str]:
    if case is Case.NOMINATIVE:
        return
    for one in swapped(form, sex, case):
        if declines(NamePart.FIRSTNAME, one, form, sex, case) and _may_be_given(one, sex):
            yield one
    if declines(NamePart.FIRSTNAME, form, form, sex, case) and not _is_oblique(form):
        yield form


def _may_be_given(name: str, sex: Sex) -> bool:
    """Refuse nominatives that only the other sex's paradigm has: a man's name on a bare consonant is no woman's."""
    low = name.lower()
    other = Sex.FEMALE if sex is Sex.MALE else Sex.MALE
    if has_given_name(name, other) and not has_given_name(name, sex):
        return False
    if sex is Sex.MALE:
        return not low.endswith(("на", "ия", "ла", "са")) or has_given_name(name, sex)
    return not low.endswith(("ий", "ей", "ай"))


def _as_written(form: str, nominative: str) -> str:
    """Return `nominative` with a capital, and with «е» where the paper wrote none of the dictionary's «ё».

    «Пётр» keeps it, since the form «Петра» has no vowel of its own there to tell.
    """
    title = nominative.capitalize()
    if "ё" in title.lower() and "ё" not in form.lower():
        plain = fold_yo(title)
        if form.lower() == plain.lower():
            return plain
        if form.lower().startswith(plain.lower()[:-1]) and plain.lower() not in {"петр"}:
            return title if title.lower() in words("given_names_with_yo") else plain
    return title
