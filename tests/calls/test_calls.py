"""Calls from the specification to the draft of the agreement, on both engines."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.agreements.actions import Bought
from cii.agreements.vocabulary import Award, Instrument, Profile
from cii.calls.actions import (
    CriterionWish,
    DraftFromCall,
    PointsWish,
    ProposeAward,
    RefusalReason,
    ScoreOffer,
    close_offers,
    confirm_award,
    draft_from_call,
    drop_call,
    propose_award,
    publish_call,
    score_offer,
    set_call,
    settle_scores,
)
from cii.calls.letters import send_letters
from cii.calls.queries import call_facts, call_view, calls_list, published_call, published_calls
from cii.calls.rules import (
    AwardNotProposed,
    AwardProposedAlready,
    CallLacks,
    CallPublished,
    CriterionNotPublished,
    CriterionTwice,
    CriterionUnscored,
    LettersUnsent,
    OfferAhead,
    OfferLate,
    OffersDayPast,
    OffersRunning,
    OffersSealed,
    OfferTwice,
    OfferUnregistered,
    OwnAward,
    RefusalUnreasoned,
    ScoredAlready,
    ScorersComplete,
    ScoringNotDone,
    WeightsNotWhole,
)
from cii.calls.vocabulary import CallKind, CallState, SpecPart
from cii.conventions.parts_deal import Aims
from cii.conventions.queries import text_of
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.moves import IllegalMove
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.calls.build_calls import a_published, an_offer, an_office, closed, score, wish

REASON = "La meilleure offre selon les critères publiés."


@pytest.fixture
def office(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    return an_office(work, a_market(work))


def why(no) -> list[type]:
    return [type(one) for one in getattr(no.value, "reasons", [no.value])]


def test_a_specification_that_lacks_what_decides_is_not_published(office):
    uneven = (CriterionWish("price", "Prix", 40), CriterionWish("concept", "Concept", 50))
    call = set_call(office.first, wish(office, criteria=uneven, until=0, aims=Aims(), base_requirements=""))

    with pytest.raises(Refusals) as no:
        publish_call(office.first, call.ref)

    assert why(no) == [CallLacks, CallLacks, WeightsNotWhole, OffersDayPast]
    assert no.value.reasons[2].facts["total"] == 90


def test_what_was_published_stays_as_it_is(office):
    call = a_published(office)

    with pytest.raises(CallPublished):
        set_call(office.first, wish(office, call_ref=call.ref))
    with pytest.raises(IllegalMove):
        publish_call(office.first, call.ref)


def test_a_draft_is_written_anew_with_each_criterion_once(office):
    call = set_call(office.first, wish(office))

    set_call(office.first, wish(office, call_ref=call.ref, criteria=(CriterionWish("price", "Prix", 100),)))
    with pytest.raises(CriterionTwice):
        set_call(
            office.first, wish(office, criteria=(CriterionWish("a", "A", 50), CriterionWish("a", "A", 50)))
        )

    assert [one.code for one in call_view(office.first, call.ref).criteria] == ["price"]


def test_offers_on_paper_came_in_time_and_once_and_are_opened_after_the_closing(office):
    sealed = a_published(office)
    with pytest.raises(OffersSealed) as early:
        an_offer(office, sealed)
    with pytest.raises(OffersRunning):
        close_offers(office.first, sealed.ref)
    call, then, (one, _) = closed(office)

    with pytest.raises(OfferLate) as no:
        an_offer(then, call, "Coopérative")
    with pytest.raises(OfferAhead):
        an_offer(then, call, "Coopérative", on=then.first.today + timedelta(days=1))
    with pytest.raises(OfferTwice):
        an_offer(then, call, on=office.first.today)
    score(then.first, call, one)
    with pytest.raises(CallPublished):
        an_offer(then, call, "Coopérative", on=office.first.today)

    assert early.value.facts["last"] == sealed.offers_until
    assert no.value.facts["last"] == call.offers_until


def test_offers_are_scored_by_published_criteria_and_by_each(office):
    call, then, (offer, _) = closed(office)
    asked = ScoreOffer(call.ref, offer.ref, (PointsWish("price", 4), PointsWish("sympathy", 5)))

    with pytest.raises(Refusals) as no:
        score_offer(then.first, asked)

    assert why(no) == [CriterionNotPublished, CriterionUnscored]
    assert no.value.reasons[0].kind == "conflict"
    assert no.value.reasons[0].facts["criterion"] == "sympathy"


def test_nobody_sees_the_others_points_before_both_are_done(office):
    call, then, (one, other) = closed(office)
    score(then.first, call, one, 5, 5)
    score(then.first, call, other, 1, 1)
    score(then.second, call, one, 3, 4)

    before = call_view(then.second, call.ref)
    score(then.second, call, other, 2, 1)
    both = call_view(then.second, call.ref)

    assert {point.account_id for point in before.points} == {then.second.actor.account_id}
    assert before.ranked == ()
    assert len(both.points) == 8
    assert [(row.offer_id, row.spread) for row in both.ranked] == [(one.id, 2), (other.id, 1)]
    assert both.ranked[0].total == Fraction(43, 10)


def test_two_persons_score_neither_one_nor_three(office):
    call, then, (one, other) = closed(office)
    for offer in (one, other):
        score(then.first, call, offer)

    with pytest.raises(ScoringNotDone) as no:
        settle_scores(then.first, call.ref)
    with pytest.raises(ScoredAlready):
        score(then.first, call, one)
    score(then.second, call, one)
    with pytest.raises(ScorersComplete):
        score(then.third, call, one)

    assert no.value.facts["done"] == 1


def scored(office):
    call, then, offers = closed(office)
    for person in (then.first, then.second):
        for offer in offers:
            score(person, call, offer)
    settle_scores(then.first, call.ref)
    return call, then, offers


def test_an_award_has_a_reason_for_each_refusal_and_four_eyes(office):
    call, then, (one, other) = scored(office)
    asked = ProposeAward(call.ref, one.ref, REASON)

    with pytest.raises(AwardNotProposed):
        confirm_award(then.first, call.ref)
    with pytest.raises(RefusalUnreasoned):
        propose_award(then.first, asked)
    whole = replace(asked, refusals=(RefusalReason(other.ref, "Le concept convainc moins que le prix."),))
    propose_award(then.first, whole)
    with pytest.raises(AwardProposedAlready):
        propose_award(then.second, whole)
    with pytest.raises(OwnAward):
        confirm_award(then.first, call.ref)
    confirm_award(then.second, call.ref)

    assert call.state is CallState.AWARDED
    assert other.refusal


def test_four_eyes_hold_in_the_database_too(office):
    call, then, (one, other) = scored(office)
    propose_award(then.first, ProposeAward(call.ref, one.ref, REASON, (RefusalReason(other.ref, REASON),)))

    with pytest.raises(DBAPIError), then.first.session.begin_nested():
        then.first.session.execute(
            text("UPDATE call_award SET confirmed_by = proposed_by, confirmed_on = '2027-01-01'")
        )


def test_points_stay_as_they_were_given(office):
    call, then, (one, _) = closed(office)
    score(then.first, call, one)

    with pytest.raises(DBAPIError), then.first.session.begin_nested():
        then.first.session.execute(text("UPDATE offer_score SET points = 5"))


def drafted(then, call, *, told: bool = True):
    market = then.market
    if told:
        send_letters(then.first, call.ref)
    bought = (Bought(market.measure.ref, market.ac.ref, 0),)
    ask = DraftFromCall(call.ref, "AC-2030-1", Profile.AC, Instrument.AGREEMENT, date(2030, 1, 1),
                        date(2030, 12, 31), bought)  # fmt: skip
    return draft_from_call(then.first, ask)


def test_the_agreement_is_drafted_from_the_specification_with_the_criteria_of_the_call(office):
    call, then, (one, other) = scored(office)
    propose_award(then.first, ProposeAward(call.ref, one.ref, REASON, (RefusalReason(other.ref, REASON),)))
    confirm_award(then.second, call.ref)

    with pytest.raises(LettersUnsent):
        drafted(then, call, told=False)
    made = drafted(then, call)

    told, facts = text_of(then.first, made.id), call_facts(then.first, made.id)
    assert made.award is Award.CALL
    assert told.aims.purpose == "Réinsertion rapide et durable."
    assert [one.code for one in told.evaluation.criteria] == ["price", "concept"]
    assert facts.criteria == {"price": 40, "concept": 60}
    assert facts.scored == {"price", "concept"}
    assert facts.parts == frozenset(SpecPart)
    assert call.state is CallState.AGREEMENT_DRAFTED


def test_a_direct_award_publishes_requirements_and_criteria(office):
    call = a_published(office, kind=CallKind.DIRECT)
    offer = an_offer(office, call, provider_ref=office.market.provider.ref)
    propose_award(office.first, ProposeAward(call.ref, offer.ref, REASON))
    confirm_award(office.second, call.ref)

    facts = call_facts(office.first, drafted(office, call).id)

    assert facts.direct_published
    assert facts.kind is CallKind.DIRECT


def test_a_provider_outside_the_register_gets_no_draft(office):
    call = a_published(office, kind=CallKind.DIRECT)
    offer = an_offer(office, call)
    propose_award(office.first, ProposeAward(call.ref, offer.ref, REASON))
    confirm_award(office.second, call.ref)

    with pytest.raises(OfferUnregistered):
        drafted(office, call)


def test_without_a_good_offer_the_procedure_ends(office):
    call, then, _ = scored(office)

    drop_call(then.first, call.ref)

    assert call.state is CallState.DROPPED


def test_another_sector_neither_sees_nor_writes(work: Work, office):
    call = a_published(office)
    foreign = acting(work, an_actor(work, unit_by_code(work, "ODAS")))

    with pytest.raises(UnknownThing):
        call_view(foreign, call.ref)
    with pytest.raises(UnknownThing):
        drop_call(foreign, call.ref)
    with pytest.raises(NotAllowed):
        set_call(foreign, wish(office))

    assert not calls_list(foreign)
    assert [row.ref for row in calls_list(office.first)] == [call.ref]


def test_everybody_reads_what_is_published_and_no_draft(work: Work, office):
    draft, call = set_call(office.first, wish(office)), a_published(office)

    with pytest.raises(UnknownThing):
        published_call(work, draft.ref)

    assert [one.ref for one in published_calls(work)] == [call.ref]
    assert sum(one.weight for one in published_call(work, call.ref).criteria) == 100
