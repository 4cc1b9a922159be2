"""Detections: a file with its faults by line, who meets the criteria and why, the announcement with all reasons."""

from io import BytesIO

from tests.routing.build_routing import a_file, a_row
from tests.web.build_path import path

__all__ = ["path"]


def a_csv(*rows):
    return BytesIO(a_file(*rows)), "liste.csv"


def test_a_faulty_file_changes_nothing_and_lists_its_faults(path):
    reader = path.as_("manager")
    good, day, system = a_row(nom="Intact"), a_row(naissance="31.02.1980"), a_row(suivi_par="XY")

    page = reader.post("/detections/import", 422, file=a_csv(good, day, system))

    assert "2 fautes dans le fichier" in page
    assert "31.02.1980" in page
    assert "naissance" in page
    assert "XY" in page
    assert "suivi_par" in page
    assert "Intact" not in reader.get("/detections")


def test_a_dry_run_shows_who_would_be_detected_and_keeps_nobody(path):
    reader = path.as_("manager")

    page = reader.post("/detections/import", 200, dry_run="yes", file=a_csv(a_row(nom="Provisoire")))

    assert "Provisoire Dominique" in page
    assert "rien n&#39;a été enregistré" in page
    assert "Provisoire" not in reader.get("/detections")


def test_an_import_keeps_the_detected_with_their_reason(path):
    reader = path.as_("manager")
    rows = (
        a_row(nom="Retenue"),
        a_row(nom="Ordinaire", mois_incapacite="0", jours_indemnite_restants="300", problemes="0"),
    )

    page = reader.post("/detections/import", 200, file=a_csv(*rows))

    assert "Le fichier est importé." in page
    listed = reader.get("/detections")
    assert "Retenue Dominique" in listed
    assert "Incapacité de travail depuis 8 mois" in listed
    assert "Ordinaire" not in listed


def test_the_same_file_again_writes_nothing(path):
    reader, file = path.as_("manager"), a_row(nom="Une Fois")
    reader.post("/detections/import", 200, file=a_csv(file))

    page = reader.post("/detections/import", 200, file=a_csv(file))

    assert "Ce fichier a déjà été importé." in page


def test_an_import_without_a_file_says_so_beside_the_field(path):
    page = path.as_("manager").post("/detections/import", 422)

    assert 'id="f-file-error"' in page


def test_a_detection_says_why_with_rule_and_facts(path):
    page = path.as_("manager").get(f"/detections/{path.detection()}")

    assert "Table Détection systématique, version 1" in page
    assert "Incapacité de travail depuis 8 mois avec une capacité de 40 %" in page
    assert "D2" in page
    assert "Mois d&#39;incapacité de travail" in page
    assert "source non enregistrée" not in page
    assert "Ce qui changerait la décision" in page


def test_an_announcement_below_the_threshold_is_refused_with_all_reasons(path):
    ref = path.detection(droit_possible="")

    page = path.as_("manager").post(
        f"/detections/{ref}/announce", 422, reason="À évaluer ensemble.", potential="medium", basis="consent"
    )

    assert "Le seuil n&#39;est pas atteint" in page
    assert "Office AI, réadaptation" in page
    assert "Équipe des médecins-conseils" in page
    assert "un second dispositif qui doit ou pourrait devoir des prestations" in page
    assert "À évaluer ensemble." in page


def test_an_announcement_with_consent_opens_the_case(path):
    ref, reader = path.detection(), path.as_("manager")

    where = reader.post(
        f"/detections/{ref}/announce",
        reason="Santé et fin de droit.",
        potential="medium",
        basis="consent",
        **{"consent-given_on": "2026-10-14", "consent-how": "signed_paper"},
    )

    page = reader.get(where)
    assert "la personne est annoncée" in page.lower()
    assert "/referrals/" in page
    assert "Grille commune (assurance-chômage)" in page


def test_an_announcement_may_restrict_the_case_from_its_opening(path):
    ref, reader = path.detection(), path.as_("manager")
    assert 'name="restricted"' in reader.get(f"/detections/{ref}")

    where = reader.post(
        f"/detections/{ref}/announce", reason="Santé et fin de droit.", potential="medium", basis="consent",
        restricted="Parent d'un membre de l'unité.",
        **{"consent-given_on": "2026-10-14", "consent-how": "signed_paper"},
    )  # fmt: skip

    assert "Parent d&#39;un membre" in reader.get(f"{where.split('?')[0]}/restriction")
    path.as_("chief").get(where.split("?")[0], 404)
    path.as_("chief").get(f"/detections/{ref}", 404)


def test_a_detection_put_aside_says_its_reason(path):
    ref, reader = path.detection(), path.as_("manager")

    reader.post(f"/detections/{ref}/dismiss", reason="Déjà suivie par un réseau.")

    assert "Déjà suivie par un réseau." in reader.get(f"/detections/{ref}")


def test_a_person_entered_by_hand_is_looked_at_by_the_same_criteria(path):
    reader = path.as_("manager")
    row = a_row()
    person = {
        "avs": row["avs"], "last_name": "Saisie", "first_name": "À la main", "birth_date": "1980-05-17", "postcode": "2114",
        "municipality": "Fleurier", "language": "fr", "followed": "AC", "may_owe": "AI", "work_capacity": "100",
    }  # fmt: skip

    nothing = reader.post("/detections/new", 200, **person)
    where = reader.post("/detections/new", **person, problems="4")

    assert "Aucun critère n&#39;est rempli" in nothing
    assert "Saisie À la main" in reader.get(where)


def test_a_wrong_number_keeps_what_was_typed(path):
    page = path.as_("manager").post("/detections/new", 422, avs="756.1234.5678.98", last_name="Gardée")

    assert 'value="Gardée"' in page
    assert 'id="f-first_name-error"' in page


def test_detections_of_another_unit_are_not_there(path):
    ref = path.detection()

    path.as_("stranger").get(f"/detections/{ref}", 404)
    path.as_("doctor").get(f"/detections/{ref}", 403)
    path.as_("doctor").get("/detections/import", 403)
