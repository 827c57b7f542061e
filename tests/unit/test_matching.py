"""The rules: one good case, and what each single departure from it leads to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.samples.schools import inn_of, ogrn_of
from parsers.facts import (
    Document,
    DocumentKind,
    Evidence,
    Field,
    Found,
    Headers,
    How,
    Letter,
    Mark,
    PersonName,
    Phone,
    PhoneKind,
    Questionnaire,
    Reading,
    Role,
    Source,
    SubjectMatch,
    Trouble,
)
from workflow.application import Administrator, Assessment, Known, Organization
from workflow.case import ReadMessage, RuleSettings, lay_together
from workflow.findings import CATALOGUE, Code, Severity, Verdict, finding
from workflow.matching import examine
from workflow.wording import verdict_with_reasons

SENT = dt.datetime(2026, 9, 14, 8, 30, tzinfo=dt.UTC)
PLACE = Evidence(document="Приказ.pdf", raw="как стояло", how=How.TEXT, page=1)
CELL = Evidence(document="Анкета.xlsx", raw="как стояло", how=How.CELL, cell="Анкета!C5")


def person(*nominatives: str, raw: str | None = None, initials: bool = False) -> Found[PersonName]:
    name = PersonName(raw=raw or nominatives[0], nominatives=nominatives, initials=initials)
    return Found(name, (PLACE,))


def phone(number: str | None, kind: PhoneKind = PhoneKind.MOBILE) -> Found[Phone]:
    return Found(Phone(raw=number or "8-912-34", kind=kind, e164=number), (PLACE,))


NAME = "Рощина Вера Андреевна"
NUMBER = "+79120000147"

LETTER = Letter(
    attachment="Приказ.pdf",
    page=1,
    source=Source.TEXT,
    administrators=(person(NAME, raw="Рощину Веру Андреевну"),),
    phones=(phone(NUMBER),),
    head=person("Лугов И. С."),
    organization_name=Found("МБОУ «СОШ № 4»", (PLACE,)),
    organization_place=Found("г. Заречный, ул. Новая, 1", (PLACE,)),
    date=Found(dt.date(2026, 9, 11), (PLACE,)),
    signature=Mark.PRESENT,
    seal=Mark.PRESENT,
    letterhead=Mark.PRESENT,
)
FORM = Questionnaire(
    attachment="Анкета.xlsx",
    fields={
        Field.FULL_NAME: Found("МБОУ «СОШ № 4» г. Заречного", (CELL,)),
        Field.INN: Found("7707083893", (CELL,)),
        Field.ADMINISTRATOR_NAME: Found(NAME, (CELL,)),
        Field.ADMINISTRATOR_PHONE: Found(NUMBER, (CELL,)),
    },
    administrators=(person(NAME),),
    administrator_phones=(phone(NUMBER),),
    head=person("Лугов Игорь Семёнович"),
    schools=(CELL,),
)
HEADERS = Headers(
    message_id="<1@school.example>",
    senders=("school@example.org",),
    sender_name="",
    subject="Сферум: Регистрация организации",
    subject_match=SubjectMatch.OURS,
    automatic=None,
    date=SENT,
    in_reply_to=(),
    references=(),
    doubled=(),
    authentication_results=(),
    return_path=None,
    envelope_to=(),
)


def document(role: Role = Role.OTHER, **facts: Any) -> Document:
    return Document(name="файл", media_type="application/pdf", role=role, **facts)


def message(
    letters: tuple[Letter, ...] = (LETTER,),
    forms: tuple[Questionnaire, ...] = (FORM,),
    documents: tuple[Document, ...] = (),
    *,
    headers: Headers = HEADERS,
    received: dt.datetime = SENT,
    settled: bool = False,
    **facts: Any,
) -> ReadMessage:
    papers = [document(Role.LETTER) for _ in letters] + [
        document(Role.QUESTIONNAIRE) for _ in forms
    ]
    reading = Reading(
        headers=headers,
        documents=(*papers, *documents),
        letters=letters,
        questionnaires=forms,
        **facts,
    )
    return ReadMessage(reading=reading, received_at=received, settled=settled)


def assess(*messages: ReadMessage, known: Known | None = None) -> Assessment:
    return examine(lay_together(messages or [message()], known=known))


def with_letter(**changes: Any) -> Assessment:
    return assess(message(letters=(replace(LETTER, **changes),)))


def with_form(**changes: Any) -> Assessment:
    return assess(message(forms=(replace(FORM, **changes),)))


def with_field(name: Field, value: str | None) -> Assessment:
    fields = {key: found for key, found in FORM.fields.items() if key is not name}
    if value is not None:
        fields[name] = Found(value, (CELL,))
    return with_form(fields=fields)


def codes(assessment: Assessment) -> set[Code]:
    return {one.code for one in assessment.findings}


def test_two_papers_that_agree_are_accepted_with_the_values_that_will_be_granted() -> None:
    assessment = assess()
    assert assessment.verdict is Verdict.ACCEPT
    assert not assessment.findings
    assert (assessment.agreed.full_name, assessment.agreed.phone) == (NAME, NUMBER)
    assert assessment.agreed.inn == "7707083893"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signature": Mark.ABSENT}, Code.LETTER_NOT_SIGNED),
        ({"seal": Mark.ABSENT}, Code.LETTER_NOT_SEALED),
        ({"letterhead": Mark.ABSENT}, Code.LETTER_NO_LETTERHEAD),
        ({"administrators": ()}, Code.ADMINISTRATOR_NAME_MISSING),
        (
            {"administrators": (person("Рощина В. А.", initials=True),)},
            Code.ADMINISTRATOR_NAME_INCOMPLETE,
        ),
        ({"phones": ()}, Code.ADMINISTRATOR_PHONE_MISSING),
        ({"phones": (phone("+74951112233", PhoneKind.FIXED),)}, Code.PHONE_NOT_MOBILE),
        ({"phones": (phone(None, PhoneKind.UNREADABLE),)}, Code.ADMINISTRATOR_PHONE_MISSING),
        ({"date": Found(dt.date(2025, 9, 1), (PLACE,))}, Code.LETTER_OUTDATED),
        ({"unreadable": True, "administrators": (), "phones": ()}, Code.LETTER_UNREADABLE),
        ({"draft": PLACE, "administrators": (), "phones": ()}, Code.LETTER_IS_DRAFT),
    ],
)
def test_what_the_letter_lacks_is_asked_for_and_alone(changes: dict[str, Any], code: Code) -> None:
    assessment = with_letter(**changes)
    assert codes(assessment) == {code}
    assert assessment.verdict is Verdict.ASK


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signature": Mark.UNSURE}, Code.MARK_UNSURE),
        ({"doubts": (PLACE,)}, Code.LOW_CONFIDENCE),
        (
            {"administrators": (person(NAME), person("Котова Инна Львовна"))},
            Code.ADMINISTRATOR_AMBIGUOUS,
        ),
        ({"phones": (phone(NUMBER), phone("+79120000148"))}, Code.ADMINISTRATOR_AMBIGUOUS),
        ({"phones": (phone("+375291234567", PhoneKind.FOREIGN),)}, Code.PHONE_FOREIGN),
        ({"phones": (phone("+79120000174"),)}, Code.PHONE_MISMATCH),
        ({"administrators": (person("Рощина Вера Антоновна"),)}, Code.NAME_MISMATCH),
        ({"administrators": (person("Рощина Вера"),)}, Code.NAME_MISMATCH),
        ({"inn": Found("7830002293", (PLACE,))}, Code.ORGANIZATION_MISMATCH),
        ({"organization_name": Found("МБОУ «СОШ № 5»", (PLACE,))}, Code.ORGANIZATION_MISMATCH),
        ({"head": person("Чернов П. П.")}, Code.SIGNER_MISMATCH),
        (
            {"electronic_signature": PLACE, "signature": Mark.ABSENT, "seal": Mark.ABSENT},
            Code.LETTER_SIGNED_ELECTRONICALLY,
        ),
        ({"date": Found(dt.date(2026, 9, 18), (PLACE,))}, Code.LETTER_DATE_DOUBTFUL),
        ({"impossible_date": PLACE}, Code.LETTER_DATE_DOUBTFUL),
    ],
)
def test_a_doubt_about_the_letter_is_for_an_operator(changes: dict[str, Any], code: Code) -> None:
    assessment = with_letter(**changes)
    assert code in codes(assessment)
    assert assessment.verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"head": person("Чернов П. П."), "acting_head": True}, Code.SIGNER_MISMATCH),
        ({"electronic_signature": PLACE}, Code.LETTER_SIGNED_ELECTRONICALLY),
        ({"untrusted_layer": PLACE}, Code.TEXT_LAYER_UNTRUSTED),
        ({"self_appointed": True}, Code.ADMINISTRATOR_IS_HEAD),
        ({"date": Found(dt.date(2026, 9, 17), (PLACE,))}, None),
        ({"date": None}, None),
    ],
)
def test_what_only_informs_changes_nothing(changes: dict[str, Any], code: Code | None) -> None:
    assessment = with_letter(**changes)
    assert codes(assessment) == ({code} if code else set())
    assert assessment.verdict is Verdict.ACCEPT


def test_doubts_are_left_out_where_the_same_paper_must_be_sent_again_anyway() -> None:
    assessment = with_letter(seal=Mark.ABSENT, signature=Mark.UNSURE, doubts=(PLACE,))
    assert codes(assessment) == {Code.LETTER_NOT_SEALED}


def test_doubts_stay_where_only_the_other_paper_is_asked_for() -> None:
    assessment = assess(message(letters=(replace(LETTER, doubts=(PLACE,)),), forms=()))
    assert codes(assessment) == {Code.LOW_CONFIDENCE, Code.QUESTIONNAIRE_MISSING}
    assert assessment.verdict is Verdict.REVIEW


def test_a_form_of_several_nominatives_is_printed_as_the_questionnaire_names_it() -> None:
    either = person("Журавель Вера Андреевна", "Журавль Вера Андреевна")
    letter = replace(LETTER, administrators=(either,))
    form = replace(FORM, administrators=(person("Журавль Вера Андреевна"),))
    assessment = assess(message(letters=(letter,), forms=(form,)))
    assert assessment.letter_name == "Журавль Вера Андреевна"
    assert assessment.verdict is Verdict.ACCEPT


def test_a_form_that_the_questionnaire_does_not_choose_among_is_null_and_a_doubt() -> None:
    either = person("Журавель Вера Андреевна", "Журавль Вера Андреевна")
    assessment = assess(message(letters=(replace(LETTER, administrators=(either,)),), forms=()))
    assert assessment.letter_name is None
    assert Code.LOW_CONFIDENCE in codes(assessment)


@pytest.mark.parametrize(
    ("name", "value", "code", "verdict"),
    [
        (Field.INN, None, Code.QUESTIONNAIRE_INCOMPLETE, Verdict.ASK),
        (Field.INN, "7707083894", Code.INN_INVALID, Verdict.ASK),
        (Field.INN, "0000000000", Code.INN_INVALID, Verdict.ASK),
        (Field.INN, "500100732259", Code.INN_INVALID, Verdict.ASK),
        (Field.FULL_NAME, None, Code.QUESTIONNAIRE_INCOMPLETE, Verdict.ASK),
        (Field.OGRN, "1027700132196", Code.OGRN_INVALID, Verdict.ACCEPT),
        (Field.KPP, "77360100", Code.KPP_INVALID, Verdict.ACCEPT),
        (Field.EMAIL, "school@", Code.EMAIL_INVALID, Verdict.ACCEPT),
    ],
)
def test_fields_of_the_questionnaire_are_checked(
    name: Field, value: str | None, code: Code, verdict: Verdict
) -> None:
    assessment = with_field(name, value)
    assert code in codes(assessment)
    assert assessment.verdict is verdict


def test_a_wrong_inn_is_asked_for_though_the_letterhead_has_the_right_one() -> None:
    letter = replace(LETTER, inn=Found("7707083893", (PLACE,)))
    form = replace(FORM, fields=FORM.fields | {Field.INN: Found("7707083894", (CELL,))})  # type: ignore[operator]
    assessment = assess(message(letters=(letter,), forms=(form,)))
    assert codes(assessment) == {Code.INN_INVALID}
    assert assessment.verdict is Verdict.ASK


def test_an_incomplete_questionnaire_names_every_empty_field() -> None:
    assessment = with_form(fields={}, administrators=(), administrator_phones=(), head=None)
    (incomplete,) = [
        one for one in assessment.findings if one.code is Code.QUESTIONNAIRE_INCOMPLETE
    ]
    assert {place.raw for place in incomplete.evidence} == {
        "organization.full_name",
        "organization.inn",
        "administrator.full_name",
        "administrator.phone",
    }


def test_several_schools_in_one_questionnaire_are_for_an_operator() -> None:
    assessment = with_form(schools=(CELL, CELL))
    assert Code.SEVERAL_ORGANIZATIONS in codes(assessment)
    assert assessment.verdict is Verdict.REVIEW
    assert assessment.agreed.inn is None


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        ("+79120000174", PhoneKind.MOBILE, Code.PHONE_MISMATCH),
        ("+74951112233", PhoneKind.FIXED, Code.PHONE_NOT_MOBILE),
        ("+375291234567", PhoneKind.FOREIGN, Code.PHONE_FOREIGN),
        (None, PhoneKind.UNREADABLE, Code.QUESTIONNAIRE_INCOMPLETE),
    ],
)
def test_the_number_in_the_questionnaire_must_be_the_letters(
    number: str | None, kind: PhoneKind, code: Code
) -> None:
    assessment = with_form(administrator_phones=(phone(number, kind),))
    assert code in codes(assessment)
    assert assessment.verdict is not Verdict.ACCEPT
    assert assessment.agreed.phone is None


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble.ENCRYPTED, Code.ATTACHMENT_ENCRYPTED),
        (Trouble.TOO_LARGE, Code.ATTACHMENT_TOO_LARGE),
        (Trouble.MALFORMED, Code.ATTACHMENT_MALFORMED),
    ],
)
def test_a_paper_that_failed_is_named_beside_the_missing_one(trouble: Trouble, code: Code) -> None:
    failed = document(trouble=trouble, kind=DocumentKind.PAGES)
    assert codes(assess(message(letters=(), documents=(failed,)))) == {code, Code.LETTER_MISSING}
    both = assess(message(documents=(failed,)))
    assert both.verdict is Verdict.ACCEPT
    assert [one.severity for one in both.findings] == [Severity.INFO]


def test_a_dangerous_file_is_for_an_operator_even_beside_good_papers() -> None:
    assessment = assess(message(documents=(document(trouble=Trouble.DANGEROUS),)))
    assert codes(assessment) == {Code.ATTACHMENT_DANGEROUS}
    assert assessment.verdict is Verdict.REVIEW


def test_a_blank_page_in_the_letters_place_is_unreadable() -> None:
    blank = document(kind=DocumentKind.PAGES, blank=True)
    assert codes(assess(message(letters=(), documents=(blank,)))) == {
        Code.LETTER_UNREADABLE,
        Code.LETTER_MISSING,
    }


def test_a_picture_of_the_form_stands_alone() -> None:
    picture = document(scan=True, looks_like=Role.QUESTIONNAIRE, kind=DocumentKind.PAGES)
    assert codes(assess(message(forms=(), documents=(picture,)))) == {Code.QUESTIONNAIRE_IS_SCAN}


def test_a_table_that_is_no_questionnaire_is_named_beside_the_missing_one() -> None:
    table = document(kind=DocumentKind.SHEET)
    assert codes(assess(message(forms=(), documents=(table,)))) == {
        Code.QUESTIONNAIRE_UNREADABLE,
        Code.QUESTIONNAIRE_MISSING,
    }


def test_a_cloud_link_counts_only_where_a_paper_is_missing() -> None:
    link = Evidence(document="", raw="https://disk.example/1", how=How.TEXT)
    assert codes(assess(message(letters=(), cloud_links=(link,)))) == {
        Code.CLOUD_LINK_INSTEAD_OF_FILE,
        Code.LETTER_MISSING,
    }
    assert not assess(message(cloud_links=(link,))).findings


def test_nobody_says_what_is_missing_where_a_limit_left_something_unread() -> None:
    assessment = assess(message(letters=(), forms=(), limits=(PLACE,)))
    assert codes(assessment) == {Code.LIMIT_REACHED}
    assert assessment.verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (replace(HEADERS, subject_match=SubjectMatch.NEAR_MISS), Code.SUBJECT_NEAR_MISS),
        (replace(HEADERS, doubled=("from",)), Code.HEADER_AMBIGUOUS),
        (replace(HEADERS, senders=("a@example.org", "b@example.org")), Code.HEADER_AMBIGUOUS),
    ],
)
def test_a_doubtful_header_blocks_until_an_operator_has_dealt_with_it(
    headers: Headers, code: Code
) -> None:
    assert codes(assess(message(headers=headers))) == {code}
    assert not assess(message(headers=headers, settled=True)).findings


def test_what_is_known_already_blocks() -> None:
    other = Organization(
        inn="7707083893",
        name="школа",
        administrators=(Administrator(full_name="Котова Инна Львовна", phone="+79120000001"),),
    )
    known = Known(registered=other, phone_holders=("7830002293",), open_applications=(3,))
    assessment = assess(known=known)
    assert codes(assessment) == {
        Code.DUPLICATE_APPLICATION,
        Code.ALREADY_REGISTERED,
        Code.ADMINISTRATOR_CHANGE,
        Code.PHONE_IN_USE,
    }
    assert assessment.verdict is Verdict.REVIEW


def test_an_outdated_letter_is_measured_by_the_messages_date_and_never_by_the_clock() -> None:
    year = dt.timedelta(days=365)
    old = replace(LETTER, date=Found(SENT.date() - year, (PLACE,)))
    older = replace(LETTER, date=Found(SENT.date() - year - dt.timedelta(days=1), (PLACE,)))
    assert not assess(message(letters=(old,), received=SENT + 10 * year)).findings
    assert codes(assess(message(letters=(older,)))) == {Code.LETTER_OUTDATED}


def test_a_date_header_later_than_the_arrival_counts_for_nothing() -> None:
    future = replace(HEADERS, date=SENT + dt.timedelta(days=400))
    assert not assess(message(headers=future)).findings


def test_a_later_paper_supersedes_the_earlier_of_its_role_and_the_rest_is_kept() -> None:
    first = message(letters=(replace(LETTER, seal=Mark.ABSENT),))
    second = message(forms=())
    assert codes(assess(first)) == {Code.LETTER_NOT_SEALED}
    assert assess(first, second).verdict is Verdict.ACCEPT


def test_a_file_that_failed_no_longer_counts_when_its_paper_has_come() -> None:
    broken = document(trouble=Trouble.MALFORMED, kind=DocumentKind.PAGES, looks_like=Role.LETTER)
    first = message(letters=(), documents=(broken,))
    assert not assess(first, message(forms=())).findings


def test_a_letter_of_another_person_beside_it_is_an_ambiguity() -> None:
    other = replace(LETTER, administrators=(person("Котова Инна Львовна"),))
    assert Code.ADMINISTRATOR_AMBIGUOUS in codes(assess(message(letters=(LETTER, other))))


def test_a_standing_finding_counts_beside_good_papers() -> None:
    standing = [finding(Code.FOLLOW_UP_FROM_OTHER_SENDER)]
    assert examine(lay_together([message()]), standing=standing).verdict is Verdict.REVIEW


def test_required_fields_are_a_setting() -> None:
    rules = RuleSettings(required_fields=(Field.REGION,))
    assessment = examine(lay_together([message()], rules=rules))
    assert codes(assessment) == {Code.QUESTIONNAIRE_INCOMPLETE}


def test_the_verdict_says_which_rules_decided() -> None:
    letter = replace(LETTER, seal=Mark.ABSENT, administrators=(person("Котова Инна Львовна"),))
    assessment = assess(message((letter,)))
    assert {Code.LETTER_NOT_SEALED, Code.NAME_MISMATCH} <= codes(assessment)
    said = verdict_with_reasons(assessment.verdict, assessment.findings)
    assert said == "оператору: name_mismatch"
    asked = with_letter(seal=Mark.ABSENT, phones=())
    said = verdict_with_reasons(asked.verdict, asked.findings)
    assert said == "спросить школу: letter_not_sealed, administrator_phone_missing"
    assert verdict_with_reasons(assess().verdict, assess().findings) == "принять"


def test_every_code_has_a_severity_and_one_russian_sentence() -> None:
    assert set(CATALOGUE) == set(Code)
    assert all(sentence.endswith(".") for _, sentence in CATALOGUE.values())


_MARKS = st.sampled_from(list(Mark))
_NAMES = st.sampled_from([NAME, "Рощина Вера Антоновна", "Рощин Вера Андреевна", "Рощина Вера"])
_NUMBERS = st.sampled_from([NUMBER, "+79120000174", "+79210000147"])


@given(
    marks=st.tuples(_MARKS, _MARKS, _MARKS),
    names=st.tuples(st.lists(_NAMES, max_size=2), st.lists(_NAMES, max_size=2)),
    numbers=st.tuples(st.lists(_NUMBERS, max_size=2), st.lists(_NUMBERS, max_size=2)),
    doubts=st.booleans(),
)
def test_no_doubt_ever_gives_accept(
    marks: tuple[Mark, Mark, Mark],
    names: tuple[list[str], list[str]],
    numbers: tuple[list[str], list[str]],
    doubts: bool,
) -> None:
    letter = replace(
        LETTER,
        signature=marks[0],
        seal=marks[1],
        letterhead=marks[2],
        administrators=tuple(person(name) for name in names[0]),
        phones=tuple(phone(number) for number in numbers[0]),
        doubts=(PLACE,) if doubts else (),
    )
    form = replace(
        FORM,
        administrators=tuple(person(name) for name in names[1]),
        administrator_phones=tuple(phone(number) for number in numbers[1]),
    )
    assessment = assess(message(letters=(letter,), forms=(form,)))
    good = (
        set(marks) == {Mark.PRESENT}
        and not doubts
        and len(set(names[0])) == 1
        and names[0][0] == (names[1] or [""])[0]
        and len(names[1]) == 1
        and len(set(numbers[0])) == 1
        and len(numbers[1]) == 1
        and numbers[0][0] == numbers[1][0]
    )
    assert (assessment.verdict is Verdict.ACCEPT) == good
    if assessment.verdict is Verdict.ACCEPT:
        assert assessment.agreed.full_name == names[0][0]
        assert assessment.agreed.phone == numbers[0][0]


@given(st.permutations(range(4)))
def test_the_order_of_documents_changes_nothing(order: list[int]) -> None:
    extra = (
        document(trouble=Trouble.MALFORMED),
        document(kind=DocumentKind.SIGNATURE),
        document(trouble=Trouble.DANGEROUS),
        document(),
    )
    shuffled = assess(message(documents=tuple(extra[index] for index in order)))
    usual = assess(message(documents=extra))
    assert {(one.code, one.severity) for one in shuffled.findings} == {
        (one.code, one.severity) for one in usual.findings
    }


@pytest.mark.parametrize(
    ("regions", "differs"),
    [
        ({Field.REGION: "69", Field.ADDRESS: "69", Field.INN: "69"}, False),
        ({Field.REGION: "69", Field.INN: "77"}, True),
        ({Field.ADDRESS: "69", Field.INN: "77"}, True),
        ({Field.REGION: "69", Field.ADDRESS: "50"}, True),
        ({Field.REGION: "86", Field.ADDRESS: "72", Field.INN: "86"}, False),
        ({Field.REGION: "83", Field.INN: "29"}, False),
        ({Field.REGION: "86", Field.INN: "89"}, False),
        ({Field.INN: "77"}, False),
        ({}, False),
    ],
)
def test_a_region_that_differs_is_told_and_changes_nothing(
    regions: dict[Field, str], differs: bool
) -> None:
    fields = FORM.fields | {name: Found("так", (CELL,)) for name in (Field.REGION, Field.ADDRESS)}
    assessment = with_form(fields=fields, regions=regions)
    assert codes(assessment) == ({Code.REGION_DIFFERS} if differs else set())
    assert assessment.verdict is Verdict.ACCEPT


DAMAGED = Evidence(document="Анкета.xlsx", raw="8,91612E+10", how=How.CELL, cell="Анкета!C9")


@pytest.mark.parametrize("name", [Field.INN, Field.ADMINISTRATOR_NAME, Field.ADMINISTRATOR_PHONE])
def test_a_damaged_cell_that_rights_depend_on_is_a_doubt(name: Field) -> None:
    assessment = with_form(doubts=(DAMAGED,), doubtful=(name,))
    assert codes(assessment) == {Code.LOW_CONFIDENCE}
    assert assessment.findings[0].evidence == (DAMAGED,)
    assert assessment.verdict is Verdict.REVIEW


def test_a_damaged_cell_that_is_asked_about_is_no_doubt_besides() -> None:
    fields = {key: one for key, one in FORM.fields.items() if key is not Field.INN}
    assessment = with_form(fields=fields, doubts=(DAMAGED,), doubtful=(Field.INN,))
    assert codes(assessment) == {Code.QUESTIONNAIRE_INCOMPLETE}


def test_a_question_about_the_letter_leaves_the_questionnaires_doubt_standing() -> None:
    form = replace(FORM, doubts=(DAMAGED,), doubtful=(Field.ADMINISTRATOR_PHONE,))
    letter = replace(LETTER, seal=Mark.ABSENT)
    assessment = assess(message((letter,), (form,)))
    assert codes(assessment) == {Code.LETTER_NOT_SEALED, Code.LOW_CONFIDENCE}


@pytest.mark.parametrize(
    ("name", "code"), [(Field.OGRN, Code.OGRN_INVALID), (Field.KPP, Code.KPP_INVALID)]
)
def test_a_number_that_nothing_depends_on_is_told_when_it_is_lost(name: Field, code: Code) -> None:
    assessment = with_form(doubts=(DAMAGED,), doubtful=(name,))
    assert codes(assessment) == {code}
    assert assessment.verdict is Verdict.ACCEPT


def test_a_damaged_cell_that_nothing_needs_is_nothing() -> None:
    assert not with_form(doubts=(DAMAGED,), doubtful=(Field.PUPILS,)).findings


OGRN, OTHER_OGRN = ogrn_of("102690000001"), ogrn_of("102690000002")


def with_numbers(letter: dict[str, Any], form: dict[Field, str]) -> set[Code]:
    fields = FORM.fields | {name: Found(value, (CELL,)) for name, value in form.items()}
    given = {name: Found(value, (PLACE,)) for name, value in letter.items()}
    return codes(assess(message((replace(LETTER, **given),), (replace(FORM, fields=fields),))))


def test_an_equal_inn_beside_another_number_of_a_school_is_no_agreement() -> None:
    other = {"inn": "7707083893", "organization_name": "МБОУ «СОШ № 14»"}
    assert with_numbers(other, {}) == {Code.ORGANIZATION_MISMATCH}


def test_without_an_inn_in_the_letter_its_ogrn_counts() -> None:
    assert with_numbers({"ogrn": OGRN}, {Field.OGRN: OGRN}) == set()
    assert with_numbers({"ogrn": OGRN}, {Field.OGRN: OTHER_OGRN}) == {Code.ORGANIZATION_MISMATCH}
    assert with_numbers({"ogrn": OGRN}, {Field.OGRN: OGRN[:-1] + "0"}) <= {Code.OGRN_INVALID}
    both = {"ogrn": OGRN, "inn": "7707083893"}
    assert with_numbers(both, {Field.OGRN: OTHER_OGRN}) == set()


def test_an_organization_mismatch_leaves_no_agreed_inn() -> None:
    letter = replace(LETTER, organization_name=Found("МБОУ «СОШ № 14»", (PLACE,)))
    assert assess(message((letter,))).agreed.inn is None


@given(order=st.permutations(range(4)), forms=st.permutations(range(2)))
def test_the_order_of_papers_changes_no_finding(order: list[int], forms: list[int]) -> None:
    letters = (
        LETTER,
        replace(LETTER, attachment="2", phones=(phone("+79120000174"),)),
        replace(LETTER, attachment="3", administrators=(person("Котова Инна Львовна"),)),
        replace(LETTER, attachment="4", doubts=(PLACE,)),
    )
    two = (
        FORM,
        replace(FORM, fields={**FORM.fields, Field.INN: Found(inn_of("690000001"), (CELL,))}),
    )
    first = assess(message(letters, two))
    again = assess(message(tuple(letters[at] for at in order), tuple(two[at] for at in forms)))
    assert codes(again) == codes(first)
    assert again.verdict is first.verdict is Verdict.REVIEW


def test_what_an_antivirus_found_is_dangerous_whatever_the_papers_say() -> None:
    found = Evidence(document="", raw="антивирус: Doc.Macro", how=How.HEADER)
    assessment = examine(lay_together([message(infections=(found,))]))
    assert assessment.verdict is Verdict.REVIEW
    assert [one.code for one in assessment.findings] == [Code.ATTACHMENT_DANGEROUS]
    assert assessment.findings[0].evidence == (found,)


ELSEWHERE = Found("170000, г. Тверь, ул. Новая, 1", (PLACE,))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"organization_place": None}, None),  # the same head has signed
        ({"organization_place": None, "head": None}, Code.ORGANIZATION_MISMATCH),
        ({"organization_place": ELSEWHERE}, Code.ORGANIZATION_MISMATCH),
        ({"organization_place": None, "head": None, "inn": Found("7707083893", (PLACE,))}, None),
        ({"organization_place": ELSEWHERE, "inn": Found("7707083893", (PLACE,))}, None),
    ],
)
def test_a_number_without_a_place_is_no_identity(
    changes: dict[str, Any], code: Code | None
) -> None:
    assert codes(with_letter(**changes)) == ({code} if code else set())


def test_an_organization_that_nothing_proves_may_still_be_approved() -> None:
    found = with_letter(organization_place=None, head=None)
    assert found.verdict is Verdict.REVIEW
    assert found.agreed.inn == "7707083893"
