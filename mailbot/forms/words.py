"""The words of the forms: `templates/forms.toml`, checked for its shape when it is loaded."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from parsers.facts import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question of the questionnaire; an `extra` one is put only where its answer is required."""

    field: Field
    label: str
    hint: str
    extra: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the questions below it."""

    title: str
    rows: tuple[Row, ...]


@cache
def words(form: str) -> dict[str, Any]:
    """Return the words of one form: «questionnaire», «letter»."""
    text = files("templates").joinpath("forms.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)[form]
    return table


@cache
def sections() -> tuple[Section, ...]:
    """Return the questionnaire's sections, in order."""
    return tuple(
        Section(
            title=section["title"],
            rows=tuple(Row(**(row | {"field": Field(row["field"])})) for row in section["rows"]),
        )
        for section in words("questionnaire")["sections"]
    )
