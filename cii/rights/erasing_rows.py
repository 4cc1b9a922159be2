"""Every row of the house that is erased with a person, room by room, in the order in which it goes."""

from cii.access import erasing as access
from cii.cases import erasing as cases
from cii.desk import erasing as desk
from cii.notices import erasing as notices
from cii.outcomes import erasing as outcomes
from cii.partners import erasing as partners
from cii.people import erasing as people
from cii.placements import erasing as placements
from cii.requests import erasing as requests
from cii.rounds import erasing as rounds
from cii.routing import erasing as routing
from cii.settlement import erasing as settlement
from cii.store.erasing import Erased
from cii.wages import erasing as wages
from cii.workflow import erasing as workflow

EVERY_ROW: tuple[Erased, ...] = (
    *notices.ROWS,
    *partners.ROWS,
    *desk.ROWS,
    *requests.ROWS,
    *rounds.ROWS,
    *routing.ROWS,
    *wages.ROWS,
    *settlement.ROWS,
    *outcomes.ROWS,
    *placements.ROWS,
    *cases.ROWS,
    *workflow.ROWS,
    *access.ROWS,
    *people.ROWS,
    *people.LAST,
)
"""Who points to others goes before them."""
