"""Load: cases led against the time released; tasks and cases for who has room, all or none."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from cii.cases.queries import case_by_ref
from cii.desk.loading import (
    HandCases,
    HandTasks,
    ReleaseShare,
    hand_cases,
    hand_tasks,
    led_unit,
    loads,
    release_share,
)
from cii.desk.rules import Load, NotOfYourUnit, PercentOutOfRange, by_room, proposed
from cii.kernel.errors import Refusals, UnknownThing
from cii.workflow.inbox import Tab, inbox
from tests.desk.build_desk import later, ref_of
from tests.desk.test_absence import net

__all__ = ["net"]


def a_share(work, net, who, percent, on=date(2026, 10, 1)):
    ask = ReleaseShare(net.units["AC"].ref, ref_of(work, net.hands[who]), percent, on)
    return release_share(net.hands["chief"], ask)


def carried(net, who):
    return next(
        one
        for one in loads(net.hands["chief"], net.units["AC"].id)
        if one.account_id == net.hands[who].actor.account_id
    )


def test_cases_led_are_counted_against_the_released_share(work, net):
    a_share(work, net, "colleague", 50)
    hand_cases(net.hands["chief"], HandCases((net.case.ref,), ref_of(work, net.hands["colleague"])))

    found = carried(net, "colleague")

    assert (found.cases, found.percent, found.per_position) == (1, 50, Fraction(2))
    assert case_by_ref(work, net.case.ref).lead_account_id == net.hands["colleague"].actor.account_id


def test_a_share_counts_from_its_day_and_a_correction_is_a_new_row(work, net):
    a_share(work, net, "colleague", 50)
    a_share(work, net, "colleague", 40)
    a_share(work, net, "colleague", 80, date(2026, 11, 1))

    assert carried(net, "colleague").percent == 40
    chief = later(net.hands["chief"], days=30)
    assert {one.percent for one in loads(chief, net.units["AC"].id)} == {80, 100}


def test_a_share_is_a_percentage_of_a_member(work, net):
    ask = ReleaseShare(net.units["AC"].ref, ref_of(work, net.hands["AI"]), 120, date(2026, 10, 1))

    with pytest.raises(Refusals) as no:
        release_share(net.hands["chief"], ask)

    assert {type(one) for one in no.value.reasons} == {NotOfYourUnit, PercentOutOfRange}


def test_only_the_supervisor_of_the_unit_sees_its_load(net):
    for who in ("AC", "AI"):
        with pytest.raises(UnknownThing):
            led_unit(net.hands[who], net.units["AC"].ref)


def test_the_supervisor_gives_several_tasks_at_once(work, net):
    refs = tuple(one.ref for one in inbox(net.hands["chief"], Tab.UNIT).items)

    count = hand_tasks(net.hands["chief"], HandTasks(refs, ref_of(work, net.hands["colleague"])))

    assert count == len(refs) >= 1
    assert {one.ref for one in inbox(net.hands["colleague"], Tab.MINE).items} == set(refs)


def test_one_foreign_task_refuses_the_whole_request(work, net):
    mine = inbox(net.hands["chief"], Tab.UNIT).items[0].ref
    for foreign in ("0000000000", inbox(net.hands["chief"], Tab.OTHERS).items[0].ref):
        ask = HandTasks((mine, foreign), ref_of(work, net.hands["colleague"]))

        with pytest.raises(UnknownThing):
            hand_tasks(net.hands["chief"], ask)

        assert inbox(net.hands["colleague"], Tab.MINE).items == []


def test_a_task_is_given_to_a_member_of_the_unit_only(work, net):
    mine = inbox(net.hands["chief"], Tab.UNIT).items[0].ref

    with pytest.raises(NotOfYourUnit):
        hand_tasks(net.hands["chief"], HandTasks((mine,), ref_of(work, net.hands["AI"])))


def test_who_does_not_supervise_gives_no_case(work, net):
    with pytest.raises(UnknownThing):
        hand_cases(net.hands["AC"], HandCases((net.case.ref,), ref_of(work, net.hands["colleague"])))


def test_who_has_most_room_is_proposed_and_nobody_absent_or_without_time():
    full = Load(1, "Anne", 8, 3, 0, 100)
    half = Load(2, "Béat", 5, 1, 0, 50)
    away = Load(3, "Carla", 0, 0, 0, 100, absent=True)
    none = Load(4, "Denis", 0, 0, 0, 0)

    assert [one.name for one in by_room([none, half, away, full])] == ["Anne", "Béat", "Carla", "Denis"]
    assert proposed([none, half, away, full]) is full
    assert proposed([none, away]) is None
    assert proposed([replace(full, cases=11), half]) is half
