"""Rounds of places: the list, opening one, its proposals, and the acts on the whole of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.allocation.vocabulary import Who
from cii.institutions.queries import lines
from cii.kernel.clock import local_day
from cii.kernel.moves import open_moves
from cii.kernel.period import ONE_DAY, next_month
from cii.rounds.actions import CancelRound, OpenRound, cancel, compute, open_round
from cii.rounds.approving import ApproveRound, approve
from cii.rounds.queries import RunRow, contents, pins_of, round_by_ref, run_of, runs_of
from cii.rounds.queries_pages import (
    CandidateAsked,
    candidates_of,
    mark_of,
    pins_told,
    placed_measures,
    rounds_list,
)
from cii.rounds.rules import MOVES
from cii.rounds.tables import AllocationRound
from cii.rounds.tallies import ranks, same_pins
from cii.rounds.vocabulary import RoundEvent, RoundState, Standing
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import choice_asked, figure, number_asked, options, t, text_asked, word
from cii.web.round_explained import change_shown
from cii.web.round_words import candidate_shown, policy_said, state_chip, term_said
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("rounds", __name__)
_PAGE = 50
TABS = (
    ("proposals", "rounds.one"),
    ("pins", "round_cases.pins"),
    ("places", "round_results.places"),
    ("proof", "round_results.proof"),
    ("what-if", "round_results.tried"),
)
REPORT = ("pdf", "xlsx", "csv")
_STALE = "round-stale"
_MILLION, _DECIMALS = 1_000_000, 4


@dataclass(frozen=True)
class RunAsked:
    """Which run was read."""

    run: int


@dataclass(frozen=True)
class ReasonAsked:
    """Why."""

    reason: str = field(metadata={"min": 1, "max": 500})


@page.get("/rounds", endpoint="index")
@needs(Permit.SEE_ROUNDS)
def rounds_page() -> str:
    """Every round, the newest first."""
    state = choice_asked(RoundState, "state")
    found = rounds_list(g.work, state=state, after=number_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    return render_template(
        "pages/rounds/index.html",
        state=state,
        states=options(RoundState),
        may_open_one=may_open("rounds.new", g.work.actor),
        rows=[
            {
                "title": one.title,
                "term": term_said(one),
                "policy": policy_said(one.policy),
                "candidates": one.candidates,
                "placed": one.placed,
                "opened": one.opened_at,
                "state": state_chip(one.state),
                "url": url_for("rounds.one", ref=one.ref),
            }
            for one in kept
        ],
        next_mark=kept[-1].id if len(found) > _PAGE else None,
    )


@page.get("/rounds/new")
@needs(Permit.RUN_ROUNDS)
def new() -> str:
    """The form of a round: next quarter unless said otherwise."""
    first, last = _next_quarter(g.work.today)
    return render_template(
        "pages/rounds/new.html",
        first=first.isoformat(),
        last=last.isoformat(),
        policies=options(Who),
        usual=Who.STRICT_RANK.value,
    )


@page.post("/rounds/new")
@needs(Permit.RUN_ROUNDS)
@once
@again(new)
def create() -> Response:
    """Open a round."""
    return see_other("rounds.one", ref=open_round(g.work, asked(OpenRound)).ref)


@page.get("/rounds/<ref:ref>")
@needs(Permit.SEE_ROUNDS)
def one(ref: str) -> str:
    """A round with the proposals of its latest run, and what is open to the reader."""
    work: Work = g.work
    held = round_by_ref(work, ref)
    runs = runs_of(work, held.id or 0)
    return render_template(
        "pages/rounds/one.html",
        **head(held, "proposals"),
        **_life(work, held, runs),
        **_proposals(work, held, runs),
        stale=_stale(work, held),
    )


@page.post("/rounds/<ref:ref>/computation")
@needs(Permit.RUN_ROUNDS)
@once
@again(one)
def computed(ref: str) -> Response:
    """Compute from the facts as they stand."""
    compute(g.work, ref)
    return see_other("rounds.one", ref=ref)


@page.post("/rounds/<ref:ref>/approval")
@needs(Permit.APPROVE_ROUNDS)
@once
@again(one)
def approved(ref: str) -> Response:
    """Approve the run that was read: every place is reserved at once."""
    require_match(ref, round_by_ref(g.work, ref).version)
    approve(g.work, ApproveRound(ref, asked(RunAsked).run))
    return see_other("rounds.one", ref=ref)


@page.post("/rounds/<ref:ref>/cancellation")
@needs(Permit.RUN_ROUNDS)
@once
@again(one)
def cancelled(ref: str) -> Response:
    """End the round without a result."""
    require_match(ref, round_by_ref(g.work, ref).version)
    cancel(g.work, CancelRound(ref, asked(ReasonAsked).reason))
    return see_other("rounds.one", ref=ref)


def head(held: AllocationRound, tab: str) -> dict[str, Any]:
    """What stands on every page of a round."""
    return {
        "round": held,
        "version": etag(held.ref, held.version),
        "state": state_chip(held.state),
        "term": term_said(held),
        "policy": policy_said(held.policy),
        "tabs": [
            {
                "label": t(f"web.rounds.tab.{key}"),
                "url": url_for(endpoint, ref=held.ref),
                "current": key == tab,
                "count": None,
            }
            for key, endpoint in TABS
        ],
        "reports": REPORT if held.state is RoundState.APPROVED else (),
    }


def _next_quarter(today: date) -> tuple[date, date]:
    first = next_month(today.replace(day=1))
    while first.month % 3 != 1:
        first = next_month(first)
    return first, next_month(next_month(next_month(first))) - ONE_DAY


def _life(work: Work, held: AllocationRound, runs: list[RunRow]) -> dict[str, Any]:
    """Who did what when, and the acts that are open to the reader."""
    shown = next((one for one in runs if held.approved_run in (None, one.number)), None)
    hands = {held.opened_by, held.approved_by, held.cancelled_by, *(one.computed_by for one in runs)}
    names = account_names(work, {one for one in hands if one is not None})
    live = open_moves(MOVES, held.state)
    runs_it = Permit.RUN_ROUNDS in work.actor.permits
    newer = shown is not None and RoundEvent.APPROVE in live and _pins_newer(work, held)
    own = shown is not None and shown.computed_by == work.actor.account_id
    approves = (
        shown is not None
        and RoundEvent.APPROVE in live
        and Permit.APPROVE_ROUNDS in work.actor.permits
        and not newer
    )
    return {
        "run": shown,
        "run_said": t(
            "web.rounds.run-said", n=shown.number, at=shown.computed_at, by=names[shown.computed_by]
        )
        if shown
        else None,
        "may_compute": runs_it and RoundEvent.COMPUTE in live,
        "may_cancel": runs_it and RoundEvent.CANCEL in live,
        "may_approve": approves and not own,
        "own_run": approves and own,
        "newer": newer,
        "steps": _steps(held, shown, names),
    }


def _pins_newer(work: Work, held: AllocationRound) -> bool:
    """Whether the group has decided, or taken something back, since the latest run."""
    if not pins_of(work, held.id or 0, live=False) or (run := run_of(work, held.id or 0)) is None:
        return False
    live = [
        (one.position, one.kind, one.measure_code or "", one.line_code or "")
        for one in pins_told(work, held.id or 0, run.id)
        if one.withdrawn_at is None
    ]
    return not same_pins(contents(run)[0], live)


def _steps(held: AllocationRound, run: RunRow | None, names: Mapping[int, str]) -> list[dict[str, Any]]:
    told = (
        ("opened", held.opened_at, held.opened_by),
        ("computed", run.computed_at if run else None, run.computed_by if run else None),
        ("approved", held.approved_at, held.approved_by),
    )
    done = sum(at is not None for _, at, _ in told)
    over = held.state is RoundState.CANCELLED
    return [
        {
            "label": t(f"web.rounds.step.{key}"),
            "state": "done" if at else "skipped" if over else "now" if n == done else "next",
            "date": local_day(at) if at else None,
            "institution": None,
            "note": names.get(who or 0),
        }
        for n, (key, at, who) in enumerate(told)
    ]


def _proposals(work: Work, held: AllocationRound, runs: list[RunRow]) -> dict[str, Any]:
    """The cases of the run that counts, by rank, filtered as the address asks."""
    run = run_of(work, held.id or 0, held.approved_run) if runs else None
    if run is None:
        return {"rows": [], "figures": [], "filtered": False, "next_mark": None, "some_open": False}
    ask = CandidateAsked(
        choice_asked(Standing, "standing"), text_asked("measure"), text_asked("line"), text_asked("number")
    )
    found = candidates_of(work, run.id or 0, ask, after=number_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    return {
        "rows": [candidate_shown(row, held) for row in kept],
        "some_open": any(row.case_number for row in kept),
        "next_mark": mark_of(kept[-1]) if len(found) > _PAGE else None,
        "ask": ask,
        "filtered": ask != CandidateAsked(),
        "standings": [{"value": each.value, "label": word(each, "round-standing")} for each in Standing],
        "measures": [
            {"value": ref, "label": f"{code} {name}"}
            for ref, code, name in placed_measures(work, run.id or 0)
        ],
        "lines": [{"value": each.ref, "label": f"{each.code} {each.name}"} for each in lines(work)],
        "figures": [
            figure("web.rounds.figure.placed", formats.number(run.placed, language.lang()),
                   t("web.rounds.figure.of", n=run.candidates)),
            figure("web.rounds.figure.first-come", formats.number(run.first_come, language.lang()),
                   t("web.rounds.figure.first-come.note")),
            figure("web.rounds.figure.cost", formats.money(run.cost)),
            figure("web.rounds.figure.gap", gap_said(run.gap_ppm), t("web.rounds.figure.gap.note")),
        ],
    }  # fmt: skip


def gap_said(ppm: int) -> str:
    """A gap in millionths as a percentage."""
    return formats.percent(Fraction(ppm, _MILLION), language.lang(), _DECIMALS if ppm else 0)


def _stale(work: Work, held: AllocationRound) -> list[dict[str, Any]]:
    """What has changed since the run, when the approval was refused for it: cases by their rank."""
    changed: Any = next(
        (one.facts.get("changed") for one in (g.get("reasons") or ()) if one.code == _STALE), None
    )
    run = run_of(work, held.id or 0) if changed else None
    if run is None or not isinstance(changed, list):
        return []
    at = ranks(contents(run)[0])
    return [change_shown(one, at) for one in changed]
