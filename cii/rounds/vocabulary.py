"""Words of the rounds."""

from enum import StrEnum


class RoundState(StrEnum):
    """The life of a round."""

    OPEN = "open"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class RoundEvent(StrEnum):
    """What may happen to a round."""

    COMPUTE = "compute"
    PIN = "pin"
    APPROVE = "approve"
    CANCEL = "cancel"


class Standing(StrEnum):
    """What a run says of a case: placed, without a place, or not in the round at all."""

    PLACED = "placed"
    UNPLACED = "unplaced"
    LEFT_OUT = "left_out"
