"""Errors of the database, translated once, at the edge: one Russian line with the mend.

An error that no mend outside the program can help (a broken constraint, a wrong statement) stays
what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import exc

from workflow.ports import ServiceUnavailableError

# Control characters and runs of white space: a driver's message has several lines.
_SPACE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")

# Query parameters of a libpq URL that hold secrets or point at them.
_SECRETS: Final = frozenset({"password", "passfile", "sslpassword", "sslkey", "service"})

DETAIL_CHARACTERS: Final = 160
"""How much of the driver's own words is quoted."""


class _Cause(NamedTuple):
    """How one cause is recognized and told."""

    signs: tuple[str, ...]  # SQLSTATE, or words of the driver's message in lower case
    what: str
    mend: str


_UPGRADE: Final = "выполните «mailbot db upgrade»"

_CAUSES: Final[tuple[_Cause, ...]] = (
    _Cause(
        ("no such table", "no such column", "has no column named", "42P01", "42703"),
        "схема базы данных не создана или устарела",
        _UPGRADE,
    ),
    _Cause(
        ("database is locked", "database table is locked"),
        "база данных занята другой программой",
        "дождитесь её окончания",
    ),
    _Cause(
        ("database or disk is full", "53100", "no space left"),
        "на диске базы данных нет места",
        "освободите место",
    ),
    _Cause(
        ("no database file",),
        "файла базы данных нет",
        _UPGRADE,
    ),
    _Cause(
        ("unable to open database file",),
        "файл базы данных не открывается",
        "проверьте путь и права на каталог",
    ),
    _Cause(
        ("readonly database", "25006", "permission denied", "42501"),
        "не хватает прав на базу данных",
        "дайте права на чтение и запись",
    ),
    _Cause(
        ("malformed", "file is not a database", "disk i/o error"),
        "файл базы данных повреждён или это не база данных",
        "проверьте диск и восстановите копию",
    ),
    _Cause(
        ("authentication failed", "no password supplied", 'role "', "28P01", "28000"),
        "база данных не приняла имя или пароль",
        "проверьте [database] url",
    ),
    _Cause(
        ("3D000", '" does not exist'),
        "на сервере нет такой базы данных",
        "создайте её или исправьте [database] url",
    ),
    _Cause(
        ("certificate", "ssl error", "does not support ssl"),
        "защищённого соединения с базой данных не получилось",
        "проверьте сертификаты и sslmode",
    ),
    _Cause(
        ("53300", "too many clients", "queuepool limit"),
        "у базы данных не осталось свободных соединений",
        "увеличьте max_connections или уменьшите число процессов",
    ),
    _Cause(
        ("40001", "40P01", "55P03", "57014", "25P03"),
        "база данных занята другой транзакцией",
        "программа повторит попытку",
    ),
)

_UNREACHABLE: Final = _Cause(
    (), "с базой данных нет связи", "проверьте, что сервер работает и [database] url верен"
)


@contextmanager
def translated(url: sa.URL) -> Iterator[None]:
    """Turn errors that say «the database cannot be used» into `ServiceUnavailableError`."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        line = explain(error, url)
        if line is None:
            raise
        raise ServiceUnavailableError(line) from error


def explain(error: exc.SQLAlchemyError, url: sa.URL) -> str | None:
    """Return the line for people, or None where the error is a fault of the program's own."""
    original = getattr(error, "orig", None) or error
    detail = " ".join(_SPACE.sub(" ", str(original)).split())
    state = getattr(original, "sqlstate", None) or ""
    cause = next((one for one in _CAUSES if _shows(one, state, detail.lower())), None)
    if not isinstance(error, exc.TimeoutError | exc.OperationalError | exc.InterfaceError):
        if cause is None or not isinstance(error, exc.DatabaseError):
            return None
        if isinstance(error, exc.IntegrityError | exc.DataError):
            return None
    cause = cause or _UNREACHABLE
    if len(detail) > DETAIL_CHARACTERS:
        detail = detail[:DETAIL_CHARACTERS].rstrip() + "…"
    return f"{cause.what}: {public_url(url)} ({detail}); {cause.mend}"


def public_url(url: sa.URL) -> str:
    """Return where the database is, without any secret."""
    secret = [name for name in url.query if name.lower() in _SECRETS]
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    shown = sa.URL.create(
        url.drivername.partition("+")[0], url.username, None, url.host, url.port, url.database
    )
    return shown.set(query=url.difference_update_query(secret).query).render_as_string()


def _shows(cause: _Cause, state: str, detail: str) -> bool:
    return any(sign == state or sign in detail for sign in cause.signs)
