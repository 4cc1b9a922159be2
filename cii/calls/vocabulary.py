"""Words of calls and direct awards."""

from enum import StrEnum


class CallKind(StrEnum):
    """How a provider is looked for (i.42, i.43)."""

    CALL = "call"
    DIRECT = "direct"


class CallState(StrEnum):
    """Where a call stands; the process is `workflows/call-and-award.yaml`."""

    DRAFTED = "drafted"
    PUBLISHED = "published"
    OFFERS_CLOSED = "offers_closed"
    SCORED = "scored"
    AWARDED = "awarded"
    AGREEMENT_DRAFTED = "agreement_drafted"
    DROPPED = "dropped"


class CallEvent(StrEnum):
    """What happens to a call."""

    PUBLISH = "publish"
    CLOSE = "close"
    SETTLE = "settle"
    AWARD = "award"
    AWARD_DIRECTLY = "award_directly"
    DRAFT = "draft"
    DROP = "drop"


class SpecPart(StrEnum):
    """What a specification tells before offers are made (i.42)."""

    AIMS = "aims"
    SERVICES = "services"
    PRINCIPLES = "principles"
    BASE_REQUIREMENTS = "base_requirements"
    AWARD_CRITERIA = "award_criteria"


class LetterKind(StrEnum):
    """What a letter tells whoever made an offer."""

    AWARD = "award"
    REFUSAL = "refusal"


class PaperKind(StrEnum):
    """What a file of an offer is."""

    CONCEPT = "concept"
    COSTS = "costs"
    EVIDENCE = "evidence"
