"""What is wrong with an agreement is told at its page, beside its field where there is one, and changes nothing."""

from html import unescape

import pytest

from cii.agreements.queries import agreement_by_ref
from cii.agreements.vocabulary import AgreementState, Profile
from cii.conformity.signing import sign_agreement
from cii.conventions.signing import SignForSide, sign_for_side
from cii.conventions.vocabulary import RiskSharing, SurplusRule
from cii.institutions.queries import unit_by_code
from tests.agreements.build_agreements import acting, an_actor
from tests.conformity.build_signing import made_ready, the_provider
from tests.web.test_agreements import the_version
from tests.web.test_evaluations import opened
from tests.web.test_profiles import drafted
from tests.web.test_tariffs import a_tariff

GOAL = {
    "level": "enterprise", "wording": "Présence régulière", "owner": "Fondation", "kind": "quality",
    "standing": "partial", "gauges-0-code": "absences", "gauges-0-title": "Absences", "gauges-0-unit": "days",
    "gauges-0-direction": "down", "gauges-0-target": "2", "gauges-0-source": "absence_days",
}  # fmt: skip


def state(site, ref: str) -> AgreementState:
    with site.work() as work:
        return agreement_by_ref(work, ref).state


def ready(site, key: str = "unsigned") -> str:
    """An agreement of the unemployment insurance that lacks nothing but the signatures."""
    ref: str = site.town.agreements[key]
    with site.work() as work:
        made_ready(work, agreement_by_ref(work, ref))
    return ref


def refused_signature(site, ref: str, status: int = 422, who: str = "contracts2") -> str:
    reader = site.as_(who)
    before = state(site, ref)
    page = unescape(
        reader.post(
            f"/agreements/{ref}/signature",
            status,
            version=the_version(reader.get(f"/agreements/{ref}/dropping")),
        )
    )
    assert state(site, ref) is before
    return page.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"gauges-0-target": ""}, "gauges-0-target"),
        (
            {"gauges-0-target": "400", "gauges-0-minimum": "500", "gauges-0-direction": "up"},
            "gauges-0-minimum",
        ),
        ({"gauges-0-source": "Relevé de l'atelier"}, "gauges-0-source"),
        ({"gauges-0-source": "absence_rate"}, "gauges-0-unit"),
    ],
    ids=["without target", "minimum beyond target", "nothing published", "another unit"],
)
def test_a_faulty_indicator_is_told_at_its_field(site, typed, field):
    reader, ref = site.as_("contracts"), site.town.agreements["draft"]
    form = reader.get(f"/agreements/{ref}/objectives/form")

    page = reader.post(f"/agreements/{ref}/objectives", 422, version=the_version(form), **(GOAL | typed))

    assert f'id="f-{field}-error"' in page
    assert "Présence régulière" in page
    assert "Présence régulière" not in reader.get(f"/agreements/{ref}/objectives")


def test_weights_that_are_not_whole_stop_the_signature(site):
    reader, ref = site.as_("contracts"), site.town.agreements["unsigned"]
    url = f"/agreements/{ref}/text/evaluation"
    reader.post(f"/agreements/{ref}/text/evaluation", version=the_version(reader.get(url)), mode="weighted")
    form = reader.get(f"/agreements/{ref}/objectives/form")
    reader.post(f"/agreements/{ref}/objectives", version=the_version(form), **(GOAL | {"weight": "90"}))

    assert "Les pondérations totalisent 90 au lieu de 100." in refused_signature(site, ref)


def test_the_drafter_does_not_sign(site):
    ref = ready(site)

    assert "a préparé la convention ne peut pas la signer" in refused_signature(site, ref, 403, "contracts")


def test_each_missing_item_of_the_law_is_named(site):
    page = refused_signature(site, site.town.agreements["unsigned"])

    for item in ("le mandat", "les droits et devoirs des parties", "la procédure en cas de litige"):
        assert item in page, item


def test_an_agreement_of_the_ai_takes_no_guarantee(site):
    reader = site.as_("contracts")
    ref = drafted(reader, Profile.AI)
    url = f"/agreements/{ref}/text/volume"
    sent = {"risk": RiskSharing.MINIMUM_GUARANTEE.value, "guarantee_percent": "60"}
    reader.post(f"/agreements/{ref}/text/volume", version=the_version(reader.get(url)), **sent)

    told = unescape(reader.get(f"/agreements/{ref}/conformity"))

    assert "L'AI ne garantit aucun volume minimal ; le texte en prévoit un" in told.replace(
        "\u202f", " "
    ).replace("\u00a0", " ")
    assert "L'AI ne garantit aucun volume minimal" in refused_signature(site, ref, 409)


def test_an_agreement_of_the_ac_keeps_no_surplus(site):
    reader, ref = site.as_("contracts"), site.town.agreements["draft"]
    url = f"/agreements/{ref}/text/surplus"
    sent = {"rule": SurplusRule.CARRY_OVER.value}
    reader.post(f"/agreements/{ref}/text/surplus", version=the_version(reader.get(url)), **sent)

    assert "l'AC n'admet ni excédent conservé ni réserves" in refused_signature(site, ref)


def test_a_term_without_a_price_from_its_first_day_stops_the_signature(site):
    reader = site.as_("contracts")
    ref = drafted(reader, Profile.AC)
    form = reader.get(f"/agreements/{ref}/tariffs")
    sent = a_tariff(form, valid_from="2027-03-01", basis="started_month", amount="2200")
    reader.post(f"/agreements/{ref}/tariffs", **sent)

    page = refused_signature(site, ref, 409)

    assert "Aucun tarif n'est en vigueur du 01.01.2027 au 28.02.2027" in page


def test_two_agreements_do_not_cover_the_same_days(site):
    one, other = ready(site), ready(site, "draft")
    with site.work() as work:
        for ref in (one, other):
            held = agreement_by_ref(work, ref)
            sign_agreement(acting(work, an_actor(work, unit_by_code(work, "LMMT"))), ref)
            sign_for_side(acting(work, the_provider(work, held)), SignForSide(ref, "Direction", work.today))
    signer = site.as_("contracts2")
    signer.post(f"/agreements/{one}/entry-into-force", version=the_version(signer.get(f"/agreements/{one}")))

    page = unescape(
        signer.post(
            f"/agreements/{other}/entry-into-force",
            409,
            version=the_version(signer.get(f"/agreements/{other}")),
        )
    )

    assert "est déjà en vigueur pour la même mesure" in page
    assert state(site, other) is AgreementState.SIGNED


def test_a_notice_that_is_too_short_is_told_at_the_day(site):
    reader, ref = site.as_("contracts"), site.town.agreements["LACI"]
    form = reader.get(f"/agreements/{ref}/termination")

    page = unescape(
        reader.post(
            f"/agreements/{ref}/termination", 422, version=the_version(form), last_day="2026-11-30",
            grounds="ordinary", reason="Réorientation",
        )
    )  # fmt: skip

    assert 'id="f-last_day-error"' in page
    assert "la convention prend fin au plus tôt le" in page
    assert "Réorientation" in page
    assert state(site, ref) is AgreementState.IN_FORCE


def test_a_notice_from_before_the_agreement_is_told_beside_its_day(site):
    reader, ref = site.as_("contracts"), site.town.agreements["LACI"]
    address = f"/agreements/{ref}/termination"
    version = the_version(reader.get(address))

    told = reader.post(
        address, 422, version=version, last_day="2026-10-15", reason="Essai", received_on="2020-01-31"
    )

    assert "avant le" in unescape(told)
    assert 'id="f-received_on-error"' in told
    assert state(site, ref) is AgreementState.IN_FORCE


def test_a_year_is_not_judged_by_what_was_not_agreed(site):
    reader, provider = site.as_("contracts"), site.as_("provider")
    page = opened(site, site.town.agreements["LACI"])
    provider.post(f"{page}/comment", version=the_version(provider.get(page)), wording="Lu.")

    told = unescape(
        reader.post(
            f"{page}/review", 409, version=the_version(reader.get(page)),
            **{"said-0-code": "sympathy", "said-0-judgement": "missed", "said-0-wording": "Peu aimable."},
        )
    )  # fmt: skip

    assert "sympathy ne figure ni dans la convention ni dans son appel d'offres" in told
    assert "En examen" not in unescape(provider.get(page))
