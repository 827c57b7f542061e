"""The daemon: watches the mailboxes, works off what is due, sends, and stops when it is told to.

Each mailbox is watched by a thread of its own; one thread looks for due applications and hands them
to a pool, whose reading happens in child processes; one thread sends. All they share is the database:
whatever was in hand at death is simply still due. No outage ends the daemon; each is one line in the
log when it begins, and one when it is over.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Final

import structlog

from mailbot.app import App, back_off
from mailbot.cage import CageClosedError
from mailbot.logs import explained
from mailbot.marking import Marker
from mailbot.scheduling import scheduled
from parsers.mail.message import parse_headers
from workflow.application import Fate, Message
from workflow.bounces import effect_of_bounce
from workflow.delivery import deliver
from workflow.intake import IntakeRules, take_in
from workflow.ports import Mailbox, ServiceUnavailableError, StaleApplicationError
from workflow.progress import advance, read_unplaced
from workflow.states import WORK

LOOK_SECONDS: Final = 1.0
"""How often due work is looked for when nobody pokes."""

STOP_SECONDS: Final = 8.0
"""So long threads may take to end before the process ends without them."""

IDLE_SAFETY_SECONDS: Final = 60.0
"""Beside IDLE a mailbox is looked into at least this often, or every `poll_seconds` if those are more."""

REST_SECONDS: Final = 60.0
"""After so long without a reading the memory of its libraries is given back."""

_BATCH: Final = 100

Key = tuple[str, int | str]
"""What is worked on: («application», its id) or («sender», an address)."""

Claim = Callable[[int], AbstractContextManager[bool]]
"""Takes an application for this process alone; False where another has it."""

log = structlog.get_logger()


def unshared(application_id: int) -> AbstractContextManager[bool]:
    """Claim where one process does all the work."""
    return nullcontext(True)


class Daemon:
    """The running program."""

    def __init__(
        self, app: App, *, stop: threading.Event, claim: Claim = unshared, watch: bool = True
    ) -> None:
        """Work until `stop` is set; without `watch` only applications: what `worker` does."""
        self._app = app
        self._claim = claim
        self._watch = watch
        self._stop = stop
        self._ended = threading.Event()  # for this one's threads: told to stop, or the lock is lost
        self._work = threading.Event()  # something may be due for the pool
        self._post = threading.Event()  # something may be due for sending
        self._busy: dict[Key, Future[None]] = {}
        self._resting: dict[Key, tuple[int, float]] = {}  # failed attempts, not again before

    def _end(self) -> None:
        """Tell every thread to end; a reading in hand is dropped, being still due."""
        self._ended.set()
        self._work.set()
        self._post.set()
        self._app.cage.close(now=True)
        for mailbox, _ in self._app.mailboxes:
            mailbox.close()

    def run(self, still_ours: Callable[[], bool] = lambda: True) -> None:
        """Work until told to stop, or until `still_ours` says that the lock is lost."""
        threads = [threading.Thread(target=self._look_for_work, name="work", daemon=True)]
        if self._watch:
            threads += [
                threading.Thread(
                    target=self._watch_mailbox, args=box, name=box[0].name, daemon=True
                )
                for box in self._app.mailboxes
            ]
            threads.append(threading.Thread(target=self._send, name="post", daemon=True))
        for thread in threads:
            thread.start()
        with scheduled(self._app) if self._watch else nullcontext():
            while not self._stop.wait(LOOK_SECONDS):
                if not still_ours():
                    log.warning("замок базы потерян, начинаю сначала")
                    break
                self._app.cage.rest(after=REST_SECONDS)
        self._end()
        for thread in threads:
            thread.join(STOP_SECONDS / len(threads))

    def _watch_mailbox(self, mailbox: Mailbox, rules: IntakeRules) -> None:
        box = self._app.settings.all_mailboxes()[mailbox.name]
        pause = (
            max(box.poll_seconds, IDLE_SAFETY_SECONDS) if "imap" in box.url else box.poll_seconds
        )
        outage = _Outage(self._app, f"ящик «{mailbox.name}»", step="intake")
        marker = Marker(self._app, mailbox)
        while not self._ended.is_set():
            try:
                self._take_in(mailbox, rules)
                outage.over()
                if not self._ended.is_set():
                    marker.run()
                mailbox.wait(pause, self._ended)
            except Exception as error:  # noqa: BLE001  # a thread that ends would leave us deaf
                if not self._ended.is_set():
                    self._ended.wait(outage.began(error))

    def _take_in(self, mailbox: Mailbox, rules: IntakeRules) -> None:
        for taken in take_in(
            mailbox,
            store=self._app.store,
            blobs=self._app.blobs,
            parse_headers=parse_headers,
            rules=rules,
            now=self._app.desk.now(),
            read_bounce=partial(effect_of_bounce, self._app.desk),
        ):
            if taken.seen.fate is Fate.TAKEN:
                log.info("письмо взято", application=taken.seen.application_id)
                self._work.set()
            if self._ended.is_set():
                return

    def _look_for_work(self) -> None:
        size = self._app.settings.worker.processes
        outage = _Outage(self._app, "работа", step="work")
        with ThreadPoolExecutor(size, thread_name_prefix="advance") as pool:
            while not self._ended.is_set():
                self._work.wait(LOOK_SECONDS)
                self._work.clear()
                self._busy = {key: job for key, job in self._busy.items() if not job.done()}
                try:
                    self._submit_due(pool, size)
                    outage.over()
                except Exception as error:  # noqa: BLE001  # as above
                    self._ended.wait(outage.began(error))

    def _submit_due(self, pool: ThreadPoolExecutor, size: int) -> None:
        """Hand due work to the pool, oldest first; messages of one sender one after another."""
        with self._app.store.begin(write=False) as work:
            now = self._app.desk.now()
            ids = work.due_applications(tuple(WORK), now=now, limit=_BATCH)
            messages = work.unplaced_messages(_BATCH) if self._watch else ()
        for application_id in ids:
            self._submit(pool, size, ("application", application_id), self._advance, application_id)
        for message in messages:
            self._submit(pool, size, ("sender", message.sender.casefold()), self._place, message)

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        size: int,
        key: Key,
        job: Callable[[int], None] | Callable[[Message], None],
        subject: int | Message,
    ) -> None:
        _, not_before = self._resting.get(key, (0, 0.0))
        if key not in self._busy and len(self._busy) < size and time.monotonic() >= not_before:
            self._busy[key] = pool.submit(self._guarded, key, job, subject)

    def _guarded(
        self,
        key: Key,
        job: Callable[[int], None] | Callable[[Message], None],
        subject: int | Message,
    ) -> None:
        """Run one piece of work; whatever goes wrong with it must not end the others, nor spin."""
        try:
            job(subject)  # type: ignore[arg-type]  # each job comes with its own kind of subject
        except CageClosedError:
            return
        except StaleApplicationError:
            self._rest(key)
        except ServiceUnavailableError as error:
            self._app.meter.failed("work")
            self._rest(key)
            log.warning("попытка не удалась", application=_number(key), why=str(error))
        except Exception as error:  # noqa: BLE001  # the one place: a fault of ours must not stop the rest
            self._app.meter.failed("work")
            self._rest(key)
            log.error("попытка не удалась", application=_number(key), why=explained(error))
        self._work.set()
        self._post.set()

    def _rest(self, key: Key) -> None:
        """Let something alone for a while that could not be done now."""
        attempts = self._resting.get(key, (0, 0.0))[0] + 1
        wait = back_off(self._app.settings, attempts).total_seconds()
        self._resting[key] = (attempts, time.monotonic() + wait)

    def _advance(self, application_id: int) -> None:
        with self._claim(application_id) as ours:
            while ours and not self._ended.is_set():
                state = advance(self._app.desk, application_id)
                if state is None:
                    return
                self._resting.pop(("application", application_id), None)
                log.info("заявка продвинулась", application=application_id, state=state.value)
                self._post.set()
                if state not in WORK:
                    return

    def _place(self, message: Message) -> None:
        key: Key = ("sender", message.sender.casefold())
        if read_unplaced(self._app.desk, message) is None:
            # noted, or waiting for another application to be read: no hurry
            self._resting[key] = (0, time.monotonic() + LOOK_SECONDS)

    def _send(self) -> None:
        outage = _Outage(self._app, "отправка", step="delivery")
        while not self._ended.is_set():
            self._post.wait(LOOK_SECONDS)
            self._post.clear()
            try:
                self._send_due()
                outage.over()
            except Exception as error:  # noqa: BLE001  # as above
                self._ended.wait(outage.began(error))

    def _send_due(self) -> None:
        if self._app.post is None:
            return
        with self._app.store.begin(write=False) as work:
            ids = work.due_replies(now=self._app.desk.now(), limit=_BATCH)
        for row_id in ids:
            if self._ended.is_set():
                return
            try:
                status = deliver(self._app.post, row_id)
            except StaleApplicationError:
                continue
            if status is not None:
                log.info("ответ", reply=row_id, status=status.value)


def _number(key: Key) -> int | None:
    return key[1] if isinstance(key[1], int) else None


class _Outage:
    """One line when a service goes, one when it is back; the wait between attempts doubles."""

    def __init__(self, app: App, name: str, *, step: str) -> None:
        self._app = app
        self._name = name
        self._step = step
        self._attempts = 0

    def began(self, error: Exception) -> float:
        """Note a failure; returns the seconds to wait."""
        self._attempts += 1
        self._app.meter.failed(self._step)
        wait: dt.timedelta = back_off(self._app.settings, self._attempts)
        log.warning(self._name, why=explained(error), next_in_seconds=wait.total_seconds())
        return wait.total_seconds()

    def over(self) -> None:
        """Note that the service answers again."""
        if self._attempts:
            log.info(self._name, why="снова работает")
        self._attempts = 0
