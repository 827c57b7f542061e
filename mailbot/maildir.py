"""Mail in and out by Maildir (D. J. Bernstein, https://cr.yp.to/proto/maildir.html).

A message is known by its file's name up to the colon and stays where it lies; looking opens files for
reading and changes nothing. An outgoing file is named after its outbox row: it is sent if that name
is there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import heapq
import io
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from parsers.limits import HEADER_BYTES
from workflow.ports import Entry, Parcel, ServiceUnavailableError

_FOLDERS: Final = ("new", "cur")
_CHUNK: Final = 16 * 1024
_PART: Final = 2**20
_MARKS: Final = 2**25  # bits, 4 MiB: one for the hash of each file's name
_BLANK_LINES: Final = (b"\r\n\r\n", b"\n\n")
_BLANK_BYTES: Final = 3  # of a blank line that may stand before a chunk's end


class MaildirMailbox:
    """A Maildir that belongs to others too."""

    def __init__(self, path: Path, *, name: str) -> None:
        self._path = path
        self._name = name

    @property
    def name(self) -> str:
        """Which of the configured mailboxes this is."""
        return self._name

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where this is no Maildir that can be read."""
        for folder in _FOLDERS:
            try:
                next(os.scandir(self._path / folder), None)
            except OSError as error:
                raise _unavailable(self._path / folder, error) from error

    def entries(self, position: str | None = None) -> Iterator[Entry]:
        """Return every message file, `new` first; a Maildir has no positions.

        Different files of one name, which a copy or a restore may leave behind, come last, known by
        their inode too: which of them is the one that was seen before, nobody can tell.
        """
        doubtful = self._doubtful_names()
        alike: dict[str, dict[int, Entry]] = {}
        for folder, file in self._files():
            if (entry := _entry(folder, file)) is None:
                continue
            if hash(entry.key) in doubtful:
                alike.setdefault(entry.key, {})[file.inode()] = entry
            else:
                yield entry
        for key, entries in alike.items():
            for inode, entry in entries.items():
                yield entry if len(entries) == 1 else replace(entry, key=f"{key}:{inode}")

    def _doubtful_names(self) -> frozenset[int]:
        """Return the hashes of the names that stand twice, and of a few that do not.

        In the same memory whatever the mailbox holds, but for those: a million names have 15,000.
        """
        marked = bytearray(_MARKS // 8)
        doubtful: set[int] = set()
        for _, file in self._files():
            number = hash(_key(file.name))
            place, bit = divmod(number % _MARKS, 8)
            if marked[place] >> bit & 1:
                doubtful.add(number)
            marked[place] |= 1 << bit
        return frozenset(doubtful)

    def _files(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Return what lies in the folders, with the folder's name."""
        for folder in _FOLDERS:
            try:
                with os.scandir(self._path / folder) as files:
                    for file in files:
                        yield folder, file
            except OSError as error:
                raise _unavailable(self._path / folder, error) from error

    def newest(self, count: int) -> list[Entry]:
        """Return the places of the newest messages."""
        return heapq.nlargest(count, self.entries(), key=lambda entry: entry.received_at)

    def headers(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, bytes | None]]:
        """Return the header block of each message, None where it has vanished."""
        for entry in entries:
            with self._opened(entry) as file:
                yield entry, None if file is None else _header_block(file)

    def message(self, entry: Entry) -> bytes | None:
        """Return a message byte for byte, None where it has vanished."""
        whole = io.BytesIO()
        return whole.getvalue() if self.copy(entry, whole.write) else None

    def copy(self, entry: Entry, write: Callable[[bytes], object]) -> bool:
        """Hand a message over bit by bit; False where it has vanished."""
        with self._opened(entry) as file:
            if file is None:
                return False
            while part := self._part(file):
                write(part)
        return True

    def position(self) -> str | None:
        """Return None: every walk is a whole one."""
        return None

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait until `seconds` have passed or `stop` is set."""
        stop.wait(seconds)

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return those of `keys` that no file has, by one look through the folders."""
        left = set(keys)
        for entry in self.entries():
            left.discard(entry.key)
        return [key for key in keys if key in left]

    def mark(self, keys: Sequence[str], how: str) -> list[str]:
        """Do nothing: in a Maildir a message stays where it lies."""
        return []

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _part(self, file: int) -> bytes:
        try:
            return os.read(file, _PART)
        except OSError as error:
            raise _unavailable(self._path, error) from error

    @contextlib.contextmanager
    def _opened(self, entry: Entry) -> Iterator[int | None]:
        path = self._find(entry)
        if path is None:
            yield None
            return
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            yield None
            return
        except OSError as error:
            raise _unavailable(path, error) from error
        try:
            yield file
        finally:
            os.close(file)

    def _find(self, entry: Entry) -> Path | None:
        """Return where the message lies now: its flags, and so its name, may have changed."""
        if entry.hint and (path := self._path / entry.hint).is_file():
            return path
        key, _, inode = entry.key.partition(":")
        for folder in _FOLDERS:
            with contextlib.suppress(OSError), os.scandir(self._path / folder) as files:
                for file in files:
                    if _key(file.name) == key and inode in {"", str(file.inode())}:
                        return Path(file.path)
        return None


class MaildirSender:
    """Hands replies over by writing them into a Maildir."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def probe(self) -> None:
        """Make the folders where they are missing; raises `ServiceUnavailableError`."""
        for folder in ("tmp", *_FOLDERS):
            try:
                (self._path / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise _unavailable(self._path / folder, error) from error
        if not os.access(self._path / "tmp", os.W_OK | os.X_OK):
            raise ServiceUnavailableError(f"{self._path}: нет права записи; дайте его пользователю")

    def send(self, parcel: Parcel) -> None:
        """Write the reply under its own name, durably; a name that is there already is sent."""
        self.probe()
        if self._is_there(parcel.key):
            return
        try:
            temporary = self._path / "tmp" / parcel.key
            with os.fdopen(_private(temporary), "wb") as file:
                file.write(parcel.content)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(self._path / "new" / parcel.key)
            directory = os.open(self._path / "new", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        except OSError as error:
            raise _unavailable(self._path, error) from error

    def withdraw(self, keys: Sequence[str]) -> None:
        """Remove the replies with these names, whatever flags they have got since."""
        wanted = set(keys)
        for folder in ("tmp", *_FOLDERS) if wanted else ():
            try:
                with os.scandir(self._path / folder) as files:
                    found = [file.path for file in files if _key(file.name) in wanted]
                for path in found:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(path)  # noqa: PTH108  # a name may be no text
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _unavailable(self._path / folder, error) from error

    def _is_there(self, key: str) -> bool:
        if (self._path / "new" / key).exists():
            return True
        with os.scandir(self._path / "cur") as files:
            return any(_key(file.name) == key for file in files)


def _entry(folder: str, file: os.DirEntry[str]) -> Entry | None:
    """Return a place for a regular file with a name, None for anything else or what has vanished."""
    if file.name.startswith("."):
        return None
    try:
        status = file.stat()
        if not file.is_file():
            return None
    except FileNotFoundError:
        return None
    arrived = dt.datetime.fromtimestamp(status.st_mtime, dt.UTC)
    hint = f"{folder}/{file.name}"
    return Entry(key=_key(file.name), received_at=arrived, hint=hint, size=status.st_size)


def _key(name: str) -> str:
    """The unique part of a file's name: up to the colon that begins the flags."""
    return os.fsencode(name.partition(":")[0]).decode("utf-8", "backslashreplace")


def _header_block(file: int) -> bytes:
    """Read up to the blank line and no further than needed."""
    block = bytearray()
    while len(block) <= HEADER_BYTES and (chunk := os.read(file, _CHUNK)):
        start = max(len(block) - _BLANK_BYTES, 0)
        block += chunk
        ends = [at for blank in _BLANK_LINES if (at := block.find(blank, start)) >= 0]
        if ends:
            return bytes(block[: min(ends) + 2])
    return bytes(block)


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)


def _unavailable(path: Path, error: OSError) -> ServiceUnavailableError:
    return ServiceUnavailableError(
        f"{path}: {error.strerror or error}; проверьте путь и права пользователя программы"
    )
