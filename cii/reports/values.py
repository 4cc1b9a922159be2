"""The values of the quarterly pack as they are frozen: plain, without ids, each list kept by its natural key.

Money is text in francs ("1234.50"), a share an exact fraction ("123/552"), a day ISO 8601. Nothing in it says
when it was frozen: the same facts give the same values and the same fingerprint.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from cii.figures.deriving import Facts
from cii.figures.rules import INTERRUPTIONS, Value
from cii.figures.shapes import (
    BudgetFigures,
    IndicatorFigures,
    LineFigures,
    MeasureFigures,
    QuarterFigures,
    Use,
)
from cii.kernel.digest import plain
from cii.kernel.money import Chf

FORM = 4
"""Version of this form; a new field takes the next number."""

PEOPLE = ("participants", "allocated_end", "entries", "exits", "interruptions")
"""Counts of persons: they add up over the lines of a measure."""
DAYS = ("occupied_days", "attended_days", "absence_days")
"""Days of these persons."""
ATTESTED = ("attended_days", "absence_days")
"""Those of these days that somebody has to attest."""
MONEY = ("cost", "invoiced", "cost_per_day")
"""What these days cost."""


def values_of(figures: QuarterFigures, facts: Facts) -> dict[str, Any]:
    """The pack of a quarter: its figures, and what `facts` holds of correctives, meetings, missing months."""
    period = figures.quarter.period
    found = {
        "form": FORM,
        "kind": "quarterly",
        "period": str(figures.quarter),
        "first": period.start,
        "last": period.last,
        **use_values(figures.measures, figures.lines),
        "exit_types": _exit_types(figures.measures),
        "budgets": {one.line: _budget(one) for one in figures.budgets},
        "indicators": {f"{one.agreement}/{one.code}": _indicator(one) for one in figures.indicators},
        "corrective": {row["ref"]: _without(row, "ref") for row in facts["corrective"]},
        "deadlines": {
            f"{one.on}/{one.agreement}/{one.kind}/{one.what}": {
                "on": one.on,
                "kind": one.kind,
                "what": one.what,
                "agreement": one.agreement,
                "agreement_version": one.agreement_version,
                "provider": one.provider,
            }
            for one in figures.deadlines
        },
        "waiting": {
            f"{one.measure}/{one.line}": {
                "measure": one.measure,
                "line": one.line,
                "institution": one.institution,
                "waiting": one.waiting,
                "urgent": one.urgent,
                "before": one.before,
                "longest_days": one.longest_days,
            }
            for one in figures.waiting
        },
        "unattributed": {
            f"{one.line}/{one.agreement}": {
                "line": one.line,
                "agreement": one.agreement,
                "cost": str(one.cost),
            }
            for one in figures.unattributed
        },
        "unattested": {
            f"{one.measure}/{one.line}": {
                "measure": one.measure,
                "line": one.line,
                "institution": one.institution,
                "whole": not one.use.attested,
            }
            for one in figures.lines
            if one.use.unattested
        },
        "meetings": {f"{row['body']}/{row['held_on']}": row for row in facts["meetings"]},
        "missing": {f"{row['institution']}/{row['month'][:7]}": row for row in facts["missing"]},
    }
    told: dict[str, Any] = {name: plain(held) for name, held in found.items()}
    return {**told, "unknown": sorted(_unknown(told))}


def unattested_in(values: Mapping[str, Any]) -> Iterator[str]:
    """Where days stand that nobody attested, in what `use_values` tells."""
    for section in ("measures", "lines", "line_totals"):
        for key, row in values[section].items():
            yield from (f"{section}.{key}.{name}" for name in ATTESTED if row[name] is None)
    yield from (f"total.{name}" for name in ATTESTED if values["total"][name] is None)


def _unknown(values: Mapping[str, Any]) -> Iterator[str]:
    """Where figures stand whose data are missing: days that nobody attested, indicators without a value."""
    yield from unattested_in(values)
    for key, row in values["indicators"].items():
        yield from (f"indicators.{key}.{name}" for name in ("year", "quarter") if row[name] is None)


def use_values(measures: Sequence[MeasureFigures], lines: Sequence[LineFigures]) -> dict[str, Any]:
    """How places were used: by measure, by measure and line, by line, in all."""
    return {
        "measures": {one.measure: _measure(one) for one in measures},
        "lines": {f"{one.measure}/{one.line}": _line(one) for one in lines},
        "line_totals": _line_totals(lines),
        "total": _total(measures),
    }


def _without(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: held for key, held in row.items() if key != name}


def share(value: Fraction | None) -> str | None:
    """A share as exact text."""
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _use(use: Use) -> dict[str, object]:
    """Days attended are unknown (None), not 0, where persons stayed and nobody attested a day."""
    unknown = dict.fromkeys(() if use.attested else ATTESTED)
    return {
        **{name: getattr(use, name) for name in (*PEOPLE, *DAYS)},
        **unknown,
        "place_days": use.place_days,
        "places_end": use.places_end,
        "places_average": share(use.places_average),
        "occupancy": share(use.occupancy),
        "cost": str(use.cost),
        "invoiced": str(use.invoiced),
        "cost_per_day": None if use.cost_per_day is None else str(use.cost_per_day),
    }


def _measure(one: MeasureFigures) -> dict[str, object]:
    return {
        "ref": one.ref,
        "measure": one.measure,
        "name": one.name,
        "kind": one.kind,
        "mixed": one.mixed,
        "provider": one.provider,
        "agreements": list(one.agreements),
        **_use(one.use),
    }


def _line(one: LineFigures) -> dict[str, object]:
    return {
        "measure": one.measure,
        "line": one.line,
        "sector": one.sector,
        "institution": one.institution,
        "exit_types": {kind.value: n for kind, n in sorted(one.exit_types.items())},
        **_use(one.use),
    }


def _line_totals(lines: Sequence[LineFigures]) -> dict[str, object]:
    found: dict[str, dict[str, object]] = {}
    for line in sorted({one.line for one in lines}):
        mine = [one for one in lines if one.line == line]
        found[line] = {
            "line": line,
            "sector": mine[0].sector,
            "institution": mine[0].institution,
            **_sums([one.use for one in mine]),
        }
    return dict(found)


def _total(measures: Sequence[MeasureFigures]) -> dict[str, object]:
    return _sums([one.use for one in measures])


def _sums(uses: Sequence[Use]) -> dict[str, object]:
    places, occupied = sum(one.place_days for one in uses), sum(one.occupied_days for one in uses)
    attended, cost = sum(one.attended_days for one in uses), Chf.total(one.cost for one in uses)
    per_day = Chf.rounded(Fraction(cost.centimes, attended)) if attended else None
    expected = sum(one.stay_months for one in uses)
    unknown = dict.fromkeys(ATTESTED if expected and expected == sum(one.unattested for one in uses) else ())
    return {
        **{name: sum(getattr(one, name) for one in uses) for name in (*PEOPLE, *DAYS)},
        **unknown,
        "place_days": places,
        "places_end": sum(one.places_end for one in uses),
        "places_average": share(sum((one.places_average for one in uses), Fraction(0))),
        "occupancy": share(Fraction(occupied, places) if places else None),
        "cost": str(cost),
        "invoiced": str(Chf.total(one.invoiced for one in uses)),
        "cost_per_day": None if per_day is None else str(per_day),
    }


def _exit_types(measures: Sequence[MeasureFigures]) -> dict[str, object]:
    found: dict[str, object] = {}
    for kind in sorted({kind for one in measures for kind in one.exit_types}):
        persons = sum(one.exit_types.get(kind, 0) for one in measures)
        found[kind.value] = {"type": kind, "interruption": kind in INTERRUPTIONS, "persons": persons}
    return found


def _budget(one: BudgetFigures) -> dict[str, object]:
    sums = ("granted", "free", "committed", "accrued", "invoiced", "paid", "used")
    return {
        "line": one.line,
        "name": one.name,
        "sector": one.sector,
        "institution": one.institution,
        "year": one.year,
        "hard": one.hard,
        **{name: str(getattr(one, name)) for name in sums},
    }


def _value(value: Value | None) -> dict[str, object] | None:
    if value is None:
        return None
    return {
        "numerator": value.numerator,
        "denominator": value.denominator,
        "people": value.people,
        "about": value.about,
        "value": share(value.exact),
    }


def _indicator(one: IndicatorFigures) -> dict[str, object]:
    return {
        "agreement": one.agreement,
        "agreement_version": one.agreement_version,
        "provider": one.provider,
        "institutions": list(one.institutions),
        "code": one.code,
        "title": dict(one.title),
        "unit": one.unit,
        "direction": one.direction,
        "target": one.target,
        "minimum": one.minimum,
        "definition": one.definition,
        "published": one.published,
        "published_version": one.published_version,
        "interruptions": one.interruptions,
        "origin": one.origin,
        "light": one.light,
        "year": _value(one.value),
        "quarter": _value(one.quarter),
    }
