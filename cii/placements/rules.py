"""Pure rules of the placements: open moves, why a place is refused, how an exit counts, who waits first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cii.kernel.digest import digest
from cii.kernel.errors import Refusal
from cii.kernel.moves import Moves
from cii.placements.vocabulary import ContractType, ExitClass, ExitType, PlacementMove, PlacementState

MOVES: Moves[PlacementState, PlacementMove] = {
    PlacementState.REQUESTED: {PlacementMove.RESERVE: PlacementState.RESERVED},
    PlacementState.RESERVED: {
        PlacementMove.ACCEPT: PlacementState.ACCEPTED,
        PlacementMove.REFUSE: PlacementState.REFUSED,
        PlacementMove.EXPIRE: PlacementState.EXPIRED,
        PlacementMove.CANCEL: PlacementState.CANCELLED,
    },
    PlacementState.ACCEPTED: {
        PlacementMove.START: PlacementState.STARTED,
        PlacementMove.CANCEL: PlacementState.CANCELLED,
    },
    PlacementState.STARTED: {PlacementMove.END: PlacementState.ENDED},
}
"""The life of a placement; source: product.md P6."""

_FULL_TIME = 100
"""Percent."""
PROVIDER_MOVES = frozenset({PlacementMove.ACCEPT, PlacementMove.REFUSE})
"""Moves that belong to the provider alone."""


class PlacementDatesUpsideDown(Refusal):
    """The placement would end before it starts."""

    code, kind = "placement-dates-upside-down", "unfit"


class PlacementTooLong(Refusal):
    """A placement lasts at most so many days; longer stays are renewed."""

    code, kind = "placement-too-long", "unfit"


class WorkloadUnfit(Refusal):
    """A participant is there for 1 to 100 percent of full time."""

    code, kind = "workload-unfit", "unfit"


class BreakOverlaps(Refusal):
    """The stay is already interrupted on some of these days."""

    code, kind = "break-overlaps", "conflict"


class BreakUnknown(Refusal):
    """No break of the stay that stands begins on that day."""

    code, kind = "break-unknown", "unknown"


class BreakNotShortened(Refusal):
    """A break that ends earlier ends within its days, before its last one."""

    code, kind = "break-not-shortened", "unfit"


class NoPayer(Refusal):
    """A placement needs at least one paying line, each once, with a weight from 1."""

    code, kind = "placement-payers-unfit", "unfit"


class RequestingLineDoesNotPay(Refusal):
    """The line whose quota is used must be among the payers."""

    code, kind = "requesting-line-does-not-pay", "unfit"


class MeasureNotRunning(Refusal):
    """The measure does not run on all days asked for."""

    code, kind = "measure-not-running", "unfit"


class NotEligible(Refusal):
    """The person does not meet the conditions of the measure; `failed` names them."""

    code, kind = "not-eligible", "unfit"


class EligibilityUndecided(Refusal):
    """The conditions of the measure cannot be judged: its table does not answer."""

    code, kind = "eligibility-undecided", "conflict"


class EligibilityNeedsFacts(Refusal):
    """Facts are missing that could still change whether the measure is open to the person."""

    code, kind = "eligibility-needs-facts", "unfit"


class NoAgreement(Refusal):
    """The paying line has no agreement in force for the measure on all days asked for."""

    code, kind = "no-agreement-in-force", "conflict"


class MeasureFull(Refusal):
    """The measure has no free place on some of the days."""

    code, kind = "measure-full", "conflict"


class LineQuotaFull(Refusal):
    """The requesting line has used its quota on some of the days; other lines have free places or not."""

    code, kind = "line-quota-full", "conflict"


class LineHasNoQuota(Refusal):
    """The requesting line has no places in the measure."""

    code, kind = "line-has-no-quota", "conflict"


class PlaceJustTaken(Refusal):
    """Somebody else has taken the place in this moment."""

    code, kind = "place-just-taken", "conflict"


class DoubleFinancing(Refusal):
    """The person has another placement on some of these days: it would be paid twice."""

    code, kind = "double-financing", "conflict"


class PlacementConsentWithdrawn(Refusal):
    """The person has taken back their consent to a placement."""

    code, kind = "placement-consent-withdrawn", "conflict"


class NotAnExtension(Refusal):
    """An extension ends after the day on which the stay ends now."""

    code, kind = "not-an-extension", "unfit"


class ExclusionUnheard(Refusal):
    """Nobody is excluded who was not warned and then heard."""

    code, kind = "exclusion-unheard", "conflict"


class NotWarned(Refusal):
    """A hearing follows a warning, on the day of the warning or later."""

    code, kind = "hearing-without-warning", "conflict"


class WordsMissing(Refusal):
    """A warning, a hearing, an exclusion, a report say something."""

    code = "words-missing"


class ObjectiveUnknown(Refusal):
    """The placement has no objective of that number."""

    code = "objective-unknown"


class CertificateMissing(Refusal):
    """A module acquired has its certificate: the number, or the document itself."""

    code = "certificate-missing"


class StayNotOver(Refusal):
    """An exit report or a check follows the exit."""

    code, kind = "stay-not-over", "conflict"


class StayNotRunning(Refusal):
    """Only a stay that is accepted or under way is extended; only one under way is warned of."""

    code, kind = "stay-not-running", "conflict"


class CheckNotDue(Refusal):
    """The check of an exit is answered from its day on, once."""

    code, kind = "exit-check-not-due", "conflict"


class NotWaiting(Refusal):
    """The entry is not in the waiting list any more."""

    code, kind = "not-waiting", "conflict"


class QuotaBelowTaken(Refusal):
    """More places are taken than the new number would leave."""

    code, kind = "quota-below-taken", "conflict"


class RefusalNeedsReason(Refusal):
    """A provider who refuses says why."""

    code, kind = "refusal-needs-reason", "unfit"


class OutsideThePlacement(Refusal):
    """The day does not lie in the placement."""

    code, kind = "outside-the-placement", "unfit"


class NotYet(Refusal):
    """What has not happened cannot be recorded."""

    code, kind = "not-yet", "unfit"


class ForeseenInPast(Refusal):
    """What is foreseen lies today or ahead."""

    code, kind = "foreseen-in-past", "unfit"


class ForeseenAlready(Refusal):
    """An interruption of this stay was foreseen before and is not answered yet."""

    code, kind = "interruption-foreseen-already", "conflict"


class ForeseenAnswered(Refusal):
    """The notice of an interruption is answered already."""

    code, kind = "interruption-answered-already", "conflict"


class ExitWithoutContractType(Refusal):
    """An exit into employment names its contract; a limited contract names its months."""

    code, kind = "exit-without-contract", "unfit"


class ContractWithoutEmployment(Refusal):
    """Only an exit into employment has a contract."""

    code, kind = "contract-without-employment", "unfit"


class AlreadyWaiting(Refusal):
    """The person waits for this measure already."""

    code, kind = "already-waiting", "conflict"


class UrgencyUnknown(Refusal):
    """The urgency is 1 (urgent), 2 (usual) or 3 (may wait)."""

    code, kind = "urgency-unknown", "unfit"


LIMITED = frozenset({ContractType.FIXED_TERM, ContractType.INTERIM})
"""Contracts whose length decides how the exit counts."""


def exit_faults(
    exit_type: ExitType, contract_type: ContractType | None, contract_months: int | None
) -> list[Refusal]:
    """What is missing of an exit, all at once."""
    if exit_type is not ExitType.EMPLOYMENT:
        named = contract_type is not None or contract_months is not None
        return [ContractWithoutEmployment(field="contract_type")] if named else []
    if contract_type is None:
        return [ExitWithoutContractType(field="contract_type")]
    if contract_type in LIMITED and (contract_months is None or contract_months < 0):
        return [ExitWithoutContractType(field="contract_months")]
    return []


def exit_class(
    exit_type: ExitType, contract_type: ContractType | None, contract_months: int | None, durable_from: int
) -> ExitClass:
    """How an exit counts among the employment objectives.

    Durable: open-ended contract, fixed-term or interim of `durable_from` months or more, public-service
    traineeship, business creation. Transition: shorter contracts, aided contracts. Positive: training,
    apprenticeship, another measure, other agreed reasons. A contract of exactly six months belongs to
    neither side of the source's text ("more than" and "under" six months): here it counts as durable with
    `durable_from` = 6. Source: 003 (sorties dynamiques); product.md FR1 and §6.
    """
    match exit_type:
        case ExitType.BUSINESS_CREATION:
            return ExitClass.DURABLE
        case ExitType.EMPLOYMENT:
            if contract_type in {ContractType.OPEN_ENDED, ContractType.PUBLIC_SERVICE}:
                return ExitClass.DURABLE
            long = (
                contract_type in LIMITED and contract_months is not None and contract_months >= durable_from
            )
            return ExitClass.DURABLE if long else ExitClass.TRANSITION
        case ExitType.APPRENTICESHIP | ExitType.TRAINING | ExitType.OTHER_MEASURE | ExitType.OTHER_POSITIVE:
            return ExitClass.POSITIVE
    return ExitClass.OTHER


def lot(measure_code: str, case_ref: str, since: date) -> str:
    """The lot of a waiting entry: a digest of what all partners know, so that anyone can draw it again."""
    return digest([measure_code, case_ref, since])


@dataclass(frozen=True, slots=True)
class Waiter:
    """One who waits: urgency (1 first), since when, lot."""

    id: int
    urgency: int
    since: date
    lot: str


def waiting_order(waiters: Iterable[Waiter]) -> list[Waiter]:
    """The order of a waiting list; the same for everybody who computes it."""
    return sorted(waiters, key=lambda one: (one.urgency, one.since, one.lot))


def workload_faults(workload: int | None) -> list[Refusal]:
    """Whether somebody can be there for so many percent of full time; none is full time."""
    if workload is None or 1 <= workload <= _FULL_TIME:
        return []
    return [WorkloadUnfit(field="workload")]
