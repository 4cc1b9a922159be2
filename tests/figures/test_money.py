"""Cost and budgets of a quarter from the ledger and the statements, on both engines."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlmodel import select

from cii.agreements.queries import agreement_view
from cii.budgets.actions import Leg, Source, accrue, engage, grant_budget
from cii.figures.queries import quarter_figures
from cii.kernel.money import Chf
from cii.kernel.period import Quarter
from cii.placements.tables import PlacementShare
from cii.settlement.tables import Statement, StatementLine
from cii.settlement.vocabulary import StatementState
from tests.agreements.build_agreements import a_market, an_account
from tests.figures.build_figures import EARLY, a_stay, attended, later, the_numbers

Q3 = Quarter(2026, 3)
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)


@pytest.fixture
def paid(work):
    """A market whose AC line has 10 000 for 2026, 4 000 bound in July and 1 000 of it delivered."""
    the_numbers(work)
    market = a_market(later(work, days=-600))
    market.work = work
    agreement = market.agreement()
    stay = a_stay(work, market.measure, agreement, market.ac, FIRST, LAST)
    share = work.session.exec(select(PlacementShare).where(PlacementShare.placement_id == stay.id)).one()
    before = later(work, days=-60)
    grant_budget(before, market.ac.id, 2026, Chf.parse("10000"))
    leg = Leg(market.ac.id, agreement.id, Chf.parse("4000"), FIRST)
    engage(before, [leg], Source("placement", stay.id, "engaged"))
    earned = Leg(market.ac.id, agreement.id, Chf.parse("1000"), FIRST)
    accrue(before, [earned], Source("attendance", share.id, "earned"))
    for day in range(1, 9):
        attended(work, stay, date(2026, 7, day))
    return market, agreement, stay, share


def test_the_cost_of_a_measure_is_what_was_delivered(work, paid):
    figures = quarter_figures(work, Q3, work.now)

    (whole,) = figures.measures
    assert whole.use.cost == Chf.parse("1000")
    assert whole.use.cost_per_day == Chf.parse("125")
    assert figures.unattributed == ()
    assert quarter_figures(work, Q3.previous, work.now).measures[0].use.cost == Chf()


def test_a_line_stands_as_granted_bound_delivered_and_free(work, paid):
    (row,) = quarter_figures(work, Q3, work.now).budgets

    assert (row.line, row.institution, row.hard) == ("LACI", "SEMP", True)
    assert row.granted == Chf.parse("10000")
    assert (row.free, row.committed, row.used) == (Chf.parse("6000"), Chf.parse("3000"), Chf.parse("1000"))
    assert row.granted == row.free + row.committed + row.accrued + row.invoiced + row.paid


def test_what_is_bound_later_for_later_days_does_not_change_the_quarter(work, paid):
    market, agreement, stay, share = paid
    before = quarter_figures(work, Q3, work.now).budgets
    next_one = Leg(market.ac.id, agreement.id, Chf.parse("500"), date(2026, 11, 1))
    engage(work, [next_one], Source("placement", stay.id, "next"))
    late = Leg(market.ac.id, agreement.id, Chf.parse("200"), date(2026, 9, 1))
    soon = later(work, days=1)
    accrue(soon, [late], Source("attendance", share.id, "late"))

    (now,) = quarter_figures(work, Q3, work.now).budgets
    (then,) = quarter_figures(work, Q3, soon.now).budgets

    assert (now,) == before
    assert then.used == Chf.parse("1200")
    assert then.free == Chf.parse("6000")


def test_a_statement_counts_as_invoiced_once_it_is_approved(work, paid):
    market, agreement, stay, _ = paid
    statement = Statement(
        agreement_id=agreement.id, line_id=market.ac.id, period_start=FIRST, period_end=date(2026, 8, 1),
        state=StatementState.PREFILLED, total=Chf.parse("900"), rule_version="1", prefilled_at=work.now - EARLY,
        prepared_by=an_account(work), checked_by=an_account(work),
    )  # fmt: skip
    work.session.add(statement)
    work.session.flush()

    tariff = agreement_view(work, agreement.ref).tariffs[0]
    work.session.add(
        StatementLine(
            statement_id=statement.id, placement_id=stay.id, period_start=FIRST, period_end=date(2026, 8, 1),
            factor_num=1, factor_den=2, tariff_id=tariff.id, gross=Chf.parse("900"), share=1, shares=1,
            amount=Chf.parse("900"), explanation={},
        )
    )  # fmt: skip
    work.session.flush()

    before = quarter_figures(work, Q3, work.now).measures[0].use.invoiced
    statement.state, statement.approved_by = StatementState.APPROVED, an_account(work)
    statement.approved_at = work.now + timedelta(hours=1)
    work.session.flush()
    soon = work.now + timedelta(hours=2)

    assert before == Chf()
    assert quarter_figures(work, Q3, work.now).measures[0].use.invoiced == Chf()
    assert quarter_figures(work, Q3, soon).measures[0].use.invoiced == Chf.parse("900")
    assert quarter_figures(work, Q3, soon).measures[0].use.occupancy == Fraction(92, 920)
