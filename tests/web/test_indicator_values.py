"""Values that people enter for the indicators of an agreement: page and requests."""

from html import unescape

import pytest
from sqlmodel import select

from cii.agreements.queries import agreement_view
from cii.agreements.tables import Indicator
from cii.agreements.vocabulary import IndicatorUnit
from cii.figures.tables import IndicatorEntry

ASKED = {
    "code": "quality", "effective_on": "2026-09-30", "numerator": "24", "denominator": "30", "people": "30",
    "source": "Questionnaire",
}  # fmt: skip


@pytest.fixture
def url(site):
    """The agreement measures, beside what is computed, a share and a sum that somebody has to enter."""
    ref = site.town.agreements["LACI"]
    with site.work() as work:
        view = agreement_view(work, ref)
        for code, unit, source in (
            ("quality", IndicatorUnit.PERCENT, "service_quality"),
            ("overhead", IndicatorUnit.FRANCS, "entered"),
        ):
            work.session.add(
                Indicator(
                    agreement_id=view.agreement.id, objective_id=view.objectives[0].id, code=code, unit=unit,
                    title={"fr": f"Titre {code}"}, direction="up", target=800, source=source,
                )
            )  # fmt: skip
    return f"/agreements/{ref}/indicator-values"


def entries(site):
    with site.work() as work:
        return [
            (one.numerator, one.denominator, one.people, one.replaces is not None)
            for one in work.session.scalars(select(IndicatorEntry).order_by(IndicatorEntry.id)).all()
        ]


def test_a_value_is_entered_and_corrected_by_a_later_one(site, url):
    contracts, before = site.as_("contracts"), len(entries(site))
    page = contracts.get(url)
    assert '<option value="quality">' in page
    assert '<option value="reinsertion">' not in page, "the house computes it"

    contracts.post(url, **ASKED)
    page = unescape(contracts.get(url))
    ref = page.split('id="f-replaces_ref"')[1].split('<option value="')[2][:10]
    contracts.post(url, **(ASKED | {"numerator": "20", "replaces_ref": ref}))

    assert entries(site)[before:] == [(24, 30, 30, False), (20, 30, 30, True)]
    page = unescape(contracts.get(url))
    assert "corrigée" in page
    assert "20" in page


def test_a_provider_enters_its_own_in_francs(site, url):
    site.as_("provider").post(
        url, **(ASKED | {"code": "overhead", "numerator": "1'250.50", "denominator": "1"})
    )

    assert entries(site)[-1] == (125_050, 1, 30, False)
    assert "1’250.50" in unescape(site.as_("provider").get(url)).replace("'", "’")


@pytest.mark.parametrize(
    ("typed", "status", "field"),
    [
        ({"numerator": "31"}, 422, "numerator"),
        ({"denominator": "0"}, 422, "denominator"),
        ({"numerator": "beaucoup"}, 422, "numerator"),
        ({"effective_on": "2027-01-01"}, 422, "effective_on"),
        ({"code": "reinsertion"}, 409, "code"),
        ({"source": ""}, 422, "source"),
        ({"people": "-1"}, 422, "people"),
    ],
)
def test_a_faulty_value_is_told_at_its_field_and_nothing_is_kept(site, url, typed, status, field):
    before = entries(site)

    page = site.as_("contracts").post(url, status, **(ASKED | typed))

    assert f"f-{field}-error" in page
    assert entries(site) == before


def test_an_indicator_that_the_agreement_does_not_have_is_unknown(site, url):
    site.as_("contracts").post(url, 404, **(ASKED | {"code": "happiness"}))


def test_who_has_nothing_to_do_with_it_enters_nothing(site, url):
    site.as_("coordination").get(url, 403)
    site.as_("manager").post(url, 403, **ASKED)
