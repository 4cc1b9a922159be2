"""The page of a person: identity, statuses, consents, doubles, merge and its undo, on both engines."""

import json
from io import BytesIO

from sqlalchemy import text

from tests.people.build_people import an_avs
from tests.web.build_path import path

__all__ = ["path"]


def person_of(path, case):
    return one(
        path, "SELECT p.ref FROM person p JOIN case_file c ON c.person_id = p.id WHERE c.ref = :ref", ref=case
    )


def one(path, sql, **values):
    with path.site.engine.connect() as connection:
        return connection.execute(text(sql), values).scalar_one()


def version(page):
    return page.split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')


def entered(path, reader, last, avs="", **more):
    """A person whom the reader's unit enters by hand; the reference of the person."""
    form = {
        "avs": avs, "last_name": last, "first_name": "Renée", "birth_date": "1980-05-07", "postcode": "2114",
        "municipality": "Fleurier", "language": "fr", "followed": "AC", "may_owe": "AI", "work_capacity": "100",
        "problems": "4",
    }  # fmt: skip
    reader.post("/detections/new", **form | more)
    return one(path, "SELECT p.ref FROM person p JOIN identity i ON i.person_id = p.id WHERE i.last_name = :last "
                     "ORDER BY p.id DESC LIMIT 1", last=more.get("last_name", last))  # fmt: skip


def test_the_page_shows_the_person_as_my_unit_knows_them_and_the_number_only_when_asked(path):
    case = path.case()
    ref = person_of(path, case)

    page = path.as_("manager").get(f"/persons/{ref}")
    clear = path.as_("manager").get(f"/persons/{ref}", avs=1)

    assert "756.••••.••" in page
    assert "756.0000" not in page
    assert "756.0000" in clear
    assert f"/cases/{case}" in page
    assert "importé par" in page
    assert "a communiqué à" in page


def test_a_person_of_others_is_not_there(path):
    ref = person_of(path, path.case())

    stranger = path.as_("stranger")
    stranger.get(f"/persons/{ref}", 404)
    stranger.post(f"/persons/{ref}/statuses", 404, system="AC", kind="benefit", effective_on="2026-10-15")
    path.as_("administrator").get(f"/persons/{ref}", 403)


def test_my_unit_corrects_what_it_typed_from_the_version_it_saw(path):
    ref = person_of(path, path.case())
    reader = path.as_("manager")
    seen = version(reader.get(f"/persons/{ref}"))
    form = {"last_name": "Corrigée", "first_name": "Renée", "birth_date": "1980-05-17", "language": "fr"}

    reader.post(f"/persons/{ref}/identity", 428, **form)
    reader.post(f"/persons/{ref}/identity", 412, version=f'"{ref}.0"', **form)
    where = reader.post(f"/persons/{ref}/identity", version=seen, **form)

    page = reader.get(where)
    assert "Corrigée Renée" in page
    assert "identité est corrigée" in page
    assert "Corriger l&#39;identité" in page
    assert "Corriger l&#39;identité" not in path.as_("ai").get(f"/persons/{ref}")


def test_a_status_is_recorded_with_its_author_and_its_end_warns(path):
    case = path.case()
    ref, reader = person_of(path, case), path.as_("manager")
    form = {
        "system": "AC", "kind": "benefit", "effective_on": "2026-10-15", "since": "2025-01-15",
        "until": "2027-01-10", "remaining_days": "61", "note": "Délai-cadre",
    }  # fmt: skip

    where = reader.post(f"/persons/{ref}/statuses", **form)
    wrong = reader.post(f"/persons/{ref}/statuses", 422, **form | {"until": "2024-01-01"})

    page, at_a_glance = reader.get(where), reader.get(f"/cases/{case}")
    for shown in (page, at_a_glance):
        assert "61 jours restants" in shown
        assert "fin de droit proche" in shown
        assert "saisi par Camille Perrenoud" in shown
    assert "précède son début" in wrong
    assert 'value="Délai-cadre"' in wrong


def test_a_status_of_a_later_day_is_upcoming_and_leaves_what_holds_today(path):
    case = path.case()
    ref, reader = person_of(path, case), path.as_("manager")
    now = {"system": "AI", "kind": "claim_open", "effective_on": "2026-10-15"}
    before = reader.get(reader.post(f"/persons/{ref}/statuses", **now))

    where = reader.post(f"/persons/{ref}/statuses", **now | {"kind": "benefit", "effective_on": "2027-02-01"})

    page, at_a_glance = reader.get(where), reader.get(f"/cases/{case}")
    assert "à venir" in page
    assert page.count("antérieur") == before.count("antérieur")
    assert "01.02.2027" not in at_a_glance
    assert "demande en cours" in at_a_glance


def test_a_consent_is_kept_to_a_known_text_withdrawn_and_given_again(path):
    case = path.case()
    ref, reader = person_of(path, case), path.as_("manager")
    social = one(path, "SELECT ref FROM institution WHERE code = 'SASO'")
    path.as_("social").get(f"/cases/{case}")
    with path.site.engine.connect() as connection:
        given = connection.execute(
            text("SELECT o.ref FROM consent o JOIN person p ON p.id = o.person_id WHERE p.ref = :ref"), {"ref": ref}
        ).scalars().all()  # fmt: skip
    for consent in given:
        reader.post(f"/persons/{ref}/consents/{consent}/withdraw")
    path.as_("social").get(f"/cases/{case}", 404)
    form = {
        "text_version": "consentement-cii-1", "purpose": "coordination", "institutions": social,
        "sections": ["identity", "functional", "plan", "placement", "social_facts"], "given_on": "2026-10-15",
        "valid_until": "2027-10-14", "how": "signed_paper",
    }  # fmt: skip

    unknown = reader.post(f"/persons/{ref}/consents", 422, **form | {"text_version": "autre"})
    reader.post(f"/persons/{ref}/consents", **form)

    assert "Versions connues : consentement-cii-1" in unknown.replace("\u00a0", " ").replace("\u202f", " ")
    path.as_("social").get(f"/cases/{case}")
    path.as_("doctor").get(f"/cases/{case}", 404)


def test_likely_doubles_are_shown_before_a_person_is_entered_and_foreign_ones_are_not(path):
    reader, stranger = path.as_("manager"), path.as_("stranger")
    entered(path, reader, "Sémon")
    again = {
        "avs": "", "last_name": "Renée", "first_name": "Semon", "birth_date": "1980-07-05", "postcode": "2114",
        "municipality": "Fleurier", "language": "fr", "followed": "AC", "may_owe": "AI", "work_capacity": "100",
        "problems": "4",
    }  # fmt: skip

    asked = reader.post("/detections/new", 200, **again)
    where = stranger.post("/detections/new", **again)
    kept = reader.post("/detections/new", **again, doubles_seen="yes")

    assert "Peut-être déjà connue" in asked
    assert "même nom, date de naissance proche" in asked
    assert 'value="Semon"' in asked
    assert "Peut-être déjà connue" not in stranger.get(where)
    assert "Sémon Renée" in reader.get(kept)


def test_two_records_are_merged_and_taken_apart(path):
    reader, chief = path.as_("manager"), path.as_("chief")
    old = entered(path, reader, "Doublon")
    new = entered(
        path, reader, "Doublon", avs=an_avs(), first_name="Rénée", birth_date="1980-05-08", doubles_seen="yes"
    )
    assert old != new
    assert old in chief.get(f"/persons/{new}")
    reader.post(f"/persons/{new}/merge", 403, old_ref=old, reason="Même personne, annoncée deux fois.")

    refused = chief.post(f"/persons/{new}/merge", 422, old_ref=old, reason="court")
    chief.post(f"/persons/{new}/merge", old_ref=old, reason="Même personne, annoncée deux fois.")
    chief.get(f"/persons/{old}", 404)
    told = json.loads(chief.get(f"/api/v1/persons/{new}/merges"))["items"]
    assert [(row["reason"], row["undone_at"]) for row in told] == [
        ("Même personne, annoncée deux fois.", None)
    ]
    merge = one(path, "SELECT ref FROM person_merge ORDER BY id DESC LIMIT 1")
    chief.post(f"/persons/{new}/merges/{merge}/undo", reason="Deux personnes.")

    assert "10 caractères au moins" in refused
    assert "Doublon" in chief.get(f"/persons/{old}")
    assert "Réunion annulée" in chief.get(f"/persons/{new}")


def test_a_file_of_statuses_is_tried_read_and_refused_by_line(path):
    reader, number = path.as_("manager"), an_avs()
    ref = entered(path, reader, "Fichier", avs=number)

    def a_file(*rows):
        head = "avs;systeme;statut;valable_des;jours_restants"
        return BytesIO("\n".join([head, *rows]).encode()), "statuts.csv"

    good = f"{number};AC;prestation;14.10.2026;77"
    tried = reader.post("/persons/statuses", 200, dry_run="yes", file=a_file(good))
    assert "77 jours restants" not in reader.get(f"/persons/{ref}")
    done = reader.post("/persons/statuses", 200, file=a_file(good))
    wrong = reader.post("/persons/statuses", 422, file=a_file(good, f"{an_avs()};XX;prestation;14.10.2026;"))

    assert "rien n&#39;a été enregistré" in tried
    assert "Le fichier est importé." in done
    assert "77 jours restants" in reader.get(f"/persons/{ref}")
    assert "systeme" in wrong
    assert "XX" in wrong
    assert 'id="f-file-error"' in reader.post("/persons/statuses", 422)


def test_the_sharing_page_tells_each_disclosure_as_a_sentence_and_leads_to_the_person(path):
    case = path.case()

    page = path.as_("manager").get(f"/cases/{case}/sharing")

    assert "a communiqué à" in page
    assert f"/persons/{person_of(path, case)}" in page
    assert "consentement-cii-1" in page
