"""Acts on a case's places and lead, and its history, through the pages."""

import pytest

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


def test_the_history_of_a_foreign_case_is_not_there(path):
    case = path.case("assessment")

    path.as_("stranger").get(f"/cases/{case}/timeline", 404)

    assert path.as_("manager").get(f"/cases/{case}/timeline")


def test_nobody_but_the_coordination_group_names_the_lead(path):
    case = path.case("assessment")

    path.as_("manager").post(f"/cases/{case}/lead", 403, unit_ref="0000000000", reason="Motif")
