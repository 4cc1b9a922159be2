"""Words of persons, statuses, consents and legal bases."""

from enum import StrEnum


class Basis(StrEnum):
    """The legal ground on which data of a person is held or passed on."""

    OWN_CASE = "own_case"
    CONSENT = "consent"
    LACI_85F_2 = "LACI_85f_2"
    LACI_85F_3 = "LACI_85f_3"
    LAI_68BIS = "LAI_68bis"
    LPGA_32 = "LPGA_32"
    LASOC_28 = "LASoc_28"
    MANDATE_GC_4 = "mandate_gc_4"


class StatusKind(StrEnum):
    """Where a person stands in one system."""

    FOLLOWED = "followed"
    BENEFIT = "benefit"
    CLAIM_OPEN = "claim_open"
    EARLY_DETECTION = "early_detection"
    MAY_BE_OWED = "may_be_owed"
    REFUSED = "refused"
    ENDED = "ended"


class StatusSource(StrEnum):
    """Whether somebody entered the status or an import brought it."""

    ENTERED = "entered"
    IMPORTED = "imported"


class ConsentHow(StrEnum):
    """How the person gave consent."""

    SIGNED_PAPER = "signed_paper"
    LINK = "link"


class Purpose(StrEnum):
    """What a consent is for; one consent, one purpose."""

    COORDINATION = "coordination"
    ASSESSMENT = "assessment"
    PLACEMENT = "placement"
    FOLLOW_UP = "follow_up"


class Sex(StrEnum):
    """Sex as the registers of residents write it (eCH-0044: 1, 2, 3); what was not stated is left empty."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class Likeness(StrEnum):
    """Why two persons may be one, the surest first."""

    SAME_NUMBER = "same_number"
    SAME = "same"
    SWAPPED_NAMES = "swapped_names"
    NEAR_BIRTH = "near_birth"
