"""Pure rule of stays at risk of breaking off: absences beyond what is paid, an arrival that nobody recorded.

Source: federal guide (000), indications 11, 15, 24.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cii.agreements.rules_rates import Rate
from cii.kernel.calendar import WorkingDays
from cii.kernel.period import Period
from cii.settlement.rules import paid_days
from cii.settlement.vocabulary import Presence, RiskKind

_ABSENT = {
    RiskKind.UNEXCUSED_UNPAID: frozenset({Presence.UNEXCUSED_ABSENCE}),
    RiskKind.EXCUSED_UNPAID: frozenset({Presence.EXCUSED_ABSENCE, Presence.SICK}),
}


@dataclass(frozen=True, slots=True)
class Risk:
    """Why a stay is at risk: since which day, how many absences, how many of them nobody pays.

    Of an arrival not recorded, `days` are those gone since.
    """

    kind: RiskKind
    since: date
    days: int
    unpaid: int = 0


def absence_risks(
    marks: Mapping[date, Presence],
    expected: Collection[date],
    months: Sequence[Period],
    rate_on: Callable[[date], Rate | None],
) -> list[Risk]:
    """The risks of the latest of these months that has any, those without an excuse first.

    An absence counts when the tariff of its day does not pay it; without a tariff it does not. A day not
    attested is no absence.
    """
    priced = [day for day in expected if rate_on(day) is not None]
    paid = paid_days(marks, priced, rate_on)
    for month in reversed(months):
        found = []
        for kind, words in _ABSENT.items():
            days = [day for day in priced if day in month and marks.get(day) in words]
            if unpaid := len([day for day in days if day not in paid]):
                found.append(Risk(kind, month.start, len(days), unpaid))
        if found:
            return found
    return []


def entry_overdue(starts_on: date, today: date, term: int, calendar: WorkingDays) -> Risk | None:
    """An arrival that nobody has recorded by the `term`-th working day after its day."""
    if today <= calendar.after(starts_on, term):
        return None
    return Risk(RiskKind.ENTRY_OVERDUE, starts_on, (today - starts_on).days)


__all__ = ["Risk", "absence_risks", "entry_overdue"]
