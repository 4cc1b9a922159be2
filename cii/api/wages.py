"""Participants' pay: months by line and their steps, parts of payers, what measures say they paid."""

from dataclasses import dataclass, field
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.institutions.queries import line_by_ref
from cii.kernel.money import Chf
from cii.kernel.period import month_of
from cii.people.queries import PersonLabel, label
from cii.people.schemas import PERSON
from cii.wages.actions_parts import (
    DeclinePart,
    MonthOfLine,
    approve_month,
    approve_part,
    check_month,
    check_part,
    compute_month,
    decline_part,
    pay_month,
    pay_part,
)
from cii.wages.actions_subsidies import TellPaidWage, tell_paid_wage
from cii.wages.months import months_list, parts_list, told_against_scale
from cii.wages.queries import part_by_ref
from cii.wages.tables import PaidWage, WagePart
from cii.wages.vocabulary import GrantKind, WageState
from cii.wire.answers import answer_schema, only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-wages", __name__, url_prefix=f"{PREFIX}/wages")


@dataclass(frozen=True)
class WageMonthRow:
    """A line's month: its sum, and how many parts stand where."""

    month: date
    line: str
    line_ref: str
    amount: Chf
    computed: int
    checked: int
    approved: int
    paid: int


@dataclass(frozen=True)
class WageMonths:
    """The months of the lines that I may see."""

    items: tuple[WageMonthRow, ...]


@dataclass(frozen=True)
class WageMonthDone:
    """How many parts an act on a month has taken on."""

    count: int


@dataclass(frozen=True)
class WagePartsAsked(PageAsked):
    """Which parts; any day of the month says it."""

    kind: GrantKind | None = None
    state: WageState | None = None
    line_ref: str | None = None
    month: date | None = None


@dataclass(frozen=True)
class WagePartRow:
    """What one payer owes of a month."""

    ref: str
    grant_ref: str
    placement_ref: str
    person: PersonLabel | None
    kind: GrantKind
    line: str
    month: date
    number: int
    slip: Chf | None
    amount: Chf
    state: WageState
    version: int


@dataclass(frozen=True)
class WagePartShown:
    """A part after a step."""

    ref: str
    amount: Chf
    transferred: Chf
    state: WageState
    reason: str | None
    version: int


@dataclass(frozen=True)
class WageReason:
    """Why a part is declined."""

    reason: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class PaidWageRow:
    """What a measure says it paid for a month, beside the scale (none: not computed)."""

    placement_ref: str
    person: PersonLabel | None
    month: date
    amount: Chf
    by_scale: Chf | None
    recorded_at: datetime


@dataclass(frozen=True)
class PaidWageShown:
    """What was told."""

    placement_ref: str
    month: date
    amount: Chf
    recorded_at: datetime


ROW = only(
    WagePartRow, "ref", "grant_ref", "placement_ref", "kind", "line", "month", "number", "slip", "amount",
    "state", "version", person=PERSON, called="WagePartRowAnswer",
)  # fmt: skip
PAID = only(
    PaidWageRow, "placement_ref", "month", "amount", "by_scale", "recorded_at", person=PERSON,
    called="PaidWageRowAnswer",
)  # fmt: skip


@blueprint.get("/months")
@needs(Permit.SEE_WAGES)
@blueprint.response(200, answer_schema(WageMonths))
def months() -> WageMonths:
    """Participants' pay by month and line, the latest month first."""
    return WageMonths(
        tuple(
            WageMonthRow(
                row.month, row.line, row.line_ref, Chf(int(row.amount)), int(row.computed),
                int(row.checked), int(row.approved), int(row.paid),
            )
            for row in months_list(g.work)
        )
    )  # fmt: skip


@blueprint.post("/months/computation")
@needs(Permit.CHECK_WAGES)
@once
@blueprint.arguments(MonthOfLine)
@blueprint.response(200, answer_schema(WageMonthDone))
def computed(ask: MonthOfLine) -> WageMonthDone:
    """Compute a month from attendance; what was computed stays, a difference is a further row."""
    return WageMonthDone(compute_month(g.work, ask))


@blueprint.post("/months/check")
@needs(Permit.CHECK_WAGES)
@once
@blueprint.arguments(MonthOfLine)
@blueprint.response(200, answer_schema(WageMonthDone))
def checked(ask: MonthOfLine) -> WageMonthDone:
    """Check what was computed of a line's month."""
    return WageMonthDone(check_month(g.work, ask))


@blueprint.post("/months/approval")
@needs(Permit.PAY_WAGES)
@once
@blueprint.arguments(MonthOfLine)
@blueprint.response(200, answer_schema(WageMonthDone))
def approved(ask: MonthOfLine) -> WageMonthDone:
    """Somebody who neither computed nor checked approves a line's month."""
    return WageMonthDone(approve_month(g.work, ask))


@blueprint.post("/months/payment")
@needs(Permit.PAY_WAGES)
@once
@blueprint.arguments(MonthOfLine)
@blueprint.response(200, answer_schema(WageMonthDone))
def paid(ask: MonthOfLine) -> WageMonthDone:
    """Somebody who did not approve pays a line's month."""
    return WageMonthDone(pay_month(g.work, ask))


@blueprint.get("/parts")
@needs(Permit.SEE_WAGES)
@blueprint.arguments(WagePartsAsked, location="query")
@blueprint.response(200, paged(ROW))
def parts(asked: WagePartsAsked) -> Page[WagePartRow]:
    """What payers owe of months, the newest first."""
    work, name = g.work, f"wages {asked.kind} {asked.state} {asked.line_ref} {asked.month}"
    since = place(work.settings, name, asked.after)
    rows = parts_list(
        work,
        kinds=(asked.kind,) if asked.kind else (),
        states=(asked.state,) if asked.state else (),
        line_id=line_by_ref(work, asked.line_ref).id if asked.line_ref else None,
        month=month_of(asked.month).start if asked.month else None,
        after=since[0] if since else 0,
        limit=asked.limit + 1,
    )
    page = page_of(rows, asked.limit, work.settings, name, lambda row: (row.id,))
    people = label(work, {row.person_id for row in page.items})
    work.saw("person", [row.person_id for row in page.items], int(Section.PLACEMENT))
    return Page(
        [
            WagePartRow(
                row.ref, row.grant_ref, row.placement_ref, people.get(row.person_id), row.kind, row.line,
                row.month, row.number, row.slip, row.amount, row.state, row.version,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


@blueprint.post("/parts/<ref:ref>/check")
@needs(Permit.CHECK_WAGES)
@versioned
@once
@blueprint.response(200, answer_schema(WagePartShown))
def part_checked(ref: str) -> Tagged:
    """Check one part."""
    return _shown(check_part(g.work, _fresh(ref)))


@blueprint.post("/parts/<ref:ref>/approval")
@needs(Permit.PAY_WAGES)
@versioned
@once
@blueprint.response(200, answer_schema(WagePartShown))
def part_approved(ref: str) -> Tagged:
    """Approve one part."""
    return _shown(approve_part(g.work, _fresh(ref)))


@blueprint.post("/parts/<ref:ref>/payment")
@needs(Permit.PAY_WAGES)
@versioned
@once
@blueprint.response(200, answer_schema(WagePartShown))
def part_paid(ref: str) -> Tagged:
    """Pay one part."""
    return _shown(pay_part(g.work, _fresh(ref)))


@blueprint.post("/parts/<ref:ref>/refusal")
@needs(Permit.CHECK_WAGES)
@versioned
@once
@blueprint.arguments(WageReason)
@blueprint.response(200, answer_schema(WagePartShown))
def part_declined(ask: WageReason, ref: str) -> Tagged:
    """Decline one part, with the reason; the month may be computed or claimed again."""
    return _shown(decline_part(g.work, DeclinePart(_fresh(ref), ask.reason)))


@blueprint.get("/paid")
@needs(Permit.SEE_WAGES)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(PAID))
def told(asked: PageAsked) -> Page[PaidWageRow]:
    """What measures say they paid, beside the scale, the newest first."""
    work, name = g.work, "paid-wages"
    since = place(work.settings, name, asked.after)
    rows = told_against_scale(work, after=since[0] if since else 0, limit=asked.limit + 1)
    page = page_of(rows, asked.limit, work.settings, name, lambda row: (row.id,))
    people = label(work, {row.person_id for row in page.items})
    work.saw("person", [row.person_id for row in page.items], int(Section.PLACEMENT))
    return Page(
        [
            PaidWageRow(
                row.placement_ref, people.get(row.person_id), row.month, row.amount,
                None if row.by_scale is None else Chf(int(row.by_scale)), row.recorded_at,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


@blueprint.post("/paid")
@needs(Permit.TELL_WAGES)
@once
@blueprint.arguments(TellPaidWage)
@blueprint.response(201, answer_schema(PaidWageShown))
def tell(ask: TellPaidWage) -> PaidWageShown:
    """Say what the measure paid a participant for a month."""
    made: PaidWage = tell_paid_wage(g.work, ask)
    return PaidWageShown(ask.placement_ref, made.month, made.amount, made.recorded_at)


def _fresh(ref: str) -> str:
    matched(ref, part_by_ref(g.work, ref).version)
    return ref


def _shown(part: WagePart) -> Tagged:
    shown = WagePartShown(part.ref, part.amount, part.transferred, part.state, part.reason, part.version)
    return tagged(shown, part.ref, part.version)
