from datetime import timedelta

import pytest
from sqlmodel import col, select

from cii.access.actions import close_grants, grant, narrow
from cii.access.permits import ROLE_PERMITS, Permit
from cii.access.queries import (
    bases_on_case,
    case_visible,
    live_grants,
    person_visible,
    sections_on_case,
    sections_on_person,
)
from cii.access.sections import TABLE, lead_grant, mask_for, party_grant, physician_grant, provider_grant
from cii.access.vocabulary import EVERYTHING, NOTHING, Relation, Role, Section
from cii.institutions.vocabulary import Sector, UnitKind
from cii.people.tables import Person
from tests.access.build_access import an_actor, as_
from tests.conftest import NOW
from tests.institutions.build_institutions import a_unit

S = Section


@pytest.fixture
def person(work):
    row = Person(created_at=NOW)
    work.session.add(row)
    work.session.flush()
    return row


def opened(work, person, unit, mask, **more):
    return grant(
        work, unit_id=unit.id, person_id=person.id, reads=mask.reads, writes=mask.writes, cause="test:1",
        **({"basis": "consent"} | more),
    )  # fmt: skip


def test_every_role_has_its_permits_and_its_row_of_sections():
    assert set(ROLE_PERMITS) == set(Role) == set(TABLE)


def test_every_permit_belongs_to_somebody():
    assert set().union(*ROLE_PERMITS.values()) == set(Permit)


@pytest.mark.parametrize(
    "role",
    [
        Role.ADMINISTRATOR,
        Role.STEERING,
        Role.CONTRACT_MANAGER,
        Role.DASHBOARD_REFERENCE,
        Role.DATA_PROTECTION_OFFICER,
    ],
)
@pytest.mark.parametrize("relation", Relation)
def test_these_roles_see_no_case_content_whatever_the_grant(role, relation):
    assert mask_for(role, relation, "AS").reads == NOTHING


def test_only_a_physician_writes_medical_data_and_functional_limits():
    for section in (S.MEDICAL, S.FUNCTIONAL):
        writers = {role for role in Role for relation in Relation for sector in ("AC", "AI", "AS", None)
                   if mask_for(role, relation, sector).writes & section}  # fmt: skip
        assert writers == {Role.PHYSICIAN}


def test_emergency_access_never_opens_medical_data():
    for role in Role:
        assert not mask_for(role, Relation.BREAK_GLASS, "AI").reads & S.MEDICAL


@pytest.mark.parametrize(
    ("sector", "role", "reads", "hidden"),
    [
        (
            Sector.AC,
            Role.CASE_MANAGER,
            S.IDENTITY | S.FUNCTIONAL | S.PLAN | S.SOCIAL_FACTS,
            S.MEDICAL | S.SOCIAL,
        ),
        (Sector.AS, Role.CASE_MANAGER, S.SOCIAL | S.SOCIAL_FACTS, S.MEDICAL),
        (Sector.AI, Role.CASE_MANAGER, S.FUNCTIONAL, S.SOCIAL | S.MEDICAL),
        (Sector.AC, Role.FINANCE, S.IDENTITY | S.PLACEMENT, S.PLAN | S.NOTES | S.FUNCTIONAL),
        (Sector.AC, Role.ADMINISTRATOR, NOTHING, EVERYTHING),
    ],
)
def test_a_party_sees_what_its_role_may(work, person, sector, role, reads, hidden):  # noqa: PLR0917
    unit = a_unit(work, sector)
    opened(work, person, unit, party_grant())

    seen, _ = sections_on_person(as_(work, an_actor(work, (unit, role))), person.id)

    assert seen & reads == reads
    assert not seen & hidden


def test_the_ai_office_reads_medical_data_only_when_a_grant_opens_it(work, person):
    unit = a_unit(work, Sector.AI)
    ai = as_(work, an_actor(work, (unit, Role.CASE_MANAGER)))
    opened(work, person, unit, party_grant())
    before = sections_on_person(ai, person.id)[0]

    grant(
        work,
        unit_id=unit.id,
        person_id=person.id,
        reads=S.MEDICAL,
        writes=S.MEDICAL,
        basis="LAI_68bis",
        cause="disclosure:1",
    )

    reads, writes = sections_on_person(ai, person.id)
    assert not before & S.MEDICAL
    assert reads & S.MEDICAL
    assert not writes & S.MEDICAL


def test_the_physician_writes_medical_data_and_no_notes(work, person):
    unit = a_unit(work, None, UnitKind.MEDICAL)
    opened(work, person, unit, physician_grant())

    reads, writes = sections_on_person(as_(work, an_actor(work, (unit, Role.PHYSICIAN))), person.id)

    assert writes == S.MEDICAL | S.FUNCTIONAL
    assert not reads & (S.NOTES | S.SOCIAL)


def test_a_provider_sees_identity_limits_and_placement_of_its_participant(work, person):
    unit = a_unit(work, None, UnitKind.PROVIDER)
    opened(work, person, unit, provider_grant(), relation=Relation.PROVIDER)

    reads, writes = sections_on_person(as_(work, an_actor(work, (unit, Role.PROVIDER))), person.id)

    assert reads == S.IDENTITY | S.FUNCTIONAL | S.PLACEMENT
    assert writes == S.PLACEMENT


def test_a_consent_for_less_opens_less(work, person):
    unit = a_unit(work)
    grant(
        work,
        unit_id=unit.id,
        person_id=person.id,
        reads=S.IDENTITY,
        writes=EVERYTHING,
        basis="consent",
        cause="consent:1",
    )

    actor = an_actor(work, (unit, Role.CASE_MANAGER))

    assert sections_on_person(as_(work, actor), person.id) == (S.IDENTITY, NOTHING)


def test_two_seats_do_not_mix_the_grant_of_one_unit_with_the_role_in_another(work, person):
    social, jobs = a_unit(work, Sector.AS), a_unit(work, Sector.AC)
    opened(work, person, jobs, party_grant())

    actor = an_actor(work, (social, Role.CASE_MANAGER), (jobs, Role.FINANCE))

    assert sections_on_person(as_(work, actor), person.id)[0] == S.IDENTITY | S.PLACEMENT


def test_a_unit_without_part_sees_nothing_not_even_that_the_person_exists(work, person):
    opened(work, person, a_unit(work), lead_grant())
    stranger = an_actor(work, (a_unit(work), Role.CASE_MANAGER))

    assert sections_on_person(as_(work, stranger), person.id) == (NOTHING, NOTHING)
    assert not found(work, stranger)


def found(work, actor, now=NOW):
    return work.session.exec(
        select(Person.id).where(person_visible(col(Person.id), actor, now), col(Person.avs_hash).is_(None))
    ).all()


def test_the_sql_condition_and_the_section_table_agree(work, person):
    unit = a_unit(work)
    opened(work, person, unit, lead_grant(), basis="own_case")

    for role in Role:
        actor = an_actor(work, (unit, role))
        seen = bool(sections_on_person(as_(work, actor), person.id)[0] & S.IDENTITY)
        assert bool(found(work, actor)) is seen, role


def test_an_administrator_of_the_leading_unit_does_not_find_the_person(work, person):
    unit = a_unit(work)
    opened(work, person, unit, lead_grant(), basis="own_case")

    assert not found(work, an_actor(work, (unit, Role.ADMINISTRATOR)))
    assert found(work, an_actor(work, (unit, Role.CASE_MANAGER))) == [person.id]


def test_a_grant_opens_from_its_start_to_its_end(work, person):
    unit = a_unit(work)
    opened(work, person, unit, party_grant(), since=NOW + timedelta(days=1), until=NOW + timedelta(days=2))
    actor = an_actor(work, (unit, Role.CASE_MANAGER))

    seen = [bool(found(work, actor, NOW + timedelta(days=days))) for days in (0, 1, 2)]

    assert seen == [False, True, False]


def test_closing_a_cause_closes_its_grants_and_no_other(work, person):
    unit = a_unit(work)
    opened(work, person, unit, party_grant())
    actor = an_actor(work, (unit, Role.CASE_MANAGER))
    other = a_unit(work)
    grant(work, unit_id=other.id, person_id=person.id, reads=S.IDENTITY, basis="consent", cause="test:2")

    assert close_grants(work, cause="test:1") == 1

    assert not found(work, actor)
    assert found(work, an_actor(work, (other, Role.CASE_MANAGER)))
    with pytest.raises(ValueError, match="which grants"):
        close_grants(work)


def test_the_former_lead_keeps_reading_for_thirty_days(work, person):
    unit = a_unit(work)
    row = opened(work, person, unit, lead_grant(), basis="own_case")
    actor = an_actor(work, (unit, Role.CASE_MANAGER))

    narrow(work, row, relation=Relation.FORMER, until=NOW + timedelta(days=30))

    reads, writes = sections_on_person(as_(work, actor), person.id)
    assert reads & S.PLAN
    assert writes == NOTHING
    assert not found(work, actor, NOW + timedelta(days=30))


def test_a_guest_sees_the_agenda_item_granted_to_the_account(work, person):
    guest = an_actor(work, (a_unit(work, None, UnitKind.COORDINATION), Role.COORDINATION_GUEST))
    grant(work, account_id=guest.account_id, person_id=person.id, reads=EVERYTHING, basis="mandate_gc_4",
          cause="agenda:3", relation=Relation.AGENDA)  # fmt: skip

    reads, writes = sections_on_person(as_(work, guest), person.id)

    assert (reads, writes) == (S.IDENTITY | S.PLAN | S.PLACEMENT, NOTHING)
    assert found(work, guest) == [person.id]
    assert len(work.session.connection().execute(live_grants(guest, NOW)).all()) == 1


def test_a_grant_on_the_person_does_not_open_a_case(work, person):
    unit = a_unit(work)
    opened(work, person, unit, lead_grant())
    manager = as_(work, an_actor(work, (unit, Role.CASE_MANAGER)))

    assert sections_on_case(manager, 1) == (NOTHING, NOTHING)
    assert bases_on_case(manager, 1) == []
    assert not work.session.exec(
        select(Person.id).where(case_visible(col(Person.id), manager.actor, NOW))
    ).all()
