"""Who sits in the coordination group and in the GP CII, on both engines."""

import itertools
from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, IntegrityError

from cii.access.vocabulary import Role
from cii.coordination.actions import NamePresidency, name_presidency
from cii.coordination.actions_members import AppointMember, EndMember, appoint_member, end_member
from cii.coordination.members import members, members_ever
from cii.coordination.rules import PERMANENT, NobodySeated, NotPermanent
from cii.coordination.rules_members import (
    TURN,
    AlwaysPermanent,
    GuestUnknown,
    InstitutionMissing,
    SeatedElsewhere,
    SeatEnded,
    SeatTaken,
    SeatTooShort,
    SteeringAppoints,
    overlapping,
    seat_of,
    standing_faults,
    turn_ahead,
)
from cii.coordination.tables_members import BodyMember
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, UnknownThing
from tests.access.build_access import an_account
from tests.agreements.build_agreements import acting, an_actor
from tests.coordination.build_coordination import the_group, the_steering
from tests.institutions.build_institutions import the_canton

GROUP, STEERING = Body.COORDINATION, Body.STEERING
P, INVITED, G = Standing.PERMANENT, Standing.INVITED, Standing.GUEST
SINCE = date(2026, 1, 1)


@pytest.fixture
def canton(work):
    the_canton(work)
    return work


def seat(work, institution, standing=P, *, body=GROUP, since=SINCE, **more):
    return appoint_member(the_steering(work), AppointMember(body, standing, since, institution, **more))


def person(work, unit, role=Role.CONTRACT_MANAGER):
    return an_account(work, (unit_by_code(work, unit), role))


def test_the_group_of_the_mandate_has_three_permanent_members_two_invited_and_its_guests(canton):
    chief = person(canton, "LMMT")
    guest = person(canton, "OCOSP", Role.COORDINATION_GUEST)
    for institution in ("SMIG", "SASO"):
        seat(canton, institution)
    seat(canton, "SEMP", account=chief.ref, function="chef de l'office")
    for institution in ("SFPO", "OAI"):
        seat(canton, institution, INVITED)
    appoint_member(the_group(canton), AppointMember(GROUP, G, date(2026, 9, 1), account=guest.ref))

    found = members(canton, GROUP, date(2026, 10, 1))

    assert [(one.institution, one.standing) for one in found] == [
        ("SASO", P), ("SEMP", P), ("SMIG", P), ("OAI", INVITED), ("SFPO", INVITED), (None, G),
    ]  # fmt: skip
    assert (found[1].account_id, found[1].name, found[1].function) == (
        chief.id,
        chief.name,
        "chef de l'office",
    )
    assert found[0].name.startswith("Service")
    assert len(members(canton, GROUP, date(2026, 8, 31))) == 5
    assert members(canton, GROUP, date(2025, 12, 31)) == []
    assert members(canton, STEERING, date(2026, 10, 1)) == []


def test_a_seat_passes_on_after_its_end_and_its_history_stays(canton):
    first = seat(canton, "SEMP")

    end_member(the_steering(canton), EndMember(first.ref, date(2026, 7, 1)))
    second = seat(canton, "SEMP", since=date(2026, 7, 1), account=person(canton, "LMMT").ref)

    assert [one.ref for one in members(canton, GROUP, date(2026, 6, 30))] == [first.ref]
    assert [one.ref for one in members(canton, GROUP, date(2026, 7, 1))] == [second.ref]
    assert [one.ref for one in members_ever(canton, GROUP)] == [second.ref, first.ref]


def test_sfpo_and_oai_are_never_permanent_and_the_three_always_are(canton):
    for institution in ("SFPO", "OAI"):
        with pytest.raises(NotPermanent):
            seat(canton, institution)
    with pytest.raises(AlwaysPermanent):
        seat(canton, "SASO", INVITED)

    assert seat(canton, "OAI", body=STEERING).standing is P


def test_a_seat_is_not_taken_twice_but_an_institution_sits_in_both_bodies(canton):
    seat(canton, "SASO")
    ahead = seat(canton, "SEMP", since=date(2026, 7, 1))

    seat(canton, "SASO", body=STEERING)
    with pytest.raises(SeatTaken):
        seat(canton, "SASO", since=date(2027, 1, 1))
    with pytest.raises(SeatTaken):
        seat(canton, "SEMP")
    assert ahead.valid_to is None


def test_whoever_sits_belongs_to_the_institution_and_a_guest_is_known(canton):
    stranger = person(canton, "ODAS")

    with pytest.raises(SeatedElsewhere):
        seat(canton, "SEMP", account=stranger.ref)
    with pytest.raises(InstitutionMissing):
        seat(canton, None, account=stranger.ref)
    with pytest.raises(GuestUnknown):
        seat(canton, "SASO", G)
    for unknown in ({"institution": "NIX"}, {"institution": "SEMP", "account": "0000000000"}):
        with pytest.raises(UnknownThing):
            seat(canton, **unknown)
    assert seat(canton, "SASO", G, account=stranger.ref).standing is G


def test_the_steering_group_designates_and_the_group_invites_its_guests_alone(canton):
    group, guest = the_group(canton), person(canton, "OCOSP")
    member = seat(canton, "SEMP")
    outsider = acting(canton, an_actor(canton, unit_by_code(canton, "LMMT")))

    with pytest.raises(SteeringAppoints) as no:
        appoint_member(group, AppointMember(GROUP, P, SINCE, "SASO"))
    with pytest.raises(SteeringAppoints):
        appoint_member(group, AppointMember(STEERING, G, SINCE, account=guest.ref))
    with pytest.raises(SteeringAppoints):
        end_member(group, EndMember(member.ref, date(2026, 12, 1)))
    with pytest.raises(NotAllowed):
        appoint_member(outsider, AppointMember(GROUP, G, SINCE, account=guest.ref))
    assert no.value.kind == "forbidden"
    made = appoint_member(group, AppointMember(GROUP, G, SINCE, account=guest.ref))
    assert end_member(group, EndMember(made.ref, date(2026, 12, 1))).valid_to == date(2026, 12, 1)


def test_a_seat_ends_once_and_lasts_a_day(canton):
    steering, row = the_steering(canton), seat(canton, "SEMP")

    with pytest.raises(SeatTooShort):
        end_member(steering, EndMember(row.ref, SINCE))
    end_member(steering, EndMember(row.ref, date(2026, 1, 2)))
    with pytest.raises(SeatEnded):
        end_member(steering, EndMember(row.ref, date(2026, 3, 1)))


@pytest.mark.parametrize(
    "change", [{"institution_id": None}, {"valid_to": SINCE}, {"seat": 1}, {"function": "autre"}]
)
def test_the_database_keeps_seats_as_they_are(canton, change):
    row = seat(canton, "SEMP")

    with pytest.raises((DBAPIError, IntegrityError)), canton.session.begin_nested():
        canton.session.execute(update(BodyMember).where(BodyMember.id == row.id).values(**change))


def test_the_database_seats_nobody_twice(canton):
    row = seat(canton, "SEMP")
    twice = BodyMember(
        body=GROUP, standing=P, institution_id=row.institution_id, seat=row.seat,
        valid_from=date(2027, 1, 1), recorded_at=canton.now,
    )  # fmt: skip

    canton.session.add(twice)
    with pytest.raises(DBAPIError):
        canton.session.flush()


def test_the_rules_of_seats_without_a_database():
    assert set(TURN) == set(PERMANENT)
    assert len({seat_of(b, s, 3, 5) for b in Body for s in (P, G)}) == 4
    assert standing_faults(GROUP, P, "SEMP", with_account=False) == []
    assert standing_faults(STEERING, INVITED, "SEMP", with_account=False) == []
    assert not overlapping(SINCE, date(2026, 7, 1), date(2026, 7, 1), None)
    assert overlapping(SINCE, None, date(2025, 7, 1), None)


@pytest.mark.parametrize(
    ("presided", "expected"),
    [
        ({}, "SASO SEMP SMIG SASO"),
        ({2026: "SMIG"}, "SASO SEMP SMIG SASO"),
        ({2026: "SEMP"}, "SMIG SASO SEMP SMIG"),
        ({2026: "SMIG", 2028: "SASO"}, "SEMP SASO SEMP SMIG"),
        ({2027: "SEMP", 2028: "SASO"}, "SEMP SASO SEMP SMIG"),
    ],
)
def test_the_turn_ahead_starts_from_what_is_named(presided, expected):
    found = turn_ahead(presided, 2027, 4)

    assert [one.year for one in found] == [2027, 2028, 2029, 2030]
    assert " ".join(one.institution for one in found) == expected
    assert {one.year for one in found if one.named} == {year for year in presided if year > 2026}
    assert all(one.institution != other.institution for one, other in itertools.pairwise(found))


def test_only_who_sits_permanently_in_the_group_presides(canton):
    seat(canton, "SASO")
    seat(canton, "SEMP", since=date(2027, 1, 2))
    seat(canton, "SMIG", body=STEERING)

    for code in ("SEMP", "SMIG"):
        with pytest.raises(NobodySeated):
            name_presidency(the_group(canton), NamePresidency(2027, code))
    assert name_presidency(the_group(canton), NamePresidency(2027, "SASO")).year == 2027
