"""An operator makes an application of a message that was left alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from parsers.mail.message import parse_headers
from workflow.application import Fate, Seen
from workflow.decisions import DecisionRefusedError
from workflow.intake import message_of, new_application
from workflow.ports import Entry, Work
from workflow.progress import Desk


def take_by_hand(desk: Desk, seen: Seen, raw: bytes, *, operator: str) -> int:
    """Store the message and open an application for it; returns the application's id.

    What an operator took is settled: its subject, sender and kind raise no doubt again. Raises
    `DecisionRefusedError` where these bytes were taken before.
    """
    with desk.store.begin(write=False) as work:
        _refuse_known(work, hashlib.sha256(raw).hexdigest())
    digest = desk.blobs.put(raw)
    headers = parse_headers(raw)
    entry = Entry(key=seen.key, received_at=seen.received_at)
    message = message_of(headers, mailbox=seen.mailbox, digest=digest, size=len(raw), entry=entry)
    with desk.store.begin() as work:
        _refuse_known(work, digest)
        application_id = new_application(
            work,
            received_at=seen.received_at,
            now=desk.now(),
            why=f"письмо взято оператором {operator}",
            linked_to=None,
        )
        work.add_message(replace(message, application_id=application_id, settled=True))
        work.set_fate(
            seen.id,
            fate=Fate.TAKEN,
            reason="taken_by_operator",
            digest=digest,
            application_id=application_id,
        )
        return application_id


def _refuse_known(work: Work, digest: str) -> None:
    if (known := work.message_by_digest(digest)) is not None:
        raise DecisionRefusedError(f"это письмо уже в заявке № {known.application_id}")
