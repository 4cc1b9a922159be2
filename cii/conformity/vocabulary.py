"""Words of the checks."""

from enum import StrEnum


class Severity(StrEnum):
    """What a finding asks for: a change of the text, a written reason, or an answer (product.md §3)."""

    ERROR = "error"
    WARNING = "warning"
    CHECK = "check"


class Answer(StrEnum):
    """What a person answers to an item of the checklist."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


class Place(StrEnum):
    """Where a finding is dealt with: a part of the text, or what stands beside the text."""

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
    GOALS = "goals"
    OWED = "owed"
    TARIFFS = "tariffs"
    NEGOTIATION = "negotiation"
    CALL = "call"
    PROVIDER = "provider"
    WHOLE = "whole"


class Chapter(StrEnum):
    """The chapters of the guide and the rules of single profiles, in the order of the page."""

    FORM = "form"
    AIMS = "aims"
    MONEY = "money"
    DELIVERY = "delivery"
    EVALUATION = "evaluation"
    REPORTS = "reports"
    TERM = "term"
    AWARD = "award"
    AC = "ac"
    AI = "ai"
    AS = "as"
    FR = "fr"
    BE = "be"


class DecisionItem(StrEnum):
    """What a decision or an agreement states at least (OACI 81d al. 2): seven items."""

    LEGAL_BASES = "legal_bases"
    NATURE = "nature"
    AMOUNT = "amount"
    TERM = "term"
    AIMS = "aims"
    MANDATE = "mandate"
    TARGET_GROUPS = "target_groups"


class AgreementItem(StrEnum):
    """What an agreement states besides (OACI 81d al. 3): seven more."""

    AUTHORITY = "authority"
    ORGANISER = "organiser"
    RIGHTS_AND_DUTIES = "rights_and_duties"
    TARGET_VALUES = "target_values"
    INDICATORS = "indicators"
    TERMINATION_OR_CHANGE = "termination_or_change"
    DISPUTE_PROCEDURE = "dispute_procedure"


class ResultCriterion(StrEnum):
    """The four criteria by which results of the disability insurance are measured (model agreement §3)."""

    TRAINING_REACHED = "training_reached"
    PLACEMENT = "placement"
    ECONOMY = "economy"
    PENSION_REDUCTION = "pension_reduction"


class MissedItem(StrEnum):
    """What is said about objectives that are not reached (i.27)."""

    DEADLINE = "deadline"
    CRITERIA = "criteria"
    STEPS = "steps"


class Axis(StrEnum):
    """The four axes of an insertion project (003)."""

    RECEPTION = "reception"
    ACCOMPANIMENT = "accompaniment"
    TRAINING = "training"
    TERRITORY = "territory"


class CallItem(StrEnum):
    """What the specification of a call tells (i.42)."""

    AIMS = "aims"
    SERVICES = "services"
    PRINCIPLES = "principles"
    BASE_REQUIREMENTS = "base_requirements"
    AWARD_CRITERIA = "award_criteria"
