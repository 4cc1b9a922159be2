"""A break taken back or shortened: its money is bound again, nothing is overwritten, and only once."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.budgets.actions import grant_budget
from cii.budgets.rules import BudgetExceeded
from cii.kernel.errors import NotAllowed, Refusals
from cii.kernel.money import Chf
from cii.placements.breaks import InterruptStay, interrupt_stay
from cii.placements.life import EndPlacement, end_placement
from cii.placements.queries import breaks_of, shares_of
from cii.placements.resuming import ResumeStay, breaks_shown, resume_stay
from cii.placements.rules import BreakNotShortened, BreakUnknown, StayNotRunning
from cii.placements.vocabulary import ExitType
from cii.store.work import Work
from tests.placements.build_placements import a_stage

NINTH, THIRTEENTH = date(2026, 11, 9), date(2026, 11, 13)


def bound(work: Work, placement) -> str:
    work.session.expire_all()
    return str(Chf.total(share.committed for share in shares_of(work, placement.id)))


@pytest.fixture
def interrupted(work: Work):
    """A stay interrupted for a week of five days, with its stage, on the 2nd of November."""
    stage = a_stage(work)
    placement = stage.started()
    today = stage.on(date(2026, 11, 2))
    interrupt_stay(today, InterruptStay(placement.ref, NINTH, THIRTEENTH))
    return stage, placement, today


def test_a_break_taken_back_binds_its_days_again_and_stays_on_record(interrupted, work: Work):
    _, placement, today = interrupted
    assert bound(work, placement) == "1676.19"

    resume_stay(today, ResumeStay(placement.ref, NINTH))

    assert bound(work, placement) == "2200.00"
    assert breaks_of(work, [placement.id]) == {}
    (gone,) = breaks_shown(work, placement.id)
    assert (gone.withdrawn_at, gone.replaced) == (today.now, False)


def test_a_shortened_break_keeps_its_first_days_and_another_may_follow(interrupted, work: Work):
    _, placement, today = interrupted

    resume_stay(today, ResumeStay(placement.ref, NINTH, date(2026, 11, 10)))

    assert bound(work, placement) == "1990.48"  # 19 of 21 days
    assert [one.replaced for one in breaks_shown(work, placement.id)] == [True, False]
    interrupt_stay(today, InterruptStay(placement.ref, THIRTEENTH, THIRTEENTH))
    assert [len(one) for one in breaks_of(work, [placement.id])[placement.id]] == [2, 1]


def test_both_payers_of_a_key_bind_again_or_neither_does(work: Work):
    stage = a_stage(work, ac="1100.00", social="1100.00")
    market = stage.market
    placement = stage.started(None, (market.ac, 1), (market.social, 1))
    today = stage.on(date(2026, 11, 2))
    interrupt_stay(today, InterruptStay(placement.ref, NINTH, THIRTEENTH))
    for line in (market.ac, market.social):
        grant_budget(work, line.id, 2026, Chf.parse("-200.00"))

    with pytest.raises(Refusals) as no, work.session.begin_nested():
        resume_stay(today, ResumeStay(placement.ref, NINTH))

    assert [type(one) for one in no.value.reasons] == [BudgetExceeded, BudgetExceeded]
    assert bound(work, placement) == "1676.19"
    grant_budget(work, market.ac.id, 2026, Chf.parse("200.00"))
    grant_budget(work, market.social.id, 2026, Chf.parse("200.00"))
    resume_stay(today, ResumeStay(placement.ref, NINTH))
    assert bound(work, placement) == "2200.00"


def test_a_break_is_taken_back_once_and_never_made_longer(interrupted):
    _, placement, today = interrupted

    with pytest.raises(BreakUnknown):
        resume_stay(today, ResumeStay(placement.ref, THIRTEENTH))
    for last in (date(2026, 11, 6), THIRTEENTH, date(2026, 11, 20)):
        with pytest.raises(BreakNotShortened):
            resume_stay(today, ResumeStay(placement.ref, NINTH, last))
    resume_stay(today, ResumeStay(placement.ref, NINTH))
    with pytest.raises(BreakUnknown):
        resume_stay(today, ResumeStay(placement.ref, NINTH))


def test_a_break_is_taken_back_after_the_exit_too_but_not_of_a_stay_that_never_began(interrupted, work: Work):
    stage, placement, _ = interrupted
    end_placement(
        stage.on(date(2026, 11, 20)), EndPlacement(placement.ref, date(2026, 11, 20), ExitType.ABORTED)
    )
    assert bound(work, placement) == "1047.62"  # 10 of 21 days

    resume_stay(stage.on(date(2026, 11, 24)), ResumeStay(placement.ref, NINTH))

    assert bound(work, placement) == "1571.43"  # 15 of 21 days
    with pytest.raises(StayNotRunning):
        resume_stay(work, ResumeStay(stage.placement().ref, NINTH))


def test_the_provider_takes_no_break_back_it_would_bind_money_of_others(interrupted):
    stage, placement, _ = interrupted
    provider = stage.actor(stage.provider_unit, Role.PROVIDER)

    with pytest.raises(NotAllowed):
        resume_stay(provider, ResumeStay(placement.ref, NINTH))


ATTACKS = (
    "UPDATE placement_break SET withdrawn_at = NULL, withdrawn_by = NULL",
    "UPDATE placement_break SET withdrawn_at = recorded_at",
    "UPDATE placement_break SET withdrawn_at = recorded_at, ends_on = '2026-11-10'",
)


def test_the_database_keeps_when_a_break_was_taken_back(interrupted, work: Work):
    _, placement, today = interrupted
    resume_stay(today, ResumeStay(placement.ref, NINTH))

    for attack in ATTACKS:
        with pytest.raises(DBAPIError), work.session.begin_nested():
            work.session.execute(text(attack))
