"""A house of one's own for each test: nothing is shared but what a module prepares."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house with nothing in it."""
    return House.make(tmp_path / "house")
