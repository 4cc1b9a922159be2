"""Schemes of pay by outcome: formula, versions, money, subcontractors; simulation and drift; categories."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Response, g

from cii.access.permits import Permit
from cii.agreements.queries import agreements_by_id
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.documents import csv
from cii.documents.table import Column, Table
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.kernel.period import Period, Quarter
from cii.outcomes.actions import (
    AddSubcontractor,
    DecideSchemeBudget,
    DraftFormula,
    EndSubcontractor,
    FormulaLine,
    MakeScheme,
    add_subcontractor,
    decide_scheme_budget,
    draft_formula,
    end_subcontractor,
    make_scheme,
    publish_formula,
)
from cii.outcomes.past import Simulation, drift, simulation
from cii.outcomes.queries import formula, scheme_by_ref, scheme_view, schemes_list
from cii.outcomes.rules import MOST_LINES, Line
from cii.outcomes.rules_simulation import MixPart, Simulated
from cii.outcomes.vocabulary import Measured
from cii.wire.answers import answer_schema, only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-outcome-schemes", __name__, url_prefix=f"{PREFIX}/outcome-schemes")


@dataclass(frozen=True)
class FormulaWished:
    """A formula and the day from which it is to count."""

    valid_from: date
    lines: tuple[FormulaLine, ...] = field(metadata={"min": 1, "max": MOST_LINES})


@dataclass(frozen=True)
class SimulationAsked:
    """Days inside on both ends; the newest version when none is named."""

    first: date
    last: date
    version: int | None = None


@dataclass(frozen=True)
class DriftAsked:
    """A quarter, compared with the one before; the present one when left out."""

    quarter: str | None = None


@dataclass(frozen=True)
class SchemeRow:
    """A scheme in a list; `since`: first day of the version in force."""

    ref: str
    title: str
    agreement_number: str
    line: str
    since: date | None
    version: int


@dataclass(frozen=True)
class LineShown:
    """One line of a formula."""

    category: str
    kpi: str
    measured: Measured
    hold_months: int
    threshold: int
    amount: Chf


@dataclass(frozen=True)
class VersionShown:
    """A version of a formula; not published: a draft."""

    number: int
    valid_from: date
    published_at: datetime | None
    rule_version: str
    lines: tuple[LineShown, ...]


@dataclass(frozen=True)
class YearShown:
    """A year's money: decided, used by verified outcomes, left."""

    year: int
    decided: Chf
    used: Chf
    left: Chf


@dataclass(frozen=True)
class SubcontractorShown:
    """A subcontractor and its share of the mandate."""

    ref: str
    name: str
    permille: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class SchemeShown:
    """A scheme with its versions, money and subcontractors."""

    ref: str
    title: str
    agreement_ref: str
    agreement_number: str
    line: str
    in_force: int | None
    version: int
    versions: tuple[VersionShown, ...]
    years: tuple[YearShown, ...]
    subcontractors: tuple[SubcontractorShown, ...]


@dataclass(frozen=True)
class MixShown:
    """A category's share beside the one it is compared with, in percent; `points` is the difference."""

    category: str
    count: int
    share: str
    compared: str
    points: str
    marked: bool


@dataclass(frozen=True)
class ProviderShown:
    """What a provider would have earned beside what it was paid, with the signals."""

    provider: str | None
    persons: int
    uncategorised: int
    outcomes: int
    earned: Chf
    today: Chf
    difference: Chf
    per_person: Chf
    per_person_today: Chf
    exits: int
    before: int
    after: int
    early: bool
    creaming: bool
    subcontracted_permille: int
    mix: tuple[MixShown, ...]


@dataclass(frozen=True)
class SimulationShown:
    """A version on a past period; nothing of it is saved."""

    scheme_ref: str
    formula_version: int
    first: date
    last: date
    window_days: int
    near_permille: int
    drift_points: int
    providers: tuple[ProviderShown, ...]


@dataclass(frozen=True)
class DriftShown:
    """How the shares of categories moved from one quarter to the next."""

    quarter: str
    before: str
    points: int
    categories: tuple[MixShown, ...]


ROW = only(
    SchemeRow, "ref", "title", "agreement_number", "line", "since", "version", called="SchemeRowAnswer"
)
SCHEME = answer_schema(SchemeShown)


@blueprint.get("")
@needs(Permit.SEE_OUTCOMES)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(ROW))
def listed(asked: PageAsked) -> Page[SchemeRow]:
    """The schemes that I may see, as they were made."""
    since = place(g.work.settings, "schemes", asked.after)
    rows = schemes_list(g.work, after=since[0] if since else 0, limit=asked.limit + 1)
    page = page_of(rows, asked.limit, g.work.settings, "schemes", lambda row: (row.id,))
    named = agreements_by_id(g.work, {row.agreement_id for row in page.items})
    items = [
        SchemeRow(row.ref, row.title, named[row.agreement_id].number, row.line, row.since, row.version)
        for row in page.items
    ]
    return Page(items, page.next)


@blueprint.post("")
@needs(Permit.EDIT_SCHEMES)
@once
@blueprint.arguments(MakeScheme)
@blueprint.response(201, SCHEME)
def made(ask: MakeScheme) -> Tagged:
    """Make a scheme for an agreement and the line that pays."""
    return _shown(make_scheme(g.work, ask).ref)


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_OUTCOMES)
@blueprint.response(200, SCHEME)
def one(ref: str) -> Tagged:
    """A scheme with every version of its formula."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/drafts")
@needs(Permit.EDIT_SCHEMES)
@versioned
@once
@blueprint.arguments(FormulaWished)
@blueprint.response(201, SCHEME)
def drafted(ask: FormulaWished, ref: str) -> Tagged:
    """Write a formula down as a draft; refused by row."""
    draft_formula(g.work, DraftFormula(_fresh(ref), ask.valid_from, ask.lines))
    return _shown(ref)


@blueprint.post("/<ref:ref>/publication")
@needs(Permit.EDIT_SCHEMES, Permit.PAY_OUTCOME)
@versioned
@once
@blueprint.response(200, SCHEME)
def published(ref: str) -> Tagged:
    """Somebody who did not prepare the draft puts it in force."""
    publish_formula(g.work, _fresh(ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/budgets")
@needs(Permit.PAY_OUTCOME)
@once
@blueprint.arguments(DecideSchemeBudget, given=("scheme_ref",))
@blueprint.response(201, SCHEME)
def financed(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command that waits for its scheme
    """Bind a year's money for the scheme; a negative amount gives it back."""
    decide_scheme_budget(g.work, ask(scheme_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/subcontractors")
@needs(Permit.EDIT_SCHEMES)
@once
@blueprint.arguments(AddSubcontractor, given=("scheme_ref",))
@blueprint.response(201, SCHEME)
def subcontracted(ask: Any, ref: str) -> Tagged:  # noqa: ANN401
    """Record a subcontractor of the provider."""
    add_subcontractor(g.work, ask(scheme_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/subcontractors/end")
@needs(Permit.EDIT_SCHEMES)
@once
@blueprint.arguments(EndSubcontractor, given=("scheme_ref",))
@blueprint.response(200, SCHEME)
def unsubcontracted(ask: Any, ref: str) -> Tagged:  # noqa: ANN401
    """End a subcontractor's part."""
    end_subcontractor(g.work, ask(scheme_ref=ref))
    return _shown(ref)


@blueprint.get("/<ref:ref>/simulation")
@needs(Permit.SIMULATE_OUTCOMES)
@blueprint.arguments(SimulationAsked, location="query")
@blueprint.response(200, answer_schema(SimulationShown))
def simulated(asked: SimulationAsked, ref: str) -> SimulationShown:
    """A version on a past period beside the statements paid, per provider; nothing is saved."""
    found = _simulation(asked, ref)
    limits = found.limits
    return SimulationShown(
        ref, found.version.number, asked.first, asked.last, limits.window_days, limits.near_permille,
        limits.drift_points, tuple(_provider(found, row) for row in found.rows),
    )  # fmt: skip


@blueprint.get("/<ref:ref>/simulation/csv")
@needs(Permit.SIMULATE_OUTCOMES)
@blueprint.arguments(SimulationAsked, location="query")
@blueprint.response(200)
def file(asked: SimulationAsked, ref: str) -> Response:
    """The same as a CSV file, a row per provider; sums in francs."""
    found = _simulation(asked, ref)
    names = [name for name in ProviderShown.__dataclass_fields__ if name != "mix"]
    shown = [_provider(found, row) for row in found.rows]
    rows = [[getattr(row, name) for name in names] for row in shown]
    table = Table(found.scheme.title, [Column(name, "value") for name in names], rows)
    answer = Response(csv.write(table), mimetype="text/csv")
    name = f"simulation_{asked.first}_{asked.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/<ref:ref>/drift")
@needs(Permit.SIMULATE_OUTCOMES, Permit.SET_CATEGORY)
@blueprint.arguments(DriftAsked, location="query")
@blueprint.response(200, answer_schema(DriftShown))
def drifted(asked: DriftAsked, ref: str) -> DriftShown:
    """How the shares of categories moved on the scheme's line from the quarter before."""
    scheme = scheme_by_ref(g.work, ref)
    quarter = Quarter.parse(asked.quarter) if asked.quarter else Quarter.of(g.work.today)
    before = quarter.previous
    points = g.work.parameter("category_drift_points", quarter.period.last)
    parts = drift(g.work, scheme.line_id, before.period, quarter.period, points)
    return DriftShown(str(quarter), str(before), points, _mix(parts))


def _simulation(asked: SimulationAsked, ref: str) -> Simulation:
    return simulation(g.work, ref, Period.through(asked.first, asked.last), asked.version)


def _fresh(ref: str) -> str:
    matched(ref, scheme_by_ref(g.work, ref).version)
    return ref


def _shown(ref: str) -> Tagged:
    view = scheme_view(g.work, ref)
    row = view.scheme
    agreement = agreements_by_id(g.work, [row.agreement_id])[row.agreement_id]
    line = lines_by_id(g.work, [row.line_id])[row.line_id]
    shown = SchemeShown(
        row.ref, row.title, agreement.ref, agreement.number, line.code,
        view.in_force.number if view.in_force else None, row.version,
        tuple(
            VersionShown(one.number, one.valid_from, one.published_at, one.rule_version, _lines(formula(one)))
            for one in view.versions
        ),
        tuple(YearShown(one.year, one.decided, one.used, one.left) for one in view.years),
        tuple(
            SubcontractorShown(one.ref, one.name, one.share_permille, one.valid_from, one.valid_to)
            for one in view.subcontractors
        ),
    )  # fmt: skip
    return tagged(shown, row.ref, row.version)


def _lines(lines: Iterable[Line]) -> tuple[LineShown, ...]:
    return tuple(
        LineShown(one.category, one.kpi, one.measured, one.hold_months, one.threshold, one.amount)
        for one in lines
    )


def _provider(found: Simulation, row: Simulated) -> ProviderShown:
    label = found.labels.get(row.provider)
    return ProviderShown(
        label.name if label else None, row.persons, row.uncategorised, row.outcomes, row.earned, row.today,
        row.difference, row.per_person(row.earned), row.per_person(row.today), row.exits, row.before,
        row.after, row.early, row.creaming, row.subcontracted, _mix(row.mix),
    )  # fmt: skip


def _mix(parts: Iterable[MixPart]) -> tuple[MixShown, ...]:
    return tuple(
        MixShown(
            part.category, part.count, f"{float(part.share * 100):.1f}", f"{float(part.compared * 100):.1f}",
            f"{float(part.points):.1f}", part.marked,
        )
        for part in parts
    )  # fmt: skip
