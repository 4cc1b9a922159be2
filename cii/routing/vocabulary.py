"""Words of routing."""

from enum import StrEnum


class DetectionState(StrEnum):
    """What became of a detected person."""

    DETECTED = "detected"
    ANNOUNCED = "announced"
    DISMISSED = "dismissed"


class Path(StrEnum):
    """Where triage sends a situation; the values are those of the triage table."""

    NETWORK = "reseau-cii"
    EVERYDAY = "everyday-cii"
    YOUTH = "youth-case-management"
    NOT_ELIGIBLE = "not_eligible"


class ReferralState(StrEnum):
    """The life of a referral, stage by stage of `workflows/referral.yaml`; the lead moves on acceptance."""

    SENT = "sent"
    RECEIVED = "received"
    QUESTION = "question"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


WAITING = (ReferralState.SENT, ReferralState.RECEIVED, ReferralState.QUESTION)
"""The states in which a referral waits for somebody."""


class ReferralEvent(StrEnum):
    """What a unit may do with a referral; expiry comes from the process's own timer."""

    RECEIVE = "receive"
    ASK = "ask"
    ANSWER = "answer"
    ACCEPT = "accept"
    DECLINE = "decline"
    REDIRECT = "redirect"
    WITHDRAW = "withdraw"


class Potential(StrEnum):
    """Reinsertion potential as the announcing adviser judges it (triage input)."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
