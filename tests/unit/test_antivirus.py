"""What is made of clamd's answers. The other end speaks INSTREAM as clamd(8) has it, and no more."""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mailbot.antivirus import Clamd, ScannedReader
from parsers.facts import Reading
from parsers.mail.message import parse_headers
from workflow.ports import ReadingDiedError, ServiceUnavailableError

RAW = b"From: a@example.ru\r\nSubject: x\r\n\r\n" + b"y" * 200_000


class Peer:
    """A socket that takes one stream after another and gives the answer it was told to give."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "clamd.sock"
        self.answer: bytes | None = b"stream: OK\0"
        self.most = 2**30  # bytes of a stream that are taken
        self.taken: list[bytes] = []
        self._closed = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), link, link.makefile("rb") as stream:
                command = self._command(stream.read)
                if command == b"zVERSION":
                    link.sendall(self.answer or b"")
                elif command == b"zINSTREAM":
                    self._take(stream.read)
                    if self.answer is None:
                        self._closed.wait()
                    link.sendall(self.answer or b"")

    @staticmethod
    def _command(read: Callable[[int], bytes]) -> bytes:
        said = b""
        while (byte := read(1)) not in {b"", b"\0"}:
            said += byte
        return said

    def _take(self, read: Callable[[int], bytes]) -> None:
        taken = b""
        while (length := struct.unpack("!L", read(4))[0]) and len(taken) < self.most:
            taken += read(length)
        self.taken.append(taken)


@pytest.fixture
def peer() -> Iterator[Peer]:
    # the path of a socket has at most 107 bytes
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        served = Peer(Path(directory))
        yield served
        served.close()


def scanned(peer: Peer, raw: bytes = RAW) -> Reading:
    read = ScannedReader(
        lambda raw: Reading(headers=parse_headers(raw)), Clamd(peer.path, timeout_seconds=1)
    )
    return read(raw)


def test_a_clean_message_is_handed_over_byte_for_byte_and_read(peer: Peer) -> None:
    reading = scanned(peer)
    assert (reading.infections, reading.limits) == ((), ())
    assert peer.taken == [RAW]


def test_what_is_found_is_named(peer: Peer) -> None:
    peer.answer = b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
    (found,) = scanned(peer).infections
    assert found.raw == "антивирус: Win.Test.EICAR_HDB-1"


def test_a_message_beyond_the_scanners_own_limit_is_a_limit_and_no_outage(peer: Peer) -> None:
    peer.most = 100_000
    peer.answer = b"INSTREAM size limit exceeded. ERROR\0"
    reading = scanned(peer, RAW + b"z" * 5_000_000)
    assert "StreamMaxLength" in reading.limits[0].raw


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: OK FOUN",
        b"stream: Can't allocate memory ERROR\0",
        b"\xff\x1b[31m\0",
        b"x" * 9999,
        None,
    ],
)
def test_any_other_answer_is_an_outage_of_one_line(peer: Peer, answer: bytes | None) -> None:
    peer.answer = answer
    with pytest.raises(ServiceUnavailableError, match=r"антивирус .*clamd\.sock") as caught:
        scanned(peer)
    assert str(caught.value).isprintable()


def test_nobody_there_is_an_outage_before_anything_is_read(tmp_path: Path) -> None:
    def read(raw: bytes) -> Reading:
        raise AssertionError("read without the antivirus")

    scan = ScannedReader(read, Clamd(tmp_path / "none.sock", timeout_seconds=1))
    with pytest.raises(ServiceUnavailableError, match=r"none\.sock.*запустите clamd"):
        scan(RAW)


def test_a_reader_that_dies_counts_as_ever(peer: Peer) -> None:
    def read(raw: bytes) -> Reading:
        raise ReadingDiedError("сигнал 11")

    with pytest.raises(ReadingDiedError):
        ScannedReader(read, Clamd(peer.path, timeout_seconds=1))(RAW)


def test_the_version_is_told_and_what_is_no_clamd_is_refused(peer: Peer) -> None:
    peer.answer = b"ClamAV 1.4.6/27400/Wed Sep  2 08:00:00 2026\0"
    assert Clamd(peer.path, timeout_seconds=1).version().startswith("ClamAV 1.4.6/27400")
    peer.answer = b"SSH-2.0\0"
    with pytest.raises(ServiceUnavailableError, match="не clamd"):
        Clamd(peer.path, timeout_seconds=1).version()
