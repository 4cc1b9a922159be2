"""What a case looks like to one actor: plain values, with labels in place of ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cii.access.vocabulary import Section
from cii.cases.vocabulary import (
    AssessmentState,
    CasePath,
    CaseStatus,
    ItemKind,
    PartyRole,
    PlanReply,
    PlanState,
    Voice,
)
from cii.institutions.queries import UnitLabel


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something, for which unit, when it was so and when it was written."""

    unit: UnitLabel | None
    name: str | None
    at: datetime
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """What one unit says to an item now."""

    value: str
    source: str
    author: Author


@dataclass(frozen=True, slots=True)
class GridLine:
    """One item with what each unit says, side by side; `disagree` when they do not say the same.

    `group` is the heading it stands under; `high` is the top of a scale or number.
    """

    item: str
    group: Mapping[str, str]
    kind: ItemKind
    title: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    high: int
    unit: str
    entries: tuple[EntryView, ...]
    disagree: bool


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
class AssessmentView:
    """A round of assessment: who has spoken, who is missing, the synthesis once it is signed."""

    round: int
    state: AssessmentState
    heard: tuple[Voice, ...]
    missing: tuple[Voice, ...]
    synthesis: str | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of a plan."""

    goal: str
    action: str
    unit: UnitLabel | None
    mine: bool
    due_on: date
    measure_ref: str | None
    measure_name: str | None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What a bearing unit has answered; None while it has not."""

    unit: UnitLabel | None
    mine: bool
    answer: PlanReply | None
    reason: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A version of the plan."""

    ref: str
    version: int
    state: PlanState
    focus: str
    proposed_at: datetime | None
    agreed_at: datetime | None
    parts: tuple[PartView, ...]
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class PlanSection:
    """The grid, the assessment and the versions of the plan, the newest first."""

    grid: tuple[GridLine, ...]
    assessment: AssessmentView | None
    plans: tuple[PlanView, ...]


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
