"""The life of a stay as it is shown: its events in order, with the words that the reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Role, Section
from cii.placements.following import balances_of, checked_of
from cii.placements.queries import events_of
from cii.placements.tables import Placement, PlacementEvent
from cii.placements.vocabulary import PlacementEventKind
from cii.store.work import HOUSE, Work

K = PlacementEventKind
_WORDS: Mapping[PlacementEventKind, tuple[str, ...]] = {
    K.EXTENDED: ("until",),
    K.WARNED: ("reason",),
    K.HEARD: ("statement",),
    K.MODULE: ("name", "certificate"),
    K.BALANCED: ("objective", "outcome", "note"),
    K.BREACH: ("text", "late"),
    K.EXIT_REPORT: ("text",),
    K.CHECKED: ("situation", "note"),
}
"""What is shown of an event's facts; of the others, nothing: they are what a decision rested on."""
_NOT_THE_PROVIDERS = {K.WARNED, K.HEARD, K.CHECKED}
"""Events of which the provider sees the day, not the words."""


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Something that happened: from which day it counts, when it was recorded, by which unit, in words."""

    kind: PlacementEventKind
    effective_on: date
    recorded_at: datetime
    unit_id: int | None
    words: Mapping[str, object]


def life_of(work: Work, placement: Placement) -> list[LifeEvent]:
    """What happened, in the order of recording; the words go to the case's parties and to the provider."""
    provider = placement.provider_unit_id in {
        seat.unit_id for seat in work.actor.seats if seat.role == Role.PROVIDER
    }
    party = work.actor == HOUSE or Section.PLACEMENT in sections_on_case(work, placement.case_id)[0]
    return [_shown(one, provider=provider, party=party) for one in events_of(work, placement.id or 0)]


def _shown(one: PlacementEvent, *, provider: bool, party: bool) -> LifeEvent:
    told = one.kind not in _NOT_THE_PROVIDERS if provider else party
    words = {name: one.facts[name] for name in _WORDS.get(one.kind, ()) if told and name in one.facts}
    return LifeEvent(one.kind, one.effective_on, one.recorded_at, one.unit_id, words)


def balances_shown(work: Work, placement_id: int) -> dict[int, PlacementEvent]:
    """The last balance of each objective of a placement that the caller has seen."""
    return dict(balances_of(events_of(work, placement_id)))


def is_checked(work: Work, placement_id: int) -> bool:
    """Whether the check of the exit is answered."""
    return checked_of(events_of(work, placement_id)) is not None
