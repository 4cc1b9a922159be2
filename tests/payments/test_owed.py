"""What negative corrections ask back: owed from their release, paid back by reference or noted by hand."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from cii.final_accounts.rules import ReceiptInFuture
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.money import Chf
from cii.outcomes.actions_outcomes import AskOutcomeReversal, ask_outcome_reversal, reverse_outcome
from cii.payments.actions import SendPayments, send_payments
from cii.payments.actions_owed import NoteReceipt, note_receipt
from cii.payments.paper import invoice
from cii.payments.queries import open_payments
from cii.payments.queries_owed import owed_to
from cii.payments.rules import OwedSettled
from cii.payments.vocabulary import PaymentFormat, PaymentKind
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.settlement.actions import approve, check_statement, pay, submit
from cii.settlement.vocabulary import Presence
from tests.outcomes.build_outcomes import a_rewarding
from tests.payments.test_exchange import with_account
from tests.payments.test_iso20022 import a_way, entry, notice, read
from tests.payments.test_returns import as_desk, back
from tests.wages.build_wages import a_paying


def corrected(work):
    """A paid November of which a day turns out to have been missed without excuse; the desk."""
    desk = a_way(work)
    placement = desk.stage.started()
    desk.attest(placement)
    desk.paid()
    desk.attest(placement, d03=Presence.UNEXCUSED_ABSENCE)
    made = desk.prefill()
    submit(desk.provider, made.ref)
    check_statement(desk.checker, made.ref)
    approve(desk.approver, made.ref)
    pay(desk.payer, made.ref)
    return desk, made


def kinds(work, day):
    reconcile(work, day)
    return [row.kind.value for row in findings_list(work)]


def test_a_negative_statement_is_owed_back_from_its_release_and_settled_by_its_reference(work):
    desk, made = corrected(work)

    (owed,) = owed_to(desk.payer, open_only=True)
    read(desk.payer, notice(entry(owed.amount, "2026-12-03", reference=owed.reference, credit=True)))
    (after,) = owed_to(desk.payer)

    assert (owed.kind, str(owed.amount), owed.about_ref) == (PaymentKind.STATEMENT, "104.75", made.ref)
    assert owed.due_on == desk.payer.today + timedelta(days=30)
    assert (after.settled, str(after.left)) == (True, "0.00")
    assert owed_to(desk.payer, open_only=True) == []


def test_a_part_leaves_the_rest_owed_and_is_found_at_night(work):
    desk, _ = corrected(work)
    (owed,) = owed_to(desk.payer)

    read(desk.payer, notice(entry(Chf.parse("4.75"), "2026-12-03", reference=owed.reference, credit=True)))

    assert [str(one.left) for one in owed_to(desk.payer, open_only=True)] == ["100.00"]
    assert "incoming" in kinds(desk.payer, desk.payer.today)


def test_the_rest_is_noted_by_hand_once_and_not_before_its_day(work):
    desk, _ = corrected(work)
    (owed,) = owed_to(desk.payer)

    with pytest.raises(ReceiptInFuture):
        note_receipt(desk.payer, NoteReceipt(owed.ref, desk.payer.today + timedelta(days=1)))
    done = note_receipt(desk.payer, NoteReceipt(owed.ref, desk.payer.today))
    with pytest.raises(OwedSettled):
        note_receipt(desk.payer, NoteReceipt(owed.ref, desk.payer.today))

    assert done.settled
    assert kinds(desk.payer, desk.payer.today) == []


def test_whoever_does_not_pay_for_the_sector_neither_sees_nor_notes_it(work):
    desk, _ = corrected(work)
    (owed,) = owed_to(desk.payer)
    other = a_paying(work).finance

    assert owed_to(other) == []
    with pytest.raises(UnknownThing):
        note_receipt(other, NoteReceipt(owed.ref, other.today))
    with pytest.raises(NotAllowed):
        note_receipt(desk.provider, NoteReceipt(owed.ref, desk.payer.today))


def test_what_is_not_paid_back_in_time_is_a_finding_until_it_has_come_in(work):
    desk, _ = corrected(work)
    (owed,) = owed_to(desk.payer)

    on_time, late = desk.on(owed.due_on), desk.on(owed.due_on + timedelta(days=1))
    before = "late_reclaim" in kinds(on_time.payer, on_time.payer.today)
    after = "late_reclaim" in kinds(late.payer, late.payer.today)
    note_receipt(late.payer, NoteReceipt(owed.ref, late.payer.today))

    assert (before, after) == (False, True)
    assert "late_reclaim" not in kinds(late.payer, late.payer.today)


def test_its_invoice_names_the_rest_the_reason_and_the_reference(work):
    desk, made = corrected(work)
    (owed,) = owed_to(desk.payer)

    paper = invoice(desk.payer, owed.ref, "fr")
    said = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)

    assert "104.75" in said
    assert "Décompte rectificatif négatif" in said
    assert owed.reference in said.replace(" ", "")
    assert paper.name.endswith(f"{made.ref}.pdf")


def test_a_reversed_outcome_is_owed_back_only_if_the_money_had_left(work):
    town = a_rewarding(work)
    with_account(as_desk(town))
    never = town.paid()
    ask_outcome_reversal(town.finance, AskOutcomeReversal(never.ref, "Contrat fictif."))
    reverse_outcome(town.cashier, never.ref)
    kept = owed_to(town.cashier)
    made = town.paid()
    (waiting,) = open_payments(town.cashier)
    send_payments(town.cashier, SendPayments(Sector.AS, PaymentFormat.PAIN))
    key, day = f"{waiting.ref}-1", town.cashier.today.isoformat()
    read(town.cashier, notice(entry(waiting.amount, day, key=key)))
    ask_outcome_reversal(town.finance, AskOutcomeReversal(made.ref, "Contrat résilié."))
    reverse_outcome(town.cashier, made.ref)

    (owed,) = owed_to(town.cashier)
    read(town.cashier, notice(back(waiting.amount, day, key)))

    assert kept == []
    assert (owed.kind, owed.about_ref, owed.amount) == (PaymentKind.OUTCOME, made.ref, waiting.amount)
    assert owed_to(town.cashier) == []


def test_pay_beyond_what_was_due_is_owed_back(work):
    town = a_paying(work)
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay)
    town.paid()
    town.attend(stay, d9=Presence.UNEXCUSED_ABSENCE)
    town.paid()

    (owed,) = owed_to(town.cashier)

    assert (owed.kind, str(owed.amount), owed.about_ref) == (PaymentKind.WAGE, "58.10", grant.ref)
    assert owed.due_on > date(2026, 12, 22)
