from datetime import date

import pytest
from sqlalchemy import func, select

from cii.budgets.queries import positions
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.measures.actions import PublishRule, publish_rule
from cii.placements.actions import AssignPlacement, Share, assign
from cii.placements.board import capacity_board, occupancy
from cii.placements.days import take_days
from cii.placements.queries import events_of, placements_of, shares_of
from cii.placements.rules import (
    DoubleFinancing,
    EligibilityNeedsFacts,
    EligibilityUndecided,
    QuotaBelowTaken,
)
from cii.placements.tables import MeasureDay, Placement, PlacementEvent, PlacementShare, QuotaDay
from cii.placements.vocabulary import PlacementState
from tests.institutions.build_institutions import line_by_code
from tests.measures.build_measures import CONDITIONS
from tests.placements.build_placements import a_stage

DAY = date(2026, 11, 10)


def position(work, line):
    return next(one for one in positions(work, 2026) if one.line_id == line.id)


def codes(refused):
    return [one.code for one in refused.value.reasons]


def nothing_written(work):
    taken = work.session.scalar(select(func.coalesce(func.sum(MeasureDay.taken), 0)))
    quota = work.session.scalar(select(func.coalesce(func.sum(QuotaDay.taken), 0)))
    rows = [
        work.session.scalar(select(func.count()).select_from(one))
        for one in (Placement, PlacementShare, PlacementEvent)
    ]
    return (int(taken), int(quota), *rows) == (0, 0, 0, 0, 0)


def test_place_quota_and_commitment_are_taken_together(work):
    stage = a_stage(work)

    made = stage.placement()

    assert made.state is PlacementState.RESERVED
    assert made.reserved_until > work.now
    assert [share.committed for share in shares_of(work, made.id)] == [Chf.parse("2200.00")]
    assert position(work, stage.market.ac).committed == Chf.parse("2200.00")
    assert [(one.places, one.taken) for one in occupancy(work, DAY)] == [(10, 1)]
    assert [one.kind.value for one in events_of(work, made.id)] == ["requested", "reserved"]


def test_one_stay_of_two_payers_is_split_to_the_centime_and_uses_one_quota(work):
    stage = a_stage(work)

    made = stage.placement(
        None, (stage.market.ac, 60), (stage.market.social, 40), days=(DAY, date(2026, 12, 17))
    )

    parts = [share.committed for share in shares_of(work, made.id)]
    board = {line.line_id: line for line in capacity_board(work, DAY)[0].lines}
    assert Chf.total(parts) == Chf.parse("1571.43") + Chf.parse("1243.48")
    assert parts[0] == position(work, stage.market.ac).committed
    assert parts[1] == position(work, stage.market.social).committed
    assert (board[stage.market.ac.id].taken, board[stage.market.social.id].taken) == (1, 0)


def test_when_one_payer_cannot_bear_its_part_nothing_at_all_is_taken(work):
    stage = a_stage(work, social="879.99")

    with pytest.raises(Refusal) as refused:
        stage.placement(None, (stage.market.ac, 60), (stage.market.social, 40))

    assert codes(refused) == ["budget-exceeded"]
    assert refused.value.facts["asked"] == Chf.parse("880.00")
    assert refused.value.facts["available"] == Chf.parse("879.99")
    assert nothing_written(work)
    assert position(work, stage.market.ac).committed == Chf()


def test_every_reason_comes_at_once(work):
    stage = a_stage(work, ac="100.00", social="100.00")
    stage.room_for(0, ac=0, social=0)

    with pytest.raises(Refusal) as refused:
        stage.placement(None, (stage.market.ac, 60), (stage.market.social, 40))

    assert codes(refused) == ["measure-full", "line-quota-full", "budget-exceeded", "budget-exceeded"]
    assert refused.value.kind == "conflict"
    full = refused.value.reasons[0]
    assert (full.facts["days"], full.facts["day"]) == (30, date(2026, 11, 1))
    assert nothing_written(work)


def test_a_full_sector_is_told_which_line_could_give_a_place(work):
    stage = a_stage(work)
    stage.room_for(10, ac=1)
    stage.placement()

    with pytest.raises(Refusal) as refused:
        stage.placement(days=(date(2026, 11, 20), date(2026, 12, 5)))

    assert codes(refused) == ["line-quota-full"]
    facts = refused.value.facts
    assert (facts["days"], facts["day"], facts["transfer"]) == (
        11,
        date(2026, 11, 20),
        [stage.market.social.code],
    )
    assert facts["proposal"][0]["free"] == 4


def test_a_line_without_agreement_or_quota_is_named(work):
    stage = a_stage(work)
    other = line_by_code(work, "AI")

    with pytest.raises(Refusal) as refused:
        stage.placement(None, (other, 1))

    assert codes(refused) == ["line-has-no-quota", "no-agreement-in-force"]
    assert {one.facts["line"] for one in refused.value.reasons} == {"AI"}


def test_a_stay_past_the_end_of_the_agreement_is_refused_with_its_first_day(work):
    stage = a_stage(work)

    with pytest.raises(Refusal) as refused:
        stage.placement(days=(date(2026, 12, 1), date(2027, 1, 31)))

    assert codes(refused) == ["no-agreement-in-force"]
    assert refused.value.facts["day"] == date(2027, 1, 1)


def test_the_same_person_is_not_paid_twice_for_a_day(work):
    stage = a_stage(work)
    case = stage.case()
    stage.placement(case)

    with pytest.raises(DoubleFinancing) as refused:
        stage.placement(case, (stage.market.social, 1), days=(date(2026, 11, 30), date(2026, 12, 24)))

    assert refused.value.facts["first"] == refused.value.facts["last"] == date(2026, 11, 30)
    stage.placement(case, days=(date(2026, 12, 1), date(2026, 12, 24)))


def test_unmet_and_unknown_conditions_are_named(work):
    stage = a_stage(work)
    publish_rule(work, PublishRule(stage.measure.ref, CONDITIONS, work.today))

    with pytest.raises(Refusal) as unmet:
        stage.placement(facts={"age": 30, "percent": 40})
    with pytest.raises(Refusal) as unknown:
        stage.placement(facts={"age": 30})
    made = stage.placement(facts={"age": 30, "percent": 50, "debt": 1})

    assert codes(unmet) == ["not-eligible"]
    assert unmet.value.facts["failed"] == "percent >= 50"
    assert unknown.value.facts["missing"] == "percent"
    assert events_of(work, made.id)[0].facts["facts"] == {"age": 30, "percent": 50}
    assert made.rule_digest


def test_wishes_that_make_no_sense_are_refused_together(work):
    stage = a_stage(work)
    case = stage.case()
    nobody = AssignPlacement(case.ref, stage.measure.ref, date(2026, 11, 2), date(2026, 11, 1), ())
    long = AssignPlacement(
        case.ref, stage.measure.ref, date(2026, 11, 2), date(2030, 11, 1), (Share(stage.market.ac.ref, 0),)
    )
    early = stage.wish(case, days=(date(2024, 12, 1), date(2025, 2, 1)))
    foreign = stage.wish(case, line_ref=stage.market.social.ref)

    found = []
    for ask in (nobody, long, early, foreign):
        with pytest.raises(Refusal) as refused:
            assign(work, ask)
        found.append(codes(refused))

    assert found == [
        ["placement-payers-unfit", "placement-dates-upside-down"],
        ["placement-payers-unfit", "placement-too-long"],
        ["measure-not-running"],
        ["requesting-line-does-not-pay"],
    ]


def test_only_who_may_write_placements_of_the_case_places_the_person(work):
    stage = a_stage(work)
    case = stage.case()
    from cii.access.vocabulary import Role

    made = assign(stage.actor(stage.orp), stage.wish(case))
    with pytest.raises(UnknownThing):
        assign(stage.actor(stage.gsr), stage.wish(case))
    with pytest.raises(NotAllowed):
        assign(stage.actor(stage.orp, Role.FINANCE), stage.wish(case))

    assert made.requested_by_unit_id == stage.orp.id
    assert [row.ref for row in placements_of(stage.actor(stage.orp), case.id)] == [made.ref]
    assert placements_of(stage.actor(stage.gsr), case.id) == []


def test_fewer_places_than_are_taken_are_refused_and_the_past_stays(work):
    stage = a_stage(work)
    stage.placement()
    stage.placement()

    with pytest.raises(QuotaBelowTaken) as refused:
        stage.room_for(1)
    stage.room_for(2, ac=2)

    assert (refused.value.facts["taken"], refused.value.facts["day"]) == (2, date(2026, 11, 1))
    past = work.session.scalar(
        select(func.count())
        .select_from(MeasureDay)
        .where(MeasureDay.day < work.today, MeasureDay.places != 10)
    )
    assert past == 0
    assert [(one.places, one.taken) for one in occupancy(work, DAY)] == [(2, 2)]
    with pytest.raises(Refusal) as full:
        stage.placement()
    assert codes(full) == ["measure-full", "line-quota-full"]


def test_a_stay_over_new_year_binds_each_year_its_own_part(work):
    from cii.budgets.actions import grant_budget
    from tests.agreements.build_agreements import a_market

    stage = a_stage(work)
    market = a_market(work)
    market.agreement(market.ac, last_day=None)
    grant_budget(work, market.ac.id, 2027, Chf.parse("5000.00"))
    days = (date(2026, 12, 1), date(2027, 1, 31))

    made = assign(
        work,
        AssignPlacement(stage.case().ref, market.measure.ref, *days, (Share(market.ac.ref),)),
    )

    next_year = next(one for one in positions(work, 2027) if one.line_id == market.ac.id)
    assert [share.committed for share in shares_of(work, made.id)] == [Chf.parse("4400.00")]
    assert position(work, market.ac).committed == next_year.committed == Chf.parse("2200.00")


def test_a_full_day_is_taken_by_nobody_even_without_a_look_before(work):
    stage = a_stage(work)
    stage.room_for(1, ac=1)
    stage.placement()

    took = take_days(work, stage.measure.id, stage.market.ac.id, Period.through(DAY, date(2026, 12, 10)))

    assert not took


def test_a_table_that_cannot_answer_lets_nobody_in(work):
    stage = a_stage(work)
    publish_rule(work, PublishRule(stage.measure.ref, CONDITIONS, work.today))

    with pytest.raises(EligibilityUndecided) as undecided:
        stage.placement(facts={"age": "thirty", "percent": 50})
    with pytest.raises(EligibilityNeedsFacts):
        stage.placement(facts={})

    assert undecided.value.facts["fault"] == "fact-wrong-type"
