"""The store, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from mailbot.storage import SqlStore, SqlWork, open_store
from mailbot.storage.rows import PAGE_ROWS
from parsers.facts import (
    Evidence,
    Field,
    Found,
    How,
    Letter,
    Questionnaire,
)
from parsers.facts import Source as TextSource
from workflow.application import (
    Agreed,
    Application,
    Assessment,
    HistoryRow,
)
from workflow.findings import Code, Verdict, finding
from workflow.ports import StaleApplicationError
from workflow.states import Actor, Event, IllegalTransitionError, State, step

NOW = dt.datetime(2024, 9, 2, 12, 30, 15, 123456, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

KILLED = """
import datetime as dt, os, sys
from mailbot.storage import open_store
from workflow.application import HistoryRow
from workflow.states import Actor, State
now = dt.datetime.now(dt.UTC)
row = HistoryRow(source=None, target=State.RECEIVED, event=None, actor=Actor.PROGRAM, who="p", at=now)
with open_store(sys.argv[1]).begin() as work:
    work.add_application(received_at=now, row=row)
    work.set_switch("x", "y")
    os.kill(os.getpid(), 9)
"""


def row(source: State | None, event: Event | None, target: State | None = None) -> HistoryRow:
    if source is None:
        target, actor = State.RECEIVED, Actor.APPLICANT
    elif event is None:
        target, actor = target or source, Actor.OPERATOR
    else:
        taken = step(source, event)
        target, actor = target or taken.target, taken.actor
    return HistoryRow(
        source=source, target=target, event=event, actor=actor, who="program", at=NOW, why="так"
    )


def opened(work: SqlWork) -> int:
    return work.add_application(received_at=NOW, row=row(None, None))


def moved(work: SqlWork, application_id: int, *events: Event) -> Application:
    application = got(work, application_id)
    rows = []
    for event in events:
        rows.append(row(application.state, event))
        application = replace(application, state=rows[-1].target)
    return work.save(application, rows)


def got(work: SqlWork, application_id: int) -> Application:
    application = work.application(application_id)
    assert application is not None
    return application


def papers() -> tuple[Letter, Questionnaire]:
    place = Evidence(document="п.pdf", raw="\x00 7707083893", how=How.OCR, box=(1, 2.5, 3, 4))
    letter = Letter(
        attachment="п.pdf",
        page=1,
        source=TextSource.OCR,
        date=Found(dt.date(2024, 9, 1), (place,)),
        inn=Found("5003052454"),
    )
    form = Questionnaire(attachment="а.xlsx", fields={Field.INN: Found("7707083893", (place,))})
    return letter, form


def test_an_application_comes_back_as_it_was_saved(store: SqlStore) -> None:
    letter, form = papers()
    with store.begin() as work:
        first = opened(work)
        application = got(work, opened(work))
        full = replace(
            application,
            state=State.PARSED,
            assessment=Assessment(
                verdict=Verdict.REVIEW,
                findings=(finding(Code.LOW_CONFIDENCE),),
                letter=letter,
                questionnaire=form,
            ),
            findings=(finding(Code.PHONE_MISMATCH, message="Номера разные."),),
            agreed=Agreed(full_name="Иванова Мария Петровна", phone="+79161234567"),
            corrections={"administrator.phone": "+79161234567"},
            linked_to=first,
            due_at=NOW + HOUR,
            faults=1,
            attempts=2,
            settled=True,
            asked="letter_missing",
            asked_times=3,
        )
        saved = work.save(full, [row(State.RECEIVED, Event.READ)])
    assert saved == replace(full, version=full.version + 1)
    with store.begin() as work:
        assert work.application(saved.id) == saved
        assert work.application(999) is None


def test_moments_come_back_aware_and_in_utc_whatever_zone_they_had(store: SqlStore) -> None:
    moscow = dt.timezone(dt.timedelta(hours=3))
    with store.begin() as work:
        application_id = work.add_application(
            received_at=NOW.astimezone(moscow), row=row(None, None)
        )
    with store.begin() as work:
        received_at = got(work, application_id).received_at
    assert received_at == NOW
    assert received_at.utcoffset() == dt.timedelta(0)


def test_a_moment_without_a_zone_is_refused(store: SqlStore) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"), store.begin() as work:
        work.add_application(received_at=NOW.replace(tzinfo=None), row=row(None, None))


def test_a_result_for_another_version_is_dropped_whole(store: SqlStore) -> None:
    with store.begin() as work:
        application = got(work, opened(work))
    with store.begin() as work:
        moved(work, application.id, Event.READ)

    def conclude_from_the_old_version() -> None:
        failed = replace(application, state=State.FAILED)
        with store.begin() as work:
            work.set_switch("x", "y")
            work.save(failed, [row(State.RECEIVED, Event.READING_FAILED)])

    with pytest.raises(StaleApplicationError):
        conclude_from_the_old_version()
    with store.begin() as work:
        assert work.switch("x") is None
        assert [one.target for one in work.history(application.id)] == [
            State.RECEIVED,
            State.PARSED,
        ]


def test_a_stale_result_is_dropped_even_if_the_error_is_swallowed(store: SqlStore) -> None:
    with store.begin() as work:
        stale = replace(got(work, opened(work)), version=7)

    def swallow(work: SqlWork) -> None:
        work.set_switch("x", "y")
        with pytest.raises(StaleApplicationError):
            work.save(stale)

    with pytest.raises(StaleApplicationError), store.begin() as work:
        swallow(work)
    with store.begin() as work:
        assert work.switch("x") is None


def test_of_two_threads_that_save_the_same_version_one_wins(store: SqlStore) -> None:
    with store.begin() as work:
        application = got(work, opened(work))
    both = threading.Barrier(2)

    def save(event: Event) -> bool:
        both.wait()
        taken = row(State.RECEIVED, event)
        try:
            with store.begin() as work:
                work.save(replace(application, state=taken.target), [taken])
        except StaleApplicationError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(save, [Event.READ, Event.READING_FAILED]))
    assert sorted(won) == [False, True]
    with store.begin() as work:
        assert len(work.history(application.id)) == 2
        assert got(work, application.id).version == application.version + 1


def test_a_step_that_the_table_does_not_hold_changes_nothing(store: SqlStore) -> None:
    with store.begin() as work:
        application = got(work, opened(work))
    forbidden = replace(row(State.RECEIVED, Event.READ), event=Event.APPROVED)
    with pytest.raises(IllegalTransitionError), store.begin() as work:
        work.save(replace(application, state=State.PARSED), [forbidden])
    with store.begin() as work:
        assert work.application(application.id) == application


@pytest.mark.parametrize(
    ("target", "rows"),
    [
        (State.PARSED, []),
        (State.ACCEPTED, [row(State.RECEIVED, Event.READ)]),
        (State.ACCEPTED, [row(State.PARSED, Event.FOUND_GOOD)]),
        (State.PARSED, [row(State.RECEIVED, None, State.PARSED)]),
        (
            State.AWAITING_APPLICANT,
            [row(State.RECEIVED, Event.READ), row(State.IN_REVIEW, Event.ASKED)],
        ),
    ],
)
def test_a_change_of_state_that_its_history_does_not_tell_is_refused(
    store: SqlStore, target: State, rows: list[HistoryRow]
) -> None:
    with store.begin() as work:
        application = got(work, opened(work))
    with pytest.raises(ValueError, match=r"history|leads"), store.begin() as work:
        work.save(replace(application, state=target), rows)
    with store.begin() as work:
        assert work.application(application.id) == application


def test_a_decision_that_changes_no_state_is_history_too(store: SqlStore) -> None:
    with store.begin() as work:
        application_id = opened(work)
        moved(work, application_id, Event.READ, Event.FOUND_DOUBTFUL)
        noted = replace(row(State.IN_REVIEW, None), note="первый из двух")
        work.save(got(work, application_id), [noted])
        assert work.history(application_id)[-1] == noted


def test_a_block_that_raises_leaves_nothing(store: SqlStore) -> None:
    def fail() -> None:
        with store.begin() as work:
            opened(work)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        fail()
    with store.begin() as work:
        assert list(work.applications()) == []


def test_a_process_killed_in_a_transaction_leaves_nothing_and_holds_up_nobody(
    store: SqlStore, store_url: str
) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, store_url], check=False)
    assert ended.returncode == -9
    with store.begin() as work:
        assert list(work.applications()) == []
        assert work.switch("x") is None
        opened(work)


def test_ids_are_never_given_twice(store: SqlStore) -> None:
    with store.begin() as work:
        first = opened(work)
    with store.database.transaction() as connection:
        connection.execute(sa.text("DELETE FROM history"))
        connection.execute(sa.text("DELETE FROM application"))
    with store.begin() as work:
        assert opened(work) > first


def test_a_reference_to_an_application_that_is_not_there_is_refused(store: SqlStore) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.begin() as work:
        work.add_application(received_at=NOW, row=row(None, None), linked_to=999)


def test_long_listings_come_in_order_and_survive_changes_meanwhile(store: SqlStore) -> None:
    with store.begin() as work:
        ids = [opened(work) for _ in range(2 * PAGE_ROWS + 1)]
        read = []
        for application in work.applications([State.RECEIVED]):
            read.append(application.id)
            moved(work, application.id, Event.READ)
        assert read == ids
        assert [one.id for one in work.applications()] == ids
        assert list(work.applications([State.RECEIVED])) == []


def test_due_applications_are_those_whose_time_has_come(store: SqlStore) -> None:
    with store.begin() as work:
        ids = [opened(work) for _ in range(4)]
        work.save(replace(got(work, ids[1]), due_at=NOW))
        work.save(replace(got(work, ids[2]), due_at=NOW + HOUR))
        moved(work, ids[3], Event.READ)
        assert work.due_applications([State.RECEIVED], now=NOW, limit=9) == ids[:2]
        assert work.due_applications([State.RECEIVED], now=NOW, limit=1) == ids[:1]
        assert work.due_applications([State.PARSED], now=NOW, limit=9) == [ids[3]]
        assert work.due_applications([], now=NOW, limit=9) == []


def test_every_state_is_counted(store: SqlStore) -> None:
    with store.begin() as work:
        opened(work)
        moved(work, opened(work), Event.READ)
        counts = work.counts()
    assert set(counts) == set(State)
    assert counts[State.RECEIVED] == counts[State.PARSED] == 1
    assert sum(counts.values()) == 2


def test_looking_sees_one_state_and_holds_up_nobody(store: SqlStore) -> None:
    with store.begin() as work:
        opened(work)
    with store.begin(write=False) as looking:
        pages = looking.applications()
        first = next(pages)
        with store.begin() as work:
            moved(work, first.id, Event.READ)
            opened(work)
        assert looking.application(first.id) == first
        assert sum(looking.counts().values()) == 1
    with store.begin(write=False) as looking:
        assert sum(looking.counts().values()) == 2


def test_nothing_can_be_written_while_looking(store: SqlStore) -> None:
    from workflow.ports import ServiceUnavailableError

    with pytest.raises(ServiceUnavailableError), store.begin(write=False) as looking:
        looking.set_switch("x", "y")
    with store.begin() as work:
        assert work.switch("x") is None
        work.set_switch("x", "y")


def test_threads_may_share_the_store(store: SqlStore) -> None:
    def work_on(number: int) -> int:
        with store.begin() as work:
            application_id = opened(work)
        with store.begin() as work:
            moved(work, application_id, Event.READ)
        return application_id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(work_on, range(40)))
    assert len(set(ids)) == 40
    with store.begin() as work:
        assert work.counts()[State.PARSED] == 40


@pytest.mark.parametrize(
    "url",
    ["", "что-то", "mysql://u@h/d", "sqlite://", "sqlite:///:memory:", "sqlite:///a?mode=ro"],
)
def test_a_url_that_is_no_database_of_ours_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match=r"[а-я]"):
        open_store(url)
