"""Whose persons are in a measure on a day; for what the house tells by itself, never by person."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import col

from cii.institutions.queries import line_facts, unit_seats
from cii.placements.tables import Placement, PlacementShare
from cii.placements.vocabulary import FINANCED
from cii.store.work import Work


def present_on(work: Work, day: date, measure_ids: Collection[int]) -> Sequence[Row[Any]]:
    """Rows: measure_id, person_id, asking and paying (ids of institutions), one per share of a place.

    No visibility: the caller tells of institutions, not of persons.
    """
    columns: list[Any] = [
        col(Placement.measure_id), col(Placement.person_id),
        unit_seats.c.institution_id.label("asking"), line_facts.c.institution_id.label("paying"),
    ]  # fmt: skip
    return work.session.execute(
        select(*columns)
        .join(PlacementShare, col(PlacementShare.placement_id) == col(Placement.id))
        .join(unit_seats, unit_seats.c.unit_id == col(Placement.requested_by_unit_id))
        .join(line_facts, line_facts.c.line_id == col(PlacementShare.line_id))
        .where(
            col(Placement.measure_id).in_(list(measure_ids)),
            col(Placement.state).in_(FINANCED),
            col(Placement.starts_on) <= day,
            col(Placement.ends_on) >= day,
        )
        .distinct()
    ).all()
