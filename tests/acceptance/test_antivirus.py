"""`[antivirus] socket`, where nobody answers: an outage like any other, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.acceptance.house import House
from tests.acceptance.papers import good

pytestmark = pytest.mark.slow  # waits for a socket, three passes


def test_without_the_antivirus_messages_wait_and_are_read_when_it_is_no_longer_asked_for(
    house: House,
) -> None:
    house.configure('[antivirus]\nsocket = "clamd.sock"')
    house.put("1.good", good(0))
    first = house.once()
    assert first.status == 3
    assert str(house.directory / "clamd.sock") in first.err
    assert [one["state"] for one in house.applications()] == ["received"]
    (house.directory / "message.eml").write_bytes(good(0))
    assert house.run("parse", "message.eml").status == 3
    (told,) = [one for one in house.run("doctor", "--json").json if one["name"] == "антивирус"]
    assert not told["ok"]
    assert "clamd.sock" in told["message"]
    house.configure()
    assert house.once().status == 0
    assert [one["state"] for one in house.applications()] == ["completed"]
