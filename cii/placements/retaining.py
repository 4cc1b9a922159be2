"""A place that was paid for keeps its person as long as the books need their evidence."""

from sqlmodel import col

from cii.placements.tables import Placement
from cii.placements.vocabulary import FINANCED
from cii.store.retaining import kept

KEPT = (
    kept("placement", col(Placement.person_id), col(Placement.ends_on), col(Placement.state).in_(FINANCED)),
)
