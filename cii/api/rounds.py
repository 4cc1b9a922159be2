"""Rounds of places: opened, computed, steered by decisions, approved, cancelled."""

from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.allocation.comparing import cost_of
from cii.allocation.vocabulary import PinKind
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.round_shapes import (
    LISTED,
    PIN,
    ROUND,
    ApproveAsked,
    CostsAsked,
    PinShown,
    RoundListed,
    RoundsAsked,
    RoundShown,
    RunShown,
    numbered,
    seed_of,
)
from cii.api.shapes import Tagged, tagged
from cii.kernel.money import Chf
from cii.rounds.actions import CancelRound, OpenRound, cancel, compute, open_round
from cii.rounds.approving import ApproveRound, approve
from cii.rounds.computing import policy_of
from cii.rounds.pinning import PinCase, pin, unpin
from cii.rounds.queries import contents, round_by_ref, run_of
from cii.rounds.queries_pages import PinRow, pin_ref, pins_told, rounds_list
from cii.rounds.tables import AllocationRound, RoundRun
from cii.store.work import Work
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-rounds", __name__, url_prefix=PREFIX)


@blueprint.get("/rounds")
@needs(Permit.SEE_ROUNDS)
@blueprint.arguments(RoundsAsked, location="query")
@blueprint.response(200, paged(LISTED))
def rounds(ask: RoundsAsked) -> Page[RoundListed]:
    """Rounds, the newest first."""
    work: Work = g.work
    mark = place(work.settings, "rounds", ask.after)
    found = rounds_list(work, state=ask.state, after=mark[0] if mark else 0, limit=ask.limit + 1)
    held = page_of(found, ask.limit, work.settings, "rounds", lambda one: (one.id,))
    names = ("ref", "title", "starts_on", "ends_on", "state", "run", "candidates", "placed")
    return Page(tuple(RoundListed(*(getattr(one, name) for name in names)) for one in held.items), held.next)


@blueprint.post("/rounds")
@needs(Permit.RUN_ROUNDS)
@once
@blueprint.arguments(OpenRound)
@blueprint.response(201, ROUND)
def opened(ask: OpenRound) -> Tagged:
    """Open a round: the seed is drawn, its hash told."""
    return _shown(open_round(g.work, ask).ref)


@blueprint.get("/rounds/<ref:ref>")
@needs(Permit.SEE_ROUNDS)
@blueprint.response(200, ROUND)
def one(ref: str) -> Tagged:
    """A round with the run that counts: the approved one, else the latest."""
    return _shown(ref)


@blueprint.post("/rounds/<ref:ref>/computation")
@needs(Permit.RUN_ROUNDS)
@once
@blueprint.response(200, ROUND)
def computed(ref: str) -> Tagged:
    """Compute from the facts as they stand."""
    compute(g.work, ref)
    return _shown(ref)


@blueprint.post("/rounds/<ref:ref>/approval")
@needs(Permit.APPROVE_ROUNDS)
@versioned
@once
@blueprint.arguments(ApproveAsked)
@blueprint.response(200, ROUND)
def approved(ask: ApproveAsked, ref: str) -> Tagged:
    """Approve the run that was read: every place is reserved at once; 409 names what has changed since."""
    _match(ref)
    approve(g.work, ApproveRound(ref, ask.run))
    return _shown(ref)


@blueprint.post("/rounds/<ref:ref>/cancellation")
@needs(Permit.RUN_ROUNDS)
@versioned
@once
@blueprint.arguments(CancelRound, given=("round_ref",))
@blueprint.response(200, ROUND)
def cancelled(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - waits for the ref of the address
    """End the round without a result."""
    _match(ref)
    cancel(g.work, ask(round_ref=ref))
    return _shown(ref)


@blueprint.get("/rounds/<ref:ref>/pins")
@needs(Permit.SEE_ROUNDS)
@blueprint.arguments(CostsAsked, location="query")
@blueprint.response(200, paged(PIN))
def pins(ask: CostsAsked, ref: str) -> Page[PinShown]:
    """The decisions of the group, withdrawn ones too; asked for: what each costs."""
    return Page(tuple(_pins(g.work, round_by_ref(g.work, ref), costs=ask.costs)), None)


@blueprint.post("/rounds/<ref:ref>/pins")
@needs(Permit.RUN_ROUNDS)
@versioned
@once
@blueprint.arguments(PinCase, given=("round_ref",))
@blueprint.response(201, paged(PIN))
def pinned(ask: Any, ref: str) -> Page[PinShown]:  # noqa: ANN401 - waits for the ref of the address
    """Take a decision on a case of the latest run; contradictory ones are refused with the set named."""
    _match(ref)
    pin(g.work, ask(round_ref=ref))
    return Page(tuple(_pins(g.work, round_by_ref(g.work, ref), costs=False)), None)


@blueprint.post("/rounds/<ref:ref>/pins/<number>/withdrawal")
@needs(Permit.RUN_ROUNDS)
@once
@blueprint.response(200, paged(PIN))
def withdrawn(ref: str, number: str) -> Page[PinShown]:
    """Take a decision back."""
    unpin(g.work, ref, pin_ref(g.work, round_by_ref(g.work, ref).id or 0, numbered(number)))
    return Page(tuple(_pins(g.work, round_by_ref(g.work, ref), costs=False)), None)


def _match(ref: str) -> None:
    matched(ref, round_by_ref(g.work, ref).version)


def _shown(ref: str) -> Tagged:
    held = round_by_ref(g.work, ref)
    run = run_of(g.work, held.id or 0, held.approved_run)
    told = RunShown(*(getattr(run, name) for name in RunShown.__slots__)) if run is not None else None
    shown = RoundShown(
        held.ref, held.title, held.starts_on, held.ends_on, held.policy, held.state, held.commitment,
        seed_of(held), held.opened_at, held.approved_at, held.cancel_reason, told,
    )  # fmt: skip
    return tagged(shown, held.ref, held.version)


def _pins(work: Work, held: AllocationRound, *, costs: bool) -> list[PinShown]:
    run = run_of(work, held.id or 0, held.approved_run)
    found = pins_told(work, held.id or 0, run.id if run else None)
    told = _costs(held, run) if costs and run is not None else {}
    return [_pin(one, told.get(_key(one))) for one in found]


def _key(one: PinRow) -> tuple[int | None, PinKind, str, str]:
    return one.position, one.kind, one.measure_code or "", one.line_code or ""


def _costs(held: AllocationRound, run: RoundRun) -> dict[tuple[int | None, PinKind, str, str], Any]:
    problem, _ = contents(run)
    at = {problem.candidates[case].key: rank for rank, case in enumerate(problem.by_rank, 1)}
    return {
        (at[one.case], one.kind, one.measure, one.line): cost_of(problem, policy_of(held), one)
        for one in problem.pins
    }


def _pin(one: PinRow, cost: Any) -> PinShown:  # noqa: ANN401 - what it costs, or nothing
    return PinShown(
        one.number, one.position, one.kind, one.measure_code, one.line_code, one.reason, one.made_at,
        one.withdrawn_at,
        cost.persons if cost else None, cost.points if cost else None, Chf(cost.centimes) if cost else None,
    )  # fmt: skip
