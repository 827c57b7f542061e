"""What operators decide. Each decision is one transaction behind the version fence, with who and why.

A decision that the state does not allow, or whose values are not complete, raises and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import phonenumbers

from workflow.application import (
    Agreed,
    Application,
    HistoryRow,
    Known,
    ReplyKind,
    ReplyStatus,
)
from workflow.correspondence import answer, answered_message
from workflow.findings import Code
from workflow.ports import StaleApplicationError, Work
from workflow.progress import STANDING, Desk, move, question_of
from workflow.rules.questionnaire import is_organization_inn
from workflow.states import Actor, Event, IllegalTransitionError, State, is_possible

__all__ = ["DecisionRefusedError", "Operator", "approve", "ask", "join", "reject", "retry"]

# two to five Cyrillic words, hyphens and apostrophes inside: a full name without initials
_FULL_NAME: Final = re.compile(r"[А-ЯЁ][А-Яа-яЁё'’-]+(?: [А-ЯЁа-яё][А-Яа-яЁё'’-]+){1,4}")

_RUSSIA: Final = "RU"

SETTABLE: Final = ("administrator.full_name", "administrator.phone", "organization.inn")

_APPROVER: Final = "approved_by"
_APPROVED: Final = "approved_values"
_REPLACES: Final = "replaces"


class DecisionRefusedError(Exception):
    """The decision cannot be taken; nothing has changed. The message is one Russian line."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who decides, the note that only operators read, and which version of the case they saw, if known."""

    name: str
    note: str | None = None
    seen_version: int | None = None


def approve(
    desk: Desk, application_id: int, *, operator: Operator, values: Mapping[str, str]
) -> Application:
    """Accept an application; `values` (`--set`) settle what the papers leave open.

    Under `change_needs_two` the first approval of a change of administrator is only recorded.
    """
    given = {key: _validated(key, value) for key, value in values.items()}
    with desk.store.begin() as work:
        application = _application(work, application_id, operator)
        _require(application, Event.APPROVED)
        _require_country(application, given.get("administrator.phone"))
        given = {
            key: application.corrections[key] for key in SETTABLE if key in application.corrections
        } | given
        agreed = _complete(application, given)
        known = work.known(application, inn=agreed.inn, phone=agreed.phone)
        if "administrator.phone" not in given:
            _require_free(application, known)
        replaces = _moves_rights(known, agreed) or _is_taken(work.history(application_id))
        corrections = {**given, _REPLACES: "true"} if replaces else given
        decided = replace(application, agreed=agreed, corrections=corrections)
        if replaces and desk.change_needs_two and not _is_second(application, agreed, operator):
            return _record_first(desk, work, decided, operator)
        application = decided
        _settle(work, application_id)
        why = "одобрена" + (" (смена администратора)" if replaces else "")
        return move(
            work,
            application,
            Event.APPROVED,
            at=desk.now(),
            why=why,
            who=operator.name,
            note=operator.note,
        )


def reject(desk: Desk, application_id: int, *, operator: Operator, text: str | None) -> Application:
    """Refuse an application for good; the school reads `text` word for word."""
    with desk.store.begin() as work:
        application = _application(work, application_id, operator)
        _require(application, Event.REJECTED)
        _settle(work, application_id)
        rejected = move(
            work,
            application,
            Event.REJECTED,
            at=desk.now(),
            why="отклонена",
            who=operator.name,
            note=operator.note,
        )
        answer(work, desk.write, rejected, ReplyKind.REJECTION, at=desk.now(), text=text)
        return rejected


def ask(desk: Desk, application_id: int, *, operator: Operator, text: str | None) -> Application:
    """Ask the school for what is missing; without a finding that asks it takes a `text`."""
    with desk.store.begin() as work:
        application = _application(work, application_id, operator)
        _require(application, Event.ASKED)
        question = question_of(application.findings)
        if not question and not text:
            raise DecisionRefusedError(
                f"заявка № {application_id}: спрашивать не о чем; напишите вопрос: --message ТЕКСТ"
            )
        if answered_message(work.messages(application_id)) is None:
            raise DecisionRefusedError(
                f"заявка № {application_id}: отвечать некому, в письме нет одного адреса отправителя"
            )
        _settle(work, application_id)
        application = replace(
            _without_standing(application),
            asked=question,
            asked_times=0 if text else application.asked_times,
        )
        asked = move(
            work,
            application,
            Event.ASKED,
            at=desk.now(),
            why="школе задан вопрос",
            who=operator.name,
            note=operator.note,
        )
        at = desk.now()
        deadline = desk.terms.answer_by(at)
        answer(work, desk.write, asked, ReplyKind.ASK, at=at, text=text, deadline=deadline)
        return asked


def retry(desk: Desk, application_id: int, *, operator: Operator) -> Application:
    """Try again what failed, or read an application in review anew."""
    with desk.store.begin() as work:
        application = _application(work, application_id, operator)
        event = _retry_event(application, work.history(application_id))
        if event is Event.RETRIED:
            for message in work.messages(application_id):
                too_large = message.size > desk.largest_bytes  # and stays so
                reading = message.reading if too_large else None
                work.update_message(replace(message, reading=reading, faults=0))
        if event is Event.DELIVERY_RETRIED:
            _resend_welcome(desk, work, application_id)
        gone = {
            Code.READING_FAILED,
            Code.PROVISIONING_REFUSED,
            Code.REPLY_UNDELIVERABLE,
            Code.DELIVERY_UNKNOWN,
        }
        kept = tuple(one for one in application.findings if one.code not in gone)
        application = replace(application, findings=kept, faults=0)
        return move(
            work,
            application,
            event,
            at=desk.now(),
            why="ещё одна попытка",
            who=operator.name,
            note=operator.note,
        )


def join(desk: Desk, application_id: int, other_id: int, *, operator: Operator) -> Application:
    """Give the messages of one application to another, which is assessed anew."""
    if application_id == other_id:
        raise DecisionRefusedError("заявку нельзя присоединить к ней самой")
    with desk.store.begin() as work:
        application = _application(work, application_id, operator)
        other = _application(work, other_id)
        _require(application, Event.JOINED)
        if not is_possible(other.state, Event.JOINED):
            raise IllegalTransitionError(other.state, Event.JOINED)
        for message in work.messages(application_id):
            work.update_message(replace(message, application_id=other_id, settled=True))
        _settle(work, other_id)
        at, why = desk.now(), f"письма переданы заявке № {other_id}"
        joined = move(
            work,
            replace(application, linked_to=other_id),  # answers to its mails belong there now
            Event.JOINED,
            at=at,
            why=why,
            who=operator.name,
            note=operator.note,
        )
        why = f"присоединены письма заявки № {application_id}"
        move(work, _without_standing(other), Event.PAPERS_CAME, at=at, why=why, who=operator.name)
        return joined


def _application(work: Work, application_id: int, operator: Operator | None = None) -> Application:
    application = work.application(application_id)
    if application is None:
        raise DecisionRefusedError(f"заявки № {application_id} нет")
    seen = operator.seen_version if operator else None
    if seen is not None and seen != application.version:
        raise StaleApplicationError(
            f"заявка № {application_id} изменилась, пока вы на неё смотрели; посмотрите ещё раз"
        )
    return application


def _require(application: Application, event: Event) -> None:
    if not is_possible(application.state, event):
        raise IllegalTransitionError(application.state, event)


def _validated(key: str, value: str) -> str:
    """Return a value given by an operator in its canonical form, or refuse it."""
    text = " ".join(value.split())
    if key == "administrator.full_name" and _FULL_NAME.fullmatch(text):
        return text
    if key == "administrator.phone" and (number := _mobile(text)):
        return number
    if key == "organization.inn" and is_organization_inn(text):
        return text
    if key not in SETTABLE:
        raise DecisionRefusedError(f"--set {key}: такого поля нет; можно: {', '.join(SETTABLE)}")
    raise DecisionRefusedError(f"--set {key}: недопустимое значение «{value}»; {_EXPECTED[key]}")


_EXPECTED: Final = {
    "administrator.full_name": "нужны фамилия, имя и отчество полностью, кириллицей",
    "administrator.phone": "нужен мобильный номер, например +79161234567; иностранный — с кодом страны",
    "organization.inn": "нужен ИНН организации из десяти цифр с верной контрольной цифрой",
}


def _mobile(text: str) -> str | None:
    """Return a mobile number of any country as E.164; without a country's code it is Russian."""
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        return None
    kinds = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in kinds:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _require_country(application: Application, given: str | None) -> None:
    """Refuse a foreign number of a country that neither paper has named: more likely a slip."""
    if given is None or _country(given) == _RUSSIA:
        return
    assessment = application.assessment
    letter = assessment.letter if assessment else None
    form = assessment.questionnaire if assessment else None
    phones = (*(letter.phones if letter else ()), *(form.administrator_phones if form else ()))
    if _country(given) not in {_country(one.value.e164) for one in phones if one.value.e164}:
        raise DecisionRefusedError(
            f"--set administrator.phone: номер {given} иностранный, а такой страны нет ни в письме, "
            "ни в анкете; нужен российский мобильный номер или номер той страны"
        )


def _country(number: str) -> str | None:
    return phonenumbers.region_code_for_number(phonenumbers.parse(number))


def _complete(application: Application, given: Mapping[str, str]) -> Agreed:
    """Return the values that will be granted, or refuse while one is open."""
    papers = application.assessment.agreed if application.assessment else Agreed()
    agreed = Agreed(
        full_name=given.get("administrator.full_name", papers.full_name),
        phone=given.get("administrator.phone", papers.phone),
        inn=given.get("organization.inn", papers.inn),
        organization_name=papers.organization_name,
    )
    open_values = [
        key
        for key, value in zip(SETTABLE, (agreed.full_name, agreed.phone, agreed.inn), strict=True)
        if value is None
    ]
    if open_values:
        raise DecisionRefusedError(
            f"заявка № {application.id}: документы не дают согласованного значения; укажите: "
            + " ".join(f"--set {key}=…" for key in open_values)
        )
    return agreed


def _require_free(application: Application, known: Known) -> None:
    """Refuse where the papers' number has come into use elsewhere since the operator was told of it."""
    told = {one.code for one in application.findings}
    if known.phone_holders and Code.PHONE_IN_USE not in told:
        raise DecisionRefusedError(
            f"заявка № {application.id}: номер тем временем получил права в другой организации "
            f"(ИНН {', '.join(known.phone_holders)}); рассмотрите её заново: "
            f"mailbot queue retry {application.id}"
        )


def _is_taken(history: Sequence[HistoryRow]) -> bool:
    """Whether the target has said that somebody else, whom our database need not know, has the rights."""
    return any(row.event is Event.TAKEN_BY_ANOTHER for row in history)


def _moves_rights(known: Known, agreed: Agreed) -> bool:
    """Whether somebody else holds the organization's rights now."""
    holders = known.registered.administrators if known.registered else ()
    return known.registered is not None and agreed.phone not in {one.phone for one in holders}


def _is_second(application: Application, agreed: Agreed, operator: Operator) -> bool:
    """Whether another operator has approved these very values; other values are a first approval."""
    first = application.corrections.get(_APPROVER)
    if first is None or application.corrections.get(_APPROVED) != _values(agreed):
        return False
    if first == operator.name:
        raise DecisionRefusedError(
            f"заявка № {application.id}: смену администратора должен подтвердить другой оператор"
        )
    return True


def _values(agreed: Agreed) -> str:
    return " | ".join((agreed.full_name or "", agreed.phone or "", agreed.inn or ""))


def _record_first(
    desk: Desk, work: Work, application: Application, operator: Operator
) -> Application:
    """Keep who has approved which values: only another's approval of the same ones moves the rights."""
    approval = {_APPROVER: operator.name, _APPROVED: _values(application.agreed)}
    application = replace(application, corrections={**application.corrections, **approval})
    row = HistoryRow(
        source=application.state,
        target=application.state,
        event=None,
        actor=Actor.OPERATOR,
        who=operator.name,
        at=desk.now(),
        why="смена администратора одобрена первым оператором; нужен второй",
        note=operator.note,
    )
    return work.save(application, [row])


def _settle(work: Work, application_id: int) -> None:
    for message in work.messages(application_id):
        if not message.settled:
            work.update_message(replace(message, settled=True))


def _without_standing(application: Application) -> Application:
    settled = STANDING | {Code.MESSAGE_WITHOUT_DOCUMENTS, Code.ASKED_TOO_OFTEN}
    kept = tuple(one for one in application.findings if one.code not in settled)
    return replace(application, findings=kept)


def _retry_event(application: Application, history: Sequence[HistoryRow]) -> Event:
    """What failed last decides where the next attempt begins."""
    if application.state is not State.FAILED:
        _require(application, Event.RETRIED)
        return Event.RETRIED
    last = next((row.event for row in reversed(history) if row.target is State.FAILED), None)
    again = {
        Event.PROVISIONING_FAILED: Event.PROVISIONING_RETRIED,
        Event.WELCOME_UNDELIVERABLE: Event.DELIVERY_RETRIED,
    }
    return again.get(last, Event.RETRIED) if last is not None else Event.RETRIED


def _resend_welcome(desk: Desk, work: Work, application_id: int) -> None:
    """The welcome goes out once more under the Message-ID that it has."""
    for row in work.replies(application_id):
        stuck = row.status in {ReplyStatus.UNDELIVERABLE, ReplyStatus.STOPPED}
        if row.kind is ReplyKind.WELCOME and stuck:
            pending = replace(row, status=ReplyStatus.PENDING, due_at=desk.now(), error="")
            work.mark_reply(pending, expected=row.status)
