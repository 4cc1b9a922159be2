"""What a draft aims at and what its provider hands in: objectives with their indicators.

Deliverables with dates.

The rows stand in `agreements`, where figures read them; while the text is open they are set as one value.
Source: 000, i.5-i.12 and i.32.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.actions_common import changed, open_for_change
from cii.agreements.goals import GaugeWish, GoalWish, goal_by_ref, keep_goal, remove_goal, taken_codes
from cii.agreements.owed import add_owed, owed_by_ref, owed_dates, remove_owed
from cii.agreements.queries import agreement_by_ref, agreements_by_id
from cii.agreements.rules import indicator_faults
from cii.agreements.tables import Agreement, Objective
from cii.agreements.vocabulary import DeliverableKind, Frequency, ObjectiveKind, ObjectiveLevel, Standing
from cii.conventions.rules import DatesTaken, IndicatorNameTaken
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.indicators.queries import definitions
from cii.indicators.rules import source_faults
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.kernel.period import months_later
from cii.store.work import Work

_STEP = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}
"""Months between two dates of a deliverable."""
_OPEN_ENDED_MONTHS = 24
"""How far the dates of an open-ended agreement are laid down at a time."""


@dataclass(frozen=True)
class SetGoal:
    """An objective with its place in the evaluation and its indicators.

    With a `goal_ref` it replaces that one.
    """

    agreement_ref: str
    level: ObjectiveLevel
    wording: str = field(metadata={"min": 1, "max": 500})
    owner: str = field(metadata={"min": 1, "max": 120})
    kind: ObjectiveKind = ObjectiveKind.INTEGRATION
    standing: Standing = Standing.MAIN
    rank: int | None = field(default=None, metadata={"min": 1, "max": 99})
    weight: int | None = field(default=None, metadata={"min": 0, "max": 100})
    basic: bool = False
    gauges: tuple[GaugeWish, ...] = field(default=(), metadata={"max": 20})
    goal_ref: str | None = None


def set_goal(work: Work, ask: SetGoal) -> Objective:
    """Set an objective of an open agreement, its indicators with it.

    Refuses all at once: MinimumBeyondTarget, IndicatorNameTaken, UnknownIndicator (its source is published),
    UnitOfIndicator, each at its indicator; before: NotOpenForChange, NotAllowed, UnknownThing.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    known = goal_by_ref(work, agreement.id or 0, ask.goal_ref) if ask.goal_ref else None
    elsewhere = taken_codes(work, agreement.id or 0, but=known)
    faults: list[Refusal] = list(
        indicator_faults("gauges", ((one.code, one.direction, one.target, one.minimum) for one in ask.gauges))
    )
    seen: set[str] = set()
    for at, one in enumerate(ask.gauges):
        if one.code in elsewhere or one.code in seen:
            faults.append(IndicatorNameTaken(field=f"gauges-{at}-code", name=one.code))
        seen.add(one.code)
    faults += source_faults("gauges", ((one.source, one.unit) for one in ask.gauges), definitions(work))
    refuse(faults)
    wish = GoalWish(
        ask.level, ask.kind, ask.standing, ask.wording, ask.owner, ask.rank, ask.weight, ask.basic, ask.gauges
    )
    made = keep_goal(work, agreement, wish, known)
    told: dict[str, object] = {"goal": made.ref, "indicators": [one.code for one in ask.gauges]}
    changed(work, agreement, "goal_set", told)
    return made


@dataclass(frozen=True)
class DropGoal:
    """Take an objective out of an open agreement."""

    agreement_ref: str
    goal_ref: str


def drop_goal(work: Work, ask: DropGoal) -> Agreement:
    """Take the objective and its indicators out, and what the reports say of it.

    Refuses: NotOpenForChange, NotAllowed, UnknownThing.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    found = goal_by_ref(work, agreement.id or 0, ask.goal_ref)
    wording = found.wording
    remove_goal(work, found)
    reports = work.session.scalars(
        select(ConventionPart).where(
            col(ConventionPart.agreement_id) == agreement.id, col(ConventionPart.part) == Part.REPORTS
        )
    ).first()
    if reports is not None:
        reports.body = {**reports.body, "items": [_without(one, ask.goal_ref) for one in _items(reports)]}
    changed(work, agreement, "goal_dropped", {"goal": ask.goal_ref, "wording": wording})
    return agreement


def _items(part: ConventionPart) -> list[dict[str, Any]]:
    return list(part.body.get("items", ()))


def _without(item: dict[str, Any], goal_ref: str) -> dict[str, Any]:
    """An item of the reports that serves the objective no more."""
    return {**item, "serves": [one for one in item.get("serves", ()) if one != goal_ref]}


@dataclass(frozen=True)
class PlanOwed:
    """What the provider hands in, how often, and when for the first time."""

    agreement_ref: str
    kind: DeliverableKind
    frequency: Frequency
    first: date


def plan_owed(work: Work, ask: PlanOwed) -> int:
    """Lay down every date from the first one to the end of the term; returns how many were added.

    What is due after the end belongs to it still when it falls within a year (final accounts). Refuses
    DatesTaken; before: NotOpenForChange, NotAllowed, UnknownThing.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    known = owed_dates(work, agreement.id or 0, ask.kind)
    dates = [day for day in _dates(agreement, ask) if day not in known]
    if not dates:
        raise DatesTaken(field="first", kind=ask.kind)
    add_owed(work, agreement.id or 0, ask.kind, ask.frequency, dates)
    changed(work, agreement, "owed_planned", {"kind": ask.kind, "first": dates[0], "last": dates[-1]})
    return len(dates)


@dataclass(frozen=True)
class DropOwed:
    """Take a date at which something is handed in out of an open agreement."""

    agreement_ref: str
    deliverable_ref: str


def drop_owed(work: Work, ask: DropOwed) -> Agreement:
    """Take the date out; refuses NotOpenForChange, NotAllowed, UnknownThing."""
    agreement = open_for_change(work, ask.agreement_ref)
    found = owed_by_ref(work, agreement.id or 0, ask.deliverable_ref)
    told: dict[str, object] = {"kind": found.kind, "due": found.due_on}
    remove_owed(work, found)
    changed(work, agreement, "owed_dropped", told)
    return agreement


def _dates(agreement: Agreement, ask: PlanOwed) -> Iterator[date]:
    if ask.first < agreement.valid_from:
        return
    end = agreement.valid_to or months_later(max(agreement.valid_from, ask.first), _OPEN_ENDED_MONTHS)
    step = _STEP.get(ask.frequency)
    if step is None:
        if ask.first < months_later(end, 12):
            yield ask.first
        return
    last = months_later(end, 12) if step == _STEP[Frequency.YEARLY] else months_later(end, 1)
    count, day = 0, ask.first
    while day < last:
        yield day
        count += 1
        day = months_later(ask.first, step * count)


def agreement_of(work: Work, agreement_id: int) -> Agreement:
    """The agreement of a row that somebody named, when the actor may see it; refuses UnknownThing."""
    held = agreements_by_id(work, [agreement_id]).get(agreement_id)
    if held is None:
        raise UnknownThing(field="agreement_ref")
    return agreement_by_ref(work, held.ref)
