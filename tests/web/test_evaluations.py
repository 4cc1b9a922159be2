"""The pages of an agreement's evaluation: opened, commented, reviewed, final, analysed."""

from html import unescape

from tests.web.test_agreements import the_version

LONG = "Recrutement difficile au printemps, corrigé depuis."


def opened(site, ref: str) -> str:
    """Open 2026; the address of its page."""
    return (
        site.as_("contracts")
        .post(f"/agreements/{ref}/evaluations", year="2026", comment_until="15.11.2026")
        .partition("?")[0]
    )


def test_a_year_is_opened_commented_reviewed_and_made_final(site):
    manager, second, provider = (site.as_(one) for one in ("contracts", "contracts2", "provider"))
    agreement = site.town.agreements["LACI"]

    page = opened(site, agreement)
    waiting = unescape(manager.get(page))
    told = unescape(provider.get("/notices"))
    provider.post(f"{page}/comment", version=the_version(provider.get(page)), wording="Deux départs tardifs.")
    form = manager.get(page)
    manager.post(
        f"{page}/review", version=the_version(form),
        **{
            "said-0-code": "reinsertion", "said-0-judgement": "missed", "said-0-wording": "Sous la cible convenue.",
            "said-1-code": "absence", "said-1-judgement": "", "said-1-wording": "",
        },
    )  # fmt: skip
    hidden = unescape(provider.get(page))
    second.post(f"{page}/final", version=the_version(second.get(page)))
    final = unescape(provider.get(page))

    assert "Le prestataire peut commenter les chiffres jusqu'au 15.11.2026" in waiting
    assert "attendent votre commentaire jusqu'au 15.11.2026" in told
    assert "Deux départs tardifs." in form
    assert "Sous la cible convenue." not in hidden
    assert "Sous la cible convenue." in final
    assert "Définitive" in final


def test_a_miss_leads_to_an_analysis_a_corrective_measure_and_then_to_renewal(site):
    manager, second, provider = (site.as_(one) for one in ("contracts", "contracts2", "provider"))
    agreement = site.town.agreements["LACI"]
    page = opened(site, agreement)
    provider.post(f"{page}/comment", version=the_version(provider.get(page)), wording="Rien à ajouter.")
    manager.post(
        f"{page}/review", version=the_version(manager.get(page)),
        **{"said-0-code": "reinsertion", "said-0-judgement": "missed", "said-0-wording": "Sous la cible."},
    )  # fmt: skip
    second.post(f"{page}/final", version=the_version(second.get(page)))
    before = unescape(manager.get(f"/agreements/{agreement}/evaluations"))

    form = manager.get(page)
    short = manager.post(f"{page}/analyses", 422, version=the_version(form), causes="bref", actions=LONG)
    manager.post(f"{page}/analyses", version=the_version(form), causes=LONG, actions=LONG)
    manager.post(
        f"{page}/corrections", version=the_version(manager.get(page)), code="reinsertion", wording=LONG
    )

    assert "à analyser avant le renouvellement" in before
    assert 'href="#f-causes"' in short
    assert "bref" in short
    assert "causes analysées" in unescape(manager.get(f"/agreements/{agreement}/evaluations"))
    assert LONG in unescape(site.as_("coordination").get("/coordination"))


def test_a_judgement_without_a_reason_is_refused_at_its_field(site):
    manager, provider = site.as_("contracts"), site.as_("provider")
    page = opened(site, site.town.agreements["LACI"])
    provider.post(f"{page}/comment", version=the_version(provider.get(page)), wording="Rien à ajouter.")

    refused = manager.post(
        f"{page}/review", 422, version=the_version(manager.get(page)),
        **{"said-0-code": "reinsertion", "said-0-judgement": "missed", "said-0-wording": ""},
    )  # fmt: skip

    assert 'href="#f-said-0-wording"' in refused


def test_a_stale_page_changes_nothing(site):
    manager, provider = site.as_("contracts"), site.as_("provider")
    page = opened(site, site.town.agreements["LACI"])
    seen = the_version(provider.get(page))
    provider.post(f"{page}/comment", version=seen, wording="Une fois.")

    provider.post(f"{page}/comment", 412, version=seen, wording="Deux fois.")

    assert "Deux fois." not in manager.get(page)


def test_the_pages_speak_german(site):
    page = opened(site, site.town.agreements["LACI"])

    told = unescape(site.as_("contracts").get(f"{page}?lang=de"))

    assert "Beurteilung 2026" in told
    assert "Kommentar des Anbieters" in told


def test_another_provider_and_who_has_no_part_find_nothing(site):
    agreement = site.town.agreements["LACI"]
    page = opened(site, agreement)

    site.as_("other_provider").get(page, 404)
    site.as_("other_provider").get(f"/agreements/{agreement}/evaluations", 404)
    site.as_("manager").get(page, 403)


def test_more_places_are_proposed_only_where_objectives_were_reached(site):
    manager, agreement = site.as_("contracts"), site.town.agreements["LACI"]
    why = {"places": "4", "reason": "La liste d'attente dépasse les places."}

    page = manager.post(f"/agreements/{agreement}/more-places", 409, **why)

    assert "lorsque la dernière évaluation définitive" in unescape(page)
    assert "Proposer des places supplémentaires" not in manager.get(f"/agreements/{agreement}/evaluations")
    site.as_("provider").post(f"/agreements/{agreement}/more-places", 403, **why)
