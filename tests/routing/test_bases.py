"""A ground of access ends or comes back: the units leave and return with it, on both engines."""

from datetime import date

import pytest

from cii.access.queries import sections_on_case
from cii.access.vocabulary import NOTHING, Section
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.vocabulary import PartyRole
from cii.institutions.queries import unit_by_code
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import UnknownThing
from cii.people.actions import GiveConsent, RecordStatus
from cii.people.queries import consents, person_by_id
from cii.people.vocabulary import Basis, Purpose, StatusKind
from cii.routing.actions import take_back_consent
from cii.routing.bases import keep_consent, record_standing
from cii.routing.holding import instance_of
from cii.routing.sharing import SHARED, bring_in
from cii.workflow.queries import roles_of
from tests.routing.build_routing import a_town, an_announced


def a_led_case(town):
    done = an_announced(town.hands["ORP"])
    return done.case, town.hands["ORP"]


def institution_refs(work, *codes):
    from cii.institutions.queries import institution_of

    return tuple(institution_of(work, unit_by_code(work, code).id).ref for code in codes)


def test_with_a_new_consent_the_units_come_back(work):
    town = a_town(work)
    case, orp = a_led_case(town)
    roles = roles_of(work, instance_of(work, case.id).id)
    parts = {(one.unit_id, one.role) for one in live_parties(work, case.id)}
    before = sections_on_case(town.hands["GSR"], case.id)
    for row in [one.consent for one in consents(work, case.person_id)]:
        take_back_consent(orp, row.ref)
    assert sections_on_case(town.hands["GSR"], case.id) == (NOTHING, NOTHING)
    person = person_by_id(work, case.person_id)
    ask = GiveConsent(
        person.ref, institution_refs(work, "OAI-REA", "GSR-VAL-DE-TRAVERS"), SHARED, Purpose.COORDINATION,
        work.today, date(2027, 9, 30), "consentement-cii-1",
    )  # fmt: skip

    _, back = keep_consent(orp, ask, orp.actor.units[0])

    gsr = unit_by_code(work, "GSR-VAL-DE-TRAVERS").id
    assert back >= 1
    assert sections_on_case(town.hands["GSR"], case.id) == before
    assert (gsr, PartyRole.AS) in {(one.unit_id, one.role) for one in live_parties(work, case.id)} <= parts
    assert roles_of(work, instance_of(work, case.id).id)["AS"] == roles["AS"]


def test_a_consent_for_one_institution_brings_back_no_other(work):
    town = a_town(work)
    case, orp = a_led_case(town)
    for row in [one.consent for one in consents(work, case.person_id)]:
        take_back_consent(orp, row.ref)
    ask = GiveConsent(
        person_by_id(work, case.person_id).ref, institution_refs(work, "GSR-VAL-DE-TRAVERS"), SHARED,
        Purpose.COORDINATION, work.today, date(2027, 9, 30), "consentement-cii-1",
    )  # fmt: skip

    keep_consent(orp, ask, orp.actor.units[0])

    assert case_by_ref(town.hands["GSR"], case.ref).id == case.id
    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["doctor"], case.ref)


def test_once_disability_insurance_has_decided_it_leaves_a_case_it_saw_under_85f_3(work):
    town = a_town(work)
    case, orp = a_led_case(town)
    for row in [one.consent for one in consents(work, case.person_id)]:
        take_back_consent(orp, row.ref)
    ai = unit_by_code(work, "OAI-REA").id
    bring_in(orp, case, ai, PartyRole.AI, Basis.LACI_85F_3)
    assert sections_on_case(town.hands["OAI"], case.id)[0] & Section.PLAN
    person = person_by_id(work, case.person_id)

    record_standing(
        orp, RecordStatus(person.ref, Sector.AI, StatusKind.REFUSED, work.today), orp.actor.units[0]
    )

    assert sections_on_case(town.hands["OAI"], case.id) == (NOTHING, NOTHING)
    assert ai not in {one.unit_id for one in live_parties(work, case.id)}
