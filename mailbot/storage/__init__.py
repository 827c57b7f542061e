"""The database: SQLite embedded, PostgreSQL shared; one code path for both."""

from mailbot.storage.engine import Database
from mailbot.storage.schema import SchemaState, schema_state, upgrade
from mailbot.storage.store import SqlStore, SqlWork, open_store

__all__ = [
    "Database",
    "SchemaState",
    "SqlStore",
    "SqlWork",
    "open_store",
    "schema_state",
    "upgrade",
]
