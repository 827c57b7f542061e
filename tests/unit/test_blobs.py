"""The bytes of messages, in files."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailbot.blobs import FileBlobs
from workflow.ports import ServiceUnavailableError

RAW = b"From: a@example.ru\r\n\r\n\x00\xff"
DIGEST = hashlib.sha256(RAW).hexdigest()


def files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def test_bytes_come_back_under_their_digest(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "messages")
    assert blobs.put(RAW) == DIGEST
    assert blobs.get(DIGEST) == RAW
    assert FileBlobs(tmp_path / "messages").get(DIGEST) == RAW


def test_the_same_bytes_are_one_file(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    blobs.put(RAW)
    (path,) = files(tmp_path)
    written = path.stat().st_ino
    blobs.put(RAW)
    assert [one.stat().st_ino for one in files(tmp_path)] == [written]


def test_no_bytes_at_all_are_bytes_too(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    assert blobs.get(blobs.put(b"")) == b""


def test_bytes_that_come_bit_by_bit_are_one_file(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    with blobs.draft() as draft:
        for byte in RAW:
            draft.write(bytes([byte]))
        assert draft.size == len(RAW)
        assert draft.keep() == DIGEST
    assert blobs.get(DIGEST) == RAW
    assert len(files(tmp_path)) == 1


def test_what_is_not_kept_leaves_nothing(tmp_path: Path) -> None:
    with FileBlobs(tmp_path).draft() as draft:
        draft.write(RAW)
    assert files(tmp_path) == []


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        FileBlobs(tmp_path / "messages").put(RAW)
    finally:
        os.umask(before)
    modes = {
        path.is_dir(): stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "messages", *(tmp_path / "messages").rglob("*"))
    }
    assert modes == {True: 0o700, False: 0o600}


def test_a_digest_without_a_file_is_an_outage_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailableError, match=DIGEST[2:]):
        FileBlobs(tmp_path).get(DIGEST)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", DIGEST.upper(), DIGEST + "\n"])
def test_what_is_no_digest_never_becomes_a_path(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileBlobs(tmp_path).get(digest)


def test_a_damaged_file_is_told_and_mended_when_the_bytes_come_again(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    blobs.put(RAW)
    (path,) = files(tmp_path)
    path.write_bytes(RAW[:-1])
    with pytest.raises(ServiceUnavailableError, match="повреждён"):
        blobs.get(DIGEST)
    blobs.put(RAW)
    assert blobs.get(DIGEST) == RAW


def test_bytes_file_and_name_are_on_the_disk_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        target = Path(f"/proc/self/fd/{handle}").readlink()
        synced.append(str(target.relative_to(tmp_path)).partition("-")[0])
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    FileBlobs(tmp_path / "messages").put(RAW)
    shard = f"messages/{DIGEST[:2]}"
    assert synced == [".", "messages", "messages/.partial", shard]
    # the writer of a file that is there may have died before it was safe
    synced.clear()
    FileBlobs(tmp_path / "messages").put(RAW)
    assert synced == [f"{shard}/{DIGEST[2:]}", shard]


KILLED = """
import os, sys
from pathlib import Path
from mailbot.blobs import FileBlobs
os.fsync = lambda handle: os.kill(os.getpid(), 9)
Path(sys.argv[1]).mkdir(exist_ok=True)
(Path(sys.argv[1]) / sys.argv[2]).mkdir(exist_ok=True)
FileBlobs(Path(sys.argv[1])).put(b"half")
"""


def test_what_a_killed_writer_leaves_has_no_name_and_is_cleared_away(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"half").hexdigest()
    command = [sys.executable, "-c", KILLED, str(tmp_path), digest[:2]]
    assert subprocess.run(command, check=False).returncode == -9
    (partial,) = files(tmp_path)
    assert partial.name.startswith(".partial-")
    blobs = FileBlobs(tmp_path)
    with pytest.raises(ServiceUnavailableError):
        blobs.get(digest)
    blobs.put(RAW)
    assert [path.name for path in files(tmp_path)] == [DIGEST[2:]]


LIVING = """
import os, sys
from pathlib import Path
from mailbot.blobs import FileBlobs
real = os.fsync
def wait(handle):
    print("writing", flush=True)
    sys.stdin.readline()
    real(handle)
    os.fsync = real
(Path(sys.argv[1]) / sys.argv[2]).mkdir(exist_ok=True)
os.fsync = wait
print(FileBlobs(Path(sys.argv[1])).put(b"slow"), flush=True)
"""


def test_what_a_living_writer_is_at_is_left_alone(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"slow").hexdigest()
    command = [sys.executable, "-c", LIVING, str(tmp_path), digest[:2]]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        blobs = FileBlobs(tmp_path)
        blobs.put(RAW)
        assert writer.communicate("\n", timeout=20)[0].strip() == digest
    assert blobs.get(digest) == b"slow"


def test_a_directory_that_cannot_be_written_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceUnavailableError, match="хранилище писем недоступно"):
        FileBlobs(tmp_path / "file").put(RAW)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    blobs = FileBlobs(tmp_path)
    blobs.put(b"first")
    before = files(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ServiceUnavailableError, match="No space left"):
        blobs.put(RAW)
    assert files(tmp_path) == before


def test_threads_may_store_the_same_bytes_at_once(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(blobs.put, [RAW, b"other"] * 20))
    assert len(set(digests)) == len(files(tmp_path)) == 2
