"""Money that the bank returns after it had paid: the payment and its money go back, and leave again."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from cii.budgets.actions import close_year
from cii.budgets.queries import movements_of
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal, Refusals
from cii.kernel.money import Chf
from cii.outcomes.actions_outcomes import AskOutcomeReversal, ask_outcome_reversal, reverse_outcome
from cii.payments.actions import ReleaseAgain, SendPayments, release_again, send_payments
from cii.payments.iso20022_reading import told_by_message
from cii.payments.queries import files_list, open_payments
from cii.payments.rules import (
    AnswerRow,
    PaymentNotRejected,
    PaymentReleaseFourEyes,
    Sent,
    TransferAnswered,
    TransferDayUnfit,
    TransferReturned,
    answer_faults,
)
from cii.payments.vocabulary import PaymentFormat, PaymentStep, TransferOutcome
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from tests.outcomes.build_outcomes import a_rewarding
from tests.payments.test_exchange import AC, answer, with_account
from tests.payments.test_iso20022 import CAMT, PAIN, a_way, entry, notice, read

DETAILS = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Compte clos</AddtlInf></RtrInf>"
OF_ITS_CODE = (
    "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>"
)


def back(amount, day, key, *, details=DETAILS, **more):
    """An entry by which the bank gives a payment back."""
    return entry(amount, day, key=key, credit=True, **more).replace("</TxDtls>", f"{details}</TxDtls>")


def as_desk(town):
    """Those who pay for outcomes, as those who confirm a provider's account."""
    return SimpleNamespace(stage=town.stage, work=town.work, approver=town.finance, payer=town.cashier)


def left(work):
    """A payment that left and was executed today; its key, its sum, its desk."""
    desk = a_way(work)
    (waiting,) = open_payments(desk.payer)
    send_payments(desk.payer, PAIN)
    key, day = f"{waiting.ref}-1", desk.payer.today.isoformat()
    read(desk.payer, notice(entry(waiting.amount, day, key=key)))
    return desk, waiting, key


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (back("5.00", "2026-12-01", "K-1"), "AC04 Compte clos"),
        (back("5.00", "2026-12-01", "K-1", details=OF_ITS_CODE), "RRTN"),
        (
            entry("5.00", "2026-12-01", key="K-1", credit=True).replace(
                "<Sts>", "<RvslInd>true</RvslInd><Sts>"
            ),
            "RRTN",
        ),
    ],
    ids=["by its reason", "by the bank's code", "as a reversal"],
)
@pytest.mark.parametrize("space", [CAMT, "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"])
def test_a_return_is_told_from_money_that_comes_in(written, why, space):
    told = told_by_message(notice(written, space=space))

    assert [(one.key, one.outcome, one.reason) for one in told.rows] == [
        ("K-1", TransferOutcome.RETURNED, why)
    ]
    assert (told.incoming, told.other, told.faults) == ([], 0, [])


def test_a_reversed_debit_and_a_plain_credit_under_a_key_are_of_others():
    reversed_ = entry("5.00", "2026-12-01", key="K-1").replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")

    told = told_by_message(notice(reversed_, entry("5.00", "2026-12-01", key="K-1", credit=True)))

    assert (told.rows, told.incoming, told.other) == ([], [], 2)


def test_a_returned_payment_goes_back_in_the_ledger_and_leaves_again(work):
    """Executed, returned: invoiced again, a finding; released by another person: paid, in the next file."""
    desk, waiting, key = left(work)
    paid, today = desk.sums()["paid"], desk.payer.today
    tomorrow = replace(desk.payer, now=desk.payer.now + timedelta(days=1))

    def night(days):
        reconcile(replace(work, now=desk.payer.now + timedelta(days=days)), today + timedelta(days=days))
        return [(one.kind.value, one.facts.get("reason")) for one in findings_list(work)]

    before = night(1)
    data = notice(back(waiting.amount, tomorrow.today.isoformat(), key))
    tried, first, again = (read(tomorrow, data, dry_run=dry) for dry in (True, False, False))
    (row,) = open_payments(tomorrow)
    held, found = desk.sums(), night(2)
    with pytest.raises(PaymentReleaseFourEyes):
        release_again(replace(desk.approver, now=tomorrow.now), ReleaseAgain(waiting.ref, "Compte corrigé"))
    release_again(tomorrow, ReleaseAgain(waiting.ref, "Compte corrigé"))
    with pytest.raises(PaymentNotRejected):
        release_again(tomorrow, ReleaseAgain(waiting.ref, "Encore"))
    moved = movements_of(work, desk.stage.market.ac.id, 2026, agreement_id=desk.stage.ac.id)
    second = send_payments(tomorrow, AC)

    assert tried == first
    assert (first.returned, first.known, again.returned, again.known) == (1, 0, 0, 1)
    assert (row.step, row.attempt, row.reason) == (PaymentStep.RETURNED, 2, "AC04 Compte clos")
    assert held == {"invoiced": paid}, "paid once, given back once"
    assert before == []
    assert found == [("rejected_transfer", "AC04 Compte clos")]
    assert [
        (one.kind.value, one.source_kind, one.reason, str(one.amount))
        for one in moved
        if one.source_kind == "transfer_return"
    ] == [(kind, "transfer_return", "AC04 Compte clos", paid) for kind in ("reclaim", "payment")]
    assert desk.sums() == {"paid": paid}
    assert night(3) == []
    assert (second.file.payments, second.file.total) == (1, waiting.amount)
    assert [(one.executed, one.returned) for one in files_list(tomorrow)] == [(0, 0), (0, 1)]
    read(tomorrow, answer(f"{waiting.ref}-2;executed;{waiting.amount};{tomorrow.today};"))
    assert open_payments(tomorrow) == []


def test_every_fault_of_a_return_is_told_by_its_line_and_nothing_is_taken(work):
    desk, waiting, key = left(work)
    day, sum_ = desk.payer.today, waiting.amount
    wrong = answer(
        f"{key};returned;1.00;{day - timedelta(days=1)};compte clos",
        f"{key};retourné;{sum_};{day};",
        f"{key};zurückgesandt;{sum_};{day};compte clos",
    )

    with pytest.raises(Refusals) as refused:
        read(desk.payer, wrong)

    assert [(one.code, one.facts["line"]) for one in refused.value.reasons] == [
        ("transfer-amount-differs", 2), ("transfer-day-unfit", 2),
        ("transfer-reason-missing", 3), ("transfer-twice", 4),
    ]  # fmt: skip
    assert open_payments(desk.payer) == []
    assert list(desk.sums()) == ["paid"]


def test_one_account_statement_may_tell_the_payment_and_its_return(work):
    """A bank that books in bulk may tell the return alone: the money is back all the same."""
    desk = a_way(work)
    (waiting,) = open_payments(desk.payer)
    send_payments(desk.payer, PAIN)
    key, day = f"{waiting.ref}-1", desk.payer.today.isoformat()

    told = read(desk.payer, notice(back(waiting.amount, day, key, bank="B-2")))
    late = read(
        desk.payer,
        notice(entry(waiting.amount, day, key=key), back(waiting.amount, day, key, bank="B-2")),
    )

    assert (told.executed, told.returned) == (0, 1)
    assert (late.executed, late.returned, late.known) == (1, 0, 1)
    assert open_payments(desk.payer)[0].step is PaymentStep.RETURNED
    assert list(desk.sums()) == ["invoiced"]


def test_a_return_of_a_closed_year_that_no_later_one_can_bear_says_its_line(work):
    desk, waiting, key = left(work)
    work.session.flush()
    close_year(desk.approver, desk.stage.market.ac.id, 2026)

    with pytest.raises(Refusal) as refused:
        read(desk.payer, notice(back(waiting.amount, desk.payer.today.isoformat(), key)))

    assert (refused.value.code, refused.value.facts["line"]) == ("budget-year-closed", 4)


@pytest.mark.parametrize(
    ("answered", "returned", "told", "day", "refusal"),
    [
        (("executed", 3), 5, "returned", 6, TransferReturned),
        (("rejected", 3), None, "returned", 4, TransferAnswered),
        (("executed", 3), None, "returned", 2, TransferDayUnfit),
        (None, 5, "rejected", 4, TransferAnswered),
        (None, 5, "executed", 6, TransferDayUnfit),
        (("executed", 3), 5, "returned", 5, None),
        (("executed", 3), 5, "executed", 3, None),
    ],
)
def test_what_came_back_came_back_once_and_after_it_had_left(answered, returned, told, day, refusal):
    def on(n):
        return date(2026, 12, n)

    before = (TransferOutcome(answered[0]), on(answered[1])) if answered else None
    sent = Sent(Chf(500), on(1), before, on(returned) if returned else None)

    faults = answer_faults(AnswerRow(2, "K", TransferOutcome(told), Chf(500), on(day), "x"), sent, on(9))

    assert [type(one) for one in faults] == ([refusal] if refusal else [])


def test_what_comes_back_of_a_payment_that_was_reversed_since_is_recorded_and_booked_once(work):
    town = a_rewarding(work)
    with_account(as_desk(town))
    made = town.paid()
    (waiting,) = open_payments(town.cashier)
    send_payments(town.cashier, SendPayments(Sector.AS, PaymentFormat.PAIN))
    key, day = f"{waiting.ref}-1", town.cashier.today.isoformat()
    read(town.cashier, notice(entry(waiting.amount, day, key=key)))
    ask_outcome_reversal(town.finance, AskOutcomeReversal(made.ref, "Contrat fictif."))
    reverse_outcome(town.cashier, made.ref)

    told = read(town.cashier, notice(back(waiting.amount, day, key)))

    assert told.returned == 1
    assert town.sums() == {"accrued": "0.00", "invoiced": "0.00", "paid": "0.00"}
    assert open_payments(town.cashier) == []
    later = town.on(town.finance.today + timedelta(days=1))
    reconcile(later.finance, later.finance.today)
    assert findings_list(later.finance) == []
