"""What happened to places, for whoever asks what is new in cases."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import literal, select
from sqlmodel import col

from cii.access.queries import case_visible
from cii.access.vocabulary import Section
from cii.placements.tables import Placement, PlacementEvent
from cii.store.work import Work


def changes(work: Work, case_ids: Collection[int]) -> list[Any]:
    """The events of the cases' places, where these are open: case_id, kind, unit_id, account_id, at."""
    return [
        select(
            col(Placement.case_id).label("case_id"),
            literal("placement").label("kind"),
            col(PlacementEvent.unit_id).label("unit_id"),
            col(PlacementEvent.account_id).label("account_id"),
            col(PlacementEvent.recorded_at).label("at"),
        )
        .join(PlacementEvent, col(PlacementEvent.placement_id) == col(Placement.id))
        .where(
            col(Placement.case_id).in_(case_ids),
            case_visible(col(Placement.case_id), work.actor, work.now, Section.PLACEMENT),
        )
    ]
