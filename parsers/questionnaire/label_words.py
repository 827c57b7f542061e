"""The words that labels are made of, looked up in `wordlists/labels.toml`.

Endings and typing errors are allowed. A word that neither the list nor the dictionary knows is
compared with the stems: one error is allowed in a short stem, two in a long one, none in the first
letter. «Новгородская» and «Первомайский» are places and no endings of «новая» and «первый».
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from rapidfuzz.distance import OSA

from parsers.names.folding import fold_look_alikes, fold_punctuation, fold_yo
from parsers.names.morphology import is_word

UNKNOWN: Final = ""
"""The meaning of a word that is not in the list."""

FILLER: Final = "filler.words"

_LEAST_CORRECTED: Final = 5  # letters of a word whose spelling may be wrong
_LONG_STEM: Final = 12  # letters from which on a stem may be missed by two

# Ways of writing one word that would fall apart into several
_JOINED: Final = (
    (re.compile(r"(?<=[а-я]{2})-[ \t]*\n\s*(?=[а-я]{2})"), ""),  # hyphenated by hand
    (re.compile(r"\b[eе][\s.-]{0,2}m[aа]il\b|\b[eе][\s-]?м[эеa]йл\b|\bе-?майл\b"), " email "),
    (re.compile(r"\bелектр"), "электр"),
    (re.compile(r"\bзл(?=\.?\s?почт)"), "эл"),
    (re.compile(r"(?<![а-я])и\s?н\s?н(?![а-я])"), "инн"),
    (re.compile(r"(?<![а-я])о\s?г\s?р\s?н(?![а-я])"), "огрн"),
    (re.compile(r"(?<![а-я])к\s?п\s?п(?![а-я])"), "кпп"),
    (re.compile(r"\bф\s?[.,]?\s?и\s?[.,]?\s?о\b\.?"), " фио "),
    (re.compile(r"\bкол[-.\s]{0,2}во\b"), " количество "),
    (re.compile(r"[№n]\s*п\s*[/\\.]?\s*п\b"), " нпп "),
    (re.compile(r"\bи\s?\.\s?о\s?\."), " врио "),
    (re.compile(r"\bт\.\s?ч\."), " числе "),
    (
        re.compile(
            r"(?<=[а-я]{3})-(?=(?:р|ра|ром|ль|ля|лем|ции|ния|сть|сти|ть|ти|ся|хся|е|ие|ия|ии)\b)"
        ),
        "",
    ),  # «админ-ра»
    (re.compile(r"(?<=администратор)([а-я]*)\s*(?:№\s*)?\d\b"), r"\1"),
)
_ANY_JOINED: Final = re.compile("|".join(f"(?:{one.pattern})" for one, _ in _JOINED))
# An adjective that a place may be named by
_OF_PLACE: Final = re.compile(
    r".+[^ч]ск(?:ий|ая|ое|ой|ого|ому|им|ом|ую)|.+[^и]ческ(?:ий|ая|ое|ой|ого|ому|им|ом|ую)"
)
_WORD: Final = re.compile(r"[a-zа-я]+|\d+|№")


@dataclass(frozen=True, slots=True)
class _Pattern:
    words: tuple[str, ...]
    meaning: str


def folded(text: str) -> str:
    """Return a text in lower case, with look-alikes, ё and ways of writing the same word folded."""
    plain = fold_yo(fold_look_alikes(fold_punctuation(text)).casefold())
    if _ANY_JOINED.search(plain):
        for pattern, joined in _JOINED:
            plain = pattern.sub(joined, plain)
    return plain


def split(text: str) -> list[str]:
    """Return the words of a folded text."""
    return _WORD.findall(text)


def meanings(words: list[str]) -> list[str]:
    """Return what each word means, «group.meaning»; all but the first word of a phrase are fillers."""
    found: list[str] = []
    corrected = [_corrected(word) for word in words]
    at = 0
    while at < len(words):
        pattern = next(
            (one for one in _patterns_for(corrected[at]) if _matches(one, corrected, at)), None
        )
        if pattern is None:
            known = corrected[at].isdecimal() and len(corrected[at]) < 5
            found.append(FILLER if known else UNKNOWN)
            at += 1
            continue
        found += [pattern.meaning] + [FILLER] * (len(pattern.words) - 1)
        at += len(pattern.words)
    return found


@cache
def _patterns() -> Mapping[str, tuple[_Pattern, ...]]:
    """Return the patterns by the first two letters of their first word, the longest first."""
    text = (files("parsers") / "wordlists" / "labels.toml").read_text(encoding="utf-8")
    patterns: dict[str, list[_Pattern]] = {}
    for group, named in tomllib.loads(text).items():
        for meaning, phrases in named.items():
            for phrase in phrases:
                words = tuple(phrase.split())
                key = words[0].rstrip("*")[:2]
                patterns.setdefault(key, []).append(_Pattern(words, f"{group}.{meaning}"))
    return {
        key: tuple(sorted(found, key=lambda one: (-len(one.words), -len("".join(one.words)))))
        for key, found in patterns.items()
    }


@cache
def _stems() -> Mapping[str, tuple[str, ...]]:
    """Return the stems that are long enough to be misspelt, by their first letter."""
    found: dict[str, list[str]] = {}
    for word in sorted(
        {word for some in _patterns().values() for one in some for word in one.words}
    ):
        if len(word.rstrip("*")) >= _LEAST_CORRECTED:
            found.setdefault(word[0], []).append(word)
    return {letter: tuple(stems) for letter, stems in found.items()}


@cache
def _all_words() -> tuple[frozenset[str], tuple[str, ...]]:
    found = {word for some in _patterns().values() for one in some for word in one.words}
    stems = tuple(sorted(word[:-1] for word in found if word.endswith("*")))
    return frozenset(word for word in found if not word.endswith("*")), stems


def _patterns_for(word: str) -> tuple[_Pattern, ...]:
    return _patterns().get(word[:2], ())


def _matches(pattern: _Pattern, words: list[str], at: int) -> bool:
    if at + len(pattern.words) > len(words):
        return False
    return all(map(_is_of_stem, words[at:], pattern.words))


def _is_of_stem(word: str, stem: str) -> bool:
    """Tell whether a word is that of the list; an adjective of a place has all of «-ск-» in its stem."""
    if not stem.endswith("*"):
        return word == stem
    if not word.startswith(stem[:-1]):
        return False
    return not _OF_PLACE.fullmatch(word) or word.rindex("ск") < len(stem) - 1


@lru_cache(maxsize=20_000)
def _corrected(word: str) -> str:
    """Return a word as the list knows it: itself, or the stem that it is a misspelling of."""
    if len(word) < _LEAST_CORRECTED or word.isdecimal() or _OF_PLACE.fullmatch(word):
        return word
    exact, prefixes = _all_words()
    if word in exact or word.startswith(prefixes):
        return word
    best: tuple[int, str] | None = None
    for stem in _stems().get(word[0], ()):
        distance = _distance(word, stem)
        if distance is not None and (
            best is None or (distance, -len(stem)) < (best[0], -len(best[1]))
        ):
            best = (distance, stem)
    return best[1].rstrip("*") if best and not is_word(word) else word


def _distance(word: str, stem: str) -> int | None:
    """Return how many errors part a word from a stem; None where they are too many."""
    letters = stem.rstrip("*")
    most = 2 if len(letters) >= _LONG_STEM else 1
    if len(word) < len(letters) - most:
        return None
    if not stem.endswith("*"):
        distance = OSA.distance(word, letters, score_cutoff=most)
        return distance if distance <= most else None
    lengths = range(len(letters) - most, len(letters) + most + 1)
    distance = min(OSA.distance(word[:length], letters, score_cutoff=most) for length in lengths)
    return distance if distance <= most else None
