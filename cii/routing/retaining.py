"""A detection that no case followed keeps its person for a short term."""

from sqlmodel import col

from cii.routing.tables import Detection
from cii.store.retaining import kept

KEPT = (kept("detection", col(Detection.person_id), col(Detection.at), col(Detection.case_id).is_(None)),)
