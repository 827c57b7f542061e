"""One pass over everything that is due: intake, reading, deciding, provisioning, sending.

What fails is attempted once and waits for the next pass; what can go on goes on.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

import structlog

from mailbot.app import App, marking_of
from mailbot.cage import CageClosedError
from mailbot.logs import explained
from mailbot.scheduling import JOBS, Place, run_job
from mailbot.storage.figures import newest_change, put_before_operators
from parsers.mail.message import parse_headers
from workflow.application import Fate, Message, ReplyStatus
from workflow.bounces import effect_of_bounce
from workflow.delivery import HOLD, deliver
from workflow.intake import take_in
from workflow.marking import mark_taken
from workflow.ports import MarkingRefusedError, ServiceUnavailableError, StaleApplicationError
from workflow.progress import advance, read_unplaced
from workflow.states import WORK, State

_EVERYTHING: Final = 1_000_000
_FUTURE: Final = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
"""A pass does not wait for back-off: whatever is not done yet is attempted."""

_FAILURES_TO_STOP_SENDING: Final = 3

log = structlog.get_logger()


class Step(NamedTuple):
    """One thing that happened, for whoever shows the progress."""

    stage: str  # "intake", "work", "delivery"
    text: str


Progress = Callable[[Step], None]


@dataclass(slots=True)
class Summary:
    """What one pass did."""

    taken: int = 0
    ignored: int = 0
    repeated: int = 0
    bounced: int = 0  # replies of ours that came back
    queued: int = 0  # applications that were put before operators
    advanced: Counter[State] = field(default_factory=Counter)  # where applications ended up
    sent: int = 0
    jobs: Counter[str] = field(default_factory=Counter)  # what each scheduled job did
    held: str | None = None
    faults: list[str] = field(default_factory=list)  # one line a service, each once
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def for_operators(self) -> int:
        """How much this pass put before operators: a bounce may stand with what has ended already."""
        return max(self.queued, self.bounced)

    def fault(self, error: Exception) -> None:
        """Note a service that could not be used, or a fault of ours, once."""
        line = explained(error)
        with self._lock:
            if line not in self.faults:
                self.faults.append(line)

    def ended(self, state: State) -> None:
        """Note the state in which an application was left."""
        with self._lock:
            self.advanced[state] += 1


def run_pass(app: App, progress: Progress, stop: threading.Event) -> Summary:
    """Attempt once everything that is due now."""
    summary = Summary()
    with _counted(app, summary):
        _intake(app, summary, progress, stop)
        _Round(app, summary, progress, stop).run()
        _jobs(app, summary, stop, Place.BEFORE_SENDING)
        _deliver(app, summary, progress, stop)
    _jobs(app, summary, stop, Place.LAST)
    return summary


@contextmanager
def _counted(app: App, summary: Summary) -> Iterator[None]:
    """Count what the block puts before operators, by whichever way."""
    try:
        with app.store.database.transaction(write=False) as connection:
            before = newest_change(connection)
    except ServiceUnavailableError as error:
        summary.fault(error)
        yield
        return
    yield
    try:
        with app.store.database.transaction(write=False) as connection:
            summary.queued = put_before_operators(connection, after=before)
    except ServiceUnavailableError as error:
        summary.fault(error)


def _jobs(app: App, summary: Summary, stop: threading.Event, place: Place) -> None:
    """Do what the daemon does on a schedule: an installation may live on batch passes alone."""
    for job in JOBS:
        if job.in_pass is place and not stop.is_set():
            try:
                summary.jobs[job.name] += run_job(app, job)
            except (ServiceUnavailableError, StaleApplicationError) as error:
                summary.fault(error)


def _intake(app: App, summary: Summary, progress: Progress, stop: threading.Event) -> None:
    for mailbox, rules in app.mailboxes:
        try:
            for taken in take_in(
                mailbox,
                store=app.store,
                blobs=app.blobs,
                parse_headers=parse_headers,
                rules=rules,
                now=app.desk.now(),
                read_bounce=partial(effect_of_bounce, app.desk),
            ):
                fate = taken.seen.fate
                summary.taken += fate is Fate.TAKEN
                summary.ignored += fate is Fate.IGNORED
                summary.repeated += fate is Fate.REPEATED
                summary.bounced += taken.for_operators
                progress(Step("intake", taken.seen.subject))
                if stop.is_set():
                    return
            mark_taken(mailbox, marking_of(app.settings, mailbox.name), store=app.store)
        except MarkingRefusedError as error:
            log.warning("письма не помечены", mailbox=mailbox.name, why=str(error))
        except ServiceUnavailableError as error:
            app.meter.failed("intake")
            summary.fault(error)


class _Round:
    """Rounds of parallel work until nothing moves any more."""

    def __init__(
        self, app: App, summary: Summary, progress: Progress, stop: threading.Event
    ) -> None:
        self._app, self._summary, self._progress, self._stop = app, summary, progress, stop
        self._failed: set[int] = set()  # applications attempted in vain
        self._failed_messages: set[int] = set()

    def run(self) -> None:
        """Work until a round changes nothing."""
        size = self._app.settings.worker.processes
        with ThreadPoolExecutor(size, thread_name_prefix="work") as pool:
            while not self._stop.is_set():
                try:
                    tasks = self._tasks()
                except ServiceUnavailableError as error:
                    self._summary.fault(error)
                    return
                moved = list(pool.map(lambda task: task(), tasks))
                if not any(moved):
                    return

    def _tasks(self) -> list[Callable[[], bool]]:
        with self._app.store.begin(write=False) as work:
            ids = work.due_applications(tuple(WORK), now=_FUTURE, limit=_EVERYTHING)
            messages = work.unplaced_messages(_EVERYTHING)
        oldest: dict[str, Message] = {}  # of each sender: the order of their messages matters
        for message in messages:
            if message.id not in self._failed_messages:
                oldest.setdefault(message.sender.casefold(), message)
        return [
            *(self._application(id_) for id_ in ids if id_ not in self._failed),
            *(self._message(message) for message in oldest.values()),
        ]

    def _application(self, application_id: int) -> Callable[[], bool]:
        def work() -> bool:
            moved, state = False, None
            try:
                while not self._stop.is_set():
                    reached = advance(self._app.desk, application_id)
                    if reached is None:
                        break
                    moved, state = True, reached
            except ServiceUnavailableError as error:
                self._fault(error)
                self._failed.add(application_id)
            except CageClosedError:
                return False
            except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the rest
                self._fault(error)
                self._failed.add(application_id)
            if not moved:
                self._failed.add(application_id)
            if state is not None and state not in WORK:
                self._summary.ended(state)
                self._progress(Step("work", f"№ {application_id}"))
            return moved

        return work

    def _message(self, message: Message) -> Callable[[], bool]:
        def work() -> bool:
            try:
                before = message.faults
                placed = read_unplaced(self._app.desk, message)
            except ServiceUnavailableError as error:
                self._fault(error)
                self._failed_messages.add(message.id)
                return False
            except (CageClosedError, StaleApplicationError):
                return False
            except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the rest
                self._fault(error)
                self._failed_messages.add(message.id)
                return False
            return placed is not None or self._is_placed(message, before)

        return work

    def _fault(self, error: Exception) -> None:
        self._app.meter.failed("work")
        self._summary.fault(error)

    def _is_placed(self, message: Message, faults: int) -> bool:
        """Whether anything changed: noted in its application, or one attempt fewer left."""
        with self._app.store.begin(write=False) as work:
            now = work.message_by_digest(message.digest)
        if now is None or now.application_id is not None:
            return True
        if now.faults > faults:
            self._failed_messages.add(message.id)
        return now.reading is not None and message.reading is None


def _deliver(app: App, summary: Summary, progress: Progress, stop: threading.Event) -> None:
    if app.post is None:
        return
    failures = 0
    try:
        with app.store.begin(write=False) as work:
            ids = work.due_replies(now=_FUTURE, limit=_EVERYTHING)
        for row_id in ids:
            if stop.is_set() or failures >= _FAILURES_TO_STOP_SENDING:
                break
            try:
                status = deliver(app.post, row_id)
            except ServiceUnavailableError as error:
                app.meter.failed("delivery")
                summary.fault(error)
                failures += 1
                continue
            except StaleApplicationError:
                continue
            summary.sent += status is ReplyStatus.SENT
            progress(Step("delivery", f"{row_id}"))
        with app.store.begin(write=False) as work:
            summary.held = work.switch(HOLD)
    except ServiceUnavailableError as error:
        summary.fault(error)
