"""Decisions on pay and wage subsidies: asked, decided, bound further, claimed by pay slip, released."""

from dataclasses import dataclass, field
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.people.queries import PersonLabel, label
from cii.people.schemas import PERSON
from cii.wages.actions import (
    AskGrant,
    DecideGrant,
    EngageFurther,
    ask_grant,
    decide_grant,
    engage_further,
    release_rest,
)
from cii.wages.actions_subsidies import ClaimSubsidy, claim_subsidy, correct_subsidy
from cii.wages.queries import grant_by_ref, grant_view, grants_list
from cii.wages.vocabulary import GrantKind, GrantState, PayCategory, WageEvent, WageState
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-wage-grants", __name__, url_prefix=f"{PREFIX}/wage-grants")


@dataclass(frozen=True)
class WageGrantsAsked(PageAsked):
    """Which decisions."""

    kind: GrantKind | None = None
    state: GrantState | None = None
    placement_ref: str | None = None


@dataclass(frozen=True)
class WageGrantRow:
    """A decision in a list."""

    ref: str
    placement_ref: str
    person: PersonLabel | None
    kind: GrantKind
    category: PayCategory | None
    normal_pay: Chf | None
    permille: int | None
    employer: str
    starts_on: date
    ends_on: date
    state: GrantState
    version: int


@dataclass(frozen=True)
class WageBound:
    """What a decision binds on a line's year, and what is left of it."""

    line: str
    year: int
    left: Chf


@dataclass(frozen=True)
class WageRow:
    """A part of a month, with its rule and the moves open to me."""

    ref: str
    month: date
    number: int
    line: str
    slip: Chf | None
    amount: Chf
    rule_version: str
    state: WageState
    reason: str | None
    version: int
    moves: tuple[WageEvent, ...]


@dataclass(frozen=True)
class WageGrantShown(WageGrantRow):
    """A decision with what it binds and its months."""

    reason: str
    decision: str | None
    bound: tuple[WageBound, ...]
    months: tuple[WageRow, ...]


@dataclass(frozen=True)
class WageDecision:
    """Whether it is granted, with what is said of it."""

    grant: bool
    reason: str = field(default="", metadata={"max": 1000})


@dataclass(frozen=True)
class WageFurther:
    """What is bound further in a year, and why."""

    year: int = field(metadata={"min": 2000, "max": 2199})
    amount: Chf = field(metadata={"min": Chf(1)})
    reason: str = field(metadata={"max": 500})


@dataclass(frozen=True)
class WageSlip:
    """A month with its pay slip and what is claimed of it."""

    month: date
    slip: Chf = field(metadata={"min": Chf(0)})
    amount: Chf = field(metadata={"min": Chf(1)})


_ROW = (
    "ref", "placement_ref", "kind", "category", "normal_pay", "permille", "employer", "starts_on", "ends_on",
    "state", "version",
)  # fmt: skip
ROW = only(WageGrantRow, *_ROW, person=PERSON, called="WageGrantRowAnswer")
BOUND = only(WageBound, "line", "year", "left", called="WageBoundAnswer")
MONTH = only(
    WageRow, "ref", "month", "number", "line", "slip", "amount", "rule_version", "state", "reason", "version",
    "moves", called="WageRowAnswer",
)  # fmt: skip
GRANT = only(
    WageGrantShown, *_ROW, "reason", "decision", person=PERSON, bound=BOUND, months=MONTH,
    called="WageGrantAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_WAGES)
@blueprint.arguments(WageGrantsAsked, location="query")
@blueprint.response(200, paged(ROW))
def listed(asked: WageGrantsAsked) -> Page[WageGrantRow]:
    """The decisions that I may see, the newest first."""
    work, name = g.work, f"wage-grants {asked.kind} {asked.state} {asked.placement_ref}"
    since = place(work.settings, name, asked.after)
    rows = grants_list(
        work,
        kinds=(asked.kind,) if asked.kind else (),
        states=(asked.state,) if asked.state else (),
        placement_ref=asked.placement_ref,
        after=since[0] if since else 0,
        limit=asked.limit + 1,
    )
    page = page_of(rows, asked.limit, work.settings, name, lambda row: (row.id,))
    people = label(work, {row.person_id for row in page.items})
    work.saw("person", [row.person_id for row in page.items], int(Section.PLACEMENT))
    return Page(
        [
            WageGrantRow(
                row.ref, row.placement_ref, people.get(row.person_id), row.kind, row.category,
                row.normal_pay, row.permille, row.employer, row.starts_on, row.ends_on, row.state,
                row.version,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


@blueprint.post("")
@needs(Permit.ASK_WAGES)
@once
@blueprint.arguments(AskGrant)
@blueprint.response(201, GRANT)
def asked_for(ask: AskGrant) -> Tagged:
    """Ask for a decision; refused with every reason at once."""
    return _shown(ask_grant(g.work, ask).ref)


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_WAGES)
@blueprint.response(200, GRANT)
def one(ref: str) -> Tagged:
    """A decision with what it binds and its months."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/decision")
@needs(Permit.PAY_WAGES)
@versioned
@once
@blueprint.arguments(WageDecision)
@blueprint.response(200, GRANT)
def decided(ask: WageDecision, ref: str) -> Tagged:
    """Somebody who did not ask grants or declines; granting binds the whole duration."""
    return _shown(decide_grant(g.work, DecideGrant(_fresh(ref), ask.grant, ask.reason)).ref)


@blueprint.post("/<ref:ref>/engagement")
@needs(Permit.PAY_WAGES)
@versioned
@once
@blueprint.arguments(WageFurther)
@blueprint.response(200, GRANT)
def engaged(ask: WageFurther, ref: str) -> Tagged:
    """Bind more for a decision."""
    return _shown(engage_further(g.work, EngageFurther(_fresh(ref), ask.year, ask.amount, ask.reason)).ref)


@blueprint.post("/<ref:ref>/release")
@needs(Permit.PAY_WAGES)
@versioned
@once
@blueprint.response(200, GRANT)
def released(ref: str) -> Tagged:
    """Give back what a decision that is over did not need."""
    return _shown(release_rest(g.work, _fresh(ref)).ref)


@blueprint.post("/<ref:ref>/claims")
@needs(Permit.CLAIM_WAGES)
@once
@blueprint.arguments(WageSlip)
@blueprint.response(201, GRANT)
def claimed(ask: WageSlip, ref: str) -> Tagged:
    """Claim a month of a subsidy by its pay slip; refused with every reason at once."""
    claim_subsidy(g.work, ClaimSubsidy(ref, ask.month, ask.slip, ask.amount))
    return _shown(ref)


@blueprint.post("/<ref:ref>/corrections")
@needs(Permit.CLAIM_WAGES)
@once
@blueprint.arguments(WageSlip)
@blueprint.response(201, GRANT)
def corrected(ask: WageSlip, ref: str) -> Tagged:
    """State a claimed month anew by another pay slip; what differs is a further row."""
    correct_subsidy(g.work, ClaimSubsidy(ref, ask.month, ask.slip, ask.amount))
    return _shown(ref)


def _fresh(ref: str) -> str:
    matched(ref, grant_by_ref(g.work, ref).version)
    return ref


def _shown(ref: str) -> Tagged:
    view = grant_view(g.work, ref)
    row, held = view.row, view.grant
    people = label(g.work, [row.person_id])
    g.work.saw("person", [row.person_id], int(Section.PLACEMENT))
    lines = lines_by_id(g.work, {one.line_id for one in view.engagements})
    shown = WageGrantShown(
        row.ref, row.placement_ref, people.get(row.person_id), row.kind, row.category, row.normal_pay,
        row.permille, row.employer, row.starts_on, row.ends_on, held.state, held.version, held.reason,
        held.decision,
        tuple(WageBound(lines[line].code, year, left) for (line, year), left in sorted(view.left.items())),
        tuple(
            WageRow(
                part.ref, result.month, result.number, lines[part.line_id].code, result.slip, part.amount,
                result.rule_version, part.state, part.reason, part.version, view.moves[part.ref],
            )
            for result, parts in view.results
            for part in parts
        ),
    )  # fmt: skip
    return tagged(shown, held.ref, held.version)
