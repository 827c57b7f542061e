"""Slips of recognition that have one meaning only, in the initials before a surname at a row's end.

«Л.3. Юдин» is nobody's paragraph, and «РО. Петрова» lacks a dot. Digits elsewhere are left as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from parsers.images.ocr import RecognizedWord

# Initials, one of them perhaps a digit, with or without the surname: «Л.3.», «3.Л.Юдин»
INITIALS: Final = re.compile(r"([А-ЯЁ]\.[306]|[306]\.[А-ЯЁ])\.([А-ЯЁ][а-яёА-ЯЁ-]+)?[.,;]?")
# The second initial as a word of its own, between the first and the surname
INITIAL: Final = re.compile(r"[306]\.")
FIRST: Final = re.compile(r"[А-ЯЁ]\.")
SURNAME: Final = re.compile(r"[А-ЯЁ][а-яё]{2,}[а-яёА-ЯЁ-]*[.,;/]*")
# Initials whose first dot was not seen
DOTLESS: Final = re.compile(r"([А-ЯЁ])([А-ЯЁ]\.)")
# The first initial, apart from the second: «/3. Н. Юдина/»
FIRST_DIGIT: Final = re.compile(r"[/(|]?[306]\.")
# Both initials behind what a slash was read as, or the first one written small; «г.Н. Новгород» is no person
SLASHED: Final = re.compile(r"[1/|(\[]([А-ЯЁ]\.[А-ЯЁ]\.)")
SMALL: Final = re.compile(r"[вкозфюяэжтилнмшщцчб]\.[А-ЯЁ]\.")
LETTERS: Final = str.maketrans("306", "ЗОБ")


def mended(row: Sequence[RecognizedWord]) -> list[RecognizedWord]:
    """Return the words of a row, digits in initials as the letters that they are, with their dots."""
    texts = ["", *(word.text for word in row), ""]
    words = [
        replace(word, text=text.translate(LETTERS)) if _is_slip(before, text, after) else word
        for word, before, text, after in zip(row, texts, texts[1:], texts[2:], strict=False)
    ]
    if len(words) > 1 and SURNAME.fullmatch(words[-1].text):
        words[-2] = replace(words[-2], text=_initials(words[-2].text))
        apart = len(words) > 2 and FIRST.fullmatch(words[-2].text)
        if apart and FIRST_DIGIT.fullmatch(words[-3].text):
            words[-3] = replace(words[-3], text=words[-3].text.translate(LETTERS))
    return words


def _initials(text: str) -> str:
    """Return the initials before a surname at a row's end as they were meant."""
    if dotted := DOTLESS.fullmatch(text):
        return f"{dotted[1]}.{dotted[2]}"
    if slashed := SLASHED.fullmatch(text):
        return slashed[1]
    return text.capitalize()[:2] + text[2:] if SMALL.fullmatch(text) else text


def _is_slip(before: str, text: str, after: str) -> bool:
    if INITIAL.fullmatch(text):
        return FIRST.fullmatch(before) is not None and SURNAME.fullmatch(after) is not None
    found = INITIALS.fullmatch(text)
    if found is None:
        return False
    return found[2] is not None or any(SURNAME.fullmatch(word) for word in (before, after))
