"""What the store knows of organizations, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mailbot.storage import SqlStore, SqlWork
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
from workflow.findings import Verdict
from workflow.states import Actor, Event, State, step

NOW = dt.datetime(2024, 9, 2, 12, 30, 15, 123456, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


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


def with_inn(work: SqlWork, application_id: int, inn: str) -> None:
    work.save(replace(got(work, application_id), agreed=Agreed(inn=inn)))


def test_earlier_open_applications_for_the_same_inn_are_known(store: SqlStore) -> None:
    with store.begin() as work:
        ids = [opened(work) for _ in range(4)]
        for application_id in ids[:3]:
            with_inn(work, application_id, "7707083893")
        moved(work, ids[0], Event.READ, Event.FOUND_DOUBTFUL, Event.REJECTED)
        with_inn(work, ids[3], "5003052454")

        def found(application_id: int, inn: str | None = "7707083893") -> tuple[int, ...]:
            known = work.known(got(work, application_id), inn=inn, phone=None)
            return known.open_applications

        assert found(ids[1]) == ()
        assert found(ids[2]) == (ids[1],)
        assert found(ids[3]) == (ids[1], ids[2])
        assert found(ids[3], None) == ()


def test_an_application_that_was_found_the_first_counts_whatever_its_number(
    store: SqlStore,
) -> None:
    with store.begin() as work:
        slow, quick = opened(work), opened(work)
        with_inn(work, quick, "7707083893")
        known = work.known(got(work, slow), inn="7707083893", phone=None)
        assert known.open_applications == ()
        moved(work, quick, Event.READ, Event.FOUND_GOOD)
        known = work.known(got(work, slow), inn="7707083893", phone=None)
        assert known.open_applications == (quick,)


def test_two_applications_for_one_organization_are_never_both_the_first(store: SqlStore) -> None:
    with store.begin() as work:
        ids = [opened(work), opened(work)]
        for application_id in ids:
            moved(work, application_id, Event.READ)
    both = threading.Barrier(2)

    def decide(application_id: int) -> bool:
        both.wait()
        with store.begin() as work:
            application = got(work, application_id)
            first = not work.known(application, inn="7707083893", phone=None).open_applications
            event = Event.FOUND_GOOD if first else Event.FOUND_DOUBTFUL
            taken = row(State.PARSED, event)
            agreed = replace(application, agreed=Agreed(inn="7707083893"), state=taken.target)
            work.save(agreed, [taken])
        return first

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, ids)) == [False, True]


@pytest.mark.parametrize(
    ("change", "inn"),
    [
        (lambda a: replace(a, agreed=Agreed(inn="1111111117")), "1111111117"),
        (lambda a: a, "7707083893"),
        (
            lambda a: replace(a, assessment=replace(a.assessment, questionnaire=None)),
            "5003052454",
        ),
    ],
    ids=["agreed", "questionnaire", "letter"],
)
def test_an_application_is_found_by_the_inn_that_its_papers_name(
    store: SqlStore,
    change: Callable[[Application], Application],
    inn: str,
) -> None:
    letter, form = papers()
    with store.begin() as work:
        application = got(work, opened(work))
        assessed = replace(
            application,
            assessment=Assessment(
                verdict=Verdict.ASK,
                letter=letter,
                questionnaire=form,
            ),
        )
        work.save(change(assessed))
        later = got(work, opened(work))
        known = work.known(later, inn=inn, phone=None)
    assert known.open_applications == (application.id,)
