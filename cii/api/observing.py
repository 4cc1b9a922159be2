"""The grid of observation: what a provider observes of a person in its measure, or under a contract."""

from collections.abc import Callable

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.cases.schemas import GRID_LINE
from cii.cases.shapes import GridLine
from cii.routing.observing import (
    ObserveCandidate,
    ObserveParticipant,
    observe_candidate,
    observe_participant,
    said_of,
    stay_in_measure,
    stay_under_contract,
)
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-observing", __name__, url_prefix=PREFIX)


@blueprint.get("/placements/<ref:ref>/observations")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, paged(GRID_LINE))
def of_participant(ref: str) -> Page[GridLine]:
    """What my unit has observed of a participant, item by item, the newest answer first."""
    return Page(said_of(g.work, stay_in_measure(g.work, ref)))


@blueprint.post("/placements/<ref:ref>/observations")
@needs(Permit.ANSWER_PLACEMENT)
@once
@blueprint.arguments(ObserveParticipant, given=("placement_ref",))
@blueprint.response(201, paged(GRID_LINE))
def participant_observed(ask: Callable[..., ObserveParticipant], ref: str) -> Page[GridLine]:
    """Write down what was observed of a participant, each answer with its day."""
    observe_participant(g.work, ask(placement_ref=ref))
    return Page(said_of(g.work, stay_in_measure(g.work, ref)))


@blueprint.get("/observations/<ref:ref>/grid")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, paged(GRID_LINE))
def of_candidate(ref: str) -> Page[GridLine]:
    """What my unit has observed of a candidate under a contract."""
    return Page(said_of(g.work, stay_under_contract(g.work, ref)))


@blueprint.post("/observations/<ref:ref>/grid")
@needs(Permit.ANSWER_PLACEMENT)
@once
@blueprint.arguments(ObserveCandidate, given=("contract_ref",))
@blueprint.response(201, paged(GRID_LINE))
def candidate_observed(ask: Callable[..., ObserveCandidate], ref: str) -> Page[GridLine]:
    """Write down what was observed of a candidate, each answer with its day."""
    observe_candidate(g.work, ask(contract_ref=ref))
    return Page(said_of(g.work, stay_under_contract(g.work, ref)))
