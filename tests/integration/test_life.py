"""The life of an application on a real store: intake, placement, progress, decisions, delivery.

Reader, mailbox and outgoing mail are short fakes of the ports; both databases are real.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from mailbot.registry import RegistryProvisioner
from mailbot.storage import SqlStore
from mailbot.tokens import FixedKey, SignedIds
from mailbot.workdays import add_working_days
from parsers.facts import (
    Automatic,
    Bounce,
    Document,
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
)
from workflow import decisions
from workflow.application import (
    Application,
    Fate,
    OutboxRow,
    ReplyKind,
    ReplyOrder,
    ReplyStatus,
    WrittenReply,
)
from workflow.bounces import effect_of_bounce
from workflow.case import RuleSettings
from workflow.deadlines import Terms
from workflow.decisions import DecisionRefusedError, Operator
from workflow.delivery import HOLD, Ceilings, PostOffice, deliver
from workflow.findings import Code
from workflow.intake import IntakeRules, take_in
from workflow.ports import (
    DeliveryRefusedError,
    DeliveryUnknownError,
    Entry,
    ReadingDiedError,
    RecipientPostponedError,
    ServiceUnavailableError,
)
from workflow.progress import Desk, advance, read_unplaced
from workflow.states import WORK, IllegalTransitionError, State

START = dt.datetime(2026, 9, 14, 8, 0, tzinfo=dt.UTC)
NAME, NUMBER, INN = "Рощина Вера Андреевна", "+79120000147", "7707083893"
IDS = SignedIds("info@example.org", FixedKey(b"a key for the tests"))
ANNA = Operator("anna", "проверено")
BORIS = Operator("boris")


def _place(how: How) -> Evidence:
    return Evidence(document="файл", raw="как стояло", how=how)


def _person(name: str) -> Found[PersonName]:
    return Found(PersonName(raw=name, nominatives=(name,)), (_place(How.TEXT),))


def _number(number: str) -> Found[Phone]:
    kind = PhoneKind.MOBILE if number.startswith("+79") else PhoneKind.FOREIGN
    return Found(Phone(raw=number, kind=kind, e164=number), (_place(How.TEXT),))


def letter(name: str = NAME, number: str = NUMBER, seal: Mark = Mark.PRESENT) -> Letter:
    return Letter(
        attachment="Приказ.pdf",
        page=1,
        source=Source.TEXT,
        administrators=(_person(name),),
        phones=(_number(number),),
        signature=Mark.PRESENT,
        seal=seal,
        letterhead=Mark.PRESENT,
    )


def form(name: str = NAME, number: str = NUMBER, inn: str = INN) -> Questionnaire:
    cells = {
        Field.FULL_NAME: "МБОУ «СОШ № 4» г. Заречного",
        Field.INN: inn,
        Field.ADMINISTRATOR_NAME: name,
        Field.ADMINISTRATOR_PHONE: number,
    }
    return Questionnaire(
        attachment="Анкета.xlsx",
        fields={key: Found(value, (_place(How.CELL),)) for key, value in cells.items()},
        administrators=(_person(name),),
        administrator_phones=(_number(number),),
        schools=(_place(How.CELL),),
    )


@dataclass
class Mail:
    """One message of the fake mailbox: its bytes are its name."""

    key: str
    sender: str = "school@example.org"
    papers: tuple[Letter | Questionnaire, ...] = ()
    answers: tuple[str, ...] = ()
    subject_match: SubjectMatch = SubjectMatch.OURS
    automatic: Automatic | None = None
    senders: tuple[str, ...] | None = None
    bounce: Bounce | None = None

    @property
    def headers(self) -> Headers:
        return Headers(
            message_id=f"<{self.key}@school.example>",
            senders=(self.sender,) if self.senders is None else self.senders,
            sender_name="",
            subject="Сферум: Регистрация организации",
            subject_match=self.subject_match,
            automatic=self.automatic,
            date=START,
            in_reply_to=self.answers,
            references=(),
            doubled=(),
            authentication_results=(),
            return_path=None,
            envelope_to=(),
        )

    @property
    def reading(self) -> Reading:
        documents = tuple(
            Document(
                name=paper.attachment,
                media_type="application/pdf",
                role=Role.LETTER if isinstance(paper, Letter) else Role.QUESTIONNAIRE,
                digest=hashlib.sha256(repr(paper).encode()).hexdigest(),
            )
            for paper in self.papers
        )
        return Reading(
            headers=self.headers,
            documents=documents,
            letters=tuple(one for one in self.papers if isinstance(one, Letter)),
            questionnaires=tuple(one for one in self.papers if isinstance(one, Questionnaire)),
            bounce=self.bounce,
        )


@dataclass
class _Draft:
    """Bytes on their way into a dictionary."""

    stored: dict[str, bytes]
    raw: bytes = b""

    @property
    def size(self) -> int:
        return len(self.raw)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    def write(self, part: bytes) -> None:
        self.raw += part

    def keep(self) -> str:
        self.stored[self.digest] = self.raw
        return self.digest


@dataclass
class World:
    """A mailbox, a reader and a recipient, as far as the workflow can tell."""

    store: SqlStore
    mails: dict[str, Mail] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    arrived: dict[str, dt.datetime] = field(default_factory=dict)
    sent: list[OutboxRow] = field(default_factory=list)
    written: int = 0
    reads: int = 0
    deaths: int = 0
    outcome: BaseException | None = None
    reader_fault: Exception | None = None
    clock: dt.datetime = START
    name: str = "mailbox"
    unknown_wait: dt.timedelta = dt.timedelta(minutes=5)

    def now(self) -> dt.datetime:
        self.clock += dt.timedelta(seconds=1)
        return self.clock

    # the mailbox
    def probe(self) -> None: ...
    def close(self) -> None: ...
    def position(self) -> str | None:
        return None

    def wait(self, seconds: float, stop: threading.Event) -> None: ...

    def entries(self, position: str | None) -> Iterator[Entry]:
        for key in self.mails:
            yield Entry(key=key, received_at=self.arrived.get(key, START))

    def headers(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, bytes | None]]:
        for entry in entries:
            yield entry, entry.key.encode()

    def newest(self, count: int) -> list[Entry]:
        return list(self.entries(None))[-count:]

    def message(self, entry: Entry) -> bytes | None:
        return entry.key.split("~")[0].encode()

    def copy(self, entry: Entry, write: Callable[[bytes], None]) -> bool:
        write(self.message(entry) or b"")
        return True

    # the store of bytes
    @contextmanager
    def draft(self) -> Iterator[_Draft]:
        yield _Draft(self.stored)

    def get(self, digest: str) -> bytes:
        return self.stored[digest]

    # the reader
    def __call__(self, raw: bytes) -> Reading:
        self.reads += 1
        if self.reader_fault is not None:
            raise self.reader_fault
        if self.deaths:
            self.deaths -= 1
            raise ReadingDiedError("сигнал 11")
        return self.mails[raw.decode()].reading

    # replies
    def write(self, order: ReplyOrder) -> WrittenReply:
        self.written += 1
        key = f"{order.application_id}-{order.kind}-{self.written:016x}"
        return WrittenReply(
            key=key,
            message_id=IDS.message_id(key),
            subject="Re",
            content=(order.text or "").encode(),
        )

    def send(self, row: OutboxRow) -> None:
        if self.outcome is not None:
            raise self.outcome
        self.sent.append(row)

    # the program
    @property
    def desk(self) -> Desk:
        return Desk(
            store=self.store,
            blobs=self,
            read=self,
            provisioner=RegistryProvisioner(self.store.database, now=self.now),
            write=self,
            tokens=IDS,
            now=self.now,
            rules=RuleSettings(),
            terms=Terms(add_working_days=add_working_days, remind_after=5, expire_after=15),
            retry=lambda attempts: dt.timedelta(seconds=attempts),
        )

    def post(self, ceilings: Ceilings | None = None) -> PostOffice:
        return PostOffice(
            store=self.store,
            send=self,
            write=self,
            now=self.now,
            retry=lambda attempts: dt.timedelta(seconds=attempts),
            ceilings=ceilings or Ceilings(),
            unknown_wait=self.unknown_wait,
        )

    def arrives(self, *mails: Mail) -> None:
        for mail in mails:
            self.mails[mail.key] = mail
            self.arrived[mail.key] = self.now()

    def take(self, rules: IntakeRules | None = None) -> list[Fate]:
        rules = rules or IntakeRules(tokens=IDS, own_addresses=frozenset({"info@example.org"}))
        taken = take_in(
            self,
            store=self.store,
            blobs=self,
            parse_headers=lambda raw: self.mails[raw.decode()].headers,
            rules=rules,
            now=self.now(),
            read_bounce=partial(effect_of_bounce, self.desk),
        )
        return [one.seen.fate for one in taken]

    def work(self) -> None:
        """Everything that is due, until nothing moves."""
        moved = True
        while moved:
            with self.store.begin(write=False) as work:
                ids = work.due_applications(
                    tuple(WORK), now=self.now() + dt.timedelta(days=1), limit=99
                )
                messages = work.unplaced_messages(99)
            moved = any(advance(self.desk, one) is not None for one in ids)
            moved = any(read_unplaced(self.desk, one) is not None for one in messages) or moved

    def deliver(self, ceilings: Ceilings | None = None) -> list[ReplyStatus | None]:
        with self.store.begin(write=False) as work:
            ids = work.due_replies(now=self.now() + dt.timedelta(days=1), limit=99)
        return [deliver(self.post(ceilings), one) for one in ids]

    def run(self, *mails: Mail) -> None:
        self.arrives(*mails)
        self.take()
        self.work()
        self.deliver()

    def application(self, application_id: int = 1) -> Application:
        with self.store.begin(write=False) as work:
            found = work.application(application_id)
        assert found is not None
        return found

    def states(self) -> list[State]:
        with self.store.begin(write=False) as work:
            return [one.state for one in work.applications()]

    def codes(self, application_id: int = 1) -> set[Code]:
        return {one.code for one in self.application(application_id).findings}

    def kinds(self) -> list[ReplyKind]:
        return [row.kind for row in self.sent]

    def rights(self) -> list[str]:
        organization = self.desk.provisioner.find(INN)
        return [one.phone for one in organization.administrators] if organization else []


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def good(key: str = "good", **changes: str) -> Mail:
    return Mail(key, papers=(letter(), form()), **changes)


def half(key: str = "half", **changes: str) -> Mail:
    return Mail(key, papers=(letter(),), **changes)


def test_a_good_application_goes_from_arrival_to_the_delivered_welcome(world: World) -> None:
    world.run(good())
    assert world.states() == [State.COMPLETED]
    assert world.kinds() == [ReplyKind.WELCOME]
    assert world.rights() == [NUMBER]


def test_a_second_pass_changes_nothing(world: World) -> None:
    world.run(good(), half(key="other", sender="two@example.org"))
    before = (world.states(), world.kinds(), world.reads)
    assert world.take() == []
    world.work()
    world.deliver()
    assert (world.states(), world.kinds(), world.reads) == before


def test_every_change_is_a_row_of_the_history_without_a_gap(world: World) -> None:
    world.run(good())
    with world.store.begin(write=False) as work:
        rows = work.history(1)
    assert [row.target for row in rows] == [
        State.RECEIVED,
        State.PARSED,
        State.ACCEPTED,
        State.PROVISIONING,
        State.PROVISIONED,
        State.COMPLETED,
    ]
    assert [row.source for row in rows[1:]] == [row.target for row in rows[:-1]]


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        (Mail("m", subject_match=SubjectMatch.FOREIGN), "other_subject"),
        (Mail("m", automatic=Automatic.AUTO_REPLY), "auto_reply"),
        (Mail("m", sender="Info@Example.org"), "own_mail"),
    ],
)
def test_what_is_not_ours_leaves_a_row_with_the_reason_and_nothing_else(
    world: World, mail: Mail, reason: str
) -> None:
    world.run(mail)
    with world.store.begin(write=False) as work:
        (row,) = work.seen_rows()
    assert (row.fate, row.reason, row.digest) == (Fate.IGNORED, reason, None)
    assert not world.states()
    assert not world.stored


def test_what_arrived_before_the_start_date_is_answered_to_nobody(world: World) -> None:
    world.arrives(good())
    rules = IntakeRules(
        tokens=IDS, own_addresses=frozenset(), start_date=world.clock + dt.timedelta(days=1)
    )
    assert world.take(rules) == [Fate.IGNORED]
    world.work()
    assert not world.states()


def test_the_same_bytes_again_are_noted_and_nothing_else(world: World) -> None:
    world.run(good())
    world.mails["good~2"] = world.mails["good"]
    assert world.take() == [Fate.REPEATED]
    world.work()
    world.deliver()
    assert world.states() == [State.COMPLETED]
    assert len(world.sent) == 1


def test_an_answer_to_our_question_from_the_same_sender_joins(world: World) -> None:
    world.run(half())
    assert world.states() == [State.AWAITING_APPLICANT]
    world.run(Mail("answer", papers=(form(),), answers=(world.sent[0].message_id,)))
    assert world.states() == [State.COMPLETED]
    assert world.kinds() == [ReplyKind.ASK, ReplyKind.WELCOME]


def test_an_answer_joins_under_whatever_subject(world: World) -> None:
    world.run(half())
    answers = (world.sent[0].message_id,)
    foreign = SubjectMatch.FOREIGN
    world.run(Mail("answer", papers=(form(),), answers=answers, subject_match=foreign))
    assert world.states() == [State.COMPLETED]


def test_an_answer_from_another_sender_is_an_application_of_its_own_before_an_operator(
    world: World,
) -> None:
    world.run(half())
    answers = (world.sent[0].message_id,)
    world.run(Mail("answer", sender="stranger@example.org", papers=(form(),), answers=answers))
    assert world.states() == [State.AWAITING_APPLICANT, State.IN_REVIEW]
    assert Code.FOLLOW_UP_FROM_OTHER_SENDER in world.codes(2)
    assert world.application(2).linked_to == 1


def test_the_same_sender_bringing_exactly_what_is_missing_joins_by_content(world: World) -> None:
    world.run(half())
    world.run(Mail("rest", papers=(form(),)))
    assert world.states() == [State.COMPLETED]
    assert Code.JOINED_BY_CONTENT in world.codes()


def test_two_halves_in_one_pass_make_one_application_and_one_mail(world: World) -> None:
    world.run(half(), Mail("rest", papers=(form(),)))
    assert world.states() == [State.COMPLETED]
    assert world.kinds() == [ReplyKind.WELCOME]


def test_papers_that_contradict_what_is_there_do_not_join_by_content(world: World) -> None:
    world.run(half())
    world.run(Mail("rest", papers=(form(number="+79120000174"),)))
    assert len(world.states()) == 2


def test_papers_beside_those_that_are_missing_do_not_join_by_content(world: World) -> None:
    world.run(half())
    world.run(Mail("rest", papers=(letter(seal=Mark.ABSENT), form())))
    assert world.states()[0] is State.AWAITING_APPLICANT
    assert len(world.states()) == 2


def test_the_same_papers_again_are_noted_and_not_answered(world: World) -> None:
    world.run(good())
    world.run(replace(good(), key="again"))
    assert world.states() == [State.COMPLETED]
    assert len(world.sent) == 1


def test_an_answer_without_papers_to_a_waiting_application_is_for_an_operator(world: World) -> None:
    world.run(half())
    world.run(Mail("thanks", answers=(world.sent[0].message_id,)))
    assert world.states() == [State.IN_REVIEW]
    assert Code.MESSAGE_WITHOUT_DOCUMENTS in world.codes()
    assert world.kinds() == [ReplyKind.ASK, ReplyKind.RECEIPT]


def test_thanks_for_the_welcome_are_kept_and_not_answered(world: World) -> None:
    world.run(good())
    world.run(Mail("thanks", answers=(world.sent[0].message_id,)))
    assert world.states() == [State.COMPLETED]
    assert len(world.sent) == 1
    with world.store.begin(write=False) as work:
        assert len(work.messages(1)) == 2


def test_new_papers_in_the_thread_of_an_ended_application_make_a_linked_one(world: World) -> None:
    world.run(good())
    correction = (letter(number="+79120000174"), form(number="+79120000174"))
    world.run(Mail("new", papers=correction, answers=(world.sent[0].message_id,)))
    assert world.states() == [State.COMPLETED, State.IN_REVIEW]
    assert world.application(2).linked_to == 1
    assert {Code.ALREADY_REGISTERED, Code.ADMINISTRATOR_CHANGE} <= world.codes(2)
    assert world.rights() == [NUMBER]


def test_a_second_application_for_an_open_one_is_for_an_operator(world: World) -> None:
    world.run(Mail("one", papers=(form(),)))
    world.run(good(sender="other@example.org"))
    assert world.states() == [State.AWAITING_APPLICANT, State.IN_REVIEW]
    assert Code.DUPLICATE_APPLICATION in world.codes(2)


def test_a_number_that_holds_rights_elsewhere_is_for_an_operator(world: World) -> None:
    world.run(good())
    other = Mail("other", sender="b@example.org", papers=(letter(), form(inn="7830002293")))
    world.run(other)
    assert Code.PHONE_IN_USE in world.codes(2)


def test_a_number_is_in_use_from_the_moment_an_application_is_accepted_with_it(
    world: World,
) -> None:
    other = Mail("other", sender="b@example.org", papers=(letter(), form(inn="7830002293")))
    world.arrives(good(), other)
    world.take()
    for _ in range(4):  # both at every step, the second before the first has its rights
        for application_id in (1, 2):
            advance(world.desk, application_id)
    assert world.states() == [State.PROVISIONED, State.IN_REVIEW]
    assert Code.PHONE_IN_USE in world.codes(2)


def test_a_number_that_came_into_use_meanwhile_is_not_approved_unseen(world: World) -> None:
    doubtful = replace(letter(), signature=Mark.UNSURE)
    other = (doubtful, form(inn="7830002293"))
    world.run(Mail("doubtful", sender="b@example.org", papers=other))
    world.run(good())
    assert world.states() == [State.IN_REVIEW, State.COMPLETED]
    with pytest.raises(DecisionRefusedError, match="queue retry 1"):
        decisions.approve(world.desk, 1, operator=ANNA, values={})
    decisions.retry(world.desk, 1, operator=ANNA)
    world.work()
    assert {Code.PHONE_IN_USE, Code.MARK_UNSURE} <= world.codes(1)
    decisions.approve(world.desk, 1, operator=ANNA, values={})
    assert world.states() == [State.ACCEPTED, State.COMPLETED]


def test_a_foreign_number_that_holds_rights_elsewhere_is_told_too(world: World) -> None:
    number = "+375291234567"
    for inn, sender in ((INN, "a@example.org"), ("7830002293", "b@example.org")):
        papers = (letter(number=number), form(number=number, inn=inn))
        world.run(Mail(inn, sender=sender, papers=papers))
        if inn == INN:
            given = {"administrator.phone": number}
            decisions.approve(world.desk, 1, operator=ANNA, values=given)
            world.work()
    assert {Code.PHONE_FOREIGN, Code.PHONE_IN_USE} <= world.codes(2)


def test_the_receipt_goes_once(world: World) -> None:
    world.run(Mail("bad", papers=(letter(number="+79120000174"), form())))
    assert world.kinds() == [ReplyKind.RECEIPT]
    decisions.retry(world.desk, 1, operator=ANNA)
    world.work()
    world.deliver()
    assert world.states() == [State.IN_REVIEW]
    assert world.kinds() == [ReplyKind.RECEIPT]


def test_several_senders_get_no_reply_at_all(world: World) -> None:
    world.run(Mail("two", papers=(letter(), form()), senders=("a@example.org", "b@example.org")))
    assert world.states() == [State.IN_REVIEW]
    assert not world.sent


def test_three_deaths_of_the_reader_put_the_message_before_an_operator(world: World) -> None:
    world.deaths = 3
    world.run(good())
    assert world.states() == [State.RECEIVED]
    world.work()
    world.work()
    world.deliver()
    assert world.states() == [State.FAILED]
    assert Code.READING_FAILED in world.codes()
    assert world.kinds() == [ReplyKind.RECEIPT]
    decisions.retry(world.desk, 1, operator=ANNA)
    world.work()
    world.deliver()
    assert world.states() == [State.COMPLETED]


def test_a_missing_engine_counts_as_no_failed_attempt(world: World) -> None:
    world.arrives(good())
    world.take()
    world.reader_fault = ServiceUnavailableError("нет tesseract")
    for _ in range(5):
        with pytest.raises(ServiceUnavailableError):
            advance(world.desk, 1)
    world.reader_fault = None
    world.work()
    assert world.states() == [State.PROVISIONED]


def test_a_question_is_put_three_times_and_then_an_operator_sees_it(world: World) -> None:
    world.run(half())
    for number in range(4):
        papers = (letter(number=f"+7912000020{number}"),)
        world.run(Mail(f"again-{number}", papers=papers, answers=(world.sent[-1].message_id,)))
    assert world.states() == [State.IN_REVIEW]
    assert Code.ASKED_TOO_OFTEN in world.codes()
    assert world.kinds() == [*[ReplyKind.ASK] * 3, ReplyKind.RECEIPT]


def test_approval_needs_values_that_the_papers_agree_on_or_the_operator_gives(world: World) -> None:
    world.run(Mail("bad", papers=(letter(number="+79120000174"), form())))
    with pytest.raises(DecisionRefusedError, match=r"administrator\.phone"):
        decisions.approve(world.desk, 1, operator=ANNA, values={})
    assert world.states() == [State.IN_REVIEW]
    given = {"administrator.phone": "8 (912) 000-01-47"}
    decisions.approve(world.desk, 1, operator=ANNA, values=given)
    world.work()
    world.deliver()
    assert world.states() == [State.COMPLETED]
    assert world.rights() == [NUMBER]
    with world.store.begin(write=False) as work:
        (row,) = [row for row in work.history(1) if row.target is State.ACCEPTED]
    assert (row.who, row.note) == ("anna", "проверено")


def test_a_foreign_number_is_granted_where_a_paper_names_its_country(world: World) -> None:
    belarusian, armenian = "+375 29 123-45-67", "+374 77 123456"
    papers = (letter(number="+375291234567"), form(number="+375291234567"))
    world.run(Mail("foreign", papers=papers))
    assert Code.PHONE_FOREIGN in world.codes()
    with pytest.raises(DecisionRefusedError, match=r"--set administrator\.phone="):
        decisions.approve(world.desk, 1, operator=ANNA, values={})
    for wrong in (armenian, "+375 17 234-56-78", "+375 29 123-45"):  # country, landline, too short
        with pytest.raises(DecisionRefusedError, match=r"--set administrator\.phone"):
            decisions.approve(world.desk, 1, operator=ANNA, values={"administrator.phone": wrong})
    assert world.states() == [State.IN_REVIEW]
    decisions.approve(world.desk, 1, operator=ANNA, values={"administrator.phone": belarusian})
    world.work()
    world.deliver()
    assert world.states() == [State.COMPLETED]
    assert world.rights() == ["+375291234567"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("administrator.phone", "+375 29 123-45-67"),
        ("administrator.phone", "8 495 111-22-33"),
        ("administrator.phone", "912"),
        ("administrator.full_name", "Рощина В. А."),
        ("administrator.full_name", "Roshchina Vera"),
        ("organization.inn", "7707083894"),
        ("organization.name", "школа"),
    ],
)
def test_a_value_that_cannot_be_is_refused(world: World, key: str, value: str) -> None:
    world.run(Mail("bad", papers=(letter(number="+79120000174"), form())))
    with pytest.raises(DecisionRefusedError):
        decisions.approve(world.desk, 1, operator=ANNA, values={key: value})
    assert world.states() == [State.IN_REVIEW]


def test_a_change_of_administrator_needs_two_different_operators(world: World) -> None:
    world.run(good())
    changed = (letter(number="+79120000174"), form(number="+79120000174"))
    world.run(Mail("change", papers=changed, answers=(world.sent[0].message_id,)))
    decisions.approve(world.desk, 2, operator=ANNA, values={})
    world.work()
    assert world.states()[1] is State.IN_REVIEW
    with pytest.raises(DecisionRefusedError, match="другой оператор"):
        decisions.approve(world.desk, 2, operator=ANNA, values={})
    assert world.rights() == [NUMBER]
    decisions.approve(world.desk, 2, operator=BORIS, values={})
    world.work()
    world.deliver()
    assert world.states()[1] is State.COMPLETED
    assert world.rights() == ["+79120000174"]


def test_a_second_operator_does_not_carry_out_what_the_first_has_not_seen(world: World) -> None:
    world.run(good())
    changed = (letter(number="+79120000174"), form(number="+79120000174"))
    world.run(Mail("change", papers=changed, answers=(world.sent[0].message_id,)))
    decisions.approve(world.desk, 2, operator=ANNA, values={})
    other = (letter(number="+79120000199"), form(number="+79120000199"))
    world.run(Mail("other", papers=other, answers=(world.sent[-1].message_id,)))
    decisions.approve(world.desk, 2, operator=BORIS, values={})
    world.work()
    assert world.states()[1] is State.IN_REVIEW
    assert world.rights() == [NUMBER]
    given = {"administrator.phone": "+79120000177"}
    decisions.approve(world.desk, 2, operator=ANNA, values=given)
    world.work()
    assert world.rights() == [NUMBER]
    decisions.approve(world.desk, 2, operator=BORIS, values={})
    world.work()
    assert world.rights() == ["+79120000177"]


def test_what_an_operator_gave_counts_for_the_papers_it_was_given_for(world: World) -> None:
    world.run(good())
    changed = (letter(number="+79120000174"), form(number="+79120000175"))
    world.run(Mail("change", papers=changed, answers=(world.sent[0].message_id,)))
    given = {"administrator.phone": "+79120000174"}
    decisions.approve(world.desk, 2, operator=ANNA, values=given)
    other = (letter(number="+79120000198"), form(number="+79120000199"))
    world.run(Mail("other", papers=other, answers=(world.sent[-1].message_id,)))
    with pytest.raises(DecisionRefusedError, match=r"administrator\.phone"):
        decisions.approve(world.desk, 2, operator=BORIS, values={})


def test_reject_and_ask_lead_to_the_operators_words(world: World) -> None:
    world.run(Mail("bad", papers=(letter(number="+79120000174"), form())))
    with pytest.raises(DecisionRefusedError, match="--message"):
        decisions.ask(world.desk, 1, operator=ANNA, text=None)
    decisions.ask(world.desk, 1, operator=ANNA, text="Какой номер верный?")
    assert world.states() == [State.AWAITING_APPLICANT]
    world.deliver()
    assert world.sent[-1].content.decode() == "Какой номер верный?"
    with pytest.raises(IllegalTransitionError):
        decisions.reject(world.desk, 1, operator=ANNA, text="нет")
    world.run(Mail("silent", answers=(world.sent[-1].message_id,)))
    decisions.reject(world.desk, 1, operator=ANNA, text="Это не школа.")
    world.deliver()
    assert world.states() == [State.REJECTED]
    assert world.kinds()[-1] is ReplyKind.REJECTION


def test_join_gives_the_messages_to_the_other_which_is_assessed_anew(world: World) -> None:
    world.run(half())
    answers = (world.sent[0].message_id,)
    world.run(Mail("answer", sender="stranger@example.org", papers=(form(),), answers=answers))
    sent = len(world.sent)
    decisions.join(world.desk, 2, 1, operator=ANNA)
    world.work()
    world.deliver()
    assert world.states() == [State.COMPLETED, State.JOINED]
    assert [row.application_id for row in world.sent[sent:]] == [1]


def test_a_decision_about_an_unknown_application_is_refused(world: World) -> None:
    with pytest.raises(DecisionRefusedError, match="№ 7"):
        decisions.reject(world.desk, 7, operator=ANNA, text=None)


def test_a_refused_welcome_leaves_the_rights_and_goes_out_again_after_retry(world: World) -> None:
    world.outcome = DeliveryRefusedError("550 нет такого ящика")
    world.run(good())
    assert world.states() == [State.FAILED]
    assert Code.REPLY_UNDELIVERABLE in world.codes()
    assert world.rights() == [NUMBER]
    world.outcome = None
    decisions.retry(world.desk, 1, operator=ANNA)
    world.deliver()
    assert world.states() == [State.COMPLETED]
    assert world.kinds() == [ReplyKind.WELCOME]


def test_a_server_that_is_away_delays_and_loses_nothing(world: World) -> None:
    world.outcome = ServiceUnavailableError("никто не отвечает")
    world.arrives(good())
    world.take()
    world.work()
    with pytest.raises(ServiceUnavailableError):
        world.deliver()
    assert world.states() == [State.PROVISIONED]
    world.outcome = None
    world.deliver()
    assert world.states() == [State.COMPLETED]


def test_a_school_whose_server_wants_it_later_holds_up_no_other(world: World) -> None:
    world.outcome = RecipientPostponedError("450 позже")
    world.arrives(half(), half(key="b", sender="b@example.org"))
    world.take()
    world.work()
    assert world.deliver() == [ReplyStatus.PENDING, ReplyStatus.PENDING]
    with world.store.begin(write=False) as work:
        assert all(row.due_at > row.created_at for row in work.outbox([ReplyStatus.PENDING]))
    world.outcome = None
    assert world.deliver() == [ReplyStatus.SENT, ReplyStatus.SENT]


def test_a_mail_of_unknown_outcome_is_sent_once_more_and_then_an_operator_sees_it(
    world: World,
) -> None:
    world.outcome = DeliveryUnknownError("связь прервалась")
    world.arrives(good())
    world.take()
    world.work()
    assert world.deliver() == [ReplyStatus.PENDING]
    assert world.deliver() == [None]  # not before the wait is over
    world.clock += dt.timedelta(minutes=6)
    assert world.deliver() == [ReplyStatus.STOPPED]
    assert world.states() == [State.FAILED]
    assert Code.DELIVERY_UNKNOWN in world.codes()


def test_a_sending_that_was_cut_off_by_a_crash_is_repeated_once_after_the_wait(
    world: World,
) -> None:
    world.arrives(good())
    world.take()
    world.work()
    world.outcome = KeyboardInterrupt()
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            world.deliver()
        assert world.deliver() == [None]  # not before the wait is over
        world.clock += dt.timedelta(minutes=6)
    world.outcome = None
    assert world.deliver() == [None]
    assert not world.sent
    assert Code.DELIVERY_UNKNOWN in world.codes()


def test_the_ceiling_of_an_address_stops_its_replies_and_shows_them(world: World) -> None:
    world.arrives(half())
    world.take()
    world.work()
    assert world.deliver(Ceilings(per_address_per_day=1)) == [ReplyStatus.SENT]
    world.arrives(Mail("b", papers=(form(inn="7830002293"),)))
    world.take()
    world.work()
    assert world.deliver(Ceilings(per_address_per_day=1)) == [ReplyStatus.STOPPED]
    assert Code.REPLY_CEILING_REACHED in world.codes()


def test_the_breaker_stops_all_sending_until_it_is_released(world: World) -> None:
    world.arrives(half(), half(key="b", sender="b@example.org"))
    world.take()
    world.work()
    assert world.deliver(Ceilings(per_hour=1)) == [ReplyStatus.SENT, None]
    with world.store.begin() as work:
        assert work.switch(HOLD)
        work.set_switch(HOLD, None)
    assert world.deliver() == [ReplyStatus.SENT]


def test_papers_that_come_before_the_question_is_sent_make_it_needless(world: World) -> None:
    world.arrives(half())
    world.take()
    world.work()
    world.arrives(Mail("rest", papers=(form(),)))
    world.take()
    world.work()
    world.deliver()
    assert world.kinds() == [ReplyKind.WELCOME]
