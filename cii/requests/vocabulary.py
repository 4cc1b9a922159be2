"""Words of access requests and of break-glass."""

from enum import StrEnum


class Answer(StrEnum):
    """What the unit that leads a case answers to a request."""

    GRANTED = "granted"
    REFUSED = "refused"


class RequestState(StrEnum):
    """A request as its asker sees it; NO_ACCESS says the same for a refusal and for no case at all."""

    TRANSMITTED = "transmitted"
    GRANTED = "granted"
    NO_ACCESS = "no_access"
    WITHDRAWN = "withdrawn"


class RequestStep(StrEnum):
    """What happened to a request after it was made, apart from the answers.

    FORGOTTEN: it concerned no case, its term is over, and the house has let go whom it named.
    """

    TRANSMITTED = "transmitted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    FORGOTTEN = "forgotten"


class GlassState(StrEnum):
    """Where a break-glass opening stands."""

    ACTIVE = "active"
    OVER = "over"
    REVIEWED = "reviewed"


class GlassStep(StrEnum):
    """What happened to a break-glass opening, each once."""

    ENDED = "ended"
    INFORMED = "informed"
    REVIEWED = "reviewed"
    ALERTED = "alerted"


class Finding(StrEnum):
    """What the review of a break-glass opening found."""

    OK = "ok"
    ABUSE = "abuse"
