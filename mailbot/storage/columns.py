"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from enum import StrEnum
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

# One half of a surrogate pair alone: a string may hold it, UTF-8 and so every database may not.
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

# Bytes that could not be decoded stand in Python's strings as U+DC80..U+DCFF (PEP 383).
_ESCAPED_BYTES: Final = range(0xDC80, 0xDD00)

KEY_BYTES: Final = 512
"""Longest text that is indexed as it is; PostgreSQL refuses an entry above some 2,700 bytes."""


def well_formed(text: str, *, backslash: str = "\\") -> str:
    r"""Return `text` so that it can be written as UTF-8: undecodable bytes stand as `\xFF`.

    Any other half of a surrogate pair becomes U+FFFD. `backslash` is how a backslash is written.
    """

    def stand_in(match: re.Match[str]) -> str:
        code = ord(match[0])
        return f"{backslash}x{code - 0xDC00:02X}" if code in _ESCAPED_BYTES else "\ufffd"

    return _SURROGATE.sub(stand_in, text)


def clean(text: str) -> str:
    """Return `text` as every database can hold it: well-formed, and U+FFFD in the place of NUL."""
    return well_formed(text).replace("\0", "\ufffd")


def index_key(text: str) -> str:
    """Return what an index holds for `text`: it in lower case, or its digest where it is long."""
    key = clean(text).lower()
    raw = key.encode()
    return key if len(raw) <= KEY_BYTES else "sha256:" + hashlib.sha256(raw).hexdigest()


class CleanText(TypeDecorator[str]):
    """Text of any length; see `clean`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Clean what goes in, values that are only compared too."""
        return None if value is None else clean(value)


class IndexKey(TypeDecorator[str]):
    """Text that is only looked for, never shown; see `index_key`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Make the key of what is stored or looked for."""
        return None if value is None else index_key(value)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment; stored and given back in UTC, on SQLite too, which knows no time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        """Turn a moment into UTC; a naive one is a fault of the program."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value}")
        return value if value.tzinfo is dt.UTC else value.astimezone(dt.UTC)

    def process_result_value(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        """Give the moment back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Choice(TypeDecorator[StrEnum]):
    """A member of a `StrEnum`, stored as its value."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: sa.Dialect) -> str | None:
        """Store the value; a string that is no member is a fault of the program."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> StrEnum | None:
        """Give the member back."""
        return None if value is None else self.kind(value)


class AsJson(TypeDecorator[Any]):
    """A frozen value of facts, findings or the like, written as JSON text.

    `kind` is any type that pydantic understands; a string may hold any character.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        """Write the value."""
        return None if value is None else to_json(self.kind, value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        """Read the value back, equal to the one that was written."""
        return None if value is None else from_json(self.kind, value)


def to_json(kind: Any, value: Any) -> str:
    """Write a value of type `kind` as JSON.

    A NUL character is escaped in JSON and so survives; for lone surrogates see `well_formed`.
    """
    plain = _adapter(kind).dump_python(value, mode="json")
    return well_formed(json.dumps(plain, ensure_ascii=False), backslash="\\\\")


def from_json(kind: Any, text: str) -> Any:
    """Read what `to_json` wrote. Raises `ValueError` where the text is no such value."""
    # json.loads, not pydantic's own reader: the former knows NaN and the infinities
    return _adapter(kind).validate_python(json.loads(text))


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter  # 0.1 s that only those pay who read or write such a value

    return TypeAdapter(kind)
