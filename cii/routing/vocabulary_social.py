"""Words of youth case management, of observation in a social enterprise, and of its recognition."""

from enum import StrEnum


class YouthOrigin(StrEnum):
    """Where a young person stands when announced; "still at school" is the pilot of the report."""

    STILL_AT_SCHOOL = "still_at_school"
    SCHOOL_LEAVER = "school_leaver"
    BROKEN_OFF = "broken_off"
    WITHOUT_WORK = "without_work"
    OTHER = "other"


class ObservationState(StrEnum):
    """The life of an observation contract (contrat d'observation)."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    EVALUATED = "evaluated"
    ENDED_EARLY = "ended_early"
    CANCELLED = "cancelled"


class ObservationMove(StrEnum):
    """What may be done with an observation contract; the last of the three signatures puts it in force."""

    SIGN = "sign"
    CONCLUDE = "conclude"
    CANCEL = "cancel"
    EXTEND = "extend"
    EVALUATE = "evaluate"
    END_EARLY = "end_early"


class ContractParty(StrEnum):
    """Who signs an observation contract."""

    PERSON = "person"
    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"


class Criterion(StrEnum):
    """The fifteen criteria of a social enterprise, in the order of the source (002, annex 4)."""

    OPEN_ENDED_CONTRACTS = "open_ended_contracts"
    ANSWERS_EXCLUSION = "answers_exclusion"
    SELF_FINANCING = "self_financing"
    MARKET_ORIENTED = "market_oriented"
    CONTINUOUS_ACTIVITY = "continuous_activity"
    ADEQUATE_STAFF = "adequate_staff"
    USUAL_PAY = "usual_pay"
    WORK_INTEGRATES = "work_integrates"
    ENTREPRENEURIAL = "entrepreneurial"
    PROFIT_REINVESTED = "profit_reinvested"
    MARKET_RULES = "market_rules"
    MAIN_ACTIVITIES = "main_activities"
    LEGAL_FORM = "legal_form"
    DIVERSE_STAFF = "diverse_staff"
    GOVERNANCE = "governance"


class Finding(StrEnum):
    """How far a criterion is met."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"


class RecognitionState(StrEnum):
    """The life of a recognition, stage by stage of `workflows/social-enterprise-recognition.yaml`."""

    APPLIED = "applied"
    ASSESSED = "assessed"
    DECISION = "decision"
    RECOGNISED = "recognised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
