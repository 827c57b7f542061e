"""One connection to an IMAP server (RFC 3501): encrypted, verified, logged in, with deadlines.

No password is sent before the connection is encrypted and the server's certificate is verified. What
the libraries raise is translated here, once. imapclient's traps that this module guards against: no
deadline by default, replies taken for a sound connection's although it has ended, a `shutdown` that
waits for whoever reads.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
    ProtocolError,
)

from config.settings import ConfigurationError
from mailbot.mail_faults import explain, quoted
from workflow.ports import ServiceUnavailableError

IMAPS_PORT: Final = 993
IMAP_PORT: Final = 143

LOST: Final = (OSError, IMAPClientAbortError)
"""The connection has ended, or nobody answers."""

_GARBLED: Final = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    MemoryError,  # a literal that claims to be larger than the memory
)
"""What the libraries raise over a reply that is no IMAP."""

_NOT_IMAP: Final = "ответ не по протоколу IMAP"
# imaplib's words before a reply that it could not make sense of
_QUOTES_A_REPLY: Final = re.compile(
    r"unexpected (?:tagged )?response|unterminated line|got more than"
)
# Python's notation of bytes, in which imaplib quotes an answer
_NOTATION: Final = re.compile(r"^\[?b['\"]|(?<=\s)\[?b['\"]|['\"]\]?$")

_ERRORS: Final = (OSError, imaplib.IMAP4.error, *_GARBLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount:
    """Where the mailbox is and who opens it."""

    host: str
    port: int
    tls: bool  # from the first byte; else STARTTLS, which is required
    folder: str
    username: str | None
    secret: Callable[[], str | None] = field(repr=False)
    token: bool = False  # the secret is an OAuth 2.0 access token (XOAUTH2)
    timeout_seconds: float = 30.0  # of silence at any step

    def fault(self, what: str) -> ServiceUnavailableError:
        """Return the error for one fault of this server: one line, what, where and the mend."""
        return ServiceUnavailableError(f"почтовый сервер {self.host}:{self.port}: {what}")


@contextlib.contextmanager
def translated(account: ImapAccount) -> Iterator[None]:
    """Turn every error of the libraries into a `ServiceUnavailableError` of one line."""
    try:
        yield
    except OSError as error:
        raise account.fault(explain(error)) from error
    except IMAPClientAbortError as error:
        raise account.fault(f"связь прервалась ({said(error)}); будет ещё попытка") from error
    except IMAPClientError as error:
        raise account.fault(f"ответил «{said(error)}»; будет ещё попытка") from error
    except _GARBLED as error:
        raise account.fault(f"{_NOT_IMAP}; проверьте адрес и порт") from error


def said(error: Exception) -> str:
    """Return the server's words out of an error of the libraries, harmless.

    Where a reply is no IMAP, the libraries quote it, and it may be part of a letter: then nothing of it.
    """
    text = str(error.args[0]) if error.args else ""
    if isinstance(error, ProtocolError) or _QUOTES_A_REPLY.search(text):
        return _NOT_IMAP
    return quoted(_NOTATION.sub("", text)) or type(error).__name__


def open_session(account: ImapAccount) -> IMAPClient:
    """Return a connection that is encrypted and logged in. Raises `ServiceUnavailableError`."""
    with translated(account):
        client = _connected(account)
        try:
            if not account.tls:
                _start_tls(client, account)
            _log_in(client, account)
        except BaseException:
            discard(client)
            raise
    return client


def discard(client: IMAPClient) -> None:
    """Close a connection that this thread has used, whatever state it is in."""
    with contextlib.suppress(*_ERRORS):
        client.shutdown()


def interrupt(client: IMAPClient) -> None:
    """End a connection under the thread that uses it, which then gets an error at once.

    Only the socket is touched: `IMAPClient.shutdown` would wait for the reader to finish, and an SSL
    object must not be taken from under it.
    """
    with contextlib.suppress(OSError, AttributeError):
        socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)


def _connected(account: ImapAccount) -> IMAPClient:
    seconds = account.timeout_seconds
    client = IMAPClient(
        account.host,
        account.port,
        ssl=account.tls,
        ssl_context=ssl.create_default_context() if account.tls else None,
        timeout=SocketTimeout(connect=seconds, read=seconds),
    )
    client.normalise_times = False  # aware times, as the server gives them
    return client


def _start_tls(client: IMAPClient, account: ImapAccount) -> None:
    if not client.has_capability("STARTTLS"):
        raise account.fault(
            "сервер не предлагает шифрование (STARTTLS), пароль не послан;"
            " включите его на сервере или возьмите imaps://"
        )
    client.starttls(ssl.create_default_context())


def _log_in(client: IMAPClient, account: ImapAccount) -> None:
    secret = _secret(account)
    if account.username is None or secret is None:
        raise account.fault("не заданы username и password_file; впишите их в файл настроек")
    try:
        if account.token:
            client.sasl_login("XOAUTH2", _XOAuth2(account.username, secret))
        elif _is_plain(account.username) and _is_plain(secret):
            client.login(account.username, secret)
        else:
            client.plain_login(account.username, secret)  # LOGIN carries ASCII only
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise error.__context__ from None  # the connection broke: this says nothing of the password
        named = "ключ доступа (XOAUTH2)" if account.token else "имя или пароль"
        raise account.fault(
            f"{named} не приняты («{said(error)}»); проверьте username и password_file"
        ) from error


class _XOAuth2:
    """The answers of XOAUTH2: the token first, then nothing, which asks for the final verdict."""

    def __init__(self, username: str, token: str) -> None:
        self._answers = [f"user={username}\1auth=Bearer {token}\1\1".encode()]

    def __call__(self, challenge: bytes) -> bytes:
        return self._answers.pop() if self._answers else b""


def _secret(account: ImapAccount) -> str | None:
    try:
        return account.secret()
    except (ConfigurationError, UnicodeError) as error:
        raise account.fault(f"пароль не прочитан ({error}); проверьте password_file") from None


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
