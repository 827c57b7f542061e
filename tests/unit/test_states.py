"""The table of states: what it promises, and that the documentation shows it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from workflow.states import (
    ENDS,
    QUEUE,
    TRANSITIONS,
    WORK,
    Actor,
    Event,
    IllegalTransitionError,
    State,
    mermaid,
    step,
)

DOCS = Path(__file__).parents[2] / "docs" / "states.md"

# the contract's list, in its own form
CONTRACT = """
received → parsed, failed
parsed → accepted, awaiting_applicant, in_review
parsed → received
accepted → received
accepted → provisioning
provisioning → provisioned, in_review, failed
provisioned → completed, failed
awaiting_applicant → received, in_review, expired
in_review → accepted, awaiting_applicant, rejected, received, joined
awaiting_applicant → joined
failed → joined
failed → received, provisioning, provisioned, rejected
"""


def test_the_table_holds_the_contracts_steps_and_no_other() -> None:
    promised = set()
    for line in CONTRACT.strip().splitlines():
        source, targets = line.split(" → ")
        promised |= {(source, target) for target in targets.split(", ")}
    assert {(row.source.value, row.target.value) for row in TRANSITIONS} == promised


def test_rights_are_granted_only_on_the_way_through_accepted() -> None:
    into = {row.source for row in TRANSITIONS if row.target is State.PROVISIONING}
    assert into == {State.ACCEPTED, State.FAILED}  # failed: what was accepted is tried again
    granted = {row.source for row in TRANSITIONS if row.event is Event.GRANTED}
    assert granted == {State.PROVISIONING}


def test_an_ended_application_is_never_reopened() -> None:
    assert not [row for row in TRANSITIONS if row.source in ENDS]


def test_every_state_that_waits_for_somebody_is_somebodys() -> None:
    left = set(State) - ENDS - WORK - QUEUE
    assert left == {State.AWAITING_APPLICANT, State.PROVISIONED}


def test_only_operators_approve_reject_and_join() -> None:
    decisions = {Event.APPROVED, Event.REJECTED, Event.JOINED, Event.ASKED, Event.RETRIED}
    assert {row.actor for row in TRANSITIONS if row.event in decisions} == {Actor.OPERATOR}


def test_a_step_that_the_table_does_not_hold_raises() -> None:
    known = {(row.source, row.event) for row in TRANSITIONS}
    for source, event in product(State, Event):
        if (source, event) not in known:
            with pytest.raises(IllegalTransitionError):
                step(source, event)


def test_the_documentation_shows_the_table() -> None:
    assert mermaid() in DOCS.read_text(encoding="utf-8")
