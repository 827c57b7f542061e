"""Somebody named in a letter, where, and in what role: what the reading of roles makes of a found name."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.letter.anchors import PersonRole
from parsers.names.names import FoundPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A person named in the letter, in which segment, and in what role."""

    person: FoundPerson
    segment: int
    role: PersonRole = PersonRole.NONE
