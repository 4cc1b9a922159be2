"""What stays of a surplus: a clause of the agreement, or an account that is carried over."""

from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from cii.final_accounts.actions import (
    AgreeSurplus,
    MoveCarryOver,
    agree_surplus,
    move_carry_over,
)
from cii.final_accounts.queries import (
    carry_over_of,
    carry_over_off,
    receivable_of,
)
from cii.final_accounts.tables import CarryOver
from cii.final_accounts.vocabulary import Purpose, SurplusRule
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.store.work import Work
from tests.final_accounts.build_final_accounts import a_year, codes, proven


def test_in_social_aid_the_clause_leaves_a_part_of_the_surplus(work: Work):
    town = a_year(work, social=True)
    agree_surplus(town.contracts, AgreeSurplus(town.agreement.ref, SurplusRule.SHARE, date(2026, 1, 1), 400))

    made = town.settled({"wages": "90000"}, planned={"wages": "100000"})

    assert (str(made.subsidy), str(receivable_of(work, made.id).amount)) == ("94000.00", "6000.00")
    assert proven(work)


def test_the_ac_leaves_no_surplus_and_has_no_carry_over(work: Work):
    town = a_year(work)

    with pytest.raises(Refusal) as clause:
        agree_surplus(town.contracts, AgreeSurplus(town.agreement.ref, SurplusRule.KEEP, date(2026, 1, 1)))
    with pytest.raises(Refusal) as account:
        move_carry_over(
            town.contracts, MoveCarryOver(town.agreement.ref, 2026, Chf.parse("18000"), "Résultat")
        )

    assert codes(clause) == ["surplus-not-allowed"]
    assert codes(account) == ["carry-over-not-allowed"]


def test_the_ai_carries_18_000_over_then_takes_7_500_and_10_500_stay(work: Work):
    town = a_year(work, stage=None)
    town.agreement.profile = "AI"
    work.session.flush()

    def carry(amount: str, **more):
        wish = MoveCarryOver(town.agreement.ref, 2026, Chf.parse(amount), "Résultat d'exploitation", **more)
        return move_carry_over(town.contracts, wish)

    carry("18000")
    last = carry("-7500")
    with pytest.raises(Refusal) as purpose:
        carry("-1000", purpose=Purpose.INVESTMENT)
    with pytest.raises(Refusal) as moved:
        carry("-1000", to_agreement_ref=town.stage.social.ref)
    with pytest.raises(Refusal) as floor:
        carry("-10500.05")
    with pytest.raises(Refusal) as by_costs:
        town.budgeted()

    assert str(last.balance) == "10500.00"
    assert [codes(no) for no in (purpose, moved, floor, by_costs)] == [
        ["carry-over-purpose"], ["carry-over-transfer"], ["carry-over-floor"], ["account-not-by-costs"],
    ]  # fmt: skip
    assert [str(one.balance) for one in carry_over_of(work, town.agreement.id)] == ["18000.00", "10500.00"]
    assert work.session.execute(carry_over_off()).all() == []


def test_the_database_keeps_the_carry_over_from_falling_below_zero_or_being_changed(work: Work):
    town = a_year(work)
    town.agreement.profile = "AI"
    work.session.flush()
    move_carry_over(town.contracts, MoveCarryOver(town.agreement.ref, 2026, Chf.parse("100"), "Résultat"))
    bad = {
        "agreement_id": town.agreement.id, "number": 2, "year": 2026, "purpose": Purpose.OPERATING_RESULT,
        "reason": "x", "recorded_at": work.now, "account_id": town.finance.actor.account_id,
    }  # fmt: skip

    for told in (
        bad | {"amount": Chf(-20000), "held_before": Chf(10000), "balance": Chf(-10000)},
        bad | {"amount": Chf(-1), "held_before": Chf(10000), "balance": Chf(9999), "purpose": Purpose.OTHER},
        bad | {"amount": Chf(-1), "held_before": Chf(10000), "balance": Chf(10000)},
    ):
        with pytest.raises(DBAPIError), work.session.begin_nested():
            work.session.execute(insert(CarryOver).values(told))
    for statement in ("UPDATE carry_over SET balance = 1, held_before = -9999", "DELETE FROM carry_over"):
        with pytest.raises(DBAPIError), work.session.begin_nested():
            work.session.execute(text(statement))
