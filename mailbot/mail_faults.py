"""What went wrong at a mail server, in Russian words for one line: what it means and how to mend it.

Knows the errors of sockets and of TLS; what a protocol's own answers mean is said where it is spoken.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from typing import Final

from mailbot.mailtext import plain

# an address in a server's answer: such lines go to the log, which names nobody
_ADDRESS: Final = re.compile(r"[^\s<>\"(),;:]+@[^\s<>\"(),;:]+")
_ADDRESS_MASK: Final = "адрес"

# the number of an error as Python writes it into its sentence: [Errno 111]
_ERROR_NUMBER: Final = re.compile(r"\[Errno (\d+)\]")
_QUOTE_LIMIT: Final = 160  # characters of a server's answer

# X509_V_ERR_* of OpenSSL's x509_vfy.h: what the operator can do about a certificate
_HOSTNAME_MISMATCH: Final = frozenset({62, 64})
_EXPIRED: Final = frozenset({9, 10})
_UNKNOWN_ISSUER: Final = frozenset({2, 18, 19, 20, 21})


def quoted(text: str | bytes) -> str:
    """Return a server's own words, harmless: one line, no addresses, no numbers, not too long."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return plain(_ADDRESS.sub(_ADDRESS_MASK, words), limit=_QUOTE_LIMIT)


def explain(error: BaseException) -> str:
    """Return what an error of the network means and how to mend it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate(error)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        reason = quoted(getattr(error, "reason", None) or "TLS")
        return (
            f"шифрование не удалось ({reason}); проверьте порт: imaps:// и smtps://"
            " шифруют сразу, imap:// и smtp:// по команде STARTTLS"
        )
    if isinstance(error, TimeoutError):
        return "сервер не отвечает; проверьте адрес, порт и сеть"
    if isinstance(error, ConnectionRefusedError) or _all_refused(error):
        return "там никто не отвечает; проверьте адрес и порт"
    if isinstance(error, socket.gaierror):
        return "такого имени сервера нет; проверьте адрес и DNS"
    return f"связь прервалась ({quoted(str(error)) or type(error).__name__}); будет ещё попытка"


def _all_refused(error: BaseException) -> bool:
    """Tell whether every address of a name refused: asyncio puts their errors into one sentence."""
    numbers = set(_ERROR_NUMBER.findall(str(error))) if isinstance(error, OSError) else set()
    return numbers == {str(errno.ECONNREFUSED)}


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    code = error.verify_code
    if code in _HOSTNAME_MISMATCH:
        return "сертификат сервера выдан на другое имя; впишите в url то имя, которое в сертификате"
    if code in _EXPIRED:
        return "срок сертификата сервера не наступил или истёк; обновите сертификат или часы"
    if code in _UNKNOWN_ISSUER:
        return (
            "сертификату сервера нет доверия; добавьте издателя в систему"
            " или укажите файл в SSL_CERT_FILE"
        )
    return f"сертификат сервера не проверен ({quoted(error.verify_message)}); исправьте его"
