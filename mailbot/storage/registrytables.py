"""What the built-in register of organizations knows, asked in whatever transaction there is."""

from __future__ import annotations

import sqlalchemy as sa

from mailbot.storage.tables import administrator, organization
from workflow.application import Administrator, Organization


def find_organization(connection: sa.Connection, inn: str) -> Organization | None:
    """Return the organization registered under `inn`, with those who hold rights now."""
    row = connection.execute(
        sa.select(organization.c.id, organization.c.inn, organization.c.name).where(
            organization.c.inn == inn
        )
    ).first()
    if row is None:
        return None
    return Organization(
        inn=row.inn, name=row.name, administrators=active_administrators(connection, row.id)
    )


def active_administrators(
    connection: sa.Connection, organization_id: int
) -> tuple[Administrator, ...]:
    """Return who holds the rights of an organization, the first granted first."""
    rows = connection.execute(
        sa.select(administrator.c.full_name, administrator.c.phone)
        .where(
            administrator.c.organization_id == organization_id,
            administrator.c.revoked_at.is_(None),
        )
        .order_by(administrator.c.id)
    )
    return tuple(Administrator(full_name=row.full_name, phone=row.phone) for row in rows)


def phone_holders(connection: sa.Connection, phone: str, *, besides: str | None) -> tuple[str, ...]:
    """Return the ИНН of the organizations, `besides` apart, where `phone` holds rights now."""
    statement = (
        sa.select(organization.c.inn)
        .join(administrator, administrator.c.organization_id == organization.c.id)
        .where(administrator.c.phone == phone, administrator.c.revoked_at.is_(None))
        .order_by(organization.c.id)
    )
    return tuple(inn for inn in connection.scalars(statement) if inn != besides)
