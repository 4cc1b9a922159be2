"""The pages that keep the catalogue of measures."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select

from cii.agreements.tables import Agreement, AgreementMeasure
from cii.agreements.vocabulary import AgreementState
from cii.measures.actions import SetPlaces, set_places
from cii.measures.queries import measure_by_ref
from cii.measures.vocabulary import MeasureKind as K
from tests.measures.build_measures import CONDITIONS, a_measure


def version_of(page):
    return page.split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')


def test_a_measure_enters_the_catalogue_and_a_second_one_of_its_code_does_not(site):
    reader = site.as_("contracts")
    page = reader.get("/measures/new")
    unit = page.split('name="respondent_ref"')[1].split('<option value="')[2].split('"')[0]
    provider = page.split('name="provider_ref"')[1].split('<option value="')[2].split('"')[0]
    form = {"code": "NEU-01", "name": "Atelier de reliure", "kind": "occupation", "respondent_ref": unit,
            "provider_ref": provider, "places": "3", "target_groups": ["youth", "migration"], "languages": ["fr", "de"],
            "region": "le-locle", "starts_on": date(2026, 10, 15).isoformat(), "opening_hours": "lundi à jeudi",
            "quotas-0-line_ref": site.town.lines["SMIG"], "quotas-0-places": "2", "rule_source": CONDITIONS}  # fmt: skip

    made = reader.get(reader.post("/measures/new", **form))

    def found(**asked):
        return "Atelier de reliure" in reader.get("/measures", day="2026-10-20", **asked)

    assert all(
        told in made
        for told in (
            "jeunes, migration",
            "Français, Allemand",
            "Le Locle",
            "lundi à jeudi",
            "Moins de 18 ans",
        )
    )
    assert all((found(target_group="migration"), found(language="de"), found(region="le-locle", mixed="no")))
    assert not any(
        (found(target_group="skilled"), found(language="en"), found(region="neuchatel"), found(mixed="yes"))
    )
    assert "NEU-01" in reader.post("/measures/new", 409, **form)


def test_every_fault_of_a_new_measure_is_told_at_once_and_what_was_ticked_stays(site):
    reader = site.as_("contracts")
    unit = (
        reader.get("/measures/new")
        .split('name="respondent_ref"')[1]
        .split('<option value="')[2]
        .split('"')[0]
    )

    page = reader.post("/measures/new", 422, code="X", name="X", kind="course", respondent_ref=unit, places="-1",
                       starts_on="2026-12-01", ends_on="2026-11-01", target_groups=["youth"])  # fmt: skip

    assert "f-places-error" in page
    assert "f-languages-error" in page
    assert 'value="youth" checked' in page


def test_a_table_is_tried_with_its_proof_then_published_and_decides_from_its_day(site):
    reader, url = site.as_("contracts"), f"/measures/{site.town.course}/conditions"
    form = {"version": version_of(reader.get(url)), "source": CONDITIONS, "valid_from": "2026-11-01"}

    tried = reader.post(f"/measures/{site.town.course}/conditions/check", 200, **form)
    untouched = reader.get(url)
    reader.post(url, **form)

    assert "Rien n&#39;a été publié" in tried
    assert "Moins de 18 ans" in tried
    assert "à venir" not in untouched
    assert "à venir" in site.as_("finance").get(url)
    assert "Publier" not in site.as_("finance").get(url)


def test_a_broken_table_is_refused_with_its_line_and_one_of_the_past_with_its_day(site):
    reader, url = site.as_("contracts"), f"/measures/{site.town.course}/conditions"
    form = {"version": version_of(reader.get(url)), "valid_from": "2026-11-01"}

    broken = reader.post(url, 422, source=CONDITIONS.replace("< 18", "< deux"), **form)
    wrong = reader.post(url, 422, source=CONDITIONS.replace("eligible", "open_to"), **form)
    past = reader.post(url, 409, source=CONDITIONS, **form | {"valid_from": "2026-01-01"})

    assert "Ligne 22 de la table" in broken
    assert "open_to" in wrong
    assert "f-valid_from-error" in past


@pytest.mark.parametrize(
    ("part", "wish"),
    [
        ("conditions", {"source": CONDITIONS, "valid_from": "2026-11-01"}),
        ("respondent", {"valid_from": "2026-11-01"}),
        ("plan/new", {"kind": "course", "places": "7", "due_on": "2027-06-30"}),
        ("places", {"kind": "course", "places": "12", "valid_from": "2026-11-01"}),
    ],
)
def test_of_many_who_change_a_measure_at_the_same_moment_one_does_and_the_others_read_again(site, part, wish):
    url = f"/measures/{site.town.course}/{part}"
    readers = [site.as_("contracts") for _ in range(4)]
    first = readers[0].get(url)
    wish = {**wish, "version": version_of(first)}
    if part == "plan/new":
        wish["line_ref"] = site.town.lines["SMIG"]
    if part == "respondent":
        wish["unit_ref"] = first.split('name="unit_ref"')[1].split('<option value="')[2].split('"')[0]
    tokens = [one.get("/help").split('name="csrf_token" value="')[1].split('"')[0] for one in readers]
    gate = Barrier(len(readers))

    def send(number):
        gate.wait()
        sent = {**wish, "csrf_token": tokens[number], "idempotency_key": f"{part}-{number}-at-once"}
        return readers[number].client.post(url, data=sent).status_code

    with ThreadPoolExecutor(len(readers)) as pool:
        answers = sorted(pool.map(send, range(len(readers))))

    assert answers == [303, 412, 412, 412]


def test_of_two_who_publish_from_the_same_version_the_second_reads_again(site):
    reader, url = site.as_("contracts"), f"/measures/{site.town.course}/conditions"
    form = {"version": version_of(reader.get(url)), "source": CONDITIONS, "valid_from": "2026-11-01"}

    reader.post(url, **form)

    reader.post(url, 412, **form)
    site.as_("finance").post(url, 403, **form)


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


def test_the_catalogue_of_2011_and_of_2014_counts_the_places_of_the_report(site):
    """Product F2, F4: 204 places, 23.5 % professional; 194 aimed at, 70.1 %."""
    with site.work() as work:
        begun = replace(work, now=work.now.replace(year=2011, month=12, day=1))
        for kind, first, last in (
            (K.OCCUPATION, 142, 0),
            (K.SOCIO_PROFESSIONAL, 14, 58),
            (K.PROFESSIONAL, 48, 136),
        ):
            made = a_measure(
                begun, kind, places=first, quotas={"LACI": 1, "SAS": 1}, starts_on=date(2011, 12, 1)
            )
            set_places(begun, SetPlaces(made.ref, kind, last, date(2014, 12, 31)))

    reader = site.as_("coordination")
    pages = [reader.get("/measures", day=day, text="Atelier") for day in ("2011-12-31", "2014-12-31")]

    assert all(told in pages[0] for told in (">204<", "23.5\u00a0%"))
    assert all(told in pages[1] for told in (">194<", "70.1\u00a0%"))


def test_a_measure_says_by_how_much_its_agreements_go_beyond_the_quota(site):
    url = f"/measures/{site.town.workshop}"
    assert "au-delà du contingent" not in site.as_("finance").get(url)

    with site.work() as work:
        measure = measure_by_ref(work, site.town.workshop)
        bought = work.session.scalars(
            select(AgreementMeasure)
            .join(Agreement, Agreement.id == AgreementMeasure.agreement_id)
            .where(AgreementMeasure.measure_id == measure.id, Agreement.state == AgreementState.IN_FORCE)
        ).first()
        bought.overbooking = 2

    assert "+2" in site.as_("finance").get(url)
