"""A database that is locked for longer than one waits, or away, at every step of a whole life.

However it comes, once the database is back everything ends as it would have ended without.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from mailbot.samples.schools import inn_of
from mailbot.storage import Database, SqlStore
from tests.integration.test_life import Mail, World, form, good, letter
from workflow.application import OutboxRow
from workflow.ports import ServiceUnavailableError, StaleApplicationError

SOME: Final = 4  # in how many steps of the usual suite
PASSES: Final = 6


class Unsteady(Database):
    """A database that is gone at one transaction, before it begins or before its commit."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.count = 0
        self.at = 0  # the number of the transaction, from 1; 0: never
        self.within = False
        self.away: Callable[[], Any] = lambda: None  # a context manager

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[sa.Connection]:
        self.count += 1
        if self.count != self.at:
            with super().transaction(write=write) as connection:
                yield connection
            return
        if self.within:
            with self.away_before_commit(write=write) as connection:
                yield connection
            return
        with self.away(), super().transaction(write=write) as connection:
            yield connection

    @contextmanager
    def away_before_commit(self, *, write: bool) -> Iterator[sa.Connection]:
        with ExitStack() as outage, super().transaction(write=write) as connection:
            yield connection
            outage.enter_context(self.away())


@dataclass
class Office(World):
    """The workflow's world with a recipient that knows a reply by its name."""

    def send(self, row: OutboxRow) -> None:
        if row.key not in {one.key for one in self.sent}:
            super().send(row)


def live(world: World) -> None:
    """Two schools' whole lives, pass after pass, whatever fails."""
    world.arrives(good())
    world.arrives(
        Mail("half", sender="b@example.org", papers=(letter("Ким Олег Игоревич", "+79120000121"),))
    )
    for number in range(PASSES):
        for step in (world.take, world.work, world.deliver):
            with suppress(ServiceUnavailableError, StaleApplicationError):
                step()
        world.clock += world.post().unknown_wait * 2
        if number == 1:
            rest = form("Ким Олег Игоревич", "+79120000121", inn_of("770708390"))
            world.arrives(Mail("rest", sender="b@example.org", papers=(rest,)))


def end(world: World) -> dict[str, Any]:
    """Everything that may not depend on an outage."""
    with world.store.begin(write=False) as work:
        applications = list(work.applications())
        # PostgreSQL's sequences leave out numbers when it has crashed
        order = {one.id: number for number, one in enumerate(applications)}
        return {
            "states": [one.state for one in applications],
            "history": [[row.target for row in work.history(one.id)] for one in applications],
            "messages": [
                [message.digest for message in work.messages(one.id)] for one in applications
            ],
            "places": sorted((row.key, row.fate) for row in work.seen_rows()),
            "replies": [[row.kind for row in work.replies(one.id)] for one in applications],
            "statuses": {row.status for one in applications for row in work.replies(one.id)},
            "sent": sorted((order[row.application_id], row.kind) for row in world.sent),
            "rights": world.rights(),
        }


def played(url: str, *, at: int, within: bool, away: Callable[[], Any]) -> tuple[int, Any]:
    """Return how many transactions a life took, and its end."""
    database = Unsteady(url)
    database.at, database.within, database.away = at, within, away
    with closing(SqlStore(database)) as store:
        world = Office(store)
        live(world)
        taken, database.at = database.count, 0
        return taken, end(world)


@pytest.fixture
def away(
    store_url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Any]:
    """How the database goes: another program keeps the lock; the server stops as in a power cut."""
    if store_url.startswith("sqlite"):
        monkeypatch.setattr("mailbot.storage.engine.LOCK_WAIT_SECONDS", 0.02)
        return lambda: _locked(store_url.removeprefix("sqlite:///"))
    return lambda: _stopped(request.getfixturevalue("postgres"))


@contextmanager
def _locked(path: str) -> Iterator[None]:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:  # the lock is ours already: then the disk fails
            raise sa.exc.OperationalError("COMMIT", None, error) from error
        yield


@contextmanager
def _stopped(server: Any) -> Iterator[None]:
    server.stop(3)
    try:
        yield
    finally:
        server.start()


def fresh(url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give databases with nothing but the schema, one after another."""
    template = request.getfixturevalue("_migrated")
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    while True:
        if kind == "sqlite":
            path = url.removeprefix("sqlite:///")
            for suffix in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(path + suffix).unlink()
            shutil.copy(template(kind), path)
            yield url
            continue
        server = request.getfixturevalue("postgres")
        name = server.create(template(kind))
        yield server.url(name)
        server.drop(name)


@pytest.mark.parametrize(
    ("share", "within"),
    [
        pytest.param("some", True, id="before the commit of some"),
        pytest.param("every", False, marks=pytest.mark.slow, id="before every one begins"),
        pytest.param("every", True, marks=pytest.mark.slow, id="before the commit of every one"),
    ],
)
def test_an_outage_at_any_transaction_changes_no_end(
    share: str,
    within: bool,
    store_url: str,
    away: Callable[[], Any],
    request: pytest.FixtureRequest,
) -> None:
    urls = fresh(store_url, request)
    count, undisturbed = played(next(urls), at=0, within=False, away=away)
    assert [state.value for state in undisturbed["states"]] == ["completed", "completed"]
    step = max(1, count // SOME) if share == "some" else 1
    for at in range(1, count + 1, step):
        _, disturbed = played(next(urls), at=at, within=within, away=away)
        assert disturbed == undisturbed, at
    urls.close()
