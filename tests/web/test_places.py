"""The place finder of a case: verdicts, places and prices, and a place for one or two payers."""

from datetime import date

from cii.institutions.queries import line_by_ref
from cii.measures.queries import measure_by_ref
from cii.placements.bids import Bid, BidSource, Priced, keep
from tests.web.build_path import path

__all__ = ["path"]


def days(path, *payers, last="2026-12-18"):
    lines = {f"line{n}": path.site.town.lines[line] for n, (line, _) in enumerate(payers, 1)}
    weights = {f"weight{n}": weight for n, (_, weight) in enumerate(payers, 1)}
    return {"starts_on": "2026-11-02", "ends_on": last, **lines, **weights}


def taken(reader, case, path, *payers, status=303, last="2026-12-18", **more):
    shares = more
    for n, (line, weight) in enumerate(payers):
        shares |= {f"shares-{n}-line_ref": path.site.town.lines[line], f"shares-{n}-weight": weight}
    return reader.post(
        f"/cases/{case}/places",
        status,
        measure_ref=path.site.town.workshop,
        starts_on="2026-11-02",
        ends_on=last,
        **shares,
    )


def test_proposals_say_places_price_and_rank(path):
    case = path.case("agreed")

    page = path.as_("manager").get(f"/cases/{case}/places", **days(path, ("LACI", 1)))

    assert "Atelier de menuiserie" in page
    assert "place libre" in page
    assert "de cette ligne" in page
    assert "CHF" in page
    assert "Rang 1" in page


def test_a_line_without_places_learns_what_would_change_it(path):
    case = path.case("agreed")

    page = path.as_("social").get(f"/cases/{case}/places", **days(path, ("SMIG", 1)))

    assert "des places pour la ligne SMIG" in page


def test_the_price_of_two_payers_is_split_by_the_key(path):
    case = path.case("agreed")

    page = path.as_("manager").get(f"/cases/{case}/places", **days(path, ("LACI", 60), ("SAS", 40)))

    workshop = page.split("Atelier de menuiserie")[1].split("Conditions et rang")[0]
    assert "LACI" in workshop
    assert "SAS" in workshop


def test_a_place_is_taken_for_two_payers(path):
    case, reader = path.case("agreed"), path.as_("manager")

    where = taken(reader, case, path, ("LACI", 60), ("SAS", 40), last="2026-11-13")

    page = reader.get(where)
    assert "La place est réservée" in page
    assert "60 %" in page
    assert "40 %" in page
    assert "L&#39;organisateur de la mesure doit encore répondre." in page


def test_a_place_is_looked_for_part_time_up_to_full_time(path):
    case, reader = path.case("agreed"), path.as_("manager")
    wish = days(path, ("LACI", 1), last="2026-11-13")

    page = reader.get(f"/cases/{case}/places", workload="50", **wish)
    reader.get(f"/cases/{case}/places", 422, workload="beaucoup", **wish)
    refused = taken(reader, case, path, ("LACI", 1), last="2026-11-13", workload="101", status=422)

    assert '<input type="hidden" name="workload" value="50">' in page
    assert "occupation va de 1 à 100" in refused


def test_a_refused_place_shows_every_reason(path):
    case, reader = path.case("agreed"), path.as_("manager")

    page = taken(reader, case, path, ("SMIG", 1), status=409)

    assert "La place n&#39;a pas été réservée" in page
    assert "SMIG" in page


def test_a_place_that_has_not_begun_can_be_called_off(path):
    case, reader = path.case("agreed"), path.as_("manager")
    taken(reader, case, path, ("LACI", 1), last="2026-11-13")
    page = reader.get(f"/cases/{case}/placements")
    place = page.split("/cancel")[0].split("/placements/")[-1]

    reader.post(f"/cases/{case}/placements/{place}/cancel", reason="La personne a trouvé un emploi.")

    assert "annulé" in reader.get(f"/cases/{case}/placements")


def test_the_end_before_the_start_is_said_beside_the_field(path):
    page = path.as_("manager").get(
        f"/cases/{path.case('agreed')}/places", starts_on="2026-11-02", ends_on="2026-10-01"
    )

    assert "La fin précède le début." in page


def test_the_finder_is_closed_to_who_has_no_part_or_no_right(path):
    case = path.case("agreed")

    path.as_("stranger").get(f"/cases/{case}/places", 404)
    path.as_("doctor").get(f"/cases/{case}/places", 403)
    taken(path.as_("stranger"), case, path, ("LACI", 1), status=404)


def test_a_place_shows_what_it_is_worth_to_others_and_from_which_night(path):
    case = path.case("agreed")
    before = path.as_("manager").get(f"/cases/{case}/places", **days(path, ("LACI", 1)))

    with path.site.work() as work:
        workshop = measure_by_ref(work, path.site.town.workshop)
        line = line_by_ref(work, path.site.town.lines["LACI"])
        source = BidSource(date(2026, 10, 14), date(2026, 11, 1), date(2026, 12, 31), 7, "Tour de novembre")
        keep(work, Priced(source, 12, "0" * 64, "bids-1", (Bid(workshop.id, line.id, 11_600, 0),)))
    after = path.as_("manager").get(f"/cases/{case}/places", **days(path, ("LACI", 1)))

    assert "Aucune nuit n&#39;a encore évalué la liste d&#39;attente" in before
    assert "la nuit du 14.10.2026 (7 personnes)" in after
    assert "Tour de novembre" in after
    assert "12 points" in after.split("Atelier de menuiserie")[1].split("Conditions et rang")[0]
