"""Which of our threads a message claims to belong to, and whether the claim is genuine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.ports import Tokens, Work


@dataclass(frozen=True, slots=True)
class Thread:
    """A claim: to be an answer to a mail of an application's."""

    application_id: int | None = None  # None: it answers nothing of ours
    forged: bool = False  # it names a mail of ours that was never written: it joins nothing


def thread_of(message_ids: Sequence[str], work: Work, tokens: Tokens) -> Thread:
    """Return what a message claims by the ids that it answers, the oldest first.

    An id counts if a mail of the outbox has it, or if its token is genuine: rows are purged one day.
    One that looks like ours and is neither spoils the whole claim.
    """
    claimed = None
    for message_id in dict.fromkeys(message_ids):
        token = tokens.read(message_id)
        if token is None:
            continue
        if token.genuine:
            claimed = token.application_id
        elif work.application_of_reply([message_id]) is None:
            return Thread(token.application_id, forged=True)
    known = work.application_of_reply(message_ids) if message_ids else None
    return Thread(claimed if known is None else known)
