"""An operator makes an application of a message that was left alone."""

from __future__ import annotations

from dataclasses import replace

from parsers.mail.message import parse_headers
from workflow.application import Fate, Seen
from workflow.decisions import DecisionRefusedError
from workflow.intake import IntakeRules, new_application, store_whole
from workflow.ports import Entry, Mailbox, Work
from workflow.progress import Desk


def take_by_hand(
    desk: Desk, seen: Seen, mailbox: Mailbox, *, rules: IntakeRules, operator: str
) -> int:
    """Store the message and open an application for it; returns the application's id.

    What an operator took is settled: its subject, sender and kind raise no doubt again. Raises
    `DecisionRefusedError` where it has vanished, or where these bytes were taken before.
    """
    entry = Entry(key=seen.key, received_at=seen.received_at)
    ((_, header),) = mailbox.headers([entry])
    message = None
    if header is not None:
        headers = parse_headers(header)
        message = store_whole(
            mailbox, entry, headers, store=desk.store, blobs=desk.blobs, rules=rules
        )
    if message is None:
        raise DecisionRefusedError(f"письма № {seen.id} больше нет в ящике «{seen.mailbox}»")
    with desk.store.begin() as work:
        _refuse_known(work, message.digest)
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
            digest=message.digest,
            application_id=application_id,
        )
        return application_id


def _refuse_known(work: Work, digest: str) -> None:
    if (known := work.message_by_digest(digest)) is not None:
        raise DecisionRefusedError(f"это письмо уже в заявке № {known.application_id}")
