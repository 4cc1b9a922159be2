"""Warned, then heard, then excluded: by the institution that placed the person, no step left out.

Each step is an event that stays. An exclusion is an exit of its own kind; whoever records it by another way
is held to the same steps. Source: product.md P6; right to be heard, Cst. 29 al. 2.
"""

from dataclasses import dataclass, field
from datetime import date

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Role, Section
from cii.institutions.queries import institution_of
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.notices.actions import tell
from cii.placements.actions import note_event
from cii.placements.queries import events_of, placement_by_ref
from cii.placements.rules import (
    ExclusionUnheard,
    NotWarned,
    NotYet,
    OutsideThePlacement,
    StayNotRunning,
    WordsMissing,
)
from cii.placements.tables import Placement, PlacementEvent
from cii.placements.vocabulary import ExitType, PlacementEventKind, PlacementState
from cii.store.work import HOUSE, Work

_PLACING = {Role.CASE_MANAGER, Role.SUPERVISOR}


@dataclass(frozen=True)
class WarnPerson:
    """The person was warned on a day, and why."""

    placement_ref: str
    warned_on: date
    reason: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class HearPerson:
    """The person was heard on a day, and what they said; or that they did not come though asked."""

    placement_ref: str
    heard_on: date
    statement: str = field(metadata={"max": 2000})


def warn_person(work: Work, ask: WarnPerson) -> Placement:
    """Record a warning; the provider is told that there is one.

    Refuses, all at once: OutsideThePlacement, NotYet, WordsMissing; before: UnknownThing, NotAllowed,
    StayNotRunning.
    """
    placement = _running(work, ask.placement_ref)
    refuse([*_day_faults(work, placement, ask.warned_on, "warned_on"), *words(ask.reason, "reason")])
    note_event(work, placement, PlacementEventKind.WARNED, ask.warned_on, {"reason": ask.reason.strip()})
    if placement.provider_unit_id is not None:
        tell(
            work,
            unit_id=placement.provider_unit_id,
            kind="placement-warned",
            subject="placement",
            subject_ref=placement.ref,
            person_id=placement.person_id,
            day=ask.warned_on,
        )
    return _kept(work, placement, "placement.warn")


def hear_person(work: Work, ask: HearPerson) -> Placement:
    """Record what the person said to a warning.

    Refuses, all at once: OutsideThePlacement, NotYet, NotWarned, WordsMissing; before: UnknownThing,
    NotAllowed, StayNotRunning.
    """
    placement = _running(work, ask.placement_ref)
    warned = _last(work, placement, PlacementEventKind.WARNED)
    refuse(
        [
            *_day_faults(work, placement, ask.heard_on, "heard_on"),
            *([NotWarned(field="heard_on")] if warned is None or ask.heard_on < warned.effective_on else []),
            *words(ask.statement, "statement"),
        ]
    )
    note_event(work, placement, PlacementEventKind.HEARD, ask.heard_on, {"statement": ask.statement.strip()})
    return _kept(work, placement, "placement.hear")


def exclusion_faults(
    work: Work, placement: Placement, exit_type: ExitType, on: date, reason: str
) -> list[Refusal]:
    """What stands against an exclusion on a day: ExclusionUnheard, WordsMissing; nothing for other exits.

    The hearing must follow the last warning. Refuses at once NotAllowed to all but the placing institution.
    """
    if exit_type is not ExitType.EXCLUDED:
        return []
    with work.session.no_autoflush:  # the exit is not written before it is judged
        if not may_exclude(work, placement):
            raise NotAllowed
        warned = _last(work, placement, PlacementEventKind.WARNED)
        heard = _last(work, placement, PlacementEventKind.HEARD)
    in_order = (
        warned is not None
        and heard is not None
        and (heard.id or 0) > (warned.id or 0)
        and warned.effective_on <= heard.effective_on <= on
    )
    return [*([] if in_order else [ExclusionUnheard(field="exit_type")]), *words(reason, "note")]


def may_exclude(work: Work, placement: Placement) -> bool:
    """Whether the actor places for the institution that asked for the place, and may write on the case."""
    if work.actor == HOUSE:
        return True
    owner = institution_of(work, placement.requested_by_unit_id).id
    mine = {seat.institution_id for seat in work.actor.seats if seat.role in _PLACING}
    return owner in mine and Section.PLACEMENT in sections_on_case(work, placement.case_id)[1]


def words(said: str, named: str) -> list[Refusal]:
    """WordsMissing where nothing is said."""
    return [] if said.strip() else [WordsMissing(field=named)]


def _running(work: Work, ref: str) -> Placement:
    placement = placement_by_ref(work, ref)
    work.session.refresh(placement, with_for_update=True)
    if not may_exclude(work, placement):
        raise NotAllowed
    if placement.state is not PlacementState.STARTED:
        raise StayNotRunning(state=placement.state)
    return placement


def _day_faults(work: Work, placement: Placement, day: date, named: str) -> list[Refusal]:
    bounds = {"first": placement.starts_on, "last": placement.ends_on}
    outside = not placement.starts_on <= day <= placement.ends_on
    return [
        *([OutsideThePlacement(field=named, day=day, **bounds)] if outside else []),
        *([NotYet(field=named, day=day)] if day > work.today else []),
    ]


def _last(work: Work, placement: Placement, kind: PlacementEventKind) -> PlacementEvent | None:
    return next((one for one in reversed(events_of(work, placement.id or 0)) if one.kind is kind), None)


def _kept(work: Work, placement: Placement, act: str) -> Placement:
    placement.version += 1
    work.session.add(placement)
    work.session.flush()
    wrote(
        work,
        act,
        "placement",
        placement.id,
        ref=placement.ref,
        case_id=placement.case_id,
        person_id=placement.person_id,
        payload={"version": placement.version},
    )
    return placement
