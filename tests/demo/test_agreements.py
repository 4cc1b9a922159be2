"""The demo's agreements: complete and signed where they are in force, with real gaps where they are negotiated."""

import pytest
from sqlmodel import col, select

from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState, Profile
from cii.conformity.queries import checked
from cii.conformity.vocabulary import Severity
from cii.conventions.negotiating import rounds_answered, rounds_of
from cii.conventions.paper import agreement_paper, pages
from cii.conventions.queries import parts_written
from cii.conventions.rules import parts_for
from cii.conventions.signing import signatures_of
from cii.conventions.vocabulary import Side
from cii.demo.living_negotiation import SECOND
from cii.institutions.calendar import calendar_of
from cii.store.engine import make_engine
from cii.store.settings import Settings, canton_directory
from cii.store.work import HOUSE, working
from tests.conftest import ENGINES, NOW

CALENDAR = calendar_of(canton_directory(Settings().canton))
pytestmark = pytest.mark.xdist_group("demo-canton")


@pytest.fixture(scope="module", params=ENGINES)
def canton(request, small_canton):
    return small_canton(request.param)


@pytest.fixture
def inside(canton):
    engine = make_engine(canton.url)
    with working(engine, HOUSE, NOW, calendar=CALENDAR, settings=canton, writing=False) as work:
        yield work
    engine.dispose()


def the_agreements(work, *states):
    return work.session.scalars(
        select(Agreement).where(col(Agreement.state).in_(states)).order_by(col(Agreement.number))
    ).all()


def test_what_is_in_force_is_complete_negotiated_and_signed_by_both(inside):
    held = the_agreements(inside, AgreementState.IN_FORCE)

    assert {one.profile for one in held} == {Profile.AC, Profile.AI, Profile.AS, Profile.BE_POIAS}
    for one in held:
        errors = [
            found.finding.code
            for found in checked(inside, one.ref).findings
            if found.finding.severity is Severity.ERROR
        ]
        assert errors == [], one.number
        assert parts_written(inside, one.id) == set(parts_for(one.profile)), one.number
        assert rounds_answered(inside, one.id) == 1
        assert {two.side for two in signatures_of(inside, one.ref)} == {Side.PAYER, Side.PROVIDER}


def test_each_profile_prints_five_to_ten_pages(inside):
    first = {}
    for one in the_agreements(inside, AgreementState.IN_FORCE, AgreementState.DRAFT):
        first.setdefault(one.profile, one)

    counted = {profile: pages(inside, one.ref) for profile, one in first.items()}

    assert set(counted) == set(Profile)
    assert all(5 <= count <= 10 for count in counted.values()), counted


def test_the_successors_still_leave_something_open(inside):
    held = the_agreements(inside, AgreementState.NEGOTIATION)

    assert held
    for one in held:
        codes = {found.finding.code for found in checked(inside, one.ref).open}
        assert {"ac-control-unsaid", "retention-unsaid", "talks-without-purpose", "missed-unsaid"} <= codes


def test_a_bernese_draft_is_written_in_german_and_a_french_one_under_french_law(inside):
    drafts = {one.profile: one for one in the_agreements(inside, AgreementState.DRAFT)}

    assert drafts[Profile.BE_POIAS].lang == "de"
    assert drafts[Profile.FR_IAE].lang == "fr"
    for one in (drafts[Profile.BE_POIAS], drafts[Profile.FR_IAE]):
        wanted = set(parts_for(one.profile))
        assert parts_written(inside, one.id) == wanted
        assert agreement_paper(inside, one.ref).content.startswith(b"%PDF")


def test_one_agreement_is_in_its_second_round_and_its_checklist_is_answered(inside):
    one = next(row for row in the_agreements(inside, AgreementState.NEGOTIATION) if row.number == SECOND)
    rounds = rounds_of(inside, one.ref)

    assert [shown.round.number for shown in rounds] == [2, 1]
    assert rounds[0].round.stand is None
    assert {said.side for said in rounds[1].comments} == {Side.PROVIDER, Side.PAYER}
    answered = [
        found for found in checked(inside, one.ref).findings if found.finding.severity is Severity.CHECK
    ]
    assert any(not found.open for found in answered)
