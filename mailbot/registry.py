"""The built-in provisioning target: a register of organizations and rights, in the same database.

An order is one transaction. It changes nothing where its key was carried out before, nor where the
rights that it asks for are there already. A number that holds rights in another organization is no
obstacle here: whether it may, the rules and an operator have decided.
"""

from __future__ import annotations

import sqlalchemy as sa

from mailbot.names_alike import same_person
from mailbot.storage.engine import Database
from mailbot.storage.registrytables import active_administrators, find_organization
from mailbot.storage.rows import insert_unless_there
from mailbot.storage.tables import administrator, organization, provision
from workflow.application import Administrator, Organization, ProvisionOrder
from workflow.ports import (
    Clock,
    Provisioner,
    ProvisioningConflictError,
    ProvisioningRefusedError,
)


class RegistryProvisioner(Provisioner):
    """Registers organizations and grants rights in the tables of the program's own database."""

    def __init__(self, database: Database, *, now: Clock) -> None:
        self._database = database
        self._now = now

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where the register cannot be used."""
        with self._database.transaction(write=False) as connection:
            connection.execute(sa.select(organization.c.id).limit(1))

    def find(self, inn: str) -> Organization | None:
        """Return the organization registered under `inn`, with those who hold rights now."""
        with self._database.transaction(write=False) as connection:
            return find_organization(connection, inn)

    def provision(self, order: ProvisionOrder) -> None:
        """Register the organization and grant the rights, all of it or nothing.

        Raises `ProvisioningConflictError` where somebody else holds the rights and the order does
        not replace them, `ProvisioningRefusedError` where its key was used for other rights, and
        `ServiceUnavailableError`.
        """
        with self._database.transaction() as connection:
            organization_id = self._register(connection, order)
            if self._is_done(connection, order, organization_id):
                return
            holders = active_administrators(connection, organization_id)
            others = [one for one in holders if not _same(one, order.administrator)]
            if others and not order.replaces:
                raise ProvisioningConflictError(
                    f"права организации с ИНН {order.inn} уже у другого администратора"
                )
            if others:
                self._revoke(connection, order, organization_id)
            if others or not holders:
                self._grant(connection, order, organization_id)

    def _register(self, connection: sa.Connection, order: ProvisionOrder) -> int:
        """Return the organization's id; its row is locked until the transaction ends."""
        new = insert_unless_there(connection, organization, ("inn",)).values(
            inn=order.inn, name=order.organization_name, created_at=self._now()
        )
        connection.execute(new)
        row = sa.select(organization.c.id).where(organization.c.inn == order.inn)
        return int(connection.execute(row.with_for_update()).scalar_one())

    def _is_done(
        self, connection: sa.Connection, order: ProvisionOrder, organization_id: int
    ) -> bool:
        """Note the order's key; return whether it was carried out before."""
        wanted = (organization_id, order.administrator.phone)
        new = insert_unless_there(connection, provision, ("key",)).values(
            key=order.key, organization_id=wanted[0], phone=wanted[1], at=self._now()
        )
        # what the driver counts after ON CONFLICT differs between databases; the row does not
        if connection.execute(new.returning(provision.c.key)).first() is not None:
            return False
        done = connection.execute(
            sa.select(provision.c.organization_id, provision.c.phone).where(
                provision.c.key == order.key
            )
        ).one()
        if tuple(done) != wanted:
            raise ProvisioningRefusedError(
                f"по заявке с ключом {order.key} права уже выданы другой организации или на другой номер"
            )
        return True

    def _revoke(
        self, connection: sa.Connection, order: ProvisionOrder, organization_id: int
    ) -> None:
        connection.execute(
            sa.update(administrator)
            .where(
                administrator.c.organization_id == organization_id,
                administrator.c.revoked_at.is_(None),
            )
            .values(revoked_at=self._now(), revoked_by=order.key)
        )

    def _grant(
        self, connection: sa.Connection, order: ProvisionOrder, organization_id: int
    ) -> None:
        connection.execute(
            sa.insert(administrator).values(
                organization_id=organization_id,
                full_name=order.administrator.full_name,
                phone=order.administrator.phone,
                granted_at=self._now(),
                granted_by=order.key,
            )
        )


def _same(one: Administrator, other: Administrator) -> bool:
    """Whether two entries are one person on one number."""
    return one.phone == other.phone and same_person(one.full_name, other.full_name)
