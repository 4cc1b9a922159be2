"""Words of agreements."""

from enum import StrEnum

from cii.indicators.vocabulary import Direction as Direction  # noqa: PLC0414 - a word of agreements too
from cii.indicators.vocabulary import IndicatorUnit as IndicatorUnit  # noqa: PLC0414 - the same


class Profile(StrEnum):
    """Whose rules an agreement follows (product.md §4)."""

    AC = "AC"
    AI = "AI"
    AS = "AS"
    FR_IAE = "FR_IAE"
    BE_POIAS = "BE_POIAS"


class Instrument(StrEnum):
    """The legal form of the bond (000 §3, §4.1)."""

    AGREEMENT = "agreement"
    SUBSIDY_DECISION = "subsidy_decision"
    FRAMEWORK = "framework"
    COOPERATION = "cooperation"
    CASE_BY_CASE = "case_by_case"


class AgreementState(StrEnum):
    """The life of an agreement (product.md P8)."""

    DRAFT = "draft"
    NEGOTIATION = "negotiation"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    UNDER_CORRECTION = "under_correction"
    RENEWED = "renewed"
    TERMINATED = "terminated"
    EXPIRED = "expired"
    DROPPED = "dropped"


class AgreementEvent(StrEnum):
    """What may happen to an agreement."""

    NEGOTIATE = "negotiate"
    DROP = "drop"
    SIGN = "sign"
    PUT_IN_FORCE = "put_in_force"
    CORRECT = "correct"
    CLEAR = "clear"
    RENEW = "renew"
    TERMINATE = "terminate"
    EXPIRE = "expire"


class LegalForm(StrEnum):
    """Legal form of a provider (000 §2.1)."""

    FOUNDATION = "foundation"
    ASSOCIATION = "association"
    LLC = "llc"
    COMPANY = "company"
    COOPERATIVE = "cooperative"
    PUBLIC = "public"


class Basis(StrEnum):
    """What the amount of a tariff buys (money.md §1)."""

    CALENDAR_DAYS = "calendar_days"
    WEEKDAYS = "weekdays"
    STARTED_MONTH = "started_month"
    WEEK = "week"
    STARTED_WEEK = "started_week"
    PER_PERSON = "per_person"
    AGREED_PLACES = "agreed_places"
    HOUR = "hour"
    PERIOD = "period"


class ObjectiveLevel(StrEnum):
    """The three levels that indication 6 keeps apart."""

    OUTCOME = "outcome"
    ENTERPRISE = "enterprise"
    BENEFICIARY = "beneficiary"


class ObjectiveKind(StrEnum):
    """What an objective is about: the effect on persons, services, quality, money, the enterprise (i.7)."""

    INTEGRATION = "integration"
    OUTPUT = "output"
    QUALITY = "quality"
    FINANCIAL = "financial"
    OPERATIONAL = "operational"


class Standing(StrEnum):
    """Whether an objective is the main one of an offer, or a part on the way to it (i.8)."""

    MAIN = "main"
    PARTIAL = "partial"


class Interruptions(StrEnum):
    """How stays that were broken off count in an indicator (i.11)."""

    COUNTED = "counted"
    EXCLUDED = "excluded"
    EXCLUDED_IF_JUSTIFIED = "excluded_if_justified"


class Award(StrEnum):
    """How the provider was found (i.42, i.43)."""

    CALL = "call"
    DIRECT = "direct"


class EndGrounds(StrEnum):
    """Why an agreement ends before its term: by notice, by agreement of both sides, on serious grounds."""

    ORDINARY = "ordinary"
    MUTUAL = "mutual"
    GRAVE = "grave"


class FollowsAs(StrEnum):
    """What an agreement is to the one before: it renews it, changes it within its term.

    Or takes its option.
    """

    RENEWAL = "renewal"
    AMENDMENT = "amendment"
    OPTION = "option"


class DeliverableKind(StrEnum):
    """What a provider hands in (000 i.32)."""

    INDICATORS = "indicators"
    PARTICIPANTS = "participants"
    COURSES = "courses"
    FINAL_ACCOUNT = "final_account"
    AUDIT_REPORT = "audit_report"
    ICS_ATTESTATION = "ics_attestation"
    STAFF_QUALIFICATION = "staff_qualification"
    ANNUAL_REPORT = "annual_report"
    QUALITY_SYSTEM = "quality_system"


class Frequency(StrEnum):
    """How often a deliverable is due."""

    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class SettledBy(StrEnum):
    """How a year of an agreement is settled for a funding line: month by month, or by attested costs."""

    STATEMENTS = "statements"
    COSTS = "costs"
