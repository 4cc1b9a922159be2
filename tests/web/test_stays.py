"""The life of a stay and the pause of a waiting entry, through the pages."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from sqlalchemy import text

from cii.access.queries import account_actor
from cii.placements.breaks import InterruptStay
from cii.placements.life import AnswerPlace, StartPlacement, answer_place, start_placement
from cii.placements.objectives import ObjectiveAsk, SetObjectives, set_objectives
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from cii.settlement.actions_breaks import interrupt
from tests.access.build_access import as_
from tests.documents.test_cleaning import a_pdf
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


def test_a_break_is_shortened_then_taken_back_on_the_page_which_keeps_both_in_view(path):
    case, reader = path.case("agreed"), path.as_("manager")
    taken(reader, case, path, ("LACI", 1), last="2026-11-13")
    place = reader.get(f"/cases/{case}/placements").split("/cancel")[0].split("/placements/")[-1]
    with path.site.work() as work:
        answer_place(work, AnswerPlace(place, accept=True))
    with path.site.work() as work:
        later = replace(work, now=datetime(2026, 11, 2, 9, tzinfo=UTC))
        start_placement(later, StartPlacement(place, date(2026, 11, 2)))
        interrupt(later, InterruptStay(place, date(2026, 11, 4), date(2026, 11, 6)))
    life = f"/cases/{case}/placements/{place}/life"

    assert "Retirer ou raccourcir une interruption" in reader.get(life)
    refused = reader.post(
        f"/cases/{case}/placements/{place}/life/resumption", 422, starts_on="2026-11-04", ends_on="2026-11-09"
    )
    reader.post(f"{life}/resumption", 303, starts_on="2026-11-04", ends_on="2026-11-05")
    assert "raccourcie le" in reader.get(life)
    reader.post(f"{life}/resumption", 303, starts_on="2026-11-04", ends_on="")

    page = reader.get(life)
    assert "son nouveau dernier jour est antérieur" in refused
    assert "retirée le" in page
    assert "Retirer ou raccourcir" not in page


def test_the_provider_attaches_a_certificate_that_both_sides_take_from_their_pages(site):
    ref, provider = site.town.placements["running"], site.as_("provider")
    file = {"file": (BytesIO(a_pdf()), "attestation.pdf")}

    refused = provider.post(
        f"/provider/placements/{ref}/module", 422, name="Caisse", acquired_on="2026-10-14"
    )
    provider.post(f"/provider/placements/{ref}/module", 303, name="Caisse", acquired_on="2026-10-14", **file)

    page = provider.get(f"/provider/placements/{ref}").replace("\xa0", " ")
    assert "joignez le certificat" in refused.replace("\xa0", " ")
    assert "Certificat « Caisse »" in page
    address = page.split("/certificates/")[1].split('"')[0]
    assert provider.client.get(f"/provider/placements/{ref}/certificates/{address}").data.startswith(b"%PDF")
    provider.get(f"/provider/placements/{ref}/certificates/zzzzzzzzzz", 404)


def test_the_list_of_exits_to_check_is_followed_by_how_the_checks_of_the_year_ended(path):
    case, reader = path.case("agreed"), path.as_("manager")
    taken(reader, case, path, ("LACI", 1), last="2026-11-13")
    place = reader.get(f"/cases/{case}/placements").split("/cancel")[0].split("/placements/")[-1]
    with path.site.work() as work:
        work.session.execute(
            text(
                "UPDATE placement SET state = 'ended', exit_type = 'no_solution', starts_on = '2026-03-02',"
                " ends_on = '2026-03-31', planned_end = '2026-03-31', exited_on = '2026-03-31'"
                " WHERE ref = :ref"
            ),
            {"ref": place},
        )
    asked = reader.get("/exit-checks")
    reader.post(f"/cases/{case}/placements/{place}/life/check", 303, situation="at_work")

    told = reader.get("/exit-checks").replace("\xa0", " ")
    assert "sans réponse" in asked
    assert "Aucune sortie à contrôler" in told
    assert "100 %" in told or "100,0 %" in told
    assert "sans réponse" not in told


def test_a_person_joins_a_waiting_list_from_the_finder_with_a_rank_and_its_reason_and_leaves_it(path):
    case, reader = path.case("agreed"), path.as_("manager")
    town = path.site.town
    wish = {"measure_ref": town.workshop, "starts_on": "2026-11-02", "ends_on": "2026-12-18"}
    full = {"starts_on": "2026-11-02", "ends_on": "2026-12-18", "line1": town.lines["SMIG"], "weight1": 1}

    assert "Inscrire en liste d" in reader.get(f"/cases/{case}/places", **full)
    reader.post(f"/cases/{case}/waiting", 303, **wish, line_ref=town.lines["LACI"], urgency="1")
    again = reader.post(f"/cases/{case}/waiting", 409, **wish, line_ref=town.lines["LACI"], urgency="2")
    listed = reader.get(f"/cases/{case}/placements").replace("\xa0", " ")
    entry = listed.split("/waiting/")[1].split("/")[0]
    reader.post(f"/cases/{case}/waiting/{entry}/withdrawal", 303)

    assert "déjà en attente pour cette mesure" in again.replace("\xa0", " ")
    assert "rang 1" in listed
    assert "urgent, depuis le 15.10.2026, tirage " in listed
    assert "la personne renonce sans motif" in listed
    assert "rang perdu" in listed
    assert "/waiting/" not in reader.get(f"/cases/{case}/placements")


def test_a_stranger_neither_joins_nor_leaves_a_waiting_list_for_somebody_elses_person(path):
    case, town = path.case("agreed"), path.site.town
    stranger = path.as_("stranger")

    stranger.post(
        f"/cases/{case}/waiting",
        404,
        measure_ref=town.workshop,
        line_ref=town.lines["LACI"],
        starts_on="2026-11-02",
        ends_on="2026-12-18",
    )
    stranger.post(f"/cases/{case}/waiting/zzzzzzzzzz/withdrawal", 404)


def test_the_provider_records_on_its_page_how_far_an_objective_was_reached(site):
    ref, reader = site.town.placements["running"], site.as_("provider")
    with site.work() as work:
        set_objectives(work, SetObjectives(ref, (ObjectiveAsk("Tenir la caisse seule", date(2026, 10, 15)),)))
    of_balance = {"number": "1", "balanced_on": "2026-10-14"}

    assert "Tenir la caisse seule" in reader.get(f"/provider/placements/{ref}")
    reader.post(f"/provider/placements/{ref}/balance", 422, **of_balance | {"number": "7"}, outcome="reached")
    reader.post(
        f"/provider/placements/{ref}/balance", 303, **of_balance, outcome="partly", note="Deux écarts."
    )

    page = reader.get(f"/provider/placements/{ref}")
    assert "Deux écarts." in page.split('id="objectives"')[1]
    assert "partiellement" in page or "en partie" in page
