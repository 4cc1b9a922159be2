"""Words of a case: paths, parties, grid, assessment, plan.

Source: CII report 2009-2013 §1, §2, §4, §5 (paths); product.md P1-P4 and §10 (sections).
"""

from enum import StrEnum


class CasePath(StrEnum):
    """Which collaboration a case follows; the value names its process."""

    EVERYDAY = "everyday-cii"
    NETWORK = "reseau-cii"
    YOUTH = "youth-case-management"
    SOCIAL_ENTERPRISE = "ne-eso"


class CaseStatus(StrEnum):
    """Whether work goes on; the stages belong to the case's process."""

    OPEN = "open"
    CLOSED = "closed"


class PartyRole(StrEnum):
    """What a unit is to a case: a sector's voice, the physician, the lead, or another part."""

    AC = "AC"
    AI = "AI"
    AS = "AS"
    SFPO = "SFPO"
    SMIG = "SMIG"
    PHYSICIAN = "physician"
    LEAD = "lead"
    ANNOUNCING = "announcing"
    PARTNER = "partner"
    PROVIDER = "provider"
    COORDINATION = "coordination"


class Voice(StrEnum):
    """Who must have spoken before an assessment is signed (P3)."""

    AC = "AC"
    AI = "AI"
    AS = "AS"
    PHYSICIAN = "physician"


class GridSection(StrEnum):
    """To which section of a person's data an item of the grid belongs."""

    GRID = "grid"
    FUNCTIONAL = "functional_limits"
    SOCIAL = "social"


class ItemKind(StrEnum):
    """What an item of the grid takes; other parties see yes/no facts of the social section only."""

    YES_NO = "yes/no"
    SCALE = "scale"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


class AssessmentState(StrEnum):
    """An assessment is composed, then signed."""

    COMPOSED = "composed"
    SIGNED = "signed"


class PlanState(StrEnum):
    """A plan is in force only when it is agreed."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    REPLACED = "replaced"


class PlanReply(StrEnum):
    """What a unit that bears a part says to the plan."""

    AGREE = "agree"
    REFUSE = "refuse"


class PersonReply(StrEnum):
    """What the person says to the plan."""

    AGREE = "agree"
    REFUSE = "refuse"


class ConsentWay(StrEnum):
    """How the person's word on the plan reached the house."""

    PAPER = "paper"
    LINK = "link"


class ActionState(StrEnum):
    """Where an action of the plan stands; each change is a row with its day."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class ResultHolds(StrEnum):
    """Whether what a case ended in is still in place at the check."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
