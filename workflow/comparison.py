"""Whether two papers name the same person, and in which nominative that person is printed.

Pure comparison of what was read: ё equals е, the order of words is free, and nothing else is forgiven. Neither nearness
nor likelihood counts: й is not и, «Наталья» is not «Наталия».
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from parsers.facts import PersonName
from workflow.organizations import same_organization as _same_organization

__all__ = ["Agreement", "choose_nominative", "fold_name", "same_organization", "same_person"]


class Agreement(StrEnum):
    """How two readings of one thing compare."""

    SAME = "same"
    DIFFERENT = "different"
    PARTIAL = (
        "partial"  # nothing contradicts, but initials or a missing patronymic leave a part unproved
    )
    UNSURE = "unsure"  # one side cannot be compared


# An initial as names are printed: «М.».
_INITIAL: Final = re.compile(r"[^\W\d_]\.")

# What parts a Turkic patronymic, written with a hyphen or a space.
_TURKIC_HYPHEN: Final = re.compile(r"-(?=(?:оглы|оглу|кызы|гызы|улы|уулу)\b)")


def fold_name(name: str) -> str:
    """Return `name` as it is compared: small letters, е for ё, single spaces, оглы and кызы apart."""
    folded = " ".join(name.casefold().split()).replace("ё", "е")
    return _TURKIC_HYPHEN.sub(" ", folded)


def same_person(one: PersonName, other: PersonName) -> Agreement:
    """Say whether two names can be and must be the same person's.

    Each side may admit several nominatives; the best agreement of any two counts.
    """
    found = {
        _compare(fold_name(left), fold_name(right))
        for left in one.nominatives
        for right in other.nominatives
    }
    if not found:
        return Agreement.UNSURE
    return next(
        kind for kind in (Agreement.SAME, Agreement.PARTIAL, Agreement.DIFFERENT) if kind in found
    )


def choose_nominative(letter: PersonName, questionnaire: PersonName | None) -> str | None:
    """Return the letter's name as it is printed, None where its form admits several and nothing chooses.

    The questionnaire's name chooses among the letter's own readings and never adds one; of «Артемова» and «Артёмова»
    the spelling that has the ё is printed.
    """
    named = questionnaire.nominatives if questionnaire else ()
    for reading in letter.nominatives:
        for name in named:
            if fold_name(reading) == fold_name(name):
                return max(reading, name, key=_count_yo) if _same_order(reading, name) else reading
    if len(letter.nominatives) == 1:
        return letter.nominatives[0]
    compatible = [
        reading
        for reading in letter.nominatives
        if any(_compare(fold_name(reading), fold_name(name)) in _NOT_CONTRARY for name in named)
    ]
    return compatible[0] if len(compatible) == 1 else None


_NOT_CONTRARY: Final = frozenset({Agreement.SAME, Agreement.PARTIAL})


def _same_order(one: str, other: str) -> bool:
    return len(one) == len(other) and one.istitle() == other.istitle()


def _count_yo(name: str) -> int:
    return name.lower().count("ё")


def _compare(one: str, other: str) -> Agreement:
    left, right = one.split(), other.split()
    initials = any(_INITIAL.fullmatch(part) for part in (*left, *right))
    if sorted(left) == sorted(right):
        return Agreement.PARTIAL if initials else Agreement.SAME
    if len(left) < 2 or len(right) < 2:
        return Agreement.DIFFERENT
    fewer, more = sorted((left, right), key=_wealth)
    return Agreement.PARTIAL if _contained(fewer, more) else Agreement.DIFFERENT


def _wealth(parts: list[str]) -> tuple[int, int]:
    return sum(not _is_initial(part) for part in parts), len(parts)


def _contained(fewer: list[str], more: list[str]) -> bool:
    """Say whether every part of the one stands in the other, an initial for the name that begins so.

    The first whole word, a surname, has to stand whole in both; initials keep their order, since
    given name and patronymic do in every order of words.
    """
    rest = list(more)
    words = [part for part in fewer if not _is_initial(part)]
    if not words or words[0] not in more:
        return False
    for word in words:
        same = word if word in rest else f"{word[0]}."
        if same not in rest:
            return False
        rest.remove(same)
    initials = [part for part in fewer if _is_initial(part)]
    return len(initials) <= len(rest) and all(
        initial[0] == word[0] for initial, word in zip(initials, rest, strict=False)
    )


def _is_initial(part: str) -> bool:
    return _INITIAL.fullmatch(part) is not None


def same_organization(
    letter: str, names: Sequence[str], places: Sequence[str], *, letter_place: str = ""
) -> Agreement:
    """Say whether the letter's organization is the questionnaire's, by kind, number, memorial name and place.

    `names` are the questionnaire's full and short name, `places` its region, municipality, locality and address. A
    number without a place proves nothing: `UNSURE`. `letter_place` is the address of the letterhead.
    """
    same = _same_organization(letter, names, places, letter_place=letter_place)
    if same is None:
        return Agreement.UNSURE
    return Agreement.SAME if same else Agreement.DIFFERENT
