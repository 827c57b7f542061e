"""Replies with invented people: what `replies preview` shows and what the check of the templates renders."""

from __future__ import annotations

import datetime as dt
from typing import Final

from jinja2 import FunctionLoader, TemplateSyntaxError

from mailbot.replies import (
    BREAKAGES,
    JinjaReplyWriter,
    ReplySettings,
    ReplyTemplates,
    our_source,
    override_loader,
)
from parsers.facts import (
    Document,
    DocumentKind,
    Evidence,
    Field,
    Found,
    How,
    Letter,
    Mark,
    PersonName,
    Phone,
    PhoneKind,
    Questionnaire,
    Role,
    Source,
    Trouble,
)
from workflow.application import Agreed, Assessment, ReplyKind, ReplyOrder, WrittenReply
from workflow.findings import Code, Finding, Verdict, finding

_SCHOOL: Final = "МБОУ «Средняя общеобразовательная школа № 5» г. Берёзовска"
_NAME: Final = PersonName(raw="Ерёмина Ольга Викторовна", nominatives=("Ерёмина Ольга Викторовна",))
_PHONE: Final = Phone(raw="8 916 555-45-67", kind=PhoneKind.MOBILE, e164="+79165554567")
_LETTER_FILE: Final = "Приказ о назначении.pdf"
_FORM_FILE: Final = "Анкета.xlsx"


def preview(kind: ReplyKind, settings: ReplySettings) -> WrittenReply:
    """Return the reply of a kind, filled in with invented values.

    A template of the operator's that does not render raises one of `BREAKAGES`: here nobody waits for an answer.
    """
    order = sample_orders(kind)[0]
    return JinjaReplyWriter(settings).mail(order, _templates(settings).render(order))


def check_templates(settings: ReplySettings) -> list[str]:
    """Render every template with invented values; return what is wrong, a Russian line each.

    Raises nothing.
    """
    problems = []
    for kind in ReplyKind:
        try:
            templates = _templates(settings)
            for order in sample_orders(kind):
                templates.render(order)
            templates.render(sample_orders(kind)[1], has_picture=True)
        except BREAKAGES as error:
            problems.append(f"Шаблон ответа «{kind}» не работает: {_reason(error)}")
    return problems


def sample_orders(kind: ReplyKind) -> tuple[ReplyOrder, ...]:
    """Return orders of a kind with invented values: an ordinary one, one with everything, one with nothing."""
    agreed = Agreed(
        full_name=_NAME.nominatives[0],
        phone=_PHONE.e164,
        inn="5012345678",
        organization_name=_SCHOOL,
    )
    usual = _order(kind, agreed, _usual_assessment(_usual_findings()))
    full = _order(kind, agreed, _usual_assessment(_all_findings()))
    return usual, full, _order(kind, Agreed(), None)


def _templates(settings: ReplySettings) -> ReplyTemplates:
    directory = settings.override_directory
    loader = override_loader(directory) if directory else FunctionLoader(our_source)
    return ReplyTemplates(settings, loader=loader)


def _reason(error: Exception) -> str:
    where = ""
    if isinstance(error, TemplateSyntaxError):
        where = f"{error.name or 'шаблон'}, строка {error.lineno}: "
    return where + (" ".join(str(error).split()) or type(error).__name__)


def _order(kind: ReplyKind, agreed: Agreed, assessment: Assessment | None) -> ReplyOrder:
    return ReplyOrder(
        kind=kind,
        application_id=17,
        recipient="school5@example.ru",
        subject="Сферум: Регистрация организации",
        in_reply_to="<20240902.101500@example.ru>",
        references=("<20240902.101500@example.ru>",),
        findings=assessment.findings if assessment else (),
        assessment=assessment,
        agreed=agreed,
        text="Заявку подала не сама организация. Пусть её подаст администратор школы."
        if kind is ReplyKind.REJECTION
        else None,
        deadline=dt.date(2024, 9, 16)
        if kind in {ReplyKind.REMINDER, ReplyKind.EXPIRY, ReplyKind.ASK} and assessment
        else None,
    )


def _usual_findings() -> tuple[Finding, ...]:
    page = Evidence(document=_LETTER_FILE, raw="", how=How.OCR, page=1)
    cell = Evidence(document=_FORM_FILE, raw=Field.INN.value, how=How.CELL)
    return (
        finding(Code.LETTER_NOT_SEALED, [page]),
        finding(Code.ADMINISTRATOR_PHONE_MISSING, [page]),
        finding(Code.QUESTIONNAIRE_INCOMPLETE, [cell]),
    )


def _all_findings() -> tuple[Finding, ...]:
    place = Evidence(document="Документы.rar", raw="", how=How.HEADER)
    return tuple(finding(code, [place]) for code in Code)


def _usual_assessment(findings: tuple[Finding, ...]) -> Assessment:
    cell = Evidence(document=_FORM_FILE, raw=_NAME.raw, how=How.CELL, cell="Анкета!C12")
    form = Questionnaire(
        attachment=_FORM_FILE,
        fields={Field.SHORT_NAME: Found(_SCHOOL)},
        administrators=(Found(_NAME, (cell,)),),
        administrator_phones=(Found(_PHONE, (cell,)),),
    )
    letter = Letter(
        attachment=_LETTER_FILE,
        page=1,
        source=Source.OCR,
        administrators=(Found(_NAME),),
        signature=Mark.PRESENT,
        seal=Mark.ABSENT,
        letterhead=Mark.PRESENT,
    )
    return Assessment(
        verdict=Verdict.ASK,
        findings=findings,
        letter=letter,
        questionnaire=form,
        documents=_documents(),
        letter_name=_NAME.nominatives[0],
    )


def _documents() -> tuple[Document, ...]:
    return (
        Document(
            name=_LETTER_FILE,
            media_type="application/pdf",
            role=Role.LETTER,
            kind=DocumentKind.PAGES,
            scan=True,
        ),
        Document(
            name=_FORM_FILE,
            media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            role=Role.QUESTIONNAIRE,
            kind=DocumentKind.SHEET,
        ),
        Document(
            name="Документы.rar",
            media_type="application/vnd.rar",
            trouble=Trouble.ENCRYPTED,
        ),
    )
