"""What the officer hands to the person, on both engines."""

from datetime import date

import pytest

from cii.access.vocabulary import Section
from cii.institutions.queries import institution_by_code, unit_by_code
from cii.institutions.vocabulary import Sector
from cii.journal.actions import read_rows
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.people.actions import withdraw_consent
from cii.rights.queries import person_file, sections
from tests.agreements.build_agreements import acting, an_actor
from tests.figures.build_figures import the_numbers
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_consent, a_person, a_status, an_avs


@pytest.fixture
def canton(work):
    the_numbers(work)
    the_canton(work)
    return work


def the_officer(work):
    return acting(work, an_actor(work, unit_by_code(work, "DPO"), role="data_protection_officer"))


def test_the_file_tells_what_is_kept_and_who_read_it(canton):
    orp, odas = unit_by_code(canton, "ORP-LITTORAL"), unit_by_code(canton, "ODAS")
    avs = an_avs()
    person = a_person(canton, orp, avs=avs)
    a_person(canton, odas, avs=avs, first_name="Elodie")
    a_status(canton, person, orp, Sector.AC)
    consent = a_consent(canton, person, orp, institution_by_code(canton, "OAI"))
    withdraw_consent(canton, consent.ref)
    reader = acting(canton, an_actor(canton, orp, role="case_manager"))
    reader.seen = []
    reader.saw("person", [person.id], int(Section.IDENTITY), "own_case")
    read_rows(reader)

    officer = the_officer(canton)
    found = person_file(officer, person.ref)

    assert [one["first_name"] for one in found["identities"]] == ["Élodie", "Elodie"]
    assert found["person"]["avs"]
    assert [one["system"] for one in found["statuses"]] == ["AC"]
    (given,) = found["consents"]
    assert given["recipients"] == ["Office de l'assurance-invalidité"]
    assert given["sections"] == ["identity", "plan"]
    assert given["withdrawn_at"] is not None
    reads = [one for one in found["history"] if one["action"] == "read"]
    assert [(one["by"], one["sections"], one["basis"]) for one in reads] == [
        ("Anouk Favre", ["identity"], "own_case")
    ]
    assert found["withheld"] == ["internal_notes", "medical_statements"]
    assert any(one.kind == "person" and one.ids == (person.id,) for one in officer.seen)


def test_only_the_officer_opens_the_file_and_only_of_known_persons(canton):
    person = a_person(canton, unit_by_code(canton, "ORP-LITTORAL"), birth_date=date(1990, 1, 1))

    with pytest.raises(NotAllowed):
        person_file(
            acting(canton, an_actor(canton, unit_by_code(canton, "GC"), role="administrator")), person.ref
        )
    with pytest.raises(UnknownThing):
        person_file(the_officer(canton), "0000000000")


def test_sections_are_named():
    assert sections(int(Section.IDENTITY | Section.PLACEMENT)) == ["identity", "placement"]
