"""A service of somebody else's registers: the settings, the doctor, an outage, the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from scim2_server.memory import InMemoryStorage

from tests.acceptance.house import House
from tests.acceptance.papers import good, person, school
from tests.integration.mail_servers import Authority, free_port
from tests.integration.provisioning_servers import TOKEN, Registrar, scim_application, served


def house_with(directory: Path, kind: str, port: int, token: str = TOKEN) -> House:
    house = House.make(directory)
    (directory / "token").write_text(f"{token}\n")
    url = f"https://localhost:{port}/{'v2' if kind == 'scim' else 'v1'}"
    with house.config.open("a") as file:
        file.write(f'\n[provisioner]\nkind = "{kind}"\nurl = "{url}"\ntoken_file = "token"\n')
        file.write('[metrics]\ntextfile = "mailbot.prom"\n')
    return house


@pytest.mark.parametrize("kind", [pytest.param("scim", marks=pytest.mark.slow), "http"])
def test_a_school_is_registered_at_the_service_once_it_is_back(kind: str, tmp_path: Path) -> None:
    authority = Authority()
    authority.write(tmp_path)
    trust = str(tmp_path / "ca.pem")
    port = free_port()
    house = house_with(tmp_path / "house", kind, port)
    house.put("first", good(1))
    away = house.run("run", "--once", SSL_CERT_FILE=trust)
    assert away.status == 3
    assert "служба регистрации localhost" in away.err + away.out
    assert [one["state"] for one in house.applications()] == ["provisioning"]
    registrar = Registrar()
    service = registrar if kind == "http" else scim_application(InMemoryStorage())
    with served(service, authority, port):
        checked = house.run("doctor", "--json", SSL_CERT_FILE=trust).json
        assert [one["ok"] for one in checked if one["name"] == "регистрация"] == [True]
        house.once(SSL_CERT_FILE=trust)
    assert [one["state"] for one in house.applications()] == ["completed"]
    figures = (house.directory / "mailbot.prom").read_text()
    assert 'mailbot_applications{state="completed"} 1.0' in figures
    assert person(1).phone not in figures
    if kind == "http":
        (holder,) = registrar.organizations[school(1).inn]["administrators"]
        assert holder == {"full_name": person(1).full_name, "phone": person(1).phone}
