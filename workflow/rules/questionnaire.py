"""The questionnaire by itself: completeness, check digits, formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

from parsers.facts import Evidence, Field, How, PhoneKind, Questionnaire
from workflow.case import Case, distinct_numbers
from workflow.findings import Code, Finding, finding
from workflow.rules import Rule

# КПП: four digits of the tax office, two digits or Latin capitals for the reason, three digits
# (приказ ФНС России от 29.06.2012 № ММВ-7-6/435@)
_KPP: Final = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}")
# an address as people have them: one @, a dotted domain, nothing quoted (narrower than RFC 5321)
_EMAIL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]+@[^\s@.]+(\.[^\s@.]+)+")

_DECISIVE: Final = (Field.INN, Field.ADMINISTRATOR_NAME, Field.ADMINISTRATOR_PHONE)

_NESTED: Final = (frozenset({"29", "83"}), frozenset({"72", "86", "89"}))
"""Autonomous districts and the region that each is part of: addresses name either."""

_ORGANIZATION_INN_DIGITS: Final = 10


def several_organizations(case: Case) -> Iterator[Finding]:
    """A list of schools, or questionnaires of different schools."""
    schools = [place for form in case.questionnaires for place in form.schools]
    inns = {form.text(Field.INN) for form in case.questionnaires} - {None}
    if any(len(form.schools) > 1 for form in case.questionnaires) or len(inns) > 1:
        yield finding(Code.SEVERAL_ORGANIZATIONS, schools)


def questionnaire_incomplete(case: Case) -> Iterator[Finding]:
    """A required field is empty; the evidence names each."""
    if (form := case.questionnaire) is None or len(form.schools) > 1:
        return
    if empty := _empty(case):
        yield finding(
            Code.QUESTIONNAIRE_INCOMPLETE,
            [Evidence(document=form.attachment, raw=name.value, how=How.CELL) for name in empty],
        )


def inn_invalid(case: Case) -> Iterator[Finding]:
    """The check digit of the ИНН does not hold, or it is a person's."""
    if (found := _field(case, Field.INN)) and not is_organization_inn(found[0]):
        yield finding(Code.INN_INVALID, found[1])


def cell_not_certain(case: Case) -> Iterator[Finding]:
    """A cell that rights depend on is damaged, and nobody is asked about it."""
    form = case.questionnaire
    if form is None:
        return
    asked = set(_empty(case)) if len(form.schools) < 2 else set()
    for name in _DECISIVE:
        places = _doubted(form, name)
        if places and name not in asked:
            yield finding(
                Code.LOW_CONFIDENCE, places, message="Ячейка анкеты повреждена, значение потеряно."
            )


def ogrn_invalid(case: Case) -> Iterator[Finding]:
    """The check digit of the ОГРН does not hold, or the table has lost its digits."""
    if (found := _field(case, Field.OGRN)) and not stdnum_ogrn.is_valid(found[0]):
        yield finding(Code.OGRN_INVALID, found[1])
    elif (form := case.questionnaire) and (places := _doubted(form, Field.OGRN)):
        yield finding(Code.OGRN_INVALID, places)


def kpp_invalid(case: Case) -> Iterator[Finding]:
    """The КПП has not the form of one, or the table has lost its digits."""
    if (found := _field(case, Field.KPP)) and not _KPP.fullmatch(found[0]):
        yield finding(Code.KPP_INVALID, found[1])
    elif (form := case.questionnaire) and (places := _doubted(form, Field.KPP)):
        yield finding(Code.KPP_INVALID, places)


def email_invalid(case: Case) -> Iterator[Finding]:
    """An address that no mail can reach."""
    for name in (Field.EMAIL, Field.ADMINISTRATOR_EMAIL):
        if (found := _field(case, name)) and not _EMAIL.fullmatch(found[0]):
            yield finding(Code.EMAIL_INVALID, found[1])


def inn_zero_restored(case: Case) -> Iterator[Finding]:
    """The table had lost a leading zero."""
    if (form := case.questionnaire) and form.zero_restored:
        places = [place for name in form.zero_restored for place in form.fields[name].evidence]
        yield finding(Code.INN_ZERO_RESTORED, places)


def region_differs(case: Case) -> Iterator[Finding]:
    """Region, address and the office that gave the ИНН do not lie in one subject."""
    form = case.questionnaire
    if form is None or len(form.schools) > 1:
        return
    told = [name for name in (Field.REGION, Field.ADDRESS, Field.INN) if name in form.regions]
    if any(
        not same_region(form.regions[one], form.regions[other])
        for one, other in combinations(told, 2)
    ):
        places = [place for name in told for place in form.fields[name].evidence]
        yield finding(Code.REGION_DIFFERS, places)


def questionnaire_phone_kind(case: Case) -> Iterator[Finding]:
    """The questionnaire's number for the administrator cannot hold the rights."""
    form = case.questionnaire
    if form is None or len(distinct_numbers(one.value for one in form.administrator_phones)) != 1:
        return
    found = form.administrator_phones[0]
    if found.value.kind is PhoneKind.FIXED:
        yield finding(
            Code.PHONE_NOT_MOBILE,
            found.evidence,
            message="Номер администратора в анкете не мобильный.",
        )
    elif found.value.kind is PhoneKind.FOREIGN:
        yield finding(Code.PHONE_FOREIGN, found.evidence)


RULES: Final[tuple[Rule, ...]] = (
    several_organizations,
    questionnaire_incomplete,
    inn_invalid,
    cell_not_certain,
    ogrn_invalid,
    kpp_invalid,
    email_invalid,
    inn_zero_restored,
    region_differs,
    questionnaire_phone_kind,
)


def is_organization_inn(inn: str) -> bool:
    """Whether `inn` is an organization's: ten digits, not all zero, the check digit holds."""
    return (
        len(inn) == _ORGANIZATION_INN_DIGITS and bool(inn.strip("0")) and stdnum_inn.is_valid(inn)
    )


def same_region(one: str, other: str) -> bool:
    """Whether two codes are of one subject, or of one that is part of the other."""
    return one == other or any({one, other} <= nested for nested in _NESTED)


def _empty(case: Case) -> list[Field]:
    form = case.questionnaire
    required = case.rules.required_fields if form else ()
    return [name for name in required if form and not _is_filled(form, name)]


def _doubted(form: Questionnaire, name: Field) -> list[Evidence]:
    doubts = zip(form.doubtful, form.doubts, strict=False)
    return [place for field, place in doubts if field is name]


def _is_filled(form: Questionnaire, name: Field) -> bool:
    if name is Field.ADMINISTRATOR_PHONE:
        return any(one.value.kind is not PhoneKind.UNREADABLE for one in form.administrator_phones)
    if name is Field.ADMINISTRATOR_NAME:
        return bool(form.administrators) and not any(
            one.value.initials for one in form.administrators
        )
    if name is Field.FULL_NAME:
        return bool(form.text(Field.FULL_NAME) or form.text(Field.SHORT_NAME))
    return bool(form.text(name))


def _field(case: Case, name: Field) -> tuple[str, tuple[Evidence, ...]] | None:
    form = case.questionnaire
    found = form.fields.get(name) if form else None
    return (found.value, found.evidence) if found and found.value else None
