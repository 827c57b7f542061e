"""Working days of Russia: the production calendar with its transferred days off and working Saturdays.

The days that the government transfers each year come from the `holidays` library. Where they are not
known yet, weekends and the holidays of the Labour Code (article 112) count.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


def is_working_day(day: dt.date) -> bool:
    """Whether people in Russia work a five-day week's shift on `day`."""
    return _calendar().is_working_day(day)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """Return the `count`-th working day after `day`, which does not count itself."""
    left = count
    while left > 0:
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    return day


@cache
def _calendar() -> HolidayBase:
    # 0.1 s that only those pay who count days
    from holidays import country_holidays

    return country_holidays("RU")
