"""What the screen shows and does, without the screen: the queue, one card, one decision.

Each call opens the store for itself, so that it can run in any thread and an outage ends with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rich.console import Group

from config.settings import Settings
from mailbot import documents
from mailbot.app import build, store_of, utc_now
from mailbot.card import card_of
from mailbot.screen import local, safe
from workflow import decisions
from workflow.application import Application, View
from workflow.decisions import Operator
from workflow.states import QUEUE
from workflow.wording import STATES


class Decision(StrEnum):
    """What an operator can decide."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK = "ask"
    RETRY = "retry"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Line:
    """One application of the queue, as the list shows it; the texts are harmless markup."""

    number: int
    version: int
    cells: tuple[str, str, str, str]  # state, arrival, reasons, organization


@dataclass(frozen=True, slots=True)
class Card:
    """One application in full, in the version that was read."""

    application: Application
    shown: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A decision that an operator has filled in."""

    decision: Decision
    text: str | None = None  # for the school, word for word
    note: str | None = None  # for operators
    values: Mapping[str, str] = field(default_factory=dict)  # of an approval, as `--set`
    other: int | None = None  # who gets the messages


class ReviewDesk:
    """The queue for one operator. Every method raises `ServiceUnavailableError` in an outage."""

    def __init__(self, settings: Settings, operator: str) -> None:
        self._settings = settings
        self.operator = operator

    def queue(self) -> list[Line]:
        """Return what waits for operators, oldest first."""
        store = store_of(self._settings)
        try:
            with store.begin(write=False) as work:
                return [
                    _line(one, documents.application(one, work.messages(one.id)))
                    for one in work.applications(tuple(QUEUE))
                ]
        finally:
            store.close()

    def card(self, number: int) -> Card | None:
        """Return one application in full, None where there is none. Who looked is written down."""
        store = store_of(self._settings)
        try:
            with store.begin() as work:
                one = work.application(number)
                if one is None:
                    return None
                work.add_view(
                    View(at=utc_now(), who=self.operator, what="review", application_id=number)
                )
                parts = card_of(
                    one,
                    messages=work.messages(number),
                    history=work.history(number),
                    replies=work.replies(number),
                )
                return Card(one, Group(*parts))
        finally:
            store.close()

    def decide(self, number: int, order: Order, *, seen_version: int) -> Application:
        """Carry a decision out, if the case is still the one that the operator saw.

        Raises `DecisionRefusedError`, `IllegalTransitionError`, `StaleApplicationError`.
        """
        who = Operator(self.operator, order.note, seen_version)
        with build(self._settings) as app:
            match order.decision:
                case Decision.APPROVE:
                    return decisions.approve(app.desk, number, operator=who, values=order.values)
                case Decision.REJECT:
                    return decisions.reject(app.desk, number, operator=who, text=order.text)
                case Decision.ASK:
                    return decisions.ask(app.desk, number, operator=who, text=order.text)
                case Decision.RETRY:
                    return decisions.retry(app.desk, number, operator=who)
                case Decision.JOIN:
                    return decisions.join(app.desk, number, order.other or 0, operator=who)


def _line(one: Application, document: documents.Json) -> Line:
    school = document["organization"]["name"] or document["sender"]
    reasons = ", ".join(documents.reasons(one))
    cells = (STATES[one.state], local(one.received_at), reasons, safe(school))
    return Line(one.id, one.version, cells)
