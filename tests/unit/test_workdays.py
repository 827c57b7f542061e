"""Working days are those of the production calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from mailbot.workdays import add_working_days, is_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-25", True),  # a Wednesday
        ("2026-11-28", False),  # a Saturday
        ("2026-11-04", False),  # the Day of National Unity
        ("2026-12-31", False),  # transferred from Sunday, 4 January
        ("2027-02-20", True),  # a working Saturday for Monday, 22 February
        ("2027-02-22", False),
        ("2024-11-02", True),  # worked for 30 April
        ("2024-04-30", False),
        ("2035-01-08", False),  # the Labour Code, where nothing is transferred yet
    ],
)
def test_a_day_is_what_the_production_calendar_says(day: str, works: bool) -> None:
    assert is_working_day(dt.date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        ("2026-11-25", 0, "2026-11-25"),
        ("2026-11-25", 1, "2026-11-26"),
        ("2026-11-27", 1, "2026-11-30"),  # over a weekend
        ("2026-12-30", 1, "2027-01-11"),  # over the New Year holidays
        ("2027-02-19", 1, "2027-02-20"),  # to a working Saturday
        ("2027-02-20", 1, "2027-02-24"),  # over the days off that it pays for
        ("2024-04-26", 2, "2024-05-02"),
    ],
)
def test_the_nth_working_day_is_counted_from_the_day_after(
    day: str, count: int, result: str
) -> None:
    start = dt.date.fromisoformat(day)
    assert add_working_days(start, count) == dt.date.fromisoformat(result)
