"""A quarter's figures from its rows alone: pure, so that rows kept for years give the same figures again.

The rows are plain (texts, whole numbers, ISO days, centimes), as `queries.quarter_facts` reads them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from cii.agreements.vocabulary import Direction, IndicatorUnit, Interruptions
from cii.budgets.vocabulary import Stage
from cii.figures.rules import INTERRUPTIONS, Value, goal, light
from cii.figures.shapes import (
    BudgetFigures,
    Deadline,
    IndicatorFigures,
    LineFigures,
    MeasureFigures,
    QuarterFigures,
    Unattributed,
    Use,
    WaitingFigures,
)
from cii.figures.vocabulary import Definition, Origin
from cii.institutions.vocabulary import Sector
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period, Quarter
from cii.measures.vocabulary import MeasureKind
from cii.placements.vocabulary import ExitType

Row = Mapping[str, Any]
Facts = Mapping[str, Sequence[Row]]
"""Rows by the name of their table."""
Pair = tuple[str, str]
"""Codes of a measure and of a funding line."""
Exits = Mapping[Pair, Mapping[ExitType, int]]
_SATURDAY, _WEEKEND = 5, 2

_SUMS = (
    "participants", "allocated_end", "allocated_days", "occupied_days", "attended_days", "absence_days",
    "entries", "exits", "interruptions", "stay_months", "unattested", "cost", "invoiced",
)  # fmt: skip


def quarter_of(facts: Facts, quarter: Quarter) -> QuarterFigures:
    """All figures of the quarter."""
    period = quarter.period
    lines = {row["code"]: row for row in facts["lines"]}
    measures, by_line = use_of(facts, period)
    return QuarterFigures(
        quarter,
        measures,
        by_line,
        tuple(_budget(row, lines[row["line"]]) for row in facts["books"]),
        tuple(map(_indicator, facts["indicators"])),
        tuple(_waiting(facts["waiting"], lines, period)),
        tuple(Deadline(**{**row, "on": date.fromisoformat(row["on"])}) for row in facts["deadlines"]),
        tuple(_unattributed(facts["delivered"])),
    )


def use_of(facts: Facts, period: Period) -> tuple[tuple[MeasureFigures, ...], tuple[LineFigures, ...]]:
    """How each measure, and each line in it, was used in a period of any length (`queries.use_facts`)."""
    lines = {row["code"]: row for row in facts["lines"]}
    counted, exits = _counted(facts, period), _exits(facts["stays"], period)
    places = _places(facts["places"], period)
    uses = {
        pair: _use(counted[pair], places.get(pair, (0, 0)), len(period))
        for pair in sorted({*counted, *(pair for pair in places if pair[1])})
    }
    by_line = tuple(
        LineFigures(
            measure,
            line,
            Sector(lines[line]["sector"]),
            lines[line]["institution"],
            use,
            exits.get((measure, line), {}),
        )
        for (measure, line), use in uses.items()
    )
    return tuple(_measures(facts, uses, exits, places, len(period))), by_line


def _counted(facts: Facts, period: Period) -> dict[Pair, Counter[str]]:
    """Persons, their days and what they cost (centimes), per measure and line."""
    found: defaultdict[Pair, Counter[str]] = defaultdict(Counter)
    for row in facts["stays"]:
        mine = found[row["measure"], row["line"]]
        for name, count in stay_counts(row, period).items():
            mine[name] += count
    told = set()
    for row in facts["attendance"]:
        mine = found[row["measure"], row["line"]]
        mine["attended_days"] += row["present"]
        mine["absence_days"] += row["absent"]
        told.add((row["stay"], row["month"]))
    for row in facts["stays"]:
        months = months_to_attest(row, period)
        silent = sum((row["ref"], month) not in told for month in months)
        mine = found[row["measure"], row["line"]]
        mine["stay_months"] += len(months)
        mine["unattested"] += silent
    for table, column in (("delivered", "cost"), ("invoiced", "invoiced")):
        for row in facts[table]:
            if row["measure"] is not None:
                found[row["measure"], row["line"]][column] += row["amount"]
    return found


def stay_counts(row: Row, period: Period) -> dict[str, int]:
    """What one stay adds to the use of its measure and line in a period that it touches."""
    first, last = period.start.toordinal(), period.last.toordinal()
    starts, ends = _ordinal(row["starts_on"]), _ordinal(row["last"])
    began = _ordinal(row["started_on"]) if row["started_on"] else last + 1
    upto, here = min(ends, last), began <= last
    left = row["ended_on"] is not None and first <= _ordinal(row["ended_on"]) <= last
    return {
        "participants": here,
        "allocated_end": ends >= last,
        "allocated_days": upto - max(starts, first) + 1,
        "occupied_days": upto - max(began, first) + 1 if here else 0,
        "entries": first <= began <= last,
        "exits": left,
        "interruptions": left and row["exit_type"] in INTERRUPTIONS,
    }


def months_to_attest(row: Row, period: Period) -> Sequence[str]:
    """The months (as 2026-07) in which a stay begun has a day from Monday to Friday within the period.

    Whether such a day is a holiday is not asked: a stay of a single holiday reads as not attested.
    """
    if not row["started_on"]:
        return ()
    first = max(row["started_on"], period.start.isoformat())
    return _months(first, min(row["last"], period.last.isoformat()))


@lru_cache(maxsize=10_000)
def _months(first: str, last: str) -> tuple[str, ...]:
    """Those of two days; most stays of a quarter last from its first day to its last."""
    if first > last:
        return ()
    return tuple(
        f"{part.start:%Y-%m}"
        for part in Period.through(date.fromisoformat(first), date.fromisoformat(last)).months()
        if min(part.start.weekday(), part.last.weekday()) < _SATURDAY or len(part) > _WEEKEND
    )


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _exits(stays: Iterable[Row], period: Period) -> dict[Pair, Counter[ExitType]]:
    found: defaultdict[Pair, Counter[ExitType]] = defaultdict(Counter)
    first, last = period.start.isoformat(), period.last.isoformat()
    for row in stays:
        if row["ended_on"] is not None and first <= row["ended_on"] <= last:
            found[row["measure"], row["line"]][ExitType(row["exit_type"])] += 1
    return dict(found)


def _places(rows: Iterable[Row], period: Period) -> dict[Pair, tuple[int, int]]:
    """Places × days, and the places of the period's last day, per measure and line; of a measure, line ""."""
    found: dict[Pair, tuple[int, int]] = {}
    for row in rows:
        days, _ = found.get((row["measure"], row["line"]), (0, 0))
        days += row["places"] * (_ordinal(row["last"]) - _ordinal(row["first"]) + 1)
        at_end = row["places"] if row["last"] == period.last.isoformat() else 0
        found[row["measure"], row["line"]] = (days, at_end)
    return found


def _use(counts: Mapping[str, int], places: tuple[int, int], days: int) -> Use:
    held = {name: int(counts.get(name, 0)) for name in _SUMS}
    cost, invoiced = Chf(held.pop("cost")), Chf(held.pop("invoiced"))
    return Use(
        place_days=places[0], places_end=places[1], cost=cost, invoiced=invoiced, days=days, **held
    )  # fmt: skip


def _measures(
    facts: Facts, uses: Mapping[Pair, Use], exits: Exits, places: Mapping[Pair, tuple[int, int]], days: int
) -> Iterator[MeasureFigures]:
    """Each measure: the places are its own (quotas may overlap), all else adds up over its lines."""
    sectors = {row["code"]: row["sector"] for row in facts["lines"]}
    rows = {row["code"]: row for row in facts["measures"]}
    for code in sorted({measure for measure, _ in (*uses, *places)}):
        mine = {pair: use for pair, use in uses.items() if pair[0] == code}
        sums: Counter[str] = Counter()
        kinds: Counter[ExitType] = Counter()
        for pair, use in mine.items():
            sums.update({one: getattr(use, one) for one in _SUMS if one not in {"cost", "invoiced"}})
            sums.update(cost=use.cost.centimes, invoiced=use.invoiced.centimes)
            kinds.update(exits.get(pair, {}))
        row = rows[code]
        yield MeasureFigures(
            row["ref"],
            code,
            row["name"],
            MeasureKind(row["kind"]),
            len({sectors[line] for (_, line), use in mine.items() if use.place_days}) > 1,
            row["provider"],
            _use(sums, places.get((code, ""), (0, 0)), days),
            dict(kinds),
            tuple(one["number"] for one in facts["agreements"] if code in one["measures"]),
        )


def _budget(row: Row, line: Row) -> BudgetFigures:
    at = {stage: Chf(row["stages"].get(stage, 0)) for stage in Stage}
    return BudgetFigures(
        line["code"],
        line["name"],
        Sector(line["sector"]),
        line["institution"],
        row["year"],
        row["hard"],
        -at[Stage.GRANT],
        at[Stage.AVAILABLE],
        at[Stage.COMMITTED],
        at[Stage.ACCRUED],
        at[Stage.INVOICED],
        at[Stage.PAID],
    )


def _indicator(row: Row) -> IndicatorFigures:
    """An indicator against its target and minimum; its light follows from the value."""
    values = {name: Value(*row[name]) if row[name] is not None else None for name in ("value", "quarter")}
    unit, direction, minimum = IndicatorUnit(row["unit"]), Direction(row["direction"]), row["minimum"]
    value = values["value"]
    return IndicatorFigures(
        **{
            **row,
            **values,
            "institutions": tuple(row["institutions"]),
            "unit": unit,
            "direction": direction,
            "interruptions": Interruptions(row["interruptions"]) if row["interruptions"] else None,
            "definition": Definition(row["definition"]),
            "origin": Origin(row["origin"]),
            "light": light(
                value.exact if value else None,
                goal(unit, row["target"]),
                None if minimum is None else goal(unit, minimum),
                direction,
            ),
        }
    )


def _waiting(rows: Iterable[Row], lines: Mapping[str, Row], period: Period) -> Iterator[WaitingFigures]:
    held: defaultdict[Pair, list[Row]] = defaultdict(list)
    for row in rows:
        held[row["measure"], row["line"]].append(row)
    for (measure, line), mine in sorted(held.items()):
        now = [row for row in mine if row["at_end"]]
        since = min((date.fromisoformat(row["since"]) for row in now), default=period.last)
        yield WaitingFigures(
            measure,
            line,
            lines[line]["institution"],
            len(now),
            sum(row["urgency"] == 1 for row in now),
            sum(row["at_start"] for row in mine),
            (period.end - ONE_DAY - since).days,
        )


def _unattributed(rows: Iterable[Row]) -> Iterator[Unattributed]:
    loose: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["measure"] is None:
            loose[row["line"], row["agreement"]] += row["amount"]
    for (line, agreement), amount in sorted(loose.items()):
        yield Unattributed(line, agreement, Chf(amount))
