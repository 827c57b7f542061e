"""What is an answer and what is none: blanks in words, hints, examples, and the shapes that answers have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from parsers.facts import PhoneKind
from parsers.names.folding import fold_yo
from parsers.names.names import Case, find_people, parse_person
from parsers.names.phones import find_phones, parse_phone
from parsers.questionnaire.labels import Attribute

# Spaces of every kind and what text processors leave in their place
_SPACES: Final = re.compile(
    r"(?:[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|_x000[9AD]_)+"
)
# Signs without a shape: zero-width ones, marks of direction, other control characters
_SHAPELESS: Final = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)

# «нет», «-», «б/н», «xxx»: a person's or a program's way of leaving a cell empty
_NOTHING: Final = re.compile(
    r"[\W_]*|[xхXХ?0.\s/_-]+|"
    r"(?:нет(?:\s+(?:данных|сведений|информации|почты|сайта|телефона))?|нету|не\s+имеется|"
    r"не\s+име(?:ем|ется)|отсутствует|отсутствуют|не\s+указан[оа]?|не\s+заполнено|неизвестно|"
    r"не\s+предусмотрен[оа]?|не\s+требуется|не\s+применимо|не\s+назначен[а]?|прочерк|пусто|"
    r"б\s*[/\\.]\s*н\.?|н\s*[/\\.]\s*д\.?|n\s*/\s*a|none|null|nan|вакансия|заполнить|уточняется)"
    r"\W*",
    re.IGNORECASE,
)

# How a hint begins or what only hints hold
_HINT: Final = re.compile(
    r"^\W*(?:примечани|внимани|комментари|важно\b|укаж|указыва|указать|введи|ввести|впиш|вписать|запол|выбер|выбрать|напиш|написать|"
    r"напр(?:имер|\.)|пример|образец|формат|в\s+формате|как\s+в|по\s+уставу|согласно|"
    r"в\s+соответствии|без\s+сокращений|полностью|обязательн|необязательн|при\s+наличии|"
    r"если\s+|только\s|не\s+более|из\s+списка|в\s+именительном|на\s+этот|на\s+который|по\s+егрюл|"
    r"состоит\s+из|должен|должн|номер,?\s+на|\d+\s*(?:или\s*\d+\s*)?(?:цифр|знак|символ))|"
    r"\d+\s*(?:цифр|знак|символ)|в\s+формате|дд\.мм|чч\.мм|"
    r"[xхXХ_#]{3,}|_{2,}|\.{4,}|…\s*$",
    re.IGNORECASE,
)
# A whole answer in brackets is a hint: «(как в уставе)», «<укажите>»
_BRACKETED: Final = re.compile(r"\([^()]*\)|<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\}")

# The people of samples
_SAMPLE_PERSON: Final = re.compile(
    r"иванов[а-я]*\s+(?:иван[а-я]*\s+иванович[а-я]*|и\.?\s*и\.?)|"
    r"петров[а-я]*\s+(?:петр[а-я]*\s+петрович[а-я]*|п\.?\s*п\.?)|"
    r"сидоров[а-я]*\s+сидор[а-я]*\s+сидорович[а-я]*|фамилия|ф\.?\s?и\.?\s?о\.?$"
)
# The numbers of samples, without the country's digit
_SAMPLE_NUMBER: Final = re.compile(
    r"9\d\d(?:1234567|0000000|1111111|1112233|5555555|7777777|9999999|2223344|7654321)|"
    r"(\d)\1{9}|1234567890|9123456789|9876543210"
)
_SAMPLE_ADDRESS: Final = re.compile(
    r"example|пример|^(?:ivanov|mail|email|test|primer|xxx)@", re.IGNORECASE
)
_SAMPLE_DIGITS: Final = ("1234567890", "0123456789", "0000000000", "1111111111", "9999999999")

_DATE: Final = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}\s+[а-я]{3,8}\s+\d{4}"
)
_SITE: Final = re.compile(r"(?:https?://)?[^\s@]+\.[^\s@]{2,}", re.IGNORECASE)
# A count of people: «214», «87 чел.», «1 023»
_COUNT: Final = re.compile(
    r"(?:\d{1,5}|\d{1,2}\s\d{3})(?:[.,]0+)?\s*(?:чел\w*|обуч\w*|уч\w*|детей|воспитанник\w*)?\s*\.?",
    re.IGNORECASE,
)
# A number or an address that stands behind a name in the same cell
_REACHED_BY: Final = re.compile(r"\+?\d[\d\s()-]{5,}\d|[^\s,;]+@[^\s,;]+")
_NAME_PART: Final = re.compile(r"[А-ЯЁ][А-ЯЁа-яё'-]+(?:[ -][А-ЯЁа-яё'-]+){0,2}")
# A number that a spreadsheet rounded: «8,91612E+10»
ROUNDED: Final = re.compile(r"\s*'?\+?\d(?:[.,]\d+)?\s*[EeЕе]\s*\+?\s*\d{1,3}\s*")
_FLOAT_TAIL: Final = re.compile(r"(?<=\d)[.,]0+$")
_NOT_DIGIT: Final = re.compile(r"\D")


def clean(text: str) -> str:
    """Return a cell's text on one line, without apostrophe, odd spaces and invisible signs."""
    plain = _SPACES.sub(" ", _SHAPELESS.sub("", _SPACES.sub(" ", text))).strip()
    return plain.lstrip("'`’‘ ").strip() if plain[:1] in "'`’‘" else plain


def is_answer(text: str) -> bool:
    """Tell whether a cell's text can be an answer at all: neither blank in words nor a hint."""
    plain = clean(text)
    if not plain or _NOTHING.fullmatch(plain):
        return False
    return not (_HINT.search(plain) or _BRACKETED.fullmatch(plain))


def digits_of(text: str) -> str:
    """Return the digits of a cell; the tail of a float and the spaces between groups are dropped."""
    return _NOT_DIGIT.sub("", _FLOAT_TAIL.sub("", clean(text)))


def is_rounded(text: str, *, number: bool) -> bool:
    """Tell whether digits were lost: «8,91612E+10», or a stored number that ends in five noughts."""
    if ROUNDED.fullmatch(text):
        return True
    digits = digits_of(text)
    return number and len(digits) >= 10 and digits.endswith("00000")


def is_sample(text: str) -> bool:
    """Tell whether an answer is of the kind that only samples have."""
    plain = fold_yo(clean(text).casefold())
    if _SAMPLE_PERSON.match(plain):
        return True
    digits = _NOT_DIGIT.sub("", plain)
    national = digits[1:] if len(digits) == 11 and digits[0] in "78" else digits
    return (
        bool(_SAMPLE_NUMBER.fullmatch(national))
        or digits in _SAMPLE_DIGITS
        or bool("@" in plain and _SAMPLE_ADDRESS.search(plain))
    )


def is_sample_address(text: str) -> bool:
    """Tell whether an address is of the kind that samples have; so may be a school's own «mail@…»."""
    return "@" in text and is_sample(text)


def is_typed(attribute: Attribute) -> bool:
    """Tell whether answers of the kind can be known by their shape."""
    return attribute in _SHAPES


def fits(attribute: Attribute, text: str) -> bool:
    """Tell whether a text has the shape of an answer; anything fits what has no shape of its own."""
    if not is_answer(text):
        return False
    shape = _SHAPES.get(attribute)
    return shape is None or shape(clean(text))


def is_one_alone(attribute: Attribute, text: str) -> bool:
    """Tell whether a text is a person's name or a number and nothing else, and no sample's."""
    plain = clean(text)
    if is_sample(plain):
        return False
    if attribute is Attribute.FIO:
        return parse_person(plain, governing=Case.NOMINATIVE) is not None and len(plain.split()) > 1
    return attribute is Attribute.PHONE and parse_phone(plain).kind is PhoneKind.MOBILE


def _is_phone(text: str) -> bool:
    if ROUNDED.fullmatch(text):
        return True
    if parse_phone(text).kind is not PhoneKind.UNREADABLE:
        return True
    return any(one.phone.e164 for one in find_phones(text, trusted=True))


def _is_person(text: str) -> bool:
    alone = _REACHED_BY.sub(" ", text)
    return not any(sign.isdigit() for sign in alone) and bool(find_people(alone, bare=True))


def _has_digits(least: int, most: int, text: str) -> bool:
    return least <= len(digits_of(text)) <= most and sum(map(str.isalpha, text)) <= 6


def _is_inn(text: str) -> bool:
    return _has_digits(9, 12, text) or _has_digits(18, 21, text)  # the latter with a КПП beside it


_SHAPES: Final[Mapping[Attribute, Callable[[str], bool]]] = {
    Attribute.INN: _is_inn,
    Attribute.KPP: partial(_has_digits, 7, 9),
    Attribute.OGRN: partial(_has_digits, 13, 15),
    Attribute.PHONE: _is_phone,
    Attribute.EMAIL: lambda text: "@" in text,
    Attribute.FIO: _is_person,
    Attribute.SURNAME: lambda text: bool(_NAME_PART.fullmatch(text)),
    Attribute.GIVEN: lambda text: bool(_NAME_PART.fullmatch(text)),
    Attribute.PATRONYMIC: lambda text: bool(_NAME_PART.fullmatch(text)),
    Attribute.SITE: lambda text: bool(_SITE.fullmatch(text)),
    Attribute.DATE: lambda text: bool(_DATE.search(text)),
    Attribute.PUPILS: lambda text: bool(_COUNT.fullmatch(text)),
}
