"""Pure rules of calls: publication, offers in time, scoring by two, award by four eyes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cii.calls.vocabulary import CallEvent, CallKind, CallState, SpecPart
from cii.kernel.errors import Refusal

MOVES: Mapping[CallState, Mapping[CallEvent, CallState]] = {
    CallState.DRAFTED: {CallEvent.PUBLISH: CallState.PUBLISHED, CallEvent.DROP: CallState.DROPPED},
    CallState.PUBLISHED: {
        CallEvent.CLOSE: CallState.OFFERS_CLOSED,
        CallEvent.AWARD_DIRECTLY: CallState.AWARDED,
    },
    CallState.OFFERS_CLOSED: {CallEvent.SETTLE: CallState.SCORED},
    CallState.SCORED: {CallEvent.AWARD: CallState.AWARDED, CallEvent.DROP: CallState.DROPPED},
    CallState.AWARDED: {CallEvent.DRAFT: CallState.AGREEMENT_DRAFTED},
}
WHOLE = 100
"""The weights of all criteria, in percent."""
SCORERS = 2
"""Persons who score each offer. Source: guide (000), i.40; product.md P17."""
MOST_POINTS = 5
MOST_PAPERS = 10
"""Files of an offer."""


class CallPublished(Refusal):
    """What everybody has read does not change any more."""

    code, kind = "call-published", "conflict"


class CallLacks(Refusal):
    """The specification does not tell what decides (i.42)."""

    code, kind = "call-item-missing", "unfit"


class WeightsNotWhole(Refusal):
    """The weights of the criteria sum to 100 percent."""

    code, kind = "call-weights-not-whole", "unfit"


class CriterionTwice(Refusal):
    """Two criteria of a call have the same short name."""

    code, kind = "call-criterion-twice", "unfit"


class CriterionNotPublished(Refusal):
    """Offers are scored by published criteria only (i.40)."""

    code, kind = "call-criterion-not-published", "conflict"


class CriterionUnscored(Refusal):
    """Whoever scores an offer scores it by each criterion."""

    code, kind = "call-criterion-unscored", "unfit"


class OffersDayPast(Refusal):
    """Offers can be made for some days after the publication."""

    code, kind = "call-offers-day-past", "unfit"


class OfferLate(Refusal):
    """The offer came after the last day."""

    code, kind = "offer-late", "conflict"


class OfferAhead(Refusal):
    """An offer is recorded on the day it came or later."""

    code, kind = "offer-ahead", "unfit"


class OfferTwice(Refusal):
    """An organisation makes one offer."""

    code, kind = "offer-twice", "conflict"


class OffersRunning(Refusal):
    """Offers can still be made."""

    code, kind = "offers-running", "conflict"


class AwardNotDirect(Refusal):
    """The agreement does not say that it was awarded directly."""

    code, kind = "award-not-direct", "conflict"


class DirectAwardPublished(Refusal):
    """The award of an agreement is published once."""

    code, kind = "direct-award-published", "conflict"


class CriterionOutsideAgreement(Refusal):
    """A signed agreement is published with its own criteria, all of them and no others (i.40)."""

    code, kind = "criterion-outside-agreement", "unfit"


class OffersSealed(Refusal):
    """No envelope is opened before the time for offers is closed."""

    code, kind = "offers-sealed", "conflict"


class OfferWithoutConcept(Refusal):
    """An offer that is handed in here has its concept as a file."""

    code, kind = "offer-concept-missing", "unfit"


class TooManyPapers(Refusal):
    """An offer has so many files at most."""

    code, kind = "offer-papers-many", "unfit"


class ScoredAlready(Refusal):
    """Nobody scores an offer twice."""

    code, kind = "offer-scored-already", "conflict"


class ScorersComplete(Refusal):
    """Two persons score the offers of a call, no third one."""

    code, kind = "offer-scorers-complete", "conflict"


class ScoringNotDone(Refusal):
    """Two persons have to score every offer first."""

    code, kind = "call-scoring-not-done", "conflict"


class RefusalUnreasoned(Refusal):
    """An offer that is not taken is refused for a reason."""

    code, kind = "offer-refusal-unreasoned", "unfit"


class AwardProposedAlready(Refusal):
    """An award is proposed already and waits for the second person."""

    code, kind = "award-proposed-already", "conflict"


class AwardNotProposed(Refusal):
    """No award is proposed."""

    code, kind = "award-not-proposed", "conflict"


class OwnAward(Refusal):
    """Whoever proposed an award does not confirm it."""

    code, kind = "award-own-proposal", "forbidden"


class OfferUnregistered(Refusal):
    """An agreement is drafted with a provider of the register."""

    code, kind = "offer-provider-unregistered", "conflict"


class CallNotAwarded(Refusal):
    """A second person has to confirm the award before letters are sent."""

    code, kind = "call-not-awarded", "conflict"


class LettersSentAlready(Refusal):
    """The letters of a call are sent once."""

    code, kind = "call-letters-sent", "conflict"


class LettersUnsent(Refusal):
    """Everybody who made an offer is told before the agreement is drafted."""

    code, kind = "call-letters-unsent", "conflict"


class AppealUntold(Refusal):
    """The canton's directory does not say how a decision is appealed against."""

    code, kind = "call-appeal-untold", "conflict"


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one person for an offer by a criterion, 0 to 5."""

    offer_id: int
    criterion: str
    account_id: int
    points: int


def publication_faults(
    kind: CallKind, weights: Sequence[int], told: Iterable[SpecPart], offers_until: date | None, today: date
) -> list[Refusal]:
    """Why a call cannot be published yet, all reasons at once. Source: guide (000), i.40, i.42, i.43."""
    known = set(told)
    wanted = [SpecPart.BASE_REQUIREMENTS, SpecPart.AWARD_CRITERIA] if kind is CallKind.DIRECT else SpecPart
    found: list[Refusal] = [CallLacks(field=one.value, item=one) for one in wanted if one not in known]
    if weights and sum(weights) != WHOLE:
        found.append(WeightsNotWhole(field="criteria", total=sum(weights)))
    if kind is CallKind.CALL and (offers_until is None or offers_until <= today):
        found.append(OffersDayPast(field="offers_until", today=today))
    return found


def scoring_faults(published: Iterable[str], scored: Sequence[str]) -> list[Refusal]:
    """Criteria that were not published, or that are missing from a scoring."""
    known = list(published)
    found: list[Refusal] = [
        CriterionNotPublished(field="points", criterion=one) for one in scored if one not in known
    ]
    found += [CriterionUnscored(field="points", criterion=one) for one in known if one not in scored]
    if len(set(scored)) != len(scored):
        found.append(CriterionTwice(field="points"))
    return found


def scorers_done(given: Iterable[Points], offers: Iterable[int]) -> frozenset[int]:
    """The persons who have scored every offer; an offer is scored whole or not at all."""
    wanted = set(offers)
    by: dict[int, set[int]] = {}
    for one in given:
        by.setdefault(one.account_id, set()).add(one.offer_id)
    return frozenset(who for who, held in by.items() if held >= wanted)


def may_see_all(given: Sequence[Points], offers: Sequence[int]) -> bool:
    """Whether both persons are done: until then each sees the own scores only."""
    return len(scorers_done(given, offers)) >= SCORERS


@dataclass(frozen=True, slots=True)
class Ranked:
    """An offer with its weighted points out of 5 (mean of the scorers) and the widest gap between them."""

    offer_id: int
    total: Fraction
    spread: int


def ranking(given: Sequence[Points], weights: Mapping[str, int]) -> tuple[Ranked, ...]:
    """Offers by weighted points, best first; equal ones in the order in which they came."""
    by: dict[int, dict[str, list[int]]] = {}
    for one in given:
        by.setdefault(one.offer_id, {}).setdefault(one.criterion, []).append(one.points)
    ranked = [
        Ranked(
            offer,
            sum((Fraction(sum(held) * weights[code], len(held) * WHOLE) for code, held in told.items()),
                Fraction(0)),
            max(max(held) - min(held) for held in told.values()),
        )
        for offer, told in by.items()
    ]  # fmt: skip
    return tuple(sorted(ranked, key=lambda one: (-one.total, one.offer_id)))


@dataclass(frozen=True, slots=True)
class Scored:
    """What an offer got by a criterion: mean of the scorers out of 5, its weighted part of the total."""

    criterion: str
    weight: int
    mean: Fraction
    weighted: Fraction


def scores_of(offer_id: int, given: Iterable[Points], weights: Mapping[str, int]) -> tuple[Scored, ...]:
    """One offer's points in the order of the published criteria; nothing for a criterion without points."""
    by: dict[str, list[int]] = {}
    for one in given:
        if one.offer_id == offer_id:
            by.setdefault(one.criterion, []).append(one.points)
    means = {code: Fraction(sum(held), len(held)) for code, held in by.items()}
    return tuple(
        Scored(code, weight, means[code], means[code] * weight / WHOLE)
        for code, weight in weights.items()
        if code in means
    )
