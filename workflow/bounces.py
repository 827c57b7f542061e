"""What a bounce does to the application whose reply it returns.

It is tied by the Message-ID of ours that it names: by the reply of that name, else, where that is gone,
by the signature in it. Anybody may write such a message, so all that it can do is to put the
application before an operator; it is never answered and never an application. The mail that is
returned names others in its references: what stands as a Message-ID counts first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from parsers.facts import Bounce, Delivery
from workflow.application import Application, OutboxRow, ReplyStatus
from workflow.delivery import before_operator
from workflow.findings import Code
from workflow.intake import Effect
from workflow.ports import ReadingDiedError, Tokens, Work
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
        returned = _returned(work, raw, desk.tokens)
    if returned is None:
        return None
    try:
        bounce = desk.read(raw).bounce
    except ReadingDiedError:
        bounce = Bounce(outcome=Delivery.FAILED)
    if bounce is None or bounce.outcome is Delivery.DELIVERED:
        return None
    note = _fail if bounce.outcome is Delivery.FAILED else _delay
    return partial(note, desk=desk, returned=returned, detail=bounce.detail)


@dataclass(frozen=True, slots=True)
class _Returned:
    """What has come back: a reply of an application; without `row_id` nothing more of it is known."""

    application_id: int
    row_id: int | None = None


def _returned(work: Work, raw: bytes, tokens: Tokens) -> _Returned | None:
    """Return our newest reply that the bounce returns, None where it names none."""
    for pattern in (_OWN_ID, _ID):
        found = dict.fromkeys(one.decode("ascii") for one in pattern.findall(raw))
        ids = list(found)[:_MANY_IDS]
        row = work.reply_with_id(ids)
        if row is not None:
            return _Returned(row.application_id, row.id)
        for token in map(tokens.read, ids):
            if token and token.genuine and work.application(token.application_id) is not None:
                return _Returned(token.application_id)
    return None


def _fail(work: Work, *, desk: Desk, returned: _Returned, detail: str) -> bool:
    """The reply did not arrive; returns whether an operator sees something new."""
    application = work.application(returned.application_id)
    row = _row(work, returned)
    if application is None or not (
        _note_return(work, row, detail) if row else _is_new(application)
    ):
        return False
    why = _line("ответ не доставлен", detail if _is_remembered(row) else "")
    before_operator(
        work,
        application,
        Code.REPLY_UNDELIVERABLE,
        why,
        kind=row.kind if row else None,
        writer=desk.write,
        at=desk.now(),
    )
    return True


def _is_new(application: Application) -> bool:
    """Whether nothing says yet that a reply of this application came back."""
    return Code.REPLY_UNDELIVERABLE not in {one.code for one in application.findings}


def _note_return(work: Work, row: OutboxRow, detail: str) -> bool:
    """Note with the reply that it came back; False where it is settled already."""
    if row.status not in _UNDELIVERED:
        return False
    error = _line("возврат", detail if _is_remembered(row) else "")
    failed = replace(row, status=ReplyStatus.UNDELIVERABLE, error=error)
    return work.mark_reply(failed, expected=row.status)


def _is_remembered(row: OutboxRow | None) -> bool:
    """Whether it may be said whom a reply went to: after the retention period it may not."""
    return row is not None and bool(row.recipient)


def _row(work: Work, returned: _Returned) -> OutboxRow | None:
    return None if returned.row_id is None else work.reply(returned.row_id)


def _delay(work: Work, *, desk: Desk, returned: _Returned, detail: str) -> bool:
    """The reply is late: that is noted with it, and nothing else happens."""
    row = _row(work, returned)
    if row is not None and row.status is ReplyStatus.SENT and _is_remembered(row):
        late = replace(row, error=_line("задерживается в пути", detail))
        work.mark_reply(late, expected=ReplyStatus.SENT)
    return False


def _line(what: str, detail: str) -> str:
    return f"{what}: {detail}" if detail else what
