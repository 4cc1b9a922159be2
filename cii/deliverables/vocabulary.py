"""Words of deliverables that were handed in."""

from enum import StrEnum


class SubmissionStand(StrEnum):
    """What became of a submission; without one it waits for the payer."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"


class DeliverableStand(StrEnum):
    """How a deliverable stands on a day."""

    AHEAD = "ahead"
    LATE = "late"
    WAITING = "waiting"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    ON_PAPER = "on_paper"
    WAIVED = "waived"
