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

    PUT_OFF = "put_off"
    INVITE = "invite"
    HOLD = "hold"
    CANCEL = "cancel"
    IMPORT_MINUTES = "import_minutes"
    DISTRIBUTE = "distribute"
    ADOPT = "adopt"


class MinutesState(StrEnum):
    """Where the minutes of a meeting stand: to be written, there, sent to the members, adopted by them."""

    OPEN = "open"
    FINAL = "final"
    DISTRIBUTED = "distributed"
    ADOPTED = "adopted"


class AgendaKind(StrEnum):
    """What an item of an agenda is about."""

    FREE = "free"
    MINUTES = "minutes"
    DECISION = "decision"
    REPORT = "report"
    MONTH = "month"
    OCCUPANCY = "occupancy"
    WAITING = "waiting"
    INDICATOR = "indicator"
    CORRECTIVE = "corrective"
    AGREEMENT_DATE = "agreement_date"
    CHANGE = "change"
    NEED = "need"
    FINDING = "finding"
    REVIEW = "review"
    PUBLICATION = "publication"
    MORE_PLACES = "more_places"


class ItemState(StrEnum):
    """Whether an item is on the agenda: proposed by the house, kept, or left out."""

    PROPOSED = "proposed"
    KEPT = "kept"
    DROPPED = "dropped"


class InvitationReason(StrEnum):
    """Why somebody is invited."""

    MEMBER = "member"
    ASKED = "asked"
    PERSONS_PLACED = "persons_placed"
    YEARLY = "yearly"
    GUEST = "guest"


class Answer(StrEnum):
    """What an invited person says."""

    COMES = "comes"
    EXCUSED = "excused"


class DecisionKind(StrEnum):
    """What a body decides about."""

    FREE = "free"
    CONTRACT_CHANGE = "contract_change"
    MORE_PLACES = "more_places"
    PUBLIC_STATEMENT = "public_statement"
    MANDATE = "mandate"


class DecisionStand(StrEnum):
    """Whether what lay before the body was approved."""

    APPROVED = "approved"
    REFUSED = "refused"


class DecisionState(StrEnum):
    """Where a decision stands: nothing is to be done, something is, it was, it no longer is to be."""

    NOTED = "noted"
    TO_DO = "to_do"
    DONE = "done"
    DROPPED = "dropped"


class DecisionEvent(StrEnum):
    """What may happen to a decision."""

    DO = "do"
    REOPEN = "reopen"
    DROP = "drop"
