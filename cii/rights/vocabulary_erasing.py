"""Words of holds and erasures."""

from enum import StrEnum


class HoldBasis(StrEnum):
    """Why data of a person must stay as it is."""

    APPEAL = "appeal"
    CRIMINAL = "criminal"
    AUDIT = "audit"
    RECOVERY = "recovery"
    RESTRICTION = "restriction"


class ErasureGround(StrEnum):
    """On which ground a person is erased."""

    RETENTION_OVER = "retention_over"
    PERSON_RIGHT = "person_right"
    COURT_ORDER = "court_order"


class ErasureState(StrEnum):
    """Where an erasure stands, told from its row."""

    PREPARED = "prepared"
    REJECTED = "rejected"
    DONE = "done"
