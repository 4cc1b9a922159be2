"""Words of access: roles, sections of a case, relations to it."""

from enum import IntFlag, StrEnum


class Role(StrEnum):
    """What a member of a unit is there; rights follow from it (`permits.py`, `sections.py`)."""

    CASE_MANAGER = "case_manager"
    SUPERVISOR = "supervisor"
    PHYSICIAN = "physician"
    FINANCE = "finance"
    CONTRACT_MANAGER = "contract_manager"
    DASHBOARD_REFERENCE = "dashboard_reference"
    COORDINATION_MEMBER = "coordination_member"
    COORDINATION_GUEST = "coordination_guest"
    STEERING = "steering"
    REFERRAL_SERVICE = "referral_service"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    PROVIDER = "provider"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Section(IntFlag):
    """Parts of a case that open separately; stored as the sum of their bits.

    SOCIAL is the content held by social aid; SOCIAL_FACTS its yes/no facts (debts: yes), all that another
    party may learn of it. PLAN holds grid, assessment and plan; PLACEMENT placements and attendance; NOTES
    the internal notes of one unit.
    """

    IDENTITY = 1
    MEDICAL = 2
    FUNCTIONAL = 4
    SOCIAL = 8
    PLAN = 16
    PLACEMENT = 32
    NOTES = 64
    SOCIAL_FACTS = 128


NOTHING = Section(0)
EVERYTHING = Section(255)


class Relation(StrEnum):
    """How a grant ties its holder to the case or person."""

    OWN = "own"
    PARTY = "party"
    FORMER = "former"
    PROVIDER = "provider"
    AGENDA = "agenda"
    LINK = "link"
    BREAK_GLASS = "break_glass"


class LinkPurpose(StrEnum):
    """What a signed link is for."""

    PLACE_ANSWER = "place_answer"
    MEDICAL_OPINION = "medical_opinion"
    NETWORK_VIEW = "network_view"
    CONSENT = "consent"
    PLAN = "plan"
    SATISFACTION = "satisfaction"
    OBJECTIVES = "objectives"


class LinkFactor(StrEnum):
    """What the bearer of a link must know beside it."""

    CODE = "code"
    BIRTH_DATE = "birth_date"


class LinkDelivery(StrEnum):
    """How a link reaches its bearer."""

    MAIL = "mail"
    LETTER = "letter"
