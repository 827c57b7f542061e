"""The tables. A column that a frozen value has a field for is named after the field.

Numbers of applications are told to schools, so no id is ever given twice, not even after a purge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from mailbot.storage.columns import AsJson, Choice, CleanText, IndexKey, UtcDateTime
from parsers.facts import Reading
from workflow.application import Agreed, Assessment, Fate, ReplyKind, ReplyStatus
from workflow.findings import Finding
from workflow.states import Actor, Event, State

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _filled(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _to(name: str, target: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.ForeignKey(target), nullable=nullable, index=True)


application: Final = sa.Table(
    "application",
    metadata,
    _id(),
    _filled("state", Choice(State)),
    _filled("version", sa.Integer),
    _filled("received_at", UtcDateTime),
    sa.Column("assessment", AsJson(Assessment)),
    _filled("findings", AsJson(tuple[Finding, ...])),
    _filled("agreed", AsJson(Agreed)),
    _filled("corrections", AsJson(Mapping[str, str])),
    _to("linked_to", "application.id"),
    sa.Column("due_at", UtcDateTime),
    _filled("faults", sa.Integer),
    _filled("attempts", sa.Integer),
    _filled("settled", sa.Boolean),
    _filled("asked", CleanText),
    _filled("asked_times", sa.Integer),
    sa.Column("inn", IndexKey, index=True),  # that the papers name, agreed or not
    sa.Column("purged_at", UtcDateTime),  # nothing of the persons in it is left
    sa.Index(None, "state", "due_at"),
    sqlite_autoincrement=True,
)

history: Final = sa.Table(
    "history",
    metadata,
    _id(),
    _to("application_id", "application.id", nullable=False),
    sa.Column("source", Choice(State)),
    _filled("target", Choice(State)),
    sa.Column("event", Choice(Event)),
    _filled("actor", Choice(Actor)),
    _filled("who", CleanText),
    _filled("at", UtcDateTime),
    _filled("why", CleanText),
    sa.Column("note", CleanText),
    sqlite_autoincrement=True,
)

seen: Final = sa.Table(
    "seen",
    metadata,
    _id(),
    _filled("mailbox", CleanText),
    _filled("key", CleanText),
    sa.Column("message_id", CleanText),
    _filled("sender", CleanText),
    _filled("subject", CleanText),
    _filled("received_at", UtcDateTime),
    _filled("fate", Choice(Fate)),
    _filled("reason", CleanText),
    sa.Column("digest", CleanText, index=True),
    _to("application_id", "application.id"),
    sa.Column("marked", CleanText),  # how, in the mailbox; NULL of a message taken: still due
    sa.UniqueConstraint("mailbox", "key"),
    sa.Index(None, "fate", "id"),
    sa.Index(
        "ix_seen_unmarked",
        "mailbox",
        "id",
        sqlite_where=sa.text("fate = 'taken' AND marked IS NULL"),
        postgresql_where=sa.text("fate = 'taken' AND marked IS NULL"),
    ),
    sqlite_autoincrement=True,
)

message: Final = sa.Table(
    "message",
    metadata,
    _id(),
    sa.Column("digest", CleanText, nullable=False, unique=True),
    _filled("size", sa.BigInteger),
    sa.Column("message_id", CleanText),
    _filled("sender", CleanText),
    _filled("subject", CleanText),
    _filled("references", AsJson(tuple[str, ...])),
    _filled("received_at", UtcDateTime),
    sa.Column("sent_at", UtcDateTime),
    _to("application_id", "application.id"),
    sa.Column("reading", AsJson(Reading)),
    _filled("faults", sa.Integer),
    _filled("noted", CleanText),
    _filled("settled", sa.Boolean),
    sa.Column("sender_key", IndexKey, nullable=False, index=True),
    sa.Column("mailbox", CleanText, nullable=False, server_default=""),
    sa.Column("purged_at", UtcDateTime),  # its bytes are gone; the digest stays, to know them again
    sqlite_autoincrement=True,
)

outbox: Final = sa.Table(
    "outbox",
    metadata,
    _id(),
    sa.Column("key", CleanText, nullable=False, unique=True),
    _to("application_id", "application.id", nullable=False),
    _filled("kind", Choice(ReplyKind)),
    _filled("recipient", CleanText),
    _filled("message_id", CleanText),
    _filled("subject", CleanText),
    _filled("content", sa.LargeBinary),
    _filled("status", Choice(ReplyStatus)),
    _filled("attempts", sa.Integer),
    _filled("due_at", UtcDateTime),
    _filled("created_at", UtcDateTime),
    sa.Column("sent_at", UtcDateTime),
    _filled("error", CleanText),
    _filled("recipient_key", IndexKey),
    sa.Column("message_id_key", IndexKey, nullable=False, index=True),
    sa.Column("deadline", sa.Date),
    sa.Index(None, "status", "due_at"),
    sa.Index(None, "sent_at", "recipient_key"),
    sqlite_autoincrement=True,
)

switch: Final = sa.Table(
    "switch",
    metadata,
    sa.Column("name", CleanText, primary_key=True),
    _filled("value", CleanText),
)

organization: Final = sa.Table(
    "organization",
    metadata,
    _id(),
    sa.Column("inn", CleanText, nullable=False, unique=True),
    _filled("name", CleanText),
    _filled("created_at", UtcDateTime),
    sqlite_autoincrement=True,
)

administrator: Final = sa.Table(
    "administrator",
    metadata,
    _id(),
    _to("organization_id", "organization.id", nullable=False),
    _filled("full_name", CleanText),
    _filled("phone", CleanText),  # E.164: the number that holds the rights
    _filled("granted_at", UtcDateTime),
    _filled("granted_by", CleanText),  # the order's key
    sa.Column("revoked_at", UtcDateTime),
    sa.Column("revoked_by", CleanText),
    sa.Index(None, "phone"),
    sa.Index(
        "uq_administrator_active",
        "organization_id",
        "phone",
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

provision: Final = sa.Table(
    "provision",
    metadata,
    sa.Column("key", CleanText, primary_key=True),
    _to("organization_id", "organization.id", nullable=False),
    _filled("phone", CleanText),
    _filled("at", UtcDateTime),
)
"""Every order that was carried out: asked again, it changes nothing more."""

register_import: Final = sa.Table(
    "register_import",
    metadata,
    _id(),
    _filled("file", CleanText),
    _filled("began_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),  # NULL: it was cut off in the middle
    _filled("entries", sa.Integer),
    _filled("refused", sa.Integer),  # rows that could not be used
    sqlite_autoincrement=True,
)
"""Every import of a register of organizations to check against."""

register_entry: Final = sa.Table(
    "register_entry",
    metadata,
    _id(),
    sa.Column("import_id", sa.ForeignKey("register_import.id"), nullable=False),
    _filled("inn", CleanText),
    _filled("kpp", CleanText),
    _filled("ogrn", CleanText),
    _filled("full_name", CleanText),
    _filled("short_name", CleanText),
    _filled("region", CleanText),
    _filled("address", CleanText),
    _filled("head", CleanText),
    _filled("email", CleanText),
    _filled("site", CleanText),
    _filled("name_key", IndexKey),
    sa.Column("status", CleanText),  # NULL in what was loaded before it was read
    sa.Index(None, "inn"),
    sa.UniqueConstraint("import_id", "inn", "kpp", "name_key"),
    sqlite_autoincrement=True,
)
"""The register: an organization or a branch of it a row; branches share the ИНН."""

viewing: Final = sa.Table(
    "viewing",
    metadata,
    _id(),
    _filled("at", UtcDateTime),
    _filled("who", CleanText),
    _filled("what", CleanText),  # the command
    _to("application_id", "application.id"),  # NULL: all of them
    sqlite_autoincrement=True,
)
"""Who has looked at personal data, and when."""

deletion: Final = sa.Table(
    "deletion",
    metadata,
    _id(),
    _filled("at", UtcDateTime),
    _filled("who", CleanText),
    _to("application_id", "application.id"),  # NULL: rows about messages that were left alone
    sa.Column("state", Choice(State)),
    sa.Column("ended_at", UtcDateTime),
    _filled("messages", sa.Integer),
    _filled("replies", sa.Integer),
    _filled("places", sa.Integer),  # of mailboxes
    _filled("size", sa.BigInteger),  # bytes of messages
    sqlite_autoincrement=True,
)
"""The act of deletion: what was deleted, when and by whom, without saying whose it was."""
