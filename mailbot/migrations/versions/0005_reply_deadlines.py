"""The last day for an answer, as a reply has named it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give replies the day."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("deadline", sa.Date(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("deadline")
