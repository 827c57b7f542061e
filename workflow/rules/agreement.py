"""The two papers together: agreement between two readings that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from stdnum.ru import ogrn as stdnum_ogrn

from parsers.facts import Evidence, Field, Found, Letter, PhoneKind, Questionnaire
from workflow.case import Case
from workflow.comparison import Agreement, same_organization, same_person
from workflow.findings import Code, Finding, Severity, finding
from workflow.rules import Rule
from workflow.rules.questionnaire import is_organization_inn


def name_mismatch(case: Case) -> Iterator[Finding]:
    """The papers name different people, or one lacks the patronymic that the other has."""
    letter, form = case.letter_name, case.questionnaire_name
    if letter is None or form is None:
        return
    agreement = same_person(letter, form)
    places = _places(case.letters[0].administrators) + _places(
        case.questionnaires[0].administrators
    )
    if agreement is Agreement.DIFFERENT:
        yield finding(Code.NAME_MISMATCH, places)
    elif agreement is Agreement.PARTIAL and not (letter.initials or form.initials):
        yield finding(
            Code.NAME_MISMATCH,
            places,
            message="В одном из документов у администратора нет отчества.",
        )
    elif agreement is Agreement.UNSURE:
        yield finding(Code.LOW_CONFIDENCE, places)


def phone_mismatch(case: Case) -> Iterator[Finding]:
    """The papers give different numbers; nearness counts for nothing."""
    letter, form = case.letter_phone, case.questionnaire
    if letter is None or letter.e164 is None or form is None:
        return
    numbers = {
        one.value.e164
        for one in form.administrator_phones
        if one.value.kind in {PhoneKind.MOBILE, PhoneKind.FOREIGN}
    }
    if numbers and numbers != {letter.e164}:
        places = _places(case.letters[0].phones) + _places(form.administrator_phones)
        yield finding(Code.PHONE_MISMATCH, places)


def organization_mismatch(case: Case) -> Iterator[Finding]:
    """The papers speak of different organizations: by ИНН, else ОГРН, or by kind, number, name, place.

    An equal ИНН beside another number of a school is no agreement.
    """
    letter, form = case.letter, case.questionnaire
    if letter is None or form is None:
        return
    inn = form.fields.get(Field.INN)
    # an ИНН with a wrong check digit names no organization at all: the school is asked for the right one
    is_telling = inn is not None and is_organization_inn(inn.value)
    if letter.inn and inn and is_telling and letter.inn.value != inn.value:
        yield finding(Code.ORGANIZATION_MISMATCH, (*letter.inn.evidence, *inn.evidence))
        return
    ogrn = form.fields.get(Field.OGRN)
    if letter.inn is None and letter.ogrn and ogrn and _are_two(letter.ogrn.value, ogrn.value):
        yield finding(Code.ORGANIZATION_MISMATCH, (*letter.ogrn.evidence, *ogrn.evidence))
        return
    if _named_alike(letter, form) is Agreement.DIFFERENT:
        yield finding(Code.ORGANIZATION_MISMATCH, _name_places(letter, form))


def organization_unproved(case: Case) -> Iterator[Finding]:
    """Nothing says that both papers are of one school: «МБОУ СОШ № 5» stands in hundreds of towns.

    An identifier, the place of the letterhead, a name of its own, or the same head would.
    """
    letter, form = case.letter, case.questionnaire
    if letter is None or form is None or _named_alike(letter, form) is not Agreement.UNSURE:
        return
    if _same_number(letter, form) or _same_head(letter, form) or any(organization_mismatch(case)):
        return
    yield finding(
        Code.ORGANIZATION_MISMATCH,
        _name_places(letter, form),
        message="Не видно, что письмо и анкета об одной организации: в письме нет ни ИНН, ни места, "
        "а школы с таким названием есть во многих городах.",
    )


def _named_alike(letter: Letter, form: Questionnaire) -> Agreement | None:
    """Compare the names and places of the organization; None where one of the papers has no name."""
    names = [found.value for found in _form_names(form)]
    if letter.organization_name is None or not names:
        return None
    places = (Field.REGION, Field.MUNICIPALITY, Field.LOCALITY, Field.ADDRESS)
    # beside an equal ИНН an address that is written otherwise is no other school's
    place = None if _same_number(letter, form) else letter.organization_place
    return same_organization(
        letter.organization_name.value,
        names,
        [text for name in places if (text := form.text(name))],
        letter_place=place.value if place else "",
    )


def _same_number(letter: Letter, form: Questionnaire) -> bool:
    """Whether both papers have the same ИНН or ОГРН."""
    return any(
        found is not None and found.value == form.text(name)
        for found, name in ((letter.inn, Field.INN), (letter.ogrn, Field.OGRN))
    )


def _form_names(form: Questionnaire) -> list[Found[str]]:
    return [
        form.fields[name] for name in (Field.FULL_NAME, Field.SHORT_NAME) if name in form.fields
    ]


def _name_places(letter: Letter, form: Questionnaire) -> tuple[Evidence, ...]:
    of_letter = letter.organization_name.evidence if letter.organization_name else ()
    return of_letter + _places(_form_names(form))


def _same_head(letter: Letter, form: Questionnaire) -> bool:
    return (
        letter.head is not None
        and form.head is not None
        and same_person(letter.head.value, form.head.value) in _NOT_CONTRARY
    )


def signer_mismatch(case: Case) -> Iterator[Finding]:
    """Somebody else than the head of the questionnaire has signed; «и.о.» explains it."""
    letter, form = case.letter, case.questionnaire
    if letter is None or form is None or letter.head is None or form.head is None:
        return
    if same_person(letter.head.value, form.head.value) is Agreement.DIFFERENT:
        yield finding(
            Code.SIGNER_MISMATCH,
            (*letter.head.evidence, *form.head.evidence),
            severity=Severity.INFO if letter.acting_head else None,
        )


_NOT_CONTRARY: Final = frozenset({Agreement.SAME, Agreement.PARTIAL})

T = TypeVar("T")

RULES: Final[tuple[Rule, ...]] = (
    name_mismatch,
    phone_mismatch,
    organization_mismatch,
    organization_unproved,
    signer_mismatch,
)


def _are_two(one: str, other: str) -> bool:
    """Whether two ОГРН are both right and not the same; a slip in one says nothing of the school."""
    return one != other and stdnum_ogrn.is_valid(one) and stdnum_ogrn.is_valid(other)


def _places(found: Iterable[Found[T]]) -> tuple[Evidence, ...]:
    return tuple(place for one in found for place in one.evidence[:1])
