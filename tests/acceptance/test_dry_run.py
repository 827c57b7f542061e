"""`run --once --dry-run` shows what would be taken, decided and sent, and does none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.house import House, snapshot
from tests.acceptance.papers import address, doubtful, form, good, incomplete, message, parsed_id


@pytest.fixture
def waiting(house: House) -> House:
    """A mailbox where nothing has been done yet."""
    house.put("1.good", good(0))
    house.put("2.foreign", message(3, subject="[/b] Прочее \u202e[bold]"))
    house.put("3.doubtful", doubtful(2))
    return house


def test_a_dry_run_on_a_fresh_mailbox_shows_everything_and_writes_nothing(waiting: House) -> None:
    before = snapshot(waiting.directory)
    outcome = waiting.run("run", "--once", "--dry-run")
    assert (outcome.status, outcome.err) == (0, "")
    assert snapshot(waiting.directory) == before
    for words in ("[/b] Прочее [bold]", "phone_mismatch"):
        assert words in " ".join(outcome.out.split())
    assert max(map(len, outcome.out.splitlines())) <= 80
    listed = waiting.run("run", "--once", "--dry-run", "--json")
    assert isinstance(listed.json, list)
    assert parsed_id(good(0)) in listed.out
    assert snapshot(waiting.directory) == before


def test_a_dry_run_between_passes_shows_what_is_still_due(tmp_path: Path) -> None:
    house = House.make(tmp_path / "house")
    house.put("1.incomplete", incomplete(1))
    assert house.run("db", "upgrade").status == 0
    assert house.run("outbox", "hold").status == 0
    assert house.once().status == 0
    assert house.replies() == {}
    house.put("2.form", message(1, form(1)))
    before = snapshot(house.box, house.outgoing, house.directory / "mailbot-data")
    applications = house.json("applications")
    outcome = house.run("run", "--once", "--dry-run")
    assert (outcome.status, outcome.err) == (0, "")
    assert address(1) in outcome.out
    assert snapshot(house.box, house.outgoing, house.directory / "mailbot-data") == before
    assert house.json("applications") == applications
    assert [one["fate"] for one in house.json("messages")] == ["taken"]
