"""Waiting for news by IDLE (RFC 2177), without what imapclient's `idle_check` does not tell.

News are a hint and no more. Only a message more than there were counts: some servers repeat the number
of messages at every turn, and a caller that looks anyway would be sent round and round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

LOOK_SECONDS: Final = 0.5
"""So long after `ends` says so a wait may go on."""

_Reply = Sequence[object]
"""A number and a word of the server, «23 EXISTS»; anything else is of no interest here."""


class IdleRefusedError(Exception):
    """The server has answered IDLE by something else; the connection is in an unknown state."""


def until_news(client: IMAPClient, known: int, *, until: float, ends: Callable[[], bool]) -> None:
    """Wait until the folder has more than `known` messages, `until` (monotonic), or `ends()`.

    Raises `IdleRefusedError` and what imapclient raises where the connection is lost. When `ends()` is
    true the connection is left as it is, in the middle of IDLE.
    """
    if not _began(client):
        return
    known, news = _counted(_came_along(client), known)
    while not (news or ends()) and (left := until - time.monotonic()) > 0:
        look = min(LOOK_SECONDS, left)
        began = time.monotonic()
        replies = client.idle_check(look)
        known, news = _counted(replies, known)
        if not replies and time.monotonic() - began < look / 2:
            break  # idle_check keeps silent about a connection's end; idle_done does not
    if not ends():
        client.idle_done()


def _began(client: IMAPClient) -> bool:
    """Begin to wait; False where news came before the server's answer."""
    try:
        client.idle()
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        if "EXISTS" in str(error):
            return False
        raise IdleRefusedError from error
    return True


def _came_along(client: IMAPClient) -> list[_Reply]:
    """Return what came in one packet with the server's consent: news that are older than the wait.

    They lie in the buffer behind the socket, which is all that `idle_check` looks at. Lines are taken
    from it as `idle_check` takes them.
    """
    socket = client.socket()
    replies: list[_Reply] = []
    timeout = socket.gettimeout()
    socket.setblocking(False)
    try:
        while True:
            number, _, word = client._imap._get_line().removeprefix(b"* ").partition(b" ")
            if number.isdigit():
                replies.append((int(number), word))
    except OSError:  # nothing is left
        return replies
    finally:
        socket.settimeout(timeout)


def _counted(replies: Sequence[_Reply], known: int) -> tuple[int, bool]:
    """Return the number of messages after some replies, and whether there was ever one more."""
    news = False
    for count, *words in replies:
        if words == [b"EXPUNGE"]:
            known -= 1
        elif words == [b"EXISTS"] and isinstance(count, int):
            news = news or count > known
            known = count
    return known, news
