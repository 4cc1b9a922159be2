"""Pure rules of observation contracts and of recognition.

Source: 002 §5 (observation of three months under an unpaid contract), annex 4 (fifteen criteria); product.md
P7, P7b.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from cii.kernel.errors import Refusal
from cii.kernel.moves import Moves
from cii.kernel.period import ONE_DAY, months_later
from cii.routing.vocabulary_social import (
    ContractParty,
    Criterion,
    Finding,
    ObservationMove,
    ObservationState,
)


class NotAnAdmission(Refusal):
    """The case follows a path that no admission table opens."""

    code, kind = "not-an-admission", "conflict"


class FactNotAsked(Refusal):
    """The table of this case does not ask for this fact."""

    code, kind = "fact-not-asked", "unfit"


class NothingDecided(Refusal):
    """The table has not been asked yet: the facts come first."""

    code, kind = "admission-not-decided", "conflict"


class DepartsWithoutReason(Refusal):
    """The unit decides otherwise than the table: it says why."""

    code, kind = "departs-without-reason", "unfit"


class ReferenceDayAhead(Refusal):
    """The reference day of a screen lies in the future."""

    code, kind = "reference-day-ahead", "unfit"


class NotAProvider(Refusal):
    """The unit is no provider of measures."""

    code, kind = "not-a-provider", "unfit"


class NotObserving(Refusal):
    """The case does not stand at the observation."""

    code, kind = "not-observing", "conflict"


class ObservationDays(Refusal):
    """The last day lies before the first, or the first in the past."""

    code, kind = "observation-days", "unfit"


class ObservationTooLong(Refusal):
    """The contract would last longer than the rules allow; `latest` is the last day possible."""

    code, kind = "observation-too-long", "unfit"


class ObservationNotLonger(Refusal):
    """An extension ends later than the contract does now, and is agreed before its last day has passed."""

    code, kind = "observation-not-longer", "unfit"


class ObservationNotBegun(Refusal):
    """Before its first day a contract is neither evaluated nor broken off."""

    code, kind = "observation-not-begun", "conflict"


class ObservationAtRest(Refusal):
    """The case rests: its lead lets it go on first, then the contract may change."""

    code, kind = "observation-at-rest", "conflict"


class ParticipantNotThere(Refusal):
    """Nobody is observed who has not come, or no longer is at the provider's."""

    code, kind = "participant-not-there", "conflict"


class ObservationsClosed(Refusal):
    """The stay is over, and so are the days in which it could still be written down; `last` was the last."""

    code, kind = "observations-closed", "conflict"


class ObservationChanged(Refusal):
    """The other party has changed the contract in the meantime; `version` is the present one."""

    code, kind = "observation-changed", "stale"


class AlreadySigned(Refusal):
    """The party has signed before."""

    code, kind = "already-signed", "conflict"


class NotYourSignature(Refusal):
    """The enterprise signs for itself; the institution signs for itself and takes the person's signature."""

    code, kind = "not-your-signature", "forbidden"


class NoEvidence(Refusal):
    """Criteria without evidence; `criteria` names them."""

    code, kind = "criteria-without-evidence", "unfit"


class NotAssessed(Refusal):
    """Criteria that nobody has assessed; `criteria` names them."""

    code, kind = "criteria-not-assessed", "unfit"


class CriteriaNotMet(Refusal):
    """An enterprise is recognised only when no criterion is failed; `criteria` names those that are."""

    code, kind = "criteria-not-met", "conflict"


class GovernanceNotMet(Refusal):
    """A director with a contract of public law is not independent of the administration."""

    code, kind = "governance-not-met", "unfit"


class RecognitionRunning(Refusal):
    """The provider has asked before, or is recognised."""

    code, kind = "recognition-running", "conflict"


class RecognitionChanged(Refusal):
    """Somebody has moved the recognition in the meantime; `version` is the present one."""

    code, kind = "recognition-changed", "stale"


S, M = ObservationState, ObservationMove
MOVES: Moves[ObservationState, ObservationMove] = {
    S.DRAFT: {M.SIGN: S.DRAFT, M.CONCLUDE: S.IN_FORCE, M.CANCEL: S.CANCELLED},
    S.IN_FORCE: {M.EXTEND: S.IN_FORCE, M.EVALUATE: S.EVALUATED, M.END_EARLY: S.ENDED_EARLY},
    S.EVALUATED: {},
    S.ENDED_EARLY: {},
    S.CANCELLED: {},
}
"""The life of an observation contract; CONCLUDE is the third signature."""


def last_day(first: date, months: int) -> date:
    """The last day of a term of months that begins on `first`.

    The term ends on the eve of the day with the same number; where that month has no such day, on its last
    day (CO 77 al. 1 ch. 3). 1 November and three months: 31 January.
    """
    later = months_later(first, months)
    return later if later.day < first.day else later - ONE_DAY


def term_faults(first: date, last: date, latest: date, today: date) -> list[Refusal]:
    """What speaks against these days of a new contract."""
    faults: list[Refusal] = []
    if first < today:
        faults.append(ObservationDays(field="starts_on"))
    if last < first:
        faults.append(ObservationDays(field="ends_on"))
    if last > latest:
        faults.append(ObservationTooLong(field="ends_on", latest=latest))
    return faults


def extension_faults(now: date, wanted: date, latest: date, today: date) -> list[Refusal]:
    """What speaks against letting a contract that ends on `now` last until `wanted`."""
    if wanted > latest:
        return [ObservationTooLong(field="ends_on", latest=latest)]
    return [ObservationNotLonger(field="ends_on", until=now)] if wanted <= now or now < today else []


def unsigned(signed: Collection[ContractParty]) -> tuple[ContractParty, ...]:
    """The parties that have not signed yet."""
    return tuple(one for one in ContractParty if one not in signed)


@dataclass(frozen=True, slots=True)
class Director:
    """Who directs: under a contract of public law, under one of private law with another employer."""

    public_contract: bool
    other_contract: bool


def governance_met(director: Director) -> bool:
    """Whether the direction is independent of the administration, or free of contracts with others.

    The "or" is kept as the source has it: whoever has a contract of public law is neither, so that alone
    decides. Source: 002 annex 4, last criterion; product.md P7b.
    """
    independent = not director.public_contract
    free = not director.public_contract and not director.other_contract
    return independent or free


def recognition_faults(findings: Mapping[Criterion, Finding]) -> list[Refusal]:
    """What speaks against recognising: criteria not assessed, criteria failed; partly met ones do not."""
    missing = [one for one in Criterion if one not in findings]
    failed = [one for one in Criterion if findings.get(one) is Finding.NOT_MET]
    return ([NotAssessed(criteria=missing, n=len(missing))] if missing else []) + (
        [CriteriaNotMet(criteria=failed, n=len(failed))] if failed else []
    )
