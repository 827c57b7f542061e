"""The loaded register of organizations: filled by imports, asked by ИНН.

An import is an upsert by ИНН: what it says of an organization takes the place of everything that
earlier imports have said of it, branches included, which share the ИНН and differ by КПП or name.
Within one import the rows of one branch complete each other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.storage.tables import register_entry, register_import
from parsers.facts import PersonName
from parsers.questionnaire.regions import find_region
from workflow.application import RegisterEntry

_KEY: Final = ("import_id", "inn", "kpp", "name_key")
_COMPLETED: Final = (
    "ogrn",
    "full_name",
    "short_name",
    "region",
    "address",
    "head",
    "status",
    "email",
    "site",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One row of a register as its file has it; "" where the file says nothing."""

    inn: str
    kpp: str = ""
    ogrn: str = ""
    full_name: str = ""
    short_name: str = ""
    region: str = ""
    address: str = ""
    head: str = ""  # «Фамилия Имя Отчество» in the nominative, nothing else
    status: str = ""  # «Действует», «Ликвидирована», or the day on which it ended
    email: str = ""
    site: str = ""


# What a register says of an organization that is no more: in words, or by a date of its end. One that is being
# reorganized goes on.
_ENDED: Final = re.compile(
    r"ликвид|прекра[тщ]|исключен|недейств|не\s+действ|закрыт|аннулирован|упразднен|банкрот|реорганизован[ао]?\b|"
    r"^\s*[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}",
    re.IGNORECASE,
)

_FIELDS: Final = tuple(one.name for one in fields(RegisterRow))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterState:
    """What is loaded: how much, when, from where."""

    entries: int
    loaded_at: dt.datetime | None  # when the last whole import ended; None where there was none
    file: str  # of the last import
    is_cut_off: bool  # the last import did not come to its end


def begin_import(connection: sa.Connection, file: str, *, at: dt.datetime) -> int:
    """Note that an import begins, and clear away what was cut off before; returns its id."""
    cut_off = sa.select(register_import.c.id).where(register_import.c.ended_at.is_(None))
    for import_id in connection.scalars(cut_off).all():
        drop_import(connection, import_id)
    row = {"file": file, "began_at": at, "entries": 0, "refused": 0}
    statement = sa.insert(register_import).values(row).returning(register_import.c.id)
    return int(connection.execute(statement).scalar_one())


def drop_import(connection: sa.Connection, import_id: int) -> None:
    """Forget an import that has not come to its end."""
    connection.execute(sa.delete(register_entry).where(register_entry.c.import_id == import_id))
    connection.execute(sa.delete(register_import).where(register_import.c.id == import_id))


def put_rows(connection: sa.Connection, import_id: int, rows: Sequence[RegisterRow]) -> bool:
    """Store rows, which count once the import has ended; False where another has begun since."""
    there = sa.select(register_import.c.id).where(register_import.c.id == import_id)
    if connection.execute(there).first() is None:
        return False
    connection.execute(_upsert(connection), [_columns(import_id, row) for row in rows])
    return True


def end_import(
    connection: sa.Connection, import_id: int, *, at: dt.datetime, refused: int, alone: bool
) -> int:
    """Have an import count; returns its number of entries.

    What earlier ones have said of the same organizations goes; `alone`, everything that they said.
    """
    entry, ours = register_entry.c, register_entry.c.import_id == import_id
    older = entry.import_id != import_id
    if not alone:
        older &= entry.inn.in_(sa.select(entry.inn).where(ours))
    connection.execute(sa.delete(register_entry).where(older))
    count = sa.select(sa.func.count()).select_from(register_entry).where(ours)
    entries = int(connection.execute(count).scalar_one())
    connection.execute(
        sa.update(register_import)
        .where(register_import.c.id == import_id)
        .values(ended_at=at, entries=entries, refused=refused)
    )
    return entries


def register_state(connection: sa.Connection) -> RegisterState | None:
    """Return what is loaded, None where nothing was ever imported."""
    imports = register_import.c
    last = connection.execute(
        sa.select(imports.file, imports.ended_at).order_by(imports.id.desc()).limit(1)
    ).first()
    if last is None:
        return None
    count = sa.select(sa.func.count()).select_from(_whole())
    loaded_at = sa.select(imports.ended_at).where(imports.ended_at.is_not(None))
    return RegisterState(
        entries=int(connection.execute(count).scalar_one()),
        loaded_at=connection.scalar(loaded_at.order_by(imports.id.desc()).limit(1)),
        file=last.file,
        is_cut_off=last.ended_at is None,
    )


def register_entries(connection: sa.Connection, inn: str) -> tuple[RegisterEntry, ...] | None:
    """Return what the register says under `inn`, None where no import has ever come to its end.

    Before that a part of the register is there, and who is missing in it proves nothing.
    """
    ended = sa.select(register_import.c.id).where(register_import.c.ended_at.is_not(None)).limit(1)
    if connection.execute(ended).first() is None:
        return None
    statement = (
        sa.select(register_entry)
        .select_from(_whole())
        .where(register_entry.c.inn == inn)
        .order_by(register_entry.c.id)
    )
    return tuple(_entry(row) for row in connection.execute(statement))


def _whole() -> sa.Join:
    """The entries of imports that have come to their end."""
    ended = sa.and_(
        register_import.c.id == register_entry.c.import_id, register_import.c.ended_at.is_not(None)
    )
    return register_entry.join(register_import, ended)


def _entry(row: Any) -> RegisterEntry:
    region = find_region(row.region) or find_region(row.address)
    return RegisterEntry(
        names=tuple(name for name in (row.full_name, row.short_name) if name),
        places=tuple(place for place in (row.region, row.address) if place),
        region=region.code if region else None,
        head=PersonName(raw=row.head, nominatives=(row.head,), initials="." in row.head)
        if row.head
        else None,
        ended=row.status if row.status and _ENDED.search(row.status) else "",
    )


def _columns(import_id: int, row: RegisterRow) -> dict[str, Any]:
    name = " ".join((row.full_name or row.short_name).split())
    return {name: getattr(row, name) for name in _FIELDS} | {
        "import_id": import_id,
        "name_key": name,
    }


def _upsert(connection: sa.Connection) -> postgresql.Insert | sqlite.Insert:
    """Begin an INSERT that completes the row of the same branch where there is one."""
    insert: Any = (
        postgresql.insert(register_entry)
        if connection.dialect.name == "postgresql"
        else sqlite.insert(register_entry)
    )
    new = {
        name: sa.func.coalesce(sa.func.nullif(insert.excluded[name], ""), register_entry.c[name])
        for name in _COMPLETED
    }
    statement: postgresql.Insert | sqlite.Insert = insert.on_conflict_do_update(
        index_elements=_KEY, set_=new
    )
    return statement
