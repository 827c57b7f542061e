"""A register of organizations to check against, and the imports that filled it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "register_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_register_import"),
        sqlite_autoincrement=True,
    )
    texts = ("inn", "kpp", "ogrn", "full_name", "short_name", "region", "address", "head")
    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*texts, "email", "site")),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["register_import.id"],
            name="fk_register_entry_import_id_register_import",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_register_entry"),
        sa.UniqueConstraint(
            "import_id",
            "inn",
            "kpp",
            "name_key",
            name="uq_register_entry_import_id_inn_kpp_name_key",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_register_entry_inn", "register_entry", ["inn"], unique=False)


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("register_entry")
    op.drop_table("register_import")
