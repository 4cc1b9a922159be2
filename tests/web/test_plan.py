"""Pages of the plan, of two moments, of the team and of employers: what is shown, what a form does, what is refused."""

from datetime import date
from html import unescape

import pytest

from cii.routing.checking import ask_for_results
from tests.web.build_path import path
from tests.web.test_cases import version

__all__ = ["path"]


def between(page, before, after):
    """What stands between two marks of a page."""
    return page.split(before, 1)[1].split(after, 1)[0]


def test_the_plan_shows_goals_actions_payer_and_that_the_person_is_awaited(path):
    page = path.as_("ai").get(f"/cases/{path.case('proposed')}/plan")

    assert "Reprendre un rythme" in page
    assert "Atelier à mi-temps" in page
    assert "sans frais" in page
    assert "La personne ne s&#39;est pas encore prononcée" in page


def test_the_word_of_the_person_is_recorded_from_the_signed_paper_once(path):
    ref, reader = path.case("proposed"), path.as_("ai")
    form = reader.get(f"/cases/{ref}/plan/person")
    plan = between(form, 'name="plan_ref" value="', '"')

    early = reader.post(f"/cases/{ref}/plan/person", 422, plan_ref=plan, reply="agree", given_on="2026-10-14")
    where = reader.post(f"/cases/{ref}/plan/person", plan_ref=plan, reply="agree", given_on="2026-10-15")
    twice = reader.post(
        f"/cases/{ref}/plan/person", 409, plan_ref=plan, reply="refuse", given_on="2026-10-15"
    )

    assert "Le plan n&#39;a été proposé que le 15.10.2026" in early
    page = reader.get(where)
    assert "La réponse de la personne est enregistrée." in page
    assert "d&#39;accord le 15.10.2026 (formulaire signé)" in page
    assert "déjà prononcée sur cette version" in twice


def test_an_action_is_marked_done_by_its_bearer_and_its_course_is_kept(path):
    ref, reader = path.case("agreed"), path.as_("manager")
    plan = reader.get(f"/cases/{ref}/plan")
    actions = [one.split('"')[0] for one in plan.split(f"/cases/{ref}/plan/actions/")[1:]]
    address = f"/cases/{ref}/plan/actions/{actions[1]}"

    no = reader.post(address, 422, state="dropped", effective_on="2026-10-15")
    where = reader.post(address, state="done", effective_on="2026-10-15")

    assert "Indiquez pourquoi l&#39;action est abandonnée" in no
    assert "L&#39;avancement de l&#39;action est enregistré." in reader.get(where)
    assert "réalisée depuis le 15.10.2026" in reader.get(address)
    path.as_("manager").post(
        f"/cases/{ref}/plan/actions/{actions[0]}", 403, state="done", effective_on="2026-10-15"
    )
    path.as_("stranger").get(address, 404)


def test_one_version_of_the_plan_cannot_be_compared(path):
    ref = path.case("proposed")

    assert "Il faut deux versions" in path.as_("ai").get(f"/cases/{ref}/plan/compare")


def test_the_grid_at_two_moments_says_what_is_new(path):
    ref, reader = path.case("heard"), path.as_("ai")

    page = reader.get(f"/cases/{ref}/grid/compare", before="2026-10-01", after="2026-10-15")
    then = reader.get(f"/cases/{ref}/grid/compare", before="2026-09-01", after="2026-10-01")

    assert "nouvelle réponse" in page
    assert "Ponctualité et fiabilité" in page
    assert "Rien n&#39;était encore répondu" in then
    path.as_("stranger").get(f"/cases/{ref}/grid/compare", 404)


def test_the_grid_counts_on_how_many_items_the_institutions_differ(path):
    page = path.as_("ai").get(f"/cases/{path.case('heard')}/grid")

    assert "ne disent pas la même chose sur 1\xa0point" in page or "chose sur 1 point" in page


def test_an_answer_that_would_be_out_of_date_at_once_is_refused_beside_its_day(path):
    ref = path.case("assessment")

    page = path.as_("manager").post(
        f"/cases/{ref}/grid",
        422,
        effective_on="2026-10-14",
        valid_until="2026-10-14",
        **{"answers-motivation": "3"},
    )

    assert 'id="f-valid_until-error"' in page


def test_the_team_of_the_assessment_is_shown_and_who_was_there_is_kept(path):
    ref, reader = path.case("heard"), path.as_("ai")
    page = reader.get(f"/cases/{ref}/assessment")

    where = reader.post(
        f"/cases/{ref}/assessment/meeting",
        version=version(page),
        met_on="2026-10-15",
        present=["AC", "AI", "physician"],
    )

    told = reader.get(where)
    assert "bilan médical fait, potentiel de travail fait, synthèse à faire" in told
    assert "présente" in told
    assert "absente" in told
    path.as_("social").post(
        f"/cases/{ref}/assessment/meeting", 403, version=version(told), met_on="2026-10-15"
    )


@pytest.fixture
def employer(path):
    """The address of an employer that the manager has entered, one for each test."""
    reader = path.as_("manager")
    n = len(reader.get("/employers").split("Menuiserie nº"))
    return reader.post(
        "/employers/new", name=f"Menuiserie nº {n}", branch="Bois", postcode="2000", place="Neuchâtel"
    ).split("?")[0]


def test_an_employer_with_its_need_is_found_by_all_who_place_people(path, employer):
    reader = path.as_("manager")

    reader.post(employer, need="Aide-menuisier, 60 %", wanted="2")

    page = path.as_("social").get("/employers", q="menuiserie", looking="yes")
    assert "Aide-menuisier, 60\xa0% (2 personnes)" in page or "Aide-menuisier, 60 % (2 personnes)" in page
    need = between(reader.get(employer), 'name="need_ref" value="', '"')
    ref = employer.rpartition("/")[2]
    reader.post(f"/employers/{ref}/over", need_ref=need)
    assert "terminé le 15.10.2026" in reader.get(employer)
    reader.post("/employers/new", 422, name="", branch="", postcode="", place="")
    path.as_("administrator").get("/employers", 403)


def test_a_second_unit_that_approaches_an_employer_is_warned_beside_the_reason(path, employer):
    ref, ref_of = path.case("assessment"), employer.rpartition("/")[2]
    ai, manager = path.as_("ai"), path.as_("manager")
    said = {"employer_ref": ref_of, "subject": "Stage", "approached_on": "2026-10-15"}
    ai.post(f"/cases/{ref}/employers", version=version(ai.get(f"/cases/{ref}/employers")), **said)

    form = version(manager.get(f"/cases/{ref}/employers"))
    no = manager.post(f"/cases/{ref}/employers", 409, version=form, **said)
    where = manager.post(
        f"/cases/{ref}/employers", version=form, **said, override_reason="L&#39;employeur appelle"
    )

    assert 'id="f-override_reason-error"' in no
    assert "Office AI, réadaptation" in no
    assert "malgré l&#39;avertissement" in manager.get(where)


def test_the_unit_that_led_checks_the_result_six_months_after_the_end(path):
    ref, reader = path.case("agreed"), path.as_("ai")
    page = reader.get(f"/cases/{ref}")
    task = between(page, 'name="task_ref" value="', '"')
    seen = unescape(page.split('name="task_ref"')[0].rpartition('name="version" value="')[2].split('"')[0])
    reader.post(f"/cases/{ref}/tasks", task_ref=task, outcome="close", closing="job", version=seen)

    now, coming = reader.get("/checks"), reader.get("/checks", coming="yes")
    check = "/checks/" + coming.rpartition('href="/checks/')[2].split('"')[0]
    with path.site.work() as work:
        ask_for_results(work, date(2027, 4, 15))
    waiting = reader.get("/desk", tab="unit", stage="asked")
    no = reader.post(check, 422, holds="yes", holds_on="2026-10-15", source=" ")
    where = reader.post(check, holds="yes", holds_on="2026-10-15", source="Téléphone")

    assert "Aucun résultat" in now
    assert "emploi" in coming
    assert f'href="{check}"' in waiting
    assert between(coming, check + '">', "<") in waiting
    assert f'href="{check}"' not in reader.get("/desk", tab="unit", stage="asked")
    assert 'id="f-source-error"' in no
    assert "La vérification est enregistrée." in reader.get(where)
    assert "toujours en place (constaté le 15.10.2026" in reader.get(check)
    path.as_("manager").post(check, 403, holds="no", holds_on="2026-10-15", source="x")
