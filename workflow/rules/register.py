"""The loaded register of organizations: the only witness that the school itself has not written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parsers.facts import Field, Found, PersonName
from workflow.case import Case
from workflow.comparison import Agreement, same_organization, same_person
from workflow.findings import Code, Finding, Severity, finding
from workflow.rules import Rule
from workflow.rules.questionnaire import is_organization_inn, same_region


def organization_unknown(case: Case) -> Iterator[Finding]:
    """The ИНН is not in the register."""
    form = case.questionnaire
    found = form.fields.get(Field.INN) if form else None
    if found and is_organization_inn(found.value) and case.known.register == ():
        yield finding(Code.ORGANIZATION_UNKNOWN, found.evidence)


def organization_ended(case: Case) -> Iterator[Finding]:
    """The register says of every organization under the ИНН that it is no more."""
    form, entries = case.questionnaire, case.known.register or ()
    found = form.fields.get(Field.INN) if form else None
    if found and entries and all(one.ended for one in entries):
        yield finding(
            Code.ORGANIZATION_UNKNOWN,
            found.evidence,
            message=f"По реестру организация с этим ИНН больше не действует: «{entries[0].ended}».",
        )


def registered_name_differs(case: Case) -> Iterator[Finding]:
    """The register has another organization under this ИНН than the letter or the questionnaire."""
    entries = [one for one in case.known.register or () if one.names]
    for name in _names(case):
        found = [same_organization(name.value, one.names, one.places) for one in entries]
        if found and all(one is Agreement.DIFFERENT for one in found):
            yield finding(
                Code.ORGANIZATION_MISMATCH,
                name.evidence,
                message=f"В реестре с этим ИНН другая организация: {entries[0].names[0]}.",
            )
            return


def registered_region_differs(case: Case) -> Iterator[Finding]:
    """The register has this ИНН in another region than the questionnaire."""
    form = case.questionnaire
    there = {one.region for one in case.known.register or () if one.region}
    if form is None or not there:
        return
    named = {
        name: form.regions[name] for name in (Field.REGION, Field.ADDRESS) if name in form.regions
    }
    if named and not any(same_region(one, other) for one in named.values() for other in there):
        yield finding(
            Code.ORGANIZATION_MISMATCH,
            [place for name in named for place in form.fields[name].evidence],
            message="В реестре организация с этим ИНН находится в другом регионе.",
        )


def registered_head_differs(case: Case) -> Iterator[Finding]:
    """The register names another head than who has signed, or than the questionnaire."""
    heads = [one.head for one in case.known.register or () if one.head]
    letter, form = case.letter, case.questionnaire
    of_papers = [letter.head if letter else None, form.head if form else None]
    others = [found for found in of_papers if found and _is_another(found, heads)]
    if others:
        yield finding(
            Code.SIGNER_MISMATCH,
            [place for found in others for place in found.evidence],
            message=f"В реестре указан другой руководитель: {heads[0].raw}.",
            severity=Severity.INFO if letter and letter.acting_head else None,
        )


RULES: Final[tuple[Rule, ...]] = (
    organization_unknown,
    organization_ended,
    registered_name_differs,
    registered_region_differs,
    registered_head_differs,
)


def is_contradicted(case: Case) -> bool:
    """Whether the register has the ИНН of another organization than the papers speak of, or of one that is no more."""
    rules = (organization_ended, registered_name_differs, registered_region_differs)
    return any(True for rule in rules for _ in rule(case))


def _names(case: Case) -> Iterator[Found[str]]:
    letter, form = case.letter, case.questionnaire
    if letter and letter.organization_name:
        yield letter.organization_name
    for name in (Field.FULL_NAME, Field.SHORT_NAME):
        if form and name in form.fields:
            yield form.fields[name]


def _is_another(found: Found[PersonName], heads: list[PersonName]) -> bool:
    return bool(heads) and all(
        same_person(found.value, head) is Agreement.DIFFERENT for head in heads
    )
