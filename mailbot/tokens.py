"""The signed token in the Message-ID of every reply, and the key that it is signed with.

`<17-ask-0123456789abcdef.c2lnbmVkIGJ5IHVz@domain>`: the reply's key, then an HMAC-SHA256 of it, cut to
100 bits. So a reference to a reply can be checked although the row of the outbox is gone, and one
that was made up is found out. Nothing in it is a secret.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Final, Protocol

from mailbot import reply_mail
from workflow.ports import ServiceUnavailableError, Token

KEY_BYTES: Final = 32
MIN_KEY_BYTES: Final = 16
_MAC_CHARACTERS: Final = 20  # of base32: 100 bits

# a message id of ours: the application, the kind of reply, what makes it unique, and the signature, which
# the first ones did not have
_OURS: Final = re.compile(
    r"<(([0-9]{1,18})-[a-z_]+-[0-9a-f]{16})(?:\.([a-z2-7]{1,100}))?@([^<>@]+)>", re.IGNORECASE
)


class KeySource(Protocol):
    """Where the key comes from."""

    def known(self) -> bytes | None:
        """Return the key, None where none was made yet. Raises `ServiceUnavailableError`."""

    def made(self) -> bytes:
        """Return the key, a new one where none was made yet. Raises `ServiceUnavailableError`."""


class FixedKey(KeySource):
    """A key that is there already."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def known(self) -> bytes:
        """Return it."""
        return self._key

    made = known


class KeyFile(KeySource):
    """A file that only its owner can read (0600); made when the first reply is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key: bytes | None = None

    def known(self) -> bytes | None:
        """Return the key, None where there is no file yet."""
        if self._key is None:
            try:
                self._key = self._read()
            except FileNotFoundError:
                return None
        return self._key

    def made(self) -> bytes:
        """Return the key; where there is no file, it is made first, durably."""
        key = self.known()
        if key is None:
            try:
                self._make()
                key = self._key = self._read()
            except OSError as error:
                raise self._unavailable(error.strerror or "") from error
        return key

    def _read(self) -> bytes:
        try:
            key = self._path.read_bytes().strip()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._unavailable(error.strerror or "") from error
        if len(key) < MIN_KEY_BYTES:
            raise self._unavailable(f"короче {MIN_KEY_BYTES} байт")
        return key

    def _make(self) -> None:
        """Write the file whole under another name; whoever is first gives it its own."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".key-", dir=self._path.parent)  # 0600
        try:
            os.write(handle, secrets.token_hex(KEY_BYTES).encode() + b"\n")
            os.fsync(handle)
            with contextlib.suppress(FileExistsError):
                os.link(name, self._path)
            directory = os.open(self._path.parent, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        finally:
            os.close(handle)
            Path(name).unlink(missing_ok=True)

    def _unavailable(self, why: str) -> ServiceUnavailableError:
        return ServiceUnavailableError(
            f"ключ подписи не читается: {self._path} ({why}); проверьте файл и права"
        )


class SignedIds:
    """Makes the Message-IDs of the replies from one address, and checks them; see `workflow.ports.Tokens`."""

    def __init__(self, sender: str, keys: KeySource) -> None:
        self._sender = sender
        self._domain = reply_mail.domain_of(sender)
        self._keys = keys

    def message_id(self, key: str) -> str:
        """Return the Message-ID of the reply that is named `key`. Raises `ServiceUnavailableError`."""
        signed = f"{key}.{_mac(self._keys.made(), key)}"
        return reply_mail.message_id_of(signed, self._sender)

    def read(self, message_id: str) -> Token | None:
        """Return what a Message-ID claims, None where it does not look like one of ours."""
        match = _OURS.fullmatch(message_id)
        if match is None or match[4].casefold() != self._domain.casefold():
            return None
        key, mac = self._keys.known(), match[3] or ""
        genuine = key is not None and hmac.compare_digest(_mac(key, match[1]), mac)
        return Token(application_id=int(match[2]), genuine=genuine)


def _mac(key: bytes, name: str) -> str:
    digest = hmac.digest(key, name.encode(), "sha256")
    return base64.b32encode(digest).decode("ascii").lower()[:_MAC_CHARACTERS]
