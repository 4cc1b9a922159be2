"""A year is settled by statements or by its costs: whoever begins the other way is refused, and told why."""

from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from cii.agreements.rules_rates import Rate, without_price
from cii.agreements.settling import SettledOtherwise, settle_by
from cii.agreements.tables import SettledYear
from cii.agreements.vocabulary import Basis, SettledBy
from cii.final_accounts.actions import approve_budget, enter_budget
from cii.final_accounts.rules import PlacesBound
from cii.kernel.money import Chf
from cii.placements.queries import shares_of
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.reconciliation.vocabulary import FindingKind
from cii.settlement.actions import prefill_month
from cii.store.work import HOUSE, Work, working
from tests.agreements.build_agreements import a_market
from tests.conftest import NOW
from tests.final_accounts.build_final_accounts import a_year
from tests.settlement.build_settlement import LATER, NOVEMBER, a_desk

YEAR = 2026


def test_a_year_with_a_statement_is_not_settled_by_its_costs_too(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    desk.prefill()
    town = a_year(work, stage=desk.stage)

    with pytest.raises(SettledOtherwise) as no:
        town.budgeted()

    assert no.value.field == "year"
    assert no.value.facts == {
        "agreement": desk.stage.ac.number, "line": town.line.code, "year": YEAR, "by": SettledBy.STATEMENTS,
    }  # fmt: skip


def test_a_year_that_places_bind_by_their_tariffs_is_not_settled_by_its_costs(work: Work):
    desk = a_desk(work)
    town = a_year(work, stage=desk.stage)
    entered = town.budgeted({"wages": "1000"})
    desk.stage.started()

    with pytest.raises(PlacesBound) as no:
        approve_budget(town.finance, entered.ref)

    assert (str(no.value.facts["amount"]), no.value.facts["year"]) == ("2200.00", YEAR)


def test_in_a_year_settled_by_costs_places_bind_and_earn_nothing_and_nothing_is_stated(work: Work):
    desk = a_desk(work)
    town = a_year(work, stage=desk.stage)
    town.approved({"wages": "1000"})
    placement = desk.stage.started()

    recorded = desk.attest(placement)
    with pytest.raises(SettledOtherwise) as no:
        desk.prefill()
    drafted = prefill_month(work, NOVEMBER)

    assert ([str(one.committed) for one in shares_of(work, placement.id)], str(recorded.excess)) == (
        ["0.00"], "0.00",
    )  # fmt: skip
    assert (no.value.field, no.value.facts["by"], drafted) == ("payer", SettledBy.COSTS, [])
    reconcile(desk.checker, LATER)
    assert {row.kind for row in findings_list(work)} == {FindingKind.LATE_PAYMENT}, "its instalments wait"


def test_a_budget_that_nobody_approved_yet_keeps_no_statement_away_and_is_refused_then(work: Work):
    desk = a_desk(work)
    town = a_year(work, stage=desk.stage)
    entered = town.budgeted({"wages": "1000"})
    desk.attest(desk.stage.started())

    desk.prefill()

    with pytest.raises(SettledOtherwise):
        approve_budget(town.finance, entered.ref)
    with pytest.raises(SettledOtherwise):
        enter_budget(town.provider, town.wish({"wages": "900"}))


def test_both_ways_begun_at_one_moment_leave_one(fresh_engine, settings):
    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        market = a_market(work)
        ids = (market.agreement().id, market.ac.id)
    both, told = Barrier(2), []

    def begin(by: SettledBy) -> None:
        both.wait()
        try:
            with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
                settle_by(work, *ids, YEAR, by)
            told.append("said")
        except SettledOtherwise:
            told.append("refused")

    threads = [Thread(target=begin, args=(by,)) for by in SettledBy]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        assert work.session.scalar(select(func.count()).select_from(SettledYear)) == 1
    assert sorted(told) == ["refused", "said"]


def test_a_tariff_is_free_of_charge_in_the_year_that_is_settled_by_costs_only():
    rate = Rate(1, date(2025, 7, 1), None, Basis.CALENDAR_DAYS, Chf.parse("100"))

    cut = without_price([rate], YEAR)

    assert [(one.start, one.end, str(one.amount)) for one in cut] == [
        (date(2025, 7, 1), date(2026, 1, 1), "100.00"),
        (date(2026, 1, 1), date(2027, 1, 1), "0.00"),
        (date(2027, 1, 1), None, "100.00"),
    ]
