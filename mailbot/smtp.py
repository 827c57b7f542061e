"""Replies handed to an SMTP server (RFC 5321), phase by phase.

The phase tells what an interruption means: before the data nothing was handed over, after it nobody
can know (RFC 1047). Nothing travels in clear; the server's certificate is always verified. One
connection a reply; every command has a deadline.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import aiosmtplib

from config.settings import ConfigurationError
from mailbot.mail_faults import explain, quoted
from workflow.ports import (
    DeliveryRefusedError,
    DeliveryUnknownError,
    Parcel,
    RecipientPostponedError,
    ServiceUnavailableError,
)

SMTPS_PORT: Final = 465
SUBMISSION_PORT: Final = 587

_QUIT_SECONDS: Final = 2.0
# an address literal (RFC 5321, 4.1.4), as mail programs do: a machine's own name is often none of the
# DNS, and asking for it can take longer than any deadline
_OWN_NAME: Final = "[127.0.0.1]"

_GO_ON: Final = 354
_DONE: Final = 250
_PERMANENT: Final = 500  # the first digit, RFC 5321, 4.2.1: 5yz is permanent, 4yz transient
_SERVICE_CLOSES: Final = 421  # RFC 5321, 3.8: whatever the command was
_NOT_LOGGED_IN: Final = frozenset({530, 534, 535, 538})  # RFC 4954, 6: of us, not of the reply

# the two halves of an address (RFC 5321, 4.1.2, and RFC 6531): what stands in no quotation marks has no
# spaces, brackets or quotation marks, which would end the address on the command line
_LOCAL_PART: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s<>"\\]+')
_DOMAIN: Final = re.compile(r'[^\s<>"\\@]+')
# a line end of any kind, and a dot that begins a line (RFC 5321, 2.3.8 and 4.5.2)
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpAccount:
    """Which server takes the replies, and who hands them over."""

    host: str
    port: int
    tls: bool  # from the first byte; else STARTTLS, which is required
    sender: str
    username: str | None
    secret: Callable[[], str | None] = field(repr=False)
    token: bool = False  # the secret is an OAuth 2.0 access token (XOAUTH2)
    timeout_seconds: float = 30.0  # for each command and its answer

    def line(self, what: str) -> str:
        """Return one line about this server: what, where and the mend."""
        return f"сервер исходящей почты {self.host}:{self.port}: {what}"

    def fault(self, what: str) -> ServiceUnavailableError:
        """Return the error for a fault that stops all sending."""
        return ServiceUnavailableError(self.line(what))


class SmtpSender:
    """Hands replies over, one connection a reply."""

    def __init__(self, account: SmtpAccount) -> None:
        self._account = account

    def probe(self) -> None:
        """Log in, name the sender and leave; raises `ServiceUnavailableError`."""
        asyncio.run(self._probe())

    def send(self, parcel: Parcel) -> None:
        """Hand one reply over; see `workflow.ports.Sender`."""
        asyncio.run(self._send(parcel))

    async def _probe(self) -> None:
        account = self._account
        async with _session(account) as client:
            options, encoding = _options(client, account.sender, "", b"")
            sender = _envelope_address(account.sender)
            with _lost_means_later(account):
                answer = await client.execute_command(
                    b"MAIL", f"FROM:<{sender}>".encode(encoding), *options
                )
            if answer.code != _DONE:
                raise account.fault(
                    f"отправитель не принят («{answer.code} {quoted(answer.message)}»);"
                    " проверьте [outgoing] sender и username"
                )

    async def _send(self, parcel: Parcel) -> None:
        account = self._account
        sender, recipient = _envelope_address(account.sender), _envelope_address(parcel.recipient)
        async with _session(account) as client:
            options, encoding = _options(client, sender, recipient, parcel.content)
            commands = [
                (b"MAIL", f"FROM:<{sender}>".encode(encoding), *options),
                (b"RCPT", f"TO:<{recipient}>".encode(encoding)),
                (b"DATA",),
            ]
            for command in commands:
                with _lost_means_later(account):
                    answer = await client.execute_command(*command)
                if answer.code // 100 != (_GO_ON if command == (b"DATA",) else _DONE) // 100:
                    raise _refused(account, answer, ours=command[0] == b"MAIL")
            answer = await self._hand_over(client, parcel.content)
            if answer.code // 100 != _DONE // 100:
                raise _refused(account, answer, ours=False)

    async def _hand_over(self, client: aiosmtplib.SMTP, content: bytes) -> aiosmtplib.SMTPResponse:
        """Write the data and wait for the server's last word on them."""
        account = self._account
        with _lost_means_later(account):
            protocol = client.protocol
            if protocol is None:  # the server has hung up since it asked for the data
                raise aiosmtplib.SMTPServerDisconnected("connection lost")
            protocol.write(_as_data(content))  # raises only where nothing can be written any more
        try:
            return await protocol.read_response(timeout=account.timeout_seconds)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryUnknownError(
                account.line(
                    "связь прервалась после данных, дошло ли письмо, неизвестно;"
                    " оно будет послано ещё раз"
                )
            ) from error


class _Client(aiosmtplib.SMTP):
    """A connection that is gone when it is closed: the loop ends with the reply and waits for nobody."""

    def close(self) -> None:
        transport = self.transport
        super().close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


@contextlib.asynccontextmanager
async def _session(account: SmtpAccount) -> AsyncIterator[aiosmtplib.SMTP]:
    """Give a connection that is encrypted and logged in. Raises `ServiceUnavailableError`."""
    context = ssl.create_default_context()
    client = _Client(
        hostname=account.host,
        port=account.port,
        use_tls=account.tls,
        start_tls=False,
        tls_context=context,
        timeout=account.timeout_seconds,
        local_hostname=_OWN_NAME,
    )
    try:
        with _lost_means_later(account):
            await client.connect()
            await client.ehlo()
            if not account.tls:
                await _start_tls(client, account)
            await _log_in(client, account)
        try:
            yield client
        except (DeliveryRefusedError, RecipientPostponedError):
            await _leave(client)
            raise
        await _leave(client)
    finally:
        client.close()
        await asyncio.sleep(0)  # the turn of the loop in which the socket is closed


async def _start_tls(client: aiosmtplib.SMTP, account: SmtpAccount) -> None:
    if not client.supports_extension("starttls"):
        raise account.fault(
            "сервер не предлагает шифрование (STARTTLS), ничего не послано;"
            " включите его на сервере или возьмите smtps://"
        )
    await client.starttls()
    await client.ehlo()


async def _log_in(client: aiosmtplib.SMTP, account: SmtpAccount) -> None:
    if account.username is None:
        return
    try:
        secret = account.secret()
    except (ConfigurationError, UnicodeError) as error:
        raise account.fault(f"пароль не прочитан ({error}); проверьте password_file") from None
    if secret is None:
        raise account.fault("задан username, но нет password_file; впишите его в файл настроек")
    if not client.supports_extension("auth"):
        raise account.fault(
            "сервер не спрашивает имени и пароля; уберите username или смените порт"
        )
    if not account.token and not client.supported_auth_methods:
        raise account.fault(
            "сервер не знает входа по паролю (PLAIN, LOGIN, CRAM-MD5); возьмите xoauth2"
        )
    if account.token:
        await client.auth_xoauth2(account.username, secret)
    else:
        await client.login(account.username, secret)


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye where there is still somebody to say it to; the outcome is known already."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=_QUIT_SECONDS)


@contextlib.contextmanager
def _lost_means_later(account: SmtpAccount) -> Iterator[None]:
    """Turn what goes wrong before the data into a `ServiceUnavailableError` of one line."""
    try:
        yield
    except aiosmtplib.SMTPAuthenticationError as error:
        answer = f"«{error.code} {quoted(error.message)}»"
        if error.code < _PERMANENT:
            raise account.fault(f"вход пока не удался ({answer}); будет ещё попытка") from error
        raise account.fault(
            f"имя или пароль не приняты ({answer}); проверьте username и password_file"
        ) from error
    except aiosmtplib.SMTPResponseException as error:
        raise account.fault(
            f"ответил «{error.code} {quoted(error.message)}»; будет ещё попытка"
        ) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
        raise account.fault(explain(cause)) from error


def _refused(account: SmtpAccount, answer: aiosmtplib.SMTPResponse, *, ours: bool) -> Exception:
    """Return what a refusal means: never, later for this reply alone, or later for all.

    `ours`: of the command that names nobody but ourselves.
    """
    said = f"{answer.code} {quoted(answer.message)}"
    if answer.code in _NOT_LOGGED_IN:
        return account.fault(f"ответил «{said}»; проверьте username и password_file")
    if answer.code // 100 == _PERMANENT // 100:
        return DeliveryRefusedError(said)
    if answer.code == _SERVICE_CLOSES or ours:
        return account.fault(f"ответил «{said}»; будет ещё попытка")
    return RecipientPostponedError(account.line(f"принимает письмо позже («{said}»)"))


def _options(
    client: aiosmtplib.SMTP, sender: str, recipient: str, content: bytes
) -> tuple[list[bytes], str]:
    """Return the parameters of MAIL and the encoding of the addresses (RFC 6152, RFC 6531)."""
    options = []
    international = not (sender + recipient).isascii()
    if international:
        if not client.supports_extension("smtputf8"):
            raise DeliveryRefusedError("сервер не передаёт письма на адреса с кириллицей")
        options.append(b"SMTPUTF8")
    if not content.isascii() and client.supports_extension("8bitmime"):
        options.append(b"BODY=8BITMIME")
    return options, "utf-8" if international else "ascii"


def _envelope_address(address: str) -> str:
    """Return an address for the envelope; the domain in its ASCII form, which every server takes.

    Raises `DeliveryRefusedError` for what is no address on a command line.
    """
    local, _, domain = address.rpartition("@")
    try:
        name = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        name = domain
    if not address.isprintable() or not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(name):
        raise DeliveryRefusedError("адрес непригоден для отправки")
    return f"{local}@{name}"


def _as_data(content: bytes) -> bytes:
    """Return the content as DATA carries it: CRLF, dots doubled, the dot at the end."""
    text = _LINE_END.sub(b"\r\n", content)
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    return _LEADING_DOT.sub(b"..", text) + b".\r\n"
