"""ClamAV beside the reading: clamd is handed each message whole and says what it found in it.

By clamd's INSTREAM command (clamd(8)) over its local socket only: no message travels in clear. clamd
takes MIME and archives apart itself; it scans while the message is being read, whose child has no
network and no such socket.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from mailbot.mailtext import plain
from parsers.facts import Evidence, How, Reading
from workflow.ports import Reader, ServiceUnavailableError

_CHUNK: Final = 2**16
_LENGTH: Final = struct.Struct("!L")  # of the chunk that follows; 0 ends the stream
_ANSWER_BYTES: Final = 4096

# clamd's answers to INSTREAM
_CLEAN: Final = re.compile(r"stream: OK")
_FOUND: Final = re.compile(r"stream: (.{1,500}) FOUND")
_TOO_LARGE: Final = re.compile(r"INSTREAM size limit exceeded\b.*", re.DOTALL)

_SHORT_LIMIT: Final = "письмо больше, чем проверяет антивирус (StreamMaxLength в clamd.conf)"


class Clamd:
    """The running daemon, known by its socket."""

    def __init__(self, path: Path, *, timeout_seconds: float) -> None:
        self._path = path
        self._timeout = timeout_seconds

    def version(self) -> str:
        """Return what clamd calls itself and its signatures. Raises `ServiceUnavailableError`."""
        with self._connected() as link:
            link.sendall(b"zVERSION\0")
            said = _answer(link)
        if not said.startswith("ClamAV"):
            raise self._fault(f"ответил «{plain(said)}»; это не clamd")
        return plain(said)

    @contextmanager
    def scanning(self, raw: bytes) -> Iterator[Callable[[], str]]:
        """Hand a message over; the function given returns clamd's answer, when it is wanted.

        Raises `ServiceUnavailableError`, as the function does.
        """
        with self._connected() as link:
            self._hand_over(link, raw)

            def answer() -> str:
                with self._translated():
                    return _answer(link)

            yield answer

    def judged(self, reading: Reading, answer: str) -> Reading:
        """Return the reading with what clamd said of its message."""
        if _CLEAN.fullmatch(answer):
            return reading
        if found := _FOUND.fullmatch(answer):
            name = Evidence(document="", raw=f"антивирус: {plain(found[1])}", how=How.HEADER)
            return replace(reading, infections=(*reading.infections, name))
        if _TOO_LARGE.fullmatch(answer):
            limit = Evidence(document="", raw=_SHORT_LIMIT, how=How.HEADER)
            return replace(reading, limits=(*reading.limits, limit))
        raise self._fault(f"ответил «{plain(answer) or 'ничего'}»; посмотрите журнал clamd")

    def _hand_over(self, link: socket.socket, raw: bytes) -> None:
        """Send a message; clamd hangs up in the middle where it is too large, and says so."""
        whole = memoryview(raw)
        try:
            link.sendall(b"zINSTREAM\0")
            for at in range(0, len(whole), _CHUNK):
                chunk = whole[at : at + _CHUNK]
                link.sendall(_LENGTH.pack(len(chunk)))
                link.sendall(chunk)
            link.sendall(_LENGTH.pack(0))
        except (BrokenPipeError, ConnectionResetError):
            return

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        with self._translated(), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(self._timeout)
            link.connect(str(self._path))
            yield link

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise self._fault("не отвечает; посмотрите журнал clamd") from error
        except OSError as error:
            why = error.strerror or str(error)
            raise self._fault(
                f"недоступен ({why}); запустите clamd и дайте права на сокет"
            ) from error

    def _fault(self, what: str) -> ServiceUnavailableError:
        return ServiceUnavailableError(f"антивирус {self._path}: {what}")


class ScannedReader:
    """Reads messages that clamd looks at meanwhile; without its word no reading is complete."""

    def __init__(self, read: Reader, clamd: Clamd) -> None:
        self._read = read
        self._clamd = clamd

    def __call__(self, raw: bytes) -> Reading:
        """Return what the message says; see `workflow.ports.Reader`."""
        with self._clamd.scanning(raw) as answer:
            reading = self._read(raw)
            return self._clamd.judged(reading, answer())


def _answer(link: socket.socket) -> str:
    said = b""
    while len(said) < _ANSWER_BYTES and not said.endswith(b"\0"):
        part = link.recv(_ANSWER_BYTES)
        if not part:
            break
        said += part
    return said.rstrip(b"\0").decode("utf-8", "replace")
