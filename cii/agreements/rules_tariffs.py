"""Pure rules of a tariff as it is agreed: which details belong to which basis, what may be guaranteed, gaps.

Source: 000 i.14 (sharing the risk of volume), i.15, i.18; product.md AI6; money.md §1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cii.agreements.rules_proration import TariffMissing, require_tariffs
from cii.agreements.rules_rates import Rate
from cii.agreements.vocabulary import Basis, Profile
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period, month_of

_FULL_TIME, _HALF, _DAY = 100, 50, 24 * 60
_GUARANTEED = frozenset(
    {Basis.CALENDAR_DAYS, Basis.WEEKDAYS, Basis.WEEK, Basis.STARTED_MONTH, Basis.STARTED_WEEK}
)
_WITHOUT_WORKLOAD = frozenset({Basis.AGREED_PLACES, Basis.HOUR, Basis.PERIOD})


class TariffNegative(Refusal):
    """A tariff is zero or more."""

    code, kind = "tariff-negative", "unfit"


class HoursNeedDay(Refusal):
    """A tariff per hour says how long a planned day is, 1 to 1440 minutes; no other tariff does."""

    code, kind = "tariff-hours-need-day", "unfit"


class PeriodNeedsEnd(Refusal):
    """A sum for a period is split over its months: the period needs a last day."""

    code, kind = "tariff-period-needs-end", "unfit"


class PlacesUnfit(Refusal):
    """Agreed places are at least one."""

    code, kind = "tariff-places-unfit", "unfit"


class ThresholdsUnfit(Refusal):
    """Somebody counts in full from 1 to 100 percent, half from 1 to 50, and never half above full."""

    code, kind = "tariff-thresholds-unfit", "unfit"


class ThresholdsWithoutPerson(Refusal):
    """Part time plays no part where places, hours or a sum for a period are bought."""

    code, kind = "tariff-thresholds-without-person", "unfit"


class AbsencesUnfit(Refusal):
    """Days of absence that are paid are none or more."""

    code, kind = "tariff-absences-unfit", "unfit"


class GuaranteeUnfit(Refusal):
    """A guarantee is 1 to 100 percent of the agreed places, bought by day, week or month."""

    code, kind = "tariff-guarantee-unfit", "unfit"


class GuaranteeImpossible(Refusal):
    """The disability insurance guarantees no minimum volume (product.md AI6)."""

    code, kind = "tariff-guarantee-impossible", "unfit"


class GuaranteeInConditions(Refusal):
    """The unemployment insurance shares the risk of volume by its general conditions (000 i.14)."""

    code, kind = "tariff-guarantee-in-conditions", "unfit"


class GuaranteeForeign(Refusal):
    """Only agreements of social aid guarantee a part of their places."""

    code, kind = "tariff-guarantee-foreign", "unfit"


class TariffOpenEnd(Refusal):
    """The tariffs of an open-ended agreement end: nothing is in force from that day on."""

    code, kind = "tariff-missing-from", "conflict"


class MonthStated(Refusal):
    """The month has been stated: its tariff no longer changes; a correction is a new dated entry."""

    code, kind = "tariff-month-stated", "conflict"


@dataclass(frozen=True, slots=True)
class TariffWish:
    """A tariff as it is asked for."""

    profile: Profile
    basis: Basis
    amount: Chf
    last_day: date | None
    places: int
    excused_days: int | None
    unexcused_days: int | None
    day_minutes: int | None
    full_from: int | None
    half_from: int | None
    guarantee: int | None


@dataclass(frozen=True, slots=True)
class StatedMonth:
    """A month of a measure and line that a statement has gone out for, with the agreement's number."""

    month: date
    number: str


def tariff_faults(wish: TariffWish) -> list[Refusal]:
    """Every reason why a tariff cannot be agreed like this, each beside its input."""
    found: list[Refusal] = []
    if wish.amount < Chf():
        found.append(TariffNegative(field="amount"))
    if (wish.basis is Basis.HOUR) != (wish.day_minutes is not None) or not _within(wish.day_minutes, _DAY):
        found.append(HoursNeedDay(field="day_minutes"))
    if wish.basis is Basis.PERIOD and wish.last_day is None:
        found.append(PeriodNeedsEnd(field="last_day"))
    if wish.places < 1:
        found.append(PlacesUnfit(field="places"))
    found += [
        AbsencesUnfit(field=name)
        for name, days in (("excused_days", wish.excused_days), ("unexcused_days", wish.unexcused_days))
        if days is not None and days < 0
    ]
    return [*found, *_threshold_faults(wish), *_guarantee_faults(wish)]


def _threshold_faults(wish: TariffWish) -> list[Refusal]:
    if wish.full_from is None and wish.half_from is None:
        return []
    if wish.basis in _WITHOUT_WORKLOAD:
        return [ThresholdsWithoutPerson(field="full_from")]
    if wish.full_from is None or not _within(wish.full_from, _FULL_TIME):
        return [ThresholdsUnfit(field="full_from")]
    if not _within(wish.half_from, min(_HALF, wish.full_from)):
        return [ThresholdsUnfit(field="half_from")]
    return []


def _guarantee_faults(wish: TariffWish) -> list[Refusal]:
    if not wish.guarantee:
        return []
    match wish.profile:
        case Profile.AI:
            return [GuaranteeImpossible(field="guarantee")]
        case Profile.AC:
            return [GuaranteeInConditions(field="guarantee")]
        case Profile.AS if _within(wish.guarantee, _FULL_TIME) and wish.basis in _GUARANTEED:
            return []
        case Profile.AS:
            return [GuaranteeUnfit(field="guarantee")]
        case _:
            return [GuaranteeForeign(field="guarantee")]


def gap_faults(start: date, end: date | None, rates: Sequence[Rate]) -> list[Refusal]:
    """The first days of an agreement's term on which nothing is priced; `end` None for an open-ended one.

    An open-ended agreement needs an open-ended tariff at last: else the day is named from which none is in
    force.
    """
    ends = [rate.end for rate in rates if rate.end is not None]
    until = end or max([*ends, *(rate.start for rate in rates), start])
    try:
        require_tariffs(Period(start, max(until, start + ONE_DAY)), rates)
    except TariffMissing as no:
        return [no]
    if end is None and len(ends) == len(rates):
        return [TariffOpenEnd(first=max(ends))]
    return []


def stated_faults(valid_from: date, stated: Iterable[StatedMonth]) -> list[Refusal]:
    """The last stated month that a tariff from that day on would change."""
    touched = [one for one in stated if month_of(one.month).end > valid_from]
    if not touched:
        return []
    last = max(touched, key=lambda one: one.month)
    after = month_of(last.month).end
    return [MonthStated(field="valid_from", month=last.month, number=last.number, after=after)]


def _within(value: int | None, most: int) -> bool:
    return value is None or 1 <= value <= most
