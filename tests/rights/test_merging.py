"""Two rows that are one person: what follows, what cannot, and the way back, on both engines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from cii.access.queries import sections_on_case
from cii.access.vocabulary import NOTHING, Role, Section
from cii.cases.actions import open_case
from cii.cases.queries import cases_named
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import institution_by_code, unit_by_code
from cii.institutions.vocabulary import Sector
from cii.journal.queries import history
from cii.kernel.errors import Refusal, UnknownThing
from cii.people.actions import AttachPerson, attach_person, disclose
from cii.people.queries import avs_of, consents, disclosures, find_by_avs, label, person_by_ref, statuses
from cii.people.take_over import TwoNumbers
from cii.people.vocabulary import Basis
from cii.placements.take_over import PlacesOverlap
from cii.rights.merging import (
    ROOMS,
    MergedSince,
    MergeReason,
    MergeUndone,
    SamePerson,
    merge,
    merges,
    unmerge,
)
from cii.routing.take_over import DetectedTwice
from cii.store.naming import load_all_tables
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_consent, a_person, a_status, an_avs
from tests.placements.build_placements import a_stage
from tests.routing.build_routing import a_detection, a_file, a_row, a_town

WHY = "Même personne, annoncée deux fois."


@pytest.fixture
def canton(work):
    the_canton(work)
    return work


def at(work, code, role=Role.SUPERVISOR):
    """A unit and somebody who supervises it."""
    unit = unit_by_code(work, code)
    return unit, as_(work, an_actor(work, (unit, role)))


def a_nameless(work, unit, **more):
    """A person whom the unit knows without a number."""
    return attach_person(work, AttachPerson(None, "Exemple", "Élodie", date(1985, 5, 20), **more), unit.id)


def a_case(work, person, unit):
    return open_case(
        work, person_id=person.id, path=CasePath.EVERYDAY, opened_by_unit_id=unit.id, lead_unit_id=unit.id
    )


def codes(no) -> list[str]:
    return [one.code for one in no.value.reasons]


def everything(work) -> dict[str, list[tuple]]:
    """Each row with a link to a person, as (id, person), by table."""
    return {
        name: [tuple(row) for row in work.session.connection().execute(
            text(f"SELECT id, person_id FROM {name} ORDER BY id"))]
        for name in followed()
    }  # fmt: skip


def followed() -> set[str]:
    return {
        table.name
        for table in load_all_tables().tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person" and key.parent.name == "person_id"
    }


def test_every_table_about_a_person_follows_it():
    taken = {one.table.name for room in ROOMS for one in room.ROWS}

    assert taken == followed()


def test_what_was_known_of_both_is_known_of_one(canton):
    orp, chief = at(canton, "ORP-LITTORAL")
    old, new = a_nameless(chief, orp), a_person(chief, orp)
    a_status(chief, old, orp, Sector.AC)
    a_consent(chief, old, orp, institution_by_code(canton, "OAI"))
    disclose(chief, old, None, unit_by_code(canton, "OAI-REA").id, Section.IDENTITY, Basis.CONSENT)

    made = merge(chief, old.ref, new.ref, WHY)

    assert [row.system for row in statuses(chief, new.id)] == [Sector.AC]
    assert (len(consents(canton, new.id)), len(disclosures(canton, new.id))) == (1, 1)
    assert [one.ref for one in merges(chief, new.id)] == [made.ref]
    with pytest.raises(UnknownThing):
        person_by_ref(chief, old.ref)


def test_a_number_follows_to_the_person_without_one_and_returns(canton):
    orp, chief = at(canton, "ORP-LITTORAL")
    old, new = a_person(chief, orp, avs="756.9217.0769.85"), a_nameless(chief, orp)

    made = merge(chief, old.ref, new.ref, WHY)

    assert find_by_avs(chief, "756.9217.0769.85").ref == new.ref
    unmerge(chief, made.ref, "Ce sont deux personnes.")
    assert find_by_avs(chief, "756.9217.0769.85").ref == old.ref
    assert avs_of(chief, person_by_ref(chief, new.ref)) is None


def test_nobody_sees_a_case_more_and_each_unit_its_own_words(canton):
    (orp, chief), (gsr, social) = at(canton, "ORP-LITTORAL"), at(canton, "GSR-VAL-DE-TRAVERS")
    old = a_nameless(social, gsr)
    new = a_person(chief, orp, last_name="Exemplaire")
    theirs, mine = a_case(canton, old, gsr), a_case(canton, new, orp)
    attach_person(chief, AttachPerson(None, "Exemple", "E.", date(1985, 5, 20)), orp.id)
    a_consent(social, old, gsr, institution_by_code(canton, "SEMP"))
    disclose(social, old, None, orp.id, Section.IDENTITY, Basis.CONSENT)

    def seen():
        both = {theirs.ref, mine.ref}
        return [set(who.session.scalars(cases_named(who, both))) for who in (chief, social)]

    seen_before = seen()

    merge(chief, old.ref, new.ref, WHY)

    assert seen_before == seen() == [{mine.ref}, {theirs.ref}]
    assert sections_on_case(chief, theirs.id) == sections_on_case(social, mine.id) == (NOTHING, NOTHING)
    assert label(social, [new.id])[new.id].name == "Exemple Élodie"
    assert label(chief, [new.id])[new.id].name == "Exemplaire Élodie"


def test_both_must_be_open_to_whoever_merges(canton):
    (orp, chief), (gsr, social) = at(canton, "ORP-LITTORAL"), at(canton, "GSR-VAL-DE-TRAVERS")
    theirs, mine = a_nameless(social, gsr), a_person(chief, orp)

    for old, new in ((theirs.ref, mine.ref), (mine.ref, theirs.ref), ("zzzzzzzzzz", mine.ref)):
        with pytest.raises(UnknownThing) as no:
            merge(chief, old, new, WHY)
        assert no.value.facts == {}


def test_the_undo_puts_exactly_the_same_rows_back(work):
    town = a_town(work)
    chief = as_(work, an_actor(work, (unit_by_code(work, "ORP-LITTORAL"), Role.SUPERVISOR)))
    a_detection(town.hands["ORP"], nom="Vieux")
    number = an_avs()
    a_detection(town.hands["ORP"], nom="Neuf", avs=number)
    new = find_by_avs(chief, number)
    old_id = work.session.execute(
        text("SELECT person_id FROM identity WHERE last_name = 'Vieux'")
    ).scalar_one()
    work.session.execute(
        text("UPDATE person SET avs_sealed = NULL, avs_hash = NULL WHERE id = :id"), {"id": old_id}
    )
    old_ref = work.session.execute(text("SELECT ref FROM person WHERE id = :id"), {"id": old_id}).scalar_one()
    before = everything(work)

    made = merge(chief, old_ref, new.ref, WHY)
    between = everything(work)
    unmerge(chief, made.ref, "Erreur: deux personnes.")

    assert before != between
    assert {person for rows in between.values() for _, person in rows if person} - {new.id} <= {old_id}
    assert between["wf_decision"] == [(id_, new.id) for id_, _ in before["wf_decision"]]
    assert everything(work) == before
    told = [row.action for row in history(chief, case_ids=[], person_ids=[new.id]) if "merge" in row.action]
    assert told == ["unmerge_persons", "merge_persons"]


def test_the_undo_names_what_has_changed_since(canton):
    orp, chief = at(canton, "ORP-LITTORAL")
    old, new = a_nameless(chief, orp), a_person(chief, orp)
    case = a_case(canton, old, orp)
    made = merge(chief, old.ref, new.ref, WHY)
    case.version += 1
    canton.session.add(case)
    canton.session.flush()

    with pytest.raises(MergedSince) as no:
        unmerge(chief, made.ref, "Erreur: deux personnes.")

    assert (no.value.facts["table"], no.value.facts["count"]) == ("case_file", 1)
    canton.session.refresh(case)
    assert case.person_id == new.id


def test_a_merge_is_taken_back_once(canton):
    orp, chief = at(canton, "ORP-LITTORAL")
    old, new = a_nameless(chief, orp), a_person(chief, orp)
    made = merge(chief, old.ref, new.ref, WHY)
    unmerge(chief, made.ref, "Erreur: deux personnes.")

    with pytest.raises(MergeUndone):
        unmerge(chief, made.ref, "Erreur: deux personnes.")
    _, stranger = at(canton, "ORP-MONTAGNES")
    with pytest.raises(UnknownThing):
        unmerge(stranger, made.ref, "Erreur: deux personnes.")
    assert merge(chief, old.ref, new.ref, WHY).ref != made.ref


def test_a_merge_is_refused_with_all_its_clashes(work):
    town = a_town(work)
    chief = as_(work, an_actor(work, (unit_by_code(work, "ORP-LITTORAL"), Role.SUPERVISOR)))
    from cii.routing.actions import ImportDetections, import_detections

    one, other = a_row(nom="Un"), a_row(nom="Deux")
    import_detections(town.hands["ORP"], ImportDetections("liste.csv", a_file(one, other)))
    old, new = find_by_avs(chief, one["avs"]), find_by_avs(chief, other["avs"])

    with pytest.raises(Refusal) as no:
        merge(chief, old.ref, new.ref, "court")

    assert codes(no) == [MergeReason.code, TwoNumbers.code, DetectedTwice.code]
    with pytest.raises(SamePerson):
        merge(chief, old.ref, old.ref, WHY)


def test_two_places_on_the_same_days_stay_two_persons(work):
    stage = a_stage(work)
    first, second = stage.case(), stage.case()
    for case in (first, second):
        stage.placement(case)
    hand = replace(work)
    refs = [
        work.session.execute(
            text("SELECT ref FROM person WHERE id = :id"), {"id": case.person_id}
        ).scalar_one()
        for case in (first, second)
    ]
    work.session.execute(
        text("UPDATE person SET avs_sealed = NULL, avs_hash = NULL WHERE id = :id"), {"id": first.person_id}
    )
    work.session.expire_all()

    with pytest.raises(PlacesOverlap) as no:
        merge(hand, *refs, WHY)

    assert no.value.facts["last"] - no.value.facts["first"] > timedelta(0)


@pytest.mark.parametrize("table", ["system_status", "disclosure", "wf_decision"])
def test_the_guard_lets_the_link_to_the_person_move_and_nothing_else(work, table):
    town = a_town(work)
    ref = a_detection(town.hands["ORP"])
    person = work.session.execute(
        text("SELECT person_id FROM detection WHERE ref = :ref"), {"ref": ref}
    ).scalar_one()
    orp, ai = unit_by_code(work, "ORP-LITTORAL"), unit_by_code(work, "OAI-REA")
    held = work.session.exec(select_person(person)).one()
    disclose(town.hands["ORP"], held, None, ai.id, Section.IDENTITY, Basis.LACI_85F_3, from_unit_id=orp.id)
    other = a_nameless(town.hands["ORP"], orp)

    work.session.execute(text(f"UPDATE {table} SET person_id = :id"), {"id": other.id})

    column = {"system_status": "note", "disclosure": "reason", "wf_decision": "digest"}[table]
    with pytest.raises(Exception, match="append-only"):
        work.session.execute(text(f"UPDATE {table} SET {column} = 'x', person_id = :id"), {"id": person})


def select_person(person_id):
    from cii.people.tables import Person

    return select(Person).where(Person.id == person_id)
