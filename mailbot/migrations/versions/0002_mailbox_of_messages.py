"""Which mailbox a message came from, and what mail services found out about its sender."""

from __future__ import annotations

import json
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 50


def upgrade() -> None:
    """Add the mailbox of each message, from where it was seen, and rewrite the readings."""
    op.add_column("message", sa.Column("mailbox", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE message SET mailbox = coalesce((SELECT min(seen.mailbox) FROM seen"
        " WHERE seen.digest = message.digest AND seen.fate = 'taken'), '')"
    )
    _rewrite(_believe_nobody)


def downgrade() -> None:
    """Drop it again."""
    _rewrite(_only_text)
    op.drop_column("message", "mailbox")


def _believe_nobody(fields: list[object]) -> list[object]:
    """Fields that were kept as text are nobody's: who is asked for one has to look himself."""
    return [
        {"service": "", "passed": False, "raw": one} if isinstance(one, str) else one
        for one in fields
    ]


def _only_text(fields: list[object]) -> list[object]:
    return [one["raw"] if isinstance(one, dict) else one for one in fields]


def _rewrite(change: Callable[[list[object]], list[object]]) -> None:
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.text(
            "SELECT id, reading FROM message WHERE id > :last AND reading IS NOT NULL"
            " ORDER BY id LIMIT :batch"
        ),
        {"last": last, "batch": _BATCH},
    ).all():
        for row_id, text in rows:
            reading = json.loads(text)
            fields = reading["headers"]["authentication_results"]
            if fields:
                reading["headers"]["authentication_results"] = change(fields)
                connection.execute(
                    sa.text("UPDATE message SET reading = :reading WHERE id = :id"),
                    {"reading": json.dumps(reading, ensure_ascii=False), "id": row_id},
                )
        last = rows[-1][0]
