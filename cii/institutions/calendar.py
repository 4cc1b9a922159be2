"""The canton's calendar of working days, from its directory file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import holidays

from cii.kernel.calendar import WorkingDays, working_days

FIRST_YEAR, LAST_YEAR = 2005, 2050
SUNDAY = 6


def calendar_of(directory: Mapping[str, Any]) -> WorkingDays:
    """The working days of the canton, 2005 to 2050.

    `calendar.removed_names` are holidays that the library gives and the canton does not know (Fête-Dieu in
    Neuchâtel); `after_sunday` are days (`MM-DD`) that are holidays only when the day before is a Sunday
    (2 January, product.md AC6); `closed` are office closing days, which no legal deadline counts.
    """
    canton, rules = directory["canton"], directory["calendar"]
    removed, added = _days(rules.get("removed", [])), _days(rules.get("added", []))
    names = rules.get("removed_names", [])
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        library = holidays.country_holidays("CH", subdiv=canton, years=year, language="en_US")
        removed |= {day for day, name in library.items() if name in names}
        for written in rules.get("after_sunday", []):
            day = date.fromisoformat(f"{year}-{written}")
            before = date.fromordinal(day.toordinal() - 1)
            (added if before.weekday() == SUNDAY else removed).add(day)
    return working_days(canton, added, removed, _days(rules.get("closed", [])))


def _days(written: list[Any]) -> set[date]:
    return {one if isinstance(one, date) else date.fromisoformat(one) for one in written}
