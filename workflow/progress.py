"""How an application advances by itself, one step at a time.

Every step works outside any transaction and then writes state, history and replies in one, behind
the version fence: called twice, late, or by two processes at once it changes nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from parsers.facts import Evidence, Field, How
from workflow.application import (
    Administrator,
    Application,
    HistoryRow,
    Known,
    Message,
    ProvisionOrder,
    ReplyKind,
)
from workflow.case import RuleSettings, lay_together
from workflow.correspondence import answer, drop_pending, tell_replaced
from workflow.deadlines import Terms
from workflow.findings import Code, Finding, Severity, Verdict, finding
from workflow.intake import LARGEST_BYTES, new_application
from workflow.matching import examine
from workflow.placement import Placement, Way, place, read_messages
from workflow.ports import (
    Blobs,
    Clock,
    Provisioner,
    ProvisioningConflictError,
    ProvisioningRefusedError,
    Reader,
    ReadingDiedError,
    ReplyWriter,
    ServiceUnavailableError,
    StaleApplicationError,
    Store,
    Tokens,
    Work,
)
from workflow.states import Event, State, step
from workflow.wording import PROGRAM

FAULTS_TO_FAIL: Final = 3
"""So many readings of one message may die before an operator has to look (contract, «Limits»)."""

ASKED_TIMES: Final = 3
"""So often the same question is put in a row (contract, «Replies»)."""

STANDING: Final = frozenset(
    {
        Code.FOLLOW_UP_FROM_OTHER_SENDER,
        Code.JOINED_BY_CONTENT,
        Code.REPLY_UNDELIVERABLE,
    }
)
"""Findings that no paper mends: they stay through every new assessment until an operator decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every use case works with: the ports, wired once by the composition root."""

    store: Store
    blobs: Blobs
    read: Reader
    provisioner: Provisioner
    write: ReplyWriter
    tokens: Tokens
    now: Clock
    rules: RuleSettings
    terms: Terms
    retry: Callable[[int], dt.timedelta]  # attempts made -> wait
    change_needs_two: bool = True
    largest_bytes: int = LARGEST_BYTES  # of a message that is read


def read_unplaced(desk: Desk, message: Message) -> int | None:
    """Read a message whose application depends on its papers, and give it its place.

    Returns the application that has something new to do, None where there is none.
    Raises `ServiceUnavailableError`.
    """
    message = _with_reading(desk, message)
    with desk.store.begin() as work:
        if message.reading is None:
            if message.faults < FAULTS_TO_FAIL:
                work.update_message(message)
                return None
            return _settle_new(desk, work, message, Placement(Way.NEW))
        placement = place(message, message.reading, work, desk.tokens)
        if placement.way is Way.WAIT:
            work.update_message(message)
            return None
        if placement.way in {Way.NEW, Way.LINKED}:
            return _settle_new(desk, work, message, placement)
        return _settle_in(desk, work, message, placement)


def advance(desk: Desk, application_id: int) -> State | None:
    """Take the next step of one application; returns its new state, None where nothing was done.

    Raises `ServiceUnavailableError` where a service could not be used; the step is still due.
    """
    with desk.store.begin() as work:
        application = work.application(application_id)
    if application is None or (action := _STEPS.get(application.state)) is None:
        return None
    try:
        return action(desk, application)
    except StaleApplicationError:
        return None
    except ServiceUnavailableError:
        _put_off(desk, application)
        raise


def move(
    work: Work,
    application: Application,
    event: Event,
    *,
    at: dt.datetime,
    why: str,
    who: str = PROGRAM,
    note: str | None = None,
) -> Application:
    """Take the step for `event`, with its row in the history."""
    taken = step(application.state, event)
    row = HistoryRow(
        source=taken.source,
        target=taken.target,
        event=event,
        actor=taken.actor,
        who=who,
        at=at,
        why=why,
        note=note,
    )
    changed = replace(application, state=taken.target, attempts=0, due_at=None)
    return work.save(changed, [row])


def add_finding(application: Application, found: Finding) -> Application:
    """Return the application with one more finding, once."""
    kept = tuple(one for one in application.findings if one.code is not found.code)
    return replace(application, findings=(*kept, found))


def _read(desk: Desk, application: Application) -> State | None:
    """Read every message that was not read yet; after three deaths of the reader, give up."""
    with desk.store.begin() as work:
        messages = work.messages(application.id)
    for message in messages:
        if message.reading is not None or message.noted:
            continue
        read = _with_reading(desk, message)
        if read.reading is None and read.faults < FAULTS_TO_FAIL:
            with desk.store.begin() as work:
                work.update_message(read)
                wait = desk.now() + desk.retry(read.faults)
                work.save(replace(application, due_at=wait))
            return None
        with desk.store.begin() as work:
            work.update_message(read)
            if read.reading is None:
                return _give_up_reading(desk, work, application, read)
    with desk.store.begin() as work:
        return move(work, application, Event.READ, at=desk.now(), why="прочитана").state


def _give_up_reading(desk: Desk, work: Work, application: Application, message: Message) -> State:
    place = Evidence(document=message.message_id or "", raw=message.subject, how=How.HEADER)
    application = add_finding(application, finding(Code.READING_FAILED, [place]))
    failed = move(
        work, application, Event.READING_FAILED, at=desk.now(), why="чтение трижды прервалось"
    )
    answer(work, desk.write, failed, ReplyKind.RECEIPT, at=desk.now())
    return failed.state


def _conclude(desk: Desk, application: Application) -> State | None:
    """Ask the rules, and go where the verdict leads."""
    with desk.store.begin() as work:
        messages = read_messages(work.messages(application.id))
        case = lay_together(messages, rules=desk.rules)
        form = case.questionnaire
        named = form.text(Field.INN) if form else None
        known = work.known(
            application,
            inn=named or _registered_before(work, application),
            phone=case.letter_number,
        )
        assessment = examine(
            replace(case, known=known),
            standing=[one for one in application.findings if one.code in STANDING],
        )
        application = replace(
            application,
            assessment=assessment,
            findings=assessment.findings,
            agreed=assessment.agreed,
            corrections={},  # what operators decided, they decided of other papers
            linked_to=application.linked_to or _another(work, application, known),
        )
        return _follow(desk, work, application, assessment.verdict)


def _registered_before(work: Work, application: Application) -> str | None:
    """Return the ИНН that the application was completed with whose thread this one continues.

    A correction that comes without a questionnaire is about that organization all the same.
    """
    other = work.application(application.linked_to) if application.linked_to else None
    return other.agreed.inn if other and other.state is State.COMPLETED else None


def _another(work: Work, application: Application, known: Known) -> int | None:
    """Return the application that is about the same organization, where one is known."""
    if known.open_applications:
        return known.open_applications[0]
    if known.registered is None:
        return None
    granted = work.granted_before(known.registered.inn, besides=application.id)
    return granted.id if granted else None


def _follow(desk: Desk, work: Work, application: Application, verdict: Verdict) -> State:
    at = desk.now()
    if verdict is Verdict.ACCEPT:
        return move(work, application, Event.FOUND_GOOD, at=at, why="документы в порядке").state
    if verdict is Verdict.ASK:
        question = question_of(application.findings)
        times = application.asked_times + 1 if question == application.asked else 1
        if times <= ASKED_TIMES:
            application = replace(application, asked=question, asked_times=times)
            why = "школе отправлен запрос: " + question
            asked = move(work, application, Event.FOUND_INCOMPLETE, at=at, why=why)
            deadline = desk.terms.answer_by(at)
            answer(work, desk.write, asked, ReplyKind.ASK, at=at, deadline=deadline)
            return asked.state
        application = add_finding(application, finding(Code.ASKED_TOO_OFTEN))
    codes = [one.code.value for one in application.findings if one.severity is Severity.BLOCK]
    why = "нужен оператор: " + ", ".join(codes)
    reviewed = move(work, application, Event.FOUND_DOUBTFUL, at=at, why=why)
    answer(work, desk.write, reviewed, ReplyKind.RECEIPT, at=at)
    return reviewed.state


def question_of(findings: Sequence[Finding]) -> str:
    """Return what a question to the school is about: its codes, sorted."""
    return ", ".join(sorted({one.code.value for one in findings if one.severity is Severity.ASK}))


def _begin_provisioning(desk: Desk, application: Application) -> State | None:
    with desk.store.begin() as work:
        event = Event.PROVISIONING_BEGAN
        return move(work, application, event, at=desk.now(), why="регистрация начата").state


def _provision(desk: Desk, application: Application) -> State | None:
    """Ask the target; asked twice it does once."""
    agreed = application.agreed
    if agreed.inn is None or agreed.full_name is None or agreed.phone is None:
        raise ValueError(f"application {application.id} was accepted without agreed values")
    order = ProvisionOrder(
        key=f"application-{application.id}",
        inn=agreed.inn,
        organization_name=agreed.organization_name or agreed.inn,
        administrator=Administrator(full_name=agreed.full_name, phone=agreed.phone),
        replaces=application.corrections.get("replaces") == "true",
    )
    try:
        desk.provisioner.provision(order)
    except ProvisioningConflictError as error:
        found = finding(Code.ADMINISTRATOR_CHANGE)
        return _provisioning_ended(desk, application, Event.TAKEN_BY_ANOTHER, found, str(error))
    except ProvisioningRefusedError as error:
        found = finding(Code.PROVISIONING_REFUSED)
        return _provisioning_ended(desk, application, Event.PROVISIONING_FAILED, found, str(error))
    with desk.store.begin() as work:
        granted = move(work, application, Event.GRANTED, at=desk.now(), why="права выданы")
        if order.replaces:
            tell_replaced(work, desk.write, granted, at=desk.now())
        if not answer(work, desk.write, granted, ReplyKind.WELCOME, at=desk.now()):
            found = finding(Code.REPLY_UNDELIVERABLE)
            event, why = Event.WELCOME_UNDELIVERABLE, "отвечать некому: нет адреса отправителя"
            return move(work, add_finding(granted, found), event, at=desk.now(), why=why).state
        return granted.state


def _provisioning_ended(
    desk: Desk, application: Application, event: Event, found: Finding, why: str
) -> State:
    with desk.store.begin() as work:
        ended = move(work, add_finding(application, found), event, at=desk.now(), why=why)
        answer(work, desk.write, ended, ReplyKind.RECEIPT, at=desk.now())
        return ended.state


_STEPS: Final[Mapping[State, Callable[[Desk, Application], State | None]]] = {
    State.RECEIVED: _read,
    State.PARSED: _conclude,
    State.ACCEPTED: _begin_provisioning,
    State.PROVISIONING: _provision,
}


def _put_off(desk: Desk, application: Application) -> None:
    """Remember a failed attempt and when the next is due; somebody faster may have been here."""
    attempts = application.attempts + 1
    put_off = replace(application, attempts=attempts, due_at=desk.now() + desk.retry(attempts))
    try:
        with desk.store.begin() as work:
            work.save(put_off)
    except (StaleApplicationError, ServiceUnavailableError):
        return


def _with_reading(desk: Desk, message: Message) -> Message:
    """Return the message with its reading, or with one fault more where the reader died."""
    if message.reading is not None:
        return message
    raw = desk.blobs.get(message.digest)
    try:
        return replace(message, reading=desk.read(raw))
    except ReadingDiedError:
        return replace(message, faults=message.faults + 1)


def _settle_new(desk: Desk, work: Work, message: Message, placement: Placement) -> int:
    """Make an application of a message, linked to another where it claims to belong there."""
    other = placement.application
    application_id = new_application(
        work,
        received_at=message.received_at,
        now=desk.now(),
        why="пришло письмо"
        if other is None
        else f"пришло письмо, связанное с заявкой № {other.id}",
        linked_to=other.id if other else None,
    )
    work.update_message(replace(message, application_id=application_id))
    if placement.code is not None:
        application = work.application(application_id)
        if application is not None:
            work.save(add_finding(application, finding(placement.code)))
    return application_id


def _settle_in(desk: Desk, work: Work, message: Message, placement: Placement) -> int | None:
    """Give a message to an application that is there."""
    other = placement.application
    if other is None:
        raise ValueError("a message can only join an application")
    noted = {Way.REPEAT: "repeat", Way.KEEP: "no_papers", Way.WITHOUT_DOCUMENTS: "no_papers"}
    work.update_message(
        replace(message, application_id=other.id, noted=noted.get(placement.way, ""))
    )
    at = desk.now()
    if placement.way is Way.WITHOUT_DOCUMENTS:
        other = add_finding(other, finding(Code.MESSAGE_WITHOUT_DOCUMENTS))
        why = "школа ответила без документов"
        reviewed = move(work, other, Event.DOUBT_AROSE, at=at, why=why)
        answer(work, desk.write, reviewed, ReplyKind.RECEIPT, at=at)
        return None
    if placement.way is not Way.JOIN:
        return None
    if placement.code is not None:
        other = add_finding(other, finding(placement.code))
    if other.state is State.RECEIVED:
        work.save(other)
    else:
        move(work, other, Event.PAPERS_CAME, at=at, why="пришли новые документы")
        drop_pending(work, other.id)
    return other.id
