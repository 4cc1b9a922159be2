"""Words about a place go; its days, how it ended and what it cost stay, for figures and accounts."""

from collections.abc import Collection

from sqlmodel import col, func, select

from cii.placements.tables import IndividualObjective, Placement, PlacementEvent, PlacementShare
from cii.placements.tables_foreseen import InterruptionNotice
from cii.placements.vocabulary import PlacementState
from cii.store.erasing import GONE, Erased
from cii.store.work import Work

_BY_PLACE = (("placement_id", "placement.person_id"),)
STAY = ("exit_type", "contract_type", "contract_months", "released", "early", "situation")
"""Facts of an exit and of its check that figures count."""

LIVE = (
    PlacementState.REQUESTED, PlacementState.RESERVED, PlacementState.ACCEPTED, PlacementState.STARTED,
)  # fmt: skip
"""Placements that go on or may begin."""

ROWS = (
    Erased(IndividualObjective, _BY_PLACE, blank={"goal": GONE}),
    Erased(InterruptionNotice, _BY_PLACE, blank={"wording": GONE, "answer": GONE}),
    Erased(PlacementEvent, _BY_PLACE, keep={"facts": STAY}),
)


def live_places(work: Work, person_ids: Collection[int]) -> int:
    """How many places of these persons are asked for, promised or taken."""
    theirs = (col(Placement.person_id).in_(person_ids), col(Placement.state).in_(LIVE))
    return work.session.exec(select(func.count()).select_from(Placement).where(*theirs)).one()


def places_of(work: Work, person_ids: Collection[int]) -> dict[int, bool]:
    """Every place of these persons, and whether it has ended and somebody owes for it."""
    owed = select(col(PlacementShare.placement_id)).where(col(PlacementShare.committed) > 0)
    ended = (col(Placement.state) == PlacementState.ENDED) & col(Placement.id).in_(owed)
    rows = work.session.exec(select(Placement.id, ended).where(col(Placement.person_id).in_(person_ids)))
    return {id_: bool(owing) for id_, owing in rows if id_ is not None}
