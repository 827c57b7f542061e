"""Any order of arrivals, crashes, outages, retries and decisions: nothing lost, nothing twice.

The store is a real one; the program dies before or after any commit and any hand-over, as often as it
likes, and is started again.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mailbot.samples.schools import inn_of
from mailbot.storage import Database, SqlStore, upgrade
from mailbot.storage.tables import metadata
from tests.integration.test_life import Mail, World, form, letter
from workflow import decisions
from workflow.application import OutboxRow, ReplyKind, ReplyStatus
from workflow.decisions import DecisionRefusedError, Operator
from workflow.ports import ServiceUnavailableError, StaleApplicationError
from workflow.states import WORK, IllegalTransitionError, State

SCHOOLS: Final = 4
NAMES: Final = (
    "Рощина Вера Андреевна",
    "Ким Олег Игоревич",
    "Лебедев Пётр Ильич",
    "Орлова Анна Львовна",
)
FAR: Final = 10**9  # no crash
LATER: Final = dt.timedelta(minutes=10)  # longer than what is unknown waits


class Crash(BaseException):
    """The process is killed here."""


class Brittle(SqlStore):
    """A store whose process dies when the fuse has burnt down."""

    fuse = FAR

    def burn(self) -> None:
        self.fuse -= 1
        if self.fuse < 0:
            raise Crash

    @contextmanager
    def begin(self, *, write: bool = True) -> Iterator[object]:
        with super().begin(write=write) as work:
            yield work
            if write:
                self.burn()
        if write:
            self.burn()


class Office(World):
    """The world of the workflow's own tests, with a recipient that knows a reply by its name."""

    def send(self, row: OutboxRow) -> None:
        if row.key not in {one.key for one in self.sent}:
            super().send(row)
        self.store.burn()

    def put(self, raw: bytes) -> str:
        digest = super().put(raw)
        self.store.burn()
        return digest


class Forgetful(Office):
    """A recipient that takes whatever is handed over twice for two mails."""

    def send(self, row: OutboxRow) -> None:
        World.send(self, row)
        self.store.burn()


class Blind(Brittle):
    """A store that never remembers that a reply was sent."""

    @contextmanager
    def begin(self, *, write: bool = True) -> Iterator[object]:
        with super().begin(write=write) as work:
            mark = work.mark_reply

            def lost(row: OutboxRow, *, expected: ReplyStatus) -> bool:
                return row.status is ReplyStatus.SENT or mark(row, expected=expected)

            work.mark_reply = lost
            yield work


def papers(number: int, *, phone: str | None = None) -> tuple[object, object]:
    name, own = NAMES[number], f"+7912000014{number}"
    inn = inn_of(f"77070838{number}")
    return letter(name, own), form(name, phone or own, inn)


class Mailroom(RuleBasedStateMachine):
    """What was sent is remembered here; what became of it is found in the store."""

    template: Path
    store_kind: type[Brittle] = Brittle
    world_kind: type[Office] = Office

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        path = self.directory / "mailbot.sqlite"
        shutil.copy(self.template, path)
        self.store = self.store_kind(Database(f"sqlite:///{path}"))
        # the recipient knows a reply by its name: what was interrupted is simply handed over again
        self.world = self.world_kind(self.store, unknown_wait=dt.timedelta(0))
        self.sent: dict[int, str] = {}  # by school: what it has sent in all
        self.decided: set[int] = set()  # applications in which operators had a say
        self.copies = 0
        self.deaths = 2  # three at one message would be its end

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.store.close()
            shutil.rmtree(self.directory)

    def sender(self, number: int) -> str:
        return f"school{number}@example.org"

    @initialize()
    def nothing(self) -> None:
        """A mailbox without mail."""

    @precondition(lambda self: len(self.sent) < SCHOOLS)
    @rule(kind=st.sampled_from(["good", "half", "doubtful"]))
    def a_school_writes(self, kind: str) -> None:
        number = len(self.sent)
        whole = papers(number, phone="+79035550717" if kind == "doubtful" else None)
        self.sent[number] = kind
        self.world.arrives(
            Mail(
                f"{number}.{kind}", sender=self.sender(number), papers=whole[: 1 + (kind != "half")]
            )
        )

    @precondition(lambda self: "half" in self.sent.values())
    @rule()
    def a_school_sends_what_was_missing(self) -> None:
        number = next(number for number, kind in self.sent.items() if kind == "half")
        self.sent[number] = "answered"
        rest = Mail(f"{number}.rest", sender=self.sender(number), papers=papers(number)[1:])
        self.world.arrives(rest)

    @precondition(lambda self: self.world.mails)
    @rule(which=st.integers(0, 99))
    def a_copy_turns_up(self, which: int) -> None:
        keys = [key for key in self.world.mails if "~" not in key]
        key = keys[which % len(keys)]
        self.copies += 1
        self.world.mails[f"{key}~{self.copies}"] = self.world.mails[key]

    @precondition(lambda self: self.sent)
    @rule(fuses=st.lists(st.integers(0, 12), min_size=1, max_size=6))
    def passes_are_killed(self, fuses: list[int]) -> None:
        for fuse in fuses:
            self.store.fuse = fuse
            with suppress(Crash):
                self.steps("all")
        self.store.fuse = FAR

    @precondition(lambda self: self.sent)
    @rule(part=st.sampled_from(["take", "work", "deliver"]), fuse=st.integers(0, 8))
    def a_part_of_a_pass_is_killed(self, part: str, fuse: int) -> None:
        self.store.fuse = fuse
        with suppress(Crash):
            self.steps(part)
        self.store.fuse = FAR

    @precondition(lambda self: self.sent)
    @rule(part=st.sampled_from(["take", "work", "deliver"]))
    def a_pass_goes_on(self, part: str) -> None:
        self.steps(part)

    @precondition(lambda self: self.sent)
    @rule(part=st.sampled_from(["work", "deliver"]))
    def a_service_is_away(self, part: str) -> None:
        away = ServiceUnavailableError("никто не отвечает")
        self.world.outcome = self.world.reader_fault = away
        with suppress(ServiceUnavailableError):
            self.steps(part)
        self.world.outcome = self.world.reader_fault = None

    @precondition(lambda self: self.deaths)
    @rule()
    def a_reader_dies(self) -> None:
        self.deaths -= 1
        self.world.deaths = 1

    @rule(
        which=st.integers(0, 9),
        what=st.sampled_from(["approve", "reject", "ask", "retry"]),
        fuse=st.sampled_from([0, 1, FAR]),
    )
    def an_operator_decides(self, which: int, what: str, fuse: int) -> None:
        with self.store.begin(write=False) as work:
            before = [one for one in work.applications() if one.state is State.IN_REVIEW]
        if not before:
            return
        one = before[which % len(before)]
        self.decided.add(one.id)
        who = Operator("anna")
        self.store.fuse = fuse
        with suppress(Crash, DecisionRefusedError, IllegalTransitionError, StaleApplicationError):
            if what == "approve":
                # nobody else's number: the same in two applications would rightly stop the other
                given = {"administrator.phone": f"+7912000{one.id:04}"}
                decisions.approve(self.world.desk, one.id, operator=who, values=given)
            elif what == "retry":
                decisions.retry(self.world.desk, one.id, operator=who)
            else:
                decide = decisions.reject if what == "reject" else decisions.ask
                decide(self.world.desk, one.id, operator=who, text="слово")
        self.store.fuse = FAR

    def steps(self, part: str) -> None:
        self.world.clock += LATER
        for name in ("take", "work", "deliver") if part == "all" else (part,):
            getattr(self.world, name)()

    @invariant()
    def no_reply_is_sent_twice(self) -> None:
        keys = Counter(row.key for row in self.world.sent)
        assert not [key for key, count in keys.items() if count > 1]
        welcomes = Counter(
            row.application_id for row in self.world.sent if row.kind is ReplyKind.WELCOME
        )
        assert not [id_ for id_, count in welcomes.items() if count > 1]

    @invariant()
    def rights_are_granted_once_and_only_where_they_were_decided(self) -> None:
        granted = {State.PROVISIONED, State.COMPLETED}
        with self.store.begin(write=False) as work:
            applications = list(work.applications())
        may = {one.id for one in applications if one.state in granted | {State.PROVISIONING}}
        may |= {one.id for one in applications if one.state is State.FAILED}
        with self.store.database.transaction(write=False) as connection:
            tables = metadata.tables
            orders = list(connection.scalars(sa.select(tables["provision"].c.key)))
            inns = list(connection.scalars(sa.select(tables["organization"].c.inn)))
        assert {int(key.rpartition("-")[2]) for key in orders} <= may
        assert len(orders) >= sum(one.state in granted for one in applications)
        assert len(inns) == len(set(inns))

    def settle(self) -> None:
        """Start the program once more and leave it alone: everything comes to its undisturbed end."""
        self.world.deaths = 0
        for _ in range(3):
            self.steps("all")
        self.no_reply_is_sent_twice()
        self.rights_are_granted_once_and_only_where_they_were_decided()
        with self.store.begin(write=False) as work:
            applications = list(work.applications())
            seen = list(work.seen_rows())
            messages = {one.id: work.messages(one.id) for one in applications}
            assert work.unplaced_messages(9) == ()
            assert work.due_replies(now=self.world.now(), limit=9) == []
        assert {row.key for row in seen} == set(self.world.mails)
        taken = [one.digest for group in messages.values() for one in group]
        assert sorted(taken) == sorted(set(taken))
        assert len(taken) == len([key for key in self.world.mails if "~" not in key])
        assert not [one for one in applications if one.state in WORK]
        for number, kind in self.sent.items():
            theirs = [
                one
                for one in applications
                if any(mail.sender == self.sender(number) for mail in messages[one.id])
            ]
            if not {one.id for one in theirs} & self.decided:
                self.is_as_undisturbed(kind, [one.state for one in theirs])

    def is_as_undisturbed(self, kind: str, states: list[State]) -> None:
        wanted = {
            "good": State.COMPLETED,
            "half": State.AWAITING_APPLICANT,
            "doubtful": State.IN_REVIEW,
            "answered": State.COMPLETED,
        }
        assert states == [wanted[kind]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mailroom") / "template.sqlite"
    upgrade(f"sqlite:///{path}")
    return path


def play(
    template: Path, *, examples: int, phases: Sequence[Phase] = tuple(Phase), **kinds: object
) -> None:
    machine = type("OneMailroom", (Mailroom,), {"template": template, **kinds})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_happens_nothing_is_lost_and_nothing_is_done_twice(template: Path) -> None:
    play(template, examples=25)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"world_kind": Forgetful}, marks=pytest.mark.slow),
        {"store_kind": Blind, "world_kind": Forgetful},
    ],
    ids=["a recipient that knows no names", "a store that forgets what was sent"],
)
def test_a_mail_that_goes_out_twice_would_be_found(
    template: Path, broken: dict[str, object]
) -> None:
    """The rules above can fail: here they have to."""
    with pytest.raises(AssertionError):
        play(template, examples=100, phases=[Phase.generate], **broken)
