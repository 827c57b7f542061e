"""Identifiers of organizations and people: their check digits, and where they stand in a text.

An ИНН of ten digits that begins with 9 passes every test of a mobile number, so identifiers are taken out of a text
before telephone numbers are looked for. Check digits: приказ ФНС ЕД-7-14/559@ (ИНН, КПП), приказ Минфина 165н (ОГРН),
as `stdnum.ru` computes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stdnum.ru import inn as _inn
from stdnum.ru import ogrn as _ogrn

from parsers.names.folding import fold_look_alikes, fold_punctuation


class IdentifierKind(StrEnum):
    """What a number that is no telephone number identifies."""

    INN = "inn"
    OGRN = "ogrn"
    KPP = "kpp"
    OTHER = "other"  # СНИЛС, ОКПО, БИК, accounts, certificates, licences, postcodes, passports


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A number that is labelled as an identifier, or proves to be one by its check digit."""

    kind: IdentifierKind
    digits: str
    start: int
    end: int


# КПП: four digits of the office, two digits or Latin capitals of the reason, three digits of the serial number.
_KPP: Final = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")

# Digits as they stand behind a label: groups parted by single spaces, hyphens or dots.
_GROUPS: Final = r"[0-9OОoоЗ](?:[ ]?[-.]?[ ]?[0-9OОoоЗз])*"

_COLON: Final = r"[ ]*(?:[:=№N.-]|\n)*[ ]*"

# «ИНН/КПП 7707083893/770701001»
_PAIR: Final = re.compile(
    rf"\bИНН[ ]*[/\\,][ ]*КПП{_COLON}({_GROUPS})[ ]*[/\\,; ][ ]*([0-9A-Z]{{9}})?", re.IGNORECASE
)

# «ИНН 7707083893», «ОГРН: 1027700132195», «КПП 770701001»; «ИНН ЮЛ», «ИНН организации» as certificates have it.
_LABELLED: Final = re.compile(
    rf"\b(ИНН|ОГРНИП|ОГРН|КПП)(?:[ ]*\(?(?:ЮЛ|ФЛ|организации|учреждения|школы)\)?)?{_COLON}({_GROUPS})",
    re.IGNORECASE,
)

# Labels of other numbers, with up to three words between label and digits («серийный номер сертификата: 01 23»).
_OTHER: Final = re.compile(
    r"(?:\b(?:СНИЛС|ОКПО|ОКАТО|ОКТМО|ОКВЭД2?|ОКОГУ|ОКОПФ|ОКФС|БИК|КБК|УИН|ЕНС|ЕКС|УРН|"
    r"[рлк]/[ ]?с(?:ч[её]?т?)?|(?:рас|лиц|корр|казнач)[а-яё.]*[ ]?(?:сч[её]т[а-яё]*|сч\.?)|сч[её]т[а-яё]*|"
    r"паспорт[а-яё]*|сертификат[а-яё]*|серийн[а-яё]+[ ]номер|лицензи[а-яё]+|свидетельств[а-яё]+|"
    r"уч[её]тн[а-яё]+[ ]номер|идентификатор[а-яё]*|1\.2\.643(?:\.[0-9]+)+))"
    r"(?:[ :№N.,=()\n-]|серия|серии|рег\.|номер|№){0,20}"
    r"([0-9](?:[ ]?[-./]?[ ]?[0-9A-Fa-fАВСЕ])*)",
    re.IGNORECASE,
)

# A long run of hexadecimal digits, grouped or not: a certificate's or signature's number.
_HEX: Final = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[ :]?){15,}[0-9A-Fa-f]{0,2}(?![0-9A-Fa-f])"
)

# СНИЛС as it is printed everywhere.
_SNILS: Final = re.compile(r"(?<![0-9])[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}(?![0-9])")

# A bare run of digits of an identifier's length.
_BARE: Final = re.compile(r"(?<![0-9+(-])(?<!\+7 )[0-9]{10,25}(?![0-9]|[ -][0-9])")

# What announces a telephone number, looked for shortly before a bare run.
_PHONE_LABEL: Final = re.compile(
    r"(?:тел|моб|сот|номер|телефон|факс|звон|связ|whats|viber|контакт|\bт\.)[^\n]{0,28}$",
    re.IGNORECASE,
)

_NOT_DIGIT: Final = re.compile(r"[^0-9A-ZА-ЯЁ]", re.IGNORECASE)
_CONFUSED: Final = str.maketrans("OОoоЗз", "000033")  # look-alikes of digits


def is_inn(text: str) -> bool:
    """Say whether `text` is an ИНН of an organization: ten digits with the right check digit."""
    return _digits(text, 10) and int(text) != 0 and bool(_inn.is_valid(text))


def is_ogrn(text: str) -> bool:
    """Say whether `text` is an ОГРН: thirteen digits with the right check digit."""
    return _digits(text, 13) and int(text) != 0 and bool(_ogrn.is_valid(text))


def is_kpp(text: str) -> bool:
    """Say whether `text` has the shape of a КПП; it has no check digit."""
    return text.isascii() and _KPP.fullmatch(text) is not None and text.strip("0") != ""


def restore_zero(digits: str, lengths: Sequence[int], valid: Callable[[str], bool]) -> str | None:
    """Return `digits` with the one leading zero that a spreadsheet dropped, None where that proves nothing.

    `lengths` are the lengths that the identifier may have, `valid` its check: a zero is restored only if it holds.
    """
    if not digits.isdecimal() or len(digits) + 1 not in lengths:
        return None
    restored = "0" + digits
    return restored if valid(restored) else None


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """Return every identifier in `text`, in reading order and without overlaps.

    ИНН, ОГРН and КПП are told apart, labelled ones whether or not their check digit holds; a bare run of digits counts
    where its check digit holds and nothing before it announces a telephone number.
    """
    plain = fold_punctuation(text)
    taken: list[Identifier] = []
    covered: set[int] = set()
    for found in _candidates(fold_look_alikes(plain), plain):
        span = range(found.start, found.end)
        if covered.isdisjoint(span):
            covered.update(span)
            taken.append(found)
    return tuple(sorted(taken, key=lambda found: found.start))


def _candidates(text: str, unfolded: str) -> Iterator[Identifier]:
    for pair in _PAIR.finditer(text):
        yield from _trimmed(IdentifierKind.INN, text, pair.span(1))
        if pair[2]:
            yield from _trimmed(IdentifierKind.KPP, text, pair.span(2))
    for label in _LABELLED.finditer(text):
        name = label[1].upper()
        kind = {"ИНН": IdentifierKind.INN, "КПП": IdentifierKind.KPP}.get(name, IdentifierKind.OGRN)
        yield from _trimmed(kind, text, label.span(2))
    for pattern, group, source in ((_HEX, 0, unfolded), (_OTHER, 1, text), (_SNILS, 0, text)):
        for other in pattern.finditer(source):
            digits = _NOT_DIGIT.sub("", other[group])
            yield Identifier(
                kind=IdentifierKind.OTHER,
                digits=digits,
                start=other.start(group),
                end=other.end(group),
            )
    yield from _bare(text)


def _bare(text: str) -> Iterator[Identifier]:
    for run in _BARE.finditer(text):
        digits = run[0]
        if is_ogrn(digits):
            kind = IdentifierKind.OGRN
        elif is_inn(digits) and not _PHONE_LABEL.search(
            text[max(run.start() - 40, 0) : run.start()]
        ):
            kind = IdentifierKind.INN
        elif len(digits) >= 12:
            kind = IdentifierKind.OTHER
        else:
            continue
        yield Identifier(kind=kind, digits=digits, start=run.start(), end=run.end())


_LENGTHS: Final = {
    IdentifierKind.INN: (10, 12),
    IdentifierKind.OGRN: (13, 15),
    IdentifierKind.KPP: (9,),
}


def _trimmed(kind: IdentifierKind, text: str, span: tuple[int, int]) -> Iterator[Identifier]:
    """Cut what a greedy match swallowed behind an identifier of known length («ИНН 7707083893 8 916 …»)."""
    start, end = span
    digits = ""
    for at in range(start, end):
        if text[at].isalnum():
            digits += text[at]
        elif len(digits) in _LENGTHS[kind] and text[at] in " \n":
            end = at
            break
    digits = digits.translate(_CONFUSED)
    if len(digits) >= min(_LENGTHS[kind]) - 1:
        yield Identifier(kind=kind, digits=digits, start=start, end=end)


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdecimal()
