"""Headers in a letter's text: the line over a list, the clause over its entries, the sentence before.

What stands under a header has the role that the header names.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from parsers.letter.anchors import ADMINISTRATOR, SFERUM, PersonRole, anchors
from parsers.letter.mentions import Mention
from parsers.letter.structure import Segment
from parsers.letter.verbs import APPOINTS, HEAD_LINE


@dataclass(frozen=True, slots=True)
class Lead:
    """A header and the role that what follows it has."""

    role: PersonRole
    piece: Segment


# A header over a list: what its entries inherit.
_OTHER_LEAD: Final = re.compile(
    r"\s*(?:[0-9.]+\s*)?(?:(?:контактн\w+\s+)?(?:сведения|данные|информация|контакты)\s+(?:об?\s+)?(?:[а-яё]+\s+)?(?:руководител|"
    r"директор|организаци|учреждени|школ)|"
    r"(?:руководитель|директор|организация)\s*:\s*$)",
    re.IGNORECASE,
)
# The label of a name, whose role the sentence before it says.
NAME_LABEL: Final = re.compile(
    r"\s*(?:ф\.?\s?и\.?\s?о\b|фамилия|(?:работник|сотрудник|кандидат|уполномоченное\s+лицо|назначаем\w+)\s*[:-])",
    re.IGNORECASE,
)
LEAD_END: Final = re.compile(r"[:-]\s*$")
_HAS_NUMBER: Final = re.compile(r"[0-9][ ().-]{0,3}[0-9]{2}")  # a line with its value is no header
_ENDS_LEAD: Final = re.compile(
    r"контрол|основание|приложени|ознаком|настоящий приказ|директор\b.*_|исполнит|^\s*приказываю|"
    r"^\s*(?:в\s+связи|в\s+целях|на\s+основании|в\s+соответствии|руководствуясь|во\s+исполнение|с\s+целью)\b",
    re.IGNORECASE,
)

# «эту работу ведёт …», «данные обязанности исполняет …»: the role that the sentence before has named.
_TAKES_UP: Final = re.compile(
    r"\b(?:эт(?:у|и|ими|их)|данн(?:ую|ые|ыми)|указанн(?:ую|ые|ыми))\s+(?:работ|обязанност|функци|рол|полномочи|прав)\w*",
    re.IGNORECASE,
)
# «её», «его», «данного сотрудника» as the object of what is asked.
_PRONOUN: Final = re.compile(
    r"\b(?:сделать|назначить|считать|зарегистрировать|утвердить|наделить|просим|прошу)\s+(?:[а-яё]+\s+)?(?:его|её|ее)\b|"
    r"\b(?:назначить|зарегистрировать|утвердить|наделить|просим|прошу)\s+(?:данного|указанного|этого)\s+"
    r"(?:сотрудник|работник|педагог)\w*",
    re.IGNORECASE,
)

# Somebody is made head: under a mere title nobody's clause.
_ANOTHER_OFFICE: Final = re.compile(
    r"\b(?:директором|заведующ(?:им|ей)|руководителем|начальником|ректором)\b", re.IGNORECASE
)

# Another system, by its kind or in quotation marks.
_SYSTEM: Final = re.compile(
    r"\"[^\"\n]{3,40}\"|навигатор|моя\s+школа|госвеб|фрдо|журнал|дневник|сайт|портал|\bаис\b|\bфис\b|\bгис\b",
    re.IGNORECASE,
)
_BACK: Final = 2  # sentences that such a one may go back

_OVER: Final = (
    60  # signs of a clause that its entries are read behind: «… обязанности: а) администратора»
)


def is_lead(piece: Segment) -> bool:
    """Say whether `piece` is a header: it names a role, nobody and nothing, and ends so or stands alone."""
    text = piece.text
    if not anchors(text):
        return _OTHER_LEAD.match(text) is not None
    short = (
        len(text.strip()) <= 70
        and not text.rstrip().endswith(".")
        and not APPOINTS.search(text)
        and not _HAS_NUMBER.search(text)
    )
    return LEAD_END.search(text) is not None or (
        short and not piece.row and "\n" not in text.strip()
    )


def _lead_role(piece: Segment) -> PersonRole:
    roles = [one.role for one in anchors(piece.text)]
    for role in (PersonRole.ADMINISTRATOR, PersonRole.RESPONSIBLE):
        if role in roles:
            return role
    return PersonRole.OTHER


def lead_after(lead: Lead | None, piece: Segment) -> Lead | None:
    """Return the header that still holds for `piece`."""
    if lead is None:
        return None
    same_level = piece.marker and lead.piece.marker and piece.depth <= lead.piece.depth
    if same_level or _ENDS_LEAD.search(piece.text) or HEAD_LINE.match(piece.text):
        return None
    if not LEAD_END.search(lead.piece.text) and _ANOTHER_OFFICE.search(piece.text):
        return None
    return lead


def lead_of(piece: Segment) -> Lead:
    """Return `piece` as the header over what follows."""
    return Lead(_lead_role(piece), piece)


def taken_up(pieces: Sequence[Segment], number: int, named_in: Container[int]) -> Lead | None:
    """Return the sentence before, where it speaks of an administrator unnamed and this one goes on about the role.

    «Администратор «Сферума» сменился. Теперь эту работу ведёт …»
    """
    if not _TAKES_UP.search(pieces[number].text):
        return None
    for at in range(number - 1, max(number - 1 - _BACK, -1), -1):
        if at in named_in:
            return None
        if ADMINISTRATOR.search(pieces[at].text):
            return Lead(PersonRole.ADMINISTRATOR, pieces[at])
    return None


def means_person_before(
    last: Mention, piece: Segment, number: int, named_in: Mapping[int, int]
) -> bool:
    """Say whether a pronoun gives the role to the one person of the sentence before («Просим сделать её …»)."""
    return (
        last.segment == number - 1
        and named_in.get(last.segment) == 1
        and last.role in {PersonRole.NONE, PersonRole.RESPONSIBLE}
        and any(
            role.role is PersonRole.ADMINISTRATOR and _PRONOUN.search(piece.text, 0, role.start)
            for role in anchors(piece.text)
        )
    )


def without_other_systems(
    mentions: Sequence[Mention], led: Mapping[int, Lead], pieces: Sequence[Segment]
) -> list[Mention]:
    """Give the entries of other systems another role, where a list of administrators names a system in each entry.

    `led` says under which header a person stands, by where the name begins («Администраторами назначить: «Моя школа» –
    …; «Сферум» – …»).
    """
    ours = {
        lead.piece.start
        for one in mentions
        if (lead := led.get(one.person.start)) and SFERUM.search(pieces[one.segment].text)
    }
    made: list[Mention] = []
    for one in mentions:
        lead = led.get(one.person.start)
        elsewhere = (
            lead is not None
            and lead.piece.start in ours
            and not SFERUM.search(lead.piece.text)
            and not SFERUM.search(pieces[one.segment].text)
            and _SYSTEM.search(pieces[one.segment].text)
        )
        made.append(replace(one, role=PersonRole.OTHER) if elsewhere else one)
    return made


def told_below(one: Mention, pieces: Sequence[Segment], named_in: Mapping[int, int]) -> Mention:
    """Give a person the role that the entries under their own clause say («Ивановой М.П.: 1.1. исполнять …»)."""
    piece = pieces[one.segment]
    alone = named_in.get(one.segment) == 1
    if one.role is not PersonRole.NONE or not alone or not piece.text.rstrip().endswith(":"):
        return one
    for number in range(one.segment + 1, len(pieces)):
        below = pieces[number]
        if below.depth <= piece.depth or number in named_in:
            break
        over = piece.text[-_OVER:]
        if any(
            role.role is PersonRole.ADMINISTRATOR and role.start > len(over)
            for role in anchors(f"{over} {below.text}")
        ):
            return replace(one, role=PersonRole.ADMINISTRATOR)
    return one
