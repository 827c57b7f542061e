"""Marking our own messages in their mailbox, after they are stored: the one thing changed there.

That a mark is due stands in the database, in the row of the message's place: whatever ends the program
in between, the mark is made by a later pass. Made twice it changes nothing more.
"""

from __future__ import annotations

from typing import Final

from workflow.ports import Mailbox, Store

NOTHING: Final = "nothing"
"""The way of marking that leaves the mailbox as it is."""

_BATCH: Final = 500


def mark_taken(mailbox: Mailbox, how: str, *, store: Store) -> int:
    """Mark what was taken from a mailbox and is not marked yet; returns how many messages.

    Raises `ServiceUnavailableError`, as `MarkingRefusedError` where the mailbox does not mark in this
    way; the marks stay due.
    """
    done = 0
    while how != NOTHING:
        with store.begin(write=False) as work:
            due = work.due_marks(mailbox.name, _BATCH)
        if not due:
            break
        earlier = set(mailbox.mark([one.key for one in due], how))
        if earlier:  # the mailbox was renumbered: the same bytes have another place there now
            with store.begin(write=False) as work:
                places = {
                    work.newest_place(mailbox.name, one.digest)
                    for one in due
                    if one.key in earlier and one.digest
                }
            mailbox.mark(sorted(key for key in places if key and key not in earlier), how)
        with store.begin() as work:
            work.set_marked([one.id for one in due], how)
        done += len(due)
    return done
