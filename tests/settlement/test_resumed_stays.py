"""A break taken back: what attested days earn again, before the month is settled and long after."""

from datetime import date

from cii.agreements.rules_recount import recompute
from cii.placements.breaks import InterruptStay
from cii.placements.queries import shares_of
from cii.placements.resuming import ResumeStay
from cii.settlement.actions import approve, check_statement, decide_further_engagement, pay, submit
from cii.settlement.actions_breaks import interrupt, resume
from cii.settlement.corrections import correction_proposals
from cii.settlement.queries import lines_of
from cii.settlement.vocabulary import CorrectionCause
from cii.store.work import Work
from tests.settlement.build_settlement import a_desk

NINTH, THIRTEENTH = date(2026, 11, 9), date(2026, 11, 13)


def test_attested_days_of_a_break_count_again_when_it_is_taken_back(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    interrupt(desk.stage.on(date(2026, 11, 30)), InterruptStay(placement.ref, NINTH, THIRTEENTH))
    assert desk.sums() == {"accrued": "1676.19"}

    resume(desk.stage.on(date(2026, 11, 30)), ResumeStay(placement.ref, NINTH))

    assert desk.sums() == {"accrued": "2200.00"}
    assert str(desk.prefill().total) == "2200.00"


def test_a_month_released_with_a_break_is_corrected_when_the_break_is_taken_back_later(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    interrupt(desk.stage.on(date(2026, 11, 2)), InterruptStay(placement.ref, NINTH, THIRTEENTH))
    desk.attest(placement)
    assert str(desk.paid().total) == "1676.19"
    later = desk.on(date(2026, 12, 10))

    resume(later.stage.on(date(2026, 12, 10)), ResumeStay(placement.ref, NINTH, date(2026, 11, 11)))
    later.attest(placement)

    (proposal,) = correction_proposals(later.checker)
    assert (str(proposal.difference), proposal.places[0].causes) == ("209.52", (CorrectionCause.STAY,))
    assert desk.sums() == {"paid": "1676.19"}
    draft = later.prefill()
    submit(later.provider, draft.ref)
    check_statement(later.checker, draft.ref)
    assert str(decide_further_engagement(later.approver, draft.ref)) == "209.52"
    approve(later.approver, draft.ref)
    pay(later.payer, draft.ref)
    assert desk.sums() == {"paid": "1885.71"}
    assert correction_proposals(later.checker) == []


def test_a_break_recorded_and_taken_back_after_the_release_leaves_the_month_as_it_was(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    desk.paid()
    later = desk.on(date(2026, 12, 10))
    interrupt(later.stage.on(date(2026, 12, 9)), InterruptStay(placement.ref, NINTH, THIRTEENTH))
    assert str(correction_proposals(later.checker)[0].difference) == "-523.81"

    resume(later.stage.on(date(2026, 12, 10)), ResumeStay(placement.ref, NINTH))

    assert correction_proposals(later.checker) == []
    assert desk.sums() == {"paid": "2200.00"}


def test_days_credited_for_a_break_are_earned_and_paid_again_when_it_is_taken_back(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    desk.paid()
    later = desk.on(date(2026, 12, 10))
    interrupt(later.stage.on(date(2026, 12, 9)), InterruptStay(placement.ref, NINTH, THIRTEENTH))
    assert str(later.paid().total) == "-523.81"

    resume(later.stage.on(date(2026, 12, 11)), ResumeStay(placement.ref, NINTH))
    again = desk.on(date(2026, 12, 12)).paid()

    (line,) = lines_of(work, again.id)
    assert (str(line.amount), recompute(line.explanation)) == ("523.81", line.amount)
    assert desk.sums() == {"paid": "2200.00"}
    assert [str(share.committed) for share in shares_of(work, placement.id)] == ["2200.00"]
