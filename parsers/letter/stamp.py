"""The stamp of an electronic signature: taken out of the text, since its owner and digits belong to nobody's role.

Wordings: the official mark (приказ Минкомсвязи № 186 and its successors), Adobe's and Foxit's, with or without the
certificate's whole subject. A drawn stamp proves nothing; it is only not to be read as part of the letter.
"""

from __future__ import annotations

import re
from typing import Final

from parsers.letter.text import LetterText, Span

# How a stamp begins.
_BEGIN: Final = re.compile(
    r"(?:документ\s+подписан|подписан[оа]?)\s+(?:\w+\s+){0,3}?(?:электронн\w+|цифров\w+)\s+(?:\w+\s+){0,2}?подпись\w*"
    r"|подписано\s+(?:простой\s+)?эп\b|сведения\s+(?:об\s+эп|о\s+сертификате(?:\s+эп)?)|digitally\s+signed\s+by"
    r"|электронн\w+\s+подпись\b(?=[\s:]*(?:сертификат|владел))|\bDN:\s",
    re.IGNORECASE,
)

# Lines that belong to a stamp: its labels, a certificate's subject, hexadecimal digits, dates of validity.
_INSIDE: Final = re.compile(
    r"сертификат|владел[еь]ц|действител|серийн|отпечаток|издател|удостоверяющ|усиленн|квалифицирован|"
    r"электронн\w+\s+подпис"
    r"|цифров\w+\s+подпис|\bэп\b|\bукэп\b|подлинник|дата(?:\s+подпис\w+)?\s*[:=]|\bCN\s*=|\bSN\s*=|\bG\s*=|\bO\s*=|"
    r"\bE\s*="
    r"|\bT\s*=|\bL\s*=|\bS\s*=|СНИЛС|ИНН(?:\s*ЮЛ)?\s*=|ОГРН\s*=|1\.2\.643|\+0[0-9]'?00'?|[0-9]{4}\.[0-9]{2}\.[0-9]{2}"
    r"|^\s*(?:[0-9A-FА-Е]{2}[ :]?){8,}\s*$|^\s*(?:с|по|до)\s+[0-9]{2}\.[0-9]{2}\.[0-9]{4}|причина\s*:|местоположение",
    re.IGNORECASE,
)

# A line of a stamp that holds nothing but capitalized words: the owner's name, torn over lines.
_NAME_ONLY: Final = re.compile(r"^[ \t]*(?:[А-ЯЁ][А-Яа-яЁё-]+[ \t,]*){1,6}$")

# What no stamp holds: the letter goes on.
_OUTSIDE: Final = re.compile(
    r"директор\b(?!\w)|заведующ|приказ|администратор|назнач|исп(?:олнитель|\.)|телефон|тел\.|ознаком|контроль",
    re.IGNORECASE,
)

_LONGEST: Final = 14  # lines of a stamp


def find_stamps(letter: LetterText) -> tuple[Span, ...]:
    """Return the spans of the stamps of electronic signatures."""
    spans: list[Span] = []
    for begin in _BEGIN.finditer(letter.text):
        if spans and begin.start() < spans[-1][1]:
            continue
        spans.append((begin.start(), _end(letter.text, begin.end())))
    return tuple(spans)


def _end(text: str, at: int) -> int:
    """Return where the stamp that has begun before `at` ends: with its last line."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    owner_open = _INSIDE.search(text[at:end]) is not None
    for _ in range(_LONGEST):
        stop = text.find("\n", end + 1)
        stop = len(text) if stop < 0 else stop
        line = text[end:stop].strip("\n")
        if end >= len(text):
            break
        inside = _INSIDE.search(line) is not None
        if _OUTSIDE.search(line) and not inside:
            break
        if not inside and not (owner_open and _NAME_ONLY.match(line)) and line.strip():
            break
        owner_open = owner_open or inside
        end = stop
    return end
