"""One case in a round: why it has its place or none, what the group may decide of it and at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, request
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.allocation.comparing import cost_of
from cii.allocation.explaining import explain
from cii.allocation.needing import needed
from cii.allocation.pins import PinsContradict
from cii.allocation.problem import Pin, Problem
from cii.allocation.vocabulary import PinKind
from cii.institutions.queries import lines
from cii.kernel.errors import UnknownThing
from cii.rounds.computing import policy_of
from cii.rounds.pinning import PinCase, pin, unpin
from cii.rounds.queries import contents, round_by_ref, run_of
from cii.rounds.queries_pages import CandidateRow, candidate_of, measures_named, pin_ref, pins_told
from cii.rounds.tables import AllocationRound, RoundRun
from cii.rounds.vocabulary import RoundState, Standing
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import t, text_asked
from cii.web.round_explained import cost_said, explained, needs_said, place_of
from cii.web.round_words import closed_shown, pin_shown, standing_chip, stay_said
from cii.web.rounds import head
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.reading import asked
from cii.wire.refusals import NotAChoice

page = Blueprint("round_cases", __name__)
_PARTS, _LONGEST = 3, 40
"""A decision in a form: kind, measure, line; the last two may be empty."""


@dataclass(frozen=True)
class Decided:
    """What the group decides of a case, as one choice, and why."""

    decision: str
    reason: str = field(metadata={"min": 1, "max": 500})


@page.get("/rounds/<ref:ref>/cases/<int:position>")
@needs(Permit.SEE_ROUNDS)
def one(ref: str, position: int) -> str:
    """A case of the run that counts, by its place in the order."""
    work: Work = g.work
    held = round_by_ref(work, ref)
    run = _run(work, held)
    row = candidate_of(work, run.id or 0, position)
    problem, found = contents(run)
    key = problem.candidates[problem.by_rank[position - 1]].key
    names = measures_named(work, {each.measure for each in problem.measures})
    said = {code: name for code, (_, name) in names.items()}
    wanted = text_asked("needed") == "yes" and row.standing is Standing.UNPLACED
    decides = held.state is RoundState.OPEN and Permit.RUN_ROUNDS in work.actor.permits
    return render_template(
        "pages/rounds/case.html",
        **head(held, "proposals"),
        run=run,
        row=row,
        standing=standing_chip(row.standing),
        stay=stay_said(row),
        **explained(explain(problem, found, key), said),
        closed=closed_shown(row.refused, observed=observed(work, row)),
        may_ask=row.standing is Standing.UNPLACED and not wanted,
        needed=needs_said(needed(problem, found, key), said) if wanted else None,
        decides=decides,
        choices=_choices(work, problem, position, names) if decides else [],
        chosen=_chosen(),
        cost=_cost(work, held, problem, key) if decides else None,
        whole=run.candidates,
    )


@page.post("/rounds/<ref:ref>/cases/<int:position>/decision")
@needs(Permit.RUN_ROUNDS)
@once
@again(one)
def decide(ref: str, position: int) -> Response:
    """Take a decision on the case; the round is computed again before it is approved."""
    require_match(ref, round_by_ref(g.work, ref).version)
    ask = asked(Decided)
    kind, measure, line = _parsed(ask.decision)
    pin(g.work, PinCase(ref, position, kind, measure or None, line or None, ask.reason))
    return see_other("round_cases.pins", ref=ref)


@page.get("/rounds/<ref:ref>/pins")
@needs(Permit.SEE_ROUNDS)
def pins(ref: str) -> str:
    """The decisions of the group, those withdrawn too."""
    work: Work = g.work
    held = round_by_ref(work, ref)
    run = run_of(work, held.id or 0, held.approved_run)
    found = pins_told(work, held.id or 0, run.id if run else None)
    hands = {each.made_by for each in found}
    names = account_names(work, hands)
    costs = _costs(held, run) if run and text_asked("costs") == "yes" else None
    return render_template(
        "pages/rounds/pins.html",
        **head(held, "pins"),
        rows=[
            pin_shown(each, names)
            | {"cost": costs.get((each.position, each.kind, each.measure_code or "", each.line_code or ""))
               if costs is not None else None}
            for each in found
        ],
        costs=costs is not None,
        may_cost=costs is None and run is not None and any(each.withdrawn_at is None for each in found),
        may_withdraw=held.state is RoundState.OPEN and Permit.RUN_ROUNDS in work.actor.permits,
    )  # fmt: skip


@page.post("/rounds/<ref:ref>/pins/<int:number>/withdrawal")
@needs(Permit.RUN_ROUNDS)
@once
@again(lambda ref, number: pins(ref))  # noqa: ARG005 - the page is the same for each
def withdraw(ref: str, number: int) -> Response:
    """Take a decision back."""
    unpin(g.work, ref, pin_ref(g.work, round_by_ref(g.work, ref).id or 0, number))
    return see_other("round_cases.pins", ref=ref)


def observed(work: Work, row: CandidateRow) -> bool:
    """Whether the reader may learn what was observed of the person: a member of the unit that asked."""
    return row.requested_by_unit_id in work.actor.units


def _run(work: Work, held: AllocationRound) -> RoundRun:
    run = run_of(work, held.id or 0, held.approved_run)
    if run is None:
        raise UnknownThing(field="run")
    return run


def _chosen() -> str:
    """The decision that is looked at: of the address, or of the form that was refused."""
    return text_asked("decision") or request.form.get("decision", "")[:_LONGEST]


def _choices(
    work: Work, problem: Problem, position: int, names: Mapping[str, tuple[str, str]]
) -> list[dict[str, str]]:
    """Every decision that may be taken of a case: a place given, a place or the whole case ruled out."""
    codes = {one.code: one.ref for one in lines(work)}
    said = {code: name for code, (_, name) in names.items()}
    places = [
        (f"{names[each.measure][0]}.{codes[each.line]}", place_of(each.measure, each.line, said))
        for each in map(problem.option, problem.options_of(problem.by_rank[position - 1]))
        if each.measure in names and each.line in codes
    ]
    return [
        *({"value": f"taken.{ref}", "label": t("web.rounds.pin.take", place=place)} for ref, place in places),
        *(
            {"value": f"refused.{ref}", "label": t("web.rounds.pin.refuse", place=place)}
            for ref, place in places
        ),
        {"value": "refused..", "label": t("web.rounds.pin.refuse-all")},
    ]


def _parsed(decision: str) -> tuple[PinKind, str, str]:
    """Kind, measure and line of a decision as the form sends it; refuses NotAChoice."""
    parts = decision.split(".")
    if len(parts) != _PARTS or parts[0] not in set(PinKind):
        raise NotAChoice(field="decision", choices="")
    return PinKind(parts[0]), parts[1], parts[2]


def _cost(work: Work, held: AllocationRound, problem: Problem, key: str) -> dict[str, Any] | None:
    """What the decision in the address would cost; refuses NotAChoice, PinsContradictEachOther."""
    asked_for = _chosen()
    if not asked_for:
        return None
    kind, measure_ref, line_ref = _parsed(asked_for)
    measures = {ref: code for code, (ref, _) in measures_named(work, _codes(problem)).items()}
    line_codes = {each.ref: each.code for each in lines(work)}
    if (measure_ref and measure_ref not in measures) or (line_ref and line_ref not in line_codes):
        raise UnknownThing(field="decision")
    meant = Pin(key, kind, measures.get(measure_ref, ""), line_codes.get(line_ref, ""))
    try:
        return {"text": cost_said(cost_of(problem, policy_of(held), meant)), "possible": True}
    except PinsContradict:
        return {"text": t("web.rounds.pin.impossible"), "possible": False}


def _codes(problem: Problem) -> set[str]:
    return {each.measure for each in problem.measures}


def _costs(held: AllocationRound, run: RoundRun) -> dict[tuple[int | None, PinKind, str, str], str]:
    """What each decision of a run costs, by its case's place in the order, kind and place."""
    problem, _ = contents(run)
    at = {problem.candidates[case].key: rank for rank, case in enumerate(problem.by_rank, 1)}
    return {
        (at[each.case], each.kind, each.measure, each.line): cost_said(
            cost_of(problem, policy_of(held), each)
        )
        for each in problem.pins
    }
