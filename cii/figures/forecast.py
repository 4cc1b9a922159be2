"""The forecast of a year per line and measure, from stays and the ledger; its method: `rules_forecast`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlmodel import col

from cii.budgets.queries import flows, positions
from cii.budgets.rules import Position
from cii.budgets.tables import BudgetAccount, LedgerEntry
from cii.budgets.vocabulary import Stage
from cii.figures.money import delivered
from cii.figures.rules_forecast import Booked, Forecast, Rates, forecast, rates
from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of, year_of
from cii.measures.tables import Measure
from cii.placements.tables import Placement, PlacementLeg, PlacementShare
from cii.store.parameters import read_parameters
from cii.store.work import Work

_DELIVERED = (Stage.ACCRUED, Stage.INVOICED, Stage.PAID)
Pair = tuple[int, int]
"""Line, measure."""


@dataclass(frozen=True, slots=True)
class MeasureForecast:
    """The year of a line in one measure, and the rates it rests on."""

    line: str
    measure: str
    title: str
    forecast: Forecast
    rates: Rates


@dataclass(frozen=True, slots=True)
class LineForecast:
    """The year of a line: its measures, and money that hangs on no stay (it counts in full).

    `beyond` is what the forecast exceeds the budget by, negative while there is room; None without ceiling or
    while a measure is unknown.
    """

    line: str
    line_ref: str
    sector: str
    granted: Chf
    hard: bool
    measures: tuple[MeasureForecast, ...]
    other_delivered: Chf
    other_rest: Chf

    @property
    def delivered(self) -> Chf:
        """Delivered in the months that are over."""
        return Chf.total(one.forecast.delivered for one in self.measures) + self.other_delivered

    @property
    def rest(self) -> Chf:
        """Still bound."""
        return Chf.total(one.forecast.rest for one in self.measures) + self.other_rest

    @property
    def total(self) -> Chf | None:
        """What the year comes to; None while the months do not suffice for one of its measures."""
        sums = [one.forecast.total for one in self.measures]
        known = [one for one in sums if one is not None]
        if len(known) < len(sums):
            return None
        return Chf.total(known) + self.other_delivered + self.other_rest

    @property
    def beyond(self) -> Chf | None:
        """What the forecast exceeds the budget by; negative: what will be left."""
        return None if self.total is None or not self.hard else self.total - self.granted


@dataclass(frozen=True, slots=True)
class YearForecast:
    """The forecast of a year as known now: months before `known_until` are over."""

    year: int
    known_until: date
    least_months: int
    least_stays: int
    lines: tuple[LineForecast, ...]


def year_forecast(work: Work, year: int) -> YearForecast:
    """The forecast of a year for every line that the actor may read."""
    whole = year_of(date(year, 1, 1))
    known_until = min(max(month_of(work.today).start, whole.start), whole.end)
    at = max(min(work.today, whole.last), whole.start)
    least = read_parameters(work.session, ("forecast_months_least", "forecast_stays_least"), at)
    least_months, least_stays = least["forecast_months_least"], least["forecast_stays_least"]
    seen = positions(work, year)
    stays = _stays(work, whole, known_until, [one.line_id for one in seen])
    other = _other(work, Period(whole.start, known_until), stays)
    found = []
    for position in seen:
        mine = {pair: held for pair, held in stays.items() if pair[0] == position.line_id}
        parts = tuple(
            _measure(position, held, (whole, known_until), (least_stays, least_months))
            for held in sorted(mine.values(), key=lambda held: held.code)
        )
        bound = position.committed + position.accrued + position.invoiced + position.paid
        so_far = other.get(position.line_id, Chf())
        placed = Chf.total(one.forecast.delivered + one.forecast.rest for one in parts)
        found.append(
            LineForecast(
                position.line,
                position.line_ref,
                position.sector,
                position.granted,
                position.hard,
                parts,
                so_far,
                max(bound - placed - so_far, Chf()),
            )
        )
    return YearForecast(year, known_until, least_months, least_stays, tuple(found))


@dataclass
class _Held:
    """The stays of one line in one measure."""

    code: str
    title: str
    stays: list[Booked] = field(default_factory=list)


def _measure(
    position: Position, held: _Held, at: tuple[Period, date], least: tuple[int, int]
) -> MeasureForecast:
    year, known_until = at
    seen = rates(held.stays, year, known_until)
    said = forecast(held.stays, year, known_until, seen, *least)
    return MeasureForecast(position.line, held.code, held.title, said, seen)


def _stays(work: Work, year: Period, known_until: date, lines: Sequence[int]) -> dict[Pair, _Held]:
    """The money of the lines' stays that have bound some of the year, by line and measure."""
    earned = _earned(work, year, known_until)
    shown: list[Any] = [
        col(PlacementShare.id).label("share_id"),
        col(PlacementShare.line_id),
        col(Placement.measure_id),
        col(Measure.code),
        col(Measure.name),
        col(Placement.starts_on),
        col(Placement.ends_on),
        col(Placement.planned_end),
        col(PlacementLeg.engaged),
        col(PlacementLeg.released),
    ]
    rows = work.session.execute(
        select(*shown)
        .join(PlacementShare, col(PlacementShare.id) == col(PlacementLeg.share_id))
        .join(Placement, col(Placement.id) == col(PlacementShare.placement_id))
        .join(Measure, col(Measure.id) == col(Placement.measure_id))
        .where(
            col(PlacementLeg.year) == year.start.year,
            col(PlacementShare.line_id).in_(lines),
            type_coerce(col(PlacementLeg.engaged), BigInteger) > 0,
        )
        .order_by(col(PlacementShare.id))
    )
    found: dict[Pair, _Held] = {}
    for row in rows:
        held = found.setdefault((row.line_id, row.measure_id), _Held(row.code, row.name))
        planned = Period.through(row.starts_on, max(row.planned_end, row.ends_on))
        held.stays.append(
            Booked(planned, row.ends_on, row.engaged, row.released, earned.get(row.share_id, {}))
        )
    return found


def _earned(work: Work, year: Period, until: date) -> dict[int, dict[date, Chf]]:
    """What attendance has earned by share and month, in the months that are over."""
    legs = flows()
    rows = work.session.execute(
        select(col(LedgerEntry.source_id), legs.c.effective_on, func.sum(legs.c.delta))
        .join(LedgerEntry, col(LedgerEntry.id) == legs.c.entry_id)
        .join(BudgetAccount, col(BudgetAccount.id) == legs.c.account_id)
        .where(
            col(LedgerEntry.source_kind) == "attendance",
            col(BudgetAccount.stage).in_(_DELIVERED),
            col(BudgetAccount.year) == year.start.year,
            legs.c.effective_on < until,
        )
        .group_by(col(LedgerEntry.source_id), legs.c.effective_on)
    )
    found: dict[int, dict[date, Chf]] = {}
    for share_id, effective_on, centimes in rows:
        first = month_of(effective_on).start
        mine = found.setdefault(share_id, {})
        mine[first] = mine.get(first, Chf()) + Chf(int(centimes))
    return found


def _other(work: Work, over: Period, stays: Mapping[Pair, _Held]) -> dict[int, Chf]:
    """What was delivered of each line in the months that are over, but by no stay."""
    found: dict[int, Chf] = {}
    if len(over):
        for (_, line, _), amount in delivered(work, over, work.now).items():
            found[line] = found.get(line, Chf()) + amount
    for (line, _), held in stays.items():
        placed = Chf.total(sum_ for stay in held.stays for sum_ in stay.delivered.values())
        found[line] = found.get(line, Chf()) - placed
    return {line: sum_ for line, sum_ in found.items() if sum_}
