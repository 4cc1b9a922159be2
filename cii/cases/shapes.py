"""What a case looks like to one actor: plain values, with labels in place of ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cii.access.vocabulary import Section
from cii.cases.vocabulary import (
    ActionState,
    AssessmentState,
    CasePath,
    CaseStatus,
    ConsentWay,
    ItemKind,
    PartyRole,
    PersonReply,
    PlanReply,
    PlanState,
    Voice,
)
from cii.institutions.queries import UnitLabel
from cii.institutions.vocabulary import Sector


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something, for which unit, when it was so and when it was written."""

    unit: UnitLabel | None
    name: str | None
    at: datetime
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """What one unit says to an item; out of date (`expired`) it is still shown and decides nothing.

    `grid` and `grid_version` name the template it was written into.
    """

    value: str
    source: str
    author: Author
    valid_until: date | None = None
    expired: bool = False
    grid: str = ""
    grid_version: int = 0


@dataclass(frozen=True, slots=True)
class GridLine:
    """One item with what each unit says, side by side; `disagree` when they do not say the same.

    `group` is the heading it stands under; `high` is the top of a scale or number; `formerly`: the present
    version of the grid no longer asks for it. Entries out of date make no disagreement.
    """

    item: str
    group: Mapping[str, str]
    kind: ItemKind
    title: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    high: int
    unit: Mapping[str, str]
    entries: tuple[EntryView, ...]
    disagree: bool
    formerly: bool = False


@dataclass(frozen=True, slots=True)
class EntryPair:
    """What one unit said to an item then and says now; `change` is new, changed, expired, gone or same."""

    unit: UnitLabel | None
    before: EntryView | None
    after: EntryView | None
    change: str


@dataclass(frozen=True, slots=True)
class GridChange:
    """One item at two moments, with a pair for each unit that has said something."""

    line: GridLine
    pairs: tuple[EntryPair, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class MedicalView:
    """A statement of the physician."""

    statement: str
    author: Author


@dataclass(frozen=True, slots=True)
class LimitsView:
    """What follows for work: limits, and the capacity in percent."""

    limits: str
    capacity: int | None
    author: Author


@dataclass(frozen=True, slots=True)
class FunctionalView:
    """The functional limits: the physician's, and the items of the grid."""

    limits: tuple[LimitsView, ...]
    items: tuple[GridLine, ...]


@dataclass(frozen=True, slots=True)
class SeatView:
    """A member of the team of a round: invited and heard when, present when it met (None: not noted)."""

    role: Voice
    unit: UnitLabel | None
    invited_at: datetime
    heard_at: datetime | None
    present: bool | None
    met_on: date | None


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """A round of assessment: its team, who has spoken, who is missing, the synthesis once it is signed.

    `medical_done`: the physician has spoken; `labour_done`: AC, AI and AS have, on the potential for work.
    """

    round: int
    state: AssessmentState
    composed_at: datetime
    seats: tuple[SeatView, ...]
    heard: tuple[Voice, ...]
    missing: tuple[Voice, ...]
    medical_done: bool
    labour_done: bool
    synthesis: str | None
    signed_at: datetime | None
    signed_by: str | None


@dataclass(frozen=True, slots=True)
class ProgressView:
    """What became of an action on a day, as somebody said it."""

    state: ActionState
    effective_on: date
    reason: str | None
    unit: UnitLabel | None
    name: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PartView:
    """An action of a plan; no `payer`: no cost. `progress` in order, `state` as it stands now."""

    ref: str
    goal: str
    action: str
    unit: UnitLabel | None
    mine: bool
    due_on: date
    measure_ref: str | None
    measure_name: str | None
    payer: Sector | None
    line_ref: str | None
    line: str | None
    state: ActionState
    progress: tuple[ProgressView, ...]


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal with the actions that lead to it."""

    goal: str
    actions: tuple[PartView, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What a bearing unit has answered; None while it has not."""

    unit: UnitLabel | None
    mine: bool
    answer: PlanReply | None
    reason: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class WordView:
    """What the person said to the plan: when, how, recorded by which unit (None: by a signed link)."""

    reply: PersonReply
    how: ConsentWay
    given_on: date
    reason: str | None
    unit: UnitLabel | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A version of the plan: `goals` with their actions, `parts` all actions; `agreed_at`: in force since."""

    ref: str
    version: int
    state: PlanState
    focus: str
    proposed_at: datetime | None
    agreed_at: datetime | None
    goals: tuple[GoalView, ...]
    answers: tuple[AnswerView, ...]
    person: WordView | None

    @property
    def parts(self) -> tuple[PartView, ...]:
        """The actions of all goals, in order."""
        return tuple(one for goal in self.goals for one in goal.actions)


@dataclass(frozen=True, slots=True)
class PlanSection:
    """The grid, the last round of assessment and all rounds, the versions of the plan; the newest first."""

    grid: tuple[GridLine, ...]
    assessment: AssessmentView | None
    plans: tuple[PlanView, ...]
    rounds: tuple[AssessmentView, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteView:
    """An internal note of my unit."""

    text: str
    author: Author


@dataclass(frozen=True, slots=True)
class PartyView:
    """A unit with its part in the case."""

    role: PartyRole
    unit: UnitLabel
    mine: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case for one actor.

    `sections` holds only what is open to the actor: identity, medical, functional, social, plan, notes.
    """

    ref: str
    number: str
    path: CasePath
    status: CaseStatus
    outcome: str | None
    version: int
    opened_at: datetime
    closed_at: datetime | None
    restricted: bool
    lead: UnitLabel | None
    lead_account: str | None
    parties: tuple[PartyView, ...]
    may_read: Section
    may_write: Section
    sections: Mapping[str, Any]
