"""A draft is laid before the provider, who answers part by part; the steering group decides on changes of contract."""

from datetime import date, timedelta

import pytest

from cii.agreements.actions import negotiate, sign
from cii.agreements.ending import DropAgreement, drop_agreement
from cii.agreements.queries import agreement_by_ref, agreement_view, of_provider_units
from cii.agreements.rules import NotOpenForChange
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState
from cii.conformity.queries import checked
from cii.conventions.actions import write_part
from cii.conventions.editions import edition_whole, editions_of, text_read
from cii.conventions.negotiating import (
    AnswerRound,
    CommentDraft,
    OpenRound,
    answer_round,
    comment,
    open_round,
    rounds_answered,
    rounds_of,
)
from cii.conventions.parts import Aims, Bases
from cii.conventions.rules import (
    AnswerDayPast,
    NothingToSignYet,
    NotSubmitted,
    RoundAnswered,
    RoundOpen,
    SignatureDayAhead,
    SignedTwice,
    SteeringAnswered,
    SteeringReasonMissing,
)
from cii.conventions.signing import SignForSide, keep_signed, sign_for_side, signatures_of
from cii.conventions.steering import DecideChange, approved, decide, submit
from cii.conventions.vocabulary import CommentStand, Part, Side, SteeringStand
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.store.work import Work
from tests.agreements.build_agreements import Market, a_market, acting
from tests.conventions.build_conventions import of_coordination, of_provider, of_steering

WEEK = timedelta(days=7)


def a_draft(work: Work) -> tuple[Market, Agreement, Work]:
    market = a_market(work)
    return market, market.agreement(in_force=False), acting(work, market.drafter)


def laid_open(work: Work):
    market, draft, mine = a_draft(work)
    return market, draft, mine, open_round(mine, OpenRound(draft.ref, work.today + WEEK))


def test_the_first_round_opens_the_negotiation_on_an_edition(work: Work):
    _, draft, mine, found = laid_open(work)

    assert draft.state is AgreementState.NEGOTIATION
    assert (found.number, found.stand) == (1, None)
    assert [one.id for one in editions_of(mine, draft.ref)] == [found.edition_id]


def test_the_provider_comments_a_part_and_answers_the_whole(work: Work):
    market, draft, mine, found = laid_open(work)
    theirs = of_provider(work, market)
    comment(theirs, CommentDraft(found.ref, "Le délai de trois jours est trop court.", Part.PRINCIPLES))
    comment(mine, CommentDraft(found.ref, "Cinq jours ouvrables conviennent.", Part.PRINCIPLES))

    answer_round(theirs, AnswerRound(found.ref, CommentStand.AMENDS))

    (shown,) = rounds_of(theirs, draft.ref)
    assert [one.side for one in shown.comments] == [Side.PROVIDER, Side.PAYER]
    assert (shown.round.stand, rounds_answered(work, draft.id or 0)) == (CommentStand.AMENDS, 1)


def test_a_second_round_waits_for_the_answer_to_the_first(work: Work):
    market, draft, mine, found = laid_open(work)
    with pytest.raises(Refusal) as no:
        open_round(mine, OpenRound(draft.ref, work.today - WEEK))
    assert {type(one) for one in no.value.reasons} == {RoundOpen, AnswerDayPast}
    answer_round(of_provider(work, market), AnswerRound(found.ref, CommentStand.AMENDS))
    write_part(mine, draft.ref, Part.AIMS, Aims(purpose="Insertion durable"))

    second = open_round(mine, OpenRound(draft.ref, work.today + WEEK))

    assert (second.number, second.edition_id != found.edition_id) == (2, True)


def test_a_round_is_answered_once_and_by_the_provider_only(work: Work):
    market, _, mine, found = laid_open(work)
    theirs = of_provider(work, market)
    with pytest.raises(NotAllowed):
        answer_round(mine, AnswerRound(found.ref, CommentStand.ACCEPTS))
    with pytest.raises(NotAllowed):
        answer_round(of_coordination(work), AnswerRound(found.ref, CommentStand.ACCEPTS))
    answer_round(theirs, AnswerRound(found.ref, CommentStand.ACCEPTS))

    with pytest.raises(RoundAnswered):
        answer_round(theirs, AnswerRound(found.ref, CommentStand.REFUSES))
    with pytest.raises(RoundAnswered):
        comment(theirs, CommentDraft(found.ref, "Encore ceci"))


def test_another_provider_does_not_learn_of_the_round(work: Work):
    _, draft, _, found = laid_open(work)
    other = of_provider(work, a_market_beside(work))

    with pytest.raises(UnknownThing):
        rounds_of(other, draft.ref)
    with pytest.raises(UnknownThing):
        comment(other, CommentDraft(found.ref, "Bonjour"))
    with pytest.raises(UnknownThing):
        comment(other, CommentDraft("0000000000", "Bonjour"))


def a_market_beside(work: Work) -> Market:
    from tests.agreements.build_agreements import a_provider

    return Market(work, a_provider(work), None, None, None, None, None)


def test_a_signed_text_is_not_negotiated(work: Work):
    market = a_market(work)
    living = market.agreement()

    with pytest.raises(NotOpenForChange):
        open_round(acting(work, market.drafter), OpenRound(living.ref, work.today))


def test_the_steering_group_approves_the_text_as_it_stood(work: Work):
    _, draft, mine = a_draft(work)
    submit(mine, draft.ref)
    decide(of_steering(work), DecideChange(draft.ref, SteeringStand.APPROVED))
    assert approved(work, draft)

    write_part(mine, draft.ref, Part.BASES, Bases(subject="Autre objet"))

    assert not approved(work, draft)


def test_a_yes_holds_though_the_same_text_is_laid_open_and_submitted_again(work: Work):
    _, draft, mine = a_draft(work)
    submit(mine, draft.ref)
    decide(of_steering(work), DecideChange(draft.ref, SteeringStand.APPROVED))
    open_round(mine, OpenRound(draft.ref, work.today + WEEK))
    submit(mine, draft.ref)

    assert approved(work, draft)
    with pytest.raises(SteeringAnswered):
        decide(of_steering(work), DecideChange(draft.ref, SteeringStand.REFUSED, "Volume trop grand"))


def test_a_round_is_over_with_the_signature(work: Work):
    market, draft, _, found = laid_open(work)
    sign(acting(work, market.signer), draft.ref)

    with pytest.raises(NotOpenForChange):
        answer_round(of_provider(work, market), AnswerRound(found.ref, CommentStand.ACCEPTS))


def test_a_provider_sees_what_was_laid_before_it_only(work: Work):
    market, draft, mine, found = laid_open(work)
    write_part(mine, draft.ref, Part.AIMS, Aims(purpose="Insertion durable"))
    submit(mine, draft.ref)

    assert [one.id for one in editions_of(of_provider(work, market), draft.ref)] == [found.edition_id]
    assert len(editions_of(mine, draft.ref)) == 2


def test_a_provider_reads_the_draft_as_it_was_laid_and_nothing_of_what_is_worked_on_since(work: Work):
    market, draft, mine, _ = laid_open(work)
    theirs = of_provider(work, market)
    write_part(mine, draft.ref, Part.AIMS, Aims(purpose="Baisser le prix de dix pour cent"))

    seen = agreement_view(theirs, draft.ref)
    answer_round(theirs, AnswerRound(rounds_of(mine, draft.ref)[0].round.ref, CommentStand.AMENDS))
    before = text_read(theirs, draft).aims.purpose
    open_round(mine, OpenRound(draft.ref, work.today + WEEK))

    assert before == ""
    assert (seen.tariffs, seen.objectives, seen.indicators, seen.deliverables) == ((), (), (), ())
    assert checked(theirs, draft.ref).findings == ()
    assert text_read(mine, draft).aims.purpose == "Baisser le prix de dix pour cent"
    assert text_read(theirs, draft).aims.purpose == "Baisser le prix de dix pour cent", "laid a second time"
    assert agreement_view(mine, draft.ref).tariffs != ()


def test_a_negotiation_that_was_dropped_stays_known_to_its_provider_and_a_draft_never_was(work: Work):
    market, draft, mine, _ = laid_open(work)
    theirs = of_provider(work, market)
    drop_agreement(mine, DropAgreement(draft.ref, "Besoin disparu en automne"))
    other = market.agreement(market.social, in_force=False)
    drop_agreement(mine, DropAgreement(other.ref, "Saisi par erreur"))

    assert agreement_by_ref(theirs, draft.ref).state is AgreementState.DROPPED
    with pytest.raises(UnknownThing):
        agreement_by_ref(theirs, other.ref)
    assert set(work.session.scalars(of_provider_units([market.provider.unit_id]))) == {draft.id}
    assert set(work.session.scalars(of_provider_units([market.provider.unit_id], laid=False))) == {
        draft.id, other.id,
    }  # fmt: skip


def test_who_has_no_seat_in_the_steering_group_does_not_decide(work: Work):
    market, draft, mine = a_draft(work)
    negotiate(mine, draft.ref)
    submit(mine, draft.ref)
    for other in (mine, of_coordination(work), of_provider(work, market)):
        with pytest.raises(NotAllowed):
            decide(other, DecideChange(draft.ref, SteeringStand.APPROVED))


def test_a_decision_needs_what_lies_before_the_group_a_reason_and_is_taken_once(work: Work):
    _, draft, mine = a_draft(work)
    group = of_steering(work)
    with pytest.raises(NotSubmitted):
        decide(group, DecideChange(draft.ref, SteeringStand.APPROVED))
    submit(mine, draft.ref)
    with pytest.raises(SteeringReasonMissing):
        decide(group, DecideChange(draft.ref, SteeringStand.REFUSED, "  "))
    decide(group, DecideChange(draft.ref, SteeringStand.REFUSED, "Le volume dépasse le budget."))

    with pytest.raises(SteeringAnswered):
        decide(group, DecideChange(draft.ref, SteeringStand.APPROVED))
    assert not approved(work, draft)


def signed(work: Work):
    market, draft, _ = a_draft(work)
    payer = acting(work, market.signer)
    sign(payer, draft.ref)
    return market, draft, keep_signed(payer, draft)


def test_both_sides_sign_the_same_edition(work: Work):
    market, draft, edition = signed(work)

    sign_for_side(
        of_provider(work, market),
        SignForSide(draft.ref, "Léa Monnier", work.today, "Directrice", "Neuchâtel"),
    )

    found = signatures_of(work, draft.ref)
    assert [(one.side, one.edition_id) for one in found] == [
        (Side.PAYER, edition.id), (Side.PROVIDER, edition.id),
    ]  # fmt: skip
    assert edition_whole(edition).header.number == draft.number


def test_a_signature_has_its_day_its_side_and_comes_once(work: Work):
    market, draft, _ = signed(work)
    theirs = of_provider(work, market)
    sign_for_side(theirs, SignForSide(draft.ref, "Léa Monnier", work.today))

    with pytest.raises(Refusal) as no:
        sign_for_side(theirs, SignForSide(draft.ref, "Léa Monnier", date(2027, 5, 1)))
    assert {type(one) for one in no.value.reasons} == {SignatureDayAhead, SignedTwice}
    for side in (Side.PAYER, Side.OTHER):
        with pytest.raises(NotAllowed):
            sign_for_side(theirs, SignForSide(draft.ref, "Jean Rey", work.today, side=side))


def test_the_provider_signs_after_the_payer(work: Work):
    market, draft, mine = a_draft(work)
    with pytest.raises(UnknownThing):
        sign_for_side(of_provider(work, market), SignForSide(draft.ref, "Léa Monnier", work.today))
    negotiate(mine, draft.ref)
    with pytest.raises(NothingToSignYet):
        sign_for_side(of_provider(work, market), SignForSide(draft.ref, "Léa Monnier", work.today))
    living = market.agreement(market.social)
    with pytest.raises(NothingToSignYet):
        sign_for_side(acting(work, market.drafter), SignForSide(living.ref, "Léa Monnier", work.today))
