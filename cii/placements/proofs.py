"""Named selectables by which the nightly reconciliation compares placements with what others say."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, select, type_coerce
from sqlmodel import col

from cii.placements.tables import MeasureDay, Placement, PlacementShare, QuotaDay
from cii.placements.vocabulary import FINANCED, PlacementState


def bound() -> Select[Any]:
    """What the shares of all placements bind: line_id, agreement_id, amount (centimes)."""
    shown: list[Any] = [
        col(PlacementShare.line_id).label("line_id"),
        col(PlacementShare.agreement_id).label("agreement_id"),
        type_coerce(col(PlacementShare.committed), BigInteger).label("amount"),
    ]
    return select(*shown)


def committed() -> Select[Any]:
    """What each placement binds as it stands now: placement_id, ref, agreement_id (the first), amount."""
    amount = func.sum(type_coerce(col(PlacementShare.committed), BigInteger))
    shown: list[Any] = [col(Placement.id).label("placement_id"), col(Placement.ref).label("ref")]
    first = func.min(col(PlacementShare.agreement_id)).label("agreement_id")
    return (
        select(*shown, first, amount.label("amount"))
        .join(PlacementShare, col(PlacementShare.placement_id) == col(Placement.id))
        .group_by(col(Placement.id), col(Placement.ref))
    )


def share_owners() -> Select[Any]:
    """Whose share it is: share_id, placement_id."""
    shown: list[Any] = [
        col(PlacementShare.id).label("share_id"), col(PlacementShare.placement_id).label("placement_id")
    ]  # fmt: skip
    return select(*shown)


def ended_shares(until: date) -> Select[Any]:
    """Payers of placements that ended on or before that day.

    Columns: placement_id, ref, line_id, agreement_id, ends_on, committed (centimes).
    """
    shown: list[Any] = [
        col(Placement.id).label("placement_id"),
        col(Placement.ref).label("ref"),
        col(PlacementShare.line_id).label("line_id"),
        col(PlacementShare.agreement_id).label("agreement_id"),
        col(Placement.ends_on).label("ends_on"),
        type_coerce(col(PlacementShare.committed), BigInteger).label("committed"),
    ]
    return (
        select(*shown)
        .join(PlacementShare, col(PlacementShare.placement_id) == col(Placement.id))
        .where(col(Placement.state) == PlacementState.ENDED, col(Placement.ends_on) <= until)
    )


def places_off(first: date, last: date) -> Select[Any]:
    """Days on which the places taken are not the placements: measure_id, day, taken, held; days inside."""
    return _off(MeasureDay, col(Placement.measure_id) == col(MeasureDay.measure_id), first, last)


def quotas_off(first: date, last: date) -> Select[Any]:
    """Days on which a line's places taken are not its placements: measure_id, line_id, day, taken, held."""
    same = and_(
        col(Placement.measure_id) == col(QuotaDay.measure_id), col(Placement.line_id) == col(QuotaDay.line_id)
    )
    return _off(QuotaDay, same, first, last)


def _off(
    table: type[MeasureDay] | type[QuotaDay], same: ColumnElement[bool], first: date, last: date
) -> Select[Any]:
    keys: list[Any] = [col(table.measure_id)]
    if table is QuotaDay:
        keys.append(col(QuotaDay.line_id))
    keys += [col(table.day), col(table.taken)]
    held = func.count(col(Placement.id))
    there = and_(
        same,
        col(Placement.state).in_(FINANCED),
        col(table.day).between(col(Placement.starts_on), col(Placement.ends_on)),
    )
    return (
        select(*keys, held.label("held"))
        .outerjoin(Placement, there)
        .where(col(table.day).between(first, last))
        .group_by(*keys)
        .having(col(table.taken) != held)
        .order_by(*keys)
    )
