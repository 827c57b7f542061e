"""Retention carried out: rows, the bytes of messages, and what deleted rows leave in the database's files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from config.settings import Settings
from mailbot.app import blobs_of, pictures_of, sender_of, store_of, utc_now
from mailbot.blobs import FileBlobs
from mailbot.maildir import MaildirSender
from mailbot.storage import SqlStore
from mailbot.storage.rows import batches
from workflow.application import Deletion
from workflow.retention import Periods, Progress, Withdraw, count_ignored, overdue, purge
from workflow.states import State

_SCRUB: Final = "scrub_due"
"""The switch that says that rows were deleted and the database's files were not scrubbed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge has deleted, or would delete."""

    applications: tuple[Deletion, ...]
    places: int  # of messages that were left alone
    orphans: int  # files of messages that no row knows
    scrubbed: bool = True  # False: deleted values may still stand in the database's files

    @property
    def count(self) -> int:
        """How many things."""
        return len(self.applications) + self.places + self.orphans


def periods_of(settings: Settings) -> Periods:
    """Return the retention periods that the settings name."""
    retention = settings.retention
    days = {
        State.COMPLETED: retention.completed_days,
        State.REJECTED: retention.rejected_days,
        State.EXPIRED: retention.expired_days,
        State.JOINED: retention.joined_days,
    }
    ignored = retention.ignored_days
    return Periods(
        ends={state: dt.timedelta(days=count) for state, count in days.items() if count},
        ignored=dt.timedelta(days=ignored) if ignored else None,
    )


def preview(settings: Settings) -> Purged:
    """Return what a purge would delete now; nothing changes."""
    periods, now = periods_of(settings), utc_now()
    with closing(store_of(settings)) as store:
        found = overdue(periods, store=store, now=now, who="")
        return Purged(
            applications=tuple(act for act, _ in found),
            places=count_ignored(periods, store=store, now=now),
            orphans=sum(1 for _ in _orphans(periods, store, blobs_of(settings), now)),
        )


def purge_all(settings: Settings, *, who: str, progress: Progress = lambda count: None) -> Purged:
    """Delete what is overdue, with every trace of it. Raises `ServiceUnavailableError`.

    Interrupted at any moment, the next one goes on.
    """
    periods, now, blobs = periods_of(settings), utc_now(), blobs_of(settings)
    pictures = pictures_of(settings)
    with closing(store_of(settings)) as store:
        found = overdue(periods, store=store, now=now, who=who)
        if next(found, None) or count_ignored(periods, store=store, now=now):
            with store.begin() as work:
                work.set_switch(_SCRUB, "due")
        acts = purge(
            periods,
            store=store,
            blobs=blobs,
            pictures=pictures,
            now=now,
            who=who,
            withdraw=outgoing_of(settings),
            progress=progress,
        )
        blobs.sweep()
        _sweep_pictures(periods, pictures, now)
        orphans = sum(
            blobs.delete_stale(digest, before=before)
            for digest, before in _orphans(periods, store, blobs, now)
        )
        return Purged(
            applications=tuple(act for act in acts if act.application_id is not None),
            places=sum(act.places for act in acts if act.application_id is None),
            orphans=orphans,
            scrubbed=_scrub(store),
        )


def outgoing_of(settings: Settings) -> Withdraw:
    """Return what removes replies from an outgoing Maildir; what a server took is out of reach."""
    sender = sender_of(settings)
    return sender.withdraw if isinstance(sender, MaildirSender) else lambda keys: None


def _sweep_pictures(periods: Periods, pictures: FileBlobs, now: dt.datetime) -> None:
    """Remove cut-outs that no reading refers to any more: they are older than anything that is kept."""
    pictures.sweep()
    if periods.longest is not None:
        before = (now - periods.longest).timestamp()
        for digest in list(pictures.digests()):
            pictures.delete_stale(digest, before=before)


def _scrub(store: SqlStore) -> bool:
    """Scrub the database's files where that is due; whether nothing is left to do."""
    with store.begin(write=False) as work:
        if work.switch(_SCRUB) is None:
            return True
    if not store.database.scrub():
        return False
    with store.begin() as work:
        work.set_switch(_SCRUB, None)
    return True


def _orphans(
    periods: Periods, store: SqlStore, blobs: FileBlobs, now: dt.datetime
) -> Iterator[tuple[str, float]]:
    """Return files that no kept message has, and since when nobody may have stored them again.

    Of a message that was deleted at once. A file that no row knows was stored by an intake that died,
    or belongs to another database: it goes when it is older than anything that is kept.
    """
    longest = periods.longest
    for batch in batches(blobs.digests()):
        with store.begin(write=False) as work:
            kept = work.kept(batch)
            forgotten = {one for one in batch if one not in kept and work.is_forgotten(one)}
        for digest in sorted(set(batch) - kept):
            if digest in forgotten:
                yield digest, now.timestamp() + 1
            elif longest is not None and blobs.stored_at(digest) < (now - longest).timestamp():
                yield digest, (now - longest).timestamp()
