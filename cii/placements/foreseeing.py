"""Interruptions that a provider sees coming: told to who placed the person, answered with what was agreed.

The duty stands in the agreement (000, indication 15); a notice stays open on the stay's page until the
placing side has answered it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Role, Section
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing, refuse
from cii.notices.actions import tell
from cii.placements.hearing import words
from cii.placements.objectives import PlacementNotRunning
from cii.placements.queries import placement_by_ref, visible_to
from cii.placements.rules import ForeseenAlready, ForeseenAnswered, ForeseenInPast, OutsideThePlacement
from cii.placements.tables import Placement
from cii.placements.tables_foreseen import InterruptionNotice
from cii.placements.vocabulary import InterruptionReason, PlacementState
from cii.store.locks import one_at_a_time
from cii.store.work import HOUSE, Work

_AHEAD = (PlacementState.ACCEPTED, PlacementState.STARTED)
"""A stay that has been promised or goes on can be interrupted."""


@dataclass(frozen=True)
class ForeseeInterruption:
    """The provider sees a stay breaking off: why, on which day as it looks, in words."""

    placement_ref: str
    reason: InterruptionReason
    expected_on: date
    wording: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class AnswerForeseen:
    """What the placing side agreed with the provider on a notice."""

    placement_ref: str
    notice_ref: str
    answer: str = field(metadata={"max": 1000})


def foresee_interruption(work: Work, ask: ForeseeInterruption) -> InterruptionNotice:
    """Tell who placed the person that the stay may break off.

    Refuses, all at once: WordsMissing, OutsideThePlacement, ForeseenInPast; then ForeseenAlready; before:
    UnknownThing, NotAllowed (another than its provider), PlacementNotRunning.
    """
    placement = placement_by_ref(work, ask.placement_ref)
    if placement.provider_unit_id not in _provider_units(work):
        raise NotAllowed
    if placement.state not in _AHEAD:
        raise PlacementNotRunning(state=placement.state)
    day, faults = ask.expected_on, words(ask.wording, "wording")
    if not placement.starts_on <= day <= placement.ends_on:
        bounds = {"first": placement.starts_on, "last": placement.ends_on}
        faults.append(OutsideThePlacement(field="expected_on", day=day, **bounds))
    elif day < work.today:
        faults.append(ForeseenInPast(field="expected_on", day=day))
    refuse(faults)
    one_at_a_time(work.session, f"foreseen {placement.id}")
    held = next((one for one in interruptions(work, placement) if one.answered_at is None), None)
    if held is not None:
        raise ForeseenAlready(day=held.expected_on)
    made = InterruptionNotice(
        placement_id=placement.id or 0,
        reason=ask.reason,
        expected_on=day,
        wording=ask.wording.strip(),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    _tell(
        work,
        placement,
        "placement-interruption-foreseen",
        day,
        unit_id=None if placement.requested_by_account_id else placement.requested_by_unit_id,
        account_id=placement.requested_by_account_id,
    )
    _wrote(work, "placement.interruption_foreseen", placement, {"reason": ask.reason})
    return made


def answer_foreseen(work: Work, ask: AnswerForeseen) -> InterruptionNotice:
    """Answer a notice once, with what was agreed; the provider is told.

    Refuses: UnknownThing, NotAllowed (who does not write the places of the case), WordsMissing,
    ForeseenAnswered.
    """
    placement = placement_by_ref(work, ask.placement_ref)
    if not may_answer(work, placement):
        raise NotAllowed
    mine = (
        col(InterruptionNotice.ref) == ask.notice_ref,
        col(InterruptionNotice.placement_id) == placement.id,
    )
    row = work.session.scalars(select(InterruptionNotice).where(*mine).with_for_update()).first()
    if row is None:
        raise UnknownThing(field="notice_ref")
    refuse(words(ask.answer, "answer"))
    if row.answered_at is not None:
        raise ForeseenAnswered
    row.answer, row.answered_at, row.answered_by = ask.answer.strip(), work.now, work.actor.account_id
    work.session.add(row)
    work.session.flush()
    answered, provider = "placement-interruption-answered", placement.provider_unit_id
    _tell(work, placement, answered, row.expected_on, unit_id=provider)
    _wrote(work, "placement.interruption_answered", placement, {})
    return row


def interruptions(work: Work, placement: Placement) -> Sequence[InterruptionNotice]:
    """What was foreseen of a stay that the caller has read, the oldest first; for its two sides alone."""
    if placement.provider_unit_id not in _provider_units(work) and not _party(work, placement):
        return ()
    wanted = select(InterruptionNotice).where(col(InterruptionNotice.placement_id) == placement.id)
    return work.session.scalars(wanted.order_by(col(InterruptionNotice.id))).all()


def open_interruptions(work: Work, placement_ids: Collection[int]) -> dict[int, InterruptionNotice]:
    """The open notice of each of these stays, as far as the actor may see it."""
    rows = work.session.scalars(
        select(InterruptionNotice)
        .join(Placement, col(Placement.id) == col(InterruptionNotice.placement_id))
        .where(
            visible_to(work),
            col(Placement.id).in_(list(placement_ids)),
            col(InterruptionNotice.answered_at).is_(None),
        )
    )
    return {row.placement_id: row for row in rows}


def may_foresee(work: Work, placement: Placement) -> bool:
    """Whether the actor may tell of an interruption: its provider, while it goes on."""
    return placement.provider_unit_id in _provider_units(work) and placement.state in _AHEAD


def may_answer(work: Work, placement: Placement) -> bool:
    """Whether the actor stands for the side that placed the person."""
    if _provider_units(work):
        return False
    return work.actor == HOUSE or Section.PLACEMENT in sections_on_case(work, placement.case_id)[1]


def _provider_units(work: Work) -> set[int]:
    return {seat.unit_id for seat in work.actor.seats if seat.role == Role.PROVIDER}


def _party(work: Work, placement: Placement) -> bool:
    return work.actor == HOUSE or Section.PLACEMENT in sections_on_case(work, placement.case_id)[0]


def _tell(
    work: Work,
    placement: Placement,
    kind: str,
    day: date,
    *,
    unit_id: int | None = None,
    account_id: int | None = None,
) -> None:
    tell(
        work,
        unit_id=unit_id,
        account_id=account_id,
        kind=kind,
        subject="placement",
        subject_ref=placement.ref,
        person_id=placement.person_id,
        day=day,
    )


def _wrote(work: Work, act: str, placement: Placement, told: dict[str, object]) -> None:
    """The journal's entry carries no words about the person."""
    wrote(
        work,
        act,
        "placement",
        placement.id,
        ref=placement.ref,
        case_id=placement.case_id,
        person_id=placement.person_id,
        payload=told,
    )


__all__ = [
    "AnswerForeseen", "ForeseeInterruption", "answer_foreseen", "foresee_interruption", "interruptions",
    "may_answer", "may_foresee", "open_interruptions",
]  # fmt: skip
