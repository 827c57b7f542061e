"""What a mailbox holds against what the database says of it; looking only, in constant memory.

Every message of a mailbox has a row. One without is not examined yet, and the oldest of these tells
how far behind the program is. A row whose message is gone tells that somebody has removed it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from workflow.application import Seen
from workflow.ports import Entry, Mailbox, Store

EXAMPLES: Final = 20
"""So many places are named; the rest is only counted."""

_BATCH: Final = 500
_ROWS: Final = 10_000  # a Maildir is looked through once for so many

Progress = Callable[[int], None]
"""Told how many places have been compared so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One mailbox against its rows."""

    mailbox: str
    there: int  # messages in the mailbox
    rows: int  # places that have a row, without those that we have moved messages away from
    without_row: int
    gone: int
    oldest: dt.datetime | None  # arrival of the oldest message without a row
    unexamined: tuple[Entry, ...]  # the first of those without a row
    lost: tuple[Seen, ...]  # the first rows whose message is gone

    @property
    def difference(self) -> int:
        """How many messages and rows have no counterpart."""
        return self.without_row + self.gone


def compare(mailbox: Mailbox, *, store: Store, progress: Progress) -> Comparison:
    """Compare a mailbox with its rows. Raises `ServiceUnavailableError`."""
    there = without_row = 0
    oldest: dt.datetime | None = None
    unexamined: list[Entry] = []
    entries = mailbox.entries(None)
    while batch := list(islice(entries, _BATCH)):
        with store.begin(write=False) as work:
            unseen = set(work.unseen(mailbox.name, [entry.key for entry in batch]))
        new = [entry for entry in batch if entry.key in unseen]
        there += len(batch)
        without_row += len(new)
        arrivals = [entry.received_at for entry in new] + ([oldest] if oldest else [])
        oldest = min(arrivals, default=None)
        unexamined += new[: EXAMPLES - len(unexamined)]
        progress(there)
    rows, gone, lost = _gone(mailbox, store, lambda count: progress(there + count))
    return Comparison(
        mailbox=mailbox.name,
        there=there,
        rows=rows,
        without_row=without_row,
        gone=gone,
        oldest=oldest,
        unexamined=tuple(unexamined),
        lost=tuple(lost),
    )


def _gone(mailbox: Mailbox, store: Store, progress: Progress) -> tuple[int, int, list[Seen]]:
    """Count the rows, and those whose message is gone; name the first of these."""
    rows = gone = last = 0
    lost: list[Seen] = []
    while True:
        with store.begin(write=False) as work:
            page = work.places(mailbox.name, after=last, limit=_ROWS)
        if not page:
            return rows, gone, lost
        missing = set(mailbox.missing([row.key for row in page]))
        rows += len(page)
        gone += len(missing)
        lost += [row for row in page if row.key in missing][: EXAMPLES - len(lost)]
        last = page[-1].id
        progress(rows)
