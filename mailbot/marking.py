"""Marks in the mailboxes, for the daemon: a mailbox that refuses them holds up nothing else."""

from __future__ import annotations

import time

import structlog

from mailbot.app import App, back_off, marking_of
from workflow.marking import mark_taken
from workflow.ports import Mailbox, ServiceUnavailableError

log = structlog.get_logger()


class Marker:
    """Marks what was taken from one mailbox; after a failure not before a while, and told once."""

    def __init__(self, app: App, mailbox: Mailbox) -> None:
        self._app = app
        self._mailbox = mailbox
        self._how = marking_of(app.settings, mailbox.name)
        self._attempts = 0
        self._not_before = 0.0
        self._told = ""

    def run(self) -> None:
        """Mark what is due, if it is time to try."""
        if time.monotonic() < self._not_before:
            return
        try:
            done = mark_taken(self._mailbox, self._how, store=self._app.store)
        except ServiceUnavailableError as error:
            self._put_off(str(error))
            return
        self._attempts, self._told = 0, ""
        if done:
            log.info("письма помечены", mailbox=self._mailbox.name, done=done)

    def _put_off(self, why: str) -> None:
        self._attempts += 1
        wait = back_off(self._app.settings, self._attempts).total_seconds()
        self._not_before = time.monotonic() + wait
        if why != self._told:
            log.warning(
                "письма не помечены", mailbox=self._mailbox.name, why=why, next_in_seconds=wait
            )
        self._told = why
