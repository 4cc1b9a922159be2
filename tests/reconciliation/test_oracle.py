"""Another database adds the exported rows up and comes to the same sums, on ledgers that nobody has chosen."""

from datetime import date

from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import select

from cii.budgets.actions import accrue, correct_accrual, engage, invoice, pay, release
from cii.budgets.queries import chain_sums, trial_balance
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.reconciliation.actions import compare
from cii.reconciliation.vocabulary import FindingKind
from cii.store.work import Work
from tests.agreements.build_agreements import a_market
from tests.budgets.build_budgets import a_budget, a_leg, a_source
from tests.reconciliation.oracle import BOUND, CHARGED, MOVED, RELEASED, TOTALS, Oracle
from tests.reconciliation.test_reconciliation import NIGHT, a_settled_month

ACTS = (engage, release, accrue, correct_accrual, invoice, pay)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.booleans(), st.sampled_from((2026, 2027)), st.integers(1, 400_000)),
    min_size=10,
    max_size=30,
)


def test_a_settled_month_adds_up_to_the_same_in_another_database(work: Work, tmp_path):
    desk = a_settled_month(work)
    oracle = Oracle(work.session.connection(), tmp_path)

    run = compare(desk.checker, NIGHT)

    assert oracle.says(MOVED) == oracle.says(TOTALS)
    assert run.sums["commitments"] == sum(row[2] for row in oracle.says(BOUND)) == 649524
    charged = oracle.says(CHARGED)
    assert run.sums["statements"] == run.sums["payments"] == sum(row[3] for row in charged) == 341524
    assert sum(row[4] for row in charged) == oracle.says(RELEASED)[0][0] == 341524
    assert len({row[:3] for row in charged}) == 2


@examples(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_totals_kept_beside_the_movements_are_the_sum_of_all_of_them(work: Work, tmp_path, steps):
    """Whatever is booked in whatever order, the kept totals equal the whole ledger added up elsewhere."""
    with work.session.begin_nested() as kept:
        market = a_market(work)
        agreements = market.agreement(), market.agreement(market.social)
        for line in (market.ac, market.social):
            for year in (2026, 2027):
                a_budget(work, line, "9000", year)
        moved = 0
        for act, first, year, centimes in steps:
            line, agreement = (market.ac, agreements[0]) if first else (market.social, agreements[1])
            leg = a_leg(line, agreement, str(Chf(centimes)), date(year, 10, 1))
            try:
                with work.session.begin_nested():
                    act(work, [leg], a_source())
                    moved += 1
            except Refusal:
                pass
        oracle = Oracle(work.session.connection(), tmp_path)
        ours = work.session.execute(select(chain_sums())).all()
        off = work.session.execute(trial_balance()).all()
        told = {one.kind for one in compare(work, work.today).differences}
        kept.rollback()
    # What an example has read again outlives its rollback; the next one gives the same numbers to other rows.
    work.session.expunge_all()

    assert oracle.says(MOVED) == oracle.says(TOTALS)
    assert off == []
    assert (
        sum(int(row.bound) for row in ours)
        == oracle.says(
            "SELECT coalesce(sum(total), 0)::BIGINT FROM budget_account WHERE agreement_id IS NOT NULL"
        )[0][0]
    )
    assert told <= {FindingKind.COMMITMENT, FindingKind.STATEMENT, FindingKind.PAYMENT}
