"""The letter's own date and number: of its letterhead or heading, never a law's or a birthday.

Forms: «08 ноября 2024 года», «« 23» августа 2021 г.», «28.08.2025 г», «от 25.03.2025», the number before or behind.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parsers.names.folding import fold_all_look_alikes

Span = tuple[int, int]

_MONTHS: Final = {
    "январ": 1, "феврал": 2, "март": 3, "апрел": 4, "ма": 5, "июн": 6,
    "июл": 7, "август": 8, "сентябр": 9, "октябр": 10, "ноябр": 11, "декабр": 12,
}  # fmt: skip

# «08 ноября 2024 года», «"23" августа 2021 г.», «« 5 » мая 2024»
_WORDY: Final = re.compile(
    r"(?<![0-9])[\"']?[ ]?(?P<day>[0-9]{1,2})[ ]?[\"']?(?:[ ]|-?го[ ])?[ ]*"
    r"(?P<month>январ|феврал|март|апрел|ма(?=[яй])|июн|июл|август|сентябр|октябр|ноябр|"
    r"декабр)[а-яё]*[ ]+(?P<year>[0-9]{4}|[0-9]{2}(?=[ ]?г))"
    r"(?![0-9])",
    re.IGNORECASE,
)

# «28.08.2025», «28/08/2025», «28. 08. 2025», «28.08.25»
_NUMERIC: Final = re.compile(
    r"(?<![0-9./-])(?P<day>[0-9]{1,2})[ ]?(?P<sign>[./-])[ ]?(?P<month>[0-9]{1,2})[ ]?(?P=sign)[ ]?"
    r"(?P<year>[0-9]{4}|[0-9]{2})(?![0-9]|[./-][0-9])"
)

# The sign of a number right before digits: they are no date.
_NUMBERED: Final = re.compile(r"(?:№|\bN)[ ]*[\w/-]*$")

# «2025-08-28»
_ISO: Final = re.compile(
    r"(?<![0-9./-])(?P<year>20[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9])"
)

# The number behind its sign: digits first or last, letters, strokes and hyphens between.
_NUMBER: Final = re.compile(
    r"(?:№|\bN[oо°]?|\bNo\.?)[ ]*(?P<number>[0-9А-Яа-яЁёA-Za-z](?:[0-9А-Яа-яЁёA-Za-z.]|"
    r"[ ]?[-/][ ]?(?=[0-9А-Яа-яA-Za-z])){0,24})"
)

# What stands on the line of the document's own date or number, or right above.
_HEADING: Final = re.compile(r"\b(?:приказ|распоряжение)\b(?!\w)", re.IGNORECASE)
_OUTGOING: Final = re.compile(r"\b(?:исх|рег)\w*\.?", re.IGNORECASE)

# «На № 15 от 12.03.2025»: the letter that is answered.
_REPLY: Final = re.compile(r"\bна[ ]*(?:ваш\w*[ ]+)?(?:исх\w*\.?[ ]*)?№", re.IGNORECASE)

# Words before a date or number that make it another document's.
_FOREIGN: Final = re.compile(
    r"закон\w*|федеральн\w+|постановлени\w+|приказом|приказа|приказу|распоряжени[яе]м|письм[ао]м?\b|лицензи\w+|"
    r"свидетельств\w+|"
    r"доверенност\w+|протокол\w+|утвержд\w+|соответстви\w+|основани\w+|рожден\w+|\bг\.?\s?р\b|паспорт\w*|"
    r"сертификат\w*|действ\w+|"
    r"\b(?:с|по|до)\s*$",
    re.IGNORECASE,
)
_SCHOOL_NUMBER: Final = re.compile(
    r"(?:школ\w*|сош|оош|сш|нош|гимнази\w*|лице\w*|сад\w*|доу|оу|училищ\w*|техникум\w*|колледж\w*|интернат\w*|дом\w*|"
    r"\bц[рп]р?)\s*[\"']?\s*$",
    re.IGNORECASE,
)
_NEITHER: Final = re.compile(r"^(?:б/?н|п/?п|_+)$", re.IGNORECASE)

_EARLIEST: Final = (
    2000  # a year before it is no letter's about the platform, but somebody's birthday
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDate:
    """A date and its span; `value` is None where such a day does not exist."""

    value: dt.date | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """What the letter bears: its own date and number."""

    date: LetterDate | None = None
    number: str | None = None
    number_span: Span | None = None


def find_numbering(text: str, header_end: int, tail_start: int) -> Numbering:
    """Return the date and number of the document that `text` is.

    They are looked for before `header_end` (letterhead, heading), then behind `tail_start` (under the signature).
    """
    head = list(_own_dates(text, 0, header_end))
    numbers = list(_own_numbers(text, header_end, head))
    date = _beside(text, head, numbers) or next(iter(head), None)
    if date is None:
        date = next(iter(_own_dates(text, tail_start, len(text))), None)
    number = _best_number(text, numbers, date)
    if number is None:
        return Numbering(date=date)
    written = fold_all_look_alikes(re.sub(r"[ ]*([-/])[ ]*", r"\1", number["number"]).rstrip("."))
    return Numbering(date=date, number=written, number_span=number.span("number"))


def dates(text: str, start: int, end: int) -> Iterator[LetterDate]:
    """Yield every date between `start` and `end`, in reading order."""
    found = [
        one for pattern in (_WORDY, _NUMERIC, _ISO) for one in pattern.finditer(text, start, end)
    ]
    for one in sorted(found, key=lambda match: match.start()):
        year = int(one["year"])
        year += 2000 if year < 100 else 0
        month = int(one["month"]) if one["month"].isdigit() else _MONTHS[one["month"].lower()]
        try:
            value = dt.date(year, month, int(one["day"]))
        except ValueError:
            value = None
        yield LetterDate(value=value, span=one.span())


def _own_dates(text: str, start: int, end: int) -> Iterator[LetterDate]:
    for date in dates(text, start, end):
        if date.value is not None and date.value.year < _EARLIEST:
            continue
        before = _line_before(text, date.span[0])
        if _NUMBERED.search(before):
            continue
        if _REPLY.search(before) or _FOREIGN.search(before) or _acquainted(text, date.span[0]):
            continue
        yield date


def _acquainted(text: str, at: int) -> bool:
    line = text[
        text.rfind("\n", 0, at) + 1 : text.find("\n", at) if "\n" in text[at:] else len(text)
    ]
    above = text[max(at - 160, 0) : at]
    return "ознаком" in line.lower() or "ознаком" in above.lower()


def _own_numbers(text: str, end: int, own_dates: list[LetterDate]) -> Iterator[re.Match[str]]:
    for number in _NUMBER.finditer(text, 0, end):
        before = _line_before(text, number.start())
        if _REPLY.search(before + "№") or _FOREIGN.search(before) or _SCHOOL_NUMBER.search(before):
            continue
        if _NEITHER.match(number["number"]) or not re.search(r"[0-9]", number["number"]):
            continue
        yield number


def _best_number(
    text: str, numbers: list[re.Match[str]], date: LetterDate | None
) -> re.Match[str] | None:
    """Return the number on the date's line, behind «Приказ», «Исх.», or alone on its line."""
    for number in numbers:
        line = _line(text, number.start())
        if date and line[0] <= date.span[0] < line[1]:
            return number
    for number in numbers:
        before = _line_before(text, number.start())
        if _HEADING.search(before) or _OUTGOING.search(before):
            return number
    for number in numbers:
        first, last = _line(text, number.start())
        if not text[first : number.start()].strip() and not text[number.end() : last].strip():
            return number
    return None


def _beside(
    text: str, own_dates: list[LetterDate], numbers: list[re.Match[str]]
) -> LetterDate | None:
    for date in own_dates:
        first, last = _line(text, date.span[0])
        if any(first <= number.start() < last for number in numbers):
            return date
    return None


def _line(text: str, at: int) -> Span:
    end = text.find("\n", at)
    return text.rfind("\n", 0, at) + 1, len(text) if end < 0 else end


def _line_before(text: str, at: int) -> str:
    """Return the line up to `at`, and of the line above what a wrapped sentence would need."""
    first = text.rfind("\n", 0, at) + 1
    above = text[text.rfind("\n", 0, max(first - 1, 0)) + 1 : first]
    here = text[first:at]
    wrapped = (
        re.search(r"[а-яё,]\s*$", above) is not None
        and re.match(r"\s*(?:от\b|№)?", here) is not None
    )
    ends_so = _FOREIGN.search(above[-24:]) is not None
    return (above + here) if wrapped and ends_so else here
