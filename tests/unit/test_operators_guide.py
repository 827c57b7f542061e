"""The operators' guide tells of every reason for which an application comes before them, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

from workflow.findings import CATALOGUE, Severity

GUIDE = Path(__file__).parents[2] / "docs" / "operators.md"
ROW = re.compile(r"^\| `(\w+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def test_every_reason_that_blocks_has_its_advice() -> None:
    told = [row[1] for row in ROW.finditer(GUIDE.read_text(encoding="utf-8"))]
    blocking = [
        code.value for code, (severity, _) in CATALOGUE.items() if severity is Severity.BLOCK
    ]
    assert sorted(told) == sorted(blocking)
