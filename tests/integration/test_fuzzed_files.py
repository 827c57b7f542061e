"""Spoilt files of every kind, a minute each with a new seed: no reader dies, none takes one for another."""

from __future__ import annotations

import time

import pytest

from tests.fuzzing import SEEDS, dig, fuzz


@pytest.mark.slow
@pytest.mark.parametrize("kind", SEEDS)
def test_no_spoilt_file_kills_its_reader_or_is_accepted_as_another(kind: str) -> None:
    seed = time.time_ns()
    outcome = fuzz(kind, seconds=60, seed=seed)
    assert outcome.count > 10
    assert not outcome.faults, (seed, [what for what, _ in outcome.faults])


@pytest.mark.slow
@pytest.mark.parametrize("kind", SEEDS)
def test_no_spoilt_file_kills_whoever_opens_it(kind: str) -> None:
    seed = time.time_ns()
    outcome = dig(kind, seconds=60, seed=seed)
    assert outcome.count > 100
    assert not outcome.faults, (seed, [what for what, _ in outcome.faults])
