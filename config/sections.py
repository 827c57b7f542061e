"""Sections of the settings that stand by themselves: retention, antivirus, tables of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from config.accounts import Seconds, Section


def _words(value: object) -> object:
    """Read a list that stands in a variable: as JSON, or parted by commas."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [one.strip() for one in value.split(",") if one.strip()]


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]


def _by_field(value: object, prefix: str = "") -> object:
    """Lay tables in tables out flat: a dot in a key that stands without quotes makes one."""
    if not isinstance(value, dict):
        return value
    flat: dict[str, object] = {}
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict):
            further = _by_field(inner, f"{name}.")
            flat |= further if isinstance(further, dict) else {}
        else:
            flat[name] = inner
    return flat


class Questionnaire(Section):
    """How the questionnaire is read."""

    labels: Annotated[dict[str, Words], BeforeValidator(_by_field)] = Field(default_factory=dict)


Days = Annotated[float, Field(ge=0, le=36_500)]


class Retention(Section):
    """How many days the persons in an application are kept after its end; 0: for ever."""

    completed_days: Days = 365.0
    rejected_days: Days = 180.0
    expired_days: Days = 180.0
    joined_days: Days = 180.0
    ignored_days: Days = (
        90.0  # after arrival: who wrote a message that was left alone, and about what
    )


class Antivirus(Section):
    """Who looks for harmful contents: ClamAV's daemon, by its local socket."""

    socket: Path | None = None
    timeout_seconds: Seconds = 30.0  # of silence


class RegisterColumns(Section):
    """Headers of a register's columns, beside the usual ones; they are looked for first."""

    inn: Words = ()
    ogrn: Words = ()
    kpp: Words = ()
    full_name: Words = ()
    short_name: Words = ()
    region: Words = ()
    address: Words = ()
    head: Words = ()
    status: Words = ()
    email: Words = ()
    site: Words = ()


class Register(Section):
    """How a register of organizations is read."""

    columns: RegisterColumns = RegisterColumns()
