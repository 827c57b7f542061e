"""Walks of any length through the table of transitions, taken in the store."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from mailbot.storage import SqlStore, open_store, upgrade
from workflow.application import Application, HistoryRow
from workflow.ports import StaleApplicationError
from workflow.states import (
    ENDS,
    TRANSITIONS,
    Actor,
    Event,
    IllegalTransitionError,
    State,
    Transition,
    is_possible,
    step,
)

NOW = dt.datetime(2024, 9, 2, tzinfo=dt.UTC)
RIGHTS = {State.PROVISIONING, State.PROVISIONED, State.COMPLETED}


def history_row(taken: Transition) -> HistoryRow:
    return HistoryRow(
        source=taken.source,
        target=taken.target,
        event=taken.event,
        actor=taken.actor,
        who=taken.actor.value,
        at=NOW,
    )


class Walk(RuleBasedStateMachine):
    """Applications that take steps; what is remembered here must be what is stored there."""

    template: Path
    applications = Bundle("applications")

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="mailbot-test-"))
        shutil.copy(self.template, self.directory / "walk.sqlite")
        self.store: SqlStore = open_store(f"sqlite:///{self.directory / 'walk.sqlite'}")
        self.expected: dict[int, list[HistoryRow]] = {}

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.directory)

    @rule(target=applications)
    def arrive(self) -> int:
        first = HistoryRow(
            source=None,
            target=State.RECEIVED,
            event=None,
            actor=Actor.APPLICANT,
            who="program",
            at=NOW,
        )
        with self.store.begin() as work:
            application_id = work.add_application(received_at=NOW, row=first)
        self.expected[application_id] = [first]
        return application_id

    @rule(application_id=applications, data=st.data())
    def take_a_step_of_the_table(self, application_id: int, data: st.DataObject) -> None:
        state = self.expected[application_id][-1].target
        possible = [taken for taken in TRANSITIONS if taken.source is state]
        assert bool(possible) is (state not in ENDS)
        if possible:
            self._take(application_id, data.draw(st.sampled_from(possible)))

    @rule(application_id=applications, event=st.sampled_from(Event))
    def ask_for_a_step_that_is_not_in_the_table(self, application_id: int, event: Event) -> None:
        state = self.expected[application_id][-1].target
        if is_possible(state, event):
            return
        with pytest.raises(IllegalTransitionError):
            step(state, event)
        for target in State:  # nor does the store take it from one who did not ask
            forged = Transition(state, event, target, Actor.OPERATOR)
            with pytest.raises(IllegalTransitionError):
                self._save(application_id, forged)

    @rule(application_id=applications, state=st.sampled_from(State))
    def change_the_state_without_a_word(self, application_id: int, state: State) -> None:
        application = self._stored(application_id)
        if state is application.state:
            return
        with pytest.raises(ValueError, match="history"), self.store.begin() as work:
            work.save(replace(application, state=state))

    @rule(application_id=applications)
    def conclude_from_an_older_version(self, application_id: int) -> None:
        application = self._stored(application_id)
        late = replace(application, version=application.version - 1, faults=99)
        with pytest.raises(StaleApplicationError), self.store.begin() as work:
            work.save(late)

    @invariant()
    def the_history_is_complete_and_contiguous(self) -> None:
        with self.store.begin() as work:
            for application_id, expected in self.expected.items():
                history = work.history(application_id)
                assert list(history) == expected
                application = work.application(application_id)
                assert application is not None
                assert application.state is history[-1].target
                for before, after in pairwise(history):
                    assert before.target is after.source

    @invariant()
    def rights_are_granted_on_the_way_through_accepted_alone(self) -> None:
        for rows in self.expected.values():
            accepted = False
            for row in rows:
                # new papers, read anew, need a new decision
                accepted = row.target is State.ACCEPTED or (
                    accepted and row.target is not State.RECEIVED
                )
                assert accepted or row.target not in RIGHTS

    def _take(self, application_id: int, taken: Transition) -> None:
        rows = self.expected[application_id]
        fell = next((row.event for row in reversed(rows) if row.target is State.FAILED), None)
        back = {
            Event.PROVISIONING_RETRIED: Event.PROVISIONING_FAILED,
            Event.DELIVERY_RETRIED: Event.WELCOME_UNDELIVERABLE,
        }
        if taken.event in back and fell is not back[taken.event]:
            with pytest.raises(IllegalTransitionError):
                self._save(application_id, taken)
            return
        saved = self._save(application_id, taken)
        assert saved == self._stored(application_id)
        rows.append(history_row(taken))

    def _save(self, application_id: int, taken: Transition) -> Application:
        application = self._stored(application_id)
        with self.store.begin() as work:
            return work.save(replace(application, state=taken.target), [history_row(taken)])

    def _stored(self, application_id: int) -> Application:
        with self.store.begin() as work:
            application = work.application(application_id)
        assert application is not None
        return application


def test_every_walk_keeps_to_the_table(tmp_path: Path) -> None:
    path = tmp_path / "template.sqlite"
    upgrade(f"sqlite:///{path}")
    Walk.template = path
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Walk,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
