from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from jinja2 import Environment

from mailbot.asks import Section, sections_of
from mailbot.replies import our_source
from mailbot.wording import WORDING_FILE, Wording
from parsers.facts import (
    Document,
    Evidence,
    Field,
    Found,
    How,
    Letter,
    PersonName,
    Phone,
    PhoneKind,
    Questionnaire,
    Role,
    Source,
)
from workflow.application import Assessment
from workflow.case import REQUIRED_FIELDS
from workflow.findings import CATALOGUE, Code, Finding, Severity, Verdict, finding

ASKING = sorted(code for code, (severity, _) in CATALOGUE.items() if severity is Severity.ASK)
LETTER = Letter(attachment="Приказ.pdf", page=1, source=Source.OCR)
FORM = Questionnaire(attachment="Анкета.xlsx")
BOTH = Assessment(verdict=Verdict.ASK, letter=LETTER, questionnaire=FORM, letter_name="Ким О. В.")


def wording() -> Wording:
    source = our_source(WORDING_FILE)
    assert source is not None
    return Wording(
        source,
        Environment(autoescape=False).from_string,  # noqa: S701 - sentences are text, not HTML
        platform="Сферум",
        questionnaire_url="https://example.org/blank",
    )


def sections(
    *findings: Finding, assessment: Assessment = BOTH, has_blank: bool = False
) -> tuple[Section, ...]:
    return sections_of(
        findings,
        assessment=assessment,
        wording=wording(),
        required_fields=REQUIRED_FIELDS,
        has_blank=has_blank,
    )


def texts(laid: tuple[Section, ...]) -> list[str]:
    return [item.text for section in laid for item in section.items]


def file(name: str) -> Evidence:
    return Evidence(document=name, raw="", how=How.HEADER)


def cell(name: Field) -> Evidence:
    return Evidence(document="Анкета.xlsx", raw=name.value, how=How.CELL)


def on_page(raw: str) -> Evidence:
    return Evidence(document="Приказ.pdf", raw=raw, how=How.OCR, page=1)


@pytest.mark.parametrize("code", ASKING)
def test_every_asking_finding_has_one_item_of_its_own_words(code: Code) -> None:
    laid = sections(finding(code, [file("Файл.pdf")]))
    (text,) = texts(laid)
    assert text.endswith((".", ":"))
    assert text != CATALOGUE[code][1], "the sentence for operators does not say what to do"


@pytest.mark.parametrize("severity", [Severity.BLOCK, Severity.INFO])
def test_what_the_school_cannot_mend_is_not_asked_for(severity: Severity) -> None:
    assert sections(finding(Code.ATTACHMENT_ENCRYPTED, [file("a.rar")], severity=severity)) == ()


def test_the_letter_comes_before_the_questionnaire() -> None:
    laid = sections(finding(Code.QUESTIONNAIRE_MISSING), finding(Code.LETTER_MISSING))
    assert [section.paper for section in laid] == ["letter", "questionnaire"]


def test_a_file_with_a_password_and_the_missing_letter_are_one_item() -> None:
    laid = sections(
        finding(Code.ATTACHMENT_ENCRYPTED, [file("Приказ.pdf")]), finding(Code.LETTER_MISSING)
    )
    assert texts(laid) == [
        "Файл «Приказ.pdf» защищён паролем, и открыть его мы не можем. "
        "Пришлите письмо о назначении администратора ещё раз — без пароля."
    ]


def test_a_failed_file_is_named_with_the_paper_that_it_was_meant_to_be() -> None:
    documents = (
        Document(name="Скан.pdf", media_type="application/pdf", looks_like=Role.LETTER),
        Document(name="Форма.xlsx", media_type="", looks_like=Role.QUESTIONNAIRE),
    )
    laid = sections(
        finding(Code.ATTACHMENT_MALFORMED, [file("Форма.xlsx"), file("Скан.pdf")]),
        finding(Code.LETTER_MISSING),
        finding(Code.QUESTIONNAIRE_MISSING),
        assessment=Assessment(verdict=Verdict.ASK, documents=documents),
    )
    letter, form = texts(laid)
    assert "Скан.pdf" in letter
    assert "Форма.xlsx" not in letter
    assert "Форма.xlsx" in form
    assert "Excel" in form


def test_an_archive_that_may_have_held_both_papers_stands_first_and_alone() -> None:
    laid = sections(
        finding(Code.LETTER_MISSING),
        finding(Code.QUESTIONNAIRE_MISSING),
        finding(Code.ATTACHMENT_ENCRYPTED, [file("Всё.rar")]),
        assessment=Assessment(verdict=Verdict.ASK),
    )
    assert [section.paper for section in laid] == ["files", "letter", "questionnaire"]
    assert "Всё.rar" in texts(laid)[0]
    assert all("которые удалось открыть" in text for text in texts(laid)[1:])


def test_one_file_with_several_findings_is_spoken_of_once() -> None:
    laid = sections(
        finding(Code.QUESTIONNAIRE_MISSING),
        finding(Code.QUESTIONNAIRE_UNREADABLE, [file("Анкета.xlsx")]),
        finding(Code.ATTACHMENT_MALFORMED, [file("Анкета.xlsx")]),
    )
    (text,) = texts(laid)
    assert text.count("Анкета.xlsx") == 1


def test_of_a_cloud_link_only_the_host_is_repeated() -> None:
    link = Evidence(document="", raw="https://disk.yandex.ru/i/secret?x=1", how=How.TEXT)
    (text,) = texts(
        sections(finding(Code.CLOUD_LINK_INSTEAD_OF_FILE, [link]), finding(Code.LETTER_MISSING))
    )
    assert "disk.yandex.ru" in text
    assert "secret" not in text


def test_an_unfilled_sample_is_not_asked_for_name_and_number_again() -> None:
    laid = sections(
        finding(Code.LETTER_IS_DRAFT, [on_page("________")]),
        finding(Code.ADMINISTRATOR_NAME_MISSING, [on_page("")]),
        finding(Code.ADMINISTRATOR_PHONE_MISSING, [on_page("")]),
        finding(Code.LETTER_NOT_SIGNED, [on_page("")]),
    )
    assert len(texts(laid)) == 2
    assert "_" not in " ".join(texts(laid))


def test_a_missing_letter_is_not_criticized() -> None:
    laid = sections(finding(Code.LETTER_MISSING), finding(Code.LETTER_NOT_SEALED))
    assert len(texts(laid)) == 1


def test_a_picture_of_the_questionnaire_is_not_called_missing() -> None:
    laid = sections(
        finding(Code.QUESTIONNAIRE_IS_SCAN, [file("Анкета.pdf")]),
        finding(Code.QUESTIONNAIRE_MISSING),
    )
    (text,) = texts(laid)
    assert "изображением («Анкета.pdf»)" in text
    assert any("сканировать анкету не нужно" in note for note in laid[0].notes)


def test_empty_fields_are_named_in_russian_each_once() -> None:
    laid = sections(
        finding(
            Code.QUESTIONNAIRE_INCOMPLETE,
            [cell(Field.INN), cell(Field.ADMINISTRATOR_PHONE), cell(Field.INN)],
        )
    )
    assert laid[0].items[0].details == ("ИНН организации", "мобильный телефон администратора")


def test_a_wrong_inn_is_not_also_called_empty() -> None:
    wrong = Evidence(document="Анкета.xlsx", raw="7707083894", how=How.CELL)
    laid = sections(
        finding(Code.QUESTIONNAIRE_INCOMPLETE, [cell(Field.INN)]),
        finding(Code.INN_INVALID, [wrong]),
    )
    (text,) = texts(laid)
    assert "7707083894" in text


def test_a_spoiled_number_and_initials_in_the_questionnaire_are_explained() -> None:
    name = PersonName(raw="Ким О. В.", nominatives=("Ким О. В.",), initials=True)
    phone = Phone(raw="8,9161E+10", kind=PhoneKind.UNREADABLE, e164=None)
    form = replace(FORM, administrators=(Found(name),), administrator_phones=(Found(phone),))
    (section,) = sections(
        finding(
            Code.QUESTIONNAIRE_INCOMPLETE,
            [cell(Field.ADMINISTRATOR_NAME), cell(Field.ADMINISTRATOR_PHONE)],
        ),
        assessment=replace(BOTH, questionnaire=form),
    )
    name_detail, phone_detail = section.items[0].details
    assert "без инициалов" in name_detail
    assert "испорченный номер" in phone_detail


def test_a_number_that_is_not_mobile_is_asked_for_in_the_paper_where_it_stood() -> None:
    laid = sections(
        finding(Code.PHONE_NOT_MOBILE, [on_page("8 (86555) 72-6-33")]),
        finding(
            Code.PHONE_NOT_MOBILE,
            [Evidence(document="Анкета.xlsx", raw="72-6-44", how=How.CELL)],
        ),
    )
    letter, form = texts(laid)
    assert "в письме не мобильный (номер заканчивается на 26-33)" in letter
    assert "в анкете не мобильный (номер заканчивается на 26-44)" in form


def test_a_number_that_could_not_be_read_is_asked_for_as_such() -> None:
    (text,) = texts(sections(finding(Code.LETTER_UNREADABLE, [on_page("8 916 12 45-6")])))
    assert "не удалось разобрать мобильный телефон" in text


def test_a_number_with_a_digit_amiss_is_not_called_absent() -> None:
    (text,) = texts(
        sections(finding(Code.ADMINISTRATOR_PHONE_MISSING, [on_page("8 916 555-45-6")]))
    )
    assert "цифр меньше или больше" in text
    assert "916" not in text


def test_initials_are_quoted_as_they_were_read() -> None:
    (text,) = texts(sections(finding(Code.ADMINISTRATOR_NAME_INCOMPLETE, [on_page("Ким О.В.")])))
    assert "«Ким О. В.»" in text


def test_an_outdated_letter_is_told_its_date() -> None:
    dated = replace(LETTER, date=Found(dt.date(2022, 9, 1)))
    (text,) = texts(sections(finding(Code.LETTER_OUTDATED), assessment=replace(BOTH, letter=dated)))
    assert "от 1 сентября 2022 года" in text


def test_an_example_line_stands_where_words_are_missing_and_only_there() -> None:
    (with_words,) = sections(finding(Code.ADMINISTRATOR_PHONE_MISSING, [on_page("")]))
    (with_ink,) = sections(finding(Code.LETTER_NOT_SEALED, [on_page("")]))
    assert "мобильный телефон +7 9__ ___-__-__" in with_words.example
    assert with_ink.example == ""


def test_a_missing_questionnaire_comes_with_its_blank() -> None:
    (with_place,) = sections(finding(Code.QUESTIONNAIRE_MISSING), has_blank=True)
    (section,) = sections(finding(Code.QUESTIONNAIRE_MISSING))
    assert section.enclosed
    assert any("приложен бланк анкеты, файл «Анкета.xlsx»" in note for note in section.notes)
    assert any("ИНН организации; " in note for note in section.notes)
    assert any("https://example.org/blank" in note for note in with_place.notes)
    assert not any("://" in note for note in section.notes)


@pytest.mark.parametrize(
    "code",
    [
        Code.LETTER_MISSING,
        Code.LETTER_IS_DRAFT,
        Code.LETTER_NO_LETTERHEAD,
        Code.LETTER_OUTDATED,
        Code.ADMINISTRATOR_NAME_MISSING,
        Code.ADMINISTRATOR_NAME_INCOMPLETE,
        Code.ADMINISTRATOR_PHONE_MISSING,
        Code.PHONE_NOT_MOBILE,
    ],
)
def test_a_ready_letter_comes_where_a_new_paper_is_wanted(code: Code) -> None:
    (section,) = sections(finding(code, [on_page("")]))
    assert section.enclosed
    assert any("приложена заготовка письма" in note for note in section.notes)


@pytest.mark.parametrize(
    "code", [Code.LETTER_NOT_SIGNED, Code.LETTER_NOT_SEALED, Code.LETTER_UNREADABLE]
)
def test_no_new_letter_comes_where_ink_or_a_better_copy_is_wanted(code: Code) -> None:
    (section,) = sections(finding(code, [on_page("")]))
    assert not section.enclosed
    assert not any("заготовк" in note for note in section.notes)


def test_a_number_in_the_questionnaire_brings_no_new_letter() -> None:
    cell_of_number = Evidence(document="Анкета.xlsx", raw="72-6-44", how=How.CELL)
    (section,) = sections(finding(Code.PHONE_NOT_MOBILE, [cell_of_number]))
    assert section.paper == "questionnaire"
    assert section.enclosed
