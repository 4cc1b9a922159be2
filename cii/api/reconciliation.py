"""Reconciliation: runs by business date, and what differs: what, where, expected, found, since when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Role
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.institutions.queries import UnitLabel, shown_units
from cii.institutions.schemas import UNIT
from cii.kernel.money import Chf
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list, runs, sums_shown
from cii.reconciliation.rules import OWNERS
from cii.reconciliation.tables import Finding, ReconciliationRun
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-reconciliation", __name__, url_prefix=f"{PREFIX}/reconciliation")


@dataclass(frozen=True)
class RunAsked:
    """For which business date."""

    business_date: date


@dataclass(frozen=True)
class FindingsAsked(PageAsked):
    """Which findings; closed ones too when `closed`, of a kind, of a gravity."""

    closed: bool = False
    kind: FindingKind | None = None
    severity: Severity | None = None


@dataclass(frozen=True)
class RunShown:
    """What a run compared, and how many findings were open after it; `sums` for who reads every line."""

    ref: str
    business_date: date
    horizon: datetime
    rule_version: str
    counts: dict[str, int]
    sums: dict[str, Chf]
    findings: int


@dataclass(frozen=True)
class FindingShown:
    """A difference; `expected`, `found` and `difference` are money as `1234.50`, or whole numbers."""

    ref: str
    kind: FindingKind
    severity: Severity
    object_kind: str
    object_ref: str | None
    unit: FindingUnit
    expected: str
    found: str
    difference: str
    facts: dict[str, Any]
    since: date
    owner: UnitLabel | None
    owner_role: Role
    closed_on: date | None


RUN = only(
    RunShown, "ref", "business_date", "horizon", "rule_version", "counts", "sums", "findings",
    called="ReconciliationRunAnswer",
)  # fmt: skip
FINDING = only(
    FindingShown, "ref", "kind", "severity", "object_kind", "object_ref", "unit", "expected", "found",
    "difference", "facts", "since", "owner_role", "closed_on", owner=UNIT, called="FindingAnswer",
)  # fmt: skip


@blueprint.get("/runs")
@needs(Permit.SEE_RECONCILIATION)
@blueprint.response(200, paged(RUN))
def listed() -> Page[RunShown]:
    """The last runs, the latest business date first."""
    return Page([_run(one) for one in runs(g.work)])


@blueprint.post("/runs")
@needs(Permit.EDIT_BUDGETS)
@blueprint.arguments(RunAsked)
@blueprint.response(200, RUN)
def ran(ask: RunAsked) -> RunShown:
    """Reconcile a business date; again gives the same."""
    return _run(reconcile(g.work, ask.business_date))


@blueprint.get("/findings")
@needs(Permit.SEE_RECONCILIATION)
@blueprint.arguments(FindingsAsked, location="query")
@blueprint.response(200, paged(FINDING))
def found(asked: FindingsAsked) -> Page[FindingShown]:
    """What differs, in the order in which it was found."""
    name = f"findings {asked.closed} {asked.kind} {asked.severity}"
    since = place(g.work.settings, name, asked.after)
    rows = findings_list(
        g.work,
        open_only=not asked.closed,
        kinds=(asked.kind,) if asked.kind else (),
        severity=asked.severity,
        after=since[0] if since else 0,
        limit=asked.limit + 1,
    )
    page = page_of(rows, asked.limit, g.work.settings, name, lambda row: (row.id,))
    owners = shown_units(g.work, {one.owner_unit_id for one in page.items if one.owner_unit_id})
    return Page([_finding(one, owners.get(one.owner_unit_id or 0)) for one in page.items], page.next)


def _run(row: ReconciliationRun) -> RunShown:
    sums = {name: Chf(centimes) for name, centimes in sums_shown(g.work, row).items()}
    return RunShown(row.ref, row.business_date, row.horizon, row.rule_version, row.counts, sums, row.findings)


def _finding(row: Finding, owner: UnitLabel | None) -> FindingShown:
    return FindingShown(
        row.ref, row.kind, row.severity, row.object_kind, row.object_ref, row.unit,
        _counted(row.unit, row.expected), _counted(row.unit, row.found), _counted(row.unit, row.difference),
        row.facts, row.since, owner, OWNERS[row.kind], row.closed_on,
    )  # fmt: skip


def _counted(unit: FindingUnit, number: int) -> str:
    return str(Chf(number)) if unit is FindingUnit.CENTIMES else str(number)
