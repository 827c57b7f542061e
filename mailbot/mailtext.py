"""Words of a mail: a stranger's text made harmless, numbers masked, numerals and dates declined.

Knows nothing of templates or of mail. What comes from a school passes `plain` before it stands in a reply.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Final

_SEPARATOR: Final = r"[\s().\-‐‑‒–—_/]{0,3}"
# a telephone number anywhere in a text: a mobile one with or without +7, 7 or 8; any other with +7, 7 or 8;
# a foreign one with its plus sign
_PHONE: Final = re.compile(
    rf"(?<!\d)(?:\+?[78]{_SEPARATOR})?9(?:{_SEPARATOR}\d){{9}}(?!\d)"
    rf"|(?<!\d)\+?[78](?:{_SEPARATOR}\d){{10}}(?!\d)"
    rf"|\+\d(?:{_SEPARATOR}\d){{8,14}}(?!\d)"
)
_RUSSIAN_NUMBER: Final = re.compile(r"\+7\d{10}")
_SHOWN_DIGITS: Final = 4
_MASK: Final = "•"
_DIGITS: Final = frozenset("0123456789")

# control characters, format characters (direction overrides, zero width), surrogates, private use, unassigned,
# line and paragraph separators
_UNFIT: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_MONTHS: Final = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)


def plain(text: str, *, limit: int = 200) -> str:
    """Return a stranger's text as one line without control characters, at most `limit` characters.

    Telephone numbers in it are masked. The result is still text: markup is escaped where it is shown.
    """
    masked = mask_phones(one_line(text))
    return masked if len(masked) <= limit else masked[: limit - 1].rstrip() + "…"


def one_line(text: str) -> str:
    """Return a text as one line without control characters; nothing in it is masked."""
    return " ".join(_fit(text, kept="").split())


def plain_lines(text: str) -> str:
    """Return an operator's text word for word, with its lines, without control characters."""
    return _fit(text.replace("\r\n", "\n").replace("\r", "\n"), kept="\n\t").strip("\n")


def mask_phones(text: str) -> str:
    """Hide every digit but the last four of each telephone number in `text`."""
    return _PHONE.sub(lambda match: _masked(match.group()), text)


def masked_phone(number: str) -> str:
    """Return a number with its last four digits only: «+7 ••• •••-45-67»; "" where it has fewer."""
    tail = last_digits(number)
    if not tail:
        return ""
    return f"+7 ••• •••-{tail}" if _RUSSIAN_NUMBER.fullmatch(number) else f"•••-{tail}"


def last_digits(number: str) -> str:
    """Return the last four digits in pairs, «45-67»; "" where there are fewer."""
    digits = "".join(char for char in number if char in _DIGITS)[-_SHOWN_DIGITS:]
    return f"{digits[:2]}-{digits[2:]}" if len(digits) == _SHOWN_DIGITS else ""


def only_digits(text: str, *, limit: int = 15) -> str:
    """Return the digits 0-9 of `text`; "" where there are none or more than `limit`."""
    digits = "".join(char for char in text if char in _DIGITS)
    return digits if len(digits) <= limit else ""


def plural(number: int, one: str, few: str, many: str) -> str:
    """Return the form that a Russian numeral asks for: 1 день, 2 дня, 5 дней, 11 дней, 21 день."""
    tens, ones = abs(number) % 100, abs(number) % 10
    if ones == 1 and tens != 11:
        return one
    if ones in {2, 3, 4} and tens not in {12, 13, 14}:
        return few
    return many


def day_in_words(day: dt.date) -> str:
    """Return «2 сентября 2024 года»."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} года"


def _masked(number: str) -> str:
    hidden = sum(char.isdigit() for char in number) - _SHOWN_DIGITS
    shown: list[str] = []
    for char in number:
        if char.isdigit() and hidden > 0:
            hidden -= 1
            shown.append(_MASK)
        else:
            shown.append(char)
    return "".join(shown)


def _fit(text: str, *, kept: str) -> str:
    return "".join(_fit_character(char, kept) for char in text)


def _fit_character(char: str, kept: str) -> str:
    if char in kept or unicodedata.category(char) not in _UNFIT:
        return char
    return " " if char.isspace() else ""
