"""Blocks of a form where every label has its answer beside it: to the right, below, or in its own cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from parsers.names.identifiers import is_inn
from parsers.questionnaire.answers import (
    digits_of,
    fits,
    is_answer,
    is_one_alone,
    is_sample,
    is_typed,
)
from parsers.questionnaire.form_inline import read_inline, wanted_of
from parsers.questionnaire.form_roles import block_sections, owner_columns
from parsers.questionnaire.forms import (
    Entry,
    Grid,
    OwnerContext,
    Section,
    is_title,
    own_label,
    section_of,
    title_owners,
    without_numbers,
)
from parsers.questionnaire.labels import (
    ECHOED,
    NAME_PARTS,
    NOTHING,
    PERSONAL,
    Attribute,
    Column,
    Label,
    Owner,
)
from parsers.sheets.grid import Cell

_VOTES: Final = 2  # answers of the right shape in one column that make it the column of answers

_LABELS: Final = 2  # labels in one column that make it no column of answers, however it is headed

_Asked = tuple[int, Label, list[int]]  # column of a label, the label, filled columns up to the next


@dataclass
class PairsReader:
    """Reads rows of labels; learns from the whole sheet first in which columns answers stand."""

    grid: Grid
    context: OwnerContext
    _columns: dict[int, Column] = field(default_factory=dict)  # by their headings
    _answers: dict[int, int] = field(default_factory=dict)  # column of labels → column of answers
    _aside: set[int] = field(default_factory=set)  # columns of hints and remarks
    _shaped: Counter[int] = field(default_factory=Counter)  # answers of the right shape, by column
    _vertical: bool = False  # answers stand below their labels
    _people: dict[int, Owner] = field(default_factory=dict)  # whose a column is
    _blocks: dict[int, OwnerContext] = field(default_factory=dict)  # side by side, by first column
    further: list[Entry] = field(default_factory=list)  # ИНН of other schools, beside the first

    def learn(self, rows: Sequence[int]) -> None:
        """Look through the rows that belong to no table."""
        beside = below = 0
        votes: dict[int, Counter[int]] = {}
        for row in rows:
            self._learn_headings(row)
        labelled = Counter(
            at for row in rows for at in self.grid.filled(row) if self.grid.label(row, at).asks
        )
        self._columns = {at: kind for at, kind in self._columns.items() if labelled[at] < _LABELS}
        for row in rows:
            for column, label, cells in self._asked(row):
                usable = [at for at in cells if self._may_answer(row, at, label)]
                beside += bool(usable)
                below += not usable and self._below(row, column, label) is not None
                if usable and is_typed(wanted_of(label)):
                    votes.setdefault(column, Counter())[usable[0]] += 1
                    self._shaped.update(usable)
        for column, counter in votes.items():
            at, count = counter.most_common(1)[0]
            if count >= _VOTES:
                self._answers[column] = at
        self._aside = self._columns_aside(rows)
        self._vertical = below > beside

    def read(self, row: int) -> Iterator[Entry]:
        """Yield the labels of a row with their answers; a heading begins a section instead."""
        if self._enter_section(row):
            self._people, self._blocks = {}, {}
            return
        if blocks := block_sections(self.grid, row):
            self._blocks = {at: OwnerContext(section) for at, section in blocks.items()}
            return
        self._people = owner_columns(self.grid, row) or self._people
        asked = list(self._asked(row))
        self._enter_group_of_rows(row, asked)
        for column, label, cells in asked:
            if label.column is Column.EXAMPLE or self.context.section.example:
                continue
            of_people = self._of_people(label, row, cells)
            if of_people:
                yield from of_people
                continue
            context = self._context_at(column)
            if context is self.context:
                context.at_column(column, first=column == asked[0][0])
            answer = self._answer(row, column, label, cells)
            self._note_further(row, label, cells, answer)
            if answer is None and label.heading:
                context.enter(section_of(label))
                continue
            yield from self._entries(own_label(label), answer, row, cells, context=context)
        if not asked and not self.context.section.example:
            yield from self._inline(row)

    def _context_at(self, column: int) -> OwnerContext:
        """Return what follows the labels of a column: its block's, where blocks stand side by side."""
        block = max((at for at in self._blocks if at <= column), default=None)
        return self.context if block is None else self._blocks[block]

    def _of_people(self, label: Label, row: int, cells: Sequence[int]) -> list[Entry]:
        """Return the answers of a row whose columns are people's."""
        if not set(label.attributes) & PERSONAL or label.owner is not None:
            return []
        found = [(self._people[at], self.grid.cell(row, at)) for at in cells if at in self._people]
        name = self.grid.sheet.name
        return [Entry(label, owner, cell, name, cell.text) for owner, cell in found]

    def _entries(
        self,
        label: Label,
        answer: Cell | None,
        row: int,
        cells: Sequence[int],
        *,
        context: OwnerContext,
    ) -> Iterator[Entry]:
        owner = context.owner_of(label)
        name = self.grid.sheet.name
        parts = [self.grid.cell(row, at) for at in cells[: len(NAME_PARTS)]]
        if label.attributes == (Attribute.FIO,) and len(parts) > 1 and all(map(_is_part, parts)):
            for attribute, cell in zip(NAME_PARTS, parts, strict=False):
                yield Entry(replace(label, attributes=(attribute,)), owner, cell, name, cell.text)
        else:
            yield Entry(label, owner, answer, name, answer.text if answer else "")
            if owner in (Owner.ADMINISTRATOR, Owner.RESPONSIBLE) and answer is not None:
                others = self._others(label, answer, row, cells)
                yield from (Entry(label, owner, cell, name, cell.text) for cell in others)

    def _others(self, label: Label, answer: Cell, row: int, cells: Sequence[int]) -> Iterator[Cell]:
        """Yield further names or numbers in the row: two administrators in columns beside each other."""
        for column in cells:
            cell = self.grid.cell(row, column)
            aside = self._columns.get(column) in (Column.EXAMPLE, Column.COMMENT) or cell.faint
            if cell.ref != answer.ref and not aside and is_one_alone(wanted_of(label), cell.text):
                yield cell

    def _note_further(
        self, row: int, label: Label, cells: Sequence[int], answer: Cell | None
    ) -> None:
        """Note a second ИНН in a row: a form with a column for each school."""
        if Attribute.INN not in label.attributes or answer is None:
            return
        for column in cells:
            cell = self.grid.cell(row, column)
            kind = self._columns.get(column)
            other = cell.ref != answer.ref and kind not in (Column.EXAMPLE, Column.COMMENT)
            shaped = self._shaped[column] > _VOTES and fits(Attribute.INN, cell.text)
            if other and (shaped or is_inn(digits_of(cell.text))) and not is_sample(cell.text):
                entry = Entry(label, Owner.ORGANIZATION, cell, self.grid.sheet.name, cell.text)
                self.further.append(entry)

    def _learn_headings(self, row: int) -> None:
        """Take the headings of columns: «Поле | Значение | Комментарий»."""
        found = {at: self.grid.label(row, at).column for at in self.grid.filled(row)}
        named = {at: one for at, one in found.items() if one is not None}
        if len(named) > 1 and len(named) * 2 > len(found):
            self._columns.update(named)

    def _asked(self, row: int) -> Iterator[_Asked]:
        """Yield the labels of a row with the filled columns between each and the next."""
        columns = list(self.grid.filled(row))
        labels = {at: self._label(row, at, columns) for at in columns}
        asking = [at for at in columns if labels[at].attributes or labels[at].heading]
        for number, at in enumerate(asking):
            end = asking[number + 1] if number + 1 < len(asking) else len(self.grid.sheet.rows[row])
            yield at, labels[at], [one for one in columns if at < one < end]

    def _label(self, row: int, column: int, columns: Sequence[int]) -> Label:
        """Read a cell as a label; what stands in a column of answers is none, unless it asks."""
        label = self.grid.label(row, column)
        if self._columns.get(column) in (Column.VALUE, Column.COMMENT, Column.EXAMPLE):
            return Label()
        if label.asks and self._is_inline(row, column, columns):
            return Label()
        if label.attributes and self._before(row, column, columns) == label.attributes:
            hint = (
                label.owner is None and column != columns[-1]
            )  # «Телефон директора | мобильный | 8 …»
            if hint or label.attributes in ECHOED:  # «Район | Школьный район»
                return Label()
        if label == NOTHING and column == without_numbers(self.grid, row, columns)[0]:
            return self.grid.reader.read_name(self.grid.cell(row, column).text)
        if label.asks or column == columns[0]:
            return label
        before = columns[: columns.index(column)]
        if not any(self._names(row, at) for at in before):
            return label
        follows = self._names(row, before[-1])  # it answers the label before it
        return Label() if follows or not self._has_name_beside(row, column, columns) else label

    def _names(self, row: int, column: int) -> bool:
        label = self.grid.label(row, column)
        return bool(label.attributes or label.owners)

    def _before(self, row: int, column: int, columns: Sequence[int]) -> tuple[Attribute, ...]:
        """Return what the filled cell to the left asks for."""
        left = [at for at in columns if at < column][-1:]
        return self.grid.label(row, left[0]).attributes if left else ()

    def _has_name_beside(self, row: int, column: int, columns: Sequence[int]) -> bool:
        """Tell whether «Администратор» between other answers has a name to its right."""
        beside = [at for at in columns if at > column][:1]
        return any(fits(Attribute.FIO, self.grid.cell(row, at).text) for at in beside)

    def _may_answer(self, row: int, column: int, label: Label) -> bool:
        kind = self._columns.get(column)
        if kind in (Column.EXAMPLE, Column.COMMENT, Column.NUMBER, Column.LABEL):
            return False
        cell = self.grid.cell(row, column)
        attribute = wanted_of(label)
        if label.heading and self.grid.label(row, column).heading:
            return False  # «Школа | Администратор» over two blocks
        if label.heading and label.owner is not Owner.ORGANIZATION:
            return fits(attribute, cell.text)
        return is_answer(cell.text) and (not is_typed(attribute) or fits(attribute, cell.text))

    def _columns_aside(self, rows: Sequence[int]) -> set[int]:
        """Return the columns that are filled beside the column of answers, again and again."""
        together: Counter[int] = Counter()
        for row in rows:
            for column, _, cells in self._asked(row):
                best = self._answers.get(column)
                if best in cells:
                    together.update(at for at in cells if at != best)
        return {at for at, count in together.items() if count >= _VOTES}

    def _answer(self, row: int, column: int, label: Label, cells: list[int]) -> Cell | None:
        best = self._named_column(column)
        if best is None:
            best = self._answers.get(column)
        if best is not None and best > column:
            cell = self.grid.cell(row, best)
            if (
                not cell.blank
                and cell.ref != self.grid.cell(row, column).ref
                and (best in cells or cell.covered)
            ):
                return cell
        usable = [at for at in cells if at not in self._aside and self._may_answer(row, at, label)]
        if usable:
            return self.grid.cell(row, usable[0])
        remark = self._remark(row, label, cells)
        if remark is not None:
            return remark
        wrong = [at for at in cells if at not in self._aside and self._is_unshaped(row, at, label)]
        if wrong:
            return self.grid.cell(row, wrong[0])
        return self._below(row, column, label) if not cells else None

    def _named_column(self, column: int) -> int | None:
        """Return the column that is headed «Значение», the nearest to the right of the label."""
        named = [at for at, kind in self._columns.items() if kind is Column.VALUE and at > column]
        return min(named, default=None)

    def _remark(self, row: int, label: Label, cells: Sequence[int]) -> Cell | None:
        """Return an answer that was written into the column of remarks, if its shape proves it."""
        wanted = wanted_of(label)
        for at in cells:
            cell = self.grid.cell(row, at)
            if self._columns.get(at) is Column.EXAMPLE or not is_typed(wanted):
                continue
            if fits(wanted, cell.text) and not is_sample(cell.text) and not cell.faint:
                return cell
        return None

    def _is_unshaped(self, row: int, column: int, label: Label) -> bool:
        """Tell whether a cell is an answer of the wrong shape, to be shown as it is."""
        if label.heading or column in self._columns:
            return False
        cell = self.grid.cell(row, column)
        return cell.error or is_answer(cell.text)

    def _below(self, row: int, column: int, label: Label) -> Cell | None:
        """Return the answer under a label: of the right shape, or where all answers stand below."""
        wanted = wanted_of(label)
        below = row + 1
        while below < self.grid.height and self.grid.cell(below, column).covered:
            below += 1
        if below >= self.grid.height:
            return None
        if any(self._is_label(below, at) for at in self.grid.filled(below)):
            return None
        cell = self.grid.cell(below, column)
        alone = self.grid.filled(below)
        if cell.blank and len(alone) == 1 and alone[0] > column:
            cell = self.grid.cell(below, alone[0])
        if cell.covered or not fits(wanted, cell.text):
            return None
        if label.heading and label.owner is Owner.ORGANIZATION:
            return None
        return cell if is_typed(wanted) or self._vertical else None

    def _is_label(self, row: int, column: int) -> bool:
        label = self.grid.label(row, column)
        return label.asks or bool(self._inline_of(self.grid.cell(row, column).text))

    def _enter_section(self, row: int) -> bool:
        """Begin a section if the row is its heading, which stands alone in its row."""
        columns = without_numbers(self.grid, row, list(self.grid.filled(row)))
        if len(columns) != 1:
            return False
        cell = self.grid.cell(row, columns[0])
        label = self.grid.reader.read(cell.text)
        if label.column is Column.EXAMPLE:
            self.context.enter(Section(known=True, example=True))
            return True
        if label.attributes or not label.heading:
            return False
        if is_title(cell.text):
            label = Label((), title_owners(label))
        elif self._below(row, columns[0], label) is not None:
            return False  # «Администратор», and the name under it
        self.context.enter(section_of(label))
        return True

    def _enter_group_of_rows(self, row: int, asked: Sequence[_Asked]) -> None:
        """Begin a section where the first cell of the row heads this row and those after it."""
        asking = [column for column, label, _ in asked if label.asks]
        if not asking:
            return
        for column in range(asking[0]):
            cell = self.grid.cell(row, column)
            label = self.grid.reader.read(cell.text)
            if label.heading and label.owners and not label.attributes:
                section = section_of(label)
                if section != self.context.section:
                    self.context.enter(section)

    def _inline_of(self, line: str) -> tuple[Label, str] | None:
        return read_inline(line, self.grid.reader)

    def _is_inline(self, row: int, column: int, columns: Sequence[int]) -> bool:
        """Tell whether a cell holds its own answer, though all of it could be a label: «Тип: лицей».

        What stands to its right would be the answer, unless that is such a cell too.
        """
        return all(
            any(map(self._inline_of, self.grid.cell(row, at).text.splitlines()))
            for at in columns
            if at >= column
        )

    def _inline(self, row: int) -> Iterator[Entry]:
        """Yield the labels that hold their answer in their own cell, line by line."""
        for column in self.grid.filled(row):
            cell = self.grid.cell(row, column)
            for line in cell.text.splitlines():
                found = self._inline_of(line)
                if found is None:
                    continue
                label, text = found
                owner = self.context.owner_of(label)
                yield Entry(label, owner, cell, self.grid.sheet.name, text, inline=True)


def _is_part(cell: Cell) -> bool:
    """Tell whether a cell holds one word of a name: three of them are a name in three cells."""
    return len(cell.text.split()) == 1 and fits(Attribute.SURNAME, cell.text)
