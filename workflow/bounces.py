"""What a bounce does to the application whose reply it returns.

It is tied by the Message-ID of ours that it names. Anybody may write such a message, so all that it can
do is to put the application before an operator; it is never answered and never an application. The
mail that is returned names others in its references: what stands as a Message-ID counts first.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Final

from parsers.facts import Bounce, Delivery
from workflow.application import OutboxRow, ReplyStatus
from workflow.delivery import before_operator
from workflow.findings import Code
from workflow.intake import Effect
from workflow.ports import ReadingDiedError, Work
from workflow.progress import Desk

# a message id (RFC 5322) without comments or quoted strings
_ID: Final = re.compile(rb"<[!-;=?A-~]{1,450}@[!-;=?A-~]{1,450}>")
# the field that holds one, in the header of a returned mail or quoted in the text
_OWN_ID: Final = re.compile(
    rb"^[> \t]*message-id:[ \t]*(?:\r?\n[> \t]+)?(<[!-;=?A-~]{1,450}@[!-;=?A-~]{1,450}>)",
    re.IGNORECASE | re.MULTILINE,
)
_MANY_IDS: Final = 200  # that are looked up; a mail of ours names some twenty

_UNDELIVERED: Final = frozenset({ReplyStatus.SENT, ReplyStatus.SENDING, ReplyStatus.PENDING})


def effect_of_bounce(desk: Desk, raw: bytes) -> Effect | None:
    """Return what a bounce changes, None where it returns no mail of ours; nothing is changed yet.

    Raises `ServiceUnavailableError`.
    """
    with desk.store.begin(write=False) as work:
        row = _returned(work, raw)
    if row is None:
        return None
    try:
        bounce = desk.read(raw).bounce
    except ReadingDiedError:
        bounce = Bounce(outcome=Delivery.FAILED)
    if bounce is None or bounce.outcome is Delivery.DELIVERED:
        return None
    note = _fail if bounce.outcome is Delivery.FAILED else _delay
    return partial(note, desk=desk, row_id=row.id, detail=bounce.detail)


def _returned(work: Work, raw: bytes) -> OutboxRow | None:
    """Return our newest reply that the bounce returns, None where it names none."""
    for pattern in (_OWN_ID, _ID):
        ids = list(dict.fromkeys(found.decode("ascii") for found in pattern.findall(raw)))
        row = work.reply_with_id(ids[:_MANY_IDS])
        if row is not None:
            return row
    return None


def _fail(work: Work, *, desk: Desk, row_id: int, detail: str) -> bool:
    """The reply did not arrive; returns whether an operator sees something new."""
    row = work.reply(row_id)
    if row is None or row.status not in _UNDELIVERED:
        return False
    failed = replace(row, status=ReplyStatus.UNDELIVERABLE, error=_line("возврат", detail))
    if not work.mark_reply(failed, expected=row.status):
        return False
    why = _line("ответ не доставлен", detail)
    before_operator(work, row, Code.REPLY_UNDELIVERABLE, why, writer=desk.write, at=desk.now())
    return True


def _delay(work: Work, *, desk: Desk, row_id: int, detail: str) -> bool:
    """The reply is late: that is noted with it, and nothing else happens."""
    row = work.reply(row_id)
    if row is not None and row.status is ReplyStatus.SENT:
        late = replace(row, error=_line("задерживается в пути", detail))
        work.mark_reply(late, expected=ReplyStatus.SENT)
    return False


def _line(what: str, detail: str) -> str:
    return f"{what}: {detail}" if detail else what
