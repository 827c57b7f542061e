"""A connection to one folder that is opened for looking only, and made anew whenever it was lost.

One thread works with it, step by step; another may end what goes on. A step has two deadlines: silence
of the server, and the whole step, since a server may send a word now and then and never finish.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Final, NamedTuple

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailbot.imap_session import (
    LOST,
    ImapAccount,
    discard,
    interrupt,
    open_session,
    said,
    translated,
)
from mailbot.mail_faults import explain, quoted
from workflow.ports import ServiceUnavailableError

_PATIENCE: Final = 4  # a whole step may take so many times what silence may
_CLOSE_SECONDS: Final = 0.5  # so long `close` waits for the thread that it has interrupted


class Folder(NamedTuple):
    """What EXAMINE said."""

    validity: int
    following: int | None  # the next UID, where the server tells it
    exists: int


class ImapLink:
    """The connection, or none yet; see the module."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: IMAPClient | None = None
        self.last_seen: Folder | None = None
        self._using = threading.RLock()
        self._overdue = False
        self.closed = False  # whether `close` was called since the connection was made
        self.stale = (
            False  # commands have passed since EXAMINE, whose news imaplib keeps for itself
        )

    @contextlib.contextmanager
    def step(self, *, seconds: float = 0.0) -> Iterator[None]:
        """Use the connection for one step, which may wait for `seconds`; any error ends the connection.

        Raises `ServiceUnavailableError` for whatever the libraries raise.
        """
        with self._using:
            self._overdue = False
            deadline = seconds + _PATIENCE * self._account.timeout_seconds
            watch = threading.Timer(deadline, self._give_up)
            watch.daemon = True
            watch.start()
            try:
                with translated(self._account):
                    yield
            except ServiceUnavailableError as error:
                self.discard()
                if self._overdue:
                    raise self._account.fault(explain(TimeoutError())) from error
                raise
            finally:
                watch.cancel()

    def client(self) -> IMAPClient:
        """Return the connection, logged in; a new one where there is none."""
        if self._client is None:
            self.closed = False
            self._client = open_session(self._account)
        return self._client

    def folder(self) -> Folder:
        """Return the folder as this connection saw it last."""
        if self._client is None or self.last_seen is None:
            return self.examine()
        return self.last_seen

    def ready(self) -> bool:
        """Whether the folder is open and nothing has passed since that may have told of news."""
        return self._client is not None and not self.stale

    def examine(self) -> Folder:
        """Open the folder for looking only, by a new connection where the old one has ended."""
        if self._client is not None:
            try:
                return self._examined(self._client)
            except LOST:  # a server may end a connection that was quiet
                self.discard()
        return self._examined(self.client())

    def discard(self) -> None:
        """End the connection; for the thread that uses it."""
        client, self._client = self._client, None
        if client is not None:
            discard(client)

    def close(self) -> None:
        """End the connection from whatever thread; a step that goes on fails at once."""
        self.closed = True
        self._interrupt()
        if self._using.acquire(timeout=_CLOSE_SECONDS):
            try:
                self.discard()
            finally:
                self._using.release()

    def _examined(self, client: IMAPClient) -> Folder:
        name = self._account.folder
        try:
            answer = client.select_folder(name, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise self._account.fault(
                f"папка «{quoted(name)}» не открывается ({said(error)}); проверьте её имя"
            ) from error
        following = answer.get(b"UIDNEXT")
        self.last_seen = Folder(
            validity=int(answer[b"UIDVALIDITY"]),
            following=None if following is None else int(following),
            exists=int(answer[b"EXISTS"]),
        )
        self.stale = False
        return self.last_seen

    def _give_up(self) -> None:
        self._overdue = True
        self._interrupt()

    def _interrupt(self) -> None:
        client = self._client
        if client is not None:
            interrupt(client)
