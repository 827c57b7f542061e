"""What a register's reader yields: a line of the file as fields, or why it cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


class RegisterFileError(Exception):
    """The file as a whole cannot be read as a register; one Russian line says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row or record; `fault` says in Russian why it could not be read."""

    number: int  # counted from 1: of the text, of the sheet's row
    values: Mapping[str, str] = field(default_factory=dict)  # field of a register -> text
    fault: str = ""


Advance = Callable[[int], None]
"""Told how many bytes of the file have been read so far."""
