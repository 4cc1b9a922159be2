"""Observation contracts in a social enterprise: draft, three signatures, extension, report, early end."""

from collections.abc import Callable
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked, matched, versioned
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
    contract_by_ref,
    observation,
    observations,
)
from cii.routing.tables_social import ObservationContract
from cii.store.work import Work
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-observations", __name__, url_prefix=f"{PREFIX}/observations")

Ask = Callable[..., Any]
"""A command that waits for its contract and the version that was seen."""
SEEN = ("contract_ref", "version")
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
@versioned
@blueprint.arguments(SignContract, given=SEEN)
@blueprint.response(200, OBSERVATION)
def signed(ask: Ask, ref: str) -> Tagged:
    """Sign for my side; the third signature puts the contract in force."""
    return _moved(sign_contract, ask, ref)


@blueprint.post("/<ref:ref>/extension")
@needs(Permit.ASSIGN_PLACEMENT)
@versioned
@blueprint.arguments(ExtendContract, given=SEEN)
@blueprint.response(200, OBSERVATION)
def extended(ask: Ask, ref: str) -> Tagged:
    """Prolong the observation within the longest."""
    return _moved(extend_contract, ask, ref)


@blueprint.post("/<ref:ref>/evaluation")
@needs(Permit.ANSWER_PLACEMENT)
@versioned
@blueprint.arguments(EvaluateContract, given=SEEN)
@blueprint.response(200, OBSERVATION)
def evaluated(ask: Ask, ref: str) -> Tagged:
    """Give the enterprise's report."""
    return _moved(evaluate_contract, ask, ref)


@blueprint.post("/<ref:ref>/early-end")
@needs(Permit.ASSIGN_PLACEMENT, Permit.ANSWER_PLACEMENT)
@versioned
@blueprint.arguments(EndContract, given=SEEN)
@blueprint.response(200, OBSERVATION)
def ended(ask: Ask, ref: str) -> Tagged:
    """Break the observation off, or call off a contract that is not signed."""
    return _moved(end_contract, ask, ref)


def _moved(does: Callable[[Work, Any], ObservationContract], ask: Ask, ref: str) -> Tagged:
    version = matched(ref, contract_by_ref(g.work, ref).version)
    return _shown(does(g.work, ask(contract_ref=ref, version=version)).ref)


def _shown(ref: str) -> Tagged:
    row = observation(g.work, ref)
    return tagged(row, row.ref, row.version)
