"""The pages of talks and visits: planned, put off, minuted, remarked on; the visit that comes second."""

import re
from html import unescape

import pytest

from cii.agreements.queries import agreement_by_ref
from cii.conventions.actions import stored
from cii.conventions.parts_conduct import Talks
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part, TalkPurpose
from tests.web.test_agreements import the_version
from tests.web.test_deliverables import the_list, upload

AGREED = Talks(
    2, (TalkPurpose.STRUCTURE, TalkPurpose.RESULT), visits=True, visits_in_two_steps=True,
    visit_criteria="Écart de plus de 20 % à la cible",
)  # fmt: skip
SAID = {"structure": "Équipe complète.", "result": "41 % placés."}
VISIT = {
    "place": "Sur place",
    "criterion": "Écart de plus de 20 %",
    "reason": "Le taux d'insertion a baissé de moitié.",
}


@pytest.fixture
def agreement(site) -> str:
    """An agreement in force that provides for two talks a year, and for visits."""
    ref: str = site.town.agreements["LACI"]
    with site.work() as work:
        held = agreement_by_ref(work, ref)
        body = stored(Part.TALKS, AGREED)
        work.session.add(
            ConventionPart(agreement_id=held.id, part=Part.TALKS, body=body, recorded_at=work.now)
        )
    return ref


def planned(site, agreement: str, day: str = "2026-10-15") -> str:
    return (
        site.as_("contracts")
        .post(f"/agreements/{agreement}/talks", starts_at=f"{day}T16:30", place="Neuchâtel")
        .partition("?")[0]
    )


def test_a_talk_is_planned_minuted_and_remarked_on(site, agreement):
    payer, provider = site.as_("contracts"), site.as_("provider")
    due = unescape(payer.get("/appointments"))

    page = planned(site, agreement)
    before = unescape(provider.get(page))
    payer.post(f"{page}/minutes", version=the_version(payer.get(page)), held_on="15.10.2026", **SAID)
    provider.post(f"{page}/remark", version=the_version(provider.get(page)), wording="Deux emplois manquent.")
    after = unescape(payer.get(page))

    assert "2026-LACI-01" in due.split('id="due-list"')[1].split("</table>")[0]
    assert "15.10.2026, 16:30" in before or "15.10.2026 16:30" in before
    assert "Équipe complète." in after
    assert "Deux emplois manquent." in after
    assert "Tenu" in unescape(provider.get("/appointments"))
    assert "procès-verbal de l'entretien" in unescape(provider.get("/notices"))
    assert "remarques du prestataire" in unescape(payer.get("/notices"))


def test_each_blank_of_the_minutes_is_named_beside_its_field_and_what_was_typed_stays(site, agreement):
    payer, page = site.as_("contracts"), planned(site, agreement, "2026-10-20")

    form = unescape(
        payer.post(f"{page}/minutes", 422, version=the_version(payer.get(page)), held_on="20.10.2026", structure="Rien à signaler", result="")
    )  # fmt: skip

    assert "ne peut dater d'après le 15.10.2026" in form
    assert (
        "Le thème « Résultats » est à l'ordre du jour" in form.replace("\xa0", " ")
        or "est à l'ordre du jour" in form
    )
    assert "Rien à signaler" in form
    assert "Prévu" in unescape(payer.get(page))


def test_it_is_moved_cancelled_and_put_into_a_calendar(site, agreement):
    payer, provider, page = (
        site.as_("contracts"),
        site.as_("provider"),
        planned(site, agreement, "2026-11-03"),
    )

    payer.post(
        f"{page}/move", version=the_version(payer.get(page)), starts_at="2026-11-10T09:00", place="Le Locle"
    )
    calendar = provider.client.get(f"/appointments/{page[-10:]}/calendar.ics")
    stale = the_version(payer.get(page))
    payer.post(f"{page}/cancellation", version=stale, reason="Grippe dans l'équipe")
    payer.post(f"{page}/cancellation", 412, version=stale, reason="Encore")

    assert "DTSTART:20261110T080000Z" in calendar.text
    assert "LOCATION:Le Locle" in calendar.text
    assert calendar.mimetype == "text/calendar"
    assert "Grippe dans l'équipe" in unescape(provider.get(page))
    assert "déplacé au 10.11.2026" in unescape(provider.get("/notices"))


def test_a_visit_waits_for_its_first_step(site, agreement):
    payer, provider = site.as_("contracts"), site.as_("provider")
    form = f"/agreements/{agreement}/visit"
    early = unescape(payer.post(form, 409, starts_at="2026-11-20T09:00", **VISIT))
    shown = unescape(payer.get(form))
    url = the_list(site)
    upload(provider, f"{url}/submissions", version=the_version(provider.get(url)))
    page = planned(site, agreement)
    payer.post(f"{page}/minutes", version=the_version(payer.get(page)), held_on="15.10.2026", **SAID)

    made = payer.post(form, starts_at="2026-11-20T09:00", **VISIT).partition("?")[0]
    read = unescape(provider.get(made))

    for said in (early, shown):
        assert "Aucun entretien de reporting ne s'est tenu depuis le 15.10.2025" in said
        assert "Aucun rapport n'a été reçu depuis le 15.10.2025" in said
    assert VISIT["reason"] in early
    assert VISIT["reason"] in read
    assert f'href="{page}"' in read
    payer.post(
        f"{made}/findings", 422, version=the_version(payer.get(made)), held_on="15.10.2026", findings=" "
    )


def test_who_has_no_part_reads_nothing_of_it(site, agreement):
    page = planned(site, agreement)
    payer = site.as_("contracts")
    payer.post(f"{page}/minutes", version=the_version(payer.get(page)), held_on="15.10.2026", **SAID)

    group = unescape(site.as_("coordination").get(page))

    assert "Tenu" in group
    assert "Équipe complète." not in group
    site.as_("other_provider").get(page, 404)
    site.as_("other_provider").get(f"{page}/calendar.ics", 404)
    site.as_("manager").get(page, 403)
    site.as_("provider").get(f"/agreements/{agreement}/visit", 403)


def test_a_request_of_the_provider_is_answered_by_the_date(site, agreement):
    provider, payer = site.as_("provider"), site.as_("contracts")
    provider.post("/provider/talk", subject="Effectifs", wording="Deux départs au printemps")
    form = payer.get(f"/agreements/{agreement}/talks")
    wish = form.split('name="request_ref"')[1].split('<option value="', 2)[2].split('"')[0]

    payer.post(
        f"/agreements/{agreement}/talks", starts_at="2026-11-03T10:00", place="Neuchâtel", request_ref=wish
    )

    assert 'name="request_ref"' not in payer.get(f"/agreements/{agreement}/talks")


def test_a_provider_finds_its_talks_and_requests_at_home(site, agreement):
    provider, payer = site.as_("provider"), site.as_("contracts")
    provider.post("/provider/talk", subject="Effectifs", wording="Deux départs au printemps")
    asked = unescape(provider.get("/provider"))
    page = planned(site, agreement, "2026-11-03")

    home = unescape(provider.get("/provider"))

    assert "Demande en attente" in asked
    assert f'href="{page}"' in home
    assert 'href="/provider/talk"' in home
    assert page not in payer.get("/desk")


def test_a_double_click_plans_once_and_the_pages_speak_german(site, agreement):
    payer = site.as_("contracts")
    once = {"starts_at": "2026-11-03T10:00", "place": "Neuchâtel", "idempotency_key": "once"}
    first = payer.post(f"/agreements/{agreement}/talks", **once)
    csrf = payer.get("/help").split('name="csrf_token" value="')[1].split('"')[0]
    second = payer.client.post(f"/agreements/{agreement}/talks", data={"csrf_token": csrf, **once})
    german = unescape(payer.get(f"/agreements/{agreement}/talks?lang=de"))

    assert second.headers["Location"].endswith(first.partition("?")[0])
    assert len(re.findall(r'href="/appointments/\w{10}"', german)) == 1
    assert "Gespräche und Besuche" in german
