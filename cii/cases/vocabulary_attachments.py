"""Words of the documents of a case."""

from enum import StrEnum


class AttachmentKind(StrEnum):
    """What a document of a case is."""

    DECISION = "decision"
    REPORT = "report"
    CERTIFICATE = "certificate"
    CONTRACT = "contract"
    APPLICATION = "application"
    CONSENT_FORM = "consent_form"
    CORRESPONDENCE = "correspondence"
    OTHER = "other"


class AttachmentSection(StrEnum):
    """The section of a case to which a document belongs: it is seen and written as that section."""

    PLAN = "plan"
    IDENTITY = "identity"
    FUNCTIONAL = "functional"
    SOCIAL = "social"
    PLACEMENT = "placement"
    MEDICAL = "medical"
