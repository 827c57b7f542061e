"""How Alembic reaches the database: by the connection that `mailbot.storage.schema` hands over.

The transaction around everything is the caller's, so a migration that fails leaves nothing behind.
"""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from mailbot.storage.tables import metadata


def _render(kind: str, item: object, _: object) -> str | Literal[False]:
    """Write a column type of ours as the plain type below it: a revision never changes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=_render,
)
context.run_migrations()
