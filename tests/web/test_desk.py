"""My desk shows what waits, and nothing of cases that are not mine."""

import re

import pytest
from sqlalchemy import text

from cii.institutions.queries import unit_by_code
from cii.notices.actions import tell
from tests.web.build_path import path

__all__ = ["path"]


def test_the_first_screen_shows_a_case_that_needs_an_action(path):
    path.case("assessment")

    page = path.as_("social").get("/desk")

    assert "Grille commune (aide sociale)" in page
    assert "Exemple Dominique" in page
    assert "jours ouvrables" in page


def test_a_referral_that_waits_is_one_click_away(path):
    case = path.case("announced")
    referral = path.referral(case)
    with path.site.engine.connect() as connection:
        number = connection.scalar(text("SELECT number FROM case_file WHERE ref = :ref"), {"ref": case})

    page = path.as_("ai").get("/desk", tab="unit")

    told = re.sub(r"<[^>]+>", " ", page)
    assert f"/referrals/{referral}" in page
    assert number in told
    assert referral not in told
    assert "Accuser réception" in page
    assert "Accepter la conduite du cas" not in page


def test_an_unassigned_task_can_be_taken(path):
    ref = path.case("assessment")
    reader = path.as_("manager")
    before = reader.get("/desk", tab="unassigned")
    task = before.split(f"/cases/{ref}/grid")[0].split('name="refs" value="')[-1].split('"')[0]

    where = reader.post("/desk/take", refs=task)

    assert where.endswith("tab=mine")
    assert f"/cases/{ref}/grid" in reader.get("/desk", tab="mine")


def test_somebody_elses_task_is_not_taken(path):
    ref = path.case("assessment")
    page = path.as_("social").get("/desk", tab="unassigned")
    task = page.split(f"/cases/{ref}/grid")[0].split('name="refs" value="')[-1].split('"')[0]

    path.as_("stranger").post("/desk/take", 404, refs=task)


def test_a_list_without_tasks_says_what_to_do(path):
    page = path.as_("stranger", "de").get("/desk", tab="mine")

    assert "Ihnen ist keine Aufgabe zugeteilt" in page
    assert "Exemple" not in page


def test_what_waits_for_others_names_their_unit(path):
    path.case("assessment")

    page = path.as_("manager").get("/desk", tab="others")

    assert "Office AI, réadaptation" in page


@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("manager", "/desk"),
        ("coordination", "/desk"),
        ("finance", "/statements"),
        ("contracts", "/agreements"),
        ("provider", "/provider"),
        ("administrator", "/accounts"),
    ],
)
def test_the_day_begins_where_the_work_of_the_role_waits(path, who, start):
    answer = path.as_(who).client.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (303, start)


def test_a_notice_leads_to_a_case_only_while_the_reader_has_a_part_in_it(path):
    ref = path.case("announced")
    with path.site.work() as work:
        for code in ("ORP-LITTORAL", "ORP-MONTAGNES"):
            tell(
                work,
                unit_id=unit_by_code(work, code).id,
                kind="case-flagged",
                subject="case",
                subject_ref=ref,
            )

    of_the_case, foreign = (path.as_(who).get("/desk", tab="mine") for who in ("manager", "stranger"))

    assert f'href="/cases/{ref}"' in of_the_case.split('class="timeline', 1)[1]
    assert "timeline-title" in foreign
    assert ref not in foreign


def test_a_notice_leads_to_a_referral_only_for_those_between_whom_it_lies(path):
    ref = path.referral(path.case("announced"))
    with path.site.work() as work:
        for code in ("ORP-LITTORAL", "GC"):
            unit = unit_by_code(work, code).id
            number = "CII-0000-0000"
            tell(
                work,
                unit_id=unit,
                kind="referral-late-case",
                subject="referral",
                subject_ref=ref,
                number=number,
            )

    sender, group = (path.as_(who).get("/desk", tab="mine") for who in ("manager", "coordination"))

    assert f'href="/referrals/{ref}"' in sender.split('class="timeline', 1)[1]
    assert "CII-0000-0000" in group
    assert ref not in group


def test_taking_nothing_is_refused_without_a_link_to_no_field(site):
    page = site.as_("manager").post("/desk/take", 422)

    assert "data-errors" in page
    assert 'href="#f-refs"' not in page
