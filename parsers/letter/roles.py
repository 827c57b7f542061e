"""Who of the people named in a letter is the administrator: each name is tied to a role by its own piece of the text.

A name whose tie is not certain has no role. Constructions and traps: the table of wordings that school clerks use, in
every case («назначить …», «возложить … на», «поручить …», «в лице …», «администратором является …», rows, labels).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from parsers.letter.anchors import ADMINISTRATOR, Anchor, PersonRole, anchors
from parsers.letter.leads import (
    LEAD_END,
    NAME_LABEL,
    Lead,
    is_lead,
    lead_after,
    lead_of,
    means_person_before,
    taken_up,
    told_below,
    without_other_systems,
)
from parsers.letter.mentions import Mention
from parsers.letter.structure import Segment
from parsers.letter.verbs import APPOINTS, DISMISSES, EXECUTOR, HEAD_LINE, INSTEAD, TAKEN_FROM
from parsers.names.names import FoundPerson

# «Контроль за исполнением …»: whoever is named behind it controls.
_CONTROL: Final = re.compile(r"\bконтрол\w+", re.IGNORECASE)

# Whoever is named behind this, or before it in brackets, stands in for somebody.
_SUBSTITUTE: Final = re.compile(
    r"\bна\s+(?:время|период|случай)\s+(?:(?:его|её|ее|временн\w+|очередн\w+|ежегодн\w+)\s+)?(?:отсутств|отпуск|"
    r"болезн|нетрудо|командир)\w*|"
    r"\bв\s+случае\s+(?:[а-яё]+\s+)?(?:нетрудо|болезн|отпуск|увольнен|командир)\w*|"
    r"\bв\s+(?:(?:период|случае|время|его|ее|её)\s+)*(?:\w+\s+)?отсутстви\w+|\bпри\s+отсутствии|"
    r"\bвременно\s+исполня\w+|\bдубл[её]р\w*|"
    r"\bрезервн\w+|\bзамеща(?:ет|ть|ющ)\w*|\bзамен(?:яет|ять|яющ|ой)\w*",
    re.IGNORECASE,
)

# «им. …», «имени …» before a name that belongs to the school's.
_HERO: Final = re.compile(
    r"\b(?:им(?:\.|\b)|(?<!от )имени|памяти)\s*(?:[\w.,-]+\s+){0,7}$", re.IGNORECASE
)

# The head's post right before a name or right behind it, and «Я, …».
_HEAD_BEFORE: Final = re.compile(
    r"(?<!заместителя )(?<!заместитель )(?<!заместителю )(?<!зам\. )(?<!зам )(?<!заместителем )"
    r"\b(?:директор|заведующ|руководител|начальник|ректор)\w*(?!\s+по\b)(?:\s+(?!по\b)[^\s,;:]+){0,12}\s+$",
    re.IGNORECASE,
)
_MYSELF: Final = re.compile(
    r"(?:^|[\s(])Я,?\s+(?:нижеподписавш\w+\s+)?(?:[а-яё]+,?\s+){0,6}(?:[А-ЯЁ\"№0-9][^\s,]*\s+){0,8}$"
)
# The head's label before a name: «ФИО руководителя: …», «Директор школы: …».
_HEAD_LABEL: Final = re.compile(
    r"(?<!заместитель )(?<!заместителя )\b(?:руководител|директор|заведующ|начальник|ректор)\w*(?:\s+[^:\n\t]{1,40})?"
    r"\s*[:\t]\s*$",
    re.IGNORECASE,
)

# The institution acts by its head: «… в лице директора Иванова И.И. просит …».
_IN_PERSON: Final = re.compile(
    r"\bв\s+лице\s+(?:и\.?\s?о\.?\s+|исполняющ\w+\s+обязанности\s+)?"
    r"(?:директор|заведующ|руководител|начальник|ректор)\w*(?:\s+(?!по\b)[^\s,;:]+){0,12}?\s+$",
    re.IGNORECASE,
)
_HEAD_BEHIND: Final = re.compile(
    r"^\s*[,(-]?\s*(?:директор|заведующ|руководител|начальник|ректор)\w*(?!\s+по\b)", re.IGNORECASE
)

# How the grounds of an order begin, and the verb by which it orders.
_PREAMBLE: Final = re.compile(
    r"^[ ]*(?:[0-9.]+\s*)?(?:во\s+исполнение|в\s+соответствии|на\s+основании|в\s+целях|"
    r"в\s+связи|руководствуясь|согласно|в\s+ответ|на\s+ваш\w*)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ORDERS: Final = re.compile(
    r"\b(?:назнач(?:ить|аю|аем|ен[аоы]?)|возложить|возлагаю|возлагаем|поручить|поручаю|утвердить|утверждаю|определить|"
    r"прошу|просим|сообщаем|приказываю)\b",
    re.IGNORECASE,
)

# A column's head that is somebody else's than the administrator's.
_OTHER_HEAD: Final = re.compile(
    r"руководител|директор|заместител|помощник|дубл[её]р|резерв|замещ", re.IGNORECASE
)

# The acquainted.
_ACQUAINTED: Final = re.compile(r"ознаком", re.IGNORECASE)
_COPY: Final = re.compile(r"^[ ]*(?:копия|выписка)?[ ]*(?:верна|верно)\b|секретарь", re.IGNORECASE)

# Roles of people who are named by the way: a header that names them is one all the same.
_ASIDE: Final = frozenset({PersonRole.OTHER, PersonRole.HEAD})

# A dash or a colon that binds what stands on its two sides.
_BOND: Final = re.compile(r"[\s\"»)]*(?:[^\w\s,]*\s*(?:-|:)|\t)\s*$")
_DASH_AHEAD: Final = re.compile(r"^[^,;\n]{0,40}?(?:\s-\s|:\s|\t)")


def assign_roles(
    pieces: Sequence[Segment], people: Sequence[FoundPerson], header_end: int
) -> tuple[Mention, ...]:
    """Return every person with the role that the letter gives them, in reading order.

    `header_end` is where the letterhead and the addressee end: nobody before it has a role, unless a title says so.
    """
    mentions: list[Mention] = []
    led: dict[int, Lead] = {}
    lead: Lead | None = None
    header: Segment | None = None  # the row over a table
    acquainted = executor = False
    starts = [one.start for one in people]
    named_in: dict[int, int] = {}
    for number, piece in enumerate(pieces):
        here = people[bisect_left(starts, piece.start) : bisect_left(starts, piece.end)]
        if here:
            named_in[number] = len(here)
        elif mentions and means_person_before(mentions[-1], piece, number, named_in):
            mentions[-1] = replace(mentions[-1], role=PersonRole.ADMINISTRATOR)
        acquainted, executor = _tail_zone(piece, acquainted=acquainted, executor=executor)
        if acquainted or executor:
            mentions += [Mention(person=one, segment=number, role=PersonRole.OTHER) for one in here]
            continue
        lead = lead_after(lead, piece)
        over = lead or (taken_up(pieces, number, named_in) if here else None)
        header = _header_after(header, piece, named=bool(here))
        in_header = piece.start < header_end
        found = sorted(_roles_in(piece, here, over, header), key=lambda pair: pair[0].start)
        for one, role in found:
            known = role if not in_header or role is PersonRole.ADMINISTRATOR else PersonRole.NONE
            mentions.append(Mention(person=one, segment=number, role=known))
            if over and role is over.role:
                led[one.start] = over
        named = any(role not in _ASIDE for _, role in found)
        if lead and named and anchors(piece.text) and not LEAD_END.search(lead.piece.text):
            lead = None  # a title has said what it had to say when the body names the person
        labels_follow = number + 1 < len(pieces) and NAME_LABEL.match(pieces[number + 1].text)
        if not named and (is_lead(piece) or (labels_follow and anchors(piece.text))):
            lead = lead_of(piece)
    mentions = without_other_systems(mentions, led, pieces)
    return tuple(told_below(one, pieces, named_in) for one in mentions)


def _header_after(header: Segment | None, piece: Segment, *, named: bool) -> Segment | None:
    """Return the row over a table that still holds for `piece`: the first of its rows, if it names nobody."""
    if not piece.row or HEAD_LINE.match(piece.text):
        return None
    return header or (None if named else piece)


def _tail_zone(piece: Segment, *, acquainted: bool, executor: bool) -> tuple[bool, bool]:
    text = piece.text
    if HEAD_LINE.match(text) and not _ACQUAINTED.search(text):
        return False, False
    if ADMINISTRATOR.search(text) and APPOINTS.search(text):
        return False, False
    if EXECUTOR.match(text) or _COPY.match(text):
        return False, True
    if _ACQUAINTED.search(text) and not APPOINTS.search(text):
        return not re.search(r"(?i)\bознакомить\b", text), False
    return acquainted, executor


def _roles_in(
    piece: Segment,
    people: Sequence[FoundPerson],
    lead: Lead | None,
    header: Segment | None,
) -> Iterator[tuple[FoundPerson, PersonRole]]:
    """Yield the people of one segment with their roles."""
    found = anchors(piece.text)
    free = []
    for number, one in enumerate(people):
        fixed = _fixed_role(piece, people, number, bool(found))
        if fixed is not None:
            yield one, fixed
        else:
            free.append(one)
    column = {one.start: _column_role(piece, header, one) for one in free}
    for one in free:
        role = column[one.start]
        if role is None:
            role = (
                _tied_role(piece, free, one, found)
                if found
                else (lead.role if lead else PersonRole.NONE)
            )
        yield one, role


def _column_role(piece: Segment, header: Segment | None, person: FoundPerson) -> PersonRole | None:
    """Return the role that a table's header has over the person's column."""
    if header is None or not piece.row or header is piece:
        return None
    column = piece.text[: person.start - piece.start].count("\t")
    cells = header.text.split("\t")
    return role_of_column(cells, column)


def role_of_column(heads: Sequence[str], column: int) -> PersonRole | None:
    """Return the role that a table's heads give a column; a head reaches over the empty cells behind it."""
    while 0 < column < len(heads) and not heads[column].strip():
        column -= 1
    if column >= len(heads):
        return None
    roles = [one.role for one in anchors(heads[column])]
    if roles:
        return PersonRole.ADMINISTRATOR if PersonRole.ADMINISTRATOR in roles else roles[0]
    return PersonRole.OTHER if _OTHER_HEAD.search(heads[column]) else None


def _fixed_role(
    piece: Segment, people: Sequence[FoundPerson], number: int, anchored: bool
) -> PersonRole | None:
    """Return the role that the words around a name leave no doubt about, None where the anchors decide."""
    one, text = people[number], piece.text
    start, end = one.start - piece.start, one.end - piece.start
    since = people[number - 1].end - piece.start if number else 0
    until = people[number + 1].start - piece.start if number + 1 < len(people) else len(text)
    before, near, behind = text[:start], text[max(since, 0) : start], text[end:until]
    if _HERO.search(near):
        return PersonRole.OTHER
    if _dismissed(text, start, near, behind):
        return PersonRole.OTHER
    if _controls(before) or _substitutes(before, behind, others=number > 0):
        return PersonRole.OTHER
    if not anchored and _HEAD_LABEL.search(near):
        return PersonRole.HEAD
    if _IN_PERSON.search(near) and not anchors(before) and not APPOINTS.search(before):
        return PersonRole.HEAD
    if len(people) > 1 and number < len(people) - 1:
        if _in_preamble(text, start, end):
            return PersonRole.NONE
        head = _HEAD_BEFORE.search(near) or _MYSELF.search(near) or _HEAD_BEHIND.match(behind)
        verb_ahead = APPOINTS.search(text, end) is not None and not APPOINTS.search(before)
        if head and verb_ahead:
            return PersonRole.HEAD
    return None


def _in_preamble(text: str, start: int, end: int) -> bool:
    """Say whether a name only belongs to what an order is founded on («Во исполнение поручения …, назначить …»)."""
    if (
        not _PREAMBLE.search(text, 0, start)
        or anchors(text[:start])
        or _ORDERS.search(text, 0, start)
    ):
        return False
    verb = _ORDERS.search(text, end)
    return (
        verb is not None
        and "," in text[end : verb.start()]
        and not anchors(text[end : verb.start()])
    )


def _dismissed(text: str, start: int, near: str, behind: str) -> bool:
    verbs = [(found.start(), True) for found in APPOINTS.finditer(text)]
    verbs += [(found.start(), False) for found in DISMISSES.finditer(text)]
    verbs.sort()
    instead = INSTEAD.search(near)
    if instead and not APPOINTS.search(instead[0]):
        return True
    taken = TAKEN_FROM.search(near)
    if taken and re.search(
        r"(?i)\b(?:сня|сним|переда|прекра|освобо|полномоч|прав|вместо|взамен|обязанност)",
        text[:start],
    ):
        return not re.search(r"(?i)\bс\s+[0-9]", taken[0])
    earlier = [appoints for at, appoints in verbs if at < start]
    if earlier:
        return not earlier[-1]
    later = [appoints for at, appoints in verbs if at >= start]
    return bool(later) and not later[0]


def _controls(before: str) -> bool:
    control = _CONTROL.search(before)
    if control is None:
        return False
    role = [
        one
        for one in anchors(before)
        if one.role is PersonRole.ADMINISTRATOR and one.start < control.start()
    ]
    return (
        not role
        or re.search(
            r"(?i)[,;.]\s*(?:а\s+)?(?:\w+\s+)?контрол\w+\s[^.;]*\bвозлож\w+", before[role[-1].end :]
        )
        is not None
    )


def _substitutes(before: str, behind: str, *, others: bool) -> bool:
    if _SUBSTITUTE.search(before):
        return True
    bracket = re.match(r"[^(]{0,60}\(([^()]*)\)?", behind)
    return others and bracket is not None and _SUBSTITUTE.search(bracket[1]) is not None


def _tied_role(
    piece: Segment, people: Sequence[FoundPerson], one: FoundPerson, found: Sequence[Anchor]
) -> PersonRole:
    """Return the role tied to `one` by the order of names and roles in the segment."""
    text, offset = piece.text, piece.start
    start, end = one.start - offset, one.end - offset
    previous = max((other.end - offset for other in people if other.end <= one.start), default=0)
    following = min(
        (other.start - offset for other in people if other.start >= one.end), default=len(text)
    )
    before = [a for a in found if previous <= a.start < start]
    behind = [a for a in found if end <= a.start < following]
    if before and _BOND.search(text[before[-1].end : start]):
        return _strongest(before)
    if behind and re.match(r"\s*(?:-|:|\(|\t)", text[end : behind[0].start]) and not before:
        return _strongest(_unbound(text, behind, following))
    names_first = people[0].start - offset < found[0].start
    if names_first:
        own = _unbound(text, behind, following) or [a for a in found if a.start >= end][:1]
        return _strongest(own or [a for a in found if a.start < start][-1:])
    group = before or [a for a in found if a.start < start][-1:]
    return _strongest(group or behind)


def _unbound(text: str, behind: list[Anchor], following: int) -> list[Anchor]:
    """Leave out a role that a dash binds to the next name («…, администратором – Петрову»)."""
    if len(behind) > 1 and following < len(text) and _BOND.search(text[behind[-1].end : following]):
        return behind[:-1]
    return behind


def _strongest(found: Sequence[Anchor]) -> PersonRole:
    roles = [one.role for one in found]
    for role in (PersonRole.ADMINISTRATOR, PersonRole.RESPONSIBLE, PersonRole.OTHER):
        if role in roles:
            return role
    return PersonRole.NONE
