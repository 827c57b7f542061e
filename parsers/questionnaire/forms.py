"""Where the answers of a form stand: cells → labels, each with its owner and its answer.

A form is made of blocks, in any mixture: rows of labels with the answer to the right or below, and
headings of a table with rows of answers under them. Sections («2. Администратор»), groups of
columns and groups of rows say whose a label is that does not say so itself. Positions are nowhere
fixed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from parsers.questionnaire.labels import (
    NAME_PARTS,
    NOTHING,
    PERSONAL,
    Attribute,
    Label,
    LabelReader,
    Owner,
)
from parsers.sheets.grid import Cell, Sheet

# The title of a form, which names what it is for and heads no section
_TITLE: Final = re.compile(
    r"\b(?:анкет|заявк|форм[аы]\b|опросн|регистрац|подключен)", re.IGNORECASE
)

# The number of a row or an item: «1», «2.», «1.3)», «А1», «Б.2»
_ITEM: Final = re.compile(r"(?:[А-ЯA-Z][.-]?)?\d{1,3}(?:\.\d{1,2}){0,3}[.)]?", re.IGNORECASE)

CLASSIFIED_ROWS: Final = 400
"""Rows of a sheet in which labels are looked for; a longer sheet is a list, whose rows are data."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A label, whose it is, and its answer; an unanswered label has no cell."""

    label: Label
    owner: Owner | None
    cell: Cell | None
    sheet: str
    text: str = ""  # the answer; not the whole cell where that holds the label too
    inline: bool = False  # label and answer stand in one cell

    @property
    def place(self) -> str:
        """«Анкета!C12»."""
        return f"{self.sheet}!{self.cell.ref}" if self.cell else self.sheet


@dataclass(frozen=True, slots=True)
class Section:
    """What a heading says about the labels below it."""

    owners: tuple[Owner, ...] = ()
    joint: bool = False
    known: bool = False  # there is a heading at all
    example: bool = False

    @property
    def owner(self) -> Owner | None:
        """The one owner; None where there is none, or several side by side."""
        return None if self.joint else Label(owners=self.owners).owner


def section_of(label: Label) -> Section:
    """Return the section that a heading begins."""
    return Section(label.owners, joint=label.joint, known=True)


@dataclass
class OwnerContext:
    """Follows the labels of a form in reading order and says whose each is."""

    section: Section = field(default_factory=Section)
    _last: Owner | None = None
    _column: int | None = None
    _above: dict[int, Owner] = field(default_factory=dict)  # of the last label in each column

    def enter(self, section: Section) -> None:
        """Begin a section."""
        self.section = section
        self._last = None
        self._column = None
        self._above = {}

    def at_column(self, column: int, *, first: bool) -> None:
        """Say where the next label stands: what continues no person to its left continues its column."""
        self._column = column
        beside = self._last if not first else None
        if beside in (None, Owner.ORGANIZATION) and column in self._above:
            self._last = self._above[column]

    def owner_of(self, label: Label) -> Owner | None:
        """Return whose the label is, None where nothing says so."""
        owner = self._owner_of(label)
        if label.owner is not None or (label.asks and owner is not None):
            self._last = owner
            if self._column is not None and owner is not None:
                self._above[self._column] = owner
        return owner

    def _owner_of(self, label: Label) -> Owner | None:
        if not set(label.attributes) & PERSONAL:
            return label.owner if not label.asks else Owner.ORGANIZATION
        if label.owner is not None:
            return label.owner
        if Attribute.ADDRESS in label.attributes:
            return Owner.ORGANIZATION
        people = is_persons(label)
        if self.section.joint:
            return self._in_joint_section(people=people)
        named = self.section.owner
        if named is Owner.ORGANIZATION or named is None:
            owner = self._last or named
            return None if owner is Owner.ORGANIZATION and people else owner
        return named

    def _in_joint_section(self, *, people: bool) -> Owner | None:
        if self._last is not None and not (people and self._last is Owner.ORGANIZATION):
            return self._last
        persons = [one for one in self.section.owners if one is not Owner.ORGANIZATION]
        if people:
            return persons[0] if len(persons) == 1 else None
        return Owner.ORGANIZATION if Owner.ORGANIZATION in self.section.owners else None


def is_persons(label: Label) -> bool:
    """Tell whether only a person has what the label asks for: a name, a post, a mobile number."""
    if set(label.attributes) & {Attribute.FIO, Attribute.POST, *NAME_PARTS}:
        return True
    return label.attributes == (Attribute.PHONE,) and label.weight >= 2


def own_label(label: Label) -> Label:
    """Read an owner alone as what is asked of them: «Администратор» is a name, «Школа» is its name."""
    if label.attributes or not label.owners or label.column is not None:
        return label
    wanted = Attribute.NAME if label.owner is Owner.ORGANIZATION else Attribute.FIO
    return replace(label, attributes=(wanted,), heading=False)


class Grid:
    """A sheet with what its cells ask for."""

    def __init__(self, sheet: Sheet, reader: LabelReader) -> None:
        self.sheet = sheet
        self.reader = reader
        self._labels: dict[int, tuple[Label, ...]] = {}
        self._filled: dict[int, tuple[int, ...]] = {}

    def label(self, row: int, column: int) -> Label:
        """Return what a cell asks for; a repetition of a merged cell asks for nothing again."""
        labels = self._labels.get(row)
        if labels is None:
            labels = self._labels[row] = tuple(
                NOTHING if cell.covered else self.reader.read(cell.text)
                for cell in self.sheet.rows[row]
            )
        return labels[column]

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell of the sheet."""
        return self.sheet.rows[row][column]

    def filled(self, row: int) -> tuple[int, ...]:
        """Return the columns of a row that hold something of their own."""
        found = self._filled.get(row)
        if found is None:
            found = self._filled[row] = tuple(
                column
                for column, cell in enumerate(self.sheet.rows[row])
                if not cell.covered and not cell.blank
            )
        return found

    @property
    def height(self) -> int:
        """Count the rows."""
        return len(self.sheet.rows)


def is_small_number(text: str) -> bool:
    """Tell whether a text is a row's or an item's number: «1», «2.», «1.3»."""
    return bool(_ITEM.fullmatch(text.strip()))


def without_numbers(grid: Grid, row: int, columns: Sequence[int]) -> list[int]:
    """Return the columns without the running number that a row begins with."""
    if len(columns) > 1 and is_small_number(grid.cell(row, columns[0]).text):
        return list(columns[1:])
    return list(columns)


def is_title(text: str) -> bool:
    """Tell whether a text is a form's title: «Анкета школы», «Заявка на подключение»."""
    return bool(_TITLE.search(text))


def title_owners(label: Label) -> tuple[Owner, ...]:
    """A form's title names everybody whom it is about; only a person alone is whom it asks about."""
    return label.owners if label.owners == (Owner.ADMINISTRATOR,) else ()
