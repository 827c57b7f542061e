"""What the dictionary knows of a word: whether it is a given name, a surname, an adjective, any word at all.

The dictionary is pymorphy3's (OpenCorpora); what it lacks stands in word lists of our own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import pymorphy3

from parsers.facts import Sex
from parsers.names.folding import fold_yo
from parsers.wordlists import words

_PROPER: Final = frozenset({"Surn", "Name", "Patr", "Geox", "Orgn", "Abbr"})

_VERBAL: Final = frozenset({"VERB", "PRTS", "ADJS"})  # «сообщаем» is also «that is being reported»

UNKNOWN: Final = 2
"""The strangeness of a word that no dictionary has."""

# pymorphy3's grammemes of the two sexes.
SEX_GRAMMEMES: Final = {Sex.MALE: {"masc", "ms-f"}, Sex.FEMALE: {"femn", "ms-f"}}

# Forms of the usual surnames, in any case.
_USUAL_ENDINGS: Final = (
    tuple(
        stem + ending
        for stem in ("ов", "ев", "ёв", "ин", "ын")
        for ending in ("", "а", "у", "ым", "ой", "е")
    )
    + tuple(
        stem + ending
        for stem in ("ск", "цк")
        for ending in ("ий", "ая", "ого", "ому", "им", "ую", "ой")
    )
    + ("ко", "ук", "юк", "чук", "ян", "их", "ых", "дзе", "швили", "ука", "юка", "яна")
)


@lru_cache(maxsize=1)
def _morphology() -> Any:
    """Return the dictionary, loaded at its first use (some 40 MB and 0.15 s)."""
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=4096)
def parses(word: str) -> tuple[Any, ...]:
    """Return pymorphy3's readings of `word` that stand in its dictionary."""
    return tuple(one for one in _morphology().parse(word.lower()) if one.is_known)


def is_word(word: str) -> bool:
    """Say whether the dictionary has `word`, in lower case, in whatever form; far cheaper than `parses`."""
    return bool(_morphology().word_is_known(word))


@lru_cache(maxsize=4096)
def is_given_name(word: str) -> bool:
    """Say whether `word`, in whatever case, is a given name of the dictionary or of the list."""
    if any("Name" in one.tag and "plur" not in one.tag for one in parses(word)):
        return True
    low = fold_yo(word.lower())
    return any(
        low[: len(low) - cut] + end in words("given_names")
        for cut, end in _LISTED
        if len(low) > cut + 1
    )


# What to cut from a case form and put instead to look a given name up in the list.
_LISTED: Final = tuple(
    (cut, end) for cut in (0, 1, 2) for end in ("", "а", "я", "ь", "й") if cut or not end
)


def declines_given(word: str) -> bool:
    """Say whether the given name `word` is one that is declined («Лейлу»), not a syllable of a foreign one («Тхи»)."""
    names = [one for one in parses(word) if "Name" in one.tag]
    return not names or any("Fixd" not in one.tag for one in names)


def has_given_name(word: str, sex: Sex) -> bool:
    """Say whether the dictionary has `word` as the nominative of a declinable given name of `sex`."""
    return any(
        {"Name", "nomn", "sing"} <= one.tag.grammemes
        and "Fixd" not in one.tag
        and SEX_GRAMMEMES[sex] & one.tag.grammemes
        for one in parses(word)
    )


@lru_cache(maxsize=4096)
def is_surname(word: str) -> bool:
    """Say whether `word` looks like a surname: by the dictionary, or by the ending most Russian surnames have."""
    if any("Surn" in one.tag for one in parses(word)):
        return True
    return word.lower().endswith(_USUAL_ENDINGS) and not is_given_name(word)


@lru_cache(maxsize=4096)
def is_first_person(word: str) -> bool:
    """Say whether `word` is a verb by which a writer speaks («подтверждаем», «назначаю») and nothing else."""
    readings = parses(word)
    speaks = any(one.tag.POS == "VERB" and "1per" in one.tag for one in readings)
    return speaks and all(one.tag.POS in _VERBAL for one in readings)


@lru_cache(maxsize=4096)
def is_finite_verb(word: str) -> bool:
    """Say whether `word` is a verb in a person or in the past, and nothing else."""
    readings = parses(word)
    return bool(readings) and all(
        one.tag.POS == "VERB" and "impr" not in one.tag for one in readings
    )


def is_common_noun(word: str) -> bool:
    """Say whether the dictionary has `word` as the nominative of a noun that is no name («голова»)."""
    return any(
        one.tag.POS == "NOUN"
        and {"nomn", "sing"} <= one.tag.grammemes
        and not _PROPER & one.tag.grammemes
        for one in parses(word)
    )


def is_adjective(word: str) -> bool:
    """Say whether `word` is the nominative of an adjective, by the dictionary or by the list of surnames."""
    low = word.lower()
    masculine = low[:-2] + "ой" if low.endswith("ая") else low
    if masculine in words("adjectival_surnames"):
        return True
    return any(
        one.tag.POS == "ADJF" and "nomn" in one.tag and "sing" in one.tag for one in parses(low)
    )


def strangeness(word: str) -> int:
    """Return 0 for a surname of the dictionary, 1 for another of its words, `UNKNOWN` for the rest."""
    readings = [one for one in parses(word) if "nomn" in one.tag and "plur" not in one.tag]
    if any("Surn" in one.tag for one in readings):
        return 0
    return 1 if readings else UNKNOWN
