"""Tables whose rows or columns are people: «Руководитель | Петров …», «Администратор | Мельникова …»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.questionnaire.forms import Entry, Grid, Section, section_of
from parsers.questionnaire.labels import PERSONAL, Attribute, Label, Owner

PlacedLabel = tuple[int, Label, Owner | None]


def role_owner(label: Label) -> Owner | None:
    """Return the person whom a text names by the role alone: «Руководитель организации»."""
    if label.attributes or not label.heading or label.owner is Owner.ORGANIZATION:
        return None
    return label.owner


@dataclass(frozen=True, slots=True)
class Roles:
    """The column of a table that says whose each row is; None where there is none."""

    grid: Grid
    column: int | None

    def owner(self, row: int) -> Owner | None:
        """Return whose a row is."""
        return None if self.column is None else role_owner(self.grid.label(row, self.column))

    def applied(self, row: int, entry: Entry) -> Entry:
        """Give an answer to the person of its row, unless its own label names somebody."""
        owner = self.owner(row)
        personal = set(entry.label.attributes) & PERSONAL
        if owner is None or not personal or entry.label.owner is not None:
            return entry
        return replace(entry, owner=owner)


def find_roles(grid: Grid, rows: Sequence[int], labels: Sequence[PlacedLabel]) -> Roles:
    """Find the column of roles: the first whose cells are roles, at least two of them different.

    A column of posts is none: a «директор» there is what somebody is, not whose the row is.
    """
    posts = {column for column, label, _ in labels if Attribute.POST in label.attributes}
    width = len(grid.sheet.rows[rows[0]]) if rows else 0
    for column in range(width):
        if column in posts:
            continue
        owners = [role_owner(grid.label(row, column)) for row in rows]
        if len({owner for owner in owners if owner is not None}) > 1:
            return Roles(grid, column)
    return Roles(grid, None)


def owner_columns(grid: Grid, row: int) -> dict[int, Owner]:
    """Return whose each column is, if the row heads columns by people and labels stand below.

    «Показатель | Руководитель | Администратор», and under it «ФИО | Петров … | Мельникова …».
    """
    found = {
        column: owner
        for column in grid.filled(row)
        if (owner := role_owner(grid.label(row, column))) is not None
    }
    if len(set(found.values())) < 2 or any(grid.label(row, at).asks for at in grid.filled(row)):
        return {}
    below = row + 1
    if below >= grid.height or not grid.filled(below):
        return {}
    first = grid.filled(below)[0]
    others = [at for at in grid.filled(below) if at > first]
    led = first < min(found) and grid.label(below, first).asks
    return found if led and not any(grid.label(below, at).asks for at in others) else {}


def block_sections(grid: Grid, row: int) -> dict[int, Section]:
    """Return the section of each block, by its first column, if the row heads blocks side by side.

    «Организация | | Администратор», and labels with their answers under each.
    """
    labels = {column: grid.label(row, column) for column in grid.filled(row)}
    heading = all(one.heading and one.owners and not one.attributes for one in labels.values())
    if not heading or len({one.owner for one in labels.values()}) < 2:
        return {}
    below = row + 1
    while below < grid.height and not grid.filled(below):
        below += 1
    if below >= grid.height or sum(grid.label(below, at).asks for at in labels) < 2:
        return {}
    answered = all(at + 1 in grid.filled(below) or at + 1 in labels for at in labels)
    return {at: section_of(one) for at, one in labels.items()} if answered else {}
