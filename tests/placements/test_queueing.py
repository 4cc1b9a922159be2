"""The waiting list in motion, and each wish that cannot be granted refused by its name."""

from datetime import date, timedelta

import pytest

from cii.access.vocabulary import Section
from cii.institutions.queries import institution_of
from cii.kernel.errors import Refusal
from cii.people.consenting import withdraw_consent
from cii.people.tables import Person
from cii.people.vocabulary import Purpose
from cii.placements.board import waiting_list
from cii.placements.life import AnswerPlace, answer_place, expire_holds
from cii.placements.queueing import pause_waiting, resume_waiting
from cii.placements.rules import NotWaiting
from cii.placements.tables import WaitingEntry
from cii.placements.vocabulary import RankEffect, RefusalReason, WaitingState
from cii.placements.waiting import JoinWaitingList, join_waiting_list, withdraw_waiting
from cii.store.work import Work
from tests.people.build_people import a_consent
from tests.placements.build_placements import NOVEMBER, a_stage


def waits(stage, case, on: date, **more):
    ask = JoinWaitingList(case.ref, stage.measure.ref, stage.market.ac.ref, *NOVEMBER, **more)
    return join_waiting_list(stage.on(on), ask)


def order(stage) -> list[tuple[int | None, str]]:
    return [(one.position, one.ref) for one in waiting_list(stage.work, stage.measure.id)]


def test_a_paused_entry_is_passed_over_and_comes_back_at_its_rank(work: Work):
    stage = a_stage(work)
    first, second = (waits(stage, stage.case(), date(2026, 9, day)) for day in (1, 2))

    pause_waiting(stage.on(date(2026, 9, 5)), first.ref)

    assert order(stage) == [(1, second.ref), (None, first.ref)]
    shown = waiting_list(work, stage.measure.id)[1]
    assert (shown.paused_on, shown.paused_by_unit_id) == (date(2026, 9, 5), first.requested_by_unit_id)
    resume_waiting(work, first.ref)
    assert order(stage) == [(1, first.ref), (2, second.ref)]
    withdraw_waiting(work, first.ref)
    with pytest.raises(NotWaiting):
        pause_waiting(work, first.ref)


@pytest.mark.parametrize(
    ("reason", "effect", "rank"),
    [
        (RefusalReason.NO_SUPERVISION, RankEffect.KEPT, 1),
        (RefusalReason.PERSON_PREVENTED, RankEffect.KEPT, 1),
        (RefusalReason.PERSON_DECLINED, RankEffect.LOST, 2),
        (RefusalReason.NOT_SUITED, RankEffect.LEAVES, None),
    ],
)
def test_a_refused_place_leaves_the_rank_that_the_parameter_of_its_reason_says(
    work: Work, reason, effect, rank
):
    stage = a_stage(work)
    case = stage.case()
    mine = waits(stage, case, date(2026, 9, 1))
    other = waits(stage, stage.case(), date(2026, 9, 2))
    made = stage.placement(case)
    assert (mine.state, mine.placement_id) == (WaitingState.PLACED, made.id)

    answer_place(work, AnswerPlace(made.ref, accept=False, reason=reason))

    assert (mine.rank_effect, mine.declined_reason) == (effect, reason)
    assert dict(map(reversed, order(stage))).get(mine.ref) == rank
    assert other.ref in dict(map(reversed, order(stage)))


def test_a_hold_that_runs_out_puts_the_person_back_at_their_rank(work: Work):
    stage = a_stage(work)
    case = stage.case()
    mine = waits(stage, case, date(2026, 9, 1))
    made = stage.placement(case)

    expire_holds(stage.on(made.reserved_until.date() + timedelta(days=1)))

    assert (mine.state, mine.rank_effect) == (WaitingState.WAITING, RankEffect.KEPT)
    assert mine.waiting_since == date(2026, 9, 1)


def test_an_accepted_place_releases_the_other_waits_of_its_days_and_no_others(work: Work):
    stage = a_stage(work)
    case = stage.case()
    made = stage.placement(case)
    same = waits(stage, case, date(2026, 9, 1))
    later = WaitingEntry(
        **{
            **same.model_dump(exclude={"id", "ref"}),
            "starts_on": date(2027, 2, 1),
            "ends_on": date(2027, 3, 31),
        }
    )
    work.session.add(later)
    work.session.flush()

    answer_place(work, AnswerPlace(made.ref, accept=True))

    assert (same.state, same.placement_id) == (WaitingState.RELEASED, made.id)
    assert later.state is WaitingState.WAITING


def test_who_took_back_their_consent_gets_no_place_until_they_consent_again(work: Work):
    stage = a_stage(work)
    case = stage.case()
    person = work.session.get(Person, case.person_id)
    about = {"purpose": Purpose.PLACEMENT, "sections": Section.PLACEMENT}
    given = a_consent(work, person, stage.orp, institution_of(work, stage.gsr.id), **about)
    withdraw_consent(work, given.ref)

    with pytest.raises(Refusal) as no:
        stage.placement(case)
    assert [one.code for one in no.value.reasons] == ["placement-consent-withdrawn"]
    a_consent(work, person, stage.orp, institution_of(work, stage.gsr.id), **about)
    assert stage.placement(case).case_id == case.id
