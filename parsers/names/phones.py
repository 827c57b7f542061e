"""Telephone numbers as Russian papers write them, read to E.164 and told apart by what they are good for.

The numbering plan is that of the `phonenumbers` library; what it does not read («+8 916 …», digits one by one, letters
that recognition put for digits, a number broken over two lines) is brought into shape here first. A digit is never
completed: one too few or too many makes the number unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from parsers.facts import Phone, PhoneKind
from parsers.names.folding import fold_punctuation
from parsers.names.identifiers import find_identifiers


class PhoneLabel(StrEnum):
    """What stands beside a number and says what it is for."""

    MOBILE = "mobile"  # моб., сот., личный
    WORK = "work"  # раб., служебный
    HOME = "home"
    FAX = "fax"
    MESSENGER = "messenger"  # WhatsApp, Viber
    PHONE = "phone"  # тел., номер


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPhone:
    """A telephone number in a text, with the span of its digits and its label."""

    phone: Phone
    start: int
    end: int
    label: PhoneLabel | None = None


# A digit, or a letter or sign that recognition puts for one.
_DIGIT: Final = r"[0-9OoОоЗзбIlІі|]"

# What may stand between the digits of one number; a comma, a semicolon and a slash part two numbers.
_GAP: Final = r"(?:[ ]?[-.()+~*]?[ ]?[-().]?[ ]?)"

# A run of digits that may be one number or several beside each other, on one line; «З.» before it is an initial.
_RUN: Final = re.compile(
    rf"(?<![0-9A-Za-zА-Яа-яЁё@])(?![ОЗOI]\.)(?:\+[ ]?|\()?{_DIGIT}(?:{_GAP}{_DIGIT})*(?![A-Za-zА-Яа-яЁё@])"
)

# The end of a line inside a number, and what goes on behind it.
_BROKEN: Final = re.compile(
    rf"[ ]?[-.)]?[-. ]?\n[ ]?[-(]?{_DIGIT}(?:{_GAP}{_DIGIT})*(?![0-9A-Za-zА-Яа-яЁё])"
)

# A date, whose dots and digits look like a number's.
_DATE: Final = re.compile(
    r"(?<![0-9.])(?:0?[1-9]|[12][0-9]|3[01])\.(?:0?[1-9]|1[0-2])\.(?:(?:19|20)[0-9]{2})(?![0-9]|[-.][0-9])"
)

# A number that a spreadsheet rounded («8,91612E+10»): its digits are lost.
_ROUNDED: Final = re.compile(r"[0-9][.,][0-9]+[EeЕе]\+?[0-9]{1,2}")

# A whole number as a spreadsheet's float.
_FLOAT: Final = re.compile(r"'?\+?([0-9]{10,15})[.,]0+")

# Labels before or behind a number, the most telling first.
_LABELS: Final = (
    (PhoneLabel.FAX, re.compile(r"(?<!тел/)(?<!телефон/)(?<![а-я])факс", re.IGNORECASE)),
    (PhoneLabel.MESSENGER, re.compile(r"whats|вотсап|ватсап|вацап|viber|вайбер", re.IGNORECASE)),
    (PhoneLabel.MOBILE, re.compile(r"\bмоб|\bсот|\bм\.[ ]?т|личн", re.IGNORECASE)),
    (PhoneLabel.WORK, re.compile(r"\bраб(?:оч|\.|[ ]|\b)|служебн|при[её]мн", re.IGNORECASE)),
    (PhoneLabel.HOME, re.compile(r"\bдом(?:ашн|\.|\b)", re.IGNORECASE)),
    (PhoneLabel.PHONE, re.compile(r"\bтел|\bт\.|\bт[ф:]|номер|phone|контакт|звон", re.IGNORECASE)),
)

# A label in brackets or after a dash behind the number, and an extension.
_BEHIND: Final = re.compile(
    r"[ ]*(?:\(([^()\n]{2,24})\)|-[ ]*((?:моб|сот|раб|дом|факс|личн|служ)[а-яё]*\.?))",
    re.IGNORECASE,
)
_EXTENSION: Final = re.compile(
    r"[ ,;]*\(?(?:доб(?:авочный|\.)?|вн(?:утр(?:енний|\.)?|\.)|ext\.?)[ :№.]*[0-9]{1,6}\)?",
    re.IGNORECASE,
)

_CONFUSED: Final = str.maketrans("OoОоЗзбIlІі|", "000033611111")  # look-alikes of digits
_ANY_DIGIT: Final = re.compile(r"[0-9]")
_ANY_LETTER: Final = re.compile(r"[^\W\d_]|\|")
_FORMATTED: Final = re.compile(r"[0-9][ ().-]+[0-9]")

# Digits that a number must have of its own before letters in it are taken for digits.
_REAL_DIGITS: Final = 6

# How far before a number its label may stand.
_LABEL_REACH: Final = 60

# A mobile number's digits without the country: what a bare run must begin with to be taken for one.
_MOBILE_DIGITS: Final = re.compile(r"9[0-9]{9}")


def parse_phone(text: str) -> Phone:
    """Return the one number that `text` (a cell, an answer) consists of.

    Nothing that makes one number, or several different ones, is `UNREADABLE`.
    """
    plain = fold_punctuation(text).strip().strip("'`’")
    whole = _FLOAT.fullmatch(plain)
    if whole:
        plain = whole[1]
    if _ROUNDED.fullmatch(plain.replace(" ", "")):
        return Phone(raw=text, kind=PhoneKind.UNREADABLE, e164=None)
    found = list(_find(plain, trusted=True))
    distinct = {one.phone.e164 or one.phone.raw: one.phone for one in found}
    if len(distinct) != 1 or _ANY_DIGIT.search(_rest(plain, found)):
        return Phone(raw=text, kind=PhoneKind.UNREADABLE, e164=None)
    (phone,) = distinct.values()
    return Phone(raw=text, kind=phone.kind, e164=phone.e164)


def _rest(text: str, found: list[FoundPhone]) -> str:
    """Return `text` without the numbers that were found and without their extensions."""
    for one in reversed(found):
        text = text[: one.start] + " " + text[one.end :]
    return _EXTENSION.sub(" ", text)


def find_phones(text: str, *, trusted: bool = False) -> tuple[FoundPhone, ...]:
    """Return every telephone number in `text` in reading order; identifiers are none.

    `trusted` says that the text is known to hold numbers (a column «Телефон»): then no label is wanted for a local
    number or for ten digits that could be an ИНН.
    """
    return tuple(_find(text, trusted=trusted))


def _find(text: str, *, trusted: bool) -> Iterator[FoundPhone]:
    plain = fold_punctuation(text).replace("\t", "\x00")
    plain = _DATE.sub(lambda found: "\x00" * len(found[0]), plain)
    if not trusted:
        for identifier in find_identifiers(text):
            length = identifier.end - identifier.start
            plain = plain[: identifier.start] + "\x00" * length + plain[identifier.end :]
    end = 0
    while run := _RUN.search(plain, end):
        span = _whole_span(plain, run)
        before = plain[max(end, span[0] - _LABEL_REACH) : span[0]]
        label = _label(before)
        labelled = trusted or label is not None
        after = max(run.end(), span[1])
        behind = _BEHIND.match(plain, after)
        if behind and (named := _label(behind[1] or behind[2])):
            label, after = named, behind.end()
        for start, stop in _parts(plain, span):
            phone = _read(text[start:stop], plain[start:stop], labelled=labelled)
            if phone:
                yield FoundPhone(phone=phone, start=start, end=stop, label=label)
        extension = _EXTENSION.match(plain, after)
        end = extension.end() if extension else after


def _whole_span(text: str, run: re.Match[str]) -> tuple[int, int]:
    """Take in the next line's digits where only they complete the number."""
    digits = _digits(run[0])
    broken = _BROKEN.match(text, run.end())
    if broken and 1 <= len(digits) < 11 and not _is_whole(digits):
        together = digits + _digits(broken[0])
        if _is_whole(together):
            return run.start(), broken.end()
    return run.start(), run.end()


def _is_whole(digits: str) -> bool:
    return (len(digits) == 11 and digits[0] in "78") or _MOBILE_DIGITS.fullmatch(digits) is not None


def _parts(text: str, span: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Part a run at a space where each side is a whole number of its own."""
    start, end = span
    if len(_digits(text[start:end])) <= 12:
        return (span,)
    for gap in re.finditer(r"[ ]+", text[start:end]):
        left, right = (start, start + gap.start()), (start + gap.end(), end)
        if _is_whole(_digits(text[slice(*left)])):
            rest = _parts(text, right)
            if all(_is_whole(_digits(text[slice(*part)])) for part in rest):
                return (left, *rest)
    return (span,)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text.translate(_CONFUSED))


def _label(text: str | None) -> PhoneLabel | None:
    """Return the label that stands last in `text`; «моб. тел.» is one label, the more telling."""
    if not text:
        return None
    near = re.split(r"[\n\x00;]", text)[-1] if text.strip() else ""
    near = near or re.split(r"[\x00;]", text)[-1]
    ends = [
        (max(found.start() for found in pattern.finditer(near)), label)
        for label, pattern in _LABELS
        if pattern.search(near)
    ]
    telling = [one for one in ends if one[1] is not PhoneLabel.PHONE]
    return max(telling)[1] if telling else (ends[0][1] if ends else None)


def _read(raw: str, plain: str, *, labelled: bool) -> Phone | None:
    """Return the number that a run is, None where it is no telephone number at all."""
    letters = len(_ANY_LETTER.findall(plain))
    digits = _digits(plain)
    if letters and len(digits) - letters < _REAL_DIGITS:
        return None
    international = plain.lstrip("( ").startswith("+")
    found = _classify(digits, international=international, labelled=labelled)
    if found is None and _meant_as_phone(plain, digits, labelled=labelled):
        found = (PhoneKind.UNREADABLE, None)
    return Phone(raw=raw, kind=found[0], e164=found[1]) if found else None


def _classify(
    digits: str, *, international: bool, labelled: bool
) -> tuple[PhoneKind, str | None] | None:
    if len(digits) == 11 and digits[0] in "78":
        return _russian(digits[1:])
    if international and digits[:1] not in {"7", "8"}:
        return _foreign(digits)
    if digits.startswith("810") and len(digits) >= 13:
        return _foreign(digits[3:])
    if international:
        return None
    if _MOBILE_DIGITS.fullmatch(digits):
        return PhoneKind.MOBILE, "+7" + digits
    if labelled and len(digits) == 10 and digits[0] in "348" and digits[:2] not in {"89", "80"}:
        return PhoneKind.FIXED, "+7" + digits
    if (
        labelled
        and len(digits) == 12
        and digits.startswith(("375", "996", "998", "992", "374", "994"))
    ):
        return _foreign(digits)
    if labelled and 5 <= len(digits) <= 7 and not digits.startswith(("89", "79")):
        return PhoneKind.FIXED, None
    return None


def _russian(national: str) -> tuple[PhoneKind, str | None] | None:
    if national[0] == "9":
        return PhoneKind.MOBILE, "+7" + national
    if national[0] in "67":
        return PhoneKind.FOREIGN, "+7" + national
    if national[0] in "348":
        return PhoneKind.FIXED, "+7" + national
    return None


def _foreign(digits: str) -> tuple[PhoneKind, str | None] | None:
    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    fixed = phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE
    kind = PhoneKind.FIXED if fixed and number.country_code == 7 else PhoneKind.FOREIGN
    return kind, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _meant_as_phone(plain: str, digits: str, *, labelled: bool) -> bool:
    """Say whether a run that makes no number was written as one: a digit is missing or too many."""
    if plain.lstrip("( ").startswith("+"):
        return len(digits) >= 6
    if labelled:
        return 8 <= len(digits) <= 15
    begins_so = digits.startswith(("89", "79")) or plain.startswith(
        ("8 (", "8(", "8-(", "7 (", "7(")
    )
    return 9 <= len(digits) <= 13 and begins_so and _FORMATTED.search(plain) is not None
