"""The built-in register, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailbot.registry import RegistryProvisioner
from mailbot.storage import Database, SqlStore
from mailbot.storage.tables import administrator, organization
from workflow.application import Administrator, HistoryRow, Known, ProvisionOrder
from workflow.ports import (
    ProvisioningConflictError,
    ProvisioningRefusedError,
    ServiceUnavailableError,
)
from workflow.states import Actor, State

NOW = dt.datetime(2024, 9, 2, 12, 0, tzinfo=dt.UTC)
IVANOVA = Administrator(full_name="Иванова Мария Петровна", phone="+79161234567")
SEDYH = Administrator(full_name="Седых Пётр Ильич", phone="+79031112233")
INN = "7707083893"
ORDER = ProvisionOrder(
    key="application:1", inn=INN, organization_name="МБОУ «СОШ № 5»", administrator=IVANOVA
)


@pytest.fixture
def register(store: SqlStore) -> RegistryProvisioner:
    return RegistryProvisioner(store.database, now=lambda: NOW)


def rights(store: SqlStore) -> list[tuple[str, str, bool]]:
    """Every right that was ever granted: number, key, whether it still holds."""
    with store.database.transaction(write=False) as connection:
        rows = connection.execute(sa.select(administrator).order_by(administrator.c.id)).all()
    return [(row.phone, row.granted_by, row.revoked_at is None) for row in rows]


def known(store: SqlStore, *, inn: str, phone: str) -> Known:
    row = HistoryRow(
        source=None,
        target=State.RECEIVED,
        event=None,
        actor=Actor.APPLICANT,
        who="program",
        at=NOW,
    )
    with store.begin() as work:
        application = work.application(work.add_application(received_at=NOW, row=row))
        assert application is not None
        return work.known(application, inn=inn, phone=phone)


def test_an_order_registers_and_grants(register: RegistryProvisioner) -> None:
    assert register.find(INN) is None
    register.provision(ORDER)
    found = register.find(INN)
    assert found is not None
    assert (found.inn, found.name, found.administrators) == (INN, "МБОУ «СОШ № 5»", (IVANOVA,))


def test_an_order_asked_twice_is_done_once(register: RegistryProvisioner, store: SqlStore) -> None:
    register.provision(ORDER)
    register.provision(ORDER)
    assert rights(store) == [(IVANOVA.phone, ORDER.key, True)]


def test_another_order_for_the_same_rights_changes_nothing(
    register: RegistryProvisioner, store: SqlStore
) -> None:
    register.provision(ORDER)
    same = replace(IVANOVA, full_name="ИВАНОВА  Мария Петровна")
    register.provision(replace(ORDER, key="application:2", administrator=same, replaces=True))
    assert rights(store) == [(IVANOVA.phone, ORDER.key, True)]


def test_rights_that_somebody_else_holds_are_not_granted(
    register: RegistryProvisioner, store: SqlStore
) -> None:
    register.provision(ORDER)
    with pytest.raises(ProvisioningConflictError):
        register.provision(replace(ORDER, key="application:2", administrator=SEDYH))
    assert rights(store) == [(IVANOVA.phone, ORDER.key, True)]
    # the same order may be asked again when an operator has allowed the change
    register.provision(replace(ORDER, key="application:2", administrator=SEDYH, replaces=True))
    assert rights(store)[-1] == (SEDYH.phone, "application:2", True)


def test_another_person_on_the_same_number_is_somebody_else(
    register: RegistryProvisioner, store: SqlStore
) -> None:
    register.provision(ORDER)
    other = replace(SEDYH, phone=IVANOVA.phone)
    order = replace(ORDER, key="application:2", administrator=other)
    with pytest.raises(ProvisioningConflictError):
        register.provision(order)
    register.provision(replace(order, replaces=True))
    found = register.find(INN)
    assert found is not None
    assert found.administrators == (other,)
    assert [holds for _, _, holds in rights(store)] == [False, True]


def test_a_change_moves_the_rights(register: RegistryProvisioner, store: SqlStore) -> None:
    register.provision(ORDER)
    change = replace(ORDER, key="application:2", administrator=SEDYH, replaces=True)
    register.provision(change)
    register.provision(change)
    found = register.find(INN)
    assert found is not None
    assert found.administrators == (SEDYH,)
    assert rights(store) == [
        (IVANOVA.phone, "application:1", False),
        (SEDYH.phone, "application:2", True),
    ]


def test_a_late_twin_of_an_order_does_not_bring_old_rights_back(
    register: RegistryProvisioner, store: SqlStore
) -> None:
    register.provision(ORDER)
    register.provision(replace(ORDER, key="application:2"))  # changed nothing
    register.provision(replace(ORDER, key="application:3", administrator=SEDYH, replaces=True))
    before = rights(store)
    register.provision(ORDER)
    register.provision(replace(ORDER, key="application:2", replaces=True))
    assert rights(store) == before


@pytest.mark.parametrize("other", [{"administrator": SEDYH}, {"inn": "5003052454"}])
def test_a_key_that_was_used_for_other_rights_is_refused(
    register: RegistryProvisioner, store: SqlStore, other: dict[str, object]
) -> None:
    register.provision(ORDER)
    with pytest.raises(ProvisioningRefusedError):
        register.provision(replace(ORDER, replaces=True, **other))  # type: ignore[arg-type]
    assert rights(store) == [(IVANOVA.phone, ORDER.key, True)]
    assert register.find("5003052454") is None


def test_one_number_may_hold_rights_in_two_organizations_and_is_known(
    register: RegistryProvisioner, store: SqlStore
) -> None:
    register.provision(ORDER)
    register.provision(replace(ORDER, key="application:2", inn="5003052454"))
    assert known(store, inn=INN, phone=IVANOVA.phone).phone_holders == ("5003052454",)
    third = known(store, inn="7830002293", phone=IVANOVA.phone)
    assert third.phone_holders == (INN, "5003052454")
    assert third.registered is None
    assert known(store, inn=INN, phone=SEDYH.phone).phone_holders == ()
    assert known(store, inn=INN, phone=SEDYH.phone).registered == register.find(INN)


def test_a_number_whose_rights_were_revoked_is_free(
    register: RegistryProvisioner, store: SqlStore
) -> None:
    register.provision(ORDER)
    register.provision(replace(ORDER, key="2", administrator=SEDYH, replaces=True))
    assert known(store, inn="5003052454", phone=IVANOVA.phone).phone_holders == ()


def test_two_orders_for_one_organization_at_once_grant_rights_to_one(
    register: RegistryProvisioner, store: SqlStore
) -> None:
    both = threading.Barrier(2)

    def ask(order: ProvisionOrder) -> bool:
        both.wait()
        try:
            register.provision(order)
        except ProvisioningConflictError:
            return False
        return True

    orders = [ORDER, replace(ORDER, key="application:2", administrator=SEDYH)]
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, orders)) == [False, True]
    assert len(rights(store)) == 1


def test_the_same_order_at_once_is_done_once(
    register: RegistryProvisioner, store: SqlStore
) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(register.provision, [ORDER] * 8))
    assert len(rights(store)) == 1


def test_an_order_that_fails_in_the_middle_leaves_nothing(store: SqlStore) -> None:
    moments: Iterator[dt.datetime] = iter([NOW, NOW])  # for the organization and the key

    register = RegistryProvisioner(store.database, now=lambda: next(moments))
    with pytest.raises(StopIteration):
        register.provision(ORDER)
    assert register.find(INN) is None
    RegistryProvisioner(store.database, now=lambda: NOW).provision(ORDER)
    assert len(rights(store)) == 1


@pytest.mark.parametrize("table", ["organization", "administrator"])
def test_the_database_itself_guards_what_must_be_unique(
    register: RegistryProvisioner, store: SqlStore, table: str
) -> None:
    register.provision(ORDER)
    with store.database.transaction(write=False) as connection:
        organization_id = connection.scalar(sa.select(organization.c.id))
    row = {
        "organization": sa.insert(organization).values(inn=INN, name="x", created_at=NOW),
        "administrator": sa.insert(administrator).values(
            organization_id=organization_id,
            full_name="x",
            phone=IVANOVA.phone,
            granted_at=NOW,
            granted_by="x",
        ),
    }[table]
    with pytest.raises(sa.exc.IntegrityError), store.database.transaction() as connection:
        connection.execute(row)


def test_a_probe_is_silent_where_all_is_well(register: RegistryProvisioner) -> None:
    register.probe()


def test_a_probe_tells_of_a_register_that_is_not_there(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/none.sqlite")
    with pytest.raises(ServiceUnavailableError):
        RegistryProvisioner(database, now=lambda: NOW).probe()
    database.close()
