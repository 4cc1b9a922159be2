"""Where persons stand, on which text they agree, and what closes when it is clear who pays, on both engines."""

from dataclasses import replace
from datetime import date

import pytest

from cii.access.vocabulary import Role, Section
from cii.institutions.queries import institution_by_code, unit_by_code
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.notices.queries import notices
from cii.people.actions import (
    CorrectIdentity,
    GiveConsent,
    RecordStatus,
    StatusDates,
    acting_unit,
    correct_identity,
    disclose,
    give_consent,
    record_status,
)
from cii.people.consent_texts import UnknownConsentText, consent_texts
from cii.people.queries import person_by_ref, statuses
from cii.people.rules import ends_soon
from cii.people.shown import own_identity
from cii.people.statuses import rights_ending, warned_of
from cii.people.vocabulary import Basis, Purpose, Sex, StatusKind
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_consent, a_person, a_status, an_avs


@pytest.fixture
def canton(work):
    the_canton(work)
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    return {
        name: (unit_by_code(work, code), as_(work, an_actor(work, (unit_by_code(work, code), Role.CASE_MANAGER))))
        for name, code in {"orp": "ORP-LITTORAL", "gsr": "GSR-VAL-DE-TRAVERS", "ai": "OAI-REA"}.items()
    }  # fmt: skip


@pytest.mark.parametrize("kind", [StatusKind.BENEFIT, StatusKind.REFUSED, StatusKind.ENDED])
def test_once_the_payer_is_decided_what_85f_3_opened_closes_at_once(canton, kind):
    (orp, mine), (ai, insurer) = canton["orp"], canton["ai"]
    person = a_person(mine, orp)
    a_status(mine, person, orp, Sector.AI, StatusKind.CLAIM_OPEN)
    disclose(mine, person, None, ai.id, Section.IDENTITY, Basis.LACI_85F_3)
    assert person_by_ref(insurer, person.ref).id == person.id

    a_status(mine, person, orp, Sector.AI, kind, effective_on=date(2026, 11, 1))

    with pytest.raises(UnknownThing):
        person_by_ref(insurer, person.ref)
    with pytest.raises(Exception, match="basis-payer-clear"):
        disclose(mine, person, None, ai.id, Section.IDENTITY, Basis.LACI_85F_3)


def test_a_new_claim_after_a_refusal_makes_the_payer_unclear_again(canton):
    (orp, mine), (ai, insurer) = canton["orp"], canton["ai"]
    person = a_person(mine, orp)
    a_status(mine, person, orp, Sector.AI, StatusKind.REFUSED)
    a_status(mine, person, orp, Sector.AI, StatusKind.CLAIM_OPEN, effective_on=date(2026, 6, 1))

    disclose(mine, person, None, ai.id, Section.IDENTITY, Basis.LACI_85F_3)

    assert person_by_ref(insurer, person.ref).id == person.id


def test_other_bases_outlive_the_decision_on_the_payer(canton):
    (orp, mine), (ai, insurer) = canton["orp"], canton["ai"]
    person = a_person(mine, orp)
    a_consent(mine, person, orp, institution_by_code(mine, "OAI"))
    disclose(mine, person, None, ai.id, Section.IDENTITY, Basis.CONSENT)

    a_status(mine, person, orp, Sector.AI, StatusKind.REFUSED)

    assert person_by_ref(insurer, person.ref).id == person.id


@pytest.mark.parametrize("consented", [False, True])
def test_exchange_under_lai_68bis_without_consent_asks_to_inform_the_person(canton, consented):
    (orp, mine), (ai, _) = canton["orp"], canton["ai"]
    person = a_person(mine, orp)
    a_status(mine, person, orp, Sector.AI, StatusKind.EARLY_DETECTION)
    if consented:
        a_consent(mine, person, orp, institution_by_code(mine, "OAI"))

    disclose(mine, person, None, ai.id, Section.IDENTITY, Basis.LAI_68BIS)

    told = [(one.kind, one.unit_id, one.subject_ref) for one in notices(mine)]
    assert told == ([] if consented else [("case-inform-person", orp.id, person.ref)])


def ask_consent(person, version, given_on=date(2026, 10, 1)):
    return GiveConsent(
        person.ref, (), Section.IDENTITY, Purpose.COORDINATION, given_on, date(2027, 9, 30), version
    )


def test_a_consent_names_a_text_that_exists(canton):
    orp, mine = canton["orp"]
    person = a_person(mine, orp)
    oai = institution_by_code(mine, "OAI").ref

    for version, day in (
        ("consentement-cii-99", date(2026, 10, 1)),
        ("consentement-cii-1", date(2008, 1, 1)),
    ):
        with pytest.raises(UnknownConsentText) as no:
            give_consent(mine, replace(ask_consent(person, version, day), institutions=(oai,)), orp.id)
        assert no.value.field == "text_version"
    with pytest.raises(Refusals) as all_:
        give_consent(mine, ask_consent(person, "?", date(2028, 1, 1)), orp.id)
    assert [one.code for one in all_.value.reasons] == [
        "consent-dates", "consent-too-wide", "unknown-consent-text",
    ]  # fmt: skip


def test_each_text_of_consent_says_the_same_in_three_languages():
    for one in consent_texts():
        assert set(one.text) == {"fr", "de", "en"}
        assert "révoquer" in one.text["fr"]
        assert "widerrufen" in one.text["de"]
        assert "revoke" in one.text["en"]


def test_who_has_seats_in_several_units_acts_for_the_one_that_knows_the_person(canton):
    (orp, _), (gsr, theirs) = canton["orp"], canton["gsr"]
    both = as_(theirs, an_actor(theirs, (orp, Role.CASE_MANAGER), (gsr, Role.CASE_MANAGER)))
    person = a_person(theirs, gsr)

    assert acting_unit(both, person.id) == gsr.id
    assert acting_unit(both, person.id, orp.ref) == orp.id
    with pytest.raises(UnknownThing):
        acting_unit(both, person.id, canton["ai"][0].ref)


def test_my_unit_corrects_what_it_typed_and_nobody_elses(canton):
    (orp, mine), (gsr, theirs) = canton["orp"], canton["gsr"]
    number = an_avs()
    person = a_person(mine, orp, avs=number)
    a_person(theirs, gsr, avs=number, last_name="Leur")

    held = correct_identity(mine, CorrectIdentity(person.ref, "Corrigé", "Élodie", date(1985, 5, 21)))

    assert (held.unit_id, held.last_name, held.folded) == (orp.id, "Corrigé", "corrige elodie")
    from cii.people.queries import label

    assert label(theirs, [person.id])[person.id].name == "Leur Élodie"


def test_the_sex_is_what_my_unit_stated_and_may_be_left_out(canton):
    (orp, mine), (gsr, theirs) = canton["orp"], canton["gsr"]
    number = an_avs()
    person = a_person(mine, orp, avs=number, sex=Sex.UNKNOWN)
    a_person(theirs, gsr, avs=number)

    held = correct_identity(
        mine, CorrectIdentity(person.ref, "Exemple", "Élodie", date(1985, 5, 20), sex=Sex.FEMALE)
    )

    assert held.sex is Sex.FEMALE
    assert own_identity(theirs, person.id).sex is None


def test_who_only_reads_an_identity_does_not_correct_it(canton):
    (orp, mine), (ai, insurer) = canton["orp"], canton["ai"]
    person = a_person(mine, orp)
    disclose(mine, person, None, ai.id, Section.IDENTITY, Basis.LACI_85F_3)

    with pytest.raises(NotAllowed):
        correct_identity(insurer, CorrectIdentity(person.ref, "Autre", "Nom", date(1985, 5, 21)))


def test_a_status_ends_after_it_began_and_a_correction_is_a_new_row(canton):
    orp, mine = canton["orp"]
    person = a_person(mine, orp)
    first = RecordStatus(person.ref, Sector.AC, StatusKind.BENEFIT, date(2026, 1, 1), remaining_days=200)

    record_status(mine, first, orp.id)
    record_status(mine, replace(first, remaining_days=120), orp.id)

    assert [row.remaining_days for row in statuses(mine, person.id)] == [120, 200]
    with pytest.raises(StatusDates):
        record_status(mine, replace(first, since=date(2026, 2, 1), until=date(2026, 1, 1)), orp.id)


def test_the_end_of_a_right_is_in_sight_three_months_ahead_and_warns_once(canton):
    orp, mine = canton["orp"]
    soon, late, gone, renewed = (a_person(mine, orp) for _ in range(4))
    a_status(mine, soon, orp, Sector.AC, until=date(2027, 1, 15))
    a_status(mine, late, orp, Sector.AC, until=date(2027, 1, 16))
    a_status(mine, gone, orp, Sector.AC, until=date(2026, 10, 14))
    a_status(mine, renewed, orp, Sector.AC, until=date(2026, 12, 31))
    a_status(mine, renewed, orp, Sector.AC, until=date(2028, 12, 31), effective_on=date(2026, 9, 1))

    ending = rights_ending(mine)

    assert [row.person_id for row in ending] == [soon.id]
    warned_of(mine, ending[0], orp.id)
    assert rights_ending(mine) == []


def test_three_months_from_a_day_that_the_month_does_not_have():
    assert ends_soon(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert ends_soon(date(2026, 10, 15), 3) == date(2027, 1, 15)
