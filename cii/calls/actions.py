"""Acts on calls: draft, publish, take offers, score by two, award by four eyes, draft the agreement."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete
from sqlmodel import col

from cii.agreements.actions import Bought, DraftAgreement, draft_agreement
from cii.agreements.queries import provider_refs
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Award, Instrument, Profile
from cii.calls.queries import (
    award_of,
    call_by_ref,
    criteria_of,
    letters_of,
    offers_of,
    points_of,
    told_parts,
)
from cii.calls.rules import (
    MOVES,
    SCORERS,
    AwardNotProposed,
    AwardProposedAlready,
    CallPublished,
    CriterionTwice,
    LettersUnsent,
    OffersRunning,
    OfferUnregistered,
    OwnAward,
    RefusalUnreasoned,
    ScoredAlready,
    ScorersComplete,
    ScoringNotDone,
    publication_faults,
    scorers_done,
    scoring_faults,
)
from cii.calls.tables import Call, CallAward, CallCriterion, CallOffer, OfferScore
from cii.calls.vocabulary import CallEvent, CallKind, CallState
from cii.conventions.actions import stored, write_part
from cii.conventions.parts_conduct import Criterion, Evaluation, Principles
from cii.conventions.parts_deal import Aims, Services, Volume
from cii.conventions.queries import read_text
from cii.conventions.vocabulary import Part
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing, refuse
from cii.kernel.moves import move
from cii.store.work import HOUSE, Work

LANGS = ("fr", "de", "en")
_REASON = {"min": 20, "max": 1000}


@dataclass(frozen=True)
class CriterionWish:
    """A criterion of award: short name, what is judged, weight in percent, what proves it."""

    code: str = field(metadata={"min": 1, "max": 40})
    wording: str = field(metadata={"min": 1, "max": 500})
    weight: int = field(metadata={"min": 1, "max": 100})
    evidence: str = field(default="", metadata={"max": 300})


@dataclass(frozen=True)
class SetCall:
    """What a call tells; with a `call_ref` it replaces the draft of that one."""

    title: str = field(metadata={"min": 1, "max": 200})
    kind: CallKind
    sector: Sector
    lang: str = field(default="fr", metadata={"choices": LANGS})
    base_requirements: str = field(default="", metadata={"max": 4000, "prose": True})
    offers_until: date | None = None
    criteria: tuple[CriterionWish, ...] = field(default=(), metadata={"max": 20})
    aims: Aims = field(default_factory=Aims)
    services: Services = field(default_factory=Services)
    volume: Volume = field(default_factory=Volume)
    principles: Principles = field(default_factory=Principles)
    evaluation: Evaluation = field(default_factory=Evaluation)
    call_ref: str | None = None


def set_call(work: Work, ask: SetCall) -> Call:
    """Draft a call, or write its draft anew.

    Refuses: NotAllowed (another sector), UnknownThing, CallPublished, CriterionTwice.
    """
    _pays(work, ask.sector)
    if ask.call_ref:
        call = _own(work, ask.call_ref)
        if call.state is not CallState.DRAFTED:
            raise CallPublished(state=call.state)
    else:
        call = Call(title="", kind=ask.kind, sector=ask.sector, state=CallState.DRAFTED, lang=ask.lang,
                    specification={}, version=0, recorded_at=work.now,
                    account_id=work.actor.account_id)  # fmt: skip
    codes = [one.code for one in ask.criteria]
    if len(set(codes)) != len(codes):
        raise CriterionTwice(field="criteria")
    call.title, call.kind, call.sector, call.lang = ask.title, ask.kind, ask.sector, ask.lang
    call.base_requirements, call.offers_until = ask.base_requirements, ask.offers_until
    call.specification = {
        part.value: stored(part, said)
        for part, said in (
            (Part.AIMS, ask.aims), (Part.SERVICES, ask.services), (Part.VOLUME, ask.volume),
            (Part.PRINCIPLES, ask.principles), (Part.EVALUATION, ask.evaluation),
        )
    }  # fmt: skip
    work.session.add(call)
    work.session.flush()
    work.session.execute(delete(CallCriterion).where(col(CallCriterion.call_id) == call.id))
    for one in ask.criteria:
        work.session.add(CallCriterion(call_id=call.id or 0, code=one.code, wording=one.wording,
                                       weight=one.weight, evidence=one.evidence))  # fmt: skip
        work.session.flush()
    return _done(work, call, "call_set", {"kind": call.kind})


def publish_call(work: Work, ref: str) -> Call:
    """Publish specification, requirements and criteria; from then on they stay as they are.

    Refuses: IllegalMove, NotAllowed, UnknownThing; all at once CallLacks, WeightsNotWhole, OffersDayPast.
    """
    call = _own(work, ref)
    following = move(MOVES, call.state, CallEvent.PUBLISH)
    criteria = criteria_of(work, call.id or 0)
    weights = [one.weight for one in criteria]
    refuse(publication_faults(call.kind, weights, told_parts(call, criteria), call.offers_until, work.today))
    call.state, call.published_on = following, work.today
    return _done(work, call, "call_published", {})


def close_offers(work: Work, ref: str) -> Call:
    """Close the time for offers, which opens them.

    Refuses: OffersRunning, IllegalMove, NotAllowed, UnknownThing.
    """
    call = _own(work, ref)
    following = move(MOVES, call.state, CallEvent.CLOSE)
    if call.offers_until is None or work.today <= call.offers_until:
        raise OffersRunning(last=call.offers_until)
    call.state = following
    work.session.flush()
    return _done(work, call, "offers_closed", {"offers": len(offers_of(work, call))})


@dataclass(frozen=True)
class PointsWish:
    """Points by a criterion, 0 to 5."""

    criterion: str = field(metadata={"min": 1, "max": 40})
    points: int = field(metadata={"min": 0, "max": 5})


@dataclass(frozen=True)
class ScoreOffer:
    """Wish to score an offer by every published criterion."""

    call_ref: str
    offer_ref: str
    points: tuple[PointsWish, ...]


def score_offer(work: Work, ask: ScoreOffer) -> CallOffer:
    """Score an offer as one of the two persons.

    Refuses: CallPublished outside the time of scoring, ScoredAlready, ScorersComplete,
    NotAllowed, UnknownThing; all at once CriterionNotPublished, CriterionUnscored, CriterionTwice.
    """
    call = _own(work, ask.call_ref)
    if call.state is not CallState.OFFERS_CLOSED:
        raise CallPublished(state=call.state)
    offer, who = _offer(work, call, ask.offer_ref), _person(work)
    criteria = {one.code: one.id or 0 for one in criteria_of(work, call.id or 0)}
    refuse(scoring_faults(criteria, [one.criterion for one in ask.points]))
    given = points_of(work, call.id or 0)
    if any(one.account_id == who and one.offer_id == offer.id for one in given):
        raise ScoredAlready
    others = {one.account_id for one in given} - {who}
    if len(others) >= SCORERS:
        raise ScorersComplete
    for one in ask.points:
        work.session.add(OfferScore(offer_id=offer.id or 0, criterion_id=criteria[one.criterion],
                                    account_id=who, points=one.points, recorded_at=work.now))  # fmt: skip
    _done(work, call, "offer_scored", {"offer": offer.ref})
    return offer


def settle_scores(work: Work, ref: str) -> Call:
    """Settle the ranking once two persons have scored every offer.

    Refuses: ScoringNotDone with the number of persons who are done, IllegalMove, NotAllowed, UnknownThing.
    """
    call = _own(work, ref)
    following = move(MOVES, call.state, CallEvent.SETTLE)
    offers = [one.id or 0 for one in offers_of(work, call)]
    done = len(scorers_done(points_of(work, call.id or 0), offers))
    if offers and done < SCORERS:
        raise ScoringNotDone(done=done, needed=SCORERS)
    call.state = following
    return _done(work, call, "call_scored", {})


@dataclass(frozen=True)
class RefusalReason:
    """Why an offer is not taken."""

    offer_ref: str
    wording: str = field(metadata=_REASON)


@dataclass(frozen=True)
class ProposeAward:
    """Wish to award a call to an offer, with a reason for each other one."""

    call_ref: str
    offer_ref: str
    reason: str = field(metadata=_REASON)
    refusals: tuple[RefusalReason, ...] = field(default=(), metadata={"max": 40})


def propose_award(work: Work, ask: ProposeAward) -> CallAward:
    """Propose an award; another person confirms it.

    Refuses: IllegalMove, AwardProposedAlready, NotAllowed, UnknownThing; RefusalUnreasoned for each offer.
    """
    call = _own(work, ask.call_ref)
    move(MOVES, call.state, _award_event(call))
    if award_of(work, call.id or 0) is not None:
        raise AwardProposedAlready
    taken, who = _offer(work, call, ask.offer_ref), _person(work)
    reasons = {one.offer_ref: one.wording for one in ask.refusals}
    others = [one for one in offers_of(work, call) if one.id != taken.id]
    refuse([RefusalUnreasoned(field="refusals", name=one.name) for one in others if one.ref not in reasons])
    for one in others:
        one.refusal = reasons[one.ref]
    made = CallAward(call_id=call.id or 0, offer_id=taken.id or 0, reason=ask.reason, proposed_by=who,
                     proposed_at=work.now)  # fmt: skip
    work.session.add(made)
    _done(work, call, "award_proposed", {"offer": taken.ref})
    return made


def confirm_award(work: Work, ref: str) -> Call:
    """Confirm an award as the second person.

    Refuses: OwnAward, AwardNotProposed, IllegalMove, NotAllowed, UnknownThing.
    """
    call = _own(work, ref)
    following = move(MOVES, call.state, _award_event(call))
    award, who = award_of(work, call.id or 0), _person(work)
    if award is None:
        raise AwardNotProposed
    if award.proposed_by == who:
        raise OwnAward
    award.confirmed_by, award.confirmed_on, call.state = who, work.today, following
    return _done(work, call, "award_confirmed", {})


def drop_call(work: Work, ref: str) -> Call:
    """End the procedure without an award; refuses IllegalMove, NotAllowed, UnknownThing."""
    call = _own(work, ref)
    call.state = move(MOVES, call.state, CallEvent.DROP)
    return _done(work, call, "call_dropped", {})


@dataclass(frozen=True)
class DraftFromCall:
    """What an agreement adds to the specification from which it is drafted."""

    call_ref: str
    number: str = field(metadata={"min": 1, "max": 40})
    profile: Profile
    instrument: Instrument
    valid_from: date
    last_day: date | None
    bought: tuple[Bought, ...] = field(metadata={"max": 20})


def draft_from_call(work: Work, ask: DraftFromCall) -> Agreement:
    """Draft the agreement with the provider to whom the call was awarded, from its specification.

    The criteria of the call become those of the evaluation (i.40). Refuses: IllegalMove, AwardNotProposed,
    LettersUnsent, OfferUnregistered, UnknownThing, and what drafting refuses.
    """
    call = _own(work, ask.call_ref)
    following = move(MOVES, call.state, CallEvent.DRAFT)
    award = award_of(work, call.id or 0)
    if award is None:
        raise AwardNotProposed
    if not letters_of(work, call.id or 0):
        raise LettersUnsent
    offer = work.session.get_one(CallOffer, award.offer_id)
    if offer.provider_id is None:
        raise OfferUnregistered(name=offer.name)
    made = draft_agreement(work, DraftAgreement(
        ask.number, provider_refs(work, [offer.provider_id])[offer.provider_id], ask.profile, ask.instrument,
        ask.valid_from, ask.last_day, ask.bought, lang=call.lang,
        award=Award.DIRECT if call.kind is CallKind.DIRECT else Award.CALL,
    ))  # fmt: skip
    text = read_text(call.specification)
    for part in (Part.AIMS, Part.SERVICES, Part.VOLUME, Part.PRINCIPLES):
        write_part(work, made.ref, part, getattr(text, part.value))
    criteria = tuple(Criterion(one.code, one.wording) for one in criteria_of(work, call.id or 0))
    write_part(work, made.ref, Part.EVALUATION, with_criteria(text.evaluation, criteria))
    call.agreement_id, call.state = made.id, following
    _done(work, call, "call_agreement_drafted", {"number": made.number})
    return made


def with_criteria(held: Evaluation, criteria: tuple[Criterion, ...]) -> Evaluation:
    """The evaluation by these criteria (i.40)."""
    return Evaluation(**{**vars(held), "criteria": criteria})


def _award_event(call: Call) -> CallEvent:
    return CallEvent.AWARD_DIRECTLY if call.kind is CallKind.DIRECT else CallEvent.AWARD


def _pays(work: Work, sector: Sector) -> None:
    if work.actor != HOUSE and sector not in work.actor.sectors():
        raise NotAllowed


def _own(work: Work, ref: str) -> Call:
    call = call_by_ref(work, ref)
    _pays(work, call.sector)
    return call


def _offer(work: Work, call: Call, ref: str) -> CallOffer:
    found = next((one for one in offers_of(work, call) if one.ref == ref), None)
    if found is None:
        raise UnknownThing(field="offer_ref")
    return found


def _person(work: Work) -> int:
    if work.actor.account_id is None:
        raise NotAllowed
    return work.actor.account_id


def _done(work: Work, call: Call, act: str, facts: dict[str, object]) -> Call:
    call.version += 1
    work.session.flush()
    wrote(work, act, "call", call.id, ref=call.ref, payload=facts)
    return call


__all__ = [
    "CriterionWish", "DraftFromCall", "PointsWish", "ProposeAward", "RefusalReason",
    "ScoreOffer", "SetCall", "close_offers", "confirm_award", "draft_from_call", "drop_call", "propose_award",
    "publish_call", "score_offer", "set_call", "settle_scores", "with_criteria",
]  # fmt: skip
