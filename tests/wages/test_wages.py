from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.budgets.queries import trial_balance
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import IllegalMove
from cii.reconciliation.proofs import PROOFS
from cii.reconciliation.vocabulary import FindingKind
from cii.settlement.vocabulary import Presence
from cii.wages import payments_due, proofs
from cii.wages.actions import (
    DecideGrant,
    EngageFurther,
    ask_grant,
    decide_grant,
    engage_further,
    release_rest,
)
from cii.wages.actions_parts import (
    DeclinePart,
    MonthOfLine,
    approve_month,
    approve_part,
    check_month,
    check_part,
    compute_month,
    decline_part,
    pay_month,
)
from cii.wages.actions_subsidies import TellPaidWage, tell_paid_wage
from cii.wages.months import months_list, told_against_scale
from cii.wages.queries import grant_view, grants_list, left_of
from cii.wages.rules import (
    EarlierWageOpen,
    GrantNotOpen,
    NothingToPay,
    PaidOutside,
    WageFourEyes,
    WageMonthNotOver,
)
from cii.wages.vocabulary import GrantKind, GrantState, PayCategory, WageEvent, WageState
from tests.wages.build_wages import FIRST, LAST, Paying


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def test_a_month_is_bound_computed_checked_approved_and_paid_by_different_persons(town: Paying):
    stay = town.stay()
    town.attend(stay)
    before = town.sums()

    grant = town.granted(stay)
    bound = left_of(town.work, grant)
    town.paid()

    (part,) = town.parts(grant)
    assert (str(part.amount), part.state, str(part.transferred)) == ("1220.00", WageState.PAID, "1220.00")
    assert {key: str(sum_) for key, sum_ in bound.items()} == {(town.line.id, 2026): "1220.00"}
    assert left_of(town.work, grant) == {(town.line.id, 2026): Chf()}
    assert (town.sums()["paid"], before["paid"]) == ("1220.00", "0.00")
    assert len({part.prepared_by, part.checked_by, part.approved_by, part.released_by}) == 4
    assert town.work.session.execute(trial_balance()).all() == []


def test_each_payer_of_a_place_pays_its_part_and_moves_by_itself(town: Paying):
    stay = town.stay((town.line, 2), (town.stage.market.ac, 1))
    town.attend(stay)
    grant = town.granted(stay)

    town.paid()

    assert town.amounts(grant) == ["813.33", "406.67"]
    assert [str(one.transferred) for one in town.parts(grant)] == ["813.35", "406.65"]
    (leaves,) = town.work.session.execute(payments_due.due()).all()
    assert (int(leaves.amount), int(leaves.rounding)) == (81335, 2)
    assert [one.state for one in town.parts(grant)] == [WageState.PAID, WageState.COMPUTED]
    with pytest.raises(NotAllowed):
        check_month(town.finance, MonthOfLine(town.stage.market.ac.ref, FIRST))
    assert check_month(town.other_finance, MonthOfLine(town.stage.market.ac.ref, FIRST)) == 1


def test_a_month_is_computed_once_it_is_over(town: Paying):
    stay = town.stay(days=(FIRST, date(2026, 12, 31)))
    town.granted(stay)

    with pytest.raises(WageMonthNotOver):
        compute_month(town.finance, MonthOfLine(town.line.ref, date(2026, 12, 1)))


def test_who_computed_or_checked_does_not_approve_and_who_approved_does_not_pay(town: Paying):
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay)
    compute_month(town.approver, town.month)
    check_month(town.cashier, town.month)

    for hand in (town.approver, town.cashier):
        with pytest.raises(WageFourEyes):
            approve_month(hand, town.month)
    approve_month(town.finance, town.month)
    with pytest.raises(WageFourEyes):
        pay_month(town.finance, town.month)

    (part,) = town.parts(grant)
    assert grant_view(town.finance, grant.ref).moves[part.ref] == ()
    assert grant_view(town.cashier, grant.ref).moves[part.ref] == (WageEvent.PAY,)


def test_the_database_itself_wants_other_persons_and_keeps_what_was_computed(town: Paying):
    stay = town.stay()
    town.attend(stay)
    town.granted(stay)
    compute_month(town.finance, town.month)

    for statement in (
        "UPDATE wage_part SET state = 'approved', approved_by = prepared_by",
        "UPDATE wage_part SET amount = 1, transferred = 1, rounding = 0",
        "UPDATE wage_result SET amount = 1",
        "DELETE FROM wage_result",
        "DELETE FROM wage_engagement",
        "UPDATE wage_grant SET category = 'family'",
        "UPDATE wage_grant SET decided_by = asked_by",
    ):
        point = town.work.session.begin_nested()
        with pytest.raises(DBAPIError):
            town.work.session.execute(text(statement))
        point.rollback()


def test_a_later_truth_is_a_further_row_which_may_be_negative(town: Paying):
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay)
    town.paid()
    town.attend(stay, d9=Presence.UNEXCUSED_ABSENCE)

    town.paid()

    assert town.amounts(grant) == ["1220.00", "-58.10"]
    assert (town.sums()["paid"], town.sums()["invoiced"]) == ("1161.90", "0.00")
    assert left_of(town.work, grant) == {(town.line.id, 2026): Chf.parse("58.10")}
    release_rest(town.finance, grant.ref)
    assert left_of(town.work, grant) == {(town.line.id, 2026): Chf()}
    with pytest.raises(Refusal) as no:
        compute_month(town.finance, town.month)
    assert codes(no) == ["wage-nothing-new"]


def test_a_month_whose_attendance_changed_is_computed_again_before_it_is_approved(town: Paying):
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay)
    compute_month(town.finance, town.month)
    check_month(town.checker, town.month)
    town.attend(stay, d9=Presence.UNEXCUSED_ABSENCE)

    with pytest.raises(Refusal) as no:
        approve_month(town.approver, town.month)
    assert codes(no) == ["wage-outdated"]
    (part,) = town.parts(grant)
    with pytest.raises(IllegalMove):
        approve_part(town.approver, decline_part(town.checker, DeclinePart(part.ref, "À recalculer")).ref)
    town.paid()

    assert [one.state.value for one in town.parts(grant)] == ["declined", "paid"]
    assert town.amounts(grant)[1] == "1161.90"


def test_more_than_was_bound_waits_for_a_further_engagement(town: Paying):
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay, ends_on=date(2026, 11, 15))
    family = town.granted(stay, starts_on=date(2026, 11, 16), category=PayCategory.FAMILY)
    town.work.session.execute(text("UPDATE placement SET workload = NULL"))
    compute_month(town.finance, town.month)
    check_month(town.checker, town.month)
    release_of = left_of(town.work, family)[town.line.id, 2026]
    assert str(release_of) == "801.43"
    town.work.session.execute(
        text("INSERT INTO wage_engagement (grant_id, line_id, agreement_id, year, amount, reason, recorded_at, account_id) "
             "SELECT grant_id, line_id, agreement_id, year, -10000, '', recorded_at, account_id "
             "FROM wage_engagement WHERE grant_id = :one"), {"one": family.id},
    )  # fmt: skip

    with pytest.raises(Refusal) as no:
        approve_month(town.approver, town.month)
    assert codes(no) == ["wage-over-commitment"]
    engage_further(town.finance, EngageFurther(family.ref, 2026, Chf.parse("100"), "Nouvelle décision"))

    assert approve_month(town.approver, town.month) == 2
    assert town.amounts(grant) == ["580.95"]


def test_a_decision_is_asked_by_one_and_taken_by_another_of_a_paying_sector(town: Paying):
    stay = town.stay()
    asked = ask_grant(town.manager, town.wish(stay))

    with pytest.raises(NotAllowed):
        decide_grant(town.manager, DecideGrant(asked.ref, grant=True))
    with pytest.raises(UnknownThing):
        decide_grant(town.other_finance, DecideGrant(asked.ref, grant=True))
    with pytest.raises(UnknownThing):
        grant_view(town.stranger, asked.ref)
    assert (
        decide_grant(town.finance, DecideGrant(asked.ref, grant=False, reason="Non")).state
        is GrantState.DECLINED
    )
    assert left_of(town.work, asked) == {}


def test_an_earlier_row_of_the_month_goes_first(town: Paying):
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay)
    compute_month(town.finance, town.month)
    town.attend(stay, d9=Presence.UNEXCUSED_ABSENCE)
    compute_month(town.finance, town.month)
    first, later = town.parts(grant)
    check_part(town.checker, later.ref)

    with pytest.raises(EarlierWageOpen):
        approve_part(town.approver, later.ref)
    check_part(town.checker, first.ref)

    assert approve_month(town.approver, town.month) == 2
    assert pay_month(town.cashier, town.month) == 2
    assert town.sums()["paid"] == "1161.90"


def test_a_decision_is_taken_once_and_gives_its_rest_back_when_it_is_over(town: Paying):
    stay = town.stay()
    grant = town.granted(stay)

    with pytest.raises(GrantNotOpen):
        decide_grant(town.finance, DecideGrant(grant.ref, grant=True))
    with pytest.raises(WageMonthNotOver):
        release_rest(town.on(LAST).finance, grant.ref)
    release_rest(town.finance, grant.ref)
    with pytest.raises(NothingToPay):
        release_rest(town.finance, grant.ref)

    assert left_of(town.work, grant) == {(town.line.id, 2026): Chf()}


def test_a_measure_tells_what_it_paid_for_months_of_the_stay_that_are_over(town: Paying):
    stay = town.stay()

    with pytest.raises(Refusal) as no:
        tell_paid_wage(town.provider, TellPaidWage(stay.ref, date(2026, 12, 1), Chf.parse("1000")))

    assert codes(no) == [PaidOutside.code, WageMonthNotOver.code]


def test_a_decision_that_cannot_be_says_every_reason_at_once(town: Paying):
    stay = town.stay()
    ask_grant(town.manager, town.wish(stay))

    with pytest.raises(Refusal) as no:
        ask_grant(town.manager, town.wish(stay, ends_on=date(2026, 12, 4), category=None))

    assert codes(no) == ["wage-grant-outside-placement", "wage-grant-twice", "wage-grant-incomplete"]


def test_what_a_measure_paid_otherwise_is_compared_with_the_scale(town: Paying):
    stay = town.stay()
    town.attend(stay)
    town.granted(stay)
    tell_paid_wage(town.provider, TellPaidWage(stay.ref, LAST, Chf.parse("1000")))
    waiting = town.work.session.execute(proofs.paid_otherwise()).all()
    compute_month(town.finance, town.month)

    (found,) = town.work.session.execute(proofs.paid_otherwise()).all()
    night = PROOFS["wages"](town.work, LAST)
    (row,) = told_against_scale(town.provider)
    tell_paid_wage(town.provider, TellPaidWage(stay.ref, LAST, Chf.parse("1220")))

    assert waiting == []
    assert (found.ref, int(found.expected), int(found.found)) == (stay.ref, 122000, 100000)
    assert (row.month, str(row.amount), int(row.by_scale)) == (FIRST, "1000.00", 122000)
    (difference,) = night.differences
    assert (difference.kind, difference.ref) == (FindingKind.WAGE, stay.ref)
    assert town.work.session.execute(proofs.paid_otherwise()).all() == []


def test_the_rooms_sums_are_those_of_the_ledger_and_payments_leave_to_the_provider(town: Paying):
    stay = town.stay()
    town.attend(stay, d9=Presence.UNEXCUSED_ABSENCE)
    town.granted(stay)
    town.paid()

    for proof, sum_ in ((proofs.bound, 122000), (proofs.invoiced, 116190), (proofs.paid, 116190)):
        (row,) = town.work.session.execute(proof()).all()
        assert (row.line_id, row.agreement_id, int(row.amount)) == (town.line.id, town.stage.social.id, sum_)
    (due,) = town.work.session.execute(payments_due.due()).all()
    assert (due.kind, int(due.amount), due.period, due.agreement_id) == (
        "wage", 116190, FIRST, town.stage.social.id,
    )  # fmt: skip


def test_a_month_is_seen_by_the_sector_that_pays_it(town: Paying):
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay)
    compute_month(town.finance, town.month)

    (row,) = months_list(town.checker)

    assert (row.month, row.line_id, int(row.amount), row.computed, row.paid) == (
        FIRST,
        town.line.id,
        122000,
        1,
        0,
    )
    assert months_list(town.other_finance) == []
    assert [one.ref for one in grants_list(town.manager)] == [grant.ref]
    assert grants_list(town.stranger, kinds=[GrantKind.PAY]) == []
