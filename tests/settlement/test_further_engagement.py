"""What changes once a statement is checked: it is outdated, or needs a further engagement, also twice."""

import pytest

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
from cii.settlement.rules import StatementOutdated
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


def test_attendance_told_anew_after_the_check_keeps_the_statement_from_being_approved(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    statement = desk.prefill()
    submit(desk.provider, statement.ref)
    check_statement(desk.checker, statement.ref)

    desk.attest(placement, d03=UNEXCUSED)

    with pytest.raises(StatementOutdated) as no:
        approve(desk.approver, statement.ref)
    assert {name: str(sum_) for name, sum_ in no.value.facts.items()} == {
        "stated": "2200.00",
        "now": "2095.24",
    }
