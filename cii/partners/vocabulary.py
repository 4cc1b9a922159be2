"""Words of the links: what is rated, and which purposes are the person's own."""

from enum import StrEnum

from cii.access.vocabulary import LinkPurpose

OWN = frozenset({LinkPurpose.CONSENT, LinkPurpose.PLAN, LinkPurpose.OBJECTIVES, LinkPurpose.SATISFACTION})
"""Links of the person themselves: the birth date opens them; the others open by a code told by telephone."""


class Rated(StrEnum):
    """What the person rates from 1 (not at all) to 5 (fully)."""

    INFORMED = "informed"
    LISTENED = "listened"
    USEFUL = "useful"
    OVERALL = "overall"


class LinkState(StrEnum):
    """Where a link stands, as the case shows it."""

    WAITING = "waiting"
    OPENED = "opened"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
