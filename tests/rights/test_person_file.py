"""What the officer hands to the person: everything that is kept of them, nothing of others; on both engines."""

import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import orjson
import pypdf
import pytest
from sqlalchemy import event

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.tables import SignedLink
from cii.access.vocabulary import LinkPurpose, Role, Section
from cii.cases.tables import CaseNote
from cii.institutions.queries import institution_by_code, unit_by_code
from cii.institutions.vocabulary import Sector
from cii.journal.actions import read_rows, wrote
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.people.actions import AttachPerson, attach_person, disclose, withdraw_consent
from cii.people.queries import person_by_id
from cii.people.vocabulary import Basis
from cii.rights.file_handing import made_file
from cii.rights.file_parts import PERSON
from cii.rights.file_schema import schema
from cii.rights.holds import SetHold, set_hold
from cii.rights.merging import merge
from cii.rights.person_requests import RecordPersonRequest, record_request
from cii.rights.queries import SCHEMA, person_file, sections
from cii.rights.queries_requests import request_view
from cii.rights.tables_retention import ArchiveOffer, ArchiveStep
from cii.rights.vocabulary_erasing import HoldBasis
from cii.rights.vocabulary_requests import AnswerForm, FileForm, MedicalWay, Proof, RequestKind
from cii.rights.vocabulary_retention import ArchiveAct
from cii.texts.languages import LANGUAGES
from cii.texts.speech import knows
from tests.access.build_access import an_actor, as_
from tests.cases.build_cases import a_grid, a_network, a_statement, an_entry
from tests.figures.build_figures import the_numbers
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_consent, a_person, a_status, an_avs

NOTE = "Remarque interne sur la conduite à tenir."
MEDICAL = "Lombalgies chroniques."


@pytest.fixture
def canton(work):
    the_numbers(work)
    the_canton(work)
    return work


def the_officer(work):
    return as_(work, an_actor(work, (unit_by_code(work, "DPO"), Role.DATA_PROTECTION_OFFICER)))


def a_manager(work, unit, name):
    """Somebody with this name who manages cases of the unit."""
    account = add_account(work, AddAccount(f"{name.lower()}@cii.example", f"Renata {name}"))
    add_membership(work, account, unit.id, Role.CASE_MANAGER)
    return as_(work, account_actor(work, account.email))


def a_case_of_all(work):
    """A shared case with entries, a physician's statement, an internal note and a disclosure."""
    net = a_network(work)
    manager = a_manager(work, net.units["AC"], "Dépositaire")
    net.hands["AC"] = manager
    a_grid(net, "AC", an_entry())
    a_statement(net)
    work.session.add(
        CaseNote(
            case_id=net.case.id,
            unit_id=net.units["AC"].id,
            account_id=manager.actor.account_id,
            text=NOTE,
            at=work.now,
        )
    )
    work.session.flush()
    return net


def person_of(work, net):
    return person_by_id(work, net.case.person_id)


def test_the_file_tells_what_is_kept_and_who_read_it(canton):
    orp, odas = unit_by_code(canton, "ORP-LITTORAL"), unit_by_code(canton, "ODAS")
    avs = an_avs()
    person = a_person(canton, orp, avs=avs)
    a_person(canton, odas, avs=avs, first_name="Elodie")
    a_status(canton, person, orp, Sector.AC)
    consent = a_consent(canton, person, orp, institution_by_code(canton, "OAI"))
    withdraw_consent(canton, consent.ref)
    reader = a_manager(canton, orp, "Lectrice")
    reader.saw("person", [person.id], int(Section.IDENTITY), "own_case")
    read_rows(reader)

    officer = the_officer(canton)
    found = person_file(officer, person.ref)

    assert [one["first_name"] for one in found["identities"]] == ["Élodie", "Elodie"]
    assert found["person"]["avs"]
    assert [(one["system"], one["source"], one["unit"]) for one in found["statuses"]] == [
        ("AC", "entered", orp.name)
    ]
    (given,) = found["consents"]
    assert given["recipients"] == ["Office de l'assurance-invalidité"]
    assert given["sections"] == ["identity", "plan"]
    assert given["withdrawn_at"] is not None
    assert given["text_version"]
    reads = [one for one in found["history"] if one["action"] == "read"]
    assert [(one["unit"], one["by"], one["sections"], one["basis"]) for one in reads] == [
        (orp.name, "case_manager", ["identity"], "own_case")
    ]
    assert any(one.kind == "person" and one.ids == (person.id,) for one in officer.seen)


def test_others_stand_in_it_by_unit_and_function_and_internal_notes_are_counted(canton):
    net = a_case_of_all(canton)
    canton.session.add(
        SignedLink(
            token_hash="0" * 64, purpose=LinkPurpose.MEDICAL_OPINION, subject="case", subject_id=net.case.id,
            case_id=net.case.id, bearer="Dr Porteur", made_by=net.hands["AC"].actor.account_id,
            made_unit_id=net.units["AC"].id, created_at=canton.now, expires_at=canton.now + timedelta(days=9),
        )
    )  # fmt: skip
    canton.session.flush()

    found = person_file(the_officer(canton), person_of(canton, net).ref)
    said = json.dumps(found, ensure_ascii=False)

    (case,) = found["cases"]
    assert [(one["item"], one["by"]) for one in case["grid"]] == [("punctuality", "case_manager")]
    assert case["medical"][0]["by"] == "physician"
    assert [(one["purpose"], one["unit"], one["by"]) for one in found["links"]] == [
        ("medical_opinion", net.units["AC"].name, "case_manager")
    ]
    assert "Dépositaire" not in said
    assert "Porteur" not in said
    assert "Camille" not in said
    assert NOTE not in said
    withheld = {one["what"]: one for one in found["withheld"]}
    assert withheld["internal_notes"] == {"what": "internal_notes", "count": 1, "ground": "internal"}


@pytest.mark.parametrize(
    ("way", "ground"),
    [(MedicalWay.NONE, "not_asked"), (MedicalWay.PHYSICIAN, "via_physician"), (MedicalWay.DIRECT, None)],
)
def test_medical_data_goes_the_way_the_person_wished(canton, way, ground):
    net = a_case_of_all(canton)

    found = person_file(the_officer(canton), person_of(canton, net).ref, way)

    (statement,) = found["cases"][0]["medical"]
    assert statement["limits"] == "Pas de charges au-delà de 5 kg."
    assert statement.get("statement") == (MEDICAL if ground is None else None)
    assert (MEDICAL in json.dumps(found)) is (ground is None)
    told = {one["what"]: (one["count"], one["ground"]) for one in found["withheld"]}
    assert told.get("medical_statements") == (None if ground is None else (1, ground))


def test_each_disclosure_says_in_a_sentence_who_told_whom_what(canton):
    orp, ai = unit_by_code(canton, "ORP-LITTORAL"), unit_by_code(canton, "OAI-REA")
    person = a_person(canton, orp)
    a_consent(canton, person, orp, institution_by_code(canton, "OAI"))
    manager = a_manager(canton, orp, "Dépositaire")
    disclose(manager, person, None, ai.id, Section.IDENTITY, Basis.CONSENT)

    (told,) = person_file(the_officer(canton), person.ref)["disclosures"]

    assert (told["from"], told["to"], told["by"]) == (orp.name, ai.name, "case_manager")
    assert orp.name in told["told"]["fr"]
    assert "identité et contact" in told["told"]["fr"]
    assert "Personalien und Kontakt" in told["told"]["de"]


def test_after_a_merge_the_file_holds_both_identities_and_what_was_written_of_the_old(canton):
    orp, odas = unit_by_code(canton, "ORP-LITTORAL"), unit_by_code(canton, "ODAS")
    old = attach_person(canton, AttachPerson(None, "Exemple", "Élo", date(1985, 5, 20)), odas.id)
    new = a_person(canton, orp)
    wrote(canton, "planted", "person", old.id, person_id=old.id, unit_id=odas.id)
    seats = ((orp, Role.SUPERVISOR), (odas, Role.SUPERVISOR))
    merge(as_(canton, an_actor(canton, *seats)), old.ref, new.ref, "Même personne, annoncée deux fois.")

    found = person_file(the_officer(canton), new.ref)

    assert [one["ref"] for one in found["person"]["also_kept_as"]] == [old.ref]
    assert {one["first_name"] for one in found["identities"]} == {"Élo", "Élodie"}
    assert "planted" in [one["action"] for one in found["history"]]
    assert len(found["merges"]) == 1


def test_the_json_that_is_handed_out_keeps_to_its_schema(canton):
    net = a_case_of_all(canton)
    officer = the_officer(canton)
    row = record_request(officer, wish(canton, net, medical=MedicalWay.DIRECT))

    told = orjson.loads(made_file(officer, row.ref, FileForm.JSON, "fr"))

    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema()
    assert faults(told, schema()) == []
    assert told["request"]["ref"] == row.ref
    assert faults(told | {"format": "other", "extra": 1}, schema()) == [".format", ".extra"]


def wish(work, net, **more):
    return RecordPersonRequest(
        person_of(work, net).ref,
        RequestKind.ACCESS,
        Proof.PASSPORT,
        AnswerForm.ELECTRONIC,
        work.today,
        **more,
    )


def faults(told, wanted, at=""):
    """Where a value departs from its schema: as much of JSON Schema as the file's needs."""
    if "anyOf" in wanted:
        return [] if any(not faults(told, one, at) for one in wanted["anyOf"]) else [at]
    if ("const" in wanted and told != wanted["const"]) or ("enum" in wanted and told not in wanted["enum"]):
        return [at]
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    if "type" in wanted and type(told) is not kinds[wanted["type"]]:
        return [at]
    if wanted.get("format") == "date-time":
        datetime.fromisoformat(told)
    if wanted.get("format") == "date":
        date.fromisoformat(told)
    found = []
    if wanted.get("type") == "object":
        known = wanted["properties"]
        found += [f"{at}.{name}" for name in wanted["required"] if name not in told]
        found += [
            fault
            for name in told
            if name in known
            for fault in faults(told[name], known[name], f"{at}.{name}")
        ]
        found += [f"{at}.{name}" for name in told if name not in known]
    if wanted.get("type") == "array":
        found += [fault for n, one in enumerate(told) for fault in faults(one, wanted["items"], f"{at}[{n}]")]
    return found


def test_each_download_stands_in_the_journal_in_the_officers_name(canton):
    net = a_case_of_all(canton)
    officer = the_officer(canton)
    row = record_request(officer, wish(canton, net))

    for form in FileForm:
        officer.afterwards.clear()
        made_file(officer, row.ref, form, "fr")
        for keep in officer.afterwards:
            keep(replace(officer, afterwards=[]))

    handed = request_view(officer, row.ref).handed
    assert [(one.form, one.by) for one in handed] == [(form, officer.actor.name) for form in FileForm]


@pytest.mark.parametrize(
    ("lang", "phrase"), [("fr", "Grille commune"), ("de", "Gemeinsames Raster"), ("en", "Common grid")]
)
def test_the_pdf_reads_in_the_language_of_the_reader(canton, lang, phrase):
    net = a_case_of_all(canton)
    officer = the_officer(canton)
    asks = wish(canton, net, medical=MedicalWay.PHYSICIAN, physician="Dr Témoin, Neuchâtel")
    row = record_request(officer, asks)

    made = made_file(officer, row.ref, FileForm.PDF, lang)

    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)
    assert phrase in text
    assert "Dr Témoin" in text
    assert MEDICAL not in text
    assert NOTE not in text


def test_the_file_tells_that_data_is_held_and_offered_and_how_long_it_is_kept_not_why_it_is_held(canton):
    orp, officer = unit_by_code(canton, "ORP-LITTORAL"), the_officer(canton)
    person = a_person(canton, orp)
    set_hold(officer, SetHold(person.ref, HoldBasis.AUDIT, "Contrôle des prestations de Tiers SA."))
    offer = ArchiveOffer(person_id=person.id, cases=1, sha256="f" * 64, size=9, offered_at=canton.now)
    canton.session.add(offer)
    canton.session.flush()
    said = ArchiveStep(
        offer_id=offer.id, kind=ArchiveAct.REFUSED, by="archiviste", reference="AEN 9", said_on=canton.today,
        at=canton.now,
    )  # fmt: skip
    canton.session.add(said)

    found = person_file(officer, person.ref)

    assert [(one["held_for"], one["until"], one["lifted_at"]) for one in found["legal_holds"]] == [
        ("audit", None, None)
    ]
    ((offered,),) = [found["archive_offers"]]
    assert [(one["kind"], one["said_by"]) for one in offered["archive_steps"]] == [("refused", "archiviste")]
    assert {one["rule"]: one["until"] for one in found["terms"]}["entry"] == "2028-10-15"
    assert "Tiers SA" not in json.dumps(found)
    assert {"what": "hold_reasons", "count": 1, "ground": "proceedings"} in found["withheld"]
    assert faults(found, schema()) == []


def test_every_part_and_field_of_the_file_has_its_name():
    def walk(part):
        yield part
        for child in part.parts:
            yield from walk(child)

    parts = [one for top in PERSON for one in walk(top)]
    keys = {f"rights.part.{one.name}" for one in parts}
    keys |= {f"rights.field.{name}" for one in parts if not one.flat for _, name in one.columns}

    assert {key for key in keys if not knows(key)} == set()
    assert set(LANGUAGES) == {"fr", "de", "en"}


def test_what_it_takes_to_read_does_not_grow_with_what_happened(canton):
    net = a_case_of_all(canton)
    officer, counts = the_officer(canton), []

    for many in (10, 190):
        for n in range(many):
            at = replace(net.hands["AC"], now=canton.now + timedelta(minutes=n))
            wrote(at, "planted", "case", net.case.id, case_id=net.case.id, person_id=net.case.person_id)
        asked = []
        listener = lambda *args, asked=asked: asked.append(args[2])  # noqa: E731 - a listener to take off again
        event.listen(canton.session.connection(), "before_cursor_execute", listener)
        found = person_file(officer, person_of(canton, net).ref)
        event.remove(canton.session.connection(), "before_cursor_execute", listener)
        counts.append((len(asked), sum(one["action"] == "planted" for one in found["history"])))

    (few, ten), (many, two_hundred) = counts
    assert (ten, two_hundred) == (10, 200)
    assert few == many


def test_only_the_officer_opens_the_file_and_only_of_known_persons(canton):
    person = a_person(canton, unit_by_code(canton, "ORP-LITTORAL"), birth_date=date(1990, 1, 1))
    administrator = as_(canton, an_actor(canton, (unit_by_code(canton, "GC"), Role.ADMINISTRATOR)))

    with pytest.raises(NotAllowed):
        person_file(administrator, person.ref)
    with pytest.raises(UnknownThing):
        person_file(the_officer(canton), "0000000000")


def test_sections_are_named():
    assert sections(int(Section.IDENTITY | Section.PLACEMENT)) == ["identity", "placement"]
