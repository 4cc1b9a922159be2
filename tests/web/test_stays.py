"""The life of a stay and the pause of a waiting entry, through the pages."""

from datetime import date

import pytest

from cii.placements.life import AnswerPlace, StartPlacement, answer_place, start_placement
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from tests.web.build_path import path
from tests.web.test_places import taken

__all__ = ["path"]


@pytest.fixture
def running(path):
    """A stay that has been accepted, as its manager sees it: (case, placement, reader)."""
    case, reader = path.case("agreed"), path.as_("manager")
    taken(reader, case, path, ("LACI", 1), last="2026-11-13")
    place = reader.get(f"/cases/{case}/placements").split("/cancel")[0].split("/placements/")[-1]
    with path.site.work() as work:
        answer_place(work, AnswerPlace(place, accept=True))
    return case, place, reader


def test_a_stay_is_extended_on_its_page_which_tells_it(running):
    case, place, reader = running
    life = f"/cases/{case}/placements/{place}/life"

    assert "Prolonger" in reader.get(life)
    refused = reader.post(f"{life}/extension", 422, ends_on="2026-11-13")
    reader.post(f"{life}/extension", 303, ends_on="2026-11-27")

    assert "doit finir après" in refused
    page = reader.get(life)
    assert "prolongation" in page
    assert "jusqu&#39;au 27.11.2026" in page or "jusqu'au 27.11.2026" in page


def test_nobody_is_warned_before_the_stay_begins_and_a_stranger_sees_nothing(running, path):
    case, place, reader = running
    life = f"/cases/{case}/placements/{place}/life"

    reader.post(f"{life}/warning", 409, warned_on="2026-11-02", reason="Absences.")
    reader.post(f"{life}/check", 409, situation="at_work")
    path.as_("stranger").get(life, 404)
    assert "Aucune sortie" in reader.get("/exit-checks")
