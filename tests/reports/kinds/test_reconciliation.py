"""The reconciliation of a day as a report: every franc stands somewhere, open differences are told; both engines."""

from datetime import date

import pytest

from cii.kernel.money import Chf
from cii.kernel.span import Span
from cii.reconciliation.tables import Finding
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.reports.actions import freeze
from cii.reports.queries import preview
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.rules import PeriodNotOver
from cii.reports.vocabulary import ReportKind
from tests.coordination.build_coordination import the_group
from tests.figures.build_figures import later
from tests.reports.kinds.asking import printed, refrozen
from tests.reports.stage import a_quarter

DAY = Span.parse("2026-09-30")
KIND = KINDS[ReportKind.RECONCILIATION]


@pytest.fixture
def market(work):
    return a_quarter(work)


def found(work, kind, unit, difference, *days):
    """Open since the first of the days, closed on the second one if there is one."""
    since, closed_on = (*days, None)[:2]
    work.session.add(
        Finding(
            kind=kind, severity=Severity.ERROR, object_kind="account", object_key=f"{kind}{since}",
            object_ref=None, unit=unit, expected=0, found=difference, difference=difference, facts={},
            since=since, closed_on=closed_on,
        )
    )  # fmt: skip
    work.session.flush()


def drafted(work):
    return preview(work, DAY, kind=ReportKind.RECONCILIATION, readers=Readers())


def test_granted_is_committed_delivered_invoiced_paid_and_free(work, market):
    values = drafted(work)

    row = values["balances"]["LACI"]
    assert (row["granted"], row["committed"], row["accrued"]) == ("90000.00", "17654.35", "12345.65")
    assert (row["available"], row["difference"]) == ("60000.00", "0.00")
    assert (values["balance"]["granted"], values["balance"]["difference"]) == ("130000.00", "0.00")
    pages = printed(work, ReportKind.RECONCILIATION, DAY, "fr")
    assert "Chaque ligne concorde" in pages
    assert "Abstimmungsbericht" in printed(work, ReportKind.RECONCILIATION, DAY, "de")


@pytest.mark.parametrize(("francs", "named"), [("0.04", False), ("0.05", True), ("-0.05", True)])
def test_a_line_that_does_not_agree_by_five_centimes_is_named(work, market, francs, named):
    facts = dict(KIND.facts(work, DAY, "", work.now))
    facts["books"] = [
        {**row, "stages": {**row["stages"], "grant": row["stages"]["grant"] - Chf.parse(francs).centimes}}
        if row["line"] == "LACI"
        else row
        for row in facts["books"]
    ]

    values = KIND.derive(facts)

    assert values["balances"]["LACI"]["difference"] == francs
    assert ("LACI" in " ".join(KIND.overview(values, "fr"))) is named


def test_what_stood_open_at_the_end_of_the_day_is_told(work, market):
    found(work, FindingKind.BALANCE, FindingUnit.CENTIMES, 125, date(2026, 9, 29))
    found(work, FindingKind.PLACES, FindingUnit.PLACES, 2, date(2026, 9, 30))
    found(work, FindingKind.BALANCE, FindingUnit.CENTIMES, 900, date(2026, 9, 1), date(2026, 9, 30))
    found(work, FindingKind.STATEMENT, FindingUnit.CENTIMES, 700, date(2026, 10, 1))

    told = sorted(drafted(work)["findings"].values(), key=lambda one: one["since"])

    assert [(one["kind"], one["difference"], one["count"]) for one in told] == [
        ("balance", "1.25", None), ("places", None, 2),
    ]  # fmt: skip


def test_a_day_is_frozen_once_it_is_over_and_made_again_from_its_rows(work, market):
    group = the_group(work)
    with pytest.raises(PeriodNotOver):
        freeze(group, Span.parse(work.today.isoformat()), ReportKind.RECONCILIATION)

    refrozen(group, freeze(later(group, days=1), DAY, ReportKind.RECONCILIATION))
