"""The pages of a case: each section for those to whom it is open, each act beside its state."""

from html import unescape

import pytest

from cii.web.case_head import TABS
from tests.web.build_path import path

__all__ = ["path"]


def version(page):
    """The version that the form of a page carries."""
    return page.split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')


def test_the_list_shows_my_cases_by_filter(path):
    path.case("assessment", nom="Rochefort")
    reader = path.as_("manager")

    found, none = reader.get("/cases", q="rochef"), reader.get("/cases", path="ne-eso")

    assert "Rochefort Dominique" in found
    assert "Office AI, réadaptation" in found
    assert "Aucun cas ne répond à ces filtres" in none


def test_the_list_of_a_stranger_is_empty(path):
    path.case("assessment")

    assert "Exemple" not in path.as_("stranger").get("/cases")
    assert "Un cas s&#39;ouvre par l&#39;annonce" in path.as_("newcomer").get("/cases")


@pytest.mark.parametrize("tab", TABS)
def test_no_page_of_a_case_is_there_for_who_has_no_part(path, tab):
    ref = path.case("assessment")
    address = f"/cases/{ref}" if tab == "one" else f"/cases/{ref}/{tab}"

    path.as_("stranger").get(address, 404)
    path.as_("administrator").get(address, 403)
    path.as_("manager").get(address)


def test_the_first_page_says_what_waits_for_whom(path):
    page = path.as_("ai").get(f"/cases/{path.case('assessment')}")

    assert "Évaluation commune" in page
    assert "Grille commune (aide sociale)" in page
    assert "Guichet social régional du Val-de-Travers" in page
    assert "à vous d&#39;agir" in page
    assert "dans 14 jours ouvrables" in page


def test_the_number_of_the_person_is_masked_until_asked_for(path):
    ref, reader = path.case("assessment"), path.as_("ai")

    masked, shown = reader.get(f"/cases/{ref}"), reader.get(f"/cases/{ref}", avs="1")

    assert "756.••••.••" in masked
    assert "756.••••" not in shown
    assert "756.0" in shown


def test_answers_to_the_grid_stand_side_by_side_and_disagreement_is_marked(path):
    page = path.as_("social").get(f"/cases/{path.case('heard')}/grid")

    assert "Ponctualité et fiabilité" in page
    assert "2 sur 4" in page
    assert "3 sur 4" in page
    assert "diffère" in page
    assert "Béatrice Aubry" in page


def test_my_part_of_the_grid_holds_the_items_of_my_role_only(path):
    ref = path.case("assessment")

    ac, social = path.as_("manager").get(f"/cases/{ref}/grid"), path.as_("social").get(f"/cases/{ref}/grid")

    assert "answers-job_search" in ac
    assert "answers-has_debts" not in ac
    assert "answers-has_debts" in social
    assert "answers-work_capacity" not in social


def test_finishing_my_part_ends_my_task(path):
    ref, reader = path.case("assessment"), path.as_("manager")

    where = reader.post(
        f"/cases/{ref}/grid",
        effective_on="2026-10-14",
        source="entretien",
        finished="yes",
        **{"answers-motivation": "3", "answers-target_job": "Magasinière"},
    )

    page = reader.get(where)
    assert "Votre part de la grille est terminée." in page
    assert "Magasinière" in page
    assert "Enregistrer et terminer ma part" not in page


def test_a_wrong_answer_is_refused_beside_its_item(path):
    ref = path.case("assessment")

    page = path.as_("manager").post(
        f"/cases/{ref}/grid",
        422,
        effective_on="2026-10-14",
        **{"answers-travel_minutes": "999", "answers-target_job": "Gardé"},
    )

    assert 'id="f-answers-travel_minutes-error"' in page
    assert "Gardé" in page


def test_the_medical_part_is_the_physicians(path):
    ref, doctor = path.case("assessment"), path.as_("doctor")

    doctor.post(
        f"/cases/{ref}/health", statement="Diagnostic confié.", limits="Pas de port de charges.", capacity="60",
        effective_on="2026-10-14", finished="yes",
    )  # fmt: skip

    assert "Diagnostic confié." in doctor.get(f"/cases/{ref}/health")
    social = path.as_("social").get(f"/cases/{ref}/health")
    assert "Pas de port de charges." in social
    assert "Diagnostic confié." not in social
    path.as_("social").post(f"/cases/{ref}/health", 403, statement="x", limits="x", effective_on="2026-10-14")


def test_the_assessment_names_each_missing_voice_before_it_can_be_signed(path):
    ref = path.case("assessment")

    page = path.as_("ai").get(f"/cases/{ref}/assessment")

    assert "L&#39;évaluation ne peut pas encore être signée" in page
    assert "Il manque encore l&#39;avis de\xa0: médecin." in page
    assert 'name="synthesis"' not in page


def test_a_signature_with_a_voice_missing_is_refused(path):
    ref, reader = path.case("assessment"), path.as_("ai")

    page = reader.post(
        f"/cases/{ref}/assessment", 422, synthesis="Trop tôt.", version=f'"{ref}.{current(path, ref)}"'
    )

    assert "Il manque encore l&#39;avis de\xa0: médecin." in page


def current(path, ref):
    from cii.cases.queries import case_by_ref

    with path.site.work() as work:
        return case_by_ref(work, ref).version


def test_the_lead_signs_when_everybody_has_spoken(path):
    ref, reader = path.case("heard"), path.as_("ai")
    page = reader.get(f"/cases/{ref}/assessment")

    where = reader.post(f"/cases/{ref}/assessment", synthesis="Réinsertion à 60 %.", version=version(page))

    signed = reader.get(where)
    assert "Réinsertion à 60 %." in signed
    assert "Signée le" in signed
    assert 'name="synthesis"' not in path.as_("manager").get(f"/cases/{path.case('heard')}/assessment")


def test_a_form_of_an_older_version_is_refused(path):
    ref, reader = path.case("heard"), path.as_("ai")

    page = reader.post(f"/cases/{ref}/assessment", 412, synthesis="Ancienne.", version=f'"{ref}.1"')

    assert "Une autre personne a modifié ces données" in page
    assert "Ancienne." in page


def test_a_plan_is_proposed_with_its_parts(path):
    ref, reader = path.case("plan"), path.as_("ai")
    page = reader.get(f"/cases/{ref}/plan")
    bearer = page.split("Office AI, réadaptation</option>")[0].split('value="')[-1].split('"')[0]

    where = reader.post(
        f"/cases/{ref}/plan",
        version=version(page),
        focus="Retour à 60 %",
        **{
            "parts-0-goal": "Rythme", "parts-0-action": "Atelier", "parts-0-unit_ref": bearer, "parts-0-due_on": "2027-01-31",
            "parts-1-goal": "", "parts-1-action": "", "parts-1-unit_ref": "", "parts-1-due_on": "", "parts-1-measure_ref": "",
        },
    )  # fmt: skip

    shown = reader.get(where)
    assert "Retour à 60 %" in shown
    assert "proposé" in shown
    assert "attendue" in shown


def test_a_part_without_bearer_is_refused_beside_its_input(path):
    ref, reader = path.case("plan"), path.as_("ai")
    page = reader.get(f"/cases/{ref}/plan")

    again = reader.post(
        f"/cases/{ref}/plan", 422, version=version(page), focus="Retour à 60 %",
        **{"parts-0-goal": "Rythme", "parts-0-action": "Atelier", "parts-0-unit_ref": "zzzzzzzzzz", "parts-0-due_on": "2026-01-31"},
    )  # fmt: skip

    assert 'id="f-parts-0-unit_ref-error"' in again
    assert 'id="f-parts-0-due_on-error"' in again
    assert "Retour à 60 %" in again


def test_each_bearing_institution_answers_the_plan(path):
    ref, reader = path.case("proposed"), path.as_("manager")

    no = reader.post(f"/cases/{ref}/plan/answer", 422, answer="refuse")
    where = reader.post(f"/cases/{ref}/plan/answer", answer="agree")

    assert "Un refus doit être motivé" in no
    page = reader.get(where)
    assert "d&#39;accord" in page
    assert 'name="answer"' not in page
    assert 'name="answer"' not in path.as_("social").get(f"/cases/{ref}/plan")
    path.as_("social").post(f"/cases/{ref}/plan/answer", 403, answer="agree")


def test_the_review_is_done_where_it_waits(path):
    ref, reader = path.case("agreed"), path.as_("ai")
    page = reader.get(f"/cases/{ref}")
    task = page.split('name="task_ref" value="')[1].split('"')[0]
    version = unescape(page.split('name="task_ref"')[0].rpartition('name="version" value="')[2].split('"')[0])

    reader.post(f"/cases/{ref}/tasks", task_ref=task, outcome="close", closing="job", version=version)

    closed = reader.get(f"/cases/{ref}")
    assert "Ce cas est clos depuis le 15.10.2026" in closed
    assert "Trouver une place" not in closed


def test_consents_and_disclosures_are_listed_and_a_withdrawal_closes_access_at_once(path):
    ref, reader = path.case("assessment"), path.as_("manager")
    page = reader.get(f"/cases/{ref}/sharing")
    consent = page.split("/consents/")[1].split("/")[0]
    assert "Office de l&#39;assurance-invalidité" in page
    assert "formulaire signé" in page

    reader.post(f"/cases/{ref}/consents/{consent}/withdraw")

    after = reader.get(f"/cases/{ref}/sharing")
    assert "retiré" in after
    assert "Guichet social régional du Val-de-Travers" in after
    path.as_("social").get(f"/cases/{ref}", 404)


def test_decisions_say_rule_facts_and_sentence(path):
    page = path.as_("manager", "de").get(f"/cases/{path.case('assessment')}/decisions")

    assert "Triage" in page
    assert "Federführende Institution" in page
    assert "die Gesundheit steht im Vordergrund" in page
    assert "Arbeitsfähigkeit" in page


def test_the_history_names_act_author_and_institution(path):
    page = path.as_("manager").get(f"/cases/{path.case('plan')}/timeline")

    assert "Évaluation signée" in page
    assert "Béatrice Aubry" in page
    assert "Conduite acceptée" in page


def test_notes_are_read_by_their_own_unit_only(path):
    ref, reader = path.case("assessment"), path.as_("ai")

    reader.post(f"/cases/{ref}/notes", text="Appeler le fils avant midi.")

    assert "Appeler le fils avant midi." in reader.get(f"/cases/{ref}/notes")
    assert "Appeler le fils" not in path.as_("manager").get(f"/cases/{ref}/notes")
