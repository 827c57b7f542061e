"""Which column of a register holds what: by its header, the configured ones first.

The usual headers are `parsers/wordlists/register_columns.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from importlib.resources import files
from typing import Final

from mailbot.storage.registertables import RegisterRow

FIELDS: Final = tuple(one.name for one in fields(RegisterRow))

# What headers differ by without differing: punctuation and spaces; the slash parts a path's names
_BETWEEN: Final = re.compile(r"[^\w/]+")

Choice = tuple[str, ...]
"""Headers whose values are joined by a space."""


def fold_header(text: str) -> str:
    """Return a header as it is compared."""
    return _BETWEEN.sub(" ", text.casefold().replace("ё", "е")).strip()


class Columns:
    """Finds the fields of a register among its headers."""

    def __init__(self, configured: Mapping[str, Sequence[str]]) -> None:
        """Take further headers by field; they are looked for before the usual ones."""
        usual = _usual()
        self._choices: dict[str, tuple[Choice, ...]] = {
            name: (*map(_choice, configured.get(name, ())), *usual[name]) for name in FIELDS
        }
        paths = [one for one in map(_choice, configured.get("inn", ())) if "/" in one[0]]
        self.keys = frozenset(one[0] for one in paths or self._choices["inn"])
        self._resolved: dict[Choice, dict[str, Choice]] = {}

    def positions(self, headers: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return where in a row each field's values stand; of equal headers the first counts."""
        there: dict[str, int] = {}
        for at, header in enumerate(headers):
            there.setdefault(fold_header(header), at)
        return {
            name: tuple(there[part] for part in choice)
            for name, choice in self._found(lambda part: part in there)
        }

    def paths(self, known: Choice) -> dict[str, Choice]:
        """Return at which of the `known` paths each field stands; of several the shortest counts."""
        resolved = self._resolved.get(known)
        if resolved is None:
            ordered = sorted(known, key=lambda path: path.count("/"))

            def place(part: str) -> str | None:
                ends = (path for path in ordered if path == part or path.endswith("/" + part))
                return next(ends, None)

            resolved = {
                name: tuple(place(part) or "" for part in choice)
                for name, choice in self._found(lambda part: place(part) is not None)
            }
            if len(self._resolved) < _REMEMBERED:
                self._resolved[known] = resolved
        return resolved

    def _found(self, is_there: Callable[[str], bool]) -> Iterator[tuple[str, Choice]]:
        for name, choices in self._choices.items():
            choice = next((one for one in choices if all(map(is_there, one))), None)
            if choice is not None:
                yield name, choice


_REMEMBERED: Final = 10_000
"""So many shapes of records are kept in mind."""


def _choice(text: str) -> Choice:
    return tuple(fold_header(part) for part in text.split("+"))


def _usual() -> dict[str, list[Choice]]:
    text = (files("parsers") / "wordlists" / "register_columns.txt").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: [_choice(one) for one in headers.split(";")] for name, headers in lines}
