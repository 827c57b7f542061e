"""Provisioning at somebody else's: real servers over TLS, and everything that may come between."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from scim2_server.memory import InMemoryStorage

from mailbot.provisioning.line import Target
from mailbot.provisioning.post import PostProvisioner
from mailbot.provisioning.recorded import RecordedProvisioner
from mailbot.provisioning.scim import MEDIA_TYPE, ScimProvisioner
from mailbot.registry import RegistryProvisioner
from mailbot.storage import SqlStore
from tests.integration.mail_servers import Authority, free_port
from tests.integration.provisioning_servers import (
    TOKEN,
    Faulty,
    Registrar,
    scim_application,
    served,
)
from tests.integration.test_life import ANNA, BORIS, World, good
from workflow import decisions
from workflow.application import Administrator, Organization, ProvisionOrder
from workflow.findings import Code
from workflow.ports import (
    Provisioner,
    ProvisioningConflictError,
    ProvisioningRefusedError,
    ServiceUnavailableError,
)
from workflow.states import State

VERA = Administrator(full_name="Рощина Вера Андреевна", phone="+79120000147")
PETR = Administrator(full_name="Лебедев Пётр Ильич", phone="+79120000121")
INN = "7707083893"
SLOW = pytest.mark.slow
ORDER = ProvisionOrder(
    key="application-1", inn=INN, organization_name="МБОУ «СОШ № 4»", administrator=VERA
)


@dataclass(frozen=True, slots=True)
class Place:
    """A server of one kind, and the program's way to it."""

    kind: str
    port: int
    faulty: Faulty

    def provisioner(self, **changes: Any) -> Provisioner:
        scim = self.kind == "scim"
        target = Target(
            url=f"https://localhost:{self.port}/{'v2' if scim else 'v1'}",
            token=lambda: TOKEN,
            timeout_seconds=10,
            media_type=MEDIA_TYPE if scim else "application/json",
        )
        target = replace(target, **changes)
        return ScimProvisioner(target) if scim else PostProvisioner(target)

    def holders(self, inn: str = INN) -> tuple[Administrator, ...]:
        found = self.provisioner().find(inn)
        assert found is not None
        return found.administrators


@pytest.fixture(params=["scim", "http"])
def place(request: pytest.FixtureRequest, authority: Authority, trusted: Path) -> Iterator[Place]:
    inner = scim_application(InMemoryStorage()) if request.param == "scim" else Registrar()
    faulty = Faulty(inner)
    with served(faulty, authority) as port:
        yield Place(request.param, port, faulty)


def test_an_order_registers_and_grants_and_asked_again_changes_nothing(place: Place) -> None:
    target = place.provisioner()
    target.probe()
    assert target.find(INN) is None
    target.provision(ORDER)
    first = list(place.faulty.requests)
    target.provision(ORDER)
    assert target.find(INN) == Organization(inn=INN, name="МБОУ «СОШ № 4»", administrators=(VERA,))
    again = place.faulty.requests[len(first) :]
    assert not [one for one in again if one.startswith("P") and not one.endswith(".search")]


def test_no_person_stands_in_an_address(place: Place) -> None:
    place.provisioner().provision(ORDER)
    place.provisioner().find(INN)
    assert not [one for one in place.faulty.requests if "7912" in one]


def test_one_person_may_hold_two_organizations(place: Place) -> None:
    other = replace(ORDER, key="application-2", inn="7707083901", organization_name="Лицей")
    for order in (ORDER, other):
        place.provisioner().provision(order)
    assert place.holders() == place.holders("7707083901") == (VERA,)


def test_somebody_elses_rights_are_a_conflict_until_they_are_to_be_moved(place: Place) -> None:
    place.provisioner().provision(ORDER)
    change = replace(ORDER, key="application-2", administrator=PETR)
    with pytest.raises(ProvisioningConflictError):
        place.provisioner().provision(change)
    assert place.holders() == (VERA,)
    for _ in range(2):
        place.provisioner().provision(replace(change, replaces=True))
    assert place.holders() == (PETR,)


def test_e_and_yo_and_case_make_no_other_person(place: Place) -> None:
    place.provisioner().provision(replace(ORDER, administrator=PETR))
    same = replace(PETR, full_name="ЛЕБЕДЕВ ПЕТР ИЛЬИЧ")
    place.provisioner().provision(replace(ORDER, administrator=same))
    assert len(place.holders()) == 1


def fault_of(provisioner: Provisioner, order: ProvisionOrder) -> str:
    try:
        provisioner.provision(order)
    except ServiceUnavailableError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "answer",
    [
        "500 Oops",
        "404 No",
        *(pytest.param(one, marks=SLOW) for one in ("503 Busy", "429 Slowly", "302 Found")),
    ],
)
@pytest.mark.parametrize("is_done", [False, True])
def test_a_failure_at_any_step_is_tried_again_and_ends_as_if_nothing_had_been(
    place: Place, answer: str, is_done: bool
) -> None:
    harmless = {"404 No"}  # of a search it says that nobody is there
    place.provisioner().provision(replace(ORDER, inn="7707083901"))
    count = 4
    for step in range(count):
        order = replace(ORDER, key=f"application-{step}", inn=f"770708394{step}")
        place.faulty.next = [*[("", False)] * step, (answer, is_done)]
        said = fault_of(place.provisioner(), order)
        assert said or answer in harmless or place.faulty.next
        assert "localhost" in said or not said
        assert "Рощина" not in said
        place.faulty.next = []
        place.provisioner().provision(order)
        assert place.holders(order.inn) == (VERA,)


@pytest.mark.parametrize("answer", ["400 Bad", "422 What"])
def test_a_refusal_is_for_an_operator_and_names_nobody(place: Place, answer: str) -> None:
    # of scim a search, a search, a user; of http a look, an order
    place.faulty.next = [("", False)] * (2 if place.kind == "scim" else 1) + [(answer, False)]
    with pytest.raises(ProvisioningRefusedError) as caught:
        place.provisioner().provision(ORDER)
    assert not any(word in str(caught.value) for word in ("Рощина", "7912", "html"))


def test_a_wrong_token_a_silent_server_and_nobody_there_are_one_line_each(place: Place) -> None:
    with pytest.raises(ServiceUnavailableError, match="token_file") as caught:
        place.provisioner(token=lambda: "wrong-token").probe()
    assert "wrong-token" not in str(caught.value)
    place.faulty.next = [("stall", False)]
    with pytest.raises(ServiceUnavailableError, match="не отвечает"):
        place.provisioner(timeout_seconds=0.2).probe()
    with pytest.raises(ServiceUnavailableError, match="никто не отвечает"):
        place.provisioner(url=f"https://localhost:{free_port()}/v2").probe()


def test_a_certificate_that_nobody_vouches_for_gets_no_token(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    with pytest.raises(ServiceUnavailableError, match="SSL_CERT_FILE"):
        place.provisioner().probe()
    assert place.faulty.requests == []


def test_a_number_that_is_another_persons_there_is_a_conflict(
    authority: Authority, trusted: Path
) -> None:
    faulty = Faulty(scim_application(InMemoryStorage()))
    with served(faulty, authority) as port:
        scim = Place("scim", port, faulty).provisioner()
        scim.provision(ORDER)
        other = Administrator(full_name=PETR.full_name, phone=VERA.phone)
        with pytest.raises(ProvisioningConflictError, match="за другим человеком"):
            scim.provision(replace(ORDER, inn="7707083901", administrator=other))
        assert scim.find("7707083901") is None


def test_a_user_or_group_that_was_made_by_others_is_a_conflict(
    authority: Authority, trusted: Path
) -> None:
    faulty = Faulty(scim_application(InMemoryStorage()))
    with served(faulty, authority) as port:
        scim = Place("scim", port, faulty).provisioner()
        base = f"https://localhost:{port}/v2"
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": MEDIA_TYPE}
        schema = "urn:ietf:params:scim:schemas:core:2.0:"
        foreign = {"schemas": [f"{schema}User"], "userName": VERA.phone, "active": True}
        with httpx.Client(headers=headers, verify=ssl.create_default_context()) as client:
            made = client.post(f"{base}/Users", json=foreign)
            assert made.status_code == httpx.codes.CREATED
            with pytest.raises(ProvisioningConflictError, match="уже заняты"):
                scim.provision(ORDER)
            for _ in range(2):
                group = {"schemas": [f"{schema}Group"], "displayName": "a", "externalId": INN}
                assert client.post(f"{base}/Groups", json=group).status_code == httpx.codes.CREATED
            with pytest.raises(ProvisioningConflictError, match="несколько"):
                scim.provision(replace(ORDER, administrator=PETR))


def test_an_application_is_carried_to_its_end_at_somebody_elses_and_is_recorded_here(
    store: SqlStore, place: Place
) -> None:
    world = Elsewhere(store, target=place.provisioner(timeout_seconds=0.5))
    place.faulty.next = [("503 Busy", False)]
    world.arrives(good())
    world.take()
    with pytest.raises(ServiceUnavailableError):
        world.work()
    assert world.states() == [State.PROVISIONING]
    world.work()
    world.deliver()
    assert world.states() == [State.COMPLETED]
    assert world.rights() == [VERA.phone]
    assert [one.phone for one in place.holders()] == [VERA.phone]


def test_somebody_elses_administrator_at_the_target_is_before_an_operator(
    store: SqlStore, place: Place
) -> None:
    place.provisioner().provision(replace(ORDER, administrator=PETR))
    world = Elsewhere(store, target=place.provisioner())
    world.run(good())
    assert world.states() == [State.IN_REVIEW]
    assert Code.ADMINISTRATOR_CHANGE in world.codes()
    assert place.holders() == (PETR,)
    assert RegistryProvisioner(store.database, now=world.now).find(INN) is None
    for who in (ANNA, BORIS):
        decisions.approve(world.desk, 1, operator=who, values={})
    world.work()
    world.deliver()
    assert world.states() == [State.COMPLETED]
    assert place.holders() == (VERA,)


@dataclass
class Elsewhere(World):
    """The workflow's world with a target of somebody else's."""

    target: Provisioner | None = None

    @property
    def desk(self) -> Any:
        desk = super().desk
        assert self.target is not None
        record = RegistryProvisioner(self.store.database, now=self.now)
        return replace(desk, provisioner=RecordedProvisioner(self.target, record))
