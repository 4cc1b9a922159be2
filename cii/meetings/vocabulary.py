"""Words of meetings."""

from enum import StrEnum


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    INVITED = "invited"
    HELD = "held"
    CANCELLED = "cancelled"


class MeetingEvent(StrEnum):
    """What may happen to a meeting."""

    INVITE = "invite"
    HOLD = "hold"
    CANCEL = "cancel"
