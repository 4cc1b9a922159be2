"""The periods of which readers outside the coordination group are told: whole months that are over. Pure.

Two periods that differ by a day give away, by what lies between them, how many came on that day and what
became of them, however well the small numbers of each are hidden.
"""

from collections.abc import Iterator
from datetime import date

from cii.kernel.errors import Refusal
from cii.kernel.period import ONE_DAY, month_of


class PeriodTooFine(Refusal):
    """The period does not begin and end with months that are over (fact `until`, the last day told)."""

    code, kind = "period-too-fine", "unfit"


def months_over(today: date) -> date:
    """The last day of the last month that is over."""
    return today.replace(day=1) - ONE_DAY


def too_fine(first: date, last: date, stand: date, today: date) -> Iterator[PeriodTooFine]:
    """What keeps a period, and the day at whose end it is looked at, from being told to others."""
    until = months_over(today)
    if first != month_of(first).start:
        yield PeriodTooFine(field="first", until=until)
    for field, day in (("last", last), ("stand", stand)):
        if day > until or day != month_of(day).last:
            yield PeriodTooFine(field=field, until=until)
