"""The life of a stay as it is shown: its events in order, with the words that the reader may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Role, Section
from cii.cases.attachments import kept_documents, kept_file
from cii.documents.store import FileRef
from cii.kernel.errors import UnknownThing
from cii.placements.following import balances_of, checked_of
from cii.placements.queries import events_of, placement_by_ref
from cii.placements.tables import Placement, PlacementEvent
from cii.placements.vocabulary import PlacementEventKind
from cii.store.work import HOUSE, Work

K = PlacementEventKind
_WORDS: Mapping[PlacementEventKind, tuple[str, ...]] = {
    K.EXTENDED: ("until",),
    K.WARNED: ("reason",),
    K.HEARD: ("statement",),
    K.MODULE: ("name", "certificate", "document"),
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


def certificate_file(
    work: Work, placement_ref: str, document_ref: str
) -> tuple[FileRef, str, Iterator[bytes]]:
    """The certificate of a module, for the case's parties and the provider of the stay, piece by piece.

    Refuses UnknownThing: a foreign stay, a document that is none of its certificates, one taken out.
    """
    placement = placement_by_ref(work, placement_ref)
    if not any(one.words.get("document") == document_ref for one in life_of(work, placement)):
        raise UnknownThing(field="document")
    work.saw("placement", [placement.id or 0], int(Section.PLACEMENT), "certificate")
    return kept_file(work, placement.case_id, document_ref)


def certificates_of(work: Work, placement: Placement, events: Sequence[LifeEvent]) -> set[str]:
    """Which certificates named in these events can still be handed out."""
    named = {str(one.words["document"]) for one in events if "document" in one.words}
    return kept_documents(work, placement.case_id, named)


def balances_shown(work: Work, placement_id: int) -> dict[int, PlacementEvent]:
    """The last balance of each objective of a placement that the caller has seen."""
    return dict(balances_of(events_of(work, placement_id)))


def is_checked(work: Work, placement_id: int) -> bool:
    """Whether the check of the exit is answered."""
    return checked_of(events_of(work, placement_id)) is not None
