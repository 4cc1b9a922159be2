"""Pure rule of a volume's outlook: what is used of what was agreed, what the year will come to.

Source: federal guide (000), indication 15 (early information when a budget will be exceeded), i.14, i.18.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cii.figures.vocabulary import Prospect
from cii.kernel.period import ONE_DAY, Period

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Use:
    """What a stay uses of a volume, spread evenly over its days (both inside): days, centimes or one stay."""

    first: date
    last: date
    amount: int

    def until(self, span: Period, day: date) -> int:
        """What of it falls into `span` up to and with `day`, rounded down."""
        first, last = max(self.first, span.start), min(self.last, span.last, day)
        if last < first:
            return 0
        return self.amount * ((last - first).days + 1) // ((self.last - self.first).days + 1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a volume stands: agreed, used by today, bound already, what the span comes to, and what that means.

    `projected` is None while too few days are gone to say; `over_on` the first day on which what was agreed
    is exceeded.
    """

    agreed: int
    used: int
    bound: int
    projected: int | None
    over_on: date | None
    prospect: Prospect


def outlook(
    uses: Sequence[Use], span: Period, today: date, agreed: int, *, least_days: int, short_percent: int
) -> Outlook:
    """What the span comes to if it goes on as it has gone, never less than what is bound already.

    The rate of the days gone holds for those to come once `least_days` of the span are gone; before, only
    what is bound counts. Below `short_percent` of what was agreed the volume will probably not be reached.
    """

    def known(day: date) -> int:
        return sum(one.until(span, day) for one in uses)

    now = min(max(today, span.start - ONE_DAY), span.last)
    gone, used, bound = (now - span.start).days + 1, known(now), known(span.last)
    goes_on = gone >= max(least_days, 1)

    def course(day: date) -> int:
        ahead = (day - now).days
        rate = used + used * ahead // gone if goes_on and ahead > 0 else 0
        return max(known(day), rate)

    end = course(span.last)
    over_on = _first(course, span, agreed) if end > agreed else None
    prospect = _prospect(end, agreed, over_on, today, short_percent, goes_on=goes_on)
    return Outlook(agreed, used, bound, end if goes_on else None, over_on, prospect)


def _prospect(
    end: int, agreed: int, over_on: date | None, today: date, short_percent: int, *, goes_on: bool
) -> Prospect:
    if over_on is not None:
        return Prospect.OVER if over_on <= today else Prospect.LIKELY_OVER
    if not goes_on:
        return Prospect.TOO_EARLY
    return Prospect.LIKELY_SHORT if end * HUNDRED < agreed * short_percent else Prospect.FITS


def _first(course: Callable[[date], int], span: Period, agreed: int) -> date:
    """The first day on which a course that never falls exceeds what was agreed."""
    low, high = 0, len(span) - 1
    while low < high:
        middle = (low + high) // 2
        if course(span.start + timedelta(days=middle)) > agreed:
            high = middle
        else:
            low = middle + 1
    return span.start + timedelta(days=low)


def agreed_in(a_year: int, span: Period, year: Period) -> int:
    """What of a year's volume falls on an agreement's days of that year, rounded up."""
    return -(-a_year * len(span) // len(year))


__all__ = ["Outlook", "Use", "agreed_in", "outlook"]
