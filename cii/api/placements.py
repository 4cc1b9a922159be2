"""Places and placements: the finder for a case, reservation, the provider's answer, start, end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreements_by_id
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.cases.queries import case_by_ref, cases_by_id
from cii.institutions.queries import UnitLabel, lines_by_id, shown_units
from cii.institutions.schemas import UNIT
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.measures.queries import measure_by_ref, measures_by_id
from cii.measures.vocabulary import MeasureKind
from cii.people.queries import PersonLabel, label
from cii.people.schemas import PERSON
from cii.placements.actions import AssignPlacement
from cii.placements.breaks import InterruptStay
from cii.placements.finder import Sought
from cii.placements.life import (
    AnswerPlace,
    CancelPlacement,
    EndPlacement,
    StartPlacement,
    answer_place,
    cancel_placement,
    end_placement,
    start_placement,
)
from cii.placements.queries import (
    PlacementRow,
    breaks_of,
    moves_for,
    participants,
    placement_by_ref,
    placements_list,
    placements_of,
    shares_of,
)
from cii.placements.resuming import ResumeStay
from cii.placements.schemas import PROPOSAL, ProposalShown, proposals
from cii.placements.tables import Placement
from cii.placements.vocabulary import PlacementMove, PlacementState
from cii.routing.actions import place_person, propose_places
from cii.settlement.actions_breaks import interrupt, resume
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-placements", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class PlacesAsked:
    """The days, both inside, and the line that would ask for the place."""

    starts_on: date
    ends_on: date
    line_ref: str


@dataclass(frozen=True)
class PlacementsAsked(PageAsked):
    """Which placements to list."""

    state: PlacementState | None = None
    measure_ref: str | None = None


@dataclass(frozen=True)
class DaysAsked:
    """The first and the last day, both inside."""

    first: date
    last: date


@dataclass(frozen=True)
class PlacementLine:
    """A placement as lists tell it; days are inside on both ends."""

    ref: str
    state: PlacementState
    kind: MeasureKind
    measure_ref: str
    measure_code: str
    measure_name: str
    line_code: str
    starts_on: date
    ends_on: date
    planned_end: date
    case_ref: str | None
    person: PersonLabel | None
    version: int


@dataclass(frozen=True)
class ShareShown:
    """What one payer bears: its weight in the key, and what is committed now."""

    line_ref: str
    line_code: str
    agreement_ref: str
    agreement_number: str
    weight: int
    committed: Chf


@dataclass(frozen=True)
class PlacementShown:
    """A placement with its payers and the moves open to me."""

    ref: str
    version: int
    state: PlacementState
    kind: MeasureKind
    measure_ref: str
    measure_name: str
    case_ref: str | None
    person: PersonLabel | None
    provider: UnitLabel | None
    requested_by: UnitLabel | None
    starts_on: date
    ends_on: date
    planned_end: date
    workload: int | None
    breaks: tuple[DaysAsked, ...]
    reserved_until: datetime | None
    refusal_reason: str | None
    exit_type: str | None
    exited_on: date | None
    contract_type: str | None
    contract_months: int | None
    shares: tuple[ShareShown, ...]
    moves: tuple[PlacementMove, ...]


LINE = only(
    PlacementLine, "ref", "state", "kind", "measure_ref", "measure_code", "measure_name", "line_code",
    "starts_on", "ends_on", "planned_end", "case_ref", "version", person=PERSON, called="PlacementLineAnswer",
)  # fmt: skip
SHARE = only(
    ShareShown, "line_ref", "line_code", "agreement_ref", "agreement_number", "weight", "committed",
    called="ShareAnswer",
)  # fmt: skip
BREAK = only(DaysAsked, "first", "last", called="BreakAnswer")
PLACEMENT = only(
    PlacementShown, "ref", "version", "state", "kind", "measure_ref", "measure_name", "case_ref", "starts_on",
    "ends_on", "planned_end", "workload", "reserved_until", "refusal_reason", "exit_type", "exited_on",
    "contract_type", "contract_months", "moves", person=PERSON, provider=UNIT, requested_by=UNIT,
    shares=SHARE, breaks=BREAK, called="PlacementAnswer",
)  # fmt: skip


@blueprint.get("/cases/<ref:ref>/places")
@needs(Permit.FIND_PLACES)
@blueprint.arguments(PlacesAsked, location="query")
@blueprint.response(200, paged(PROPOSAL))
def found(asked: PlacesAsked, ref: str) -> Page[ProposalShown]:
    """Every running measure for the case, the best first, each with its reasons."""
    sought = Sought(asked.starts_on, asked.ends_on, ((asked.line_ref, 1),))
    return Page(proposals(propose_places(g.work, ref, sought)))


@blueprint.get("/cases/<ref:ref>/placements")
@needs(Permit.SEE_PLACEMENTS)
@blueprint.response(200, paged(LINE))
def of_case(ref: str) -> Page[PlacementLine]:
    """The placements of a case, the latest start first."""
    return Page(_lines(placements_of(g.work, case_by_ref(g.work, ref).id or 0)))


@blueprint.get("/placements")
@needs(Permit.SEE_PLACEMENTS, Permit.SEE_PARTICIPANTS)
@blueprint.arguments(PlacementsAsked, location="query")
@blueprint.response(200, paged(LINE))
def listed(asked: PlacementsAsked) -> Page[PlacementLine]:
    """The placements that I may see, in the order of their recording."""
    return _page(asked)


@blueprint.get("/participants")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.arguments(DaysAsked, location="query")
@blueprint.response(200, paged(LINE))
def participating(asked: DaysAsked) -> Page[PlacementLine]:
    """The participants of my provider in a period."""
    return Page(_lines(participants(g.work, Period.through(asked.first, asked.last))))


@blueprint.post("/placements")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@blueprint.arguments(AssignPlacement)
@blueprint.response(201, PLACEMENT)
def assigned(ask: AssignPlacement) -> Tagged:
    """Place a person: place, quota and the money of each payer, all or none."""
    return _shown(place_person(g.work, ask))


@blueprint.get("/placements/<ref:ref>")
@needs(Permit.SEE_PLACEMENTS, Permit.SEE_PARTICIPANTS)
@blueprint.response(200, PLACEMENT)
def one(ref: str) -> Tagged:
    """A placement with its payers and the moves open to me."""
    return _shown(placement_by_ref(g.work, ref))


@blueprint.post("/placements/<ref:ref>/answer")
@needs(Permit.ANSWER_PLACEMENT, Permit.ASSIGN_PLACEMENT)
@versioned
@blueprint.arguments(AnswerPlace, given=("placement_ref",))
@blueprint.response(200, PLACEMENT)
def answered(ask: Callable[..., AnswerPlace], ref: str) -> Tagged:
    """The provider takes the person, or refuses with a reason."""
    return _shown(answer_place(g.work, ask(placement_ref=_fresh(ref))))


@blueprint.post("/placements/<ref:ref>/start")
@needs(Permit.ANSWER_PLACEMENT, Permit.ASSIGN_PLACEMENT)
@versioned
@blueprint.arguments(StartPlacement, given=("placement_ref",))
@blueprint.response(200, PLACEMENT)
def started(ask: Callable[..., StartPlacement], ref: str) -> Tagged:
    """The person has come."""
    return _shown(start_placement(g.work, ask(placement_ref=_fresh(ref))))


@blueprint.post("/placements/<ref:ref>/end")
@needs(Permit.ANSWER_PLACEMENT, Permit.END_PLACEMENT)
@versioned
@blueprint.arguments(EndPlacement, given=("placement_ref",))
@blueprint.response(200, PLACEMENT)
def ended(ask: Callable[..., EndPlacement], ref: str) -> Tagged:
    """The placement ends, with its exit; what is no longer needed is free again."""
    return _shown(end_placement(g.work, ask(placement_ref=_fresh(ref))))


@blueprint.post("/placements/<ref:ref>/breaks")
@needs(Permit.ANSWER_PLACEMENT, Permit.END_PLACEMENT)
@versioned
@once
@blueprint.arguments(InterruptStay, given=("placement_ref",))
@blueprint.response(200, PLACEMENT)
def interrupted(ask: Callable[..., InterruptStay], ref: str) -> Tagged:
    """The stay is interrupted for some days: nobody is expected, nothing is owed, the place stays."""
    return _shown(interrupt(g.work, ask(placement_ref=_fresh(ref))))


@blueprint.post("/placements/<ref:ref>/resumption")
@needs(Permit.END_PLACEMENT)
@versioned
@once
@blueprint.arguments(ResumeStay, given=("placement_ref",))
@blueprint.response(200, PLACEMENT)
def resumed(ask: Callable[..., ResumeStay], ref: str) -> Tagged:
    """A break is taken back, or ends on an earlier day: its other days count again, with their money."""
    return _shown(resume(g.work, ask(placement_ref=_fresh(ref))))


@blueprint.post("/placements/<ref:ref>/cancellation")
@needs(Permit.ASSIGN_PLACEMENT)
@versioned
@blueprint.arguments(CancelPlacement, given=("placement_ref",))
@blueprint.response(200, PLACEMENT)
def cancelled(ask: Callable[..., CancelPlacement], ref: str) -> Tagged:
    """Call off a placement that has not begun."""
    return _shown(cancel_placement(g.work, ask(placement_ref=_fresh(ref))))


def _fresh(ref: str) -> str:
    matched(ref, placement_by_ref(g.work, ref).version)
    return ref


def _page(asked: PlacementsAsked) -> Page[PlacementLine]:
    work, name = g.work, f"placements {asked.state or ''} {asked.measure_ref or ''}"
    since = place(work.settings, name, asked.after)
    rows = placements_list(
        work,
        states=(asked.state,) if asked.state else (),
        measure_id=measure_by_ref(work, asked.measure_ref).id if asked.measure_ref else None,
        after=since[0] if since else 0,
        limit=asked.limit + 1,
    )
    page = page_of(rows, asked.limit, work.settings, name, lambda row: (row.id,))
    return Page(_lines(page.items), page.next)


def _lines(rows: Sequence[PlacementRow]) -> list[PlacementLine]:
    cases, persons = (
        cases_by_id(g.work, {row.case_id for row in rows}),
        label(g.work, [r.person_id for r in rows]),
    )
    return [
        PlacementLine(
            row.ref, row.state, row.kind, row.measure_ref, row.measure_code, row.measure_name, row.line_code,
            row.starts_on, row.ends_on, row.planned_end,
            cases[row.case_id].ref if row.case_id in cases else None, persons.get(row.person_id), row.version,
        )
        for row in rows
    ]  # fmt: skip


def _shown(row: Placement) -> Tagged:
    work = g.work
    measure = measures_by_id(work, [row.measure_id])[row.measure_id]
    case = cases_by_id(work, [row.case_id]).get(row.case_id)
    units = shown_units(work, {row.requested_by_unit_id, row.provider_unit_id or row.requested_by_unit_id})
    shown = PlacementShown(
        row.ref, row.version, row.state, row.kind, measure.ref, measure.name, case.ref if case else None,
        label(work, [row.person_id]).get(row.person_id), units.get(row.provider_unit_id or 0),
        units.get(row.requested_by_unit_id), row.starts_on, row.ends_on, row.planned_end, row.workload,
        tuple(DaysAsked(one.start, one.last) for one in breaks_of(work, [row.id or 0]).get(row.id or 0, ())),
        row.reserved_until, row.refusal_reason, row.exit_type, row.exited_on, row.contract_type,
        row.contract_months, _shares(row.id or 0), moves_for(work, row),
    )  # fmt: skip
    return tagged(shown, row.ref, row.version)


def _shares(placement_id: int) -> tuple[ShareShown, ...]:
    rows = shares_of(g.work, placement_id)
    lines = lines_by_id(g.work, {row.line_id for row in rows})
    agreements = agreements_by_id(g.work, {row.agreement_id for row in rows})
    return tuple(
        ShareShown(
            lines[row.line_id].ref, lines[row.line_id].code, agreements[row.agreement_id].ref,
            agreements[row.agreement_id].number, row.weight, row.committed,
        )
        for row in rows
    )  # fmt: skip
