"""When a delay runs out: at the end of a day in Switzerland (23:59:59), counted as the file writes it.

`wd` are working days of the canton, `d` calendar days, `m` calendar months; the day of the event does not
count. No change of the clocks moves an end of day. After a rest, what is due has the time that was left:
working days for `wd`, calendar days else; what was overdue stays overdue.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.period import ONE_DAY, months_later
from cii.workflow.vocabulary import Length


def due_at(length: Length, now: datetime, calendar: WorkingDays) -> datetime:
    """The end of the day, in Switzerland, on which a delay that begins now runs out."""
    return due_on(length, local_day(now), calendar)


def shifted(moment: datetime, since: datetime, now: datetime, unit: str, calendar: WorkingDays) -> datetime:
    """When something is due after a rest from `since` to `now`: with the time that was left before it."""
    if moment <= since:
        return moment
    began, last, today = local_day(since), local_day(moment), local_day(now)
    if unit == "wd":
        return end_of(calendar.after(today, calendar.between(began + ONE_DAY, last + ONE_DAY)))
    return end_of(last + (today - began))


def end_of(day: date) -> datetime:
    """The last second of a day in Switzerland."""
    return local_midnight(day + ONE_DAY) - timedelta(seconds=1)


@lru_cache(maxsize=4096)
def due_on(length: Length, today: date, calendar: WorkingDays) -> datetime:
    """The same for a delay that begins on a day in Switzerland."""
    match length.unit:
        case "wd":
            return end_of(calendar.after(today, length.count))
        case "m":
            return end_of(months_later(today, length.count))
    return end_of(today + timedelta(days=length.count))
