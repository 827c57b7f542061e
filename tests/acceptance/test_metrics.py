"""A batch pass leaves figures where the settings say, and no mail waits where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.house import House
from tests.acceptance.papers import good, person


@pytest.mark.slow
def test_a_pass_writes_its_figures_and_says_where_it_cannot(tmp_path: Path) -> None:
    house = House.make(tmp_path / "house", '[metrics]\ntextfile = "figures/mailbot.prom"')
    house.put("first", good(1))
    outcome = house.once()
    assert outcome.status == 0
    assert "[metrics] textfile" in outcome.err
    (house.directory / "figures").mkdir()
    assert house.once().err == ""
    said = (house.directory / "figures" / "mailbot.prom").read_text()
    assert 'mailbot_applications{state="completed"} 1.0' in said
    assert 'mailbot_verdicts_total{verdict="accept"} 1.0' in said
    surname = person(1).full_name.split()[0]
    assert surname not in said
