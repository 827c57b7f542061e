"""What a loaded register adds to the verdict: the only witness that the school has not written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.facts import Field, Found, Letter, PersonName, Questionnaire
from tests.unit.test_matching import CELL, FORM, LETTER, message
from workflow.application import Assessment, Known, RegisterEntry
from workflow.case import lay_together
from workflow.findings import Code, Severity, Verdict
from workflow.matching import examine

SCHOOL = RegisterEntry(
    names=("Муниципальное бюджетное общеобразовательное учреждение «СОШ № 4» г. Заречного",),
    places=("Пензенская область", "г. Заречный, ул. Новая, 1"),
    region="58",
    head=PersonName(raw="Лугов Игорь Семёнович", nominatives=("Лугов Игорь Семёнович",)),
)


def assessed(
    *entries: RegisterEntry, letter: Letter = LETTER, form: Questionnaire = FORM
) -> Assessment:
    case = lay_together([message((letter,), (form,))], known=Known(register=entries))
    return examine(case)


def codes(assessment: Assessment) -> dict[Code, Severity]:
    return {one.code: one.severity for one in assessment.findings}


def test_an_organization_that_is_no_more_is_put_before_an_operator() -> None:
    found = assessed(replace(SCHOOL, ended="Ликвидирована"))
    assert codes(found) == {Code.ORGANIZATION_UNKNOWN: Severity.BLOCK}
    assert found.findings[0].message == (
        "По реестру организация с этим ИНН больше не действует: «Ликвидирована»."
    )
    assert found.agreed.inn is None


def test_a_branch_that_is_no_more_says_nothing_of_the_school() -> None:
    assert assessed(replace(SCHOOL, ended="Ликвидирована"), SCHOOL).verdict is Verdict.ACCEPT


def located(region: str) -> Questionnaire:
    fields = {**FORM.fields, Field.REGION: Found("как написано", (CELL,))}
    return replace(FORM, fields=fields, regions={Field.REGION: region})


def test_a_school_that_the_register_knows_is_accepted() -> None:
    assert assessed(SCHOOL).verdict is Verdict.ACCEPT


def test_an_inn_that_the_register_does_not_have_is_put_before_an_operator() -> None:
    found = assessed()
    assert codes(found) == {Code.ORGANIZATION_UNKNOWN: Severity.BLOCK}
    assert found.verdict is Verdict.REVIEW


def test_an_inn_with_an_error_is_asked_about_and_not_called_unknown() -> None:
    form = replace(FORM, fields={**FORM.fields, Field.INN: Found("7707083890", (CELL,))})
    assert codes(assessed(form=form)) == {Code.INN_INVALID: Severity.ASK}


@pytest.mark.parametrize("name", ["МБОУ «СОШ № 5»", "МБДОУ «Детский сад № 4» г. Заречного"])
def test_another_organization_under_the_inn_is_put_before_an_operator(name: str) -> None:
    found = assessed(replace(SCHOOL, names=(name,)))
    assert codes(found) == {Code.ORGANIZATION_MISMATCH: Severity.BLOCK}
    assert name in found.findings[0].message
    assert found.agreed.inn is None


def test_one_of_the_branches_is_enough() -> None:
    branch = replace(SCHOOL, names=("Филиал МБОУ «СОШ № 9» в с. Верхнее",), head=None)
    assert assessed(branch, SCHOOL).verdict is Verdict.ACCEPT


def test_a_register_that_has_no_names_says_nothing_of_them() -> None:
    assert assessed(RegisterEntry()).verdict is Verdict.ACCEPT


def test_another_region_is_another_organization() -> None:
    assert codes(assessed(SCHOOL, form=located("58"))) == {}
    found = assessed(SCHOOL, form=located("77"))
    assert codes(found) == {Code.ORGANIZATION_MISMATCH: Severity.BLOCK}
    assert found.agreed.inn is None


@pytest.mark.parametrize(("one", "other"), [("86", "72"), ("72", "89"), ("83", "29")])
def test_a_district_is_in_the_region_that_it_is_part_of(one: str, other: str) -> None:
    assert codes(assessed(replace(SCHOOL, region=one), form=located(other))) == {}


def other_head(name: str) -> RegisterEntry:
    return replace(SCHOOL, head=PersonName(raw=name, nominatives=(name,)))


def test_another_head_than_the_registers_is_put_before_an_operator() -> None:
    found = assessed(other_head("Сомов Пётр Ильич"))
    assert codes(found) == {Code.SIGNER_MISMATCH: Severity.BLOCK}
    assert "Сомов Пётр Ильич" in found.findings[0].message


def test_who_acts_for_the_head_explains_it() -> None:
    found = assessed(other_head("Сомов Пётр Ильич"), letter=replace(LETTER, acting_head=True))
    assert codes(found) == {Code.SIGNER_MISMATCH: Severity.INFO}
    assert found.verdict is Verdict.ACCEPT


def test_a_head_whom_only_the_questionnaire_names_is_compared_too() -> None:
    found = assessed(other_head("Сомов Пётр Ильич"), letter=replace(LETTER, head=None))
    assert codes(found) == {Code.SIGNER_MISMATCH: Severity.BLOCK}


def test_the_heads_of_all_branches_count() -> None:
    assert codes(assessed(other_head("Сомов Пётр Ильич"), SCHOOL)) == {}
