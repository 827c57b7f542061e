"""The administrators of a letter: the mentions of one person made one, each in the nominative."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from parsers.facts import PersonName
from parsers.letter.anchors import PersonRole, anchors
from parsers.letter.cases import governing_cases
from parsers.letter.mentions import Mention
from parsers.letter.structure import Segment
from parsers.names.folding import fold_yo
from parsers.names.names import FoundPerson, find_people

_APPOINTING: Final = re.compile(
    r"\bназнач(?!ени)|\bвозлож|\bвозлаг|\bпоруч|\bпредостав|\bутверд", re.IGNORECASE
)
_GOVERNED: Final = 400  # signs within which a word governs a name

# «Д. Ю. Белоусов»: ГОСТ Р 7.0.97 has the initials before the surname in a signature; lists have them behind it.
_SIGNATURE: Final = re.compile(r"[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.\s?)?[А-ЯЁ][А-Яа-яЁё-]+")
_SENTENCE_END: Final = re.compile(r"[^\W\d_]{2,}\.\s*\n")

_LONGEST_LIST: Final = 20  # entries under one header

_NOT_APPOINTED: Final = re.compile(r"контрол|ознаком|персональн", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """One person: the name, and where it stands, the fullest place first."""

    name: PersonName
    places: tuple[FoundPerson, ...]


def administrators(
    mentions: Sequence[Mention], pieces: Sequence[Segment]
) -> tuple[tuple[NamedPerson, ...], tuple[Mention, ...]]:
    """Return the people in the role, and the mentions with all of theirs marked.

    Those called administrator come before those responsible for the platform; where nobody is called either, the one
    person whom a letter titled so appoints.
    """
    for role in (PersonRole.ADMINISTRATOR, PersonRole.RESPONSIBLE):
        named = [one for one in mentions if one.role is role]
        if named:
            break
    else:
        named = _unnamed_role(mentions, pieces) or _unvouched(mentions, pieces)
    named = _without_signer(named, pieces)
    people = _merged([(one.person, _name(one, pieces)) for one in named])
    extra = _further(mentions, pieces, people)
    if extra and people:
        people = _merged([(one.person, _name(one, pieces)) for one in (*named, *extra)])
    starts = {one.person.start for one in (*named, *extra)}
    marked = [
        replace(one, role=PersonRole.ADMINISTRATOR) if one.person.start in starts
        else (replace(one, role=PersonRole.OTHER) if one.role is PersonRole.ADMINISTRATOR else one)
        for one in mentions
    ]  # fmt: skip
    known = {one.person.start for one in marked}
    marked += [
        replace(one, role=PersonRole.ADMINISTRATOR)
        for one in named
        if one.person.start not in known
    ]
    return people, tuple(sorted(marked, key=lambda one: one.person.start))


def _without_signer(named: Sequence[Mention], pieces: Sequence[Segment]) -> list[Mention]:
    """Leave out who has signed, where the post beside the name was lost (a seal lay on it).

    «И. О. Фамилия» alone in its line behind the end of a sentence, beside somebody whose name is whole.
    """
    whole = [one for one in named if not _name(one, pieces).initials]
    if not whole or len(whole) == len(named):
        return list(named)
    return [one for one in named if one in whole or not _stands_as_signature(one, pieces)]


def _stands_as_signature(mention: Mention, pieces: Sequence[Segment]) -> bool:
    piece = pieces[mention.segment]
    start, end = mention.person.start - piece.start, mention.person.end - piece.start
    line = piece.text.rfind("\n", 0, start) + 1
    above = pieces[mention.segment - 1].text if mention.segment else ""
    alone = not piece.text[line:start].strip() and not piece.text[end:].partition("\n")[0].strip()
    return (
        alone
        and bool(_SIGNATURE.fullmatch(mention.person.raw))
        and bool(_SENTENCE_END.search(f"{above}\n{piece.text[:line]}"))
    )


def _further(
    mentions: Sequence[Mention], pieces: Sequence[Segment], people: Sequence[NamedPerson]
) -> list[Mention]:
    """Return the mentions without a role that can be one of `people`."""
    known: dict[str, list[PersonName]] = {}
    for one in people:
        for nominative in one.name.nominatives:
            known.setdefault(_surname(nominative), []).append(one.name)
    further = []
    for mention in mentions:
        if mention.role is PersonRole.NONE:
            name = _name(mention, pieces)
            near = [o for text in name.nominatives for o in known.get(_surname(text), ())]
            if any(_fits(name, other) for other in near):
                further.append(mention)
    return further


def name_of(person: FoundPerson, pieces: Sequence[Segment], number: int) -> PersonName:
    """Return a person's name as the text around it, the piece `number` and the header over it, asks for."""
    piece = pieces[number]
    start, end = person.start - piece.start, person.end - piece.start
    before = piece.text[max(start - _GOVERNED, 0) : start]
    behind = piece.text[end : end + _GOVERNED]
    return person.name(*governing_cases(before, behind, _lead_text(pieces, number)))


def _lead_text(pieces: Sequence[Segment], number: int) -> str:
    """Return the header over the list that the piece `number` is an entry of, "" where it is none."""
    piece = pieces[number]
    for at in range(number - 1, max(number - _LONGEST_LIST, -1), -1):
        above = pieces[at]
        if above.text.rstrip().endswith(":"):
            return above.text
        if above.depth != piece.depth and above.depth < piece.depth:
            return ""
    return ""


def _name(mention: Mention, pieces: Sequence[Segment]) -> PersonName:
    return name_of(mention.person, pieces, mention.segment)


def _unnamed_role(mentions: Sequence[Mention], pieces: Sequence[Segment]) -> list[Mention]:
    """Return the one person appointed in the body of a letter whose title has the role."""
    if not any(_has_role(piece) for piece in pieces):
        return []
    appointed = [
        one
        for one in mentions
        if one.role is PersonRole.NONE
        and _APPOINTING.search(pieces[one.segment].text)
        and not _NOT_APPOINTED.search(pieces[one.segment].text)
        and not any(role.role is PersonRole.OTHER for role in anchors(pieces[one.segment].text))
    ]
    people = _merged([(one.person, _name(one, pieces)) for one in appointed])
    return appointed if len(people) == 1 else []


def _unvouched(mentions: Sequence[Mention], pieces: Sequence[Segment]) -> list[Mention]:
    """Return the capitalized words in the role's place that no dictionary vouches for («Ван Лин»)."""
    taken = {one.segment for one in mentions}
    for number, piece in enumerate(pieces):
        role = next(
            (one for one in anchors(piece.text) if one.role is PersonRole.ADMINISTRATOR), None
        )
        if number in taken or role is None:
            continue
        lead = piece.text.rstrip().endswith(":") and number + 1 < len(pieces)
        for at in (number, number + 1) if lead else (number,):
            if at in taken:
                break
            found = _bare(pieces[at], role.end if at == number else 0)
            if found:
                return [Mention(person=found, segment=at, role=PersonRole.ADMINISTRATOR)]
    return []


def _bare(piece: Segment, after: int) -> FoundPerson | None:
    """Return the first such name behind the role, else before it and behind the verb."""
    found = [one for one in find_people(piece.text, bare=True) if one.assumed]
    verb = _APPOINTING.search(piece.text)
    behind = [one for one in found if one.start >= after]
    before = [one for one in found if verb and verb.end() <= one.start < after]
    chosen = (before or behind)[:1]
    if not chosen:
        return None
    one = chosen[0]
    return replace(one, start=one.start + piece.start, end=one.end + piece.start)


def _has_role(piece: Segment) -> bool:
    return any(one.role is PersonRole.ADMINISTRATOR for one in anchors(piece.text))


def _merged(found: Iterable[tuple[FoundPerson, PersonName]]) -> tuple[NamedPerson, ...]:
    """Make one of the mentions of one person, in whatever case and with initials or without."""
    alike: dict[tuple[str, ...], list[tuple[FoundPerson, PersonName]]] = {}
    for person, name in sorted(found, key=lambda one: (-_fullness(one[1]), one[0].start)):
        alike.setdefault(name.nominatives or (name.raw,), []).append((person, name))
    groups: list[list[tuple[FoundPerson, PersonName]]] = []
    by_surname: dict[str, list[tuple[int, PersonName]]] = {}
    for same in alike.values():
        name = same[0][1]
        surnames = {_surname(one) for one in name.nominatives}
        near = [one for surname in surnames for one in by_surname.get(surname, ())]
        at = next((at for at, _ in near if _fits_all(name, at, near)), None)
        if at is None:
            at = len(groups)
            groups.append([])
        groups[at] += same
        for surname in surnames:
            by_surname.setdefault(surname, []).append((at, name))
    people = [
        NamedPerson(
            name=_narrowed([name for _, name in group]), places=tuple(one for one, _ in group)
        )
        for group in groups
    ]
    return tuple(sorted(people, key=lambda one: one.places[0].start))


def _fits_all(name: PersonName, group: int, near: Sequence[tuple[int, PersonName]]) -> bool:
    """Say whether `name` can be that of all whom the group has by the same surname."""
    return all(_fits(name, other) for at, other in near if at == group)


def _surname(nominative: str) -> str:
    return fold_yo(nominative.lower()).split(" ", 1)[0]


def _fullness(name: PersonName) -> int:
    longest = max((len(one.split()) for one in name.nominatives), default=0)
    return longest - (2 if name.initials else 0)


def _narrowed(names: Sequence[PersonName]) -> PersonName:
    """Return the fullest name with the nominatives that every whole mention admits."""
    first = names[0]
    left = first.nominatives
    for other in names[1:]:
        agreed = tuple(
            one for one in left if any(_compatible(one, two) for two in other.nominatives)
        )
        left = agreed or left
    return replace(first, nominatives=left)


def _fits(one: PersonName, other: PersonName) -> bool:
    return any(_compatible(left, right) for left in one.nominatives for right in other.nominatives)


def _compatible(one: str, other: str) -> bool:
    """Say whether two nominatives are one person's: surname equal, the rest equal, initial or absent."""
    left, right = fold_yo(one.lower()).split(), fold_yo(other.lower()).split()
    if left[0] != right[0]:
        return False
    return all(
        a == b
        or (a.endswith(".") and b.startswith(a[:-1]))
        or (b.endswith(".") and a.startswith(b[:-1]))
        for a, b in zip(left[1:], right[1:], strict=False)
    )
