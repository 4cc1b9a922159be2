"""Words of the placements: states, events, exits, contracts."""

from enum import StrEnum


class PlacementState(StrEnum):
    """Where a placement stands."""

    REQUESTED = "requested"
    RESERVED = "reserved"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PlacementEventKind(StrEnum):
    """What happened to a placement."""

    REQUESTED = "requested"
    RESERVED = "reserved"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    EXTENDED = "extended"
    WARNED = "warned"
    HEARD = "heard"
    MODULE = "module"
    BALANCED = "balanced"
    BREACH = "breach"
    EXIT_REPORT = "exit_report"
    CHECKED = "checked"


class PlacementMove(StrEnum):
    """What may be done with a placement; which of them is open depends on its state."""

    RESERVE = "reserve"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXPIRE = "expire"
    CANCEL = "cancel"
    START = "start"
    END = "end"


HOLDING = (PlacementState.RESERVED, PlacementState.ACCEPTED, PlacementState.STARTED)
"""States that occupy a place and bind money."""
FINANCED = (*HOLDING, PlacementState.ENDED)
"""States whose days are or were paid for: a person may not have two of them on one day."""


class ExitType(StrEnum):
    """What came after the placement."""

    EMPLOYMENT = "employment"
    BUSINESS_CREATION = "business_creation"
    APPRENTICESHIP = "apprenticeship"
    TRAINING = "training"
    OTHER_MEASURE = "other_measure"
    PENSION = "pension"
    OTHER_POSITIVE = "other_positive"
    NO_SOLUTION = "no_solution"
    ABORTED = "aborted"
    EXCLUDED = "excluded"
    HEALTH = "health"
    DEPARTURE = "departure"


class ContractType(StrEnum):
    """The contract of an exit into employment."""

    OPEN_ENDED = "open_ended"
    FIXED_TERM = "fixed_term"
    INTERIM = "interim"
    PUBLIC_SERVICE = "public_service"
    AIDED = "aided"


class ExitClass(StrEnum):
    """How an exit counts among the employment objectives (sorties dynamiques)."""

    DURABLE = "durable"
    TRANSITION = "transition"
    POSITIVE = "positive"
    OTHER = "other"


class RefusalReason(StrEnum):
    """Why a provider refuses a person."""

    NOT_SUITED = "not_suited"
    NO_SUPERVISION = "no_supervision"
    NOT_REACHED = "not_reached"
    PERSON_DECLINED = "person_declined"
    PERSON_PREVENTED = "person_prevented"
    OTHER = "other"


class WaitingState(StrEnum):
    """Where an entry of the waiting list stands."""

    WAITING = "waiting"
    PLACED = "placed"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"


class RankEffect(StrEnum):
    """What a refused place does to the entry that led to it."""

    LEAVES = "leaves"
    LOST = "lost"
    KEPT = "kept"


class BalanceOutcome(StrEnum):
    """How far an individual objective was reached."""

    REACHED = "reached"
    PARTLY = "partly"
    NOT_REACHED = "not_reached"


class ExitSituation(StrEnum):
    """Where the person stands some months after the exit."""

    AT_WORK = "at_work"
    IN_TRAINING = "in_training"
    OTHER_MEASURE = "other_measure"
    SEEKING = "seeking"
    OTHER = "other"
    NOT_REACHED = "not_reached"


class SignedHow(StrEnum):
    """How the person signed their objectives."""

    SIGNED_PAPER = "signed_paper"
    LINK = "link"


class InterruptionReason(StrEnum):
    """Why a provider foresees that a stay will be interrupted."""

    ABSENCES = "absences"
    HEALTH = "health"
    OBJECTIVES = "objectives"
    CONDUCT = "conduct"
    WITHDRAWAL = "withdrawal"
    OTHER_SOLUTION = "other_solution"
    PROVIDER = "provider"
    OTHER = "other"
