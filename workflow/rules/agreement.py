"""The two papers together: agreement between two readings that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from stdnum.ru import ogrn as stdnum_ogrn

from parsers.facts import Evidence, Field, Found, PhoneKind
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
    names = [
        form.fields[name] for name in (Field.FULL_NAME, Field.SHORT_NAME) if name in form.fields
    ]
    places = (Field.REGION, Field.MUNICIPALITY, Field.LOCALITY, Field.ADDRESS)
    if letter.organization_name and names:
        agreement = same_organization(
            letter.organization_name.value,
            [found.value for found in names],
            [text for name in places if (text := form.text(name))],
        )
        if agreement is Agreement.DIFFERENT:
            evidence = letter.organization_name.evidence + _places(names)
            yield finding(Code.ORGANIZATION_MISMATCH, evidence)


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


T = TypeVar("T")

RULES: Final[tuple[Rule, ...]] = (
    name_mismatch,
    phone_mismatch,
    organization_mismatch,
    signer_mismatch,
)


def _are_two(one: str, other: str) -> bool:
    """Whether two ОГРН are both right and not the same; a slip in one says nothing of the school."""
    return one != other and stdnum_ogrn.is_valid(one) and stdnum_ogrn.is_valid(other)


def _places(found: Iterable[Found[T]]) -> tuple[Evidence, ...]:
    return tuple(place for one in found for place in one.evidence[:1])
