"""Reads of the placements: what the actor may see and do, shares for settlement and figures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import col

from cii.access.queries import case_visible, person_visible
from cii.access.vocabulary import Role, Section
from cii.institutions.queries import line_facts
from cii.kernel.clock import local_midnight
from cii.kernel.errors import UnknownThing
from cii.kernel.moves import open_moves
from cii.kernel.period import Period
from cii.measures.queries import measure_words
from cii.measures.vocabulary import MeasureKind
from cii.placements.rules import MOVES, PROVIDER_MOVES
from cii.placements.tables import Placement, PlacementBreak, PlacementEvent, PlacementShare
from cii.placements.vocabulary import FINANCED, PlacementMove, PlacementState
from cii.store.work import HOUSE, Actor, Work


def visible_to(work: Work) -> ColumnElement[bool]:
    """The placements that the actor may see, as a condition on `placement`.

    Parties of the case whose grant opens the section PLACEMENT; the provider its own participants, while its
    grant lives; finance the placements that a line of its own institution pays (product.md §10).
    """
    actor, now = work.actor, work.now
    seen = [case_visible(col(Placement.case_id), actor, now, Section.PLACEMENT)]
    if units := _units(actor, Role.PROVIDER):
        mine = col(Placement.provider_unit_id).in_(units)
        seen.append(and_(mine, person_visible(col(Placement.person_id), actor, now, Section.PLACEMENT)))
    if paying := {seat.institution_id for seat in actor.seats if seat.role == Role.FINANCE}:
        share = (
            select(col(PlacementShare.id))
            .join(line_facts, line_facts.c.line_id == col(PlacementShare.line_id))
            .where(
                col(PlacementShare.placement_id) == col(Placement.id),
                line_facts.c.institution_id.in_(paying),
            )
        )
        seen.append(share.exists())
    return or_(*seen)


def visible_ids(work: Work) -> Select[*tuple[int]]:
    """Ids of the placements that the actor may see; a named selectable for the rooms above."""
    return select(Placement.id).where(visible_to(work))  # type: ignore[call-overload,no-any-return]


def seen_among(work: Work, refs: Collection[str]) -> dict[str, int]:
    """The placements of these refs that the actor may see, with their ids."""
    rows = work.session.execute(select(col(Placement.ref), col(Placement.id)).where(visible_to(work)))
    return {ref: id_ for ref, id_ in rows if ref in refs}


def visible_refs(work: Work) -> Select[*tuple[str]]:
    """Refs of the placements that the actor may see; a named selectable for the rooms above."""
    return select(Placement.ref).where(visible_to(work))  # type: ignore[call-overload,no-any-return]


def _units(actor: Actor, role: Role) -> tuple[int, ...]:
    return tuple(seat.unit_id for seat in actor.seats if seat.role == role)


def placement_by_ref(work: Work, ref: str) -> Placement:
    """The placement, if the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(select(Placement).where(col(Placement.ref) == ref, visible_to(work))).first()
    if found is None:
        raise UnknownThing(field="placement_ref")
    _saw(work, [found.person_id])
    return found


def _saw(work: Work, person_ids: Sequence[int]) -> None:
    work.saw("person", person_ids, int(Section.PLACEMENT))


def moves_for(work: Work, placement: "Placement | PlacementRow") -> tuple[PlacementMove, ...]:
    """The moves open to the actor now: the provider answers, both it and the institution do the rest.

    Guards the actions, draws the buttons. `reserve` and `expire` are the house's own. A measure without a
    provider is answered by the institution itself.
    """
    known = open_moves(MOVES, placement.state)
    if work.actor == HOUSE:
        return known
    provider = placement.provider_unit_id in _units(work.actor, Role.PROVIDER)
    placing = any(seat.role in {Role.CASE_MANAGER, Role.SUPERVISOR} for seat in work.actor.seats)
    mine: set[PlacementMove] = set()
    if provider or (placing and placement.provider_unit_id is None):
        mine |= PROVIDER_MOVES
    if provider or placing:
        mine |= {PlacementMove.START, PlacementMove.END}
    if placing:
        mine.add(PlacementMove.CANCEL)
    return tuple(one for one in known if one in mine)


_list: Any = (
    select(
        col(Placement.id),
        col(Placement.ref),
        col(Placement.case_id),
        col(Placement.person_id),
        col(Placement.measure_id),
        col(Placement.kind),
        col(Placement.line_id),
        col(Placement.provider_unit_id),
        col(Placement.requested_by_unit_id),
        col(Placement.starts_on),
        col(Placement.ends_on),
        col(Placement.planned_end),
        col(Placement.state),
        col(Placement.reserved_until),
        col(Placement.refusal_reason),
        col(Placement.exit_type),
        col(Placement.version),
        col(Placement.workload),
        *measure_words.c["measure_ref", "measure_code", "measure_name"],
        line_facts.c.code.label("line_code"),
    )
    .join_from(Placement, measure_words, measure_words.c.measure_id == col(Placement.measure_id))
    .join(line_facts, line_facts.c.line_id == col(Placement.line_id))
)


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """A placement as a list shows it; days are inside on both ends."""

    id: int
    ref: str
    case_id: int
    person_id: int
    measure_ref: str
    measure_code: str
    measure_name: str
    line_code: str
    kind: MeasureKind
    provider_unit_id: int | None
    requested_by_unit_id: int
    starts_on: date
    ends_on: date
    planned_end: date
    state: PlacementState
    reserved_until: object
    refusal_reason: str | None
    exit_type: str | None
    version: int
    workload: int | None


def placements_of(work: Work, case_id: int) -> list[PlacementRow]:
    """The placements of a case that the actor may see, the latest start first."""
    return _rows(
        work,
        _list.where(col(Placement.case_id) == case_id, visible_to(work)).order_by(
            col(Placement.starts_on).desc(), col(Placement.id).desc()
        ),
    )


def placements_list(
    work: Work,
    *,
    states: Sequence[PlacementState] = (),
    measure_id: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[PlacementRow]:
    """The placements that the actor may see, as they were recorded; `after` is the last id shown."""
    query = _list.where(visible_to(work), col(Placement.id) > after)
    if states:
        query = query.where(col(Placement.state).in_(states))
    if measure_id is not None:
        query = query.where(col(Placement.measure_id) == measure_id)
    return _rows(work, query.order_by(col(Placement.id)).limit(limit))


def rows_where(
    work: Work, *conditions: ColumnElement[bool], order: Sequence[Any], limit: int
) -> list[PlacementRow]:
    """The placements that the actor may see and that fulfil the conditions, in that order."""
    return _rows(work, _list.where(visible_to(work), *conditions).order_by(*order).limit(limit))


def participants(work: Work, period: Period) -> list[PlacementRow]:
    """The participants of the actor's provider units in a period: reserved, accepted, started or ended."""
    units = _units(work.actor, Role.PROVIDER)
    return _rows(
        work,
        _list.where(
            col(Placement.provider_unit_id).in_(units),
            visible_to(work),
            col(Placement.state).in_(FINANCED),
            col(Placement.starts_on) < period.end,
            col(Placement.ends_on) >= period.start,
        ).order_by(col(Placement.starts_on), col(Placement.id)),
    )


def _rows(work: Work, query: Select[*tuple[object, ...]]) -> list[PlacementRow]:
    found = work.session.execute(query).all()
    _saw(work, [row.person_id for row in found])
    return [
        PlacementRow(
            row.id,
            row.ref,
            row.case_id,
            row.person_id,
            row.measure_ref,
            row.measure_code,
            row.measure_name,
            row.line_code,
            row.kind,
            row.provider_unit_id,
            row.requested_by_unit_id,
            row.starts_on,
            row.ends_on,
            row.planned_end,
            row.state,
            row.reserved_until,
            row.refusal_reason,
            row.exit_type,
            row.version,
            row.workload,
        )
        for row in found
    ]


def shares_of(work: Work, placement_id: int) -> list[PlacementShare]:
    """The payers of a placement, the requesting line first: the order in which a price is apportioned."""
    return shares_of_each(work, [placement_id])[placement_id]


def shares_of_each(work: Work, ids: Collection[int]) -> dict[int, list[PlacementShare]]:
    """The payers of each placement, in one statement."""
    found: dict[int, list[PlacementShare]] = {one: [] for one in ids}
    for row in work.session.scalars(
        select(PlacementShare)
        .where(col(PlacementShare.placement_id).in_(ids))
        .order_by(col(PlacementShare.id))
    ):
        found[row.placement_id].append(row)
    return found


def events_of(work: Work, placement_id: int) -> list[PlacementEvent]:
    """What happened to a placement, in the order of recording; the caller has checked that it may be seen."""
    return list(
        work.session.scalars(
            select(PlacementEvent)
            .where(col(PlacementEvent.placement_id) == placement_id)
            .order_by(col(PlacementEvent.id))
        )
    )


def shares_in(period: Period) -> Select[*tuple[object, ...]]:
    """Every share of a placement that is or was financed on a day of the period; for settlement and figures.

    Columns: placement_id, placement_ref, case_id, person_id, measure_id, kind, state, provider_unit_id,
    requesting_line_id, starts_on, ends_on, planned_end (days inside), workload, exit_type, contract_type,
    contract_months, share_id, line_id, agreement_id, weight, committed. Order the shares of a placement by
    share_id: it is the order of the key. No visibility: the caller starts its own read.
    """
    return (
        select(
            col(Placement.id).label("placement_id"),
            col(Placement.ref).label("placement_ref"),
            col(Placement.case_id).label("case_id"),
            col(Placement.person_id).label("person_id"),
            col(Placement.measure_id).label("measure_id"),
            col(Placement.kind).label("kind"),
            col(Placement.state).label("state"),
            col(Placement.provider_unit_id).label("provider_unit_id"),
            col(Placement.line_id).label("requesting_line_id"),
            col(Placement.starts_on).label("starts_on"),
            col(Placement.ends_on).label("ends_on"),
            col(Placement.planned_end).label("planned_end"),
            col(Placement.workload).label("workload"),
            col(Placement.exit_type).label("exit_type"),
            col(Placement.contract_type).label("contract_type"),
            col(Placement.contract_months).label("contract_months"),
            col(PlacementShare.id).label("share_id"),
            col(PlacementShare.line_id).label("line_id"),
            col(PlacementShare.agreement_id).label("agreement_id"),
            col(PlacementShare.weight).label("weight"),
            col(PlacementShare.committed).label("committed"),
        )
        .join(PlacementShare, col(PlacementShare.placement_id) == col(Placement.id))
        .where(
            col(Placement.state).in_(FINANCED),
            col(Placement.starts_on) < period.end,
            col(Placement.ends_on) >= period.start,
        )
    )


def placements_under(work: Work, agreement_id: int) -> tuple[int, int]:
    """How many placements under an agreement run, and how many are accepted and to begin.

    Numbers alone; no visibility: the caller started its read at the agreement.
    """
    placed = (PlacementState.STARTED, PlacementState.ACCEPTED)
    rows = work.session.execute(
        select(col(Placement.state), func.count(func.distinct(col(Placement.id))))
        .join(PlacementShare, col(PlacementShare.placement_id) == col(Placement.id))
        .where(
            col(PlacementShare.agreement_id) == agreement_id,
            col(Placement.state).in_(placed),
            col(Placement.ends_on) >= work.today,
        )
        .group_by(col(Placement.state))
    )
    counted = {row[0]: int(row[1]) for row in rows}
    return counted.get(placed[0], 0), counted.get(placed[1], 0)


def placements_beyond(work: Work, agreement_id: int, last: date) -> int:
    """How many placements under an agreement, accepted or running, reach beyond that day; as above."""
    return work.session.scalars(
        select(func.count(func.distinct(col(Placement.id))))
        .join(PlacementShare, col(PlacementShare.placement_id) == col(Placement.id))
        .where(
            col(PlacementShare.agreement_id) == agreement_id,
            col(Placement.state).in_((PlacementState.STARTED, PlacementState.ACCEPTED)),
            col(Placement.ends_on) > last,
        )
    ).one()


def asked_by_units(work: Work, placement_ids: Collection[int]) -> dict[int, int]:
    """The unit that asked for each of these places; no visibility, for what the house tells by itself."""
    rows = work.session.execute(
        select(col(Placement.id), col(Placement.requested_by_unit_id)).where(
            col(Placement.id).in_(list(placement_ids))
        )
    )
    return {row[0]: row[1] for row in rows}


def changes_recorded(since: date) -> Select[*tuple[object, ...]]:
    """What was recorded of placements since that day: placement_id, effective_on, recorded_at.

    Starts, exits and what else happened to a place, its breaks and those taken back; for settlement. No
    visibility.
    """
    at = local_midnight(since)
    events: Any = select(
        col(PlacementEvent.placement_id).label("placement_id"),
        col(PlacementEvent.effective_on).label("effective_on"),
        col(PlacementEvent.recorded_at).label("recorded_at"),
    ).where(col(PlacementEvent.recorded_at) >= at)
    breaks = [
        select(col(PlacementBreak.placement_id), col(PlacementBreak.starts_on), when).where(when >= at)
        for when in (col(PlacementBreak.recorded_at), col(PlacementBreak.withdrawn_at))
    ]
    told = events.union_all(*breaks).subquery("changes")
    return select(told.c.placement_id, told.c.effective_on, told.c.recorded_at)


def breaks_of(work: Work, placement_ids: Collection[int]) -> dict[int, tuple[Period, ...]]:
    """The days on which these placements are interrupted, by placement; no visibility.

    A break that was taken back is none.
    """
    if not placement_ids:
        return {}
    rows = work.session.scalars(
        select(PlacementBreak)
        .where(
            col(PlacementBreak.placement_id).in_(list(placement_ids)),
            col(PlacementBreak.withdrawn_at).is_(None),
        )
        .order_by(col(PlacementBreak.starts_on))
    )
    found: dict[int, tuple[Period, ...]] = {}
    for row in rows:
        held = found.get(row.placement_id, ())
        found[row.placement_id] = (*held, Period.through(row.starts_on, row.ends_on))
    return found
