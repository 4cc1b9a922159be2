"""What exceeds the commitment is engaged by decision, as often as a statement needs it."""

from cii.budgets.queries import trial_balance
from cii.settlement.actions import (
    ReturnStatement,
    approve,
    check_statement,
    decide_further_engagement,
    pay,
    return_statement,
    submit,
)
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.settlement.build_settlement import a_desk

UNEXCUSED, PRESENT = Presence.UNEXCUSED_ABSENCE, Presence.PRESENT


def test_a_statement_sent_back_and_higher_again_needs_a_second_further_engagement(work: Work):
    desk = a_desk(work, ac="2200.00")
    placement = desk.stage.started()
    desk.attest(placement, d03=UNEXCUSED, d04=UNEXCUSED)
    desk.paid()

    desk.attest(placement, d03=PRESENT)
    correction = desk.prefill()
    submit(desk.provider, correction.ref)
    check_statement(desk.checker, correction.ref)
    first = decide_further_engagement(desk.approver, correction.ref)
    return_statement(desk.checker, ReturnStatement(correction.ref, "Le 4 novembre manque."))
    desk.attest(placement, d04=PRESENT)
    desk.prefill()
    submit(desk.provider, correction.ref)
    check_statement(desk.checker, correction.ref)
    second = decide_further_engagement(desk.approver, correction.ref)
    nothing = decide_further_engagement(desk.approver, correction.ref)
    approve(desk.approver, correction.ref)
    pay(desk.payer, correction.ref)

    assert [str(first), str(second), str(nothing)] == ["104.76", "104.76", "0.00"]
    assert desk.sums() == {"paid": "2200.00"}
    assert work.session.execute(trial_balance()).all() == []
