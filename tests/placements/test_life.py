from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cii.access.queries import sections_on_person
from cii.access.vocabulary import Role, Section
from cii.budgets.queries import positions
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import IllegalMove
from cii.kernel.period import Period
from cii.notices.tables import Notice
from cii.placements.actions import assign
from cii.placements.board import capacity_board, occupancy, waiting_list
from cii.placements.life import (
    AnswerPlace,
    CancelPlacement,
    EndPlacement,
    StartPlacement,
    answer_place,
    cancel_placement,
    end_placement,
    expire_holds,
    start_placement,
)
from cii.placements.queries import (
    events_of,
    moves_for,
    participants,
    placement_by_ref,
    placements_list,
    shares_in,
    shares_of,
)
from cii.placements.rules import AlreadyWaiting, NotYet, RefusalNeedsReason, UrgencyUnknown
from cii.placements.settled import release_unused
from cii.placements.vocabulary import (
    ContractType,
    ExitType,
    PlacementMove,
    PlacementState,
    RefusalReason,
)
from cii.placements.waiting import JoinWaitingList, join_waiting_list, withdraw_waiting
from tests.placements.build_placements import NOVEMBER, a_stage

DAY = date(2026, 11, 10)


def committed(stage):
    return next(one.committed for one in positions(stage.work, 2026) if one.line_id == stage.market.ac.id)


def taken(stage, day=DAY):
    return occupancy(stage.work, day)[0].taken


def provider(stage):
    return stage.actor(stage.provider_unit, Role.PROVIDER)


def test_a_refusal_of_the_provider_frees_place_money_and_sight(work):
    stage = a_stage(work)
    made = stage.placement()
    theirs = provider(stage)

    with pytest.raises(RefusalNeedsReason), work.session.begin_nested():
        answer_place(theirs, AnswerPlace(made.ref, accept=False))
    answer_place(theirs, AnswerPlace(made.ref, accept=False, reason=RefusalReason.NOT_SUITED))

    assert made.state is PlacementState.REFUSED
    assert (taken(stage), committed(stage)) == (0, Chf())
    assert capacity_board(work, DAY)[0].lines[0].free == 6
    assert sections_on_person(theirs, made.person_id) == (Section(0), Section(0))
    with pytest.raises(UnknownThing):
        placement_by_ref(theirs, made.ref)


def test_the_provider_sees_its_participant_and_functional_limits_only_with_a_basis(work):
    stage = a_stage(work)
    plain = stage.placement()
    based = stage.placement(functional_basis="consent")

    theirs = provider(stage)

    assert sections_on_person(theirs, plain.person_id)[0] == Section.IDENTITY | Section.PLACEMENT
    assert Section.FUNCTIONAL in sections_on_person(theirs, based.person_id)[0]
    rows = participants(theirs, Period.through(*NOVEMBER))
    assert [row.ref for row in rows] == [plain.ref, based.ref]
    assert theirs.seen[-1].ids == tuple(sorted({plain.person_id, based.person_id}))


def test_another_provider_sees_nothing(work):
    from tests.agreements.build_agreements import a_provider

    stage = a_stage(work)
    made = stage.placement()
    other = stage.actor(work.session.get(type(stage.orp), a_provider(work).unit_id), Role.PROVIDER)

    assert participants(other, Period.through(*NOVEMBER)) == []
    with pytest.raises(UnknownThing):
        answer_place(other, AnswerPlace(made.ref, accept=True))


def test_the_provider_answers_and_the_institution_calls_off(work):
    stage = a_stage(work)
    made = stage.placement()
    ours, theirs = stage.actor(stage.orp), provider(stage)

    assert moves_for(ours, made) == (PlacementMove.CANCEL,)
    assert moves_for(theirs, made) == (PlacementMove.ACCEPT, PlacementMove.REFUSE)
    with pytest.raises(NotAllowed):
        answer_place(ours, AnswerPlace(made.ref, accept=True))
    with pytest.raises(NotAllowed):
        cancel_placement(theirs, CancelPlacement(made.ref, "non"))
    cancel_placement(ours, CancelPlacement(made.ref, "la personne a trouvé un emploi"))
    assert (made.state, taken(stage), committed(stage)) == (PlacementState.CANCELLED, 0, Chf())


def test_an_early_end_frees_the_days_and_the_money_after_it(work):
    stage = a_stage(work)
    made = stage.started()

    end_placement(stage.on(DAY), EndPlacement(made.ref, DAY, ExitType.EMPLOYMENT, ContractType.OPEN_ENDED))

    assert (made.state, made.ends_on, made.planned_end) == (PlacementState.ENDED, DAY, NOVEMBER[1])
    assert (taken(stage, DAY), taken(stage, DAY + timedelta(days=1))) == (1, 0)
    assert committed(stage) == Chf.parse("733.33"), "7 of 21 weekdays of November"
    assert [share.committed for share in shares_of(work, made.id)] == [Chf.parse("733.33")]
    ended = events_of(work, made.id)[-1]
    assert (ended.effective_on, ended.facts["released"], ended.facts["early"]) == (DAY, 146_667, True)


def test_a_month_begun_is_due_when_the_agreement_says_so(work):
    from cii.agreements.vocabulary import Basis
    from cii.budgets.actions import grant_budget
    from cii.placements.actions import AssignPlacement, Share
    from tests.agreements.build_agreements import a_market

    stage = a_stage(work)
    market = a_market(work)
    market.agreement(market.ac, basis=Basis.CALENDAR_DAYS, month_begun=True)
    grant_budget(work, market.ac.id, 2026, Chf.parse("1.00"))
    made = assign(
        work, AssignPlacement(stage.case().ref, market.measure.ref, *NOVEMBER, (Share(market.ac.ref),))
    )
    answer_place(work, AnswerPlace(made.ref, accept=True))
    start_placement(stage.on(NOVEMBER[0]), StartPlacement(made.ref, NOVEMBER[0]))

    end_placement(stage.on(DAY), EndPlacement(made.ref, DAY, ExitType.NO_SOLUTION))

    assert committed(stage) == Chf.parse("2200.00")


def test_a_month_that_gave_back_its_rest_already_does_not_keep_the_end_from_giving_back(work):
    stage = a_stage(work)
    made = stage.started(days=(NOVEMBER[0], date(2026, 12, 31)))
    share = shares_of(work, made.id)[0]
    release_unused(work, share.id, DAY, Chf.parse("1000.00"), "november")

    end_placement(stage.on(date(2026, 11, 30)), EndPlacement(made.ref, date(2026, 11, 30), ExitType.TRAINING))

    assert committed(stage) == share.committed == Chf.parse("1200.00"), "2'200 of November less 1'000"


def test_an_exit_is_checked_in_full_before_it_is_written(work):
    stage = a_stage(work)
    made = stage.started()

    with pytest.raises(Refusal) as refused:
        end_placement(stage.on(DAY), EndPlacement(made.ref, date(2026, 12, 24), ExitType.EMPLOYMENT))

    assert [one.code for one in refused.value.reasons] == [
        "outside-the-placement", "not-yet", "exit-without-contract",
    ]  # fmt: skip


def test_what_lies_ahead_cannot_have_started_and_what_is_over_cannot_start_again(work):
    stage = a_stage(work)
    made = stage.placement()
    with pytest.raises(IllegalMove) as early:
        start_placement(work, StartPlacement(made.ref, NOVEMBER[0]))
    answer_place(work, AnswerPlace(made.ref, accept=True))

    with pytest.raises(NotYet), work.session.begin_nested():
        start_placement(work, StartPlacement(made.ref, NOVEMBER[0]))

    assert "accept" in early.value.facts["open"]


def test_the_provider_completes_its_attendance_for_a_while_after_the_exit(work):
    stage = a_stage(work)
    made = stage.started()
    end_placement(stage.on(NOVEMBER[1]), EndPlacement(made.ref, NOVEMBER[1], ExitType.TRAINING))
    theirs = provider(stage)

    during = replace(theirs, now=stage.on(date(2027, 1, 31)).now)
    after = replace(theirs, now=stage.on(date(2027, 2, 1)).now)

    assert [row.ref for row in participants(during, Period.through(*NOVEMBER))] == [made.ref]
    assert participants(after, Period.through(*NOVEMBER)) == []


def test_a_reservation_runs_out_and_frees_everything_once(work):
    stage = a_stage(work)
    made, kept = stage.placement(), stage.placement()
    answer_place(work, AnswerPlace(kept.ref, accept=True))
    last = made.reserved_until

    early = expire_holds(replace(work, now=last - timedelta(seconds=1)))
    first = expire_holds(replace(work, now=last))
    again = expire_holds(replace(work, now=last))

    assert [one.ref for one in early + first + again] == [made.ref]
    assert made.state is PlacementState.EXPIRED
    assert (taken(stage), committed(stage)) == (1, Chf.parse("2200.00"))


def test_who_waits_stands_in_one_order_and_others_see_the_position_only(work):
    stage = a_stage(work)
    ours = stage.case()
    usual = JoinWaitingList(ours.ref, stage.measure.ref, stage.market.ac.ref, *NOVEMBER)
    mine = join_waiting_list(work, usual)
    join_waiting_list(work, replace(usual, case_ref=stage.case(stage.gsr).ref, urgency=1))

    seen = waiting_list(stage.actor(stage.orp), stage.measure.id)

    assert [(row.position, row.ref, row.case_id) for row in seen] == [
        (1, "", None),
        (2, mine.ref, ours.id),
    ]
    assert capacity_board(work, DAY) == [], "no day is opened before the first wish"
    with pytest.raises(AlreadyWaiting):
        join_waiting_list(work, usual)
    with pytest.raises(UrgencyUnknown):
        join_waiting_list(work, replace(usual, case_ref=stage.case().ref, urgency=4))
    with pytest.raises(UnknownThing):
        withdraw_waiting(stage.actor(stage.gsr), mine.ref)


def test_a_place_ends_the_waiting(work):
    stage = a_stage(work)
    case = stage.case()
    join_waiting_list(work, JoinWaitingList(case.ref, stage.measure.ref, stage.market.ac.ref, *NOVEMBER))

    stage.placement(case)

    assert waiting_list(work, stage.measure.id) == []
    assert capacity_board(work, DAY)[0].waiting == 0


def test_finance_sees_the_placements_that_its_line_pays(work):
    from cii.institutions.queries import institution_of, units

    stage = a_stage(work)
    made = stage.placement(None, (stage.market.ac, 60), (stage.market.social, 40))
    only_ac = stage.placement()
    fund = next(
        one for one in units(work) if institution_of(work, one.id).id == stage.market.social.institution_id
    )

    theirs = stage.actor(fund, Role.FINANCE)

    assert [row.ref for row in placements_list(theirs)] == [made.ref]
    assert only_ac.ref not in {row.ref for row in placements_list(stage.actor(stage.gsr))}


def test_shares_of_a_period_are_one_row_per_payer(work):
    stage = a_stage(work)
    made = stage.placement(None, (stage.market.ac, 60), (stage.market.social, 40))
    refused = stage.placement()
    answer_place(work, AnswerPlace(refused.ref, accept=False, reason=RefusalReason.OTHER))

    rows = work.session.execute(shares_in(Period.through(*NOVEMBER)).order_by("share_id")).all()

    assert [(row.placement_ref, row.line_id, row.weight) for row in rows] == [
        (made.ref, stage.market.ac.id, 60),
        (made.ref, stage.market.social.id, 40),
    ]
    assert Chf.total(row.committed for row in rows) == Chf.parse("2200.00")
    assert work.session.execute(shares_in(Period.through(date(2026, 12, 1), date(2026, 12, 31)))).all() == []


def test_the_provider_is_told_of_a_wish_and_the_institution_of_the_answer(work):
    stage = a_stage(work)
    ours, theirs = stage.actor(stage.orp), provider(stage)
    made = assign(ours, stage.wish())

    answer_place(theirs, AnswerPlace(made.ref, accept=True))

    told = work.session.scalars(
        select(Notice).where(Notice.subject_ref == made.ref).order_by(Notice.id)
    ).all()
    assert [(one.kind, one.unit_id, one.account_id) for one in told] == [
        ("placement-reserved", stage.provider_unit.id, None),
        ("placement-accepted", None, ours.actor.account_id),
    ]
    assert set(told[0].facts) == {"measure", "first", "until"}, "no personal text"
