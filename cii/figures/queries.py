"""The rows of which a quarter's figures are made, as known at a moment; a fixed number of statements.

They hold refs of stays and of entries of waiting lists, no name and no number of a person. What a reader may
see of small numbers is decided where they are shown (`suppression`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime

from sqlalchemy import select

from cii.figures import attendance, facts, money
from cii.figures.deadlines import Bound, bound_agreements, deadlines
from cii.figures.deriving import Facts, Row, quarter_of
from cii.figures.indicators import indicator_figures
from cii.figures.rows import stay_rows, waiting_rows
from cii.figures.rules import Value
from cii.figures.shapes import IndicatorFigures, QuarterFigures
from cii.institutions.queries import institution_marks
from cii.institutions.tables import FundingLine
from cii.kernel.digest import plain_rows
from cii.kernel.period import Period, Quarter
from cii.measures.tables import Measure
from cii.store.work import Work

PARAMETERS = ("exit_durable_from_months", "report_deadline_months")
"""The dated numbers that enter the figures of a quarter."""

_ORDER: Mapping[str, Sequence[str]] = {
    "agreements": ("number",),
    "attendance": ("stay", "month"),
    "books": ("line",),
    "deadlines": ("on", "agreement", "kind", "what"),
    "delivered": ("measure", "line", "agreement"),
    "indicators": ("agreement", "code"),
    "invoiced": ("measure", "line"),
    "lines": ("code",),
    "measures": ("code",),
    "parameters": ("name",),
    "places": ("measure", "line", "first"),
    "stays": ("ref",),
    "waiting": ("ref",),
}
"""Every table with what its rows are ordered by: the same on every engine."""


def quarter_figures(work: Work, quarter: Quarter, known_at: datetime) -> QuarterFigures:
    """All figures of a quarter; rows recorded after `known_at` are not seen, corrections replace."""
    return quarter_of(quarter_facts(work, quarter, known_at), quarter)


def quarter_facts(work: Work, quarter: Quarter, known_at: datetime) -> Facts:
    """The rows of a quarter by table, plain; measures, lines and agreements go by code and number."""
    names, period = _names(work), quarter.period
    agreements = bound_agreements(work, period, known_at)
    found: dict[str, Iterable[Row]] = {
        **_used(work, names, agreements, period, known_at),
        "books": [
            {"line": names.lines[one.line_id].code, "year": one.year, "hard": one.hard, "stages": one.stages}
            for one in money.books(work, period, known_at)
        ],
        "waiting": [
            {**names.pair((row.measure_id, row.line_id)), "ref": row.ref, "urgency": row.urgency,
             "since": row.waiting_since, "at_start": row.at_start, "at_end": row.at_end}
            for row in waiting_rows(work, period, known_at)
        ],
        "indicators": [
            _indicator(one)
            for one in indicator_figures(work, agreements, names.institutions, quarter, known_at)
        ],
        "deadlines": [
            {one.name: getattr(row, one.name) for one in fields(row)}
            for row in deadlines(work, agreements, period, known_at)
        ],
        "parameters": [
            {"name": name, "day": period.last, "value": work.parameter(name, period.last)}
            for name in PARAMETERS
        ],
    }  # fmt: skip
    return {table: plain_rows(found[table], *by) for table, by in _ORDER.items()}


def use_facts(work: Work, period: Period, known_at: datetime) -> Facts:
    """The rows of which the use of the measures in a period of any length is made, by table, plain."""
    used = _used(work, _names(work), bound_agreements(work, period, known_at), period, known_at)
    return {table: plain_rows(rows, *_ORDER[table]) for table, rows in used.items()}


def _used(
    work: Work, names: "_Names", agreements: Sequence[Bound], period: Period, known_at: datetime
) -> dict[str, Iterable[Row]]:
    return {
        "lines": names.line_rows(),
        "measures": names.measure_rows(),
        "agreements": [
            {
                "number": one.number,
                "version": one.version,
                "provider": one.provider,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
                "measures": sorted({names.measures[measure].code for measure in one.measures}),
            }
            for one in agreements
        ],
        "places": _places(work, names, period, known_at),
        "stays": _stays(work, names, period, known_at),
        "attendance": _attendance(work, names, period, known_at),
        "delivered": _delivered(work, names, agreements, period, known_at),
        "invoiced": [
            {**names.pair(pair), "amount": amount}
            for pair, amount in money.invoiced(work, period, known_at).items()
        ],
    }


@dataclass(frozen=True, slots=True)
class _Names:
    """Labels of what the rows speak of; `institutions` as every reader may know them."""

    lines: Mapping[int, FundingLine]
    measures: Mapping[int, Measure]
    institutions: Mapping[int, str]

    def pair(self, pair: facts.Pair) -> dict[str, object]:
        """A measure and a line by their codes."""
        return {"measure": self.measures[pair[0]].code, "line": self.lines[pair[1]].code}

    def line_rows(self) -> list[Row]:
        """Every line."""
        return [
            {
                "code": row.code,
                "name": row.name,
                "sector": row.sector,
                "institution": self.institutions[row.institution_id],
            }
            for row in self.lines.values()
        ]

    def measure_rows(self) -> list[Row]:
        """Every measure."""
        return [
            {
                "ref": row.ref,
                "code": row.code,
                "name": row.name,
                "kind": row.kind,
                "provider": self.institutions.get(row.provider_institution_id or 0),
            }
            for row in self.measures.values()
        ]


def _names(work: Work) -> _Names:
    session = work.session
    return _Names(
        {row.id or 0: row for row in session.scalars(select(FundingLine))},
        {row.id or 0: row for row in session.scalars(select(Measure))},
        institution_marks(work),
    )


def _places(work: Work, names: _Names, period: Period, known_at: datetime) -> list[Row]:
    """Places by step of time; of a whole measure (quotas may overlap) the line is empty."""
    return [
        {
            "measure": names.measures[key[0]].code,
            "line": names.lines[key[1]].code if len(key) > 1 else "",
            "first": step.first,
            "last": step.last,
            "places": step.places,
        }
        for key, steps in facts.place_steps(work, period, known_at).items()
        for step in steps
    ]


def _stays(work: Work, names: _Names, period: Period, known_at: datetime) -> list[Row]:
    return [
        {
            "measure": names.measures[measure].code,
            "line": names.lines[line].code,
            "ref": ref,
            "starts_on": starts_on.isoformat(),
            "started_on": started_on and started_on.isoformat(),
            "last": last.isoformat(),
            "ended_on": ended_on and ended_on.isoformat(),
            "exit_type": exit_type,
        }
        for ref, measure, line, starts_on, started_on, last, ended_on, exit_type in stay_rows(
            work, period, known_at
        )
    ]


def _attendance(work: Work, names: _Names, period: Period, known_at: datetime) -> list[Row]:
    """Attested days by stay and month."""
    return [
        {
            "measure": names.measures[measure].code,
            "line": names.lines[line].code,
            "stay": ref,
            "month": f"{int(year):04d}-{int(month):02d}",
            "present": int(present),
            "absent": int(absent),
        }
        for ref, measure, line, year, month, present, absent in attendance.attended_months(
            work, period, known_at
        )
    ]


def _delivered(
    work: Work, names: _Names, agreements: Sequence[Bound], period: Period, known_at: datetime
) -> list[Row]:
    """What was delivered; without a measure where the agreement buys several and the entry names none."""
    numbers = {one.id: one.number for one in agreements}
    return [
        {
            "measure": None if measure is None else names.measures[measure].code,
            "line": names.lines[line].code,
            "agreement": numbers.get(agreement or 0, ""),
            "amount": amount,
        }
        for (measure, line, agreement), amount in money.delivered(work, period, known_at).items()
    ]


def _indicator(one: IndicatorFigures) -> Row:
    """An indicator without its light, which follows from the rest."""
    found = {each.name: getattr(one, each.name) for each in fields(one) if each.name != "light"}
    return {name: list(astuple(held)) if isinstance(held, Value) else held for name, held in found.items()}
