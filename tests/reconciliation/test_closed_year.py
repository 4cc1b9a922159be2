"""What is learned of a year whose books are closed: booked in the next open one, and the night stays clean."""

from datetime import date

import pytest
from sqlalchemy import text

from cii.budgets.actions import close_year, grant_budget
from cii.budgets.queries import movements_of, position_of
from cii.budgets.queries_late import LateBooks
from cii.budgets.rules import BudgetYearClosed, StageExceeded
from cii.final_accounts.actions import (
    SettleFinalAccount,
    approve_budget,
    enter_budget,
    release_payment,
    settle_final_account,
)
from cii.final_accounts.actions_volume import ProposeVolume, propose_volume
from cii.final_accounts.queries import payments_of, receivable_of
from cii.institutions.tables import FundingLine
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.outcomes.actions import DecideSchemeBudget, decide_scheme_budget
from cii.outcomes.actions_outcomes import AskOutcomeReversal, ask_outcome_reversal, reverse_outcome
from cii.outcomes.queries import years_of
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.settlement.actions import approve, check_statement, decide_further_engagement, pay, submit
from cii.settlement.late import late_of
from cii.settlement.rules import ExceedsCommitment
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.final_accounts.build_final_accounts import LITERAL, a_year
from tests.outcomes.build_outcomes import a_rewarding
from tests.placements.build_placements import a_stage
from tests.settlement.build_settlement import NOVEMBER, Desk, a_desk

MARCH = date(2027, 3, 8)
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
UNEXCUSED = Presence.UNEXCUSED_ABSENCE
LESS = LITERAL | {"material": "58750"}
"""1'250 less is spent than was planned."""


def closed(work: Work, line: FundingLine) -> None:
    """The books of 2026 are closed, those of 2027 are open."""
    grant_budget(work, line.id, 2027, Chf.parse("500000"))
    assert close_year(work, line.id, 2026).state == "closed"


def stages(work: Work, line: FundingLine, year: int) -> dict[str, str]:
    found = position_of(work, line.id, year)
    names = ("committed", "accrued", "invoiced", "paid")
    return {name: str(getattr(found, name)) for name in names if getattr(found, name)}


def origins(work: Work, line: FundingLine) -> set[date]:
    return {row.origin_on for row in movements_of(work, line.id, 2027) if row.origin_on}


def nights(work: Work, day: date) -> list[tuple[str, int, int]]:
    reconcile(work, day)
    return [(row.kind.value, row.expected, row.found) for row in findings_list(work)]


def handed_in(desk: Desk):
    made = desk.prefill()
    submit(desk.provider, made.ref)
    check_statement(desk.checker, made.ref)
    return made


def test_a_day_attested_after_the_books_closed_is_bound_earned_and_paid_in_the_open_year(work: Work):
    desk = a_desk(work)
    line = desk.stage.market.ac
    placement = desk.stage.started()
    desk.attest(placement, d03=UNEXCUSED)
    desk.paid()
    closed(work, line)
    late = desk.on(MARCH)

    recorded = late.attest(placement, d03=Presence.PRESENT)
    made = handed_in(late)
    with pytest.raises(ExceedsCommitment):
        approve(late.approver, made.ref)
    decide_further_engagement(late.approver, made.ref)
    approve(late.approver, made.ref)
    pay(late.payer, made.ref)

    assert late_of(work, made) == LateBooks(2026, 2027, NOVEMBER)
    assert (str(recorded.excess), str(made.total)) == ("104.76", "104.76")
    assert stages(work, line, 2026) == {"paid": "2095.24"}
    assert stages(work, line, 2027) == {"paid": "104.76"}
    assert origins(work, line) == {NOVEMBER}
    assert nights(late.checker, MARCH) == []


def test_what_was_paid_too_much_in_a_closed_year_is_set_off_against_the_open_one(work: Work):
    desk = a_desk(work, last_day=date(2027, 12, 31))
    line = desk.stage.market.ac
    grant_budget(work, line.id, 2027, Chf.parse("5000"))
    placement = desk.stage.started(days=(NOVEMBER, date(2027, 1, 31)))
    later = desk.on(date(2027, 2, 3))
    for month in (NOVEMBER, DECEMBER):
        later.attest(placement, month)
        later.paid(month)
    close_year(work, line.id, 2026)
    late = desk.on(MARCH)

    late.attest(placement, d03=UNEXCUSED)
    made = handed_in(late)
    approve(late.approver, made.ref)
    with pytest.raises(StageExceeded) as early:
        pay(late.payer, made.ref)
    late.attest(placement, JANUARY)
    late.paid(JANUARY)
    pay(late.payer, made.ref)

    assert early.value.facts["year"] == 2027
    assert str(made.total) == "-104.76"
    assert stages(work, line, 2026) == {"paid": "4400.00"}
    assert stages(work, line, 2027) == {"paid": "2095.24"}
    assert nights(late.checker, MARCH) == []


def test_a_final_account_settled_late_is_reclaimed_from_the_open_year(work: Work):
    town = a_year(work, stage=a_stage(work, ac="500000", last_day=date(2027, 12, 31)))
    made = town.submitted(LESS)
    closed(work, town.line)
    wish = town.wish(instalments=12)
    running = approve_budget(
        town.finance,
        enter_budget(town.provider, type(wish)(wish.agreement_ref, wish.line_ref, 2027, wish.items)).ref,
    )
    first = payments_of(work, running.id)[0]
    release_payment(town.cashier, first.ref)

    settle_final_account(town.finance, SettleFinalAccount(made.ref))

    assert (str(receivable_of(work, made.id).amount), made.explanation["booked_year"]) == ("1250.00", 2027)
    assert stages(work, town.line, 2026) == {"paid": "385000.00"}
    assert stages(work, town.line, 2027)["paid"] == str(first.amount - Chf.parse("1250"))
    assert origins(work, town.line) == {date(2026, 12, 31)}
    assert nights(town.finance, date(2027, 2, 15)) == []


def test_what_a_closed_year_still_lacks_is_engaged_and_paid_in_the_open_one(work: Work):
    town = a_year(work)
    made = town.submitted(planned=LESS)
    closed(work, town.line)

    settle_final_account(town.finance, SettleFinalAccount(made.ref, further=True))
    town.pay_all(made)

    assert stages(work, town.line, 2027) == {"paid": "1250.00"}
    assert origins(work, town.line) == {date(2026, 12, 31)}
    assert nights(town.finance, date(2027, 2, 15)) == []


def test_a_budget_of_a_closed_year_is_no_later_truth_and_without_an_open_year_nothing_is_booked(work: Work):
    town = a_year(work)
    made = town.submitted(planned=LESS)
    close_year(work, town.line.id, 2026)

    with pytest.raises(BudgetYearClosed):
        settle_final_account(town.finance, SettleFinalAccount(made.ref, further=True))

    grant_budget(work, town.line.id, 2027, Chf.parse("500000"))
    social = a_year(work, social=True, stage=town.stage)
    budget = social.budgeted()
    closed(work, social.line)
    with pytest.raises(BudgetYearClosed):
        approve_budget(social.finance, budget.ref)


def test_an_unused_volume_of_a_closed_year_is_paid_from_the_open_one(work: Work):
    town = a_year(work, social=True)
    guaranteed = town.stage.market.agreement(
        town.line, valid_from=date(2026, 12, 1), last_day=date(2026, 12, 31), amount="1000", places=4,
        guarantee=50, in_force=False,
    )  # fmt: skip
    closed(work, town.line)

    made = propose_volume(town.finance, ProposeVolume(guaranteed.ref, town.line.ref, 2026))
    town.pay_all(made)

    assert (stages(work, town.line, 2026), stages(work, town.line, 2027)) == ({}, {"paid": "2000.00"})
    assert origins(work, town.line) == {date(2026, 12, 31)}


def test_an_outcome_of_a_closed_year_takes_the_money_of_the_open_one_and_gives_it_back_there(work: Work):
    town = a_rewarding(work)
    line = town.stage.market.social
    place = town.stay()
    grant_budget(work, line.id, 2027, Chf.parse("5000"))
    work.session.execute(
        text(
            "UPDATE budget_year SET state = 'closed', closed_at = :at WHERE line_id = :line AND year = 2026"
        ),
        {"at": str(work.now.replace(tzinfo=None)), "line": line.id},
    )
    work.session.expire_all()
    late = town.on(MARCH)

    with pytest.raises(Refusal) as poor:
        late.verified(placement=place)
    decide_scheme_budget(late.contracts, DecideSchemeBudget(town.scheme.ref, 2027, Chf.parse("4000"), "2027"))
    made = late.paid(placement=place)
    used = {one.year: str(one.used) for one in years_of(work, town.scheme.id)}
    stood = stages(work, line, 2027)
    ask_outcome_reversal(late.cashier, AskOutcomeReversal(made.ref, "Contrat fictif."))
    reverse_outcome(late.finance, made.ref)

    assert [one.code for one in poor.value.reasons] == ["scheme-budget-exceeded"]
    assert (used, stood) == ({2026: "0.00", 2027: "3500.00"}, {"committed": "500.00", "paid": "3500.00"})
    assert {one.year: str(one.left) for one in years_of(work, town.scheme.id)}[2027] == "4000.00"
    assert stages(work, line, 2027) == {"committed": "4000.00"}
    assert origins(work, line) == {made.due_on}
