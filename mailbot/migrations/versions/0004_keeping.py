"""Marks in mailboxes, views by operators, and the deletion of personal data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_DUE = sa.text("fate = 'taken' AND marked IS NULL")


def upgrade() -> None:
    """Add what keeping and deleting need."""
    op.add_column("seen", sa.Column("marked", sa.Text(), nullable=True))
    op.create_index(
        "ix_seen_unmarked",
        "seen",
        ["mailbox", "id"],
        unique=False,
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )
    for table in ("application", "message"):
        op.add_column(table, sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    _viewing()
    _deletion()


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("deletion")
    op.drop_table("viewing")
    for table in ("message", "application"):
        op.drop_column(table, "purged_at")
    op.drop_index("ix_seen_unmarked", "seen")
    op.drop_column("seen", "marked")


def _viewing() -> None:
    op.create_table(
        "viewing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_viewing_application_id_application"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_viewing"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_viewing_application_id", "viewing", ["application_id"], unique=False)


def _deletion() -> None:
    op.create_table(
        "deletion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_deletion_application_id_application"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deletion"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deletion_application_id", "deletion", ["application_id"], unique=False)
