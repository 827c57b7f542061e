"""Machines that answer one another for a month stay under the ceilings. On real SQLite stores.

Nothing in a header says that a machine wrote: two daemons whose marks a gateway strips, an
autoresponder without headers, a mailing list that posts everything back in its own name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from mailbot.storage import open_store, upgrade
from mailbot.tokens import FixedKey, SignedIds
from parsers.facts import Headers
from tests.integration.test_life import START, Mail, World
from workflow.application import OutboxRow, ReplyOrder, WrittenReply
from workflow.delivery import HOLD, Ceilings
from workflow.findings import Code
from workflow.intake import IntakeRules
from workflow.progress import Desk
from workflow.silence import expire, remind

MONTH = dt.timedelta(days=30)
ROUNDS = 4  # exchanges a day at most: more than the ceiling of a day
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
CEILINGS = Ceilings(per_thread=4, per_address_per_day=2, per_hour=50)  # few, to be quick


@dataclass
class Letter(Mail):
    """A mail with an id of its own, as another machine writes it."""

    message_id: str = ""

    @property
    def headers(self) -> Headers:
        return replace(super().headers, message_id=self.message_id or f"<{self.key}@robot.example>")


@dataclass
class Daemon(World):
    """One daemon with a mailbox, an address and a key of its own."""

    address: str = ""
    orders: dict[str, ReplyOrder] = field(default_factory=dict)

    @property
    def ids(self) -> SignedIds:
        return SignedIds(self.address, FixedKey(self.address.encode() * 2))

    @property
    def desk(self) -> Desk:
        return replace(super().desk, tokens=self.ids)

    def write(self, order: ReplyOrder) -> WrittenReply:
        written = super().write(order)
        self.orders[written.key] = order
        return replace(written, message_id=self.ids.message_id(written.key))

    def live(self) -> list[OutboxRow]:
        """One pass; returns what went out."""
        before = len(self.sent)
        self.take(IntakeRules(tokens=self.ids, own_addresses=frozenset({self.address})))
        self.work()
        remind(self.desk, looked_at=self.clock)
        expire(self.desk, looked_at=self.clock)
        self.deliver(CEILINGS)
        return self.sent[before:]


Robot = Callable[[Daemon, OutboxRow, int], Letter]


def autoresponder(daemon: Daemon, row: OutboxRow, number: int) -> Letter:
    """Answers each mail in its thread."""
    return Letter(f"auto-{number}", sender=row.recipient, answers=(row.message_id,))


def forgetful(daemon: Daemon, row: OutboxRow, number: int) -> Letter:
    """Answers each mail with one that names nothing."""
    return Letter(f"auto-{number}", sender=row.recipient)


def mailing_list(daemon: Daemon, row: OutboxRow, number: int) -> Letter:
    """Posts each mail back in its own name, under its own id, with the references that it had."""
    references = daemon.orders[row.key].references
    return Letter(f"list-{number}", sender=row.recipient, answers=references)


def copying_list(daemon: Daemon, row: OutboxRow, number: int) -> Letter:
    """Posts each mail back in its own name and with the id that it had."""
    references = daemon.orders[row.key].references
    return Letter(
        f"list-{number}", sender=row.recipient, answers=references, message_id=row.message_id
    )


@pytest.fixture
def daemons(tmp_path: Path) -> Iterator[Callable[[str], Daemon]]:
    with ExitStack() as stack:

        def make(address: str) -> Daemon:
            url = f"sqlite:///{tmp_path / address}.db"
            upgrade(url)
            store = open_store(url)
            stack.callback(store.close)
            return Daemon(store, address=address)

        yield make


def assert_under_the_ceilings(daemon: Daemon) -> None:
    with daemon.store.begin(write=False) as work:
        assert work.switch(HOLD) is None
        rows = [row for one in work.applications() for row in work.replies(one.id)]
    sent = sorted((row.sent_at, row.recipient) for row in rows if row.sent_at is not None)
    for index, (moment, recipient) in enumerate(sent):
        later = sent[index:]
        of_the_day = [to for at, to in later if at - moment < DAY and to == recipient]
        assert len(of_the_day) <= CEILINGS.per_address_per_day
        assert sum(at - moment < HOUR for at, _ in later) <= CEILINGS.per_hour
    assert len(sent) <= CEILINGS.per_address_per_day * (MONTH.days + 1)


def month_with(daemon: Daemon, robot: Robot) -> None:
    """Let a robot answer everything within a step, from one message that began it all."""
    daemon.arrives(Letter("first", sender="robot@school.example"))
    number = 0
    while daemon.clock < START + MONTH:
        for _ in range(ROUNDS):
            for row in (out := daemon.live()):
                number += 1
                daemon.arrives(robot(daemon, row, number))
            if not out:
                break
        daemon.clock += DAY


@pytest.mark.parametrize("robot", [autoresponder, forgetful, mailing_list, copying_list])
def test_a_robot_that_answers_everything_for_a_month_stays_under_the_ceilings(
    daemons: Callable[[str], Daemon], robot: Robot
) -> None:
    daemon = daemons("info@a.example")
    month_with(daemon, robot)
    assert daemon.sent
    assert_under_the_ceilings(daemon)
    if robot is forgetful:  # each of its mails is an application: nothing but the ceiling ends that
        assert Code.REPLY_CEILING_REACHED in {
            code for number in range(1, 4) for code in daemon.codes(number)
        }


def test_a_robot_that_answers_in_the_thread_is_soon_left_to_an_operator(
    daemons: Callable[[str], Daemon],
) -> None:
    daemon = daemons("info@a.example")
    month_with(daemon, autoresponder)
    assert [row.kind for row in daemon.sent] == ["ask", "receipt"]
    assert daemon.states() == ["in_review"]


@pytest.mark.parametrize("threaded", [True, False])
def test_two_daemons_that_face_each_other_for_a_month_stay_under_the_ceilings(
    daemons: Callable[[str], Daemon], threaded: bool
) -> None:
    one, other = daemons("info@a.example"), daemons("info@b.example")
    one.arrives(Letter("first", sender=other.address))
    while one.clock < START + MONTH:
        for _ in range(ROUNDS):
            if not sum(exchange(*pair, threaded=threaded) for pair in ((one, other), (other, one))):
                break
        one.clock = other.clock = max(one.clock, other.clock) + DAY
    assert one.sent
    assert other.sent
    for daemon in (one, other):
        assert_under_the_ceilings(daemon)
    if threaded:
        assert len(one.sent) + len(other.sent) <= 2 * CEILINGS.per_thread


def exchange(daemon: Daemon, peer: Daemon, *, threaded: bool) -> int:
    """Carry what one daemon writes to the other; returns how many mails."""
    out = daemon.live()
    for row in out:
        references = daemon.orders[row.key].references if threaded else ()
        mail = Letter(
            f"{daemon.address}-{row.key}",
            sender=daemon.address,
            answers=references,
            message_id=row.message_id,
        )
        peer.arrives(mail)
    return len(out)
