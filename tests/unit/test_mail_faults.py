from __future__ import annotations

import errno
import socket
import ssl

import pytest

from mailbot.mail_faults import explain, quoted

REFUSED = f"[Errno {errno.ECONNREFUSED}] Connect call failed ('::1', 465, 0, 0)"


def certificate_error(code: int, message: str = "some reason") -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "CERTIFICATE_VERIFY_FAILED")
    error.verify_code = code
    error.verify_message = message
    return error


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (certificate_error(10), "часы"),
        (certificate_error(20), "SSL_CERT_FILE"),
        (certificate_error(62), "другое имя"),
        (certificate_error(23, "certificate revoked"), "certificate revoked"),
        (ssl.SSLError(1, "wrong version number"), "imaps"),
        (TimeoutError(), "не отвечает"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "порт"),
        (OSError(f"Multiple exceptions: {REFUSED}, {REFUSED}"), "никто не отвечает"),
        (OSError(f"Multiple exceptions: {REFUSED}, [Errno 101] x"), "связь прервалась"),
        (socket.gaierror(-2, "Name or service not known"), "DNS"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "reset by peer"),
        (ssl.SSLEOFError(8, "EOF occurred"), "связь прервалась"),
        (OSError(), "OSError"),
    ],
)
def test_an_error_of_the_network_is_one_line_with_its_mend(error: OSError, mend: str) -> None:
    line = explain(error)
    assert mend in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("5.1.1 <school@example.ru>: unknown", "5.1.1 <адрес>: unknown"),
        ("to=директор@школа.рф, again", "адрес, again"),
        ("call +7 916 123-45-67", "call +• ••• •••-45-67"),
        ("a\r\nb\x1b[31m\u202ec\ud800", "a b[31mc"),
        (b"\xd0\xbd\xd0\xb5\xd1\x82 \xff", "нет \ufffd"),
        ("", ""),
    ],
)
def test_a_servers_words_are_one_harmless_line_that_names_nobody(
    said: str | bytes, shown: str
) -> None:
    assert quoted(said) == shown


def test_a_servers_long_words_are_cut() -> None:
    assert len(quoted("слово " * 10_000)) <= 160
