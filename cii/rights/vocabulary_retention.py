"""Words of retention and of the hand-over to the cantonal archive."""

from enum import StrEnum


class ArchiveAct(StrEnum):
    """What happened to an offer after it was made."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    HANDED_OVER = "handed_over"


class OfferState(StrEnum):
    """Where an offer stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    HANDED_OVER = "handed_over"


class Keeping(StrEnum):
    """What keeps something of a person for a term; how long stands in `parameters/retention.yaml`."""

    CASE_EVERYDAY = "case_everyday"
    CASE_NETWORK = "case_network"
    CASE_YOUTH = "case_youth"
    CASE_SOCIAL_ENTERPRISE = "case_social_enterprise"
    PLACEMENT = "placement"
    CONSENT = "consent"
    DETECTION = "detection"
    ACCESS_ANSWER = "access_answer"
    PERSON_REQUEST = "person_request"
    ENTRY = "entry"
    JOURNAL = "journal"
