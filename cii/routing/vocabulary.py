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
    """The life of a referral; ownership moves on acceptance only."""

    SENT = "sent"
    RECEIVED = "received"
    QUESTION = "question"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ReferralEvent(StrEnum):
    """What may happen to a referral."""

    RECEIVE = "receive"
    ASK = "ask"
    ANSWER = "answer"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class Potential(StrEnum):
    """Reinsertion potential as the announcing adviser judges it (triage input)."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
