"""Where nothing more can be written, status 3 and one line each; nothing is lost, nothing done twice."""

from __future__ import annotations

import resource
import subprocess
from typing import Final

import pytest

from tests.acceptance.house import MAILBOT, House, Outcome, snapshot
from tests.acceptance.papers import address, good, incomplete

pytestmark = pytest.mark.slow  # whole passes, one after another

# bytes that a file may have: from «no file at all» over «no database» to «no message»
LIMITS: Final = (0, 4_096, 60_000, 200_000)


def run_limited(house: House, limit: int) -> Outcome:
    """One pass whose every write beyond `limit` fails, as on a full disk."""
    process = subprocess.run(
        [MAILBOT, "run", "--once"],
        cwd=house.directory,
        env=house.environment,
        capture_output=True,
        check=False,
        timeout=180,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    return Outcome(process.returncode, process.stdout.decode(), process.stderr.decode())


@pytest.mark.parametrize("prepared", [False, True], ids=["from nothing", "database there"])
def test_a_full_disk_costs_time_and_nothing_else(house: House, prepared: bool) -> None:
    if prepared:
        assert house.run("db", "upgrade").status == 0
    house.put("1.good", good(0))
    house.put("2.incomplete", incomplete(1))
    before = snapshot(house.box)
    for limit in LIMITS:
        outcome = run_limited(house, limit)
        assert outcome.status in {0, 3}, outcome
        assert "Traceback" not in outcome.err
        assert "внутренняя ошибка" not in outcome.err
        if limit < LIMITS[-1]:
            assert outcome.status == 3, limit
            assert outcome.err.strip()
    last = house.once()
    assert (last.status, last.err) == (0, "")
    states = {one["sender"]: one["state"] for one in house.applications()}
    assert states == {address(0): "completed", address(1): "awaiting_applicant"}
    assert sorted(one["To"] for one in house.replies().values()) == sorted(states)
    assert snapshot(house.box) == before
