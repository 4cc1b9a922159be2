"""The figures of a quarter as known at a moment, put together from the facts; a fixed number of statements.

They hold no name and no reference of a person. What a reader may see of small numbers is decided where they
are shown (`suppression`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cii.budgets.vocabulary import Stage
from cii.figures import facts, money
from cii.figures.deadlines import Bound, bound_agreements, deadlines
from cii.figures.indicators import indicator_figures
from cii.figures.rules import INTERRUPTIONS
from cii.figures.shapes import (
    BudgetFigures,
    LineFigures,
    MeasureFigures,
    QuarterFigures,
    Unattributed,
    Use,
    WaitingFigures,
)
from cii.institutions.queries import institution_marks
from cii.institutions.tables import FundingLine
from cii.kernel.clock import local_midnight
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period, Quarter
from cii.measures.tables import Measure
from cii.placements.vocabulary import ExitType
from cii.store.work import Work

Pair = facts.Pair


def quarter_figures(work: Work, quarter: Quarter, known_at: datetime) -> QuarterFigures:
    """All figures of a quarter; rows recorded after `known_at` are not seen, corrections replace."""
    names = _names(work)
    period = quarter.period
    grid = _grid(work, period, known_at)
    agreements = bound_agreements(work, period, known_at)
    lines = tuple(
        LineFigures(
            names.measures[pair[0]].code,
            names.lines[pair[1]].code,
            names.lines[pair[1]].sector,
            names.institutions[names.lines[pair[1]].institution_id],
            grid.uses[pair],
            grid.exits.get(pair, {}),
        )
        for pair in sorted(
            grid.uses, key=lambda pair: (names.measures[pair[0]].code, names.lines[pair[1]].code)
        )
    )
    return QuarterFigures(
        quarter,
        known_at,
        _measures(grid, names, agreements, period),
        lines,
        _budgets(work, names, period, known_at),
        indicator_figures(work, agreements, names.institutions, quarter, known_at),
        _waiting(work, names, period, known_at),
        deadlines(work, agreements, period, known_at),
        _unattributed(grid, names, agreements),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """Labels of what the rows speak of; `institutions` as every reader may know them."""

    lines: Mapping[int, FundingLine]
    measures: Mapping[int, Measure]
    institutions: Mapping[int, str]


def _names(work: Work) -> _Names:
    session = work.session
    return _Names(
        {row.id or 0: row for row in session.scalars(select(FundingLine))},
        {row.id or 0: row for row in session.scalars(select(Measure))},
        institution_marks(work),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Use per measure and line, places per measure, exits by type, cost that names no measure."""

    uses: Mapping[Pair, Use]
    places: Mapping[int, facts.Places]
    exits: Mapping[Pair, Mapping[ExitType, int]]
    loose: Mapping[tuple[int, int], Chf]


def _grid(work: Work, period: Period, known_at: datetime) -> _Grid:
    whole, quotas = facts.places(work, period, known_at)
    used = facts.usage(work, period, known_at)
    exits = facts.exit_types(work, period, known_at)
    days = facts.attended(work, period, known_at, by_agreement=False)
    invoiced = money.invoiced(work, period, known_at)
    costs: dict[Pair, Chf] = {}
    loose: dict[tuple[int, int], Chf] = {}
    for (measure, line, agreement), amount in money.delivered(work, period, known_at).items():
        if measure is None:
            key = (line, agreement or 0)
            loose[key] = loose.get(key, Chf()) + amount
        else:
            costs[measure, line] = costs.get((measure, line), Chf()) + amount
    pairs = {*quotas, *used, *days, *costs, *invoiced}
    return _Grid(
        {
            pair: _use(
                quotas.get(pair, facts.Places()),
                used.get(pair, facts.Usage(0, 0, 0, 0, 0, 0)),
                days.get(pair, facts.Attended()),
                exits.get(pair, {}),
                (costs.get(pair, Chf()), invoiced.get(pair, Chf())),
                len(period),
            )
            for pair in pairs
        },
        whole,
        exits,
        loose,
    )


def _use(  # noqa: PLR0917 - the sources of one row
    places: facts.Places,
    used: facts.Usage,
    days: facts.Attended,
    exits: Mapping[ExitType, int],
    sums: tuple[Chf, Chf],
    length: int,
) -> Use:
    return Use(
        place_days=places.days,
        places_end=places.at_end,
        participants=used.participants,
        allocated_end=used.allocated_end,
        allocated_days=used.allocated_days,
        occupied_days=used.occupied_days,
        attended_days=days.present,
        absence_days=days.absent,
        entries=used.entries,
        exits=used.exits,
        interruptions=sum(n for kind, n in exits.items() if kind in INTERRUPTIONS),
        cost=sums[0],
        invoiced=sums[1],
        days=length,
    )


def _measures(
    grid: _Grid, names: _Names, agreements: Sequence[Bound], period: Period
) -> tuple[MeasureFigures, ...]:
    found = []
    for measure_id in sorted({*grid.places, *(pair[0] for pair in grid.uses)}, key=_code(names.measures)):
        row = names.measures[measure_id]
        mine = {pair: use for pair, use in grid.uses.items() if pair[0] == measure_id}
        sectors = {names.lines[pair[1]].sector for pair, use in mine.items() if use.place_days}
        exits: dict[ExitType, int] = {}
        for pair in mine:
            for kind, n in grid.exits.get(pair, {}).items():
                exits[kind] = exits.get(kind, 0) + n
        found.append(
            MeasureFigures(
                row.ref,
                row.code,
                row.name,
                row.kind,
                len(sectors) > 1,
                names.institutions.get(row.provider_institution_id or 0),
                _sum(mine.values(), grid.places.get(measure_id, facts.Places()), len(period)),
                exits,
                tuple(sorted(one.number for one in agreements if measure_id in one.measures)),
            )
        )
    return tuple(found)


def _code(measures: Mapping[int, Measure]) -> Callable[[int], str]:
    return lambda measure_id: measures[measure_id].code


def _sum(uses: Iterable[Use], places: facts.Places, days: int) -> Use:
    """A measure's use: the places are its own (quotas may overlap), all else adds up over its lines."""
    held = list(uses)
    counted = (
        "participants", "allocated_end", "allocated_days", "occupied_days", "attended_days", "absence_days",
        "entries", "exits", "interruptions",
    )  # fmt: skip
    return Use(
        place_days=places.days,
        places_end=places.at_end,
        cost=Chf.total(one.cost for one in held),
        invoiced=Chf.total(one.invoiced for one in held),
        days=days,
        **{name: sum(getattr(one, name) for one in held) for name in counted},
    )


def _budgets(work: Work, names: _Names, period: Period, known_at: datetime) -> tuple[BudgetFigures, ...]:
    rows = []
    for one in money.books(work, period, known_at):
        line = names.lines[one.line_id]
        at = {stage: one.stages.get(stage, Chf()) for stage in Stage}
        rows.append(
            BudgetFigures(
                line.code,
                line.name,
                line.sector,
                names.institutions[line.institution_id],
                one.year,
                one.hard,
                -at[Stage.GRANT],
                at[Stage.AVAILABLE],
                at[Stage.COMMITTED],
                at[Stage.ACCRUED],
                at[Stage.INVOICED],
                at[Stage.PAID],
            )
        )
    return tuple(sorted(rows, key=lambda row: row.line))


def _waiting(work: Work, names: _Names, period: Period, known_at: datetime) -> tuple[WaitingFigures, ...]:
    now = facts.waiting(work, period.last, local_midnight(period.end), known_at)
    before = facts.waiting(work, period.start - ONE_DAY, local_midnight(period.start), known_at)
    rows = []
    for pair in {*now, *before}:
        line, one, then = names.lines[pair[1]], now.get(pair), before.get(pair)
        rows.append(
            WaitingFigures(
                names.measures[pair[0]].code,
                line.code,
                names.institutions[line.institution_id],
                one.waiting if one else 0,
                one.urgent if one else 0,
                then.waiting if then else 0,
                (period.last - one.since).days if one else 0,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.measure, row.line)))


def _unattributed(grid: _Grid, names: _Names, agreements: Sequence[Bound]) -> tuple[Unattributed, ...]:
    numbers = {one.id: one.number for one in agreements}
    return tuple(
        sorted(
            (
                Unattributed(names.lines[line].code, numbers.get(agreement, ""), amount)
                for (line, agreement), amount in grid.loose.items()
            ),
            key=lambda row: (row.line, row.agreement),
        )
    )
