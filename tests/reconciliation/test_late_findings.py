"""Differences planted one by one, and what is late: each is found, named, and closes by itself."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlmodel import select

from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.final_accounts.actions import MoveCarryOver, move_carry_over
from cii.final_accounts.actions_paying import ReceiveReclaim, receive_reclaim
from cii.final_accounts.queries import payments_of, receivable_of
from cii.final_accounts.tables import CarryOver
from cii.kernel.money import Chf
from cii.outcomes.actions_outcomes import pay_outcome
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.reconciliation.tables import Finding
from cii.reconciliation.vocabulary import FindingKind
from cii.store.work import Work
from tests.final_accounts.build_final_accounts import IN_FEBRUARY, LITERAL, Year, a_year
from tests.outcomes.build_outcomes import a_rewarding
from tests.settlement.build_settlement import LATER, a_desk

MORE = LITERAL | {"material": "61250"}


def found(work: Work, night: date) -> list[Finding]:
    moment = datetime(night.year, night.month, night.day, 11, tzinfo=work.now.tzinfo)
    reconcile(replace(work, now=moment), night)
    return findings_list(work)


def kinds(work: Work, night: date) -> list[FindingKind]:
    return [row.kind for row in found(work, night)]


def test_a_ceiling_that_counts_wrongly_is_named_and_closes_once_it_counts_right(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    line = desk.stage.market.ac
    wish = SetCeiling(
        line.ref, 2026, Chf.parse("9000"), "Décision 12", "Plafond", agreement_ref=desk.stage.ac.ref
    )
    set_ceiling(desk.approver, wish)
    assert kinds(work, LATER) == []

    work.session.execute(text("UPDATE budget_ceiling SET used = used + 7"))
    (off,) = found(work, LATER)
    work.session.execute(text("UPDATE budget_ceiling SET used = used - 7"))
    after = kinds(work, LATER)

    assert (off.kind, off.object_ref, off.difference) == (FindingKind.CEILING, f"{line.code} 2026", 7)
    assert (after, off.closed_on) == ([], LATER)


def test_a_carry_over_that_does_not_begin_where_the_last_one_ended_is_named(work: Work):
    town = a_year(work)
    agreement = town.agreement
    agreement.profile = "AI"
    work.session.flush()
    move_carry_over(town.contracts, MoveCarryOver(agreement.ref, 2024, Chf.parse("100"), "Excédent."))
    (first,) = work.session.scalars(select(CarryOver))

    def row(number: int, before: str, amount: str) -> CarryOver:
        held, moved = Chf.parse(before), Chf.parse(amount)
        return CarryOver(
            agreement_id=agreement.id, number=number, year=2025, purpose=first.purpose, amount=moved,
            held_before=held, balance=held + moved, reason="Hors de l'application.", recorded_at=work.now,
            account_id=first.account_id,
        )  # fmt: skip

    work.session.add(row(3, "120", "5"))
    (off,) = found(work, LATER)
    work.session.add(row(2, "100", "20"))
    after = kinds(work, LATER)

    assert (off.kind, off.object_ref, off.expected, off.found) == (
        FindingKind.CARRY_OVER, agreement.number, 0, 12000,
    )  # fmt: skip
    assert (after, off.closed_on) == ([], LATER)


def test_a_reclaim_is_late_by_days_until_it_comes_in(work: Work):
    town = a_year(work)
    made = town.settled(planned=MORE)
    due = receivable_of(work, made.id).due_on

    waiting = kinds(work, due)
    (late,) = found(work, due + timedelta(days=4))
    then = replace(town.cashier, now=town.cashier.now + timedelta(days=30))
    receive_reclaim(then, ReceiveReclaim(made.ref, due))
    after = kinds(work, due + timedelta(days=4))

    assert (waiting, after) == ([], [])
    assert (late.kind, late.object_kind, late.object_ref, late.found) == (
        FindingKind.LATE_RECLAIM, "year_account", made.ref, 4,
    )  # fmt: skip
    assert late.facts["amount"] == 125000
    assert late.owner_unit_id == town.stage.market.provider.unit_id


def test_a_payment_of_a_year_that_nobody_releases_is_late(work: Work):
    town: Year = a_year(work)
    made = town.approved(instalments=1)
    (one,) = payments_of(work, made.id)
    month = one.due_on + timedelta(days=30)

    waiting = kinds(work, month)
    (late,) = found(work, IN_FEBRUARY)
    town.pay_all(made)

    assert (waiting, kinds(work, IN_FEBRUARY)) == ([], [])
    assert (late.kind, late.object_ref, late.found) == (
        FindingKind.LATE_PAYMENT, made.ref, (IN_FEBRUARY - month).days,
    )  # fmt: skip


def test_an_accepted_outcome_that_nobody_pays_is_late(work: Work):
    town = a_rewarding(work)
    made = town.payable()
    month = town.work.today + timedelta(days=30)

    waiting = [row for row in found(work, month) if row.object_kind == "outcome"]
    late = [row for row in found(work, month + timedelta(days=2)) if row.object_kind == "outcome"]
    pay_outcome(town.cashier, made.ref)
    after = [row for row in found(work, month + timedelta(days=2)) if row.object_kind == "outcome"]

    assert (waiting, after) == ([], [])
    assert [(row.kind, row.object_ref, row.found) for row in late] == [
        (FindingKind.LATE_PAYMENT, made.ref, 2)
    ]
