"""A direct award published from its agreement: what everybody reads, once, with the agreement's own criteria."""

from dataclasses import replace

import pytest

from cii.agreements.vocabulary import AgreementState, Award
from cii.calls.actions import CriterionWish
from cii.calls.direct import PublishDirect, award_published, may_publish, publish_direct
from cii.calls.queries import call_facts, published_call
from cii.calls.rules import (
    AwardNotDirect,
    CallLacks,
    CriterionOutsideAgreement,
    CriterionTwice,
    DirectAwardPublished,
    WeightsNotWhole,
)
from cii.calls.vocabulary import CallKind, CallState
from cii.conformity.queries import checked
from cii.conventions.actions import write_part
from cii.conventions.parts_conduct import Criterion, Evaluation
from cii.conventions.parts_deal import Aims
from cii.conventions.queries import text_of
from cii.conventions.vocabulary import Part
from cii.institutions.queries import unit_by_code
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.calls.build_calls import TWO

REQUIREMENTS = "Trois ans d'expérience dans le canton."


@pytest.fixture
def market(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    return a_market(work)


def an_agreement(market, award: Award | None = Award.DIRECT, **more):
    made = market.agreement(**{"in_force": False, **more})
    made.award = award
    market.work.session.flush()
    return acting(market.work, market.drafter), made


def a_wish(agreement, **more) -> PublishDirect:
    return replace(PublishDirect(agreement.ref, "Atelier 2027", REQUIREMENTS, TWO), **more)


def why(no) -> list[type]:
    return [type(one) for one in getattr(no.value, "reasons", [no.value])]


def test_everybody_reads_requirements_criteria_and_the_aims_of_the_agreement(market):
    office, agreement = an_agreement(market, line=market.social)
    write_part(office, agreement.ref, Part.AIMS, Aims(purpose="Réinsertion rapide et durable."))
    before = {one.finding.code for one in checked(office, agreement.ref).open}

    call = publish_direct(office, a_wish(agreement))
    told, facts = published_call(office, call.ref), call_facts(office, agreement.id)
    after = {one.finding.code for one in checked(office, agreement.ref).open}

    assert (told.call.kind, told.call.state, told.call.sector) == (
        CallKind.DIRECT, CallState.AGREEMENT_DRAFTED, Sector.AS,
    )  # fmt: skip
    assert told.call.base_requirements == REQUIREMENTS
    assert told.text.aims.purpose == "Réinsertion rapide et durable."
    assert [(one.code, one.weight) for one in told.criteria] == [("price", 40), ("concept", 60)]
    assert facts.direct_published
    assert "direct-unpublished" in before
    assert not {"direct-unpublished", "criterion-left-out", "criterion-not-in-call"} & after


def test_the_published_criteria_become_those_of_the_evaluation_while_the_text_is_open(market):
    office, agreement = an_agreement(market)
    seen = agreement.version

    publish_direct(office, a_wish(agreement))

    held = text_of(office, agreement.id).evaluation.criteria
    assert [(one.code, one.wording) for one in held] == [(one.code, one.wording) for one in TWO]
    assert agreement.version > seen


def test_a_signed_agreement_is_published_with_its_own_criteria_only(market):
    office, agreement = an_agreement(market)
    own = Evaluation(criteria=(Criterion("price", "Prix"), Criterion("team", "Équipe")))
    write_part(office, agreement.ref, Part.EVALUATION, own)
    agreement.signed_by, agreement.signed_at = market.signer.account_id, office.now
    agreement.state = AgreementState.SIGNED
    office.session.flush()

    with pytest.raises(Refusals) as no:
        publish_direct(office, a_wish(agreement))
    same = (CriterionWish("price", "Prix", 40), CriterionWish("team", "Équipe", 60))
    publish_direct(office, a_wish(agreement, criteria=same))

    assert why(no) == [CriterionOutsideAgreement, CriterionOutsideAgreement]
    assert [one.facts["criterion"] for one in no.value.reasons] == ["concept", "team"]


def test_it_is_published_once_and_for_a_direct_award_only(market):
    office, agreement = an_agreement(market)
    called = an_agreement(market, Award.CALL)[1]
    unsaid = an_agreement(market, None)[1]

    assert may_publish(office, agreement)
    call = publish_direct(office, a_wish(agreement))
    with pytest.raises(DirectAwardPublished):
        publish_direct(office, a_wish(agreement))
    for other in (called, unsaid):
        with pytest.raises(AwardNotDirect):
            publish_direct(office, a_wish(other))
        assert not may_publish(office, other)

    assert award_published(office, agreement.id).ref == call.ref
    assert not may_publish(office, agreement)


def test_what_decides_is_told_whole_and_every_reason_comes_at_once(market):
    office, agreement = an_agreement(market)
    twice = (CriterionWish("a", "A", 50), CriterionWish("a", "A", 40))

    with pytest.raises(Refusals) as no:
        publish_direct(office, a_wish(agreement, base_requirements=" ", criteria=twice))
    with pytest.raises(CallLacks) as none:
        publish_direct(office, a_wish(agreement, criteria=()))

    assert why(no) == [CriterionTwice, CallLacks, WeightsNotWhole]
    assert none.value.facts["item"].value == "award_criteria"
    assert award_published(office, agreement.id) is None


def test_another_sector_and_a_reader_publish_nothing(work: Work, market):
    _, agreement = an_agreement(market)
    foreign = acting(work, an_actor(work, unit_by_code(work, "OAI-REA")))
    reader = acting(work, an_actor(work, unit_by_code(work, "GC"), role="coordination_member"))

    with pytest.raises(NotAllowed):
        publish_direct(reader, a_wish(agreement))
    with pytest.raises(UnknownThing):
        publish_direct(foreign, a_wish(agreement))
