r"""Marking the messages that became applications: the one thing this program changes in a mailbox.

Only UIDs that are named are touched, only by STORE of one keyword or by MOVE (RFC 6851); nothing is
ever copied and deleted instead, and the folder is never closed, which would expunge. A writable
connection of its own does it, as there is no other way; where the server still has `\Recent`, opening
it takes that flag from new messages (RFC 3501, 2.3.2), so this happens only when there is something
to mark.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailbot.imap_session import (
    ImapAccount,
    discard,
    interrupt,
    open_session,
    said,
    translated,
)
from mailbot.mail_faults import quoted
from workflow.ports import MarkingRefusedError

KEYWORD: Final = b"$MailbotProcessed"
_ANY_KEYWORD: Final = rb"\*"  # RFC 3501, 7.1: new keywords can be made
_MOVE: Final = "move:"
_BATCH: Final = 500  # UIDs in one command
_PATIENCE: Final = 4  # all of it may take so many times what silence may


def mark(account: ImapAccount, keys: Sequence[str], how: str) -> list[str]:
    """Mark the messages at `keys` by a keyword («keyword») or by moving them («move:<folder>»).

    Again is harmless; what has vanished is left out. Returns the keys of an earlier numbering of the
    folder: those messages, if they are there, have other places now. «nothing» does nothing. Raises
    `ServiceUnavailableError`, as `MarkingRefusedError` where the server does not mark in this way.
    """
    if how == "nothing" or not keys:
        return []
    client = open_session(account)
    try:
        with translated(account), _bounded(client, account):
            answer = _select(client, account)
            validity = str(int(answer[b"UIDVALIDITY"]))
            for uids in _batches(keys, validity):
                if how.startswith(_MOVE):
                    _move(client, account, uids, how.removeprefix(_MOVE))
                else:
                    _flag(client, account, uids, answer.get(b"PERMANENTFLAGS", ()))
    finally:
        discard(client)
    return [key for key in keys if key.partition("/")[0] != validity]


@contextlib.contextmanager
def _bounded(client: IMAPClient, account: ImapAccount) -> Iterator[None]:
    """End the connection under a server that says a word now and then and never finishes."""
    watch = threading.Timer(_PATIENCE * account.timeout_seconds, interrupt, [client])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _select(client: IMAPClient, account: ImapAccount) -> Mapping[bytes, Any]:
    try:
        answer: Mapping[bytes, Any] = client.select_folder(account.folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise _refusal(
            account,
            f"папка «{quoted(account.folder)}» не открывается для записи ({said(error)});"
            " дайте право или впишите mark_processed = nothing",
        ) from error
    return answer


def _refusal(account: ImapAccount, what: str) -> MarkingRefusedError:
    return MarkingRefusedError(str(account.fault(what)))


def _batches(keys: Sequence[str], validity: str) -> Iterator[list[int]]:
    """Return the UIDs of those keys that are of the folder's present numbering."""
    here = [key.partition("/") for key in dict.fromkeys(keys)]
    uids = sorted(int(uid) for known, _, uid in here if known == validity)
    for start in range(0, len(uids), _BATCH):
        yield uids[start : start + _BATCH]


def _flag(
    client: IMAPClient, account: ImapAccount, uids: list[int], permanent: tuple[bytes, ...]
) -> None:
    allowed = {flag.lower() for flag in permanent}
    if not allowed & {KEYWORD.lower(), _ANY_KEYWORD}:
        raise _refusal(
            account,
            "сервер не хранит свои пометки; впишите mark_processed = nothing или move:<папка>",
        )
    try:
        client.add_flags(uids, [KEYWORD], silent=True)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise _refusal(
            account,
            f"сервер не принял пометку ({said(error)}); дайте право или впишите mark_processed = nothing",
        ) from error


def _move(client: IMAPClient, account: ImapAccount, uids: list[int], folder: str) -> None:
    if not client.has_capability("MOVE"):
        raise _refusal(
            account, "сервер не умеет переносить письма (MOVE); впишите keyword или nothing"
        )
    try:
        client.move(uids, folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise _refusal(
            account,
            f"письма не перенесены в «{quoted(folder)}» ({said(error)});"
            " создайте папку или исправьте mark_processed",
        ) from error
