"""A whole sheet as a form: its blocks in order, and what they hold together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from parsers.questionnaire.form_pairs import PairsReader
from parsers.questionnaire.form_tables import (
    Record,
    Table,
    is_group_row,
    is_heading_row,
    read_table,
)
from parsers.questionnaire.forms import (
    CLASSIFIED_ROWS,
    Entry,
    Grid,
    OwnerContext,
    Section,
    section_of,
)
from parsers.questionnaire.labels import Attribute, LabelReader, Owner
from parsers.sheets.grid import Sheet

_IDENTIFYING: Final = frozenset(
    {Attribute.INN, Attribute.NAME, Attribute.SHORT_NAME, Attribute.OGRN}
)

# Words that letters and orders say and forms do not
LETTER_WORDS: Final = re.compile(
    r"п\s?р\s?и\s?к\s?а\s?з\s?ы\s?в\s?а\s?ю|^\s*п\s?р\s?и\s?к\s?а\s?з\s*$|\bнастоящим\b|\bназначить\b|"
    r"\bвозложить\b|\bвозлагаю\b|\bпросим\s+(?:вас\b|зарегистрировать|предоставить|назначить)|"
    r"\bсообща(?:ем|ю)\b|\bисх\.|\bс приказом\b|\bконтроль за\b|^\s*о\s+назначении\b",
    re.IGNORECASE | re.MULTILINE,
)
TITLE: Final = re.compile(r"\bанкет[аыуе]\b|\bопросный лист\b|\bформа заявки\b", re.IGNORECASE)
_LONGEST_TITLE: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class FormSheet:
    """What one sheet asks and answers.

    `answers` are those that are given once; `rows` the rows of tables that say which school each is
    about.
    """

    name: str
    asked: tuple[Entry, ...]
    answers: Record
    rows: tuple[Record, ...]
    further: Record = ()  # ИНН of other schools in columns of their own
    title: bool = False  # it is called «Анкета»
    letter: bool = False  # it speaks as letters and orders do


def read_form(sheet: Sheet, reader: LabelReader) -> FormSheet:
    """Read a sheet; one that is no form asks for little or nothing."""
    grid = Grid(sheet, reader)
    context = OwnerContext(_named_section(sheet, reader))
    pairs = PairsReader(grid, context)
    height = min(grid.height, CLASSIFIED_ROWS)
    headings = {row for row in range(height) if is_heading_row(grid, row)}
    pairs.learn([row for row in range(height) if row not in headings])
    asked: list[Entry] = []
    answers: list[Entry] = []
    rows: list[Record] = []
    row = 0
    while row < height:
        if row in headings:
            table = read_table(grid, row, context)
            asked += table.asked
            _add_table(table, answers, rows)
            row = max(table.end, row + 1)
            continue
        if row + 1 in headings and is_group_row(grid, row):
            row += 1
            continue
        found = list(pairs.read(row))
        asked += found
        answers += [entry for entry in found if entry.cell is not None]
        row += 1
    texts = [cell.text for line in sheet.rows[:height] for cell in line if not cell.covered]
    return FormSheet(
        sheet.name,
        tuple(asked),
        tuple(answers),
        tuple(rows),
        tuple(pairs.further),
        title=any(
            len(text) < _LONGEST_TITLE and TITLE.search(text) for text in [sheet.name, *texts]
        ),
        letter=any(LETTER_WORDS.search(text) and not _is_of_form(text, reader) for text in texts),
    )


def _named_section(sheet: Sheet, reader: LabelReader) -> Section:
    """Return the section that a sheet's name is: «Руководитель», «Администратор»."""
    label = reader.read(sheet.name)
    named = label.heading and label.owner in (Owner.HEAD, Owner.ADMINISTRATOR)
    return section_of(label) if named and not TITLE.search(sheet.name) else Section()


def _is_of_form(text: str, reader: LabelReader) -> bool:
    """Tell whether a text is a label («Дата приказа о назначении») or asks to fill the form in."""
    return bool(reader.read(text).attributes or TITLE.search(text))


def _add_table(table: Table, answers: list[Entry], rows: list[Record]) -> None:
    """Keep a list's rows apart; a table within a form continues the form."""
    records = [record for record in table.records if record]
    if _is_list(table.asked) and len(records) > 1:
        rows += records
    else:
        answers += [entry for record in records for entry in record]


def _is_list(asked: Iterable[Entry]) -> bool:
    """Tell whether a row of a table says which school it is about."""
    return any(set(entry.label.attributes) & _IDENTIFYING for entry in asked)
