"""Whether two entries of a register mean one person; ё and letter case make no difference."""

from __future__ import annotations


def same_person(one: str, other: str) -> bool:
    """Compare two full names."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())
