"""The text of an agreement on its pages: parts, objectives, dates, negotiation, versions and what follows."""

import pytest

from cii.conventions.vocabulary import Part
from tests.web.test_agreements import the_version


@pytest.fixture
def draft(site) -> str:
    return site.town.agreements["draft"]


def test_the_text_is_read_by_the_sections_of_the_guide(site, draft):
    page = site.as_("contracts").get(f"/agreements/{draft}/text")

    for title in ("1. Parties", "5. Volume et financement", "9. Litiges et for"):
        assert title in page
    assert "vide" in page
    assert "constats ouverts" in page
    assert "(s)" not in page.split("<main")[1]
    assert f"/agreements/{draft}/text/principles" in page
    assert "insertion" not in page.split("<main")[1].split("Projet d")[0]


def test_a_part_is_written_with_entries_of_a_list_and_read_again(site, draft):
    reader, url = site.as_("contracts"), f"/agreements/{draft}/text/principles"
    form = reader.get(url)
    sent = {
        "information-0-event": "absence", "information-0-working_days": "3", "information-1-event": "",
        "information-1-working_days": "", "standards-0-area": "audit", "standards-0-name": "CO 727a",
        "standards-0-or_equivalent": "yes", "secrecy": "Secret de fonction", "no_competition": "yes",
    }  # fmt: skip

    reader.post(f"/agreements/{draft}/text/principles", version=the_version(form), **sent)

    page = reader.get(url)
    assert 'value="CO 727a"' in page
    assert 'name="information-0-working_days" type="text" inputmode="decimal" value="3"' in page
    assert 'name="information-2-event"' in page
    assert "Guide fédéral, indication 24" in page
    assert "rédigé" in reader.get(f"/agreements/{draft}/text")


@pytest.mark.parametrize("part", [part for part in Part if part not in {Part.INSERTION, Part.OUTCOME_PAY}])
def test_every_part_has_its_form(site, draft, part):
    page = site.as_("contracts", "de").get("/agreements/" + draft + "/text/" + part.value)

    assert "Speichern" in page
    assert "web.part" not in page


def test_a_fault_stands_at_the_entry_that_was_typed_and_nothing_is_lost(site, draft):
    reader, url = site.as_("contracts"), f"/agreements/{draft}/text/volume"
    page = reader.post(
        f"/agreements/{draft}/text/volume", 422, version=the_version(reader.get(url)),
        **{"warnings-2-event": "overrun", "warnings-2-working_days": "400", "guarantee_percent": "101"},
    )  # fmt: skip

    assert 'id="f-guarantee_percent-error"' in page
    assert 'id="f-warnings-2-working_days-error"' in page
    assert 'value="400"' in page


def test_a_part_that_is_no_part_or_of_another_profile_is_unknown(site, draft):
    reader = site.as_("contracts")

    reader.get(f"/agreements/{draft}/text/annexes", 404)
    reader.get(f"/agreements/{draft}/text/insertion", 404)


def test_a_signed_text_is_read_not_written(site):
    ref = site.town.agreements["LACI"]
    page = site.as_("contracts").get(f"/agreements/{ref}/text/aims")

    assert "Rien n&#39;est convenu dans cette partie." in page
    assert "<textarea" not in page


def test_an_amount_is_typed_as_a_number_and_read_as_money(site, draft):
    writer, url = site.as_("contracts"), f"/agreements/{draft}/text/price"
    writer.post(f"/agreements/{draft}/text/price", version=the_version(writer.get(url)), total="549600")

    assert 'value="549600.00"' in writer.get(url)
    assert "CHF\u00a0549&#39;600.00" in site.as_("steering").get(url)


def test_what_an_indicator_is_computed_from_is_chosen_by_its_words(site, draft):
    page = site.as_("contracts").get(f"/agreements/{draft}/objectives/form")

    source = page.split('<select class="ds-input" id="f-gauges-0-source"')[1].split("</select>")[0]
    assert (
        '<option value="exit_rate_durable">Intégration professionnelle · Sorties durables</option>' in source
    )
    assert "selected" not in source


def test_an_objective_is_set_changed_and_taken_out(site, draft):
    reader, url = site.as_("contracts"), f"/agreements/{draft}/objectives"
    form = reader.get(f"/agreements/{draft}/objectives/form")
    sent = {
        "level": "enterprise", "wording": "Présence régulière", "owner": "EISP", "kind": "quality",
        "standing": "partial", "weight": "40", "gauges-0-code": "absences", "gauges-0-title": "Absences",
        "gauges-0-unit": "days", "gauges-0-direction": "down", "gauges-0-target": "2",
        "gauges-0-minimum": "3", "gauges-0-source": "entered",
    }  # fmt: skip

    reader.post(f"/agreements/{draft}/objectives", version=the_version(form), **sent)

    page = reader.get(url)
    assert "Présence régulière" in page
    assert "poids 40" in page
    goal = page.rsplit("goal_ref=", 1)[1][:10]
    changed = reader.get(f"/agreements/{draft}/objectives/form?goal_ref={goal}")
    assert 'value="absences"' in changed
    assert '<option value="entered" selected>' in changed
    faulty = reader.post(
        f"/agreements/{draft}/objectives", 422, version=the_version(changed), goal_ref=goal,
        **(sent | {"gauges-0-minimum": "1"}),
    )  # fmt: skip
    assert "minim" in faulty
    reader.post(
        f"/agreements/{draft}/objectives/removal", version=the_version(reader.get(url)), goal_ref=goal
    )
    assert "Présence régulière" not in reader.get(url)
    reader.get(f"/agreements/{draft}/objectives/form?goal_ref=0000000000", 404)


def test_the_dates_of_a_deliverable_are_laid_down_at_once(site, draft):
    reader, url = site.as_("contracts"), f"/agreements/{draft}/deliverables"
    form = reader.get(url)

    reader.post(
        f"/agreements/{draft}/deliverables/dates", version=the_version(form),
        kind="annual_report", frequency="yearly", first="2027-03-31",
    )  # fmt: skip

    page = reader.get(url)
    assert "31.03.2027" in page
    owed = page.split('name="deliverable_ref" value="')[1][:10]
    reader.post(f"/agreements/{draft}/deliverables/removal", version=the_version(page), deliverable_ref=owed)
    assert "31.03.2027" not in reader.get(url)
    early = reader.post(
        f"/agreements/{draft}/deliverables/dates", 409, version=the_version(reader.get(url)),
        kind="courses", frequency="once", first="2020-01-01",
    )  # fmt: skip
    assert "aucune date à ajouter" in early


def test_a_draft_goes_to_the_provider_and_comes_back_with_its_answer(site, draft):
    reader, url = site.as_("contracts"), f"/agreements/{draft}/negotiation"
    reader.post(f"/agreements/{draft}/rounds", version=the_version(reader.get(url)), due_on="2026-11-30")
    theirs = site.as_("provider")
    page = theirs.get(url)
    round_ref = page.split('name="round_ref" value="')[1][:10]

    theirs.post(
        f"/agreements/{draft}/comments", round_ref=round_ref, part="principles", wording="Délai trop court"
    )
    theirs.post(f"/agreements/{draft}/answer", round_ref=round_ref, stand="amends")

    shown = reader.get(url)
    assert "Délai trop court" in shown
    assert "Projet n° 1" in shown.replace("\u00a0", " ").replace("\u202f", " ")
    reader.post(f"/agreements/{draft}/answer", 403, round_ref=round_ref, stand="accepts")
    site.as_("finance").get(url)
    site.as_("manager").get(url, 403)
    site.as_("other_provider").get(url, 404)


def test_the_steering_group_decides_on_what_changes_a_contract(site, draft):
    reader, group, url = site.as_("contracts"), site.as_("steering"), f"/agreements/{draft}/negotiation"
    reader.post(f"/agreements/{draft}/submission", version=the_version(reader.get(url)))

    group.post(
        f"/agreements/{draft}/decision", 422, version=the_version(group.get(url)), stand="refused", reason=""
    )
    group.post(f"/agreements/{draft}/decision", version=the_version(group.get(url)), stand="approved")

    assert "Décision" in reader.get(url)


def test_versions_stand_side_by_side(site, draft):
    reader, url = site.as_("contracts"), f"/agreements/{draft}/negotiation"
    assert "Il n&#39;y a qu&#39;une version." in reader.get(f"/agreements/{draft}/versions")
    reader.post(f"/agreements/{draft}/submission", version=the_version(reader.get(url)))
    form = reader.get(f"/agreements/{draft}/text/disputes")
    reader.post(f"/agreements/{draft}/text/disputes", version=the_version(form), venue="Neuchâtel")

    page = reader.get(f"/agreements/{draft}/versions")

    assert "Neuchâtel" in page
    assert "ajouté" in page
    assert "hinzugefügt" in site.as_("contracts", "de").get(f"/agreements/{draft}/versions")


def test_what_follows_an_agreement_is_drafted_from_its_page(site):
    reader, ref = site.as_("contracts"), site.town.agreements["LACI"]
    form = reader.get(f"/agreements/{ref}/follow-up")

    refused = reader.post(
        f"/agreements/{ref}/amendment", 422, version=the_version(form), from_day="2026-10-01", right=""
    )
    made = reader.post(
        f"/agreements/{ref}/amendment", version=the_version(form), from_day="2026-12-01", right=""
    )

    assert "au plus tôt le" in refused
    assert made is not None
    assert "2026-LACI-01/A1" in reader.get("/agreements")
    reader.post(f"/agreements/{ref}/renewal", 409, version=the_version(form), from_day="2027-01-01")
    reader.post(f"/agreements/{ref}/option", 409, version=the_version(form))


def test_an_agreement_is_drafted_on_a_page(site):
    reader = site.as_("contracts")
    form = reader.get("/agreements/new")
    picked = {
        name: form.split(f'name="{name}"')[1].split('<option value="')[2][:10]
        for name in ("provider_ref", "bought-0-measure_ref", "bought-0-line_ref")
    }
    sent = picked | {
        "number": "2027-AC-09", "profile": "AC", "instrument": "agreement", "lang": "fr",
        "valid_from": "2027-01-01", "last_day": "2028-12-31", "notice_months": "6",
    }  # fmt: skip

    reader.post("/agreements/new", **sent)

    assert "2027-AC-09" in reader.get("/agreements")
    again = reader.post("/agreements/new", 409, **sent)
    assert 'id="f-number-error"' in again
    twice = {f"bought-1-{name}": picked[f"bought-0-{name}"] for name in ("measure_ref", "line_ref")}
    assert 'id="f-bought-1-line_ref-error"' in reader.post("/agreements/new", 422, **(sent | twice))


@pytest.mark.parametrize(("placements", "proposed"), [(9, "case_by_case"), (10, "agreement")])
def test_the_instrument_is_proposed_by_the_placements_a_year_with_its_reason(site, placements, proposed):
    page = site.as_("contracts").get("/agreements/new", placements_a_year=placements)

    choice = page.split('id="instrument-choice"')[1].split("</div>")[0]
    assert f'value="{proposed}" selected' in choice
    assert f"{placements} placements par an" in page
    assert "guide fédéral" in page


def test_no_instrument_is_proposed_for_what_is_no_number(site):
    reader = site.as_("contracts")

    assert (
        "selected" not in reader.get("/agreements/new").split('id="instrument-choice"')[1].split("</div>")[0]
    )
    reader.get("/agreements/new", 422, placements_a_year="beaucoup")


def test_both_sides_sign_on_the_page_and_nobody_before(site):
    ref = site.town.agreements["unsigned"]
    theirs, mine, url = site.as_("provider"), site.as_("contracts"), f"/agreements/{ref}/negotiation"
    theirs.get(url, 404)
    mine.post(f"/agreements/{ref}/rounds", version=the_version(mine.get(url)), due_on="2026-11-30")
    early = theirs.post(
        f"/agreements/{ref}/signatures", 409, version=the_version(mine.get(url)),
        side="provider", name="Léa Monnier", signed_on="2026-10-15",
    )  # fmt: skip
    assert "attend pas de signature" in early
    assert "Personne" not in mine.get(url)


def test_a_provider_reads_what_was_laid_before_it_with_its_document(site, draft):
    reader, theirs, url = site.as_("contracts"), site.as_("provider"), f"/agreements/{draft}/negotiation"
    reader.post(f"/agreements/{draft}/rounds", version=the_version(reader.get(url)), due_on="2026-11-30")
    form = f"/agreements/{draft}/text/aims"
    reader.post(
        f"/agreements/{draft}/text/aims", version=the_version(reader.get(form)), purpose="Baisser le prix"
    )

    page, overview = theirs.get(f"/agreements/{draft}/text/aims"), theirs.get(f"/agreements/{draft}")
    paper = theirs.get(url).split("/document.pdf")[0].rsplit('href="', 1)[1] + "/document.pdf"

    assert "Baisser le prix" in reader.get(f"/agreements/{draft}/text/aims")
    assert "Baisser le prix" not in page
    assert "2'250.00" not in overview.replace("&#39;", "'")
    assert "tel qu&#39;il vous a été soumis" in overview
    assert theirs.client.get(paper).data.startswith(b"%PDF")
    assert theirs.client.get(f"/agreements/{draft}/document.pdf").data.startswith(b"%PDF")


def test_a_negotiation_is_given_up_and_its_provider_told(site, draft):
    reader, theirs, url = site.as_("contracts"), site.as_("provider"), f"/agreements/{draft}/negotiation"
    reader.post(f"/agreements/{draft}/rounds", version=the_version(reader.get(url)), due_on="2026-11-30")
    form = reader.get(f"/agreements/{draft}/dropping")

    reader.post(f"/agreements/{draft}/dropping", 422, version=the_version(form), reason="court")
    reader.post(f"/agreements/{draft}/dropping", version=the_version(form), reason="Le besoin a disparu")

    assert "Abandonn" in theirs.get(f"/agreements/{draft}")
    assert "la négociation est abandonnée" in theirs.get("/notices")
    assert "Le besoin a disparu" not in theirs.get(f"/agreements/{draft}")
    theirs.get(f"/agreements/{draft}/dropping", 403)
