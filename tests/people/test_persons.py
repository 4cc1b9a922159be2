from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from cii.access.queries import sections_on_person
from cii.access.vocabulary import EVERYTHING, NOTHING, Role, Section
from cii.institutions.queries import institution_by_code, unit_by_code
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusals, UnknownThing
from cii.people.actions import (
    AttachPerson,
    BornLater,
    ConsentTooWide,
    ConsentWithdrawn,
    attach_person,
    disclose,
    withdraw_consent,
)
from cii.people.queries import (
    BasisClaims,
    avs_of,
    consents,
    current_statuses,
    disclosures,
    find_by_avs,
    label,
    named,
    person_by_ref,
    statuses,
    visible_to,
)
from cii.people.tables import Disclosure, Person
from cii.people.vocabulary import Basis, StatusKind
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import a_unit, the_canton
from tests.people.build_people import a_consent, a_person, a_status

S = Section
AVS = "756.9217.0769.85"


@pytest.fixture
def canton(work):
    """The real units, with one case manager in each of three sectors."""
    the_canton(work)
    units = {name: unit_by_code(work, code) for name, code in
             {"orp": "ORP-LITTORAL", "gsr": "GSR-VAL-DE-TRAVERS", "ai": "OAI-REA", "osas": "OSAS"}.items()}  # fmt: skip
    return {
        name: (unit, as_(work, an_actor(work, (unit, Role.CASE_MANAGER)))) for name, unit in units.items()
    }


def test_a_known_number_attaches_my_unit_and_tells_nothing(work, canton):
    (orp, mine), (gsr, theirs) = canton["orp"], canton["gsr"]
    first = a_person(theirs, gsr, avs=AVS, last_name="Autrenom")

    again = a_person(mine, orp, avs="7569217076985", last_name="Exemple")

    assert again.id == first.id
    assert [shown.name for shown in label(mine, [again.id]).values()] == ["Exemple Élodie"]
    assert [shown.name for shown in label(theirs, [again.id]).values()] == ["Autrenom Élodie"]


def test_attaching_twice_corrects_what_my_unit_knows(work, canton):
    orp, mine = canton["orp"]
    person = a_person(mine, orp, avs=AVS, last_name="Fautif")

    a_person(mine, orp, avs=AVS, last_name="Juste")

    assert label(mine, [person.id])[person.id].name == "Juste Élodie"


def test_the_number_does_not_lie_in_clear(work, canton):
    orp, mine = canton["orp"]

    person = a_person(mine, orp, avs=AVS)

    row = work.session.exec(select(Person).where(Person.id == person.id)).one()
    kept = f"{row.avs_sealed}{row.avs_hash}"
    assert [part for part in (AVS, AVS.replace(".", "")) if part in kept] == []
    assert avs_of(mine, row) == AVS


def test_a_person_of_another_unit_is_as_unknown_as_one_who_does_not_exist(work, canton):
    gsr, theirs = canton["gsr"]
    _, mine = canton["orp"]
    person = a_person(theirs, gsr, avs=AVS)

    with pytest.raises(UnknownThing) as foreign:
        person_by_ref(mine, person.ref)
    with pytest.raises(UnknownThing) as nobody:
        person_by_ref(mine, "zzzzzzzzzz")

    assert (foreign.value.code, foreign.value.facts) == (nobody.value.code, nobody.value.facts)
    assert find_by_avs(mine, AVS) is None
    assert label(mine, [person.id]) == {}
    assert find_by_avs(theirs, AVS).id == person.id


def found_by(hand, beginning):
    """The persons whom the reader finds by that beginning of a name."""
    wanted = select(Person.id).where(named(hand, col(Person.id), beginning), visible_to(hand.actor, hand.now))
    return list(hand.session.exec(wanted))


def test_a_person_is_found_by_the_beginning_of_the_name_in_my_unit_only(work, canton):
    (orp, mine), (gsr, theirs) = canton["orp"], canton["gsr"]
    person = a_person(mine, orp, last_name="Écœur")
    a_person(theirs, gsr, last_name="Ecoeurdu")

    assert found_by(mine, "écoe") == [person.id]
    assert found_by(mine, "%") == found_by(mine, "'--") == []


def test_nobody_is_born_tomorrow(work):
    with pytest.raises(BornLater):
        attach_person(work, AttachPerson(AVS, "X", "Y", work.today + timedelta(days=1)), a_unit(work).id)


def test_what_is_shown_of_a_person_is_remembered_for_the_journal(work, canton):
    orp, mine = canton["orp"]
    person = a_person(mine, orp)

    label(mine, [person.id])

    assert [(seen.kind, seen.ids, seen.sections) for seen in mine.seen] == [
        ("person", (person.id,), S.IDENTITY)
    ]


def test_the_latest_status_of_a_system_counts_until_it_ends(work, canton):
    orp, mine = canton["orp"]
    person = a_person(mine, orp)
    a_status(mine, person, orp, Sector.AC, until=date(2026, 6, 30))
    a_status(mine, person, orp, Sector.AI, StatusKind.CLAIM_OPEN)
    a_status(mine, person, orp, Sector.AI, StatusKind.REFUSED, effective_on=date(2026, 9, 1))

    held = {day: set(current_statuses(work, [person.id], day).get(person.id, {}))
            for day in (date(2025, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 1))}  # fmt: skip

    assert list(held.values()) == [set(), {Sector.AC, Sector.AI}, {Sector.AI}, set()]


def test_my_unit_sees_its_own_statuses_until_a_case_is_shared(work, canton):
    (orp, mine), (gsr, theirs) = canton["orp"], canton["gsr"]
    person = a_person(mine, orp, avs=AVS)
    a_person(theirs, gsr, avs=AVS)
    a_status(mine, person, orp, Sector.AC)
    a_status(theirs, person, gsr, Sector.AS)

    before = {row.system for row in statuses(mine, person.id)}
    a_consent(theirs, person, gsr, institution_by_code(work, "SEMP"))
    disclose(theirs, person, None, orp.id, S.IDENTITY | S.PLAN, Basis.CONSENT)

    assert before == {Sector.AC}
    assert {row.system for row in statuses(mine, person.id)} == {Sector.AC, Sector.AS}


def test_data_pass_on_with_consent_and_the_grant_ends_with_it(work, canton):
    (orp, mine), (gsr, theirs) = canton["orp"], canton["gsr"]
    person = a_person(mine, orp)
    consent = a_consent(mine, person, orp, institution_by_code(work, "SASO"), valid_until=date(2026, 12, 31))

    passed, opened = disclose(mine, person, None, gsr.id, S.IDENTITY | S.PLAN, Basis.CONSENT)

    assert sections_on_person(theirs, person.id) == (S.IDENTITY | S.PLAN, NOTHING)
    assert label(theirs, [person.id])[person.id].name == "Exemple Élodie"
    assert (passed.from_unit_id, passed.to_unit_id, passed.consent_id) == (orp.id, gsr.id, consent.id)
    assert opened.valid_until.isoformat() == "2026-12-31T23:00:00+00:00"
    late = replace(theirs, now=opened.valid_until)
    assert sections_on_person(late, person.id) == (NOTHING, NOTHING)


def test_a_consent_for_one_section_opens_no_other(work, canton):
    (orp, mine), (gsr, _) = canton["orp"], canton["gsr"]
    person = a_person(mine, orp)
    a_consent(mine, person, orp, institution_by_code(work, "SASO"), sections=S.IDENTITY)

    with pytest.raises(Exception, match="basis-no-consent"):
        disclose(mine, person, None, gsr.id, S.IDENTITY | S.PLAN, Basis.CONSENT)


def test_a_consent_for_one_recipient_serves_no_other(work, canton):
    (orp, mine), (gsr, _) = canton["orp"], canton["gsr"]
    person = a_person(mine, orp)
    a_consent(mine, person, orp, institution_by_code(work, "OAI"))

    with pytest.raises(Exception, match="basis-no-consent"):
        disclose(mine, person, None, gsr.id, S.IDENTITY, Basis.CONSENT)


def test_withdrawing_closes_access_at_once_and_what_was_disclosed_stays_listed(work, canton):
    (orp, mine), (gsr, theirs) = canton["orp"], canton["gsr"]
    person = a_person(mine, orp)
    consent = a_consent(mine, person, orp, institution_by_code(work, "SASO"))
    disclose(mine, person, None, gsr.id, S.IDENTITY, Basis.CONSENT)

    assert withdraw_consent(mine, consent.ref) == 1

    with pytest.raises(UnknownThing):
        person_by_ref(theirs, person.ref)
    assert person_by_ref(mine, person.ref).id == person.id
    assert [row.basis for row in disclosures(work, person.id)] == [Basis.CONSENT]
    assert consents(work, person.id)[0].consent.withdrawn_at == work.now
    with pytest.raises(ConsentWithdrawn):
        withdraw_consent(mine, consent.ref)


def test_a_recipient_whom_another_consent_covers_keeps_its_access(work, canton):
    (orp, mine), (gsr, theirs) = canton["orp"], canton["gsr"]
    person = a_person(mine, orp)
    saso = institution_by_code(work, "SASO")
    first, _ = a_consent(mine, person, orp, saso), a_consent(mine, person, orp, saso)
    disclose(mine, person, None, gsr.id, S.IDENTITY, Basis.CONSENT)

    assert withdraw_consent(mine, first.ref) == 0
    assert person_by_ref(theirs, person.ref).id == person.id


def test_a_stranger_cannot_withdraw_a_consent(work, canton):
    orp, mine = canton["orp"]
    _, stranger = canton["osas"]
    person = a_person(mine, orp)
    consent = a_consent(mine, person, orp, institution_by_code(work, "SASO"))

    with pytest.raises(UnknownThing):
        withdraw_consent(stranger, consent.ref)


def test_a_blanket_consent_and_one_upside_down_are_refused_together(work, canton):
    orp, mine = canton["orp"]
    person = a_person(mine, orp)

    with pytest.raises(Refusals) as no:
        a_consent(mine, person, orp, sections=EVERYTHING, valid_until=date(2026, 1, 1))
    with pytest.raises(ConsentTooWide):
        a_consent(mine, person, orp, institution_by_code(work, "OAI"), sections=EVERYTHING)

    assert [reason.code for reason in no.value.reasons] == ["consent-dates", "consent-too-wide"]


def test_file_access_under_85f_2_needs_benefit_consent_and_reciprocity(work, canton):
    (orp, mine), (osas, _), (gsr, theirs) = canton["orp"], canton["osas"], canton["gsr"]
    person = a_person(mine, orp, avs=AVS)

    with pytest.raises(Refusals) as no:
        disclose(mine, person, None, osas.id, S.IDENTITY, Basis.LACI_85F_2)

    assert [reason.code for reason in no.value.reasons] == [
        "basis-no-benefit", "basis-no-consent", "basis-no-reciprocity",
    ]  # fmt: skip
    a_person(theirs, gsr, avs=AVS)
    a_status(theirs, person, gsr, Sector.AS)
    a_consent(mine, person, orp, institution_by_code(work, "SASO"))
    passed, _ = disclose(mine, person, None, gsr.id, S.IDENTITY, Basis.LACI_85F_2)
    assert passed.basis is Basis.LACI_85F_2


def test_85f_3_opens_between_unemployment_and_disability_insurance_without_consent(work, canton):
    (orp, mine), (ai, insurer), (gsr, _) = canton["orp"], canton["ai"], canton["gsr"]
    person = a_person(mine, orp)

    disclose(mine, person, None, ai.id, S.IDENTITY, Basis.LACI_85F_3)

    assert person_by_ref(insurer, person.ref).id == person.id
    with pytest.raises(Exception, match="basis-ac-ai-only"):
        disclose(mine, person, None, gsr.id, S.IDENTITY, Basis.LACI_85F_3)
    with pytest.raises(Exception, match="basis-payer-clear"):
        disclose(
            mine, person, None, ai.id, S.IDENTITY, Basis.LACI_85F_3, claims=BasisClaims(payer_clear=True)
        )


def test_a_written_reason_is_kept_with_the_disclosure(work, canton):
    (gsr, mine), (ai, _) = canton["gsr"], canton["ai"]
    person = a_person(mine, gsr)
    reason = "Instruction de la demande de rente du 3 mai 2026"

    disclose(
        mine, person, None, ai.id, S.FUNCTIONAL, Basis.LPGA_32, claims=BasisClaims(written_reason=reason)
    )

    assert work.session.exec(select(Disclosure)).one().reason == reason


def test_a_disclosure_cannot_be_changed_afterwards(work, canton):
    from sqlalchemy import text

    (orp, mine), (ai, _) = canton["orp"], canton["ai"]
    disclose(mine, a_person(mine, orp), None, ai.id, S.IDENTITY, Basis.LACI_85F_3)

    with pytest.raises(Exception, match="append-only"):
        work.session.execute(text("UPDATE disclosure SET sections = 255"))
