"""Pages of text → the letter or order that appoints the administrator: whom, on what number, signed by whom.

Everything is tied to its place; what is not certain is left out or named a doubt. The letter's marks (signature, seal,
letterhead) are not looked at here, nor is any other paper.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from parsers.facts import Evidence, Found, How, Letter, PersonName, Phone, PhoneKind, Source
from parsers.layout import Page
from parsers.letter.anchors import PersonRole, anchors
from parsers.letter.dates import Numbering, find_numbering
from parsers.letter.likeness import LETTER_LIKENESS, is_act, likeness
from parsers.letter.mentions import Mention
from parsers.letter.numbers import administrator_phones
from parsers.letter.organizations import find_organization, find_place
from parsers.letter.people import NamedPerson, administrators, name_of
from parsers.letter.roles import assign_roles
from parsers.letter.signer import Signer, find_signer
from parsers.letter.stamp import find_stamps
from parsers.letter.structure import Segment, segments
from parsers.letter.text import LetterText, Span, letter_text
from parsers.letter.zones import draft_span, header_end, self_appointment
from parsers.names.identifiers import IdentifierKind, find_identifiers, is_inn, is_ogrn
from parsers.names.names import Case, FoundPerson, find_people
from parsers.names.phones import FoundPhone, PhoneLabel, find_phones

CERTAIN_WORD: Final = 0.6
"""Confidence of recognition below which a word of the name or number is a doubt; correct words lie above 0.8."""

_SPACES: Final = re.compile(r"\s+")
# «132-о», «132-О»: recognition reads the index as a nought, and which letter it was cannot be told
_LETTER_OR_ZERO: Final = re.compile(r"(?<=[-/])0$")

# Numbers that somebody can sign in with.
_USABLE: Final = frozenset({PhoneKind.MOBILE, PhoneKind.FOREIGN})

# Labels of numbers that give way to one marked as the mobile.
_GIVE_WAY: Final = frozenset({PhoneLabel.WORK, PhoneLabel.HOME, PhoneLabel.FAX})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Understood:
    """A letter's text with everything that was found in it, by spans."""

    letter: LetterText
    pieces: tuple[Segment, ...]
    people: tuple[NamedPerson, ...]
    mentions: tuple[Mention, ...]
    phones: tuple[FoundPhone, ...]
    signer: Signer | None
    header_end: int
    tail_start: int
    self_appointed: bool


def letter_likeness(pages: Sequence[Page]) -> float:
    """Return 0.0-1.0, how much `pages` look like the letter that appoints an administrator."""
    return likeness(letter_text(pages))


def find_letter(pages: Sequence[Page], *, attachment: str) -> Letter | None:
    """Return what the letter on `pages` says, None where they are no such letter.

    The marks are left `UNSURE`; `untrusted_layer` is the business of whoever made the pages.
    """
    letter = letter_text(pages)
    if not letter.text.strip() or likeness(letter) < LETTER_LIKENESS:
        return None
    stamps = find_stamps(letter)
    known = _understand(letter.without(stamps))
    names = tuple(_found_name(letter, one) for one in known.people)
    if not names and is_act(letter):
        return None
    phones, broken = _chosen_phones(letter, known.phones)
    blank = draft_span(known.letter.text, known.pieces, named=bool(names), numbered=bool(phones))
    numbering = find_numbering(known.letter.text, known.header_end, known.tail_start)
    recognized = all(page.how is How.OCR for page in pages)
    return Letter(
        attachment=attachment,
        page=letter.page_number(_principal_place(known)),
        source=_source(pages),
        administrators=names,
        phones=phones,
        head=_found_head(letter, known),
        acting_head=known.signer is not None and known.signer.acting,
        self_appointed=known.self_appointed,
        organization_name=_found(known, find_organization(known.letter.text, known.header_end)),
        organization_place=_found(known, find_place(known.letter.text, known.header_end)),
        inn=_identifier(letter, stamps, IdentifierKind.INN),
        ogrn=_identifier(letter, stamps, IdentifierKind.OGRN),
        date=_found_date(letter, numbering),
        impossible_date=_impossible_date(letter, numbering),
        number=_found_number(letter, numbering),
        electronic_signature=letter.evidence(*stamps[0]) if stamps else None,
        draft=letter.evidence(*blank) if blank else None,
        doubts=(*_uncertain(names), *_uncertain(phones), *broken),
        unreadable=recognized and not names and not phones and blank is None,
    )


def _understand(letter: LetterText) -> _Understood:
    text = letter.text
    people = find_people(text)
    pieces = segments(text, people)
    head = header_end(text, pieces, people)
    named, mentions = administrators(assign_roles(pieces, people, head), pieces)
    own = self_appointment(pieces)
    body = max(own.end if own else 0, _first_clause_end(mentions, pieces, head))
    signer = find_signer(text, people, (body, head, 0))
    if own is not None and not named:
        named, mentions = _himself(own, mentions, pieces, signer)
    tail = signer.start if signer and signer.start >= body else len(text)
    numbers = find_phones(text)
    return _Understood(
        letter=letter,
        pieces=pieces,
        people=named,
        phones=administrator_phones(numbers, mentions, pieces, header_end=head, tail_start=tail),
        mentions=mentions,
        signer=signer,
        header_end=head,
        tail_start=tail,
        self_appointed=own is not None,
    )


def _first_clause_end(mentions: Sequence[Mention], pieces: Sequence[Segment], head: int) -> int:
    """Return where the clause ends that appoints, or `head` where none names anybody."""
    ends = (
        pieces[one.segment].end
        for one in mentions
        if one.role is PersonRole.ADMINISTRATOR and one.person.start >= head
    )
    return next(ends, head)


def _himself(
    own: Segment, mentions: Sequence[Mention], pieces: Sequence[Segment], signer: Signer | None
) -> tuple[tuple[NamedPerson, ...], tuple[Mention, ...]]:
    """Return the head as administrator: by the name in the clause itself, else by the signature."""
    here = [one for one in mentions if pieces[one.segment] is own]
    person = here[0].person if here else (signer.person if signer else None)
    if person is None:
        person = FoundPerson(start=own.start, end=own.start, raw="", surname="", given="")
        named: tuple[NamedPerson, ...] = ()
    else:
        name = name_of(person, pieces, here[0].segment) if here else person.name(Case.NOMINATIVE)
        named = (NamedPerson(name=name, places=(person,)),)
    place = replace(person, start=own.start, end=own.start)
    stand_in = Mention(person=place, segment=pieces.index(own), role=PersonRole.ADMINISTRATOR)
    kept = [one for one in mentions if one not in here]
    return named, tuple(sorted((*kept, stand_in), key=lambda one: one.person.start))


def _found_name(letter: LetterText, one: NamedPerson) -> Found[PersonName]:
    places = tuple(letter.evidence(place.start, place.end) for place in one.places)
    return Found(replace(one.name, raw=places[0].raw), places)


def _chosen_phones(
    letter: LetterText, numbers: Sequence[FoundPhone]
) -> tuple[tuple[Found[Phone], ...], tuple[Evidence, ...]]:
    """Return the administrator's numbers, one entry each, and what stands beside them and cannot be read."""
    places: dict[str, list[FoundPhone]] = {}
    for one in numbers:
        places.setdefault(one.phone.e164 or one.phone.raw, []).append(one)
    kinds = {key: found[0].phone.kind for key, found in places.items()}
    usable = [key for key in places if kinds[key] in _USABLE]
    broken = [key for key in places if kinds[key] is PhoneKind.UNREADABLE]
    if usable:
        labelled = [k for k in usable if any(one.label is PhoneLabel.MOBILE for one in places[k])]
        chosen = [k for k in usable if not labelled or not _gives_way(places[k])]
    else:
        chosen, broken = broken or list(places), []
    evidence = {
        key: tuple(letter.evidence(one.start, one.end) for one in places[key]) for key in places
    }
    found = tuple(
        Found(replace(places[key][0].phone, raw=evidence[key][0].raw), evidence[key])
        for key in chosen
    )
    return found, tuple(evidence[key][0] for key in broken)


def _gives_way(places: Sequence[FoundPhone]) -> bool:
    return all(one.label in _GIVE_WAY for one in places)


def _uncertain(found: Sequence[Found[PersonName] | Found[Phone]]) -> tuple[Evidence, ...]:
    """Return the places of recognized values in which a word is not certain, if no place is."""
    return tuple(
        one.evidence[0] for one in found if all(_is_uncertain(place) for place in one.evidence)
    )


def _is_uncertain(place: Evidence) -> bool:
    return place.how is How.OCR and place.confidence < CERTAIN_WORD


def _found_head(letter: LetterText, known: _Understood) -> Found[PersonName] | None:
    """Return who signs; a name that seal and signature have made uncertain is none, and no reason for a mismatch."""
    if known.signer is None or known.signer.person is None:
        return None
    person = known.signer.person
    place = letter.evidence(person.start, person.end)
    if _is_uncertain(place):
        return None
    return Found(replace(person.name(Case.NOMINATIVE), raw=place.raw), (place,))


def _found(known: _Understood, span: Span | None) -> Found[str] | None:
    if span is None:
        return None
    place = known.letter.evidence(*span)
    return Found(_SPACES.sub(" ", place.raw).strip(), (place,))


def _identifier(
    letter: LetterText, stamps: Sequence[Span], kind: IdentifierKind
) -> Found[str] | None:
    """Return the organization's ИНН or ОГРН outside of stamps, if its check digit holds and there is but one."""
    valid = is_inn if kind is IdentifierKind.INN else is_ogrn
    found = [
        one for one in find_identifiers(letter.without(stamps).text)
        if one.kind is kind and valid(one.digits)
    ]  # fmt: skip
    if len({one.digits for one in found}) != 1:
        return None
    places = tuple(letter.evidence(one.start, one.end) for one in found)
    return Found(found[0].digits, places)


def _found_date(letter: LetterText, numbering: Numbering) -> Found[dt.date] | None:
    if numbering.date is None or numbering.date.value is None:
        return None
    place = letter.evidence(*numbering.date.span)
    if _is_uncertain(place):
        return None
    return Found(numbering.date.value, (place,))


def _impossible_date(letter: LetterText, numbering: Numbering) -> Evidence | None:
    if numbering.date is None or numbering.date.value is not None:
        return None
    place = letter.evidence(*numbering.date.span)
    return None if place.how is How.OCR else place


def _found_number(letter: LetterText, numbering: Numbering) -> Found[str] | None:
    if numbering.number is None or numbering.number_span is None:
        return None
    place = letter.evidence(*numbering.number_span)
    if place.how is How.OCR and _LETTER_OR_ZERO.search(numbering.number):
        return None
    return Found(numbering.number, (place,))


def _principal_place(known: _Understood) -> int:
    """Return where the letter's heart stands: the administrator's name, else the role, else the beginning."""
    if known.people:
        return known.people[0].places[0].start
    roles = (piece.start for piece in known.pieces if anchors(piece.text))
    return next(roles, 0)


def _source(pages: Sequence[Page]) -> Source:
    recognized = {page.how is How.OCR for page in pages if page.words}
    if recognized == {True}:
        return Source.OCR
    return Source.MIXED if len(recognized) > 1 else Source.TEXT
