"""How `run` and `worker` live: the lock, signals, outages of the database, and a prompt end."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

import click
import structlog

from config.settings import Settings
from mailbot.app import back_off, build
from mailbot.claims import Claims
from mailbot.daemon import Daemon, unshared
from mailbot.locks import Held, LockedError, hold
from mailbot.storage import upgrade
from workflow.ports import ServiceUnavailableError

LOCK_WAIT_SECONDS: Final = 60.0

log = structlog.get_logger()


def is_shared(settings: Settings) -> bool:
    """Whether several machines may work on the database."""
    return not settings.database.url.startswith("sqlite")


def run_daemon(settings: Settings) -> NoReturn:
    """Run until SIGTERM, through every outage; on PostgreSQL a second daemon stands by."""
    wait = math.inf if is_shared(settings) else LOCK_WAIT_SECONDS

    def once(stop: threading.Event) -> None:
        with locked(settings, wait_seconds=wait, stop=stop) as held, build(settings) as app:
            claim = Claims(app.store.database) if is_shared(settings) else unshared
            app.cage.start()
            Daemon(app, stop=stop, claim=claim).run(held.is_held)

    _until_told_to_stop(settings, once)


def run_worker(settings: Settings) -> NoReturn:
    """Work off applications until SIGTERM, through every outage."""

    def once(stop: threading.Event) -> None:
        with build(settings) as app:
            app.cage.start()
            Daemon(app, stop=stop, claim=Claims(app.store.database), watch=False).run()

    _until_told_to_stop(settings, once)


@contextmanager
def locked(
    settings: Settings, *, wait_seconds: float, stop: threading.Event | None = None
) -> Iterator[Held]:
    """Hold the lock of the database, its schema brought up to date."""

    def say() -> None:
        how_long = "" if wait_seconds == math.inf else f"; жду до {wait_seconds:.0f} секунд"
        click.echo(f"mailbot: база занята другим процессом mailbot run{how_long}", err=True)

    with hold(settings.database.url, wait_seconds=wait_seconds, on_wait=say, stop=stop) as held:
        upgrade(settings.database.url)
        yield held


def _until_told_to_stop(settings: Settings, once: Callable[[threading.Event], None]) -> NoReturn:
    """Begin again after every outage; what is wrong at the very start ends the process."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        # in a thread of its own: an Event must not be set inside a handler that may interrupt its wait
        threading.Thread(target=stop.set, daemon=True).start()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    attempts = 0
    while not stop.is_set():
        try:
            once(stop)
            attempts = 1
        except ServiceUnavailableError as error:
            if not stop.is_set() and (attempts == 0 or isinstance(error, LockedError)):
                raise
            attempts += 1
            wait = back_off(settings, attempts - 1)
            log.warning("база данных", why=str(error), next_in_seconds=wait.total_seconds())
            stop.wait(wait.total_seconds())
    # threads that hang in a dead connection must not keep the process: all that matters is stored
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
