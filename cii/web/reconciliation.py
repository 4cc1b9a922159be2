"""The nightly reconciliation: its findings with who acts and how, its runs, a run for a date, a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response as FileResponse
from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Role
from cii.documents import csv
from cii.documents.table import Column, Table
from cii.institutions.queries import UnitLabel, shown_units
from cii.jobs.orders import order_run
from cii.jobs.queries import orders, under_way
from cii.kernel.money import Chf
from cii.reconciliation.queries import findings_list, runs
from cii.reconciliation.rules import OWNERS, kinds_of
from cii.reconciliation.tables import Finding
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, may_open, see_other
from cii.web.case_head import unit_name
from cii.web.choices import choice_asked, fallback, number_asked, options, t, text_asked, word
from cii.web.jobs import order_rows
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("reconciliation", __name__)
JOB = "reconciliation"
_PAGE = 50
_MOST = 10_000
"""Findings in a file; a program that wants more reads them by pages from the API."""
_PLACES: Mapping[str, str] = {
    "statement": "statements.one", "agreement": "agreements.one", "deliverable": "agreements.one",
    "placement": "agreements.one", "measure": "measures.one", "account": "budgets.line",
    "budget_year": "budgets.line", "budget_ceiling": "budgets.line", "year_account": "final_accounts.one",
    "outcome": "outcome_claims.one",
}  # fmt: skip
"""Where a finding is looked at; a placement and what a provider owes, under their agreement."""
_NAMED = frozenset({"statement", "year_account", "outcome"})
"""Kinds of things that a finding names by their own address."""
_FILE = (
    "web.reconciliation.ref", "web.reconciliation.what", "web.reconciliation.where",
    "web.reconciliation.severity", "web.reconciliation.expected", "web.reconciliation.found",
    "web.reconciliation.difference", "web.reconciliation.unit", "web.reconciliation.since",
    "web.reconciliation.owner", "web.reconciliation.role", "web.reconciliation.todo",
    "web.reconciliation.closed-on",
)  # fmt: skip


@dataclass(frozen=True)
class RunFor:
    """The business date to compare."""

    business_date: date


@dataclass(frozen=True)
class Asked:
    """Which findings the reader wants: closed ones too, of a kind, a gravity, a role that acts."""

    closed: bool
    kind: FindingKind | None
    severity: Severity | None
    role: Role | None

    @property
    def kinds(self) -> tuple[FindingKind, ...]:
        """The kinds that fit: none named means all."""
        if self.role is None:
            return (self.kind,) if self.kind else ()
        return tuple(one for one in kinds_of(self.role) if self.kind in {None, one})

    @property
    def nothing_fits(self) -> bool:
        """Whether the role never acts on that kind."""
        return self.role is not None and not self.kinds

    @property
    def address(self) -> dict[str, str | None]:
        """The same question as parts of an address."""
        return {
            "closed": "yes" if self.closed else None, "kind": self.kind, "severity": self.severity,
            "role": self.role,
        }  # fmt: skip


@page.get("/reconciliation", endpoint="index")
@needs(Permit.SEE_RECONCILIATION)
def reconciliation_page() -> str:
    """Findings, the last runs, and what is asked for."""
    return render_template("pages/reconciliation/index.html", **_reconciliation(g.work))


@page.post("/reconciliation")
@needs(Permit.EDIT_BUDGETS)
@once
@again(reconciliation_page)
def run() -> Response:
    """Ask that everything be compared for a past business date; running again says the same."""
    order_run(g.work, JOB, asked(RunFor).business_date)
    return see_other("reconciliation.index")


@page.get("/reconciliation/findings.csv")
@needs(Permit.SEE_RECONCILIATION)
def export() -> Response:
    """The findings as a file, as they are filtered."""
    answer = FileResponse(csv.write(_table(g.work, _asked())), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="cii-{g.work.today.isoformat()}.csv"'
    return answer


def _asked() -> Asked:
    return Asked(
        text_asked("closed") == "yes",
        choice_asked(FindingKind, "kind"),
        choice_asked(Severity, "severity"),
        choice_asked(Role, "role"),
    )


def _found(work: Work, wanted: Asked, *, after: int, limit: int) -> list[Finding]:
    if wanted.nothing_fits:
        return []
    return findings_list(
        work,
        open_only=not wanted.closed,
        kinds=wanted.kinds,
        severity=wanted.severity,
        after=after,
        limit=limit,
    )


def _reconciliation(work: Work) -> dict[str, Any]:
    wanted = _asked()
    found = _found(work, wanted, after=number_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    owners = shown_units(work, {one.owner_unit_id for one in kept if one.owner_unit_id is not None})
    last, ordered = runs(work, limit=14), orders(work, jobs=(JOB,), limit=5)
    return {
        "wanted": wanted,
        "closed": wanted.closed,
        "kinds": options(FindingKind, "finding_kind"),
        "severities": options(Severity),
        "roles": options(dict.fromkeys(OWNERS.values()), "role"),
        "findings": [_row(work, one, owners) for one in kept],
        "todo": [
            {
                "kind": word(kind, "finding_kind"),
                "role": word(OWNERS[kind], "role"),
                "todo": t(f"web.reconciliation.todo.{kind.value}"),
            }
            for kind in dict.fromkeys(one.kind for one in kept if one.closed_on is None)
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "orders": order_rows(ordered),
        "under_way": under_way(ordered),
        "here": request.full_path,
        "runs": [
            {
                "day": one.business_date,
                "at": one.horizon,
                "compared": sum(one.counts.values()),
                "findings": one.findings,
                "state": {"label": t("web.reconciliation.clean"), "tone": "good"} if not one.findings
                else {"label": t("web.reconciliation.differs", n=one.findings), "tone": "bad"},
            }
            for one in last
        ],
        "may_run": Permit.EDIT_BUDGETS in work.actor.permits,
        "yesterday": (work.today - timedelta(days=1)).isoformat(),
        "last": last[0].business_date if last else None,
    }  # fmt: skip


def _row(work: Work, one: Finding, owners: Mapping[int, UnitLabel]) -> dict[str, Any]:
    return {
        "kind": word(one.kind, "finding_kind"),
        "where": {"label": _where(one), "url": _address(work, one)},
        "severity": {
            "label": word(one.severity),
            "tone": "bad" if one.severity is Severity.ERROR else "warn",
        },
        "expected": _count(one.expected, one.unit),
        "found": _count(one.found, one.unit),
        "difference": _count(one.difference, one.unit),
        "since": one.since,
        "owner": _owner(one, owners) or word(OWNERS[one.kind], "role"),
        "closed_on": one.closed_on,
        "tone": "quiet" if one.closed_on else None,
    }


def _table(work: Work, wanted: Asked) -> Table:
    found = _found(work, wanted, after=0, limit=_MOST)
    owners = shown_units(work, {one.owner_unit_id for one in found if one.owner_unit_id is not None})
    rows = [
        (
            one.ref, word(one.kind, "finding_kind"), _where(one), word(one.severity),
            _plain(one.expected, one.unit), _plain(one.found, one.unit), _plain(one.difference, one.unit),
            word(one.unit, "finding_unit"), one.since, _owner(one, owners), word(OWNERS[one.kind], "role"),
            t(f"web.reconciliation.todo.{one.kind.value}"), one.closed_on,
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column(t(key), "value" if 4 <= at <= 6 else "text")  # noqa: PLR2004 - the three numbers
        for at, key in enumerate(_FILE)
    ]
    return Table(t("web.reconciliation.findings"), columns, rows)


def _owner(one: Finding, owners: Mapping[int, UnitLabel]) -> str | None:
    return unit_name(owners.get(one.owner_unit_id)) if one.owner_unit_id else None


def _where(one: Finding) -> str:
    named = fallback(f"web.journal.kind.{one.object_kind.replace('_', '-')}", one.object_kind)
    if (stage := one.facts.get("stage")) and one.object_ref:
        stated = f"{named} {one.object_ref.removesuffix(str(stage))}{word(str(stage), 'stage')}"
        return f"{stated}, {one.facts['agreement']}" if one.facts.get("agreement") else stated
    return f"{named} {one.object_ref}" if one.object_ref else named


def _address(work: Work, one: Finding) -> str | None:
    """The page where the thing is looked at, when the reader may open such a page."""
    endpoint, facts = _PLACES.get(one.object_kind), one.facts
    ref = one.object_ref if one.object_kind in _NAMED else facts.get("ref")
    if endpoint is None or ref is None or not may_open(endpoint, work.actor):
        return None
    return url_for(endpoint, ref=ref, **({"year": facts["year"]} if endpoint == "budgets.line" else {}))


def _plain(value: int, unit: FindingUnit) -> Chf | int:
    return Chf(value) if unit is FindingUnit.CENTIMES else value


def _count(value: int, unit: FindingUnit) -> str:
    """A number of a finding with its unit."""
    if unit is FindingUnit.CENTIMES:
        return formats.money(Chf(value))
    if value < 0:
        return formats.number(value, language.lang())
    return t(
        "web.reconciliation.places" if unit is FindingUnit.PLACES else "web.reconciliation.days", n=value
    )
