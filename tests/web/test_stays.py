"""The life of a stay and the pause of a waiting entry, through the pages."""

from datetime import date

import pytest

from cii.access.queries import account_actor
from cii.placements.life import AnswerPlace, answer_place
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from tests.access.build_access import as_
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

    assert "Prolonger" in reader.get(f"/cases/{case}/placements/{place}/life")
    refused = reader.post(f"/cases/{case}/placements/{place}/life/extension", 422, ends_on="2026-11-13")
    reader.post(f"/cases/{case}/placements/{place}/life/extension", 303, ends_on="2026-11-27")

    assert "doit finir après" in refused
    page = reader.get(f"/cases/{case}/placements/{place}/life")
    assert "prolongation" in page
    assert "au 27.11.2026" in page


def test_nothing_is_recorded_of_a_stay_that_has_not_begun_and_a_stranger_sees_nothing(running, path):
    case, place, reader = running
    day = "2026-11-02"

    reader.post(f"/cases/{case}/placements/{place}/life/warning", 409, warned_on=day, reason="Absences.")
    reader.post(f"/cases/{case}/placements/{place}/life/hearing", 409, heard_on=day, statement="Le bus.")
    reader.post(f"/cases/{case}/placements/{place}/life/exclusion", 409, exited_on=day, note="Absences.")
    reader.post(
        f"/cases/{case}/placements/{place}/life/module",
        409,
        name="Hygiène",
        acquired_on=day,
        certificate="H-1",
    )
    reader.post(
        f"/cases/{case}/placements/{place}/life/balance", 409, number="1", outcome="reached", balanced_on=day
    )
    reader.post(f"/cases/{case}/placements/{place}/life/check", 409, situation="at_work")
    path.as_("stranger").get(f"/cases/{case}/placements/{place}/life", 404)
    assert "Aucune sortie" in reader.get("/exit-checks")


def test_the_provider_tells_of_a_breach_and_a_module_and_reports_only_on_an_exit(site):
    ref, reader = site.town.placements["running"], site.as_("provider")

    reader.post(
        f"/provider/placements/{ref}/breach", 303, happened_on="2026-10-14", text="Absente sans avis."
    )
    reader.post(
        f"/provider/placements/{ref}/module", 303, name="Hygiène", acquired_on="2026-10-14", certificate="H-1"
    )
    reader.post(f"/provider/placements/{ref}/report", 409, text="Bilan.")

    page = reader.get(f"/provider/placements/{ref}")
    assert "Absente sans avis." in page
    assert "Hygiène, H-1" in page


def test_a_waiting_entry_is_paused_and_resumed_with_its_rank_in_view(path):
    case, reader = path.case("agreed"), path.as_("manager")
    town = path.site.town
    with path.site.work() as work:
        mine = as_(work, account_actor(work, "manager@cii.example"))
        days = (date(2026, 11, 2), date(2026, 12, 18))
        ask = JoinWaitingList(case, town.workshop, town.lines["LACI"], *days)
        entry = join_waiting_list(mine, ask).ref

    assert "rang 1" in reader.get(f"/cases/{case}/placements")
    reader.post(f"/cases/{case}/waiting/{entry}/pause", 303)
    assert "En pause depuis le 15.10.2026" in reader.get(f"/cases/{case}/placements").replace("\xa0", " ")
    reader.post(f"/cases/{case}/waiting/{entry}/resumption", 303)
    assert "rang 1" in reader.get(f"/cases/{case}/placements")
