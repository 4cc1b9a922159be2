"""The tariffs of an agreement on its page: dates, terms, and the form with every refusal beside its field."""

import re

from sqlalchemy import text

from tests.web.test_agreements import the_version
from tests.web.test_social import program


def a_tariff(page: str, **values: str) -> dict[str, str]:
    """What the form sends: measure and line are chosen already, as the agreement buys only one of each."""
    chosen = {
        name: re.search(rf'name="{name}".*?<option value="(\w+)" selected', page, re.DOTALL)[1]
        for name in ("measure_ref", "line_ref")
    }
    return {"version": the_version(page), **chosen, "valid_from": "2027-07-01", **values}


def shown(page: str) -> str:
    """The page with common spaces."""
    return page.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_signed_agreement_shows_its_tariffs_and_takes_no_other(site):
    ref = site.town.agreements["LACI"]
    page = shown(site.as_("contracts").get(f"/agreements/{ref}/tariffs"))

    assert "CHF 2&#39;200.00" in page
    assert "excusées : toutes" in page
    assert "ses tarifs ne changent plus" in page
    assert 'name="valid_from"' not in page


def test_a_tariff_by_the_hour_follows_the_open_one(site):
    reader, url = site.as_("contracts"), f"/agreements/{site.town.agreements['draft']}/tariffs"

    asked = a_tariff(reader.get(url), basis="hour", amount="32.50", day_minutes="450", month_begun="yes")
    reader.post(url, **asked)

    page = shown(reader.get(url))
    assert "30.06.2027" in page
    assert "Par heure de présence" in page
    assert "journée prévue : 450 minutes" in page
    assert "mois entamé dû en cas d&#39;interruption" in page


def test_each_refusal_stands_beside_its_field_and_what_was_typed_stays(site):
    reader, url = site.as_("contracts"), f"/agreements/{site.town.agreements['draft']}/tariffs"

    asked = a_tariff(reader.get(url), basis="period", amount="1", guarantee="80", half_from="60", places="0")
    page = reader.post(url, 422, **asked)

    for field in ("last_day", "places", "full_from", "guarantee"):
        assert f'id="f-{field}-error"' in page
    assert "conditions générales" in page
    assert 'value="80"' in page


def test_who_may_only_read_an_agreement_adds_no_tariff(site):
    reader, url = site.as_("steering"), f"/agreements/{site.town.agreements['draft']}/tariffs"

    assert 'name="valid_from"' not in reader.get(url)
    reader.post(url, 403)


def test_a_tariff_that_somebody_else_changed_meanwhile_is_not_added(site):
    reader, url = site.as_("contracts"), f"/agreements/{site.town.agreements['draft']}/tariffs"
    asked = a_tariff(reader.get(url), basis="weekdays", amount="2300")

    reader.post(url, **asked)

    reader.post(url, 412, **{**asked, "valid_from": "2027-09-01"})


def test_closing_days_are_stated_once_and_an_overlap_is_refused_at_its_field(site):
    ref = site.town.agreements["unsigned"]
    reader, url = site.as_("contracts"), f"/agreements/{ref}/closures"
    first = reader.get(url)
    measure = re.search(r'name="measure_ref".*?<option value="(\w+)" selected', first, re.DOTALL)[1]
    days = {"measure_ref": measure, "starts_on": "2027-07-20", "ends_on": "2027-07-31", "reason": "Vacances"}

    reader.post(url, version=the_version(first), **days)
    page = reader.get(url)
    again = reader.post(
        url, 422, version=the_version(page), **(days | {"starts_on": "2027-07-31", "ends_on": "2027-08-04"})
    )
    upside = reader.post(url, 422, version=the_version(page), **(days | {"ends_on": "2027-07-01"}))
    told = program(site, "contracts").move(f"/api/v1/agreements/{ref}", "closures", 422, **days)

    assert "Vacances" in page
    assert told["code"] == "closure-overlaps"
    assert 'id="f-starts_on-error"' in again
    assert 'id="f-ends_on-error"' in upside
    assert 'name="starts_on"' not in site.as_("steering").get(url)


def test_a_margin_is_agreed_while_the_agreement_is_open_and_by_nobody_after(site):
    ref, signed = site.town.agreements["unsigned"], site.town.agreements["LACI"]
    reader, url = site.as_("contracts"), f"/agreements/{ref}/margins"
    first = reader.get(url)
    measure, line = re.findall(r'<option value="(\w+)" selected', first)
    wish = {"measure_ref": measure, "line_ref": line, "overbooking": "3"}

    reader.post(url, version=the_version(first), **wish)
    page = reader.get(url)
    too_many = reader.post(url, 422, version=the_version(page), **(wish | {"overbooking": "101"}))
    stale = reader.post(url, 412, version=the_version(first), **wish)
    closed = site.as_("contracts").get(f"/agreements/{signed}/margins")

    assert "3 places au-delà du quota" in reader.get(f"/agreements/{ref}")
    assert 'id="f-overbooking-error"' in too_many
    assert stale
    assert 'name="overbooking"' not in closed
    assert "avenant" in closed


def test_a_margin_is_stated_by_a_program_and_of_what_is_bought_only(site):
    ref, caller = site.town.agreements["unsigned"], program(site, "contracts")
    bought = caller.ask("GET", f"/api/v1/agreements/{ref}")["bought"][0]
    wish = {"measure_ref": bought["measure"]["ref"], "line_ref": bought["line"]["ref"], "overbooking": 2}
    foreign = next(one for one in site.town.lines.values() if one != wish["line_ref"])

    told = caller.move(f"/api/v1/agreements/{ref}", "margins", 200, **wish)
    other = caller.move(f"/api/v1/agreements/{ref}", "margins", 404, **(wish | {"line_ref": foreign}))

    assert told["bought"][0]["overbooking"] == 2
    assert other["code"] == "unknown"


def test_a_talk_that_keeps_the_prices_of_the_ai_is_noted_on_the_page(site):
    reader, ref = site.as_("contracts"), site.town.agreements["LACI"]
    with site.work() as work:
        work.session.execute(text("UPDATE agreement SET profile = 'AI' WHERE ref = :ref"), {"ref": ref})
    url, reason = f"/agreements/{ref}/tariffs", "Coûts stables depuis deux ans."
    before = reader.get(url)
    version = the_version(before)

    ahead = reader.post(
        f"/agreements/{ref}/price-talks", 422, version=version, talked_on="2026-10-16", reason=reason
    )
    reader.post(f"/agreements/{ref}/price-talks", version=version, talked_on="2026-10-01", reason=reason)
    reader.post(f"/agreements/{ref}/price-talks", 412, version=version, talked_on="2026-10-02", reason=reason)

    assert "valent depuis le 1 janvier 2026" in shown(before) or "valent depuis le 01.01.2026" in shown(
        before
    )
    assert "au plus tard pour le 15.10.2026" in shown(ahead)
    assert "valent depuis le 01.10.2026" in shown(reader.get(url))
    assert reason in reader.get(url)
    assert "Noter l" not in site.as_("provider").get(url)
    assert "rediscutés le 01.10.2026" in shown(site.as_("provider").get("/notices"))
    site.as_("provider").post(
        f"/agreements/{ref}/price-talks", 403, version=version, talked_on="2026-10-01", reason=reason
    )
