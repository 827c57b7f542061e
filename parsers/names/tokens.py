"""The words and initials of a text that a person's name may be made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from parsers.names.folding import fold_yo
from parsers.names.morphology import parses
from parsers.names.patronymics import turkic_sex
from parsers.wordlists import words

# A capitalized word or one in capitals, hyphenated («Кан-ооловна»), the hyphen also at the end of a line.
_NAME_WORD: Final = r"[А-ЯЁ](?:[а-яё]+|[А-ЯЁ]+)(?:-\n?[ ]?(?:[А-ЯЁ][а-яё]+|[А-ЯЁ]{2,}|[а-яё]{3,}))*(?![а-яёА-ЯЁ0-9])"

# One or two initials, with or without a space between; recognition may see a comma for a dot.
_INITIALS: Final = r"[А-ЯЁ][.,][ ]?\n?(?:-?[А-ЯЁ](?:[.,](?![А-ЯЁ][а-яё]?\.)|(?![А-ЯЁа-яё])))|[А-ЯЁ]\.(?![ ]?[А-ЯЁ][.,])"

# The words of Turkic patronymics, which are written small.
_TURKIC: Final = r"(?:[Оо]глы|[Оо]глу|[Кк]ызы|[Гг]ызы|[Уу]улу|[Уу]лы|ОГЛЫ|КЫЗЫ)(?![а-яё])"

_TOKEN: Final = re.compile(
    rf"(?<![А-Яа-яЁёA-Za-z0-9-])(?:(?P<turkic>{_TURKIC})|(?P<initials>{_INITIALS})|(?P<word>{_NAME_WORD}))"
    rf"|(?<=[а-яё])(?P<glued>[А-ЯЁ]\.[ ]?[А-ЯЁ]\.)|(?<=[а-яё.])(?P<tail>(?<=\.)[А-ЯЁ][а-яё]+)"
)

# A word in small letters, and nothing but a space behind it.
_INSIDE: Final = re.compile(r"[а-яё][ \n]\Z")
_LOOK_BACK: Final = 8  # signs

# What may lie between two words of one name.
_BETWEEN: Final = re.compile(r"[ \t]*\n?[ \t]*")

# Parts of speech that no surname is, unless the dictionary has it as one too.
_NO_NAME: Final = frozenset(
    (
        "VERB",
        "INFN",
        "PRTF",
        "PRTS",
        "GRND",
        "PREP",
        "NPRO",
        "ADVB",
        "PRED",
        "NUMR",
        "CONJ",
        "PRCL",
        "COMP",
    )
)
_SHORT: Final = 3  # letters of surnames like «Ли», «Но», «Пак», which are small words too

_NO_VOWEL: Final = re.compile(r"[^аеёиоуыэюя]+", re.IGNORECASE)

# Beginnings of the abbreviations that schools are called by; none begins a surname in capitals.
_ABBREVIATION: Final = re.compile(
    r"(?:[МГЧФК]{1,2}[БАК]?Д?ОУ|[МГ][БАК]У|СОШ|ООШ|НОШ|ФГ|ГБ|ИКОП|ФИО|ИНН|ОГРН|КПП|УВР|УР|ВР|МП|РФ|УЧР).*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word or initials, where it stands, and whether it follows the one before with nothing but space between."""

    text: str
    start: int
    end: int
    word: bool
    follows: bool
    newline: bool  # a line's end lies before it
    cell: bool = False  # a cell's border lies before it
    inside: bool = False  # a word in small letters stands right before it: its capital is a name's


def name_tokens(text: str) -> list[Token]:
    """Return the words and initials of `text` (already folded) that a name may be made of, in reading order."""
    tokens: list[Token] = []
    before = 0
    for found in _TOKEN.finditer(text):
        gap = text[before : found.start()]
        follows = bool(tokens) and _BETWEEN.fullmatch(gap) is not None
        word = found["initials"] is None and found["glued"] is None
        written = found[0].replace("\n", "").replace(" ", "").replace(",", ".")
        tokens.append(
            Token(
                text=written, start=found.start(), end=found.end(), word=word,
                follows=follows, newline="\n" in gap, cell="\t" in gap,
                inside=_is_inside(text, found.start()),
            )
        )  # fmt: skip
        before = found.end()
    return tokens


def _is_inside(text: str, at: int) -> bool:
    """Say whether the capital at `at` stands in the midst of a sentence, and not to begin one."""
    return (
        _INSIDE.search(text, max(at - _LOOK_BACK, 0), at) is not None
        and not text[at + 1 : at + 2].isupper()
    )


@lru_cache(maxsize=4096)
def is_role_word(word: str) -> bool:
    """Say whether `word` is a post or another word of orders and letterheads, in any form."""
    low = fold_yo(word.lower())
    return bool(({fold_yo(one.normal_form) for one in parses(low)} | {low}) & words("not_names"))


@lru_cache(maxsize=4096)
def may_be_name(word: str) -> bool:
    """Say whether `word`, capitalized in a text, can be a surname or a given name rather than a post or a verb."""
    low = fold_yo(word.lower())
    if len(low) < 2 or turkic_sex(low):
        return False
    if word.isupper() and (_ABBREVIATION.fullmatch(word) or _NO_VOWEL.fullmatch(word)):
        return False
    readings = parses(low)
    if is_role_word(low):
        return False
    named = any({"Surn", "Name"} & one.tag.grammemes for one in readings)
    if named or not readings or len(low) <= _SHORT:
        return low not in {
            "на",
            "по",
            "за",
            "от",
            "до",
            "из",
            "не",
            "во",
            "об",
            "их",
            "его",
            "для",
            "при",
            "и",
            "я",
        }
    return any(one.tag.POS not in _NO_NAME for one in readings)
