"""What a round comes to: its cases by rank with their reasons, its proof, what else could be, its report."""

from flask import Response as FileResponse
from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.allocation.explaining import Explanation, Reader, Way
from cii.allocation.needing import needed
from cii.allocation.problem import Problem
from cii.api.base import PREFIX, Blueprint
from cii.api.round_shapes import (
    CANDIDATE,
    EXPLAINED,
    PROOF,
    TRIED,
    CandidatesAsked,
    CandidateShown,
    Explained,
    NeedsAsked,
    PolicyShown,
    ProofShown,
    RoundCheckAsked,
    RoundTryAsked,
    TriedShown,
    WayShown,
    numbered,
    seed_of,
)
from cii.cases.queries import case_by_ref
from cii.cases.view import case_view
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.money import Chf
from cii.rounds.paper import report
from cii.rounds.queries import contents, round_by_ref, run_of
from cii.rounds.queries_pages import (
    CandidateAsked,
    CandidateRow,
    approved_run,
    candidate_of,
    candidates_of,
    case_results,
    mark_of,
)
from cii.rounds.replaying import WhatIf, replay, what_if
from cii.rounds.tables import AllocationRound, RoundRun
from cii.rounds.tallies import charged
from cii.store.work import Work
from cii.wire import language
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.files import handed_out
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-round-results", __name__, url_prefix=PREFIX)


@blueprint.get("/rounds/<ref:ref>/candidates")
@needs(Permit.SEE_ROUNDS)
@blueprint.arguments(CandidatesAsked, location="query")
@blueprint.response(200, paged(CANDIDATE))
def candidates(ask: CandidatesAsked, ref: str) -> Page[CandidateShown]:
    """Cases of the run that counts by their place in the order, those left out last."""
    work: Work = g.work
    run = _run(work, round_by_ref(work, ref))
    mark = place(work.settings, f"candidates {ref}", ask.after)
    wanted = CandidateAsked(ask.standing, ask.measure_ref or "", ask.line_ref or "", ask.number or "")
    found = candidates_of(work, run.id or 0, wanted, after=mark[0] if mark else 0, limit=ask.limit + 1)
    held = page_of(found, ask.limit, work.settings, f"candidates {ref}", lambda one: (mark_of(one),))
    return Page(tuple(map(_candidate, held.items)), held.next)


@blueprint.get("/rounds/<ref:ref>/candidates/<position>")
@needs(Permit.SEE_ROUNDS)
@blueprint.arguments(NeedsAsked, location="query")
@blueprint.response(200, EXPLAINED)
def candidate(ask: NeedsAsked, ref: str, position: str) -> Explained:
    """Why the case at that place of the order has its place or none."""
    work: Work = g.work
    run = _run(work, round_by_ref(work, ref))
    row = candidate_of(work, run.id or 0, numbered(position))
    return _explained(ref, run, row, wanted=ask.needed)


@blueprint.get("/cases/<ref:ref>/rounds")
@needs(Permit.SEE_CASE)
@blueprint.arguments(NeedsAsked, location="query")
@blueprint.response(200, paged(EXPLAINED))
def of_case(ask: NeedsAsked, ref: str) -> Page[Explained]:
    """What approved rounds gave a case, and why; of other cases only numbers."""
    work: Work = g.work
    if not case_view(work, ref).may_read & Section.PLACEMENT:
        raise NotAllowed
    found = [
        _explained(one.round_ref, approved_run(work, one.round_id, one.run), one.row, wanted=ask.needed)
        for one in case_results(work, case_by_ref(work, ref).id or 0)
        if one.row.position
    ]
    return Page(tuple(found), None)


@blueprint.get("/rounds/<ref:ref>/proof")
@needs(Permit.SEE_ROUNDS)
@blueprint.arguments(RoundCheckAsked, location="query")
@blueprint.response(200, PROOF)
def proof(ask: RoundCheckAsked, ref: str) -> ProofShown:
    """The certificate of the run that counts, the price of fairness; asked for: checked and recomputed."""
    work: Work = g.work
    held = round_by_ref(work, ref)
    run = _run(work, held)
    problem, found = contents(run)
    proven = found.certificate
    again = replay(work, ref, run.number) if ask.check else None
    return ProofShown(
        held.commitment,
        seed_of(held),
        run.problem_digest,
        run.result_digest,
        run.objective,
        run.bound,
        run.gap_ppm,
        run.rank,
        run.persons_bound,
        tuple(f"{name} {version}" for name, version in proven.versions),
        tuple(", ".join(_cell(problem, cell) for cell in each) for each in proven.tight_sets),
        tuple(
            PolicyShown(str(each["policy"]), each["persons"], each["points"], Chf(int(each["centimes"])),
                        each["unfilled_guaranteed"])
            for each in run.fairness
        ),
        again.same if again else None,
        again.flaws if again else None,
    )  # fmt: skip


@blueprint.get("/rounds/<ref:ref>/what-if")
@needs(Permit.SEE_ROUNDS)
@blueprint.arguments(RoundTryAsked, location="query")
@blueprint.response(200, TRIED)
def tried(ask: RoundTryAsked, ref: str) -> TriedShown:
    """Other places, another budget or another policy on the latest run; nothing is saved."""
    moves = bool(ask.measure and ask.places)
    found = what_if(
        g.work,
        WhatIf(
            ref,
            places={ask.measure: ask.places} if ask.measure and moves else {},
            quotas={(ask.measure, ask.line): ask.places} if ask.measure and ask.line and moves else {},
            purses={ask.purse: ask.francs * 100} if ask.purse and ask.francs else {},
            policy=ask.policy,
        ),
    )
    return TriedShown(
        found.placed, found.would_place, found.objective, found.would_reach,
        found.gaining, found.losing, found.moving,
    )  # fmt: skip


@blueprint.get("/rounds/<ref:ref>/report/<form>")
@needs(Permit.SEE_ROUNDS)
@blueprint.response(200, content_type="application/octet-stream")
def file(ref: str, form: str) -> FileResponse:
    """The report of an approved round as `pdf`, `xlsx`, `csv` or `json`, cases by their rank."""
    made = report(g.work, ref, form, language.lang())
    return handed_out([made.content], made.name, made.media_type, len(made.content))


def _run(work: Work, held: AllocationRound) -> RoundRun:
    found = run_of(work, held.id or 0, held.approved_run)
    if found is None:
        raise UnknownThing(field="run")
    return found


def _candidate(row: CandidateRow) -> CandidateShown:
    return CandidateShown(*(getattr(row, name) for name in CandidateShown.__slots__))


def _explained(round_ref: str, run: RoundRun, row: CandidateRow, *, wanted: bool) -> Explained:
    problem, found = contents(run)
    if row.position == 0:
        raise UnknownThing(field="candidate")
    key = problem.candidates[problem.by_rank[row.position - 1]].key
    told: Explanation = Reader(problem, found).explain(key)
    return Explained(
        round_ref,
        told.rank,
        told.of,
        row.standing,
        told.pinned,
        _way(told.placed),
        _way(told.runner_up),
        told.why,
        tuple(f"{measure} {line}" for measure, line in told.tight.cells) if told.tight else (),
        tuple(way for each in told.ways if (way := _way(each)) is not None),
        tuple(
            " + ".join(f"{each.kind.value} {each.key} {each.by:+d}" for each in one.changes)
            for one in needed(problem, found, key)
        )
        if wanted
        else None,
    )


def _way(one: Way | None) -> WayShown | None:
    if one is None:
        return None
    return WayShown(
        one.measure, one.line, one.suitability, one.points, charged(one.charges), one.why.value, one.better,
        one.limit, one.purse, Chf(one.short),
    )  # fmt: skip


def _cell(problem: Problem, cell: int) -> str:
    quota = problem.quotas[cell]
    return f"{quota.measure} {quota.line}"
