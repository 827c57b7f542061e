"""Whether a subject is «Сферум: Регистрация организации» (the contract, «The subject»).

Folded away are letter case, spaces, quotation marks, ё/е, Latin letters that look like Cyrillic
ones, the prefixes of replies and forwards, and whatever follows. A near miss has both «сферум» and
«регистрация организации», in any order, with at most two typing errors in all.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from parsers.facts import SubjectMatch

_ERRORS: Final = 2  # typing errors of a near miss, in both phrases together
_BRAND: Final = "сферум"
_ACTION: Final = "регистрацияорганизации"
_PHRASES: Final = (_BRAND, _ACTION, _BRAND + _ACTION, _ACTION + _BRAND)
_NEAR_SIGNS: Final = 2000  # of a subject that are searched for a near miss

# Latin letters that look like Cyrillic ones, as capital or small letter
_LOOK_ALIKES: Final = str.maketrans("ABCEHKMOPTXYaceopxykmtbh", "АВСЕНКМОРТХУасеорхукмтвн")
_QUOTES: Final = dict.fromkeys(map(ord, "\"'`´«»“”„‟‘’‚‛‹›″′＂＇"), None)
_COLONS: Final = dict.fromkeys(map(ord, "∶꞉ː︓"), ":")
_SIGNS: Final = {**_QUOTES, **_COLONS, ord("ё"): "е", ord("Ё"): "Е"}

# what mail programs put before a subject that is answered or passed on
_PREFIXES: Final = (
    "re|fw|fwd|ha|aw|wg|tr|rv|sv|vs|odp|r|i"
    "|на|отв|ответ|ответ на|пересл|переслано|пересылка|пересланное|пересланное сообщение"
    "|пересылаемое сообщение|перенапр|перенаправлено|переадр|переадресовано"
).translate(_LOOK_ALIKES)
# one of them, perhaps shortened by a dot or counted («Re[2]:», «Re(2):», «Re2:», «Re^2:»)
_PREFIX: Final = re.compile(
    rf"[\[(\s]*(?:{_PREFIXES})\s*\.?\s*(?:[\[(^]?\s*\d{{1,3}}\s*[\])]?)?\s*:\s*", re.IGNORECASE
)
# the subject itself; spaces count nowhere
_OURS: Final = re.compile(
    r"\s*".join(_BRAND) + r"\s*[:.]?\s*" + r"\s*".join(_ACTION), re.IGNORECASE
)
# the brand in Latin letters; it counts as one error
_LATIN_BRAND: Final = re.compile(r"\bsferum\b", re.IGNORECASE)
# words of letters and digits; a capital after a small letter begins a new word («организацииМБОУ»)
_WORD: Final = re.compile(r"[^\W_]+")
_GLUED: Final = re.compile(r"(?<=[а-я])(?=[А-Я])")


def match_subject(subject: str) -> SubjectMatch:
    """Compare a decoded subject with ours."""
    plain = _plain(subject)
    if _is_ours(_bare(plain)):
        return SubjectMatch.OURS
    if _is_near(plain[:_NEAR_SIGNS]):
        return SubjectMatch.NEAR_MISS
    return SubjectMatch.FOREIGN


def without_prefixes(subject: str) -> str:
    """Return a decoded subject folded, without «Re:», «Ответ:», «Fwd[2]:» and the like."""
    return _bare(_plain(subject))


def _plain(subject: str) -> str:
    """Return `subject` without quotation marks, invisible signs, ё and the forms of one sign."""
    text = subject.translate(_SIGNS)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return text.strip()


def _bare(plain: str) -> str:
    folded = plain.translate(_LOOK_ALIKES)
    at = 0
    while prefix := _PREFIX.match(folded, at):
        at = prefix.end()
    return folded[at:].lstrip()


def _is_ours(folded: str) -> bool:
    found = _OURS.match(folded)
    if found is None:
        return False
    follows = folded[found.end() : found.end() + 1]
    return not follows.isalpha() or (found[0][-1].islower() and follows.isupper())


def _is_near(plain: str) -> bool:
    named = _LATIN_BRAND.sub(_BRAND[1:], plain).translate(_LOOK_ALIKES)
    words = [part.casefold() for word in _WORD.findall(named) for part in _GLUED.split(word)]
    whole = "".join(words)
    if len(whole) < len(_BRAND + _ACTION) - _ERRORS:
        return False
    if _ACTION in whole and _BRAND in whole.replace(_ACTION, " "):
        return True
    brand, action, *together = (_fewest_errors(words, phrase) for phrase in _PHRASES)
    return min(brand + action, *together) <= _ERRORS


def _fewest_errors(words: list[str], phrase: str) -> int:
    """Return the typing errors of the run of words that is nearest to `phrase`.

    One error is a sign too many, missing, wrong, or swapped with its neighbour.
    """
    from rapidfuzz.distance import DamerauLevenshtein  # costs 80 ms; most commands need none

    fewest = _ERRORS + 1
    for start in range(len(words)):
        run = ""
        for word in words[start:]:
            run += word
            if len(run) > len(phrase) + _ERRORS:
                break
            if len(run) >= len(phrase) - _ERRORS:
                errors = DamerauLevenshtein.distance(run, phrase, score_cutoff=_ERRORS)
                fewest = min(fewest, errors)
    return fewest
