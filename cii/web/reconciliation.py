"""The nightly reconciliation: its runs, its findings, a run for a date."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.institutions.queries import shown_units
from cii.kernel.money import Chf
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list, runs
from cii.reconciliation.vocabulary import FindingUnit, Severity
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import fallback, number_asked, t, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("reconciliation", __name__)
_PAGE = 50


@dataclass(frozen=True)
class RunFor:
    """The business date to compare."""

    business_date: date


@page.get("/reconciliation", endpoint="index")
@needs(Permit.SEE_RECONCILIATION)
def reconciliation_page() -> str:
    """Open findings and the last runs."""
    return render_template("pages/reconciliation/index.html", **_reconciliation(g.work))


@page.post("/reconciliation")
@needs(Permit.EDIT_BUDGETS)
@once
@again(reconciliation_page)
def run() -> Response:
    """Compare everything for a business date; running again says the same."""
    reconcile(g.work, asked(RunFor).business_date)
    return see_other("reconciliation.index")


def _reconciliation(work: Work) -> dict[str, Any]:
    closed = text_asked("closed") == "yes"
    found = findings_list(work, open_only=not closed, after=number_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    owners = shown_units(work, {one.owner_unit_id for one in kept if one.owner_unit_id is not None})
    last = runs(work, limit=14)
    return {
        "closed": closed,
        "findings": [
            {
                "kind": word(one.kind, "finding_kind"),
                "where": _where(one.object_kind, one.object_ref),
                "severity": {
                    "label": word(one.severity),
                    "tone": "bad" if one.severity is Severity.ERROR else "warn",
                },
                "expected": _count(one.expected, one.unit),
                "found": _count(one.found, one.unit),
                "difference": _count(one.difference, one.unit),
                "since": one.since,
                "owner": unit_name(owners.get(one.owner_unit_id)) if one.owner_unit_id else None,
                "closed_on": one.closed_on,
                "tone": "quiet" if one.closed_on else None,
            }
            for one in kept
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
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
        "today": work.today.isoformat(),
        "last": last[0].business_date if last else None,
    }  # fmt: skip


def _where(kind: str, ref: str | None) -> str:
    named = fallback(f"web.journal.kind.{kind.replace('_', '-')}", kind)
    return f"{named} {ref}" if ref else named


def _count(value: int, unit: FindingUnit) -> str:
    """A number of a finding with its unit."""
    if unit is FindingUnit.CENTIMES:
        return formats.money(Chf(value))
    if value < 0:
        return formats.number(value, language.lang())
    return t(
        "web.reconciliation.places" if unit is FindingUnit.PLACES else "web.reconciliation.days", n=value
    )
