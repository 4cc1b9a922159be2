"""Placements and waits of a person follow it; refused where both would have a place on the same day."""

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cii.kernel.errors import Refusal
from cii.placements.tables import Placement, WaitingEntry
from cii.placements.vocabulary import FINANCED
from cii.store.moving import Followed
from cii.store.work import Work

ROWS = (Followed(Placement, ("version",)), Followed(WaitingEntry, ("state",)))


class PlacesOverlap(Refusal):
    """Both have a place on the same days, from `first` to `last`."""

    code, kind = "merge-places-overlap", "conflict"


def clashes(work: Work, old_id: int, new_id: int) -> list[Refusal]:
    """Why these two cannot become one here: each pair of places on the same days."""
    one, other = aliased(Placement), aliased(Placement)
    rows = work.session.exec(
        select(col(one.starts_on), col(one.ends_on), col(other.starts_on), col(other.ends_on))
        .join(
            other,
            (col(other.starts_on) <= col(one.ends_on)) & (col(one.starts_on) <= col(other.ends_on)),
        )
        .where(
            col(one.person_id) == old_id,
            col(other.person_id) == new_id,
            col(one.state).in_(FINANCED),
            col(other.state).in_(FINANCED),
        )
        .order_by(col(one.starts_on), col(other.starts_on))
    )
    return [
        PlacesOverlap(field="new_ref", first=max(begins, begun), last=min(ends, ended))
        for begins, ends, begun, ended in rows
    ]
