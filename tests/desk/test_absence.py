"""Substitution: from a day to a day, within the unit, never more rights than the substitute has."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cii.cases.actions import leave
from cii.cases.vocabulary import PartyRole
from cii.desk.rules import (
    AbsentIsSubstitute,
    NotOfYourUnit,
    NotStandingIn,
    SubstitutionDates,
    SubstitutionMeets,
    SubstitutionOver,
)
from cii.desk.substituting import (
    AgreeSubstitution,
    TakeForAbsent,
    acted_in_place,
    agree_substitution,
    revoke_substitution,
    standing_in_today,
    substitutions,
    take_for_absent,
    tasks_in_place,
)
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.store.settings import HOUSE
from cii.workflow.actions import assign_task, publish, start
from cii.workflow.inbox import Tab, inbox
from tests.desk.build_desk import a_desk, later, ref_of

FIRST, LAST = date(2026, 10, 15), date(2026, 10, 30)


@pytest.fixture
def net(work):
    made = a_desk(work)
    publish(work, HOUSE / "workflows")
    units = {key: (one.id,) for key, one in made.units.items()}
    start(
        work, "reseau-cii", subject="case", subject_id=made.case.id, subject_ref=made.case.ref,
        person_id=made.case.person_id, facts={},
        roles={"lead": units["AC"], "announcing": units["AC"], "AC": units["AC"], "AI": units["AI"],
               "AS": units["AS"], "physician": units["physician"], "coordination": units["stranger"]},
    )  # fmt: skip
    return made


def asked(work, net, **more):
    usual = AgreeSubstitution(
        net.units["AC"].ref, ref_of(work, net.hands["AC"]), ref_of(work, net.hands["colleague"]), FIRST, LAST
    )
    return replace(usual, **more)


def a_task(net):
    """A task of the unit that the absent member has taken."""
    task = inbox(net.hands["AC"], Tab.UNIT).items[0]
    assign_task(net.hands["AC"], task.ref, net.hands["AC"].actor.account_id)
    return task.ref


def in_place(hand):
    standing = standing_in_today(hand)
    return [one.ref for one in inbox(hand, Tab.UNIT, more=tasks_in_place(hand, standing)).items]


def test_the_substitute_sees_the_tasks_of_the_absent_while_it_lasts(work, net):
    task = a_task(net)
    agree_substitution(net.hands["AC"], asked(work, net))

    assert in_place(net.hands["colleague"]) == [task]
    assert in_place(later(net.hands["colleague"], days=16)) == []
    assert in_place(net.hands["chief"]) == []


def test_a_task_taken_in_the_place_of_the_absent_says_so_in_the_case(work, net):
    task = a_task(net)
    agree_substitution(net.hands["AC"], asked(work, net))

    take_for_absent(net.hands["colleague"], TakeForAbsent((task,)))

    (acts,) = acted_in_place(net.hands["AC"], net.case.id)
    assert (acts.account_id, acts.absent) == (
        net.hands["colleague"].actor.account_id,
        net.hands["AC"].actor.name,
    )
    assert acts.until.date() == LAST
    assert [one.ref for one in inbox(net.hands["colleague"], Tab.MINE).items] == [task]


def test_nobody_takes_in_the_place_of_somebody_for_whom_they_do_not_stand_in(work, net):
    task = a_task(net)

    with pytest.raises(NotStandingIn):
        take_for_absent(net.hands["colleague"], TakeForAbsent((task,)))
    with pytest.raises(UnknownThing):
        take_for_absent(net.hands["AI"], TakeForAbsent((task,)))


def test_a_substitute_to_whom_the_case_is_closed_sees_none_of_its_tasks(work, net):
    task = a_task(net)
    agree_substitution(net.hands["AC"], asked(work, net))
    for role in (PartyRole.LEAD, PartyRole.AC):
        leave(work, net.case, net.units["AC"].id, role)

    assert in_place(net.hands["colleague"]) == []
    with pytest.raises(UnknownThing):
        take_for_absent(net.hands["colleague"], TakeForAbsent((task,)))


def test_all_faults_of_an_agreement_are_told_at_once(work, net):
    me = ref_of(work, net.hands["AC"])
    with pytest.raises(Refusals) as no:
        agree_substitution(
            net.hands["AC"], asked(work, net, substitute_ref=me, last_day=FIRST - timedelta(days=1))
        )

    assert {type(one) for one in no.value.reasons} == {AbsentIsSubstitute, SubstitutionDates}


def test_the_substitute_is_of_the_same_unit(work, net):
    with pytest.raises(NotOfYourUnit):
        agree_substitution(net.hands["AC"], asked(work, net, substitute_ref=ref_of(work, net.hands["AI"])))
    with pytest.raises(UnknownThing):
        agree_substitution(net.hands["AI"], asked(work, net))


def test_only_the_member_or_the_supervisor_agrees_for_an_absence(work, net):
    with pytest.raises(NotAllowed):
        agree_substitution(net.hands["colleague"], asked(work, net))

    agree_substitution(net.hands["chief"], asked(work, net))

    assert len(substitutions(net.hands["chief"])) == 1


def test_of_two_substitutions_on_the_same_day_one_holds(work, net):
    agree_substitution(net.hands["AC"], asked(work, net))

    with pytest.raises(SubstitutionMeets):
        agree_substitution(
            net.hands["AC"], asked(work, net, first_day=LAST, last_day=LAST + timedelta(days=9))
        )


def test_a_revoked_substitution_ends_at_once_and_makes_room(work, net):
    row = agree_substitution(net.hands["AC"], asked(work, net))
    revoke_substitution(net.hands["AC"], row.ref)

    assert standing_in_today(net.hands["colleague"]) == []
    with pytest.raises(SubstitutionOver):
        revoke_substitution(net.hands["AC"], row.ref)
    agree_substitution(net.hands["AC"], asked(work, net))


def test_a_substitution_is_ended_by_the_absent_or_the_supervisor_only(work, net):
    row = agree_substitution(net.hands["AC"], asked(work, net))

    for who in ("colleague", "AI"):
        with pytest.raises(UnknownThing):
            revoke_substitution(net.hands[who], row.ref)
