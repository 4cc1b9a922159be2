"""Acts on a case's places and lead, and its history, through the pages."""

import re
from html import unescape

import pytest

from cii.cases.queries import case_by_ref
from cii.institutions.queries import unit_by_code
from cii.routing.holding import instance_of
from cii.workflow.queries import tasks_of
from tests.web.build_path import path
from tests.web.test_places import taken

__all__ = ["path"]


@pytest.fixture
def placed(path):
    """A case with a place that the provider has accepted: (case, placement, the manager's pages)."""
    case, reader = path.case("agreed"), path.as_("manager")
    taken(reader, case, path, ("LACI", 1), last="2026-11-13")
    page = reader.get(f"/cases/{case}/placements")
    return case, page.split("/cancel")[0].split("/placements/")[-1], reader


def test_a_place_that_was_not_accepted_cannot_begin_or_end(placed):
    case, place, reader = placed

    started = reader.post(f"/cases/{case}/placements/{place}/start", 409, started_on="2026-11-02")
    ended = reader.post(
        f"/cases/{case}/placements/{place}/end", 409, exited_on="2026-11-05", exit_type="aborted"
    )

    assert "Possible maintenant" in started or "possible" in started
    assert "possible" in ended


def test_a_stay_that_has_not_begun_is_not_interrupted(placed):
    case, place, reader = placed

    reader.post(f"/cases/{case}/placements/{place}/breaks", 403, starts_on="2026-11-05", ends_on="2026-11-06")


def test_the_history_of_a_foreign_case_is_not_there(path):
    case = path.case("assessment")

    path.as_("stranger").get(f"/cases/{case}/timeline", 404)

    assert path.as_("manager").get(f"/cases/{case}/timeline")


def test_nobody_but_the_coordination_group_names_the_lead(path):
    case = path.case("assessment")

    path.as_("manager").post(f"/cases/{case}/lead", 403, unit_ref="0000000000", reason="Motif")


def unit_ref(path, code):
    with path.site.work() as work:
        return unit_by_code(work, code).ref


def seen(reader, case):
    """The version of the process that the forms of the page name."""
    page = reader.get(f"/cases/{case}")
    found = re.search(
        r'(?:/suspend|/resume|/reopen|/tasks)".*?name="version" value="([^"]+)"', page, re.DOTALL
    )
    return unescape(found[1])


def shown(path, case):
    """Stage, status and sequence of the case's process."""
    with path.site.work() as work:
        held = instance_of(work, case_by_ref(work, case).id)
        return held.stage, held.status.value, held.seq


def task_of(path, case, key):
    with path.site.work() as work:
        rows = tasks_of(work, instance_of(work, case_by_ref(work, case).id))
        return next(one for one in rows if one.key == key and one.state == "open").ref


def test_a_case_rests_and_goes_on_from_its_page(path):
    case, lead = path.case("agreed"), path.as_("ai")

    bare = lead.post(f"/cases/{case}/suspend", 422, version=seen(lead, case), reason=" ")
    lead.post(f"/cases/{case}/suspend", version=seen(lead, case), reason="Hospitalisation")
    resting = shown(path, case)[1]
    lead.post(f"/cases/{case}/resume", version=seen(lead, case))

    assert "motif" in bare.lower()
    assert (resting, shown(path, case)[1]) == ("suspended", "open")


def test_a_page_that_others_have_overtaken_moves_nothing_and_says_so(path):
    case, lead = path.case("agreed"), path.as_("ai")
    old = seen(lead, case)
    lead.post(f"/cases/{case}/suspend", version=old, reason="Hospitalisation")
    lead.post(f"/cases/{case}/resume", version=seen(lead, case))
    before = shown(path, case)

    stale = lead.post(f"/cases/{case}/suspend", 412, version=old, reason="Encore")
    blind = lead.post(f"/cases/{case}/suspend", 428, reason="Encore")

    assert "a changé entre-temps" in stale
    assert "data-errors" in blind
    assert shown(path, case) == before


@pytest.mark.parametrize(
    ("who", "act", "form", "status"),
    [
        ("manager", "suspend", {"reason": "Motif"}, 403),
        ("manager", "resume", {}, 403),
        ("manager", "reopen", {"reason": "Motif"}, 403),
        ("manager", "extra", {"key": "meeting"}, 403),
        ("stranger", "suspend", {"reason": "Motif"}, 404),
        ("ai", "resume", {}, 409),
        ("ai", "reopen", {"reason": "Motif"}, 409),
        ("ai", "extra", {"key": "picnic"}, 409),
        ("ai", "request", {"unit_ref": "zzzzzzzzzz", "reason": "Motif"}, 404),
    ],
)
def test_an_act_that_is_not_open_is_refused_and_changes_nothing(path, who, act, form, status):
    case = path.case("agreed")
    version = seen(path.as_("ai"), case)
    before = shown(path, case)

    path.as_(who).post(
        f"/cases/{case}/{act}", status, **form, **({} if act == "request" else {"version": version})
    )

    assert shown(path, case) == before


def test_a_meeting_is_opened_held_and_not_held_twice(path):
    case, lead = path.case("assessment"), path.as_("ai")

    lead.post(f"/cases/{case}/extra", version=seen(lead, case), key="meeting")
    meeting = task_of(path, case, "meeting")
    wrong = lead.post(
        f"/cases/{case}/tasks", 422, task_ref=meeting, outcome="danced", version=seen(lead, case)
    )
    lead.post(f"/cases/{case}/tasks", task_ref=meeting, outcome="held", version=seen(lead, case))
    before = shown(path, case)
    lead.post(f"/cases/{case}/tasks", 409, task_ref=meeting, outcome="held", version=seen(lead, case))

    assert "held" in wrong or "tenue" in wrong
    assert shown(path, case) == before


def test_a_closed_case_is_taken_up_again_from_its_page(path):
    case, lead = path.case("agreed"), path.as_("ai")
    review = task_of(path, case, "review")
    lead.post(
        f"/cases/{case}/tasks", task_ref=review, outcome="close", closing="job", version=seen(lead, case)
    )
    closed = shown(path, case)[1]

    lead.post(f"/cases/{case}/reopen", version=seen(lead, case), reason="L'emploi a pris fin")

    assert (closed, shown(path, case)[:2]) == ("closed", ("follow_up", "open"))
    assert "L&#39;emploi a pris fin" in lead.get(f"/cases/{case}/timeline")


def test_a_task_is_handed_to_another_unit_and_the_reason_stands_in_the_history(path):
    case, lead = path.case("agreed"), path.as_("ai")
    review = task_of(path, case, "review")
    page = lead.get(f"/cases/{case}")
    foreign = unit_ref(path, "OFIJ")

    lead.post(
        f"/cases/{case}/handover",
        422,
        task_ref=review,
        unit_ref=foreign,
        reason="Motif",
        version=seen(lead, case),
    )
    lead.post(
        f"/cases/{case}/handover", task_ref=review, unit_ref=unit_ref(path, "ORP-LITTORAL"),
        reason="Suivi plus proche", version=seen(lead, case),
    )  # fmt: skip

    assert "Remettre une tâche" in page
    assert "Suivi plus proche" in lead.get(f"/cases/{case}/timeline")
    assert f'value="{review}"' in path.as_("manager").get(f"/cases/{case}")


def test_the_lead_is_asked_of_another_unit_once(path):
    case, lead = path.case("agreed"), path.as_("ai")
    wanted = {"unit_ref": unit_ref(path, "GSR-VAL-DE-TRAVERS"), "reason": "Fin de droit"}

    lead.post(f"/cases/{case}/request", **wanted)
    twice = lead.post(f"/cases/{case}/request", 409, **wanted)

    assert "data-errors" in twice
    assert path.referral(case)
    assert shown(path, case)[0] == "follow_up"
