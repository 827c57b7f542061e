"""From what was read to a verdict: every rule is asked, and its findings conclude.

No doubt ever gives `accept`: the agreed values that provisioning needs exist only where both papers
have each of them once and the same, and without them nothing is accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from parsers.facts import Field, How
from workflow.application import Agreed, Assessment
from workflow.case import Case
from workflow.comparison import Agreement, choose_nominative, same_person
from workflow.findings import Code, Finding, Severity, Verdict, finding, verdict_of
from workflow.rules import (
    Rule,
    agreement,
    files,
    known,
    letter,
    message,
    questionnaire,
    register,
)
from workflow.rules.questionnaire import is_organization_inn

RULES: Final[tuple[Rule, ...]] = (
    *message.RULES,
    *files.RULES,
    *letter.RULES,
    *questionnaire.RULES,
    *agreement.RULES,
    *known.RULES,
    *register.RULES,
)

_LEFT_OUT_BESIDE_A_QUESTION: Final = frozenset({Code.MARK_UNSURE, Code.LOW_CONFIDENCE})
_QUESTIONS_ABOUT_THE_LETTER: Final = frozenset(
    {
        Code.LETTER_UNREADABLE,
        Code.LETTER_NOT_SIGNED,
        Code.LETTER_NOT_SEALED,
        Code.LETTER_NO_LETTERHEAD,
        Code.LETTER_IS_DRAFT,
        Code.LETTER_OUTDATED,
        Code.ADMINISTRATOR_NAME_MISSING,
        Code.ADMINISTRATOR_NAME_INCOMPLETE,
        Code.ADMINISTRATOR_PHONE_MISSING,
        Code.PHONE_NOT_MOBILE,
    }
)


_QUESTIONS_ABOUT_THE_FORM: Final = frozenset({Code.QUESTIONNAIRE_INCOMPLETE, Code.INN_INVALID})


def examine(case: Case, *, standing: Sequence[Finding] = ()) -> Assessment:
    """Ask every rule and conclude; `standing` findings arose elsewhere and count as well."""
    findings = _without_needless_doubts(
        [*standing, *(found for rule in RULES for found in rule(case))]
    )
    agreed = agreed_values(case)
    verdict = verdict_of(findings)
    if verdict is Verdict.ACCEPT and None in {agreed.full_name, agreed.phone, agreed.inn}:
        findings.append(finding(Code.LOW_CONFIDENCE))
        verdict = Verdict.REVIEW
    name = case.letter_name
    return Assessment(
        verdict=verdict,
        findings=tuple(findings),
        letter=case.letter,
        questionnaire=case.questionnaire,
        documents=case.documents,
        letter_name=choose_nominative(name, case.questionnaire_name) if name else None,
        letter_phone=case.letter_number,
        agreed=agreed,
    )


def agreed_values(case: Case) -> Agreed:
    """Return what both papers say alike, each value None where they do not."""
    name, form_name = case.letter_name, case.questionnaire_name
    full_name = None
    if name and form_name and not name.initials and same_person(name, form_name) is Agreement.SAME:
        full_name = choose_nominative(name, form_name)
    phone, form_phone = case.letter_phone, case.questionnaire_phone
    number = phone.e164 if phone and form_phone and phone.e164 == form_phone.e164 else None
    form = case.questionnaire
    inn = form.text(Field.INN) if form else None
    return Agreed(
        full_name=full_name,
        phone=number,
        inn=inn if inn and is_organization_inn(inn) and _is_uncontradicted(case, inn) else None,
        organization_name=_organization_name(case),
    )


def _organization_name(case: Case) -> str | None:
    form = case.questionnaire
    return (form.text(Field.FULL_NAME) or form.text(Field.SHORT_NAME)) if form else None


def _is_uncontradicted(case: Case, inn: str) -> bool:
    several = any(questionnaire.several_organizations(case))
    mismatch = any(agreement.organization_mismatch(case))
    return (
        not several
        and not mismatch
        and not register.is_contradicted(case)
        and all(one.inn is None or one.inn.value == inn for one in case.letters)
    )


def _without_needless_doubts(findings: list[Finding]) -> list[Finding]:
    """Leave out doubts about a paper that the school has to send again anyway, and repetitions."""
    asking = {one.code for one in findings if one.severity is Severity.ASK}
    kept: list[Finding] = []
    for one in findings:
        about = _QUESTIONS_ABOUT_THE_FORM if _is_of_the_form(one) else _QUESTIONS_ABOUT_THE_LETTER
        if asking & about and one.code in _LEFT_OUT_BESIDE_A_QUESTION:
            continue
        if one not in kept:
            kept.append(one)
    return kept


def _is_of_the_form(one: Finding) -> bool:
    """Whether a finding rests on the questionnaire's cells alone."""
    return bool(one.evidence) and all(place.how is How.CELL for place in one.evidence)
