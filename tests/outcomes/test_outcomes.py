from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from cii.budgets.queries import chain_sums, trial_balance
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import IllegalMove
from cii.outcomes import payments_due, proofs
from cii.outcomes.actions_outcomes import (
    AskOutcomeReversal,
    DeclineOutcome,
    VerifyOutcome,
    accept_outcome,
    ask_outcome_reversal,
    decline_outcome,
    pay_outcome,
    reverse_outcome,
    verify_outcome,
)
from cii.outcomes.queries import moves_for, outcome_view, outcomes_list, scheme_view, steps_of
from cii.outcomes.rules import (
    CategoryChanged,
    NoReversalAsked,
    OutcomeFourEyes,
    ReversalAsked,
)
from cii.outcomes.tables import OutcomeStepRow, SchemeVersion
from cii.outcomes.vocabulary import Measured, OutcomeEvent, OutcomeState, OutcomeStep
from tests.outcomes.build_outcomes import BASE, Rewarding, a_line, wished
from tests.reconciliation.tampering import tamper

DEAR = a_line("A", "Cher", 1, "20000.05", measured=Measured.ATTESTED, hold_months=0)


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def test_a_job_that_holds_is_claimed_verified_accepted_and_paid_by_four_persons(town: Rewarding):

    made = town.claim(town.stay())
    verify_outcome(town.referral, VerifyOutcome(made.ref, "Contrat de travail du 21.11.2026"))
    earned = town.sums()
    accept_outcome(town.finance, made.ref)
    owed = town.sums()
    pay_outcome(town.cashier, made.ref)

    assert (made.state, str(made.amount), made.due_on) == (OutcomeState.PAID, "3500.00", date(2026, 12, 20))
    assert [earned, owed, town.sums()] == [
        {"accrued": "3500.00", "invoiced": "0.00", "paid": "0.00"},
        {"accrued": "0.00", "invoiced": "3500.00", "paid": "0.00"},
        {"accrued": "0.00", "invoiced": "0.00", "paid": "3500.00"},
    ]
    assert [(one.kind.value, one.reason) for one in steps_of(town.work, made.id)] == [
        ("claimed", ""), ("verified", "Contrat de travail du 21.11.2026"), ("accepted", ""), ("paid", ""),
    ]  # fmt: skip
    assert town.work.session.execute(trial_balance()).all() == []


def test_who_did_the_step_before_does_not_do_the_next(town: Rewarding):
    own = town.claim(town.stay(), by=town.referral)

    with pytest.raises(OutcomeFourEyes):
        verify_outcome(town.referral, VerifyOutcome(own.ref, "Contrat vu"))
    verify_outcome(town.colleague, VerifyOutcome(own.ref, "Contrat vu"))
    accept_outcome(town.finance, own.ref)
    with pytest.raises(OutcomeFourEyes):
        pay_outcome(town.finance, own.ref)

    assert moves_for(town.finance, own, steps_of(town.work, own.id)) == (OutcomeEvent.ASK_REVERSAL,)
    assert OutcomeEvent.PAY in moves_for(town.cashier, own, steps_of(town.work, own.id))


def test_the_database_itself_wants_another_person_and_a_reason(town: Rewarding):
    made = town.claim(town.stay())
    (claimed,) = steps_of(town.work, made.id)

    def step(kind: OutcomeStep, by: int, before: int | None, reason: str) -> OutcomeStepRow:
        return OutcomeStepRow(
            outcome_id=made.id, kind=kind, at=town.work.now, account_id=by, before_by=before, reason=reason
        )

    for wrong, said in (
        (step(OutcomeStep.VERIFIED, claimed.account_id, claimed.account_id, "Vu"), "four_eyes"),
        (step(OutcomeStep.PAID, claimed.account_id, None, ""), "two_persons"),
        (step(OutcomeStep.VERIFIED, town.referral.actor.account_id, claimed.account_id, ""), "with_reason"),
    ):
        with pytest.raises(DBAPIError, match=said), town.work.session.begin_nested():  # noqa: PT012
            town.work.session.add(wrong)
            town.work.session.flush()


ATTACKS = (
    "UPDATE outcome SET amount = amount + 1",
    "UPDATE outcome SET value = 40",
    "DELETE FROM outcome",
    "UPDATE outcome_step SET reason = 'Autre'",
    "DELETE FROM outcome_step",
    "UPDATE outcome_scheme_version SET lines = '[]'",
    "UPDATE outcome_scheme_version SET valid_from = '2026-06-01'",
    "UPDATE placement_category SET code = 'B'",
    "UPDATE client_category SET criteria = 'Aucun'",
    "UPDATE outcome_budget SET amount = 1",
    (
        "INSERT INTO outcome (ref, scheme_id, version_id, placement_id, category_id, kpi, value, held_since, due_on,"
        " amount, explanation, made_at, state, version) SELECT 'zzzzzzzzzz', scheme_id, version_id, placement_id,"
        " category_id, kpi, value, held_since, due_on, amount, explanation, made_at, 'claimed', 1 FROM outcome"
    ),
)
"""Changes of what was computed, said or decided, and a second live outcome of the same KPI."""


def test_what_was_computed_said_and_decided_stays_in_the_database(town: Rewarding):
    town.verified()

    for attack in ATTACKS:
        with pytest.raises(DBAPIError), town.work.session.begin_nested():
            town.work.session.execute(text(attack))


def test_every_reason_against_a_claim_comes_at_once(town: Rewarding):
    place = town.stay()
    town.verified(placement=place)

    early = town.on(date(2026, 12, 1))
    with pytest.raises(Refusal) as no:
        early.claim(place)
    with pytest.raises(Refusal) as bare:
        early.claim(town.stay(category=None), since=date(2026, 10, 1))

    assert codes(no) == ["outcome-claimed-twice", "outcome-not-held"]
    assert codes(bare) == ["outcome-before-start", "category-missing"]


def test_a_claim_beyond_the_budget_or_in_a_closed_year_is_refused_and_says_both(town: Rewarding):
    place = town.stay()
    town.work.session.execute(
        text("UPDATE budget_year SET state = 'closed', closed_at = :at WHERE line_id = :line"),
        {"at": str(town.work.now.replace(tzinfo=None)), "line": town.scheme.line_id},
    )
    town.work.session.expire_all()
    town.publish(date(2026, 11, 3), wished((DEAR,)))

    with pytest.raises(Refusal) as no:
        town.claim(place, "Cher", 1)

    assert codes(no) == ["budget-year-closed", "scheme-budget-exceeded"]
    assert str(no.value.reasons[1].facts["available"]) == "20000.00"


def test_a_verified_outcome_uses_the_budget_that_a_reversal_gives_back(town: Rewarding):
    made = town.payable()

    used = scheme_view(town.finance, town.scheme.ref).years[0]
    ask_outcome_reversal(town.finance, AskOutcomeReversal(made.ref, "Le contrat a été résilié."))
    reverse_outcome(town.cashier, made.ref)
    after = scheme_view(town.finance, town.scheme.ref).years[0]

    assert (str(used.decided), str(used.used), str(used.left)) == ("20000.00", "3500.00", "16500.00")
    assert (made.state, str(after.left)) == (OutcomeState.REVERSED, "20000.00")
    assert town.sums() == {"accrued": "0.00", "invoiced": "0.00", "paid": "0.00"}


def test_a_paid_outcome_is_taken_back_by_two_persons_with_a_reason_and_may_be_claimed_again(town: Rewarding):
    place = town.stay()
    made = town.paid(placement=place)

    with pytest.raises(NoReversalAsked):
        reverse_outcome(town.cashier, made.ref)
    ask_outcome_reversal(town.cashier, AskOutcomeReversal(made.ref, "Contrat fictif."))
    with pytest.raises(OutcomeFourEyes):
        reverse_outcome(town.cashier, made.ref)
    with pytest.raises(ReversalAsked):
        ask_outcome_reversal(town.finance, AskOutcomeReversal(made.ref, "Encore."))
    reverse_outcome(town.finance, made.ref)

    assert town.sums() == {"accrued": "0.00", "invoiced": "0.00", "paid": "0.00"}
    assert [one.kind.value for one in steps_of(town.work, made.id)][-2:] == ["reversal_asked", "reversed"]
    assert town.claim(place).state is OutcomeState.CLAIMED
    assert town.work.session.execute(trial_balance()).all() == []
    with pytest.raises(IllegalMove):
        pay_outcome(town.cashier, made.ref)


def test_a_declined_claim_may_be_made_again(town: Rewarding):
    place = town.stay()
    made = town.claim(place)

    decline_outcome(town.referral, DeclineOutcome(made.ref, "Le contrat manque."))

    assert made.state is OutcomeState.DECLINED
    assert town.claim(place).ref != made.ref


def test_a_category_that_changed_meanwhile_keeps_a_claim_from_being_verified(town: Rewarding):
    place = town.stay()
    made = town.claim(place, BASE, 1, date(2026, 11, 2))
    town.categorise(place, "B", date(2026, 11, 2))

    with pytest.raises(CategoryChanged):
        verify_outcome(town.referral, VerifyOutcome(made.ref, "Début constaté"))


def test_a_new_formula_never_changes_what_was_computed(town: Rewarding):
    old = town.paid()
    version = town.work.session.get(SchemeVersion, old.version_id)

    dearer = tuple(one.__class__(**(vars(one) | {"amount": Chf.parse("9000")})) for one in wished(hold=0))
    town.publish(date(2026, 12, 1), dearer)
    later = town.claim(town.stay(), since=date(2026, 12, 1))
    begun_before = town.claim(town.stay())

    assert (str(old.amount), version.number, str(later.amount)) == ("3500.00", 1, "9000.00")
    assert (str(begun_before.amount), begun_before.version_id) == ("3500.00", version.id)
    assert town.work.session.get(SchemeVersion, later.version_id).number == 2


def test_the_rooms_rows_say_what_the_ledger_holds(town: Rewarding):
    town.paid()
    town.payable(placement=town.stay(contract_months=6), value=6)
    town.verified(placement=town.stay())
    chain = chain_sums()
    held = town.work.session.execute(
        select(chain.c.invoiced, chain.c.paid).where(chain.c.agreement_id == town.scheme.agreement_id)
    ).one()

    def said(proof) -> int:
        return sum(int(row.amount) for row in town.work.session.execute(proof()))

    assert (said(proofs.bound), said(proofs.invoiced), said(proofs.paid)) == (2_000_000, 550_000, 350_000)
    assert (int(held.invoiced), int(held.paid)) == (550_000, 350_000)


@pytest.mark.parametrize(("owed", "leaves"), [(350002, 350000), (350003, 350005), (350005, 350005)])
def test_an_outcome_leaves_to_the_next_five_centimes_and_the_ledger_keeps_the_centime(
    town: Rewarding, owed: int, leaves: int
):
    town.paid()
    tamper(town.work, f"UPDATE outcome SET amount = {owed}")

    (found,) = town.work.session.execute(payments_due.due()).all()

    assert (int(found.amount), int(found.rounding)) == (leaves, leaves - owed)


def test_a_provider_sees_its_own_outcomes_and_another_sector_none(town: Rewarding):
    made = town.verified()

    assert [row.ref for row in outcomes_list(town.provider)] == [made.ref]
    assert [row.ref for row in outcomes_list(town.finance)] == [made.ref]
    for stranger in (town.other_provider, town.stranger):
        assert outcomes_list(stranger) == []
        with pytest.raises(UnknownThing):
            outcome_view(stranger, made.ref)
        with pytest.raises(UnknownThing):
            scheme_view(stranger, town.scheme.ref)


def test_the_referral_service_sees_the_outcomes_of_those_whom_it_follows(town: Rewarding):
    made = town.claim(town.stay())

    assert outcome_view(town.referral, made.ref).moves == (OutcomeEvent.VERIFY, OutcomeEvent.DECLINE)
    assert outcomes_list(town.other_referral) == []


def test_who_provides_or_prepares_neither_verifies_nor_pays(town: Rewarding):
    made = town.claim(town.stay())

    for hand in (town.provider, town.contracts):
        with pytest.raises(NotAllowed):
            verify_outcome(hand, VerifyOutcome(made.ref, "Vu"))
    verify_outcome(town.referral, VerifyOutcome(made.ref, "Vu"))
    with pytest.raises(NotAllowed):
        accept_outcome(town.contracts, made.ref)
