"""What the layers of today hand to each other: a case in the making, and the place it asks for."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cii.cases.vocabulary import CasePath, PartyRole, PlanReply
from cii.demo.dossiers import Dossier
from cii.demo.profiles import Situation
from cii.demo.stories import Story


@dataclass
class Wish:
    """A place that a case asks for, to be given or refused in the order of asking."""

    case: "LivingCase"
    asked: datetime
    starts_on: date
    ends_on: date
    line: str
    unit: int
    second_line: str | None = None
    placed: bool = False


@dataclass
class LivingCase:
    """One case of today with its process in the making."""

    dossier: Dossier
    story: Story
    situation: Situation
    path: CasePath
    unit: int
    voices: dict[PartyRole, int]
    lead: int
    detection: dict[str, Any]
    planned: dict[int, datetime] = field(default_factory=dict)
    busy_until: date = date.min
    wish: Wish | None = None
    assessment: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    referral: dict[str, Any] | None = None
    seats: list[dict[str, Any]] = field(default_factory=list)
    """The team of the round of assessment."""
    actions: list[dict[str, Any]] = field(default_factory=list)
    """The actions of the last version of the plan."""
    replies: list[PlanReply] = field(default_factory=list)
    letters: list[tuple[dict[str, Any], Story]] = field(default_factory=list)
    """Each referral of the case with its process."""
    fate: str = "accept"
    declined: bool = False
    rested: datetime | None = None

    @property
    def leading(self) -> int:
        """The unit that leads now; `lead` is the one that is asked to, until it accepts."""
        return self.story.roles["lead"][0]
