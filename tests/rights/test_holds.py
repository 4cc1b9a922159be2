"""A hold keeps a person's data as it is, seen by the officers alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.rights.erasure import StillHeld, hindrances
from cii.rights.holds import (
    HoldEndsBefore,
    HoldOver,
    HoldReason,
    LiftHold,
    SetHold,
    held,
    hold_view,
    holds,
    lift_hold,
    set_hold,
)
from cii.rights.merging import MergeHeld, merge, unmerge
from cii.rights.rules_requests import NobodyKept
from cii.rights.vocabulary_erasing import ErasureGround, HoldBasis
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import a_unit
from tests.people.build_people import a_person
from tests.rights.build_erasing import officers

WHY = "Recours pendant au tribunal cantonal."


@pytest.fixture
def house(work):
    from cii.store.parameters import publish_parameters
    from tests.cases.build_cases import WORKFLOWS

    publish_parameters(work.session, WORKFLOWS / "parameters", work.now)
    return work


@pytest.fixture
def unit(house):
    return a_unit(house, None)


@pytest.fixture
def officer(house):
    return officers(house)[0]


def codes(act, *args) -> list[str]:
    with pytest.raises(Refusal) as no:
        act(*args)
    return [one.code for one in no.value.reasons]


def a_hold(hand, person, **more):
    return set_hold(hand, replace(SetHold(person.ref, HoldBasis.APPEAL, WHY), **more))


def test_a_hold_lasts_until_its_last_day_or_until_it_is_lifted(house, unit, officer):
    one, other = a_person(house, unit), a_person(house, unit)
    week = a_hold(officer, one, until=house.today + timedelta(days=7))
    open_ = a_hold(officer, other)
    after = replace(house, now=house.now + timedelta(days=8))

    assert held(house, [one.id, other.id]) == {one.id: week, other.id: open_}
    assert set(held(after, [one.id, other.id])) == {other.id}
    lift_hold(officer, LiftHold(open_.ref, "Jugement entré en force."))
    assert held(after, [one.id, other.id]) == {}
    assert [row.in_force for row in holds(officer).items] == [False, True]


def test_of_several_holds_the_longest_counts(house, unit, officer):
    person = a_person(house, unit)
    longest = a_hold(officer, person)
    a_hold(officer, person, until=house.today)

    assert held(house, [person.id]) == {person.id: longest}


def test_every_fault_of_a_hold_is_said_at_once(house, unit, officer):
    ask = SetHold("zzzzzzzzzz", HoldBasis.AUDIT, "court", house.today - timedelta(days=1))
    row = a_hold(officer, a_person(house, unit))
    lift_hold(officer, LiftHold(row.ref, "Jugement entré en force."))

    assert codes(set_hold, officer, ask) == [HoldReason.code, HoldEndsBefore.code, NobodyKept.code]
    assert codes(lift_hold, officer, LiftHold(row.ref, "")) == [HoldReason.code, HoldOver.code]
    with pytest.raises(UnknownThing):
        lift_hold(officer, LiftHold("zzzzzzzzzz", WHY))


def test_nobody_but_the_officer_sees_or_sets_a_hold(house, unit, officer):
    person = a_person(house, unit)
    row = a_hold(officer, person)
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR):
        hand = as_(house, an_actor(house, (unit, role)))
        for act, ask in ((a_hold, person), (holds, None), (hold_view, row.ref)):
            with pytest.raises(NotAllowed):
                act(hand, *([ask] if ask is not None else []))


def test_a_hold_stands_against_an_erasure_on_any_ground(house, unit, officer):
    person = a_person(house, unit)
    a_hold(officer, person)

    for ground in ErasureGround:
        assert StillHeld in {type(one) for one in hindrances(house, person.id, ground)}


def test_a_hold_follows_a_merged_person_and_keeps_both_together(house, unit, officer):
    one, other = a_person(house, unit), a_person(house, unit)
    house.session.execute(text(f"UPDATE person SET avs_hash = NULL, avs_sealed = NULL WHERE id = {one.id}"))
    house.session.expire_all()
    chief = as_(house, an_actor(house, (unit, Role.SUPERVISOR)))
    row = a_hold(officer, one)

    made = merge(chief, one.ref, other.ref, "La même personne.")

    assert set(held(house, [one.id, other.id])) == {other.id}
    assert MergeHeld.code in codes(unmerge, chief, made.ref, "Ce sont deux personnes.")
    lift_hold(officer, LiftHold(row.ref, "Jugement entré en force."))


def test_what_a_hold_said_is_not_changed(house, unit, officer):
    a_hold(officer, a_person(house, unit))

    for act in ("UPDATE legal_hold SET reason = 'x'", "DELETE FROM legal_hold"):
        with pytest.raises(DBAPIError, match="append-only"), house.session.begin_nested():
            house.session.execute(text(act))
