"""Words of talks and visits."""

from enum import StrEnum


class AppointmentKind(StrEnum):
    """What payer and provider meet for."""

    TALK = "talk"
    VISIT = "visit"


class AppointmentState(StrEnum):
    """How a talk or a visit stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class AppointmentEvent(StrEnum):
    """What happens to a talk or a visit."""

    MOVE = "move"
    HOLD = "hold"
    CANCEL = "cancel"
