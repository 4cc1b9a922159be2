"""The pages that keep the catalogue of measures."""

from datetime import date


def version_of(page):
    return page.split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')


def test_a_measure_enters_the_catalogue_and_a_second_one_of_its_code_does_not(site):
    reader = site.as_("contracts")
    page = reader.get("/measures/new")
    unit = page.split('name="respondent_ref"')[1].split('<option value="')[2].split('"')[0]
    form = {"code": "NEU-01", "name": "Atelier de reliure", "kind": "occupation", "respondent_ref": unit,
            "places": "3", "target_group": "youth", "starts_on": date(2026, 10, 15).isoformat(), "opening_hours": "lundi à jeudi"}  # fmt: skip

    reader.post("/measures/new", **form)

    assert "Atelier de reliure" in reader.get("/measures", day="2026-10-20", target_group="youth")
    assert "Atelier de reliure" not in reader.get("/measures", day="2026-10-20", target_group="skilled")
    assert "NEU-01" in reader.post("/measures/new", 409, **form)


def test_a_target_is_shown_in_the_plan_and_leaves_the_places_as_they_are(site):
    reader, url = site.as_("contracts"), f"/measures/{site.town.course}/plan"
    version = version_of(reader.get(f"{url}/new"))

    reader.post(f"{url}/new", version=version, line_ref=site.town.lines["SMIG"], kind="course", places="77",
                due_on="2027-06-30")  # fmt: skip

    page = reader.get(url)
    assert "77" in page
    assert "en transformation" in page
    assert "77 libres" not in reader.get("/measures/board", day="2027-07-01")


def test_a_target_for_a_day_that_is_over_is_refused_beside_its_field(site):
    reader, url = site.as_("contracts"), f"/measures/{site.town.course}/plan/new"

    page = reader.post(url, 409, version=version_of(reader.get(url)), line_ref=site.town.lines["SMIG"], kind="course",
                       places="77", due_on="2026-01-31")  # fmt: skip

    assert "f-due_on-error" in page


def test_the_opening_hours_are_shown(site):
    reader, url = site.as_("contracts"), f"/measures/{site.town.course}/opening-hours"

    reader.post(url, version=version_of(reader.get(url)), opening_hours="mardi, 8 h à 12 h")

    assert "mardi, 8 h à 12 h" in reader.get(f"/measures/{site.town.course}/plan")


def test_the_service_changes_from_tomorrow_and_not_from_yesterday(site):
    reader, url = site.as_("contracts"), f"/measures/{site.town.course}/respondent"
    page = reader.get(url)
    unit = page.split('name="unit_ref"')[1].split('<option value="')[2].split('"')[0]

    refused = reader.post(url, 409, version=version_of(page), unit_ref=unit, valid_from="2026-10-01")
    reader.post(url, version=version_of(page), unit_ref=unit, valid_from="2026-11-01")

    assert "f-valid_from-error" in refused


def test_before_anything_was_written_nothing_is_known_of_the_places(site):
    page = site.as_("finance").get(f"/measures/{site.town.course}/plan", day="2001-01-01")

    assert "aucun nombre de places" in page
    assert "Fixer un objectif" not in page


def test_who_only_reads_gets_no_form(site):
    for part in ("plan/new", "respondent", "opening-hours"):
        site.as_("finance").get(f"/measures/{site.town.course}/{part}", 403)
    site.as_("finance").get("/measures/new", 403)
