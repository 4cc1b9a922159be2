"""An agreement put in force at its page after its first day: the form asks for the right, and the page names it then."""

from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from cii.agreements.queries import agreement_by_ref
from cii.agreements.vocabulary import AgreementState
from cii.conformity.signing import sign_agreement
from cii.conventions.signing import SignForSide, sign_for_side
from cii.institutions.queries import unit_by_code
from cii.kernel.clock import FixedClock
from tests.agreements.build_agreements import acting, an_actor
from tests.conformity.build_signing import made_ready, the_provider
from tests.web.test_agreements import the_version

RIGHT = "Art. 12 de la loi cantonale, service rendu dès janvier"


@pytest.fixture
def signed(site) -> str:
    """An agreement of 2027 that both sides have signed and nobody has put in force."""
    ref = site.town.agreements["unsigned"]
    with site.work() as work:
        held = agreement_by_ref(work, ref)
        made_ready(work, held)
        sign_agreement(acting(work, an_actor(work, unit_by_code(work, "LMMT"))), ref)
        sign_for_side(acting(work, the_provider(work, held)), SignForSide(ref, "Direction", work.today))
    return ref


@pytest.fixture
def twelve_days_on(site, monkeypatch):
    """The clock stands twelve days after the first day of the agreement; who was logged in logs in again."""
    late = FixedClock(datetime(2027, 1, 12, 8, tzinfo=UTC))
    return lambda: monkeypatch.setattr(site.app, "wiring", replace(site.app.wiring, clock=late))


def test_before_its_first_day_no_right_is_asked_for(site, signed):
    page = site.as_("contracts2").get(f"/agreements/{signed}")

    assert "Mettre en vigueur" in page
    assert 'name="right"' not in page


def test_after_its_first_day_the_form_asks_for_the_right_and_the_page_names_it(site, signed, twelve_days_on):
    twelve_days_on()
    signer, url = site.as_("contracts2"), f"/agreements/{signed}"
    form = signer.get(url)

    refused = unescape(
        signer.post(f"/agreements/{signed}/entry-into-force", 422, version=the_version(form), right="oui")
    )
    with site.work() as work:
        waiting = agreement_by_ref(work, signed).state
    signer.post(f"/agreements/{signed}/entry-into-force", version=the_version(form), right=RIGHT)
    page = unescape(signer.get(url))

    assert 'name="right"' in form
    assert "01.01.2027" in form
    assert 'id="f-right-error"' in refused
    assert "oui</textarea>" in refused
    assert waiting is AgreementState.SIGNED
    assert RIGHT in page
    assert "En vigueur" in page
    assert 'name="right"' not in page
