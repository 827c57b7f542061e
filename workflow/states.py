"""The states of an application and every step between them; what is not here is forbidden.

The table says also who may take a step, so that `step` is the authorization as well.
Rights are granted on the way through `accepted` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple


class State(StrEnum):
    """Where an application stands."""

    RECEIVED = "received"  # its messages are stored and wait to be read
    PARSED = "parsed"  # read, and the verdict is known
    ACCEPTED = "accepted"  # the program or an operator has decided to grant the rights
    PROVISIONING = "provisioning"  # the target is being asked
    PROVISIONED = "provisioned"  # the rights are granted, the welcome is on its way
    COMPLETED = "completed"  # the welcome is handed over
    AWAITING_APPLICANT = "awaiting_applicant"  # the school was asked
    IN_REVIEW = "in_review"  # before an operator
    REJECTED = "rejected"
    EXPIRED = "expired"
    JOINED = "joined"  # its messages were given to another application
    FAILED = "failed"  # the program could not go on, before an operator


class Actor(StrEnum):
    """Who takes a step."""

    PROGRAM = "program"
    OPERATOR = "operator"
    APPLICANT = "applicant"


class Event(StrEnum):
    """What happened."""

    READ = "read"
    READING_FAILED = "reading_failed"
    FOUND_GOOD = "found_good"
    FOUND_INCOMPLETE = "found_incomplete"
    FOUND_DOUBTFUL = "found_doubtful"
    PAPERS_CAME = "papers_came"
    PROVISIONING_BEGAN = "provisioning_began"
    GRANTED = "granted"
    TAKEN_BY_ANOTHER = "taken_by_another"
    PROVISIONING_FAILED = "provisioning_failed"
    WELCOME_DELIVERED = "welcome_delivered"
    WELCOME_UNDELIVERABLE = "welcome_undeliverable"
    DOUBT_AROSE = "doubt_arose"
    SILENCE = "silence"
    APPROVED = "approved"
    ASKED = "asked"
    REJECTED = "rejected"
    JOINED = "joined"
    RETRIED = "retried"
    PROVISIONING_RETRIED = "provisioning_retried"
    DELIVERY_RETRIED = "delivery_retried"


class Transition(NamedTuple):
    """One permitted step."""

    source: State
    event: Event
    target: State
    actor: Actor


_S, _E, _A = State, Event, Actor

TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(_S.RECEIVED, _E.READ, _S.PARSED, _A.PROGRAM),
    Transition(_S.RECEIVED, _E.READING_FAILED, _S.FAILED, _A.PROGRAM),
    Transition(_S.PARSED, _E.FOUND_GOOD, _S.ACCEPTED, _A.PROGRAM),
    Transition(_S.PARSED, _E.FOUND_INCOMPLETE, _S.AWAITING_APPLICANT, _A.PROGRAM),
    Transition(_S.PARSED, _E.FOUND_DOUBTFUL, _S.IN_REVIEW, _A.PROGRAM),
    Transition(_S.PARSED, _E.PAPERS_CAME, _S.RECEIVED, _A.APPLICANT),
    Transition(_S.ACCEPTED, _E.PAPERS_CAME, _S.RECEIVED, _A.APPLICANT),
    Transition(_S.ACCEPTED, _E.PROVISIONING_BEGAN, _S.PROVISIONING, _A.PROGRAM),
    Transition(_S.PROVISIONING, _E.GRANTED, _S.PROVISIONED, _A.PROGRAM),
    Transition(_S.PROVISIONING, _E.TAKEN_BY_ANOTHER, _S.IN_REVIEW, _A.PROGRAM),
    Transition(_S.PROVISIONING, _E.PROVISIONING_FAILED, _S.FAILED, _A.PROGRAM),
    Transition(_S.PROVISIONED, _E.WELCOME_DELIVERED, _S.COMPLETED, _A.PROGRAM),
    Transition(_S.PROVISIONED, _E.WELCOME_UNDELIVERABLE, _S.FAILED, _A.PROGRAM),
    Transition(_S.AWAITING_APPLICANT, _E.PAPERS_CAME, _S.RECEIVED, _A.APPLICANT),
    Transition(_S.AWAITING_APPLICANT, _E.DOUBT_AROSE, _S.IN_REVIEW, _A.PROGRAM),
    Transition(_S.AWAITING_APPLICANT, _E.SILENCE, _S.EXPIRED, _A.PROGRAM),
    Transition(_S.AWAITING_APPLICANT, _E.JOINED, _S.JOINED, _A.OPERATOR),
    Transition(_S.IN_REVIEW, _E.APPROVED, _S.ACCEPTED, _A.OPERATOR),
    Transition(_S.IN_REVIEW, _E.ASKED, _S.AWAITING_APPLICANT, _A.OPERATOR),
    Transition(_S.IN_REVIEW, _E.REJECTED, _S.REJECTED, _A.OPERATOR),
    Transition(_S.IN_REVIEW, _E.PAPERS_CAME, _S.RECEIVED, _A.APPLICANT),
    Transition(_S.IN_REVIEW, _E.RETRIED, _S.RECEIVED, _A.OPERATOR),
    Transition(_S.IN_REVIEW, _E.JOINED, _S.JOINED, _A.OPERATOR),
    Transition(_S.FAILED, _E.RETRIED, _S.RECEIVED, _A.OPERATOR),
    Transition(_S.FAILED, _E.PROVISIONING_RETRIED, _S.PROVISIONING, _A.OPERATOR),
    Transition(_S.FAILED, _E.DELIVERY_RETRIED, _S.PROVISIONED, _A.OPERATOR),
    Transition(_S.FAILED, _E.PAPERS_CAME, _S.RECEIVED, _A.APPLICANT),
    Transition(_S.FAILED, _E.REJECTED, _S.REJECTED, _A.OPERATOR),
    Transition(_S.FAILED, _E.JOINED, _S.JOINED, _A.OPERATOR),
)

ENDS: Final = frozenset({State.COMPLETED, State.REJECTED, State.EXPIRED, State.JOINED})
"""An application in one of these is never reopened."""

QUEUE: Final = frozenset({State.IN_REVIEW, State.FAILED})
"""What operators see in their queue."""

WORK: Final = frozenset({State.RECEIVED, State.PARSED, State.ACCEPTED, State.PROVISIONING})
"""What the program can advance by itself; `provisioned` moves when its welcome is delivered."""


class IllegalTransitionError(Exception):
    """A step that the table does not hold was asked for; nothing has changed."""

    def __init__(self, source: State, event: Event) -> None:
        """Name the state and the event that do not go together."""
        super().__init__(f"в состоянии «{source}» событие «{event}» невозможно")
        self.source, self.event = source, event


_STEPS: Final = {(row.source, row.event): row for row in TRANSITIONS}


def step(source: State, event: Event) -> Transition:
    """Return the one step that `event` leads to from `source`.

    Raises `IllegalTransitionError` where the table has none.
    """
    try:
        return _STEPS[source, event]
    except KeyError:
        raise IllegalTransitionError(source, event) from None


def is_possible(source: State, event: Event) -> bool:
    """Whether the table holds a step for `event` from `source`."""
    return (source, event) in _STEPS


def mermaid() -> str:
    """Draw the table as a Mermaid state diagram; docs/states.md holds this very text."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.RECEIVED}"]
    lines += [
        f"    {row.source} --> {row.target}: {row.event} ({row.actor})" for row in TRANSITIONS
    ]
    lines += [f"    {state} --> [*]" for state in State if state in ENDS]
    return "\n".join(lines) + "\n"


def _validate(rows: Iterable[Transition]) -> None:
    """Refuse a table that contradicts itself: at import, so that no process runs with one."""
    rows = tuple(rows)
    if len({(row.source, row.event) for row in rows}) != len(rows):
        raise ValueError("a state and an event lead to two targets")
    if any(row.source in ENDS for row in rows):
        raise ValueError("a step leaves an end")
    reachable = {State.RECEIVED} | {row.target for row in rows}
    if reachable != set(State):
        raise ValueError(f"unreachable: {set(State) - reachable}")


_validate(TRANSITIONS)
