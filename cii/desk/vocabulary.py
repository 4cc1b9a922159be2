"""Words of the desk: where drafts and filters belong, what is new in a case, when a deadline lies."""

from datetime import timedelta
from enum import StrEnum

VISIT = timedelta(minutes=30)
"""Pages of a case shown within this time belong to one visit."""


class DraftPlace(StrEnum):
    """The form of a case in which something is being written; the physician's part is no such form.

    A reply is written on the page of a referral, by units that may have no part in the case yet.
    """

    NOTE = "note"
    SYNTHESIS = "synthesis"
    PLAN = "plan"
    REFERRAL = "referral"
    REPLY = "referral_reply"


class FilterPlace(StrEnum):
    """The list that a saved filter belongs to."""

    DESK = "desk"
    CASES = "cases"


class StandIn(StrEnum):
    """Whether a substitution holds; it ends by itself after its last day."""

    AGREED = "agreed"
    REVOKED = "revoked"


class News(StrEnum):
    """What may be new in a case since somebody's last visit."""

    GRID = "grid"
    HEALTH = "health"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    PLAN_ANSWER = "plan_answer"
    NOTE = "note"
    REFERRAL = "referral"
    REFERRAL_ANSWER = "referral_answer"
    PLACEMENT = "placement"
    STATUS = "status"
    DOCUMENT = "document"


class Due(StrEnum):
    """When the deadline of a task lies, as the desk filters it."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    NONE = "none"
