"""Frozen values to rows and back, and the few statements that the store is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

PAGE_ROWS: Final = 100
"""Rows of a long listing that are in memory at a time."""

LOOKUP_VALUES: Final = 500
"""Values that one statement looks for; databases bound the number of parameters."""


def _names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def values(item: Any, *without: str) -> dict[str, Any]:
    """Return the fields of a frozen value as a row's columns."""
    return {name: getattr(item, name) for name in _names(type(item)) if name not in without}


def columns(kind: Any, table: sa.Table) -> list[sa.Column[Any]]:
    """Return the columns of `table` that values of `kind` are made of."""
    return [table.c[name] for name in _names(kind)]


def made(kind: type[T], row: sa.RowMapping) -> T:
    """Return the frozen value that a row with `columns(kind, …)` holds."""
    return kind(**{name: row[name] for name in _names(kind)})


def batches(items: Iterable[T], size: int = LOOKUP_VALUES) -> Iterator[list[T]]:
    """Return `items` in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class Part:
    """A part of a unit of work: statements on one connection, in one transaction."""

    def __init__(self, connection: sa.Connection, *, write: bool) -> None:
        self._connection = connection
        self._write = write

    def _one(self, kind: type[T], table: sa.Table, *where: sa.ColumnElement[bool]) -> T | None:
        statement = sa.select(*columns(kind, table)).where(*where)
        row = self._connection.execute(statement).mappings().first()
        return None if row is None else made(kind, row)

    def _all(
        self,
        kind: type[T],
        table: sa.Table,
        *where: sa.ColumnElement[bool],
        limit: int | None = None,
    ) -> tuple[T, ...]:
        """Return the rows, oldest first."""
        statement = sa.select(*columns(kind, table)).where(*where).order_by(table.c.id).limit(limit)
        return tuple(made(kind, row) for row in self._connection.execute(statement).mappings())

    def _pages(self, kind: type[T], table: sa.Table, *where: sa.ColumnElement[bool]) -> Iterator[T]:
        """Return the rows, oldest first, a page at a time; changes meanwhile do no harm."""
        last = 0
        while True:
            statement = (
                sa.select(*columns(kind, table), table.c.id.label("_id"))
                .where(*where, table.c.id > last)
                .order_by(table.c.id)
                .limit(PAGE_ROWS)
            )
            page = self._connection.execute(statement).mappings().all()
            for row in page:
                yield made(kind, row)
            if len(page) < PAGE_ROWS:
                return
            last = page[-1]["_id"]

    def _ids(self, table: sa.Table, *where: sa.ColumnElement[bool], limit: int) -> list[int]:
        statement = sa.select(table.c.id).where(*where).order_by(table.c.id).limit(limit)
        return list(self._connection.scalars(statement))

    def _insert(self, table: sa.Table, row: dict[str, Any]) -> int:
        statement = sa.insert(table).values(row).returning(table.c.id)
        return int(self._connection.execute(statement).scalar_one())

    def _insert_once(self, table: sa.Table, row: dict[str, Any], unique: Sequence[str]) -> int:
        """Insert a row unless one with the same `unique` columns is there; return the id."""
        statement = insert_unless_there(self._connection, table, unique).values(row)
        new = self._connection.execute(statement.returning(table.c.id)).scalar_one_or_none()
        if new is not None:
            return int(new)
        there = sa.select(table.c.id).where(*(table.c[name] == row[name] for name in unique))
        return int(self._connection.execute(there).scalar_one())

    def _lock(self, number: int) -> None:
        """Wait until no other transaction holds the lock `number`; hold it until this one ends.

        On SQLite there is nothing to wait for: a writing transaction is alone.
        """
        take_lock(self._connection, number)


def insert_unless_there(
    connection: sa.Connection, table: sa.Table, unique: Sequence[str]
) -> postgresql.Insert | sqlite.Insert:
    """Begin an INSERT that does nothing where a row with the same `unique` columns is there."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=unique)
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=unique)


def take_lock(connection: sa.Connection, number: int) -> None:
    """Take an advisory lock of PostgreSQL until the transaction ends; 0 < number < 2⁶³."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.cast(number, sa.BigInteger))))
