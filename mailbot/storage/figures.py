"""What can be counted of everything that is stored, in a few statements however much that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from mailbot.storage.tables import application, history, message, outbox, seen
from workflow.application import Fate, ReplyStatus
from workflow.findings import Verdict
from workflow.states import QUEUE, WORK, Event, State

_VERDICTS: Final = {
    Event.FOUND_GOOD: Verdict.ACCEPT,
    Event.FOUND_INCOMPLETE: Verdict.ASK,
    Event.FOUND_DOUBTFUL: Verdict.REVIEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts and the oldest of what waits; None where nothing does."""

    states: Mapping[State, int]
    verdicts: Mapping[Verdict, int]  # that were ever reached; one application may have many
    fates: Mapping[Fate, int]
    replies: Mapping[ReplyStatus, int]
    queued_since: dt.datetime | None  # the application that waits longest for an operator
    unread_since: dt.datetime | None  # the message that was taken first of those without a place
    standing_since: dt.datetime | None  # the application that the program should have advanced
    unsent_since: dt.datetime | None  # the reply that is due longest


def figures(connection: sa.Connection) -> Figures:
    """Count everything in the database of `connection`."""
    events = _counted(connection, history.c.event, history.c.event.in_(_VERDICTS))
    return Figures(
        states=_every(State, _counted(connection, application.c.state)),
        verdicts={verdict: events.get(event, 0) for event, verdict in _VERDICTS.items()},
        fates=_every(Fate, _counted(connection, seen.c.fate)),
        replies=_every(ReplyStatus, _counted(connection, outbox.c.status)),
        queued_since=_oldest_change(connection, tuple(QUEUE)),
        unread_since=_least(
            connection,
            message.c.received_at,
            message.c.application_id.is_(None),
            message.c.purged_at.is_(None),
        ),
        standing_since=_oldest_change(connection, tuple(WORK)),
        unsent_since=_least(
            connection,
            outbox.c.due_at,
            outbox.c.status.in_((ReplyStatus.PENDING, ReplyStatus.SENDING)),
        ),
    )


def newest_change(connection: sa.Connection) -> int:
    """Return where the history of all applications ends, for `put_before_operators`."""
    return connection.scalar(sa.select(sa.func.max(history.c.id))) or 0


def put_before_operators(connection: sa.Connection, *, after: int) -> int:
    """Count the applications that the program has put before operators since a `newest_change`."""
    queue = tuple(QUEUE)
    statement = sa.select(sa.func.count(history.c.application_id.distinct())).where(
        history.c.id > after,
        history.c.target.in_(queue),
        history.c.source.is_(None) | history.c.source.not_in(queue),
    )
    return connection.execute(statement).scalar_one()


def _every(kind: Any, counted: Mapping[Any, int]) -> dict[Any, int]:
    return {one: counted.get(one, 0) for one in kind}


def _counted(
    connection: sa.Connection, column: sa.Column[Any], *where: sa.ColumnElement[bool]
) -> dict[Any, int]:
    statement = sa.select(column, sa.func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(statement)}


def _least(
    connection: sa.Connection, column: sa.Column[Any], *where: sa.ColumnElement[bool]
) -> dt.datetime | None:
    least: dt.datetime | None = connection.scalar(sa.select(sa.func.min(column)).where(*where))
    return least


def _oldest_change(connection: sa.Connection, states: tuple[State, ...]) -> dt.datetime | None:
    """Return since when the application stands still that has stood longest in one of `states`."""
    last = (
        sa.select(sa.func.max(history.c.at).label("at"))
        .join(application, application.c.id == history.c.application_id)
        .where(application.c.state.in_(states))
        .group_by(history.c.application_id)
        .subquery()
    )
    oldest: dt.datetime | None = connection.scalar(sa.select(sa.func.min(last.c.at)))
    return oldest
