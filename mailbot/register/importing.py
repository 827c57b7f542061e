"""`register import`: a file of organizations into the database, streaming, whole or not at all.

What is wrong with a row is told with its line, the others go on. The import counts once it has come
to its end; one that is cut off, or whose file turns out broken, changes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mailbot.register.columns import Columns
from mailbot.register.lines import Advance, Line, RegisterFileError
from mailbot.register.markup import read_markup
from mailbot.register.tables import read_delimited, read_workbook
from mailbot.storage import Database
from mailbot.storage.registertables import (
    RegisterRow,
    begin_import,
    drop_import,
    end_import,
    put_rows,
)
from mailbot.storage.rows import batches
from parsers.names.identifiers import is_inn, restore_zero
from parsers.names.names import Case, find_people
from workflow.ports import Clock, ServiceUnavailableError

BATCH_ROWS: Final = 1_000
"""Rows of one transaction: others wait for no more than these."""

_INN_LENGTHS: Final = (10,)
_PERSONS_LENGTHS: Final = frozenset({11, 12})
# «Лугов Игорь Семёнович», «ЛУГОВ ИГОРЬ СЕМЕНОВИЧ»: as nearly every register has it
_PLAIN_NAME: Final = re.compile(
    r"[А-ЯЁ][а-яё-]+(?:-[А-ЯЁ][а-яё]+)? [А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+(?:вич|вна|ична|ьич)|"
    r"[А-ЯЁ-]{2,} [А-ЯЁ]{2,} [А-ЯЁ]+(?:ВИЧ|ВНА|ИЧНА|ЬИЧ)"
)
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_UTF8_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row that was left out."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of an import."""

    rows: int  # of the file that were used
    entries: int  # in the register from this file: rows of one branch are one
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Brings files into the database, and tells about progress and refused rows."""

    database: Database
    columns: Mapping[str, Sequence[str]]
    now: Clock
    refuse: Callable[[Refused], None]
    advance: Advance

    def run(self, path: Path, *, alone: bool = False) -> Imported:
        """Import a file; `alone`, the register is then this file's and nothing else.

        Raises `RegisterFileError` where it is no register, `ServiceUnavailableError` where the
        database cannot be used or another import has begun; nothing has changed then.
        """
        lines = _reader(path)(path, Columns(self.columns), self.advance)
        with self.database.transaction() as connection:
            import_id = begin_import(connection, path.name, at=self.now())
        try:
            return self._fill(import_id, lines, alone=alone)
        except RegisterFileError:
            with self.database.transaction() as connection:
                drop_import(connection, import_id)
            raise

    def _fill(self, import_id: int, lines: Iterator[Line], *, alone: bool) -> Imported:
        used = refused = 0
        for batch in batches(lines, BATCH_ROWS):
            rows = []
            for line in batch:
                made = _row(line)
                if isinstance(made, RegisterRow):
                    rows.append(made)
                else:
                    refused += 1
                    self.refuse(made)
            used += len(rows)
            self._put(import_id, rows)
        if not used:
            raise RegisterFileError("в файле нет ни одной организации с верным ИНН")
        with self.database.transaction() as connection:
            at: dt.datetime = self.now()
            entries = end_import(connection, import_id, at=at, refused=refused, alone=alone)
        return Imported(rows=used, entries=entries, refused=refused)

    def _put(self, import_id: int, rows: Sequence[RegisterRow]) -> None:
        if not rows:
            return
        with self.database.transaction() as connection:
            if not put_rows(connection, import_id, rows):
                raise ServiceUnavailableError("загрузку прервала другая, начатая позже")


def _reader(path: Path) -> Callable[[Path, Columns, Advance], Iterator[Line]]:
    """Tell what a file is by its content, not by its name."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise RegisterFileError(f"файл не читается ({error.strerror})") from None
    if head.startswith(_ZIP):
        return read_workbook
    if head.startswith(_OLD_OFFICE):
        raise RegisterFileError("книги .xls не читаются; сохраните её как .xlsx или .csv")
    start = head.removeprefix(_UTF8_BOM).lstrip()
    is_markup = start.startswith(b"<") or head.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<"))
    return read_markup if is_markup else read_delimited


def _row(line: Line) -> RegisterRow | Refused:
    """Check a line; an ИНН that a table robbed of its leading zero gets it back if it then holds."""
    if line.fault:
        return Refused(line=line.number, reason=line.fault)
    digits = "".join(sign for sign in line.values.get("inn", "") if sign.isdigit())
    if not digits:
        return Refused(line=line.number, reason="нет ИНН")
    inn = digits if is_inn(digits) else restore_zero(digits, _INN_LENGTHS, is_inn)
    if inn is None:
        reason = (
            "ИНН физического лица"
            if len(digits) in _PERSONS_LENGTHS
            else "ИНН не проходит проверку контрольной цифры"
        )
        return Refused(line=line.number, reason=reason)
    values = {name: text for name, text in line.values.items() if name != "inn"}
    kpp = "".join(values.get("kpp", "").split())
    return RegisterRow(inn=inn, **(values | {"kpp": kpp, "head": _head(values.get("head", ""))}))


def _head(text: str) -> str:
    """Return the one person whom a cell names; of several, or none, nothing is said."""
    if _PLAIN_NAME.fullmatch(text):
        return text.title()
    found = find_people(text, bare=True) if text else ()
    names = found[0].name(Case.NOMINATIVE).nominatives if len(found) == 1 else ()
    return names[0] if len(names) == 1 else ""
