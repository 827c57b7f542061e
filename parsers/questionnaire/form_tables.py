"""Blocks of a form that are tables: one or two rows of headings, and rows of answers under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from parsers.names.identifiers import is_inn
from parsers.questionnaire.answers import digits_of, fits, is_sample, is_sample_address, is_typed
from parsers.questionnaire.form_inline import wanted_of
from parsers.questionnaire.form_roles import find_roles, owner_columns
from parsers.questionnaire.forms import (
    Entry,
    Grid,
    OwnerContext,
    Section,
    is_persons,
    is_small_number,
    own_label,
    section_of,
    without_numbers,
)
from parsers.questionnaire.labels import ECHOED, Attribute, Column, Label, Owner
from parsers.sheets.grid import Cell

_LEAST_ADJACENT: Final = 0.5  # of the labels of a heading row stand beside another one
_ROLE_ROWS: Final = 30  # rows of a table in which a column of roles is looked for
_SAMPLE_SIGNS: Final = 2  # answers as only samples have them, that make a row an example

Record = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its records, its unanswered headings, and the row behind its last one."""

    records: tuple[Record, ...]
    asked: tuple[Entry, ...]
    end: int


def is_heading_row(grid: Grid, row: int) -> bool:
    """Tell whether the row holds headings of columns: labels side by side, no labels under them."""
    columns = without_numbers(grid, row, list(grid.filled(row)))
    labels = {one: grid.label(row, one) for one in columns}
    named = {one for one in columns if labels[one].attributes}
    headings = {one for one in columns if labels[one].heading and labels[one].owners}
    answered = {one for one in headings if _is_answered_below(grid, row, one)}
    if len(named | answered) < 2 or owner_columns(grid, row) or _is_echo(grid, row, named):
        return False
    asking = named | headings
    beside = sum(
        1 for one, other in pairwise(columns)
        if one in asking and other in asking and _touch(grid, row, one, other)
    )  # fmt: skip
    return beside >= _LEAST_ADJACENT * (len(asking) - 1) and not _labels_below(grid, row, named)


def _is_echo(grid: Grid, row: int, named: set[int]) -> bool:
    """Tell whether the labels are one and its answer, or its hint: «Район | Школьный район», «Телефон | моб. | 8 …»."""
    asked = {grid.label(row, one).attributes for one in named}
    if len(asked) != 1:
        return False
    wanted = wanted_of(grid.label(row, min(named)))
    others = [one for one in grid.filled(row) if one > max(named)]
    answered = any(fits(wanted, grid.cell(row, one).text) for one in others)
    return asked <= ECHOED or (is_typed(wanted) and answered)


def _is_answered_below(grid: Grid, row: int, column: int) -> bool:
    """Tell whether a name stands right under «Администратор», which then heads a column of names."""
    if row + 1 >= grid.height:
        return False
    label = own_label(grid.label(row, column))
    cell = grid.cell(row + 1, column)
    if label.attributes != (Attribute.FIO,) or cell.covered or grid.label(row + 1, column).asks:
        return False
    return fits(Attribute.FIO, cell.text)


def _touch(grid: Grid, row: int, left: int, right: int) -> bool:
    """Tell whether only the left cell's range, or second headings below, lie between two cells."""
    ref = grid.cell(row, left).ref
    for column in range(left + 1, right):
        cell = grid.cell(row, column)
        if cell.covered and cell.ref == ref:
            continue
        below = row + 1 < grid.height and not grid.cell(row + 1, column).blank
        if not (cell.blank and below and _is_second(grid, row + 1, column)):
            return False
    return True


def _labels_below(grid: Grid, row: int, asking: set[int]) -> bool:
    below = row + 1
    while below < grid.height and not grid.filled(below):
        below += 1
    if below >= grid.height:
        return False
    same = sum(1 for column in asking if grid.label(below, column).asks)
    return same > 0 and same * 2 >= len(asking)


def read_table(grid: Grid, top: int, context: OwnerContext) -> Table:
    """Read the table whose headings begin in row `top`."""
    last = _last_heading_row(grid, top)
    labels = list(_column_labels(grid, top, last, context))
    end = last + 1
    while end < grid.height and not _ends_table(grid, end):
        end += 1
    roles = find_roles(grid, range(last + 1, min(end, last + 1 + _ROLE_ROWS)), labels)
    labels = [one for one in labels if one[0] != roles.column]
    records: list[Record] = []
    example = False
    for row in range(last + 1, end):
        marker = _example_marker(grid, row)
        if marker or example:
            example = marker and len(grid.filled(row)) == 1
            continue
        record = _record(grid, row, labels)
        records.append(tuple(roles.applied(row, entry) for entry in record))
    asked = [Entry(label, owner, None, grid.sheet.name) for _, label, owner in labels]
    if roles.column is not None:
        asked += [replace(entry, cell=None) for record in records for entry in record]
    return Table(tuple(_without_samples(records)), tuple(asked), end)


def _last_heading_row(grid: Grid, top: int) -> int:
    """Return the row of the second headings, where the first ones have such under them."""
    below = top + 1
    if below >= grid.height:
        return top
    columns = list(grid.filled(below))
    second = bool(columns) and all(_is_second(grid, below, column) for column in columns)
    return below if second else top


def _is_second(grid: Grid, row: int, column: int) -> bool:
    """Tell whether a cell under a heading is a heading too: of its own, or «Полное» under «Наименование»."""
    label, above = grid.label(row, column), grid.reader.read(_group_text(grid, row - 1, column))
    if not grid.label(row - 1, column).asks and (label.attributes or label.owners):
        return True
    joined = grid.reader.read(_joined(grid, row, column))
    return joined.asks and not label.asks and not label.owners and joined != above


def _joined(grid: Grid, row: int, column: int) -> str:
    return f"{_group_text(grid, row - 1, column)} {grid.cell(row, column).text}"


def _group_text(grid: Grid, row: int, column: int) -> str:
    """Return the heading of the group over a column: the nearest to the left, in its row."""
    for at in range(column, -1, -1):
        cell = grid.cell(row, at)
        if not cell.blank:
            return cell.text
    return ""


def _column_labels(
    grid: Grid, top: int, last: int, context: OwnerContext
) -> Iterator[tuple[int, Label, Owner | None]]:
    """Yield every column that asks for something, with its label and its owner."""
    outer = context.section
    read = [_column_label(grid, top, last, at) for at in range(len(grid.sheet.rows[last]))]
    named = {label.owner for label in read} - {None, Owner.ORGANIZATION}
    if named and outer.owner not in (None, Owner.ORGANIZATION, *named):
        outer = Section(known=True)  # «Администратор | Должность» begins anew under «Руководитель»
    found: list[tuple[int, Label, Section]] = []
    for column, label in enumerate(read):
        if label.attributes:
            group = _group(grid, top, last, column)
            found.append((column, label, group if group.owners else outer))
    owners = _owners([(label, section) for _, label, section in found], outer, context)
    for (column, label, _), owner in zip(found, owners, strict=True):
        yield column, label, owner


def _owners(
    labels: Sequence[tuple[Label, Section]], outer: Section, context: OwnerContext
) -> list[Owner | None]:
    if context.section != outer:
        context.enter(outer)
    current = outer
    owners: list[Owner | None] = []
    for label, section in labels:
        if section is not current and section != current:
            context.enter(section)
            current = section
        owners.append(context.owner_of(label))
    for at in range(len(labels) - 2, -1, -1):
        label, later = labels[at][0], labels[at + 1][0]
        if (
            owners[at] is None
            and is_persons(label)
            and later.owner not in (None, Owner.ORGANIZATION)
        ):
            owners[at] = later.owner  # «ФИО | Телефон администратора»
    context.enter(outer)
    return owners


def _column_label(grid: Grid, top: int, last: int, column: int) -> Label:
    cell = grid.cell(last, column)
    if cell.covered or cell.blank:
        cell = next(
            (grid.cell(row, column) for row in range(last - 1, top - 1, -1)
             if not grid.cell(row, column).blank),
            cell,
        )  # fmt: skip
        if cell.covered and not _is_own(grid, top, last, column):
            return Label()
    label = grid.reader.read(cell.text)
    if label.attributes or label.column is not None:
        return label
    if last > top and not grid.cell(last, column).blank:
        joined = grid.reader.read(_joined(grid, last, column))
        if joined.attributes:
            return joined
    return own_label(label) if label.owners else grid.reader.read_name(cell.text)


def _is_own(grid: Grid, top: int, last: int, column: int) -> bool:
    """Tell whether a merged heading begins in this column, not further to the left."""
    ref = grid.cell(last, column).ref or grid.cell(top, column).ref
    return column == 0 or all(grid.cell(row, column - 1).ref != ref for row in range(top, last + 1))


def _group(grid: Grid, top: int, last: int, column: int) -> Section:
    """Return what the headings over a column say of its owner: of the same block, or just above it."""
    rows = [row for row in range(last - 1, top - 3, -1) if row >= 0]
    for row in rows:
        if row < top and not is_group_row(grid, row):
            break
        label = grid.reader.read(_group_text(grid, row, column))
        if label.owners and not label.attributes:
            return section_of(label)
        if row >= top and label.owners and not grid.label(row, column).attributes:
            return section_of(label)
    return Section()


def is_group_row(grid: Grid, row: int) -> bool:
    """Tell whether a row says only whose the headings below it are: «Школа | Администратор»."""
    columns = list(grid.filled(row))
    labels = [grid.label(row, one) for one in columns]
    return (
        len(columns) > 1
        and not any(one.asks for one in labels)
        and any(one.owners for one in labels)
    )


def _ends_table(grid: Grid, row: int) -> bool:
    """Tell whether a row begins something else: further headings, a section, rows of labels."""
    columns = without_numbers(grid, row, list(grid.filled(row)))
    if not columns:
        return False
    labels = [grid.label(row, one) for one in columns]
    if sum(1 for one in labels if one.asks) * 2 >= len(columns) and any(one.asks for one in labels):
        return True
    return len(columns) == 1 and labels[0].heading and bool(labels[0].owners)


def _example_marker(grid: Grid, row: int) -> bool:
    """Tell whether a cell of the row says that this is an example."""
    return any(
        grid.label(row, column).column is Column.EXAMPLE and not grid.label(row, column).attributes
        for column in grid.filled(row)
    )


def _record(grid: Grid, row: int, labels: Sequence[tuple[int, Label, Owner | None]]) -> Record:
    cells = [grid.cell(row, column) for column, _, _ in labels]
    if _is_numbering(cells) or _is_total(grid, row):
        return ()
    return tuple(
        Entry(label, owner, cell, grid.sheet.name, cell.text)
        for cell, (_, label, owner) in zip(cells, labels, strict=True)
        if not cell.blank and label.attributes != (Attribute.IGNORED,)
    )


def _is_numbering(cells: Sequence[Cell]) -> bool:
    """Tell whether a row numbers the columns: «1 | 2 | 3»."""
    filled = [cell.text.strip() for cell in cells if not cell.blank]
    return len(filled) > 1 and all(is_small_number(text) for text in filled)


def _is_total(grid: Grid, row: int) -> bool:
    return any(
        grid.cell(row, column).text.strip().casefold().startswith(("итого", "всего"))
        for column in grid.filled(row)
    )


def _without_samples(records: Sequence[Record]) -> Iterator[Record]:
    """Leave out rows that are examples by their content, or by being grey beside black ones."""
    black = any(record and not _is_faint(record) for record in records)
    alone = sum(1 for record in records if record) == 1
    for record in records:
        example = _is_sample_row(record) and not (alone and _names_school(record))
        if record and not example and not (black and _is_faint(record)):
            yield record


def _is_sample_row(record: Record) -> bool:
    """Tell whether a row holds what only samples hold; addresses alone say nothing, schools have such."""
    signs = [entry for entry in record if is_sample(entry.text)]
    return len(signs) >= _SAMPLE_SIGNS and not all(is_sample_address(one.text) for one in signs)


def _names_school(record: Record) -> bool:
    """Tell whether a row holds an ИНН that can be: the one row of a form is then a school's."""
    return any(is_inn(digits_of(entry.text)) for entry in record)


def _is_faint(record: Record) -> bool:
    return bool(record) and all(entry.cell is None or entry.cell.faint for entry in record)
