"""What everybody reads of calls, without an account."""

import pytest

from cii.calls.actions import SetCall, publish_call, set_call
from cii.calls.vocabulary import CallKind
from cii.institutions.vocabulary import Sector
from tests.calls.build_calls import TWO


@pytest.fixture
def anybody(site):
    return site.app.test_client()


def a_direct_award(site, title: str, *, published: bool) -> str:
    with site.work() as work:
        ask = SetCall(
            title, CallKind.DIRECT, Sector.AC, base_requirements="Trois ans d'expérience", criteria=TWO
        )
        made = set_call(work, ask)
        return (publish_call(work, made.ref) if published else made).ref


def test_everybody_reads_requirements_and_criteria_of_a_direct_award(site, anybody):
    ref = a_direct_award(site, "Bilan de compétences", published=True)

    listed, page = anybody.get("/public/calls").text, anybody.get(f"/public/calls/{ref}")

    assert f"/public/calls/{ref}" in listed
    assert page.status_code == 200
    for told in ("Bilan de compétences", "Attribution de gré à gré", "Trois ans d", "Concept d", "60"):
        assert told in page.text


def test_the_published_call_is_read_in_german_too(site, anybody):
    ref = a_direct_award(site, "Abklärung", published=True)

    page = anybody.get(f"/public/calls/{ref}?lang=de", follow_redirects=True).text

    assert "Freihändige Vergabe" in page
    assert "web.calls" not in page


def test_nobody_reads_a_draft(site, anybody):
    ref = a_direct_award(site, "Pas encore", published=False)

    assert "Pas encore" not in anybody.get("/public/calls").text
    assert anybody.get(f"/public/calls/{ref}").status_code == 404
