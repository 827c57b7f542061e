"""The bytes of messages, in files named by their SHA-256.

A file is written whole under another name, brought to the disk, and only then given its own; so what
has its name is complete, and what a crash left behind has no name and is cleared away.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from workflow.ports import Blobs, Draft, ServiceUnavailableError

# A SHA-256 in lower-case hexadecimal digits.
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

_PARTIAL: Final = ".partial-"
_STALE: Final = ".stale-"


class FileBlobs(Blobs):
    """A directory of blobs, 0700, its files 0600; threads and processes may share it.

    `ab/cdef…` below `directory` is the file of the digest `abcdef…`.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._swept = False

    def put(self, raw: bytes) -> str:
        """Store and return the digest (hex); see `Draft.keep`.

        Raises `ServiceUnavailableError` where they cannot be stored.
        """
        with self.draft() as draft:
            draft.write(raw)
            return draft.keep()

    @contextmanager
    def draft(self) -> Iterator[FileDraft]:
        """Take bytes bit by bit; what is not kept when the block ends is gone.

        Raises `ServiceUnavailableError`, as every step of the draft does, where they cannot be stored.
        """
        with self.translated():
            self._make_directory(self._directory)
            if not self._swept:
                self._sweep()
                self._swept = True
            handle, name = tempfile.mkstemp(prefix=_PARTIAL, dir=self._directory)  # 0600
            # the lock tells a sweeper in another process that the writer lives
            fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield FileDraft(self, Path(name), handle)
        finally:
            Path(name).unlink(missing_ok=True)
            os.close(handle)

    def settle(self, digest: str, partial: Path) -> None:
        """Bring a file to the disk and give it its own name; for `FileDraft`."""
        path = self._path(digest)
        self._make_directory(path.parent)
        # whoever stored the same bytes before may have died before they were safe on the disk
        if not (path.exists() and _digest(path) == digest and _refresh(path)):
            _sync(partial)
            partial.rename(path)
        _sync(path.parent)

    def get(self, digest: str) -> bytes:
        """Return the bytes. Raises `ServiceUnavailableError` where they are not there, or not whole."""
        with self.translated():
            raw = self._path(digest).read_bytes()
        if hashlib.sha256(raw).hexdigest() != digest:
            raise ServiceUnavailableError(
                f"файл письма повреждён: {self._path(digest)}; восстановите его из резервной копии"
            )
        return raw

    def delete(self, digest: str) -> None:
        """Remove the bytes for good; nothing happens where they are gone.

        Raises `ServiceUnavailableError` where they cannot be removed.
        """
        path = self._path(digest)
        with self.translated():
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                _sync(path.parent)

    def digests(self) -> Iterator[str]:
        """Return the digest of every blob."""
        for directory in self._directory.glob("[0-9a-f][0-9a-f]"):
            for path in directory.iterdir():
                if _DIGEST.fullmatch(digest := directory.name + path.name):
                    yield digest

    def stored_at(self, digest: str) -> float:
        """Return when these bytes were stored last (seconds of the epoch); now, where they are gone."""
        try:
            return self._path(digest).stat().st_mtime
        except FileNotFoundError:
            return time.time()

    def delete_stale(self, digest: str, *, before: float) -> bool:
        """Remove bytes that nobody has stored since `before` (seconds of the epoch); whether it did.

        Whoever stores them at this very moment keeps them, or has to try again.
        """
        path = self._path(digest)
        aside = self._directory / f"{_STALE}{digest}"
        with self.translated(), contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime >= before:
                return False
            path.rename(aside)
            if aside.stat().st_mtime >= before:
                aside.rename(path)
                return False
            aside.unlink()
            return True
        return False

    def sweep(self) -> None:
        """Remove what writers and removers that died have left behind."""
        with self.translated():
            self._sweep()
            for path in self._directory.glob(f"{_STALE}*"):
                path.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"not a SHA-256: {digest!r}")
        return self._directory / digest[:2] / digest[2:]

    def _sweep(self) -> None:
        """Remove what writers that died have left behind."""
        for path in self._directory.glob(f"{_PARTIAL}*"):
            with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()

    def _make_directory(self, directory: Path) -> None:
        if directory.is_dir():
            return
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(directory.parent)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn errors of the file system into a `ServiceUnavailableError` of one line."""
        try:
            yield
        except FileNotFoundError as error:
            raise ServiceUnavailableError(
                f"файла письма нет: {error.filename}; восстановите его из резервной копии"
            ) from error
        except OSError as error:
            raise ServiceUnavailableError(
                f"хранилище писем недоступно: {self._directory} ({error.strerror}); "
                "проверьте место на диске и права"
            ) from error


def _refresh(path: Path) -> bool:
    """Note that a file was stored again, and bring it to the disk; always True, as `_sync`."""
    os.utime(path)
    return _sync(path)


class FileDraft(Draft):
    """A file on its way into the directory."""

    def __init__(self, blobs: FileBlobs, path: Path, handle: int) -> None:
        self._blobs = blobs
        self._path = path
        self._handle = handle
        self._hash = hashlib.sha256()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._size

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of the bytes so far."""
        return self._hash.hexdigest()

    def write(self, part: bytes) -> None:
        """Add bytes."""
        with self._blobs.translated(), open(self._handle, "ab", closefd=False) as file:
            file.write(part)
        self._hash.update(part)
        self._size += len(part)

    def keep(self) -> str:
        """Store what was written and return its digest; it survives a power loss from here on."""
        with self._blobs.translated():
            self._blobs.settle(self.digest, self._path)
        return self.digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> bool:
    """Bring a file or a directory to the disk; always True, so that it can stand in a condition."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True
