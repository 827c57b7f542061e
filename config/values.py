"""What single settings may be: each function returns its value or says in Russian what is expected."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

FIRST_MAILBOX: Final = "mailbox"
"""What the mailbox of the section `[mailbox]` is called beside those of `[mailboxes.<name>]`."""

# an authserv-id (RFC 8601, 2.2) as mail services have it: a host's name, `*.` for any before it
_SERVICE: Final = re.compile(r"(?:\*\.)?[^\s*;=\"()/\\]+")


def mail_service(value: str) -> str:
    """Check the name of a mail service, or `*.` and the end of the names of several."""
    if not _SERVICE.fullmatch(value):
        raise ValueError("ожидается имя почтовой службы: mx.example.ru или *.example.ru")
    return value


def moment(value: object) -> object:
    """Make a moment of a day or a time; without a zone it counts in the machine's own."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time()).astimezone(dt.UTC)
    return value


def mailbox_names(value: object) -> object:
    """Refuse a further mailbox that would take the place of the first."""
    if isinstance(value, dict) and FIRST_MAILBOX in value:
        raise ValueError(f"имя {FIRST_MAILBOX} занято разделом [{FIRST_MAILBOX}]; возьмите другое")
    return value
