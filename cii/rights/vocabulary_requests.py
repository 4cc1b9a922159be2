"""Words of the requests that a person makes about their own data."""

from enum import StrEnum


class RequestKind(StrEnum):
    """What the person asks for: to know (LPGA 47, LPD 25), to be put right, to be erased (LPD 32)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"


class Proof(StrEnum):
    """The kind of document by which the person proved who they are; its number is never kept."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    POWER_OF_ATTORNEY = "power_of_attorney"


class AnswerForm(StrEnum):
    """How the person wishes to be answered."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class MedicalWay(StrEnum):
    """Whether medical data is told, and to whom (LPGA 47 al. 2): to nobody, the person, a physician."""

    NONE = "none"
    DIRECT = "direct"
    PHYSICIAN = "physician"


class PersonRequestStep(StrEnum):
    """What happened to a request after it was recorded; ANSWERED and REFUSED close it."""

    EXTENDED = "extended"
    ANSWERED = "answered"
    REFUSED = "refused"
    WARNED = "warned"
    LATE = "late"


CLOSING = (PersonRequestStep.ANSWERED, PersonRequestStep.REFUSED)


class PersonRequestState(StrEnum):
    """Where a request stands, told from its steps and the day."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    LATE = "late"
    ANSWERED = "answered"
    REFUSED = "refused"


class FileForm(StrEnum):
    """The forms in which a file is handed out."""

    JSON = "json"
    PDF = "pdf"
