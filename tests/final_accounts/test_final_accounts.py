"""A year settled by costs, from the provider's budget to the balance or the reclaim."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from cii.final_accounts.actions import (
    ReturnFinalAccount,
    SettleFinalAccount,
    SubmitFinalAccount,
    approve_budget,
    enter_budget,
    receive_reclaim,
    release_payment,
    return_final_account,
    settle_final_account,
    submit_final_account,
)
from cii.final_accounts.actions_paying import ReceiveReclaim
from cii.final_accounts.queries import (
    account_view,
    accounts_list,
    payments_of,
    receivable_of,
)
from cii.final_accounts.tables import AccountItem, Receivable
from cii.final_accounts.vocabulary import AccountState, DueKind
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.kernel.moves import IllegalMove
from cii.store.work import Work
from tests.final_accounts.build_final_accounts import LITERAL, MORE, a_year, codes, items, proven


def test_an_approved_budget_is_bound_and_paid_in_twelve_equal_instalments(work: Work):
    town = a_year(work)

    made = town.approved()
    bound = town.sums()
    paid = town.pay_all(made)

    assert bound == {"committed": "385000.00"}
    assert [str(one.amount) for one in paid] == ["32083.34"] * 4 + ["32083.33"] * 8
    assert [(str(one.transferred), str(one.rounding)) for one in paid[3:5]] == [
        ("32083.35", "0.01"), ("32083.35", "0.02"),
    ]  # fmt: skip
    assert town.sums() == {"paid": "385000.00"}
    assert proven(work)


def test_a_quarter_of_10_000_is_paid_in_three_months(work: Work):
    town = a_year(work)

    made = town.approved({"wages": "10000"}, instalments=3)

    assert [(one.due_on, str(one.amount)) for one in payments_of(work, made.id)] == [
        (date(2026, 1, 1), "3333.34"), (date(2026, 2, 1), "3333.33"), (date(2026, 3, 1), "3333.33"),
    ]  # fmt: skip


def test_costs_of_480_000_and_sales_of_95_000_are_a_subsidy_of_385_000(work: Work):
    town = a_year(work)

    made = town.settled()

    assert (made.state, str(made.subsidy)) == (AccountState.SETTLED, "385000.00")
    assert receivable_of(work, made.id) is None
    assert town.sums() == {"paid": "385000.00"}
    assert proven(work)


def test_an_overpaid_1_250_becomes_a_receivable(work: Work):
    town = a_year(work)

    made = town.settled(planned=MORE)
    owed = receivable_of(work, made.id)

    assert (str(owed.amount), owed.due_on, owed.reference[:2]) == ("1250.00", date(2027, 3, 17), "RF")
    assert town.sums() == {"paid": "385000.00"}
    assert [one.kind for one in payments_of(work, made.id)] == [DueKind.INSTALMENT]
    assert proven(work)


def test_the_receivable_comes_in_once(work: Work):
    town = a_year(work)
    made = town.settled(planned=MORE)

    with pytest.raises(Refusal) as early:
        receive_reclaim(town.finance, ReceiveReclaim(made.ref, date(2027, 2, 16)))
    receive_reclaim(town.finance, ReceiveReclaim(made.ref, date(2027, 2, 15)))
    with pytest.raises(Refusal) as no:
        receive_reclaim(town.finance, ReceiveReclaim(made.ref, date(2027, 2, 14)))

    assert (codes(early), codes(no)) == (["account-receipt-in-future"], ["account-payment-gone"])
    assert receivable_of(work, made.id).received_on == date(2027, 2, 15)


def test_what_is_missing_is_paid_as_a_balance_once_its_engagement_is_decided(work: Work):
    town = a_year(work)
    made = town.submitted(MORE)
    with pytest.raises(Refusal) as no:
        settle_final_account(town.finance, SettleFinalAccount(made.ref))

    settle_final_account(town.finance, SettleFinalAccount(made.ref, further=True))
    owed = town.sums()
    paid = town.pay_all(made)

    assert codes(no) == ["account-beyond-budget"]
    assert str(no.value.reasons[0].facts["excess"]) == "1250.00"
    assert owed == {"invoiced": "1250.00", "paid": "385000.00"}
    assert [(one.kind, str(one.amount)) for one in paid] == [(DueKind.BALANCE, "1250.00")]
    assert town.sums() == {"paid": "386250.00"}
    assert proven(work)


def test_what_was_never_paid_out_lapses_and_is_released(work: Work):
    town = a_year(work)
    made = town.approved()
    release_payment(town.cashier, payments_of(work, made.id)[0].ref)
    town.audited()
    submit_final_account(town.provider, SubmitFinalAccount(made.ref, items({"wages": "30000"})))

    settle_final_account(town.finance, SettleFinalAccount(made.ref))
    with pytest.raises(Refusal) as no:
        release_payment(town.cashier, payments_of(work, made.id)[1].ref)

    assert codes(no) == ["account-payment-gone"]
    assert (str(receivable_of(work, made.id).amount), town.sums()) == ("2083.34", {"paid": "30000.00"})
    assert proven(work)


def test_nobody_completes_what_they_have_begun(work: Work):
    town = a_year(work)
    made = town.budgeted()
    entered = replace(town.finance, actor=replace(town.finance.actor, account_id=made.entered_by))
    with pytest.raises(Refusal) as own_budget:
        approve_budget(entered, made.ref)
    approve_budget(town.finance, made.ref)
    with pytest.raises(Refusal) as own_payment:
        release_payment(town.finance, payments_of(work, made.id)[0].ref)
    submit_final_account(town.provider, SubmitFinalAccount(made.ref, items(LITERAL)))
    with pytest.raises(Refusal) as own_account:
        settle_final_account(entered, SettleFinalAccount(made.ref))

    assert [codes(no) for no in (own_budget, own_payment, own_account)] == [["account-four-eyes"]] * 3


def test_the_wrong_hands_are_refused(work: Work):
    town = a_year(work)
    made = town.budgeted()

    for hand, act in (
        (town.provider, lambda by: approve_budget(by, made.ref)),
        (town.contracts, lambda by: approve_budget(by, made.ref)),
        (town.stranger, lambda by: enter_budget(by, town.wish())),
    ):
        with pytest.raises((NotAllowed, UnknownThing)):
            act(hand)


def test_a_final_account_needs_its_audit_report_and_a_year_that_is_over(work: Work):
    town = a_year(work)
    made = town.approved()
    early = replace(town.provider, now=town.provider.now.replace(year=2026))
    with pytest.raises(Refusal) as soon:
        submit_final_account(early, SubmitFinalAccount(made.ref, items({"sales": "1", "beer": "0"})))
    submit_final_account(town.provider, SubmitFinalAccount(made.ref, items(LITERAL)))

    with pytest.raises(Refusal) as unaudited:
        settle_final_account(town.finance, SettleFinalAccount(made.ref))

    assert codes(soon) == ["account-cost-type-unknown", "account-without-costs", "account-year-not-over"]
    assert codes(unaudited) == ["account-audit-report-missing"]
    assert account_view(town.finance, made.ref).missing == ("audit_report",)


def test_a_final_account_sent_back_is_handed_in_anew_and_both_are_kept(work: Work):
    town = a_year(work)
    made = town.submitted()

    return_final_account(town.contracts, ReturnFinalAccount(made.ref, "Loyer non attesté."))
    with pytest.raises(IllegalMove):
        settle_final_account(town.finance, SettleFinalAccount(made.ref))
    again = LITERAL | {"rent": "70000"}
    submit_final_account(town.provider, SubmitFinalAccount(made.ref, items(again)))

    view = account_view(town.finance, made.ref)
    entries = work.session.execute(select(AccountItem.side, AccountItem.entry).distinct()).all()
    assert str(view.counted.need) == "383000.00"
    assert sorted((side.value, entry) for side, entry in entries) == [
        ("actual", 1), ("actual", 2), ("budget", 1),
    ]  # fmt: skip


def test_an_instalment_is_paid_from_its_day_on(work: Work):
    town = a_year(work)
    made = town.approved()
    early = replace(town.cashier, now=town.cashier.now.replace(year=2026))

    released = release_payment(early, payments_of(work, made.id)[1].ref)
    with pytest.raises(Refusal) as no:
        release_payment(early, payments_of(work, made.id)[2].ref)

    assert released.due_on == date(2026, 2, 1)
    assert codes(no) == ["account-instalment-not-due"]


def test_a_budget_beyond_the_line_or_without_costs_is_refused(work: Work):
    town = a_year(work)
    made = town.budgeted({"wages": "500000.05"})

    with pytest.raises(Refusal) as dear:
        approve_budget(town.finance, made.ref)
    with pytest.raises(Refusal) as empty:
        town.budgeted({"sales": "1000"})
    with pytest.raises(Refusal) as covered:
        town.budgeted({"wages": "1000", "sales": "1000"})

    assert codes(dear) == ["budget-exceeded"]
    assert codes(empty) == ["account-without-costs"]
    assert codes(covered) == ["account-nothing-to-contribute"]


def test_what_was_entered_paid_and_owed_is_never_changed(work: Work):
    town = a_year(work)
    made = town.settled(planned=MORE)

    for statement in (
        "UPDATE account_item SET amount = 1",
        "DELETE FROM account_item",
        "UPDATE account_payment SET amount = 1, transferred = 1, rounding = 0",
        "UPDATE account_payment SET released_at = NULL, released_by = NULL",
        "UPDATE receivable SET amount = 1",
        "DELETE FROM receivable",
        f"UPDATE year_account SET settled_by = submitted_by WHERE id = {made.id}",
        f"UPDATE year_account SET approved_by = entered_by WHERE id = {made.id}",
    ):
        with pytest.raises(DBAPIError), work.session.begin_nested():
            work.session.execute(text(statement))

    assert len(work.session.scalars(select(Receivable)).all()) == 1


def test_each_sees_the_years_of_their_own(work: Work):
    town = a_year(work)
    made = town.budgeted()

    seen = {
        name: [row.ref for row in accounts_list(getattr(town, name), year=2026)]
        for name in ("contracts", "provider", "finance", "stranger")
    }

    assert seen == {"contracts": [made.ref], "provider": [made.ref], "finance": [made.ref], "stranger": []}
    with pytest.raises(UnknownThing):
        account_view(town.stranger, made.ref)
