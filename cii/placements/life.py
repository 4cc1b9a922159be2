"""The life of a placement after its reservation: the provider's answer, start, end, holds that run out.

Each act asks `queries.moves_for`, which also draws the buttons. What is freed (days, quota, money, sight) is
freed in the transaction of its cause.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.access.actions import close_grants, grant
from cii.access.vocabulary import Relation, Section
from cii.agreements.queries import price_of
from cii.journal.actions import wrote
from cii.kernel.clock import local_midnight
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.moves import move
from cii.kernel.period import ONE_DAY, Period, next_month
from cii.measures.queries import measures_by_id
from cii.notices.actions import tell
from cii.placements.actions import note_event
from cii.placements.days import give_back_days, hold_days, hold_person
from cii.placements.hearing import exclusion_faults
from cii.placements.ledger import months_due, release_rest
from cii.placements.queries import breaks_of, moves_for, placement_by_ref, shares_of
from cii.placements.queueing import release_others, wait_again
from cii.placements.rules import (
    MOVES,
    NotYet,
    OutsideThePlacement,
    RefusalNeedsReason,
    exit_faults,
)
from cii.placements.tables import Placement
from cii.placements.vocabulary import (
    ContractType,
    ExitType,
    PlacementEventKind,
    PlacementMove,
    PlacementState,
    RefusalReason,
)
from cii.store.work import Work

TOLD = {
    PlacementState.ACCEPTED: "placement-accepted",
    PlacementState.REFUSED: "placement-refused",
    PlacementState.EXPIRED: "placement-expired",
}
"""The notice (`notice.<kind>`) that the asking institution gets."""
FREEING = frozenset({PlacementMove.REFUSE, PlacementMove.CANCEL, PlacementMove.END})
"""Moves that free days and money."""


@dataclass(frozen=True)
class AnswerPlace:
    """The provider takes the person, or refuses with a reason."""

    placement_ref: str
    accept: bool
    reason: RefusalReason | None = None
    note: str = ""


def answer_place(work: Work, ask: AnswerPlace) -> Placement:
    """Record the provider's answer; a refusal frees place, quota and money at once and closes its sight.

    Refuses: UnknownThing, NotAllowed, IllegalMove, RefusalNeedsReason.
    """
    placement = _moved(work, ask.placement_ref, PlacementMove.ACCEPT if ask.accept else PlacementMove.REFUSE)
    if ask.accept:
        note_event(work, placement, PlacementEventKind.ACCEPTED, work.today, {"note": ask.note})
        release_others(work, placement)
    else:
        if ask.reason is None:
            raise RefusalNeedsReason(field="reason")
        placement.refusal_reason = ask.reason
        note_event(
            work,
            placement,
            PlacementEventKind.REFUSED,
            work.today,
            {"reason": ask.reason.value, "note": ask.note},
        )
        _give_up(work, placement)
        wait_again(work, placement, ask.reason)
    _tell_institution(work, placement)
    return _kept(work, placement, "placement.accept" if ask.accept else "placement.refuse")


@dataclass(frozen=True)
class CancelPlacement:
    """The institution calls off a placement that has not started."""

    placement_ref: str
    reason: str


def cancel_placement(work: Work, ask: CancelPlacement) -> Placement:
    """Call off; place, quota and money are free again. Refuses: UnknownThing, NotAllowed, IllegalMove."""
    placement = _moved(work, ask.placement_ref, PlacementMove.CANCEL)
    note_event(work, placement, PlacementEventKind.CANCELLED, work.today, {"reason": ask.reason})
    _give_up(work, placement)
    return _kept(work, placement, "placement.cancel")


@dataclass(frozen=True)
class StartPlacement:
    """The person has come on that day."""

    placement_ref: str
    started_on: date


def start_placement(work: Work, ask: StartPlacement) -> Placement:
    """Record the entry. Refuses: UnknownThing, NotAllowed, IllegalMove, OutsideThePlacement, NotYet."""
    placement = _moved(work, ask.placement_ref, PlacementMove.START)
    refuse(_day_faults(work, placement, ask.started_on, "started_on"))
    note_event(work, placement, PlacementEventKind.STARTED, ask.started_on, {})
    return _kept(work, placement, "placement.start")


@dataclass(frozen=True)
class EndPlacement:
    """The placement ends; `exited_on` is the last day. An exit into employment names its contract."""

    placement_ref: str
    exited_on: date
    exit_type: ExitType
    contract_type: ContractType | None = None
    contract_months: int | None = None
    note: str = ""


def end_placement(work: Work, ask: EndPlacement) -> Placement:
    """Record the exit; days and money after it are free again, by the agreement's own rule of interruption.

    An exit inside a month that is settled is recorded as well: the money of its days goes back with the
    month's correction statement.
    The provider keeps its sight for the parameter `placement_closing_months`, to complete attendance and
    statement. Refuses, all at once: OutsideThePlacement, NotYet, ExitWithoutContractType,
    ContractWithoutEmployment, ExclusionUnheard, WordsMissing (an exclusion without its reason); before:
    UnknownThing, NotAllowed, IllegalMove.
    """
    placement = _moved(work, ask.placement_ref, PlacementMove.END)
    refuse(
        [
            *_day_faults(work, placement, ask.exited_on, "exited_on"),
            *exit_faults(ask.exit_type, ask.contract_type, ask.contract_months),
            *exclusion_faults(work, placement, ask.exit_type, ask.exited_on, ask.note),
        ]
    )
    planned = Period.through(placement.starts_on, placement.planned_end)
    placement.exit_type, placement.exited_on, placement.ends_on = ask.exit_type, ask.exited_on, ask.exited_on
    placement.contract_type, placement.contract_months = ask.contract_type, ask.contract_months
    work.session.add(placement)
    work.session.flush()
    rest = Period(ask.exited_on + ONE_DAY, planned.end)
    released = None
    if len(rest):
        give_back_days(work, placement.measure_id, placement.line_id, rest)
        shares = shares_of(work, placement.id or 0)
        priced = price_of(
            work,
            agreement_id=shares[0].agreement_id,
            measure_id=placement.measure_id,
            line_id=shares[0].line_id,
            span=Period.through(placement.starts_on, ask.exited_on),
            weights=[share.weight for share in shares],
            breaks=breaks_of(work, [placement.id or 0]).get(placement.id or 0, ()),
            planned=planned,
            workload=placement.workload,
        )
        released = release_rest(work, placement, shares, months_due(priced, shares))
    note_event(
        work,
        placement,
        PlacementEventKind.ENDED,
        ask.exited_on,
        {
            "exit_type": ask.exit_type.value,
            "contract_type": ask.contract_type.value if ask.contract_type else None,
            "contract_months": ask.contract_months,
            "released": released.centimes if released else 0,
            "early": bool(len(rest)),
            "note": ask.note,
        },
    )
    _close_sight(work, placement)
    return _kept(work, placement, "placement.end")


def expire_holds(work: Work) -> list[Placement]:
    """Free every reservation whose time has run out; for the job, which may run as often as it likes.

    Returns the placements that expired now, by id.
    """
    late = work.session.scalars(
        select(Placement)
        .where(
            col(Placement.state) == PlacementState.RESERVED,
            col(Placement.reserved_until) <= work.now,
        )
        .order_by(col(Placement.id))
        .with_for_update()
    ).all()
    for placement in sorted(late, key=lambda one: (one.measure_id, one.starts_on)):
        _lock(work, placement)
    for placement in late:
        placement.state = move(MOVES, placement.state, PlacementMove.EXPIRE)
        note_event(work, placement, PlacementEventKind.EXPIRED, work.today, {})
        _give_up(work, placement)
        wait_again(work, placement, None)
        _tell_institution(work, placement)
        _kept(work, placement, "placement.expire")
    return list(late)


def _moved(work: Work, ref: str, event: PlacementMove) -> Placement:
    """The placement in its next state; the row is held until the transaction ends."""
    placement = placement_by_ref(work, ref)
    work.session.refresh(placement, with_for_update=True)
    following = move(MOVES, placement.state, event)
    if event not in moves_for(work, placement):
        raise NotAllowed
    hold_person(work, placement.person_id)
    if event in FREEING:
        _lock(work, placement)
    placement.state = following
    return placement


def _lock(work: Work, placement: Placement) -> None:
    """The measure's gate before its days and the money, as `assign` does."""
    hold_days(work, placement.measure_id)


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
        payload={"state": placement.state.value, "version": placement.version},
    )
    return placement


def _tell_institution(work: Work, placement: Placement) -> None:
    """Tell whoever asked for the place what became of it: accepted, refused or expired."""
    measure = measures_by_id(work, [placement.measure_id])[placement.measure_id]
    tell(
        work,
        unit_id=None if placement.requested_by_account_id else placement.requested_by_unit_id,
        account_id=placement.requested_by_account_id,
        kind=TOLD[placement.state],
        subject="placement",
        subject_ref=placement.ref,
        person_id=placement.person_id,
        measure=measure.name,
        first=placement.starts_on,
    )


def _day_faults(work: Work, placement: Placement, day: date, field: str) -> list[Refusal]:
    faults: list[Refusal] = []
    if not placement.starts_on <= day <= placement.planned_end:
        faults.append(
            OutsideThePlacement(field=field, day=day, first=placement.starts_on, last=placement.planned_end)
        )
    if day > work.today:
        faults.append(NotYet(field=field, day=day))
    return faults


def _give_up(work: Work, placement: Placement) -> None:
    """Free the whole stay: days, quota, money; and close the provider's sight."""
    stay = Period.through(placement.starts_on, placement.planned_end)
    give_back_days(work, placement.measure_id, placement.line_id, stay)
    release_rest(work, placement, shares_of(work, placement.id or 0), None)
    close_grants(work, cause=f"placement:{placement.ref}")


def _close_sight(work: Work, placement: Placement) -> None:
    """Close the provider's sight, but for the months in which it completes attendance and statement."""
    cause = f"placement:{placement.ref}"
    close_grants(work, cause=cause)
    if placement.provider_unit_id is None or placement.exited_on is None:
        return
    until = placement.exited_on
    for _ in range(work.parameter("placement_closing_months") + 1):
        until = next_month(until)
    if local_midnight(until) <= work.now:
        return
    grant(
        work,
        unit_id=placement.provider_unit_id,
        person_id=placement.person_id,
        reads=Section.IDENTITY | Section.PLACEMENT,
        writes=Section.PLACEMENT,
        basis="own_case",
        cause=cause,
        relation=Relation.PROVIDER,
        until=local_midnight(until),
    )
