"""Words of the text of an agreement."""

from enum import StrEnum


class Part(StrEnum):
    """The parts of a text, in the order of the guide's table 1; the last two belong to single profiles."""

    PARTIES = "parties"
    BASES = "bases"
    AIMS = "aims"
    SERVICES = "services"
    VOLUME = "volume"
    PRICE = "price"
    SURPLUS = "surplus"
    PRINCIPLES = "principles"
    EVALUATION = "evaluation"
    REPORTS = "reports"
    TALKS = "talks"
    TERM = "term"
    DISPUTES = "disputes"
    INSERTION = "insertion"
    OUTCOME_PAY = "outcome_pay"


class ReferenceKind(StrEnum):
    """What a text refers to instead of repeating it (i.2)."""

    LAW = "law"
    REGULATION = "regulation"
    DIRECTIVE = "directive"
    MODEL = "model"
    CONCEPT = "concept"
    SPECIFICATION = "specification"
    ANNEX = "annex"


class PartyRole(StrEnum):
    """Who stands beside payer and provider (003: council, prefect, employment service, funders)."""

    COUNCIL = "council"
    PREFECT = "prefect"
    EMPLOYMENT_SERVICE = "employment_service"
    FUNDER = "funder"
    REFERRER = "referrer"


class RequirementKind(StrEnum):
    """Requirements beside the objectives (i.9)."""

    QUALITY = "quality"
    FINANCIAL = "financial"
    OPERATIONAL = "operational"
    OTHER = "other"


class RiskSharing(StrEnum):
    """Which part of the volume's risk the payer bears (i.14)."""

    MINIMUM_GUARANTEE = "minimum_guarantee"
    BUDGETED_COSTS = "budgeted_costs"
    MONTH_BEGUN = "month_begun"
    NONE = "none"


class WarnedEvent(StrEnum):
    """What the provider announces early (i.15)."""

    INTERRUPTION = "interruption"
    OVERRUN = "overrun"
    UNDERUSE = "underuse"
    STAFF_LEAVING = "staff_leaving"
    OTHER = "other"


class SubsidyNature(StrEnum):
    """What kind of money is granted (OACI 81d)."""

    ATTESTED_COSTS = "attested_costs"
    FLAT_RATE = "flat_rate"
    OUTCOME_PAY = "outcome_pay"
    MIXED = "mixed"


class ExtraKind(StrEnum):
    """Services paid beyond the price, declared alike by all providers (i.17)."""

    PLACEMENT = "placement"
    COACHING = "coaching"
    FOLLOW_UP = "follow_up"
    TRAINING = "training"
    CONCEPT_WORK = "concept_work"
    OTHER = "other"


class PricedUnit(StrEnum):
    """What an extra is counted in."""

    PERSON = "person"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    LUMP_SUM = "lump_sum"


class SurplusRule(StrEnum):
    """What becomes of a surplus (i.20)."""

    FULLY_DEDUCTED = "fully_deducted"
    CARRY_OVER = "carry_over"
    SOCIAL_PURPOSE = "social_purpose"
    SHARED = "shared"
    FREE = "free"


class Reserves(StrEnum):
    """Whether the provider may build reserves (i.19)."""

    ALLOWED = "allowed"
    LIMITED = "limited"
    FORBIDDEN = "forbidden"


class Area(StrEnum):
    """What a standard is about (i.22)."""

    ORGANISATION = "organisation"
    PARTICIPANTS = "participants"
    ACCOUNTING = "accounting"
    AUDIT = "audit"


class DutyKind(StrEnum):
    """General duties that are listed (i.25)."""

    WORKER_PROTECTION = "worker_protection"
    ETHICS = "ethics"
    QUALITY_STANDARD = "quality_standard"
    USUAL_PAY = "usual_pay"
    INSURANCE = "insurance"
    STAFF_AND_ROOMS = "staff_and_rooms"
    DELEGATION = "delegation"
    MEDIA = "media"
    OTHER = "other"


class InformedEvent(StrEnum):
    """What the provider tells the payer, and within how many working days (i.24)."""

    ABSENCE = "absence"
    OBJECTIVES_BREACH = "objectives_breach"
    STAFF_HIRED = "staff_hired"
    INTERRUPTION = "interruption"
    OTHER = "other"


class EvaluationMode(StrEnum):
    """How the weight of objectives is said: an order, or shares that sum to 100 % (i.26)."""

    RANKED = "ranked"
    WEIGHTED = "weighted"


class Incentive(StrEnum):
    """Whether results are rewarded (i.28)."""

    NONE = "none"
    BONUS = "bonus"
    OUTCOME_PAY = "outcome_pay"


class DataForm(StrEnum):
    """Who computes: the provider sends ready figures, or data of each person, or a document (i.31)."""

    READY_FIGURES = "ready_figures"
    INDIVIDUAL_DATA = "individual_data"
    DOCUMENT = "document"


class AlsoAsked(StrEnum):
    """Where else the same content is asked for (i.30)."""

    NOWHERE = "nowhere"
    LABEL_AUDIT = "label_audit"
    INDIVIDUAL_REPORT = "individual_report"


class TalkPurpose(StrEnum):
    """What a talk on reports is about (i.36; CG AI ch. 7: structure, process, result)."""

    STRUCTURE = "structure"
    PROCESS = "process"
    RESULT = "result"
    PERSPECTIVES = "perspectives"


class MeansKind(StrEnum):
    """Means that are not money (003)."""

    EMPLOYMENT_SERVICE = "employment_service"
    ADVISORY_SUPPORT = "advisory_support"
    PARTNERSHIP = "partnership"
    OTHER = "other"


class EditionCause(StrEnum):
    """Why a text was kept as it stood."""

    ROUND = "round"
    SUBMITTED = "submitted"
    SIGNED = "signed"
    KEPT = "kept"


class SteeringStand(StrEnum):
    """What the steering group says to a change of contract (mandate, task 3)."""

    APPROVED = "approved"
    REFUSED = "refused"


class CommentStand(StrEnum):
    """What the provider says to a draft (i.44)."""

    ACCEPTS = "accepts"
    AMENDS = "amends"
    REFUSES = "refuses"


class Side(StrEnum):
    """Who signs."""

    PAYER = "payer"
    PROVIDER = "provider"
    OTHER = "other"
