"""Folding of letters that look alike, of ё, of spaces and dashes: what is compared, never what is quoted.

Every function keeps the length of the text, so that a span found in the folded text is a span of the original.
"""

from __future__ import annotations

import re
from typing import Final

# A Latin letter and the Cyrillic letter that looks the same in print.
_LATIN_TO_CYRILLIC: Final = str.maketrans("ABCEHKMOPTXYaceopxyëË", "АВСЕНКМОРТХУасеорхуёЁ")

# A word: letters of either script with digits in it, as it stands between spaces and punctuation.
_WORD: Final = re.compile(r"[A-Za-zА-Яа-яЁёËë0-9]+")

# A word of Cyrillic letters in which a nought or a three stands for a letter («0льга», «3инаида», «Иван0ва»).
_DIGIT_IN_WORD: Final = re.compile(r"(?<![0-9])[03](?=[а-яё]{2})|(?<=[А-Яа-яЁё])0(?=[А-Яа-яЁё])")

# A nought or a three that stands for an initial: the first behind a surname («Плотицына 3.Г.»), the second behind the
# first («О.3. Лапина»), where no third initial makes it the number of a clause.
_FIRST_INITIAL: Final = re.compile(
    r"(?<=[а-яё])([ ])[03](?=\.[ ]?[А-ЯЁ]\.)|(?<=[а-яё])(\n)[03](?=\.[А-ЯЁ]\.)"
)
_SURNAME_BEFORE: Final = re.compile(r"(?<![А-Яа-яЁё-])[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?$")
_SECOND_INITIAL: Final = re.compile(
    r"(?<![А-Яа-яЁё])(?<![А-ЯЁ]\.)(?<![А-ЯЁ]\.[ ])([А-ЯЁ]\.[ ]?)[03](?=\.(?:[ ]?[А-ЯЁ][а-яё]{2}|[ ]?[,;)]|[ ]*$))",
    re.MULTILINE,
)

# A Cyrillic word right behind: a short word of look-alikes before it is Cyrillic too («Ha время»).
_CYRILLIC_BESIDE: Final = re.compile(r"[ \n][а-яё]{2}")

_CYRILLIC: Final = re.compile(r"[А-Яа-яЁё]")
_LATIN: Final = re.compile(r"[A-Za-zËë]")
_LOOK_ALIKE: Final = re.compile(r"[ABCEHKMOPTXYaceopxyëË]+")

# Spaces that are not the ordinary one (no-break, thin, figure, ideographic), and the dashes and hyphens of print.
_SPACES_AND_DASHES: Final = {
    **dict.fromkeys(map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"), " "),
    **dict.fromkeys(map(ord, "\u2008\u2009\u200a\u202f\u205f\u3000\r\v\x85\u2028\u2029"), " "),
    **dict.fromkeys(
        map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d"), "-"
    ),
}

# Quotation marks of every kind.
_QUOTES: Final = dict.fromkeys(map(ord, "«»„“”‟‹›〝〞＂″❝❞"), '"')


def fold_punctuation(text: str) -> str:
    """Return `text` with plain spaces, hyphens and quotation marks, of the same length."""
    return text.translate(_SPACES_AND_DASHES).translate(_QUOTES)


def fold_yo(text: str) -> str:
    """Return `text` with «е» for «ё», of the same length."""
    return text.replace("ё", "е").replace("Ё", "Е")


def fold_look_alikes(text: str) -> str:
    """Return `text` with Latin look-alikes inside Cyrillic words made Cyrillic, of the same length.

    A word wholly of look-alike capitals («CEPOBA») is folded too; an address or a Latin word is left alone.
    """
    folded = _WORD.sub(_fold_word, text)
    folded = _FIRST_INITIAL.sub(_first_initial, folded)
    return _SECOND_INITIAL.sub(lambda found: found[1] + _INITIAL[found[0][-1]], folded)


_INITIAL: Final = {"0": "О", "3": "З"}


def _first_initial(found: re.Match[str]) -> str:
    named = _SURNAME_BEFORE.search(found.string, 0, found.start())
    return found[0][0] + _INITIAL[found[0][-1]] if named else found[0]


def fold_all_look_alikes(text: str) -> str:
    """Return `text` with every Latin letter that looks like a Cyrillic one made Cyrillic, of the same length."""
    return text.translate(_LATIN_TO_CYRILLIC)


def _fold_word(found: re.Match[str]) -> str:
    word = found[0]
    if _LATIN.search(word) and (_CYRILLIC.search(word) or _is_disguised(found)):
        word = word.translate(_LATIN_TO_CYRILLIC)
    if _CYRILLIC.search(word):
        word = _DIGIT_IN_WORD.sub(_letter_for_digit, word)
    return word


def _letter_for_digit(found: re.Match[str]) -> str:
    at_start = found.start() == 0
    return ("О" if at_start else "о") if found[0] == "0" else ("З" if at_start else "з")


def _is_disguised(found: re.Match[str]) -> bool:
    """Say whether a Latin word can be a Cyrillic one in capitals («CEPOBA»), or a lone initial («B.»)."""
    word = found[0]
    if _LOOK_ALIKE.fullmatch(word) is None or _in_address(found):
        return False
    return (
        word.isupper()
        or len(word) == 1
        or _CYRILLIC_BESIDE.match(found.string, found.end()) is not None
    )


def _in_address(found: re.Match[str]) -> bool:
    text, start, end = found.string, found.start(), found.end()
    before, behind = text[max(start - 1, 0) : start], text[end : end + 1]
    if len(found[0]) == 1:
        return before in {"@", "/", "-", "="} or behind not in {".", ",", " ", "\n", "\t", ""}
    return before in {"@", "/", "."} or behind in {"@", "/"}
