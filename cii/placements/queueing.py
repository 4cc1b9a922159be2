"""The waiting list in motion: paused and resumed, what a refused place does to the rank, who is released."""

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.queries import cases_by_id
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.measures.queries import measures_by_id
from cii.placements.rules import NotWaiting, lot
from cii.placements.tables import Placement, WaitingEntry
from cii.placements.vocabulary import RankEffect, RefusalReason, WaitingState
from cii.placements.waiting import entry_by_ref
from cii.store.work import Work

_EFFECTS = (RankEffect.LEAVES, RankEffect.LOST, RankEffect.KEPT)
"""By the number of the dated parameter `waiting_after_<reason>`."""


def pause_waiting(work: Work, ref: str) -> WaitingEntry:
    """Pass the entry over from today on, its rank kept: nobody is offered a place meanwhile.

    Refuses UnknownThing, NotAllowed, NotWaiting. An entry that is paused stays as it is.
    """
    entry = _mine(work, ref)
    if entry.paused_on is None:
        entry.paused_on = work.today
        entry.paused_by_unit_id = next(iter(work.actor.units), entry.requested_by_unit_id)
        _kept(work, entry, "waiting.pause")
    return entry


def resume_waiting(work: Work, ref: str) -> WaitingEntry:
    """Back into the order, at the rank it had; refuses UnknownThing, NotAllowed, NotWaiting."""
    entry = _mine(work, ref)
    if entry.paused_on is not None:
        entry.paused_on = entry.paused_by_unit_id = None
        _kept(work, entry, "waiting.resume")
    return entry


def effect_of(work: Work, reason: RefusalReason | None) -> RankEffect:
    """What a refused place does to the rank, by today's parameter; kept where no answer came."""
    if reason is None:
        return RankEffect.KEPT
    return _EFFECTS[work.parameter(f"waiting_after_{reason.value}")]


def wait_again(work: Work, placement: Placement, reason: RefusalReason | None) -> None:
    """Open the entry again that this place had closed, with the rank that the reason leaves it."""
    entry = work.session.scalars(
        select(WaitingEntry).where(
            col(WaitingEntry.placement_id) == placement.id, col(WaitingEntry.state) == WaitingState.PLACED
        )
    ).first()
    if entry is None:
        return
    effect = effect_of(work, reason)
    entry.declined_on, entry.declined_reason, entry.rank_effect = work.today, reason, effect
    entry.placement_id = None
    if effect is RankEffect.LEAVES:
        entry.state = WaitingState.WITHDRAWN
    else:
        entry.state, entry.closed_at = WaitingState.WAITING, None
    if effect is RankEffect.LOST:
        measure = measures_by_id(work, [entry.measure_id])[entry.measure_id]
        case = cases_by_id(work, [entry.case_id])[entry.case_id]
        entry.waiting_since, entry.lot = work.today, lot(measure.code, case.ref, work.today)
    _kept(work, entry, "waiting.again")


def release_others(work: Work, placement: Placement) -> None:
    """Close the person's other entries for the days of a place that was accepted: one place is enough."""
    for entry in work.session.scalars(
        select(WaitingEntry)
        .where(
            col(WaitingEntry.person_id) == placement.person_id,
            col(WaitingEntry.state) == WaitingState.WAITING,
            col(WaitingEntry.starts_on) <= placement.ends_on,
            col(WaitingEntry.ends_on) >= placement.starts_on,
        )
        .order_by(col(WaitingEntry.id))
    ):
        entry.state, entry.closed_at, entry.placement_id = WaitingState.RELEASED, work.now, placement.id
        entry.paused_on = entry.paused_by_unit_id = None
        _kept(work, entry, "waiting.release")


def _mine(work: Work, ref: str) -> WaitingEntry:
    entry = entry_by_ref(work, ref)
    if Section.PLACEMENT not in sections_on_case(work, entry.case_id)[1]:
        raise NotAllowed
    if entry.state is not WaitingState.WAITING:
        raise NotWaiting(state=entry.state)
    return entry


def _kept(work: Work, entry: WaitingEntry, act: str) -> None:
    work.session.add(entry)
    work.session.flush()
    wrote(
        work,
        act,
        "waiting_entry",
        entry.id,
        ref=entry.ref,
        case_id=entry.case_id,
        person_id=entry.person_id,
        payload={
            "state": entry.state.value,
            "since": entry.waiting_since.isoformat(),
            "effect": entry.rank_effect.value if entry.rank_effect else None,
        },
    )
