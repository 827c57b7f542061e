"""How long an application waits for its school: in working days, and until the end of a named day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WorkingDays = Callable[[dt.date, int], dt.date]
"""Returns the n-th working day after a day."""

ZONE: Final = dt.timezone(dt.timedelta(hours=2), "Kaliningrad")
"""Whose days are counted: a day that is over in Russia's west is over everywhere in the country."""

_MORNING: Final = dt.time(8, tzinfo=ZONE)
"""Reminders are not due before; a mail that comes at night is read with yesterday's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When a school that was asked and is silent is reminded, and until when it can answer."""

    add_working_days: WorkingDays
    remind_after: int = 5  # working days; 0: no reminder
    expire_after: int = 15  # working days; 0: applications wait for ever

    def answer_by(self, moment: dt.datetime) -> dt.date | None:
        """Return the last day on which a question put at `moment` can be answered."""
        if not self.expire_after:
            return None
        return self.add_working_days(moment.astimezone(ZONE).date(), self.expire_after)

    def remind_at(self, moment: dt.datetime) -> dt.datetime | None:
        """Return when a school that is silent since `moment` is to be reminded."""
        if not self.remind_after:
            return None
        day = self.add_working_days(moment.astimezone(ZONE).date(), self.remind_after)
        return dt.datetime.combine(day, _MORNING)


def end_of(day: dt.date) -> dt.datetime:
    """Return the moment at which `day` is over."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(tzinfo=ZONE))
