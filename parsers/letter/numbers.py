"""Whose a telephone number in a letter is: the administrator's, or anybody else's.

A number counts only by its tie to the administrator: the same clause, row or list entry, a label that names the role,
or a paragraph of its own right behind. The letterhead's, the executor's, the head's and the school's never do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from parsers.letter.anchors import PersonRole, anchors
from parsers.letter.mentions import Mention
from parsers.letter.roles import role_of_column
from parsers.letter.structure import Segment
from parsers.letter.verbs import EXECUTOR
from parsers.names.phones import FoundPhone

# Whose number a label says it is, besides the administrator's.
_NOT_HIS: Final = re.compile(
    r"\b(?:тел(?:ефон\w*|\.)?|номер\w*|моб\w*\.?|контакт\w*|т\.)\s*(?:/\s*факс\w*\s*)?(?:[а-яё.]+\s+){0,3}?"
    r"(?:руководител\w+|директор\w+|заведующ\w+|школы|организаци\w+|учреждени\w+|при[её]мн\w+|секретар\w+|"
    r"исполнител\w+|оу|оо|сада|"
    r"гимнази\w+|лице[яй]|колледж\w*|отдел\w+|управлени\w+|горяч\w+|справ\w+|бухгалтер\w+)|"
    r"(?:стар|прежн|предыдущ)\w+\s+номер\w*|"
    r"для\s+связи\s+со?\s+(?:школ|организ|учрежд)\w+|\b(?:школ|организаци|учреждени)\w*\s*:\s*$",
    re.IGNORECASE,
)
_APART: Final = " | "  # parts the texts of cells that are looked at together
_FAX: Final = re.compile(r"факс", re.IGNORECASE)

# A line that is the letterhead's or a footer's: an address, mail, identifiers.
_CONTACTS: Final = re.compile(
    r"\b[0-9]{6}\b|\bул\.|улица|просп|e-?mail|эл(?:ектронн\w+|\.)\s*(?:почта|адрес)|@|\bИНН\b|\bОГРН\b|сайт|http|www|"
    r"факс",
    re.IGNORECASE,
)

# Of these a line of the body may have some beside the administrator's number.
_MAIL: Final = re.compile(
    r"(?:адрес\w*\s+)?(?:e-?mail|эл(?:ектронн\w+|\.)\s*(?:почт\w+|адрес\w*))|@", re.IGNORECASE
)

# What a bare line behind the signature must say to be the administrator's.
_CONTACT: Final = re.compile(
    r"контактн|мобильн|сотов|\bмоб|\bсот|номер\s+телефон|телефон\w*\s+для", re.IGNORECASE
)

# A number for signing in belongs to the administrator, whoever was named last.
_FOR_PLATFORM: Final = re.compile(
    r"(?:номер|телефон)[^.;]{0,60}(?:для\s+(?:входа|регистрац|авторизац|доступ|подключ|получени)|привяз|на\s+котор|"
    r"к\s+которому)|"
    r"для\s+(?:входа|регистрац\w+|авторизац\w+|доступа|подключени\w+)[^.;]{0,80}?(?:номер|телефон|тел\.)",
    re.IGNORECASE,
)

# A number before anybody is named.
_HAS_NUMBER: Final = re.compile(r"[0-9](?:[ ().-]{0,3}[0-9]){9}")

# «вместо номера …»: right before the number that goes.
_REPLACED: Final = re.compile(r"\b(?:вместо|взамен)\s+(?:[а-яё]+\s+){0,3}$", re.IGNORECASE)

# Who is administrator no longer; the number beside him is his, unless somebody else is named in between.
_FORMER: Final = re.compile(
    r"\b(?:прежн|предыдущ|предшествующ|бывш)\w+\s+(?:[а-яё]+\s+)?администратор\w*", re.IGNORECASE
)
_FORMER_BEHIND: Final = re.compile(rf"[^.;]{{0,40}}?{_FORMER.pattern}", re.IGNORECASE)

# What is said behind a number that is not to be used.
_REFUSED: Final = re.compile(
    r"^[^.;]{0,40}\b(?:не\s+(?:использ|примен|указыв|привяз|регистр)|(?:прошу|просим)\s+(?:отключ|удал|исключ|отвяз))",
    re.IGNORECASE,
)

_ADMINISTRATOR_LABEL: Final = re.compile(
    r"\b(?:тел(?:ефон\w*|\.)?|номер\w*|моб\w*\.?|контакт\w*|данн\w*)[^.;:]{0,40}администратор",
    re.IGNORECASE,
)


class _Owner(Enum):
    """Whose a number is."""

    ADMINISTRATOR = auto()
    OTHER = auto()
    NOBODY = auto()  # in a place of its own that is tied to no one


def administrator_phones(
    phones: Sequence[FoundPhone],
    mentions: Sequence[Mention],
    pieces: Sequence[Segment],
    *,
    header_end: int,
    tail_start: int,
) -> tuple[FoundPhone, ...]:
    """Return the numbers that are the administrator's, in reading order.

    `header_end` is where the letterhead ends, `tail_start` where the signature begins. A number that is tied to nobody
    is his if there is no other.
    """
    places = _Places(mentions, pieces, header_end, tail_start)
    owners = [(phone, _owner(phone, places)) for phone in phones]
    his = tuple(phone for phone, owner in owners if owner is _Owner.ADMINISTRATOR)
    loose = tuple(phone for phone, owner in owners if owner is _Owner.NOBODY)
    alone = len({one.phone.e164 or one.phone.raw for one in loose}) == 1
    return his or (loose if alone else ())


@dataclass(frozen=True, slots=True)
class _Places:
    """What is known of a letter when its numbers are given owners."""

    mentions: Sequence[Mention]
    pieces: Sequence[Segment]
    header_end: int
    tail_start: int

    def piece_of(self, at: int) -> int | None:
        """Return which piece the offset `at` lies in."""
        inside = (i for i, piece in enumerate(self.pieces) if piece.start <= at < piece.end)
        return next(inside, None)


def _owner(phone: FoundPhone, places: _Places) -> _Owner:
    number = places.piece_of(phone.start)
    if number is None:
        return _Owner.OTHER
    piece = places.pieces[number]
    label = _label_of(phone, number, places.pieces)
    if _REPLACED.search(piece.text[: phone.start - piece.start]) or _is_formers(
        phone, piece, places
    ):
        return _Owner.OTHER
    if _REFUSED.match(piece.text[phone.end - piece.start :]):
        return _Owner.OTHER
    if _ADMINISTRATOR_LABEL.search(label) and not _other_role_in(label):
        return _Owner.ADMINISTRATOR
    if _NOT_HIS.search(label) or EXECUTOR.match(piece.text):
        return _Owner.OTHER
    if _behind_executor(number, places.pieces):
        return _Owner.OTHER
    here = [one for one in places.mentions if one.segment == number]
    if here:
        bound = _bound(phone, here, piece)
        if bound:
            return _of(bound)
        earlier = [one for one in here if one.person.end <= phone.start]
        return _of(earlier[-1] if earlier else here[0])
    if phone.start < places.header_end:
        return _Owner.OTHER
    column = role_of_column(
        _heads(number, places.pieces), piece.text.count("\t", 0, phone.start - piece.start)
    )
    if column is not None:
        his = column is PersonRole.ADMINISTRATOR
        return _Owner.ADMINISTRATOR if his else _Owner.OTHER
    if _administrator_in(piece.text) or _FOR_PLATFORM.search(piece.text):
        return _Owner.ADMINISTRATOR
    return _owner_nearby(phone, piece, places)


def _is_formers(phone: FoundPhone, piece: Segment, places: _Places) -> bool:
    """Say whether the former administrator stands before or behind a number, nobody in the role between them."""
    text, start = piece.text, piece.start
    gaps = [
        (start + one.end(), phone.start) for one in _FORMER.finditer(text, 0, phone.start - start)
    ][-1:]
    if behind := _FORMER_BEHIND.match(text, phone.end - start):
        gaps.append((phone.end, start + behind.end()))
    named = [one.person.start for one in places.mentions if one.role is PersonRole.ADMINISTRATOR]
    return any(not any(low <= at < high for at in named) for low, high in gaps)


def _bound(phone: FoundPhone, here: Sequence[Mention], piece: Segment) -> Mention | None:
    """Return whom a dash behind the number ties it to, in a line of numbers and names («8 912 … – Иванова М.П.»)."""
    if _HAS_NUMBER.search(piece.text[: here[0].person.start - piece.start]) is None:
        return None
    behind = next((one for one in here if one.person.start >= phone.end), None)
    if behind is None:
        return None
    between = piece.text[phone.end - piece.start : behind.person.start - piece.start]
    return behind if re.fullmatch(r"\s*-\s*", between) else None


def _of(mention: Mention) -> _Owner:
    his = mention.role is PersonRole.ADMINISTRATOR
    return _Owner.ADMINISTRATOR if his else _Owner.OTHER


def _owner_nearby(phone: FoundPhone, piece: Segment, places: _Places) -> _Owner:
    """Judge a number in a piece of its own by who was named last before it."""
    in_body = places.header_end <= phone.start < places.tail_start
    text = _MAIL.sub(" ", piece.text) if in_body else piece.text
    if _FAX.search(text) or _CONTACTS.search(text):
        return _Owner.OTHER
    contact = _CONTACT.search(piece.text) is not None
    earlier = [one for one in places.mentions if one.person.start < phone.start]
    if phone.start >= places.tail_start:
        signed = sum(one.person.start >= places.tail_start for one in earlier)
        return _Owner.NOBODY if contact and signed <= 1 else _Owner.OTHER
    if earlier and contact and piece.marker and earlier[-1].role is PersonRole.OTHER:
        return _Owner.NOBODY  # a numbered clause of its own, behind a clause about somebody else
    if earlier:
        return _of(earlier[-1])
    return _Owner.NOBODY if contact else _Owner.OTHER


def _label_of(phone: FoundPhone, number: int, pieces: Sequence[Segment]) -> str:
    """Return the words that label a number: those right before it, in a table the cell before or the column's head."""
    piece = pieces[number]
    before = piece.text[: phone.start - piece.start]
    if not piece.row:
        return re.split(r"[,;]\s|\n(?=[А-ЯЁ])", before)[-1]
    cells = before.split("\t")
    filled = [cell for cell in cells[:-1] if cell.strip()]
    near = _APART.join([*filled[-1:], cells[-1]])  # not a phrase: the cell before may hold a post
    head = _heads(number, pieces)
    column = len(cells) - 1
    above = head[column] if column < len(head) else ""
    return f"{above}{_APART}{near}" if not re.search(r"[0-9]{5}", above) else near


def _heads(number: int, pieces: Sequence[Segment]) -> Sequence[str]:
    """Return the cells of the first row of the table that the piece `number` is a later row of; else none."""
    first = number
    while first and pieces[first].row and pieces[first - 1].row:
        first -= 1
    return pieces[first].text.split("\t") if first < number else ()


def _administrator_in(text: str) -> bool:
    return any(one.role is PersonRole.ADMINISTRATOR for one in anchors(text))


def _other_role_in(label: str) -> bool:
    """Say whether a label speaks of another than the administrator: «помощник администратора»."""
    return any(one.role is PersonRole.OTHER for one in anchors(label))


def _behind_executor(number: int, pieces: Sequence[Segment]) -> bool:
    """Say whether the executor's line stands right above, or a line of the letterhead's kind between."""
    return any(EXECUTOR.match(pieces[at].text) for at in range(max(number - 2, 0), number))
