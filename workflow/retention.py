"""How long persons are remembered: what an application holds of them is deleted a while after its end.

Number, states and times stay, so do the digests of its messages, by which the same bytes are known
again, and a row of the act of deletion. An application that has not ended is never touched. Bytes go
before rows: what is interrupted in between is done once more by the next purge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workflow.application import Agreed, Application, Assessment, Deletion, Traces
from workflow.findings import CATALOGUE, Finding
from workflow.ports import Blobs, Store, Work
from workflow.states import State

_BATCH: Final = 500

Progress = Callable[[int], None]
"""Told how many things have been deleted so far."""

Withdraw = Callable[[Sequence[str]], None]
"""Removes our own mails with these keys from where they were laid, if they still lie there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """How long what is kept; what is missing is kept for ever."""

    ends: Mapping[State, dt.timedelta]  # after the end of an application
    ignored: dt.timedelta | None  # after the arrival of a message that was left alone

    @property
    def longest(self) -> dt.timedelta | None:
        """The longest time for which anything is kept, None where something is for ever."""
        everything = {State.COMPLETED, State.REJECTED, State.EXPIRED, State.JOINED}
        return max(self.ends.values()) if everything <= set(self.ends) else None


def overdue(
    periods: Periods, *, store: Store, now: dt.datetime, who: str
) -> Iterator[tuple[Deletion, Traces]]:
    """Return the applications whose time is over, and what they hold; nothing is deleted."""
    for state, period in periods.ends.items():
        last = 0
        while True:
            with store.begin(write=False) as work:
                ids = work.ended(state, before=now - period, after=last, limit=_BATCH)
                held = {id_: work.traces(id_) for id_ in ids}
            for id_, traces in held.items():
                yield _act(id_, state, traces, at=now, who=who), traces
            if not ids:
                break
            last = ids[-1]


def count_ignored(periods: Periods, *, store: Store, now: dt.datetime) -> int:
    """Count the places left alone that would be stripped of who wrote and about what."""
    if periods.ignored is None:
        return 0
    with store.begin(write=False) as work:
        return len(work.named_ignored(before=now - periods.ignored, limit=1_000_000))


def purge(
    periods: Periods,
    *,
    store: Store,
    blobs: Blobs,
    pictures: Blobs,
    now: dt.datetime,
    who: str,
    withdraw: Withdraw = lambda keys: None,
    progress: Progress = lambda count: None,
) -> tuple[Deletion, ...]:
    """Delete what is overdue; returns the rows of the act. Raises `ServiceUnavailableError`.

    `blobs` keeps the messages, `pictures` the cut-outs of their papers, `withdraw` reaches our replies.
    """
    done: list[Deletion] = []
    for act, traces in overdue(periods, store=store, now=now, who=who):
        for digest in traces.digests:
            blobs.delete(digest)
        with store.begin(write=False) as work:
            shown = _pictures(work, act.application_id or 0)
            sent = [row.key for row in work.replies(act.application_id or 0)]
        withdraw(sent)
        for digest in shown:
            pictures.delete(digest)
        with store.begin() as work:
            application = work.application(act.application_id or 0)
            if application is None:
                continue
            held = work.traces(application.id)
            work.forget(forgotten(application), at=now)
            done.append(_act(application.id, application.state, held, at=now, who=who))
            work.add_deletion(done[-1])
        for digest in set(held.digests) - set(traces.digests):  # of mail that has come meanwhile
            blobs.delete(digest)
        progress(len(done))
    if periods.ignored is not None:
        done += _forget_ignored(periods.ignored, store=store, now=now, who=who)
    if (longest := periods.longest) is not None:
        with store.begin() as work:
            work.forget_viewers(before=now - longest)
    return tuple(done)


def _pictures(work: Work, application_id: int) -> list[str]:
    """Return the digests of the cut-outs that the readings of an application refer to."""
    readings = [one.reading for one in work.messages(application_id) if one.reading]
    cutouts = [letter.name_cutout for reading in readings for letter in reading.letters]
    return [cutout.digest for cutout in cutouts if cutout and cutout.digest]


def forgotten(application: Application) -> Application:
    """Return what remains of an application: what became of it and why, and which organization it was.

    The organization only where it was registered: there the registry holds it anyway.
    """
    kept = application.agreed if application.state is State.COMPLETED else Agreed()
    assessment = application.assessment
    findings = tuple(
        Finding(one.code, one.severity, CATALOGUE[one.code][1]) for one in application.findings
    )
    return replace(
        application,
        assessment=Assessment(verdict=assessment.verdict) if assessment else None,
        findings=findings,
        agreed=Agreed(inn=kept.inn, organization_name=kept.organization_name),
        corrections={},
    )


def _forget_ignored(
    period: dt.timedelta, *, store: Store, now: dt.datetime, who: str
) -> list[Deletion]:
    places = 0
    while True:
        with store.begin() as work:
            ids = work.named_ignored(before=now - period, limit=_BATCH)
            work.forget_places(ids)
            places += len(ids)
            if ids:
                continue
            if not places:
                return []
            act = Deletion(at=now, who=who, application_id=None, places=places)
            work.add_deletion(act)
            return [act]


def _act(
    application_id: int, state: State, traces: Traces, *, at: dt.datetime, who: str
) -> Deletion:
    return Deletion(
        at=at,
        who=who,
        application_id=application_id,
        state=state,
        ended_at=traces.ended_at,
        messages=len(traces.digests),
        replies=traces.replies,
        places=traces.places,
        size=traces.size,
    )
