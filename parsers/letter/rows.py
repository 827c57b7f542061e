"""Rows of a table whose cells run over several lines, put together again.

A scan's lines cut through all cells of a row: «Рогова Ирина | 8 905 111-» over «Сергеевна | 22-33». The lower line is
taken into the upper one where a name or a number goes on in it; each character keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from parsers.names.patronymics import read_patronymic
from parsers.names.tokens import may_be_name

# A cell that holds a surname, or a surname and a given name, and nothing behind.
_OPEN_NAME: Final = re.compile(r"(?:^|[ ])([А-ЯЁ][А-Яа-яЁё-]+)(?:[ ]([А-ЯЁ][А-Яа-яЁё-]+))?[ ]*$")
_WORDS: Final = re.compile(r"[ ]*([А-ЯЁ][А-Яа-яЁё-]+)(?:[ ]([А-ЯЁ][А-Яа-яЁё-]+))?")

# A cell that ends inside a telephone number, and one that goes on with it.
_OPEN_NUMBER: Final = re.compile(r"(?:\+7|[78])[-0-9 ().]*[0-9)-][ ]*$")
_REST_OF_NUMBER: Final = re.compile(r"[ ]*[-0-9 ().]*[0-9]")
_NOT_DIGIT: Final = re.compile(r"[^0-9]")
_WHOLE: Final = 11  # digits of a number with its prefix

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    first: int  # where it begins in the whole text


def joined_rows(text: str, origin: Sequence[Place]) -> tuple[str, tuple[Place, ...]]:
    """Return `text` and its places with every table row on one line."""
    rows = [_cells(text, start, end) for start, end in _lines(text)]
    made: list[list[list[_Cell]]] = []  # rows of columns of the cells under each other
    for row in rows:
        above = made[-1] if made else None
        columns = _columns(above, row) if above else None
        if above and columns is not None:
            for column, cell in zip(columns, row, strict=True):
                above[column].append(cell)
        else:
            made.append([[cell] for cell in row])
    if len(made) == len(rows):
        return text, tuple(origin)
    return _written(made, origin)


def _lines(text: str) -> list[tuple[int, int]]:
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    return [
        (start, end - 1) for start, end in zip(starts, [*starts[1:], len(text) + 1], strict=True)
    ]


def _cells(text: str, start: int, end: int) -> list[_Cell]:
    cells = []
    for part in text[start:end].split("\t"):
        cells.append(_Cell(part, start))
        start += len(part) + 1
    return cells


def _columns(above: list[list[_Cell]], row: list[_Cell]) -> list[int] | None:
    """Return the column of `above` that each cell of `row` goes on, None where the row is one of its own."""
    if len(above) < 2 or len(row) > len(above):
        return None
    upper = [" ".join(cell.text for cell in column) for column in above]
    columns: list[int] = []
    proved = False
    for number, cell in enumerate(row):
        fits = [at for at, over in enumerate(upper) if _goes_on(over, cell.text)]
        proved = proved or bool(fits)
        if len(row) == len(above):
            columns.append(number)
        else:
            columns.append(fits[0] if fits else number)
    ordered = len(set(columns)) == len(columns)
    return columns if proved and ordered else None


def _goes_on(upper: str, lower: str) -> bool:
    return _name_goes_on(upper, lower) or _number_goes_on(upper, lower)


def _name_goes_on(upper: str, lower: str) -> bool:
    """Say whether the lower cell begins with what the name in the upper one lacks."""
    name, rest = _OPEN_NAME.search(upper), _WORDS.match(lower)
    if name is None or rest is None or not may_be_name(name[1]):
        return False
    if name[2] and read_patronymic(name[2]) == () and may_be_name(name[2]):
        return read_patronymic(rest[1]) != ()
    return not name[2] and rest[2] is not None and read_patronymic(rest[2]) != ()


def _number_goes_on(upper: str, lower: str) -> bool:
    number, rest = _OPEN_NUMBER.search(upper), _REST_OF_NUMBER.match(lower)
    if number is None or rest is None:
        return False
    digits, more = _NOT_DIGIT.sub("", number[0]), _NOT_DIGIT.sub("", rest[0])
    return 1 <= len(digits) < _WHOLE and len(digits) + len(more) == _WHOLE


def _written(
    rows: Sequence[Sequence[Sequence[_Cell]]], origin: Sequence[Place]
) -> tuple[str, tuple[Place, ...]]:
    parts: list[str] = []
    places: list[Place] = []
    for number, row in enumerate(rows):
        for at, column in enumerate(row):
            for under, cell in enumerate(column):
                gap = " " if under else ("\t" if at else ("\n" if number else ""))
                if gap:
                    parts.append(gap)
                    places.append(places[-1] if places else origin[0])
                parts.append(cell.text)
                places += origin[cell.first : cell.first + len(cell.text)]
    return "".join(parts), tuple(places)
