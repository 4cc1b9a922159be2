"""Tariffs read from their rows, and prices made of them: the only way from an agreement to a sum."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from cii.agreements.rules_proration import Attended, Priced, Rate, price
from cii.agreements.rules_rates import Guaranteed, guaranteed, without_price
from cii.agreements.tables import Agreement, AgreementClosure, SettledYear, Tariff
from cii.agreements.vocabulary import Basis, SettledBy
from cii.kernel.calendar import WorkingDays
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.store.work import Work

Key = tuple[int, int, int]
"""Agreement, measure, funding line."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """The legal holidays of a canton, to be asked day by day."""

    calendar: WorkingDays

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.calendar.is_holiday(day)


def in_use(table: type[Tariff]) -> ColumnElement[bool]:
    """Tariffs that were ended on their first day were wrong and never counted."""
    return or_(col(table.valid_to).is_(None), col(table.valid_to) > col(table.valid_from))


def tariffs_for(work: Work, agreement_ids: Iterable[int], period: Period) -> list[Tariff]:
    """The tariffs of these agreements in force on a day of the period; by agreement, measure, line, date."""
    return list(
        work.session.scalars(
            select(Tariff)
            .where(
                col(Tariff.agreement_id).in_(set(agreement_ids)),
                col(Tariff.valid_from) < period.end,
                or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > period.start),
                in_use(Tariff),
            )
            .order_by(
                col(Tariff.agreement_id), col(Tariff.measure_id), col(Tariff.line_id), col(Tariff.valid_from)
            )
        )
    )


def guaranteed_payers(work: Work, period: Period) -> list[tuple[int, int]]:
    """Each (agreement, line) for which a minimum volume is guaranteed on a day of the period, in order."""
    rows = work.session.execute(
        select(col(Tariff.agreement_id), col(Tariff.line_id))
        .where(
            col(Tariff.guarantee).is_not(None),
            col(Tariff.valid_from) < period.end,
            or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > period.start),
            in_use(Tariff),
        )
        .distinct()
        .order_by(col(Tariff.agreement_id), col(Tariff.line_id))
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Rates (cut to their agreement's term) and closures of some agreements, ready for many prices."""

    rates: Mapping[Key, tuple[Rate, ...]]
    closures: Mapping[tuple[int, int], tuple[Period, ...]]
    calendar: WorkingDays

    def counts_hours(self, key: Key) -> bool:
        """Whether a tariff under (agreement, measure, line) counts hours."""
        return any(rate.basis is Basis.HOUR for rate in self.rates.get(key, ()))

    def guaranteed(self, key: Key, month: Period, used: Chf) -> Guaranteed:
        """The guaranteed volume of a month under (agreement, measure, line) against what its stays cost."""
        return guaranteed(self.rates.get(key, ()), month, used, self.closures.get(key[:2], ()))

    def price(
        self,
        key: Key,
        span: Period,
        *,
        weights: Sequence[int] = (1,),
        breaks: Iterable[Period] = (),
        planned: Period | None = None,
        workload: int | None = None,
        attended: Attended | None = None,
        within: Period | None = None,
    ) -> Priced:
        """The price of a stay under (agreement, measure, line); refuses TariffMissing."""
        return price(
            span,
            self.rates.get(key, ()),
            weights=weights,
            closures=self.closures.get(key[:2], ()),
            breaks=breaks,
            planned=planned,
            workload=workload,
            attended=attended,
            holidays=Holidays(self.calendar),
            within=within,
        )


_KEY = ("agreement_id", "measure_id", "line_id")
_PARTS = (
    "id", "valid_from", "valid_to", "basis", "amount", "places", "month_begun", "excused_days",
    "unexcused_days", "day_minutes", "full_from", "half_from", "guarantee",
)  # fmt: skip
"""What a rate is made of, in the order of `_rate`."""
_READ = (
    *(getattr(Tariff, name) for name in _KEY),
    col(Agreement.valid_from),
    col(Agreement.valid_to),
    *(getattr(Tariff, name) for name in _PARTS),
)


def price_book(
    work: Work,
    agreement_ids: Iterable[int],
    *,
    line_ids: Collection[int] | None = None,
    measure_ids: Collection[int] | None = None,
    stay: Period | None = None,
) -> PriceBook:
    """Rates and closures of these agreements, in three statements; a year settled by costs has no price.

    Narrowed to these lines, to these measures, to what is in force on a day of `stay`.
    """
    ids = set(agreement_ids)
    wanted = [col(Tariff.agreement_id).in_(ids), in_use(Tariff)]
    if line_ids is not None:
        wanted.append(col(Tariff.line_id).in_(line_ids))
    if measure_ids is not None:
        wanted.append(col(Tariff.measure_id).in_(measure_ids))
    if stay is not None:
        wanted.append(col(Tariff.valid_from) < stay.end)
        wanted.append(or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > stay.start))
    rates: dict[Key, list[Rate]] = {}
    for agreement, measure, line, *told in work.session.execute(
        select(*_READ)
        .join(Agreement, col(Agreement.id) == col(Tariff.agreement_id))
        .where(*wanted)
        .order_by(col(Tariff.valid_from))
    ):
        rates.setdefault((agreement, measure, line), []).append(_rate(*told))
    by_costs = select(col(SettledYear.agreement_id), col(SettledYear.line_id), col(SettledYear.year)).where(
        col(SettledYear.agreement_id).in_(ids), col(SettledYear.settled_by) == SettledBy.COSTS
    )
    for agreement_id, line_id, year in work.session.execute(by_costs):
        for key, known in rates.items():
            if (key[0], key[2]) == (agreement_id, line_id):
                known[:] = without_price(known, year)
    closures: dict[tuple[int, int], list[Period]] = {}
    for closure in work.session.scalars(
        select(AgreementClosure).where(
            col(AgreementClosure.agreement_id).in_(ids), col(AgreementClosure.withdrawn_at).is_(None)
        )
    ):
        closures.setdefault((closure.agreement_id, closure.measure_id), []).append(
            Period.through(closure.starts_on, closure.ends_on)
        )
    return PriceBook(
        {key: tuple(found) for key, found in rates.items()},
        {key: tuple(found) for key, found in closures.items()},
        work.calendar,
    )


def rate_of(tariff: Tariff, start: date, end: date | None) -> Rate:
    """A tariff for the proration, cut to the term of its agreement."""
    return _rate(start, end, *(getattr(tariff, name) for name in _PARTS))


def _rate(  # noqa: PLR0917 - the term of an agreement, then a tariff, part by part
    start: date,
    end: date | None,
    number: int | None,
    first: date,
    last: date | None,
    basis: Basis,
    amount: Chf,
    places: int,
    month_begun: bool,  # noqa: FBT001 - a column
    excused_days: int | None,
    unexcused_days: int | None,
    day_minutes: int | None,
    full_from: int | None,
    half_from: int | None,
    guarantee: int | None,
) -> Rate:
    ends = [day for day in (last, end) if day is not None]
    return Rate(
        number or 0,
        max(first, start),
        min(ends, default=None),
        basis,
        amount,
        places,
        month_begun,
        excused_days,
        unexcused_days,
        day_minutes,
        full_from,
        half_from,
        guarantee,
        Period(first, last) if basis is Basis.PERIOD and last is not None else None,
    )


def price_of(
    work: Work,
    *,
    agreement_id: int,
    measure_id: int,
    line_id: int,
    span: Period,
    weights: Sequence[int] = (1,),
    breaks: Iterable[Period] = (),
    planned: Period | None = None,
    workload: int | None = None,
) -> Priced:
    """The price of one stay under an agreement's tariff, shared by `weights`; refuses TariffMissing.

    A stay with several payers is priced by the tariff of the requesting line; the shares split each piece.
    """
    book = price_book(work, [agreement_id])
    key = (agreement_id, measure_id, line_id)
    return book.price(key, span, weights=weights, breaks=breaks, planned=planned, workload=workload)
