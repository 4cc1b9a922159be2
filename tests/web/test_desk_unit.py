"""The desk of a unit: filters, tasks given by the supervisor, absences, load, news of the law."""

from html import unescape

import pytest

from cii.access.queries import account_by_email
from cii.cases.queries import case_by_ref
from cii.institutions.queries import unit_by_code
from tests.web.build_path import path

__all__ = ["path"]


def account(path, who):
    with path.site.work() as work:
        return account_by_email(work, f"{who}@cii.example").ref


def unit(path, code="ORP-LITTORAL"):
    with path.site.work() as work:
        return unit_by_code(work, code).ref


def task_of(page, ref):
    """The ref of the task whose row leads to that case."""
    return page.split(f"/cases/{ref}")[0].split('name="refs" value="')[-1].split('"')[0]


def test_the_desk_is_filtered_in_the_address(path):
    ref = path.case("assessment", nom="Filtremont")
    reader = path.as_("manager")

    found = reader.get("/desk", tab="unit", name="filtrem", path="reseau-cii", stage="assessment")
    none = reader.get("/desk", tab="unit", name="filtrem", path="everyday-cii")

    assert f"/cases/{ref}/grid" in found
    assert "Aucune tâche ne répond à ces filtres" in none
    reader.get("/desk", 422, tab="unit", due="someday")


def test_a_name_finds_nobody_whom_my_unit_does_not_know(path):
    path.case("assessment", nom="Inconnuville")

    page = path.as_("stranger").get("/desk", tab="unit", name="inconnuville")

    assert "Inconnuville" not in page.replace('value="inconnuville"', "")


def test_a_filter_is_saved_shared_and_taken_away(path):
    reader, colleague = path.as_("manager"), path.as_("chief")
    where = reader.post(
        "/filters",
        place="desk",
        name="Réseau en retard",
        query="tab=late&path=reseau-cii",
        unit_ref=unit(path),
    )

    assert unescape(where) == "/desk?tab=late&path=reseau-cii"
    assert "Réseau en retard" in colleague.get("/desk", tab="mine")
    assert "Réseau en retard" not in path.as_("stranger").get("/desk", tab="mine")
    filter_ref = reader.get("/desk", tab="mine").split("/filters/")[1][:10]
    colleague.post(f"/filters/{filter_ref}/remove", 404)
    reader.post(f"/filters/{filter_ref}/remove")
    assert "Réseau en retard" not in colleague.get("/desk", tab="mine")


def test_a_filter_that_filters_nothing_is_refused(path):
    path.as_("manager").post("/filters", 422, place="desk", name="Rien", query="x=1", unit_ref="")


@pytest.mark.parametrize(
    ("place", "address", "query"),
    [("cases", "/cases", "who=unit&status=open"), ("desk", "/desk", "tab=unit&due=later")],
)
def test_a_list_keeps_a_filter_opens_with_it_and_lets_it_go(path, place, address, query):
    reader = path.as_("chief")
    before = reader.get(f"{address}?{query}")
    assert f'name="query" value="{query.replace("&", "&amp;")}"' in before
    name = f"Filtre {place}"

    back = reader.post(
        f"/filters?place={place}&{query}", place=place, name=name, query=query, unit_ref="", default="yes"
    )
    assert back.endswith(f"{address}?{query}")
    assert reader.client.get(address).headers["Location"].endswith(f"{address}?{query}")
    assert reader.client.get(f"{address}?lang=fr").status_code == 303
    shown = reader.get(f"{address}?{query}")
    assert f'aria-current="true">{name}</a>' in shown

    ref = shown.split("/default")[0][-10:]
    assert reader.post(f"/filters/{ref}/default").endswith(f"{address}?{query}")
    assert reader.client.get(address).status_code == 200
    assert reader.post(f"/filters/{ref}/remove").endswith(f"{address}?{query}")
    assert name not in reader.get(f"{address}?{query}")


def test_a_refused_name_shows_the_list_again_with_its_reason_beside_the_field(path):
    reader = path.as_("manager")
    page = reader.post(
        "/filters?place=cases&who=unit", 422, place="cases", name=" ", query="who=unit", unit_ref=""
    )

    assert 'href="#f-filter-name"' in page
    assert 'id="f-filter-name-error"' in page
    assert '<option value="unit" selected>' in page


def test_a_filter_that_names_what_is_gone_says_so(path):
    reader, ref = path.as_("social"), path.case("assessment")
    assert path.as_("social").get(f"/cases/{ref}")
    reader.post(
        "/filters?place=desk",
        place="desk",
        name="Étape disparue",
        query="tab=unit&stage=no_such_stage",
        unit_ref="",
    )
    reader.post("/filters?place=cases", place="cases", name="Nom d'avant", query="q=Qzxwvkj", unit_ref="")

    desk = reader.get("/desk", tab="unit")
    assert 'Étape disparue</span> <span class="sub">ne s&#39;applique plus' in desk
    assert "stage=no_such_stage" not in desk
    assert "ne montre rien aujourd&#39;hui" in reader.get("/cases?q=Qzxwvkj")


def test_the_supervisor_gives_tasks_with_a_proposal_of_who_has_room(path):
    ref = path.case("assessment")
    chief = path.as_("chief")
    page = chief.get("/desk", tab="unassigned")

    assert "(proposition)" in page
    chief.post("/desk/hand", refs=task_of(page, f"{ref}/grid"), account_ref=account(path, "manager"))
    assert f"/cases/{ref}/grid" in path.as_("manager").get("/desk", tab="mine")


def test_one_foreign_task_refuses_the_whole_bulk(path):
    ref = path.case("assessment")
    chief = path.as_("chief")
    own = task_of(chief.get("/desk", tab="unassigned"), f"{ref}/grid")
    foreign = task_of(path.as_("social").get("/desk", tab="unassigned"), f"{ref}/grid")

    chief.post("/desk/hand", 404, refs=[own, foreign], account_ref=account(path, "manager"))

    assert own in chief.get("/desk", tab="unassigned")
    path.as_("manager").post("/desk/hand", 403, refs=own, account_ref=account(path, "manager"))


def test_a_task_is_not_given_outside_the_unit(path):
    ref = path.case("assessment")
    chief = path.as_("chief")
    own = task_of(chief.get("/desk", tab="unassigned"), f"{ref}/grid")

    page = chief.post("/desk/hand", 422, refs=own, account_ref=account(path, "ai"))

    assert "Choisissez un membre de ce service" in page


def test_an_absence_shows_the_tasks_to_the_substitute_who_acts_in_place(path):
    ref = path.case("assessment")
    absent, substitute = path.as_("manager"), path.as_("chief")
    task = task_of(absent.get("/desk", tab="unassigned"), f"{ref}/grid")
    absent.post("/desk/take", refs=task)
    absent.post(
        "/absences", unit_ref=unit(path), absent_ref=account(path, "manager"),
        substitute_ref=account(path, "chief"), first_day="2026-10-15", last_day="2026-10-23",
    )  # fmt: skip

    page = substitute.get("/desk", tab="mine")
    assert "Vous remplacez Camille Perrenoud" in page
    assert f"/cases/{ref}/grid" in page.split('id="in-place"')[1].split("</table>")[0]
    assert "Laurent Dubied vous remplace" in absent.get("/desk")

    substitute.post("/desk/in-place", refs=task)

    history = substitute.get(f"/cases/{ref}/timeline")
    assert "Tâche reprise en remplacement" in history
    assert "Laurent Dubied, en remplacement de Camille Perrenoud" in history
    for page in (f"/cases/{ref}", f"/cases/{ref}/process"):
        assert "Vous agissez ici en remplacement de Camille Perrenoud" in substitute.get(page)
        assert "Vous agissez ici" not in absent.get(page)
    listed = absent.get("/absences")
    end = listed.split("/absences/")[1][:10]
    path.as_("stranger").post(f"/absences/{end}/revoke", 404)
    absent.post(f"/absences/{end}/revoke")
    assert "Vous remplacez" not in substitute.get("/desk", tab="mine")


def test_an_absence_with_faults_says_all_of_them_beside_the_fields(path):
    me = account(path, "manager")
    page = path.as_("manager").post(
        "/absences", 422, unit_ref=unit(path), absent_ref=me, substitute_ref=me, first_day="2026-10-20",
        last_day="2026-10-19",
    )  # fmt: skip

    assert "Personne ne se remplace soi-même" in page
    assert "Le dernier jour n" in page


def test_who_has_no_absence_is_told_what_to_do(path):
    assert "Keine Stellvertretung vereinbart" in path.as_("stranger", "de").get("/absences")


def test_the_load_page_is_for_the_supervisor_of_the_unit(path):
    path.case("assessment")
    page = path.as_("chief").get("/load")

    assert "Camille Perrenoud" in page
    assert "Cas par plein temps" in page
    path.as_("manager").get("/load", 403)
    path.as_("chief").get("/load", 404, unit=unit(path, "OAI-REA"))


def test_a_program_reads_the_load_of_the_unit(path):
    chief = path.as_("chief").client

    answer = chief.get("/api/v1/desk/load", query_string={"unit_ref": unit(path)})
    foreign = chief.get("/api/v1/desk/load", query_string={"unit_ref": unit(path, "OAI-REA")})

    assert "Camille Perrenoud" in [one["name"] for one in answer.get_json()["items"]]
    assert foreign.status_code == 404


def test_a_released_share_is_recorded_with_its_day(path):
    chief = path.as_("chief")
    chief.post(
        "/load/shares", unit_ref=unit(path), account_ref=account(path, "manager"), percent="60",
        valid_from="2026-10-01",
    )  # fmt: skip

    assert "60 %" in unescape(chief.get("/load")).replace("\u202f", " ").replace("\xa0", " ")
    chief.post(
        "/load/shares", 422, unit_ref=unit(path), account_ref=account(path, "manager"), percent="160",
        valid_from="2026-10-01",
    )  # fmt: skip


def test_a_case_is_given_to_a_member_who_leads_it_from_now_on(path):
    ref = path.case("announced")
    chief = path.as_("chief")
    page = chief.get("/load", who=account(path, "manager"))

    assert f'value="{ref}"' in page
    chief.post("/load/cases", refs=ref, account_ref=account(path, "chief"))
    with path.site.work() as work:
        assert case_by_ref(work, ref).lead_account_id == account_by_email(work, "chief@cii.example").id
    foreign = path.case("assessment")
    chief.post("/load/cases", 404, refs=[ref, foreign], account_ref=account(path, "manager"))


def test_a_change_of_the_law_waits_on_the_desk_until_it_is_read(path):
    publisher, reader = path.as_("coordination"), path.as_("ai")
    publisher.post(
        "/news/published", title_fr="Délai-cadre prolongé", title_de="Rahmenfrist verlängert",
        title_en="Framework period extended", text_fr="Le délai-cadre…", text_de="Die Rahmenfrist…",
        text_en="The framework period…", legal_reference="LACI art. 9b", valid_from="2027-01-01",
        roles="case_manager",
    )  # fmt: skip

    desk = reader.get("/desk")
    assert "Délai-cadre prolongé" in desk
    assert "Rahmenfrist verlängert" in path.as_("ai", "de").get("/news")
    ref = desk.split("/read")[0][-10:]
    reader.post(f"/news/{ref}/read")
    assert "Délai-cadre prolongé" not in reader.get("/desk")
    assert "Vous en avez pris connaissance" in reader.get("/news")
    assert "Béatrice Aubry" in publisher.get("/news/published")
    path.as_("finance").post(f"/news/{ref}/read", 404)
    reader.post(f"/news/{ref}/withdraw", 403)
    publisher.post(f"/news/{ref}/withdraw")
    assert "Délai-cadre prolongé" not in path.as_("social").get("/desk")


def test_a_news_without_a_language_is_refused_beside_the_field(path):
    page = path.as_("administrator").post(
        "/news/published", 422, title_fr="Titre", title_de="", title_en="Title", text_fr="a", text_de="b",
        text_en="c", legal_reference="LPGA 32", valid_from="2027-01-01",
    )  # fmt: skip

    assert 'id="f-title_de"' in page
    assert 'aria-invalid="true"' in page
    path.as_("manager").get("/news/published", 403)
