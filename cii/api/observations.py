"""Observation contracts in a social enterprise: draft, three signatures, extension, report, early end."""

from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.institutions.schemas import UNIT
from cii.people.schemas import PERSON
from cii.routing.observation import (
    DraftContract,
    EndContract,
    EvaluateContract,
    ExtendContract,
    SignContract,
    draft_contract,
    end_contract,
    evaluate_contract,
    extend_contract,
    sign_contract,
)
from cii.routing.queries_observation import (
    ObservationLine,
    ObservationRow,
    observation,
    observations,
)
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-observations", __name__, url_prefix=f"{PREFIX}/observations")

LINE = only(
    ObservationLine, "move", "party", "effective_on", "note", "facts", "at", called="ObservationLineAnswer"
)
OBSERVATION = only(
    ObservationRow, "ref", "version", "state", "case_ref", "starts_on", "ends_on", "latest_end", "ended_on",
    "unsigned", "moves", person=PERSON, unit=UNIT, provider=UNIT, events=LINE, called="ObservationAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_PLACEMENTS, Permit.SEE_PARTICIPANTS)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(OBSERVATION))
def listed(asked: PageAsked) -> Page[ObservationRow]:
    """The contracts of my units, the newest first."""
    return observations(g.work, asked.after, asked.limit)


@blueprint.post("")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@blueprint.arguments(DraftContract)
@blueprint.response(201, OBSERVATION)
def drafted(ask: DraftContract) -> Tagged:
    """Draft a contract for a person who passed the screen."""
    return _shown(draft_contract(g.work, ask).ref)


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_PLACEMENTS, Permit.SEE_PARTICIPANTS)
@blueprint.response(200, OBSERVATION)
def one(ref: str) -> Tagged:
    """A contract with its history and the moves that are open to me."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/signature")
@needs(Permit.ASSIGN_PLACEMENT, Permit.ANSWER_PLACEMENT)
@once
@blueprint.arguments(SignContract, given=("contract_ref",))
@blueprint.response(200, OBSERVATION)
def signed(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command without its contract
    """Sign for my side; the third signature puts the contract in force."""
    return _shown(sign_contract(g.work, ask(contract_ref=ref)).ref)


@blueprint.post("/<ref:ref>/extension")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@blueprint.arguments(ExtendContract, given=("contract_ref",))
@blueprint.response(200, OBSERVATION)
def extended(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command without its contract
    """Prolong the observation within the longest."""
    return _shown(extend_contract(g.work, ask(contract_ref=ref)).ref)


@blueprint.post("/<ref:ref>/evaluation")
@needs(Permit.ANSWER_PLACEMENT)
@once
@blueprint.arguments(EvaluateContract, given=("contract_ref",))
@blueprint.response(200, OBSERVATION)
def evaluated(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command without its contract
    """Give the enterprise's report."""
    return _shown(evaluate_contract(g.work, ask(contract_ref=ref)).ref)


@blueprint.post("/<ref:ref>/early-end")
@needs(Permit.ASSIGN_PLACEMENT, Permit.ANSWER_PLACEMENT)
@once
@blueprint.arguments(EndContract, given=("contract_ref",))
@blueprint.response(200, OBSERVATION)
def ended(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command without its contract
    """Break the observation off, or call off a contract that is not signed."""
    return _shown(end_contract(g.work, ask(contract_ref=ref)).ref)


def _shown(ref: str) -> Tagged:
    row = observation(g.work, ref)
    return tagged(row, row.ref, row.version)
