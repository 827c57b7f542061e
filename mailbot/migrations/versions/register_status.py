"""What a register says of whether an organization still exists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "register_status"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the register's entries a status; what is loaded already says nothing of it."""
    with op.batch_alter_table("register_entry") as entry:
        entry.add_column(sa.Column("status", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("register_entry") as entry:
        entry.drop_column("status")
