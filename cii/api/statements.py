"""Statements (décomptes): computed, submitted, checked, approved by a second person, paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref, agreements_by_id
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period
from cii.people.queries import PersonLabel, label
from cii.people.schemas import PERSON
from cii.settlement.actions import (
    LineReason,
    PrefillStatement,
    ReturnStatement,
    approve,
    check_statement,
    decide_further_engagement,
    pay,
    prefill_statement,
    return_statement,
    submit,
)
from cii.settlement.corrections import Proposal, correction_proposals
from cii.settlement.late import late_of
from cii.settlement.queries import StatementView, statement_by_ref, statement_view, statements_list, stays_in
from cii.settlement.schemas import PAYMENT
from cii.settlement.tables import Payment, StatementLine
from cii.settlement.vocabulary import CorrectionCause, StatementEvent, StatementState
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-statements", __name__, url_prefix=f"{PREFIX}/statements")


@dataclass(frozen=True)
class StatementsAsked(PageAsked):
    """Which statements; `month` is a day of it."""

    state: StatementState | None = None
    agreement_ref: str | None = None
    month: date | None = None


@dataclass(frozen=True)
class Return:
    """Why a statement goes back to the provider: in general, and for single lines, numbered from 1."""

    reason: str = field(default="", metadata={"max": 1000})
    lines: tuple[LineReason, ...] = ()


@dataclass(frozen=True)
class Submission:
    """Under which invoice number of the provider a statement is handed in, if it has one."""

    invoice_number: str | None = field(default=None, metadata={"max": 40})


@dataclass(frozen=True)
class StatementLineShown:
    """A piece of a placement: its days, factor, gross price, this payer's part, and how it was computed.

    `remark`: what was said of it when the statement was sent back last.
    """

    placement_ref: str | None
    person: PersonLabel | None
    first: date
    last: date
    factor: str
    gross: Chf
    share: int
    shares: int
    amount: Chf
    explanation: dict[str, Any]
    remark: str | None


@dataclass(frozen=True)
class StatementRow:
    """A statement as lists tell it; `sequence` 1 is the month's, higher ones correct it."""

    ref: str
    agreement_ref: str
    agreement_number: str
    line: str
    first: date
    last: date
    sequence: int
    state: StatementState
    total: Chf
    version: int


@dataclass(frozen=True)
class StatementShown:
    """A statement with its lines, its payment and the moves open to me.

    `booked_year`: the year that took it, where the books of its own were closed.
    """

    ref: str
    agreement_ref: str
    agreement_number: str
    line: str
    first: date
    last: date
    sequence: int
    state: StatementState
    total: Chf
    rule_version: str
    returned_reason: str | None
    invoice_number: str | None
    version: int
    booked_year: int | None
    lines: tuple[StatementLineShown, ...]
    payment: Payment | None
    moves: tuple[StatementEvent, ...]


@dataclass(frozen=True)
class Engaged:
    """What was bound beyond the commitment."""

    amount: Chf


@dataclass(frozen=True)
class CorrectedPlaceShown:
    """What differs for one placement of a stated month; `difference` may be negative."""

    placement_ref: str | None
    stated: Chf
    now: Chf
    difference: Chf
    causes: tuple[CorrectionCause, ...]


@dataclass(frozen=True)
class CorrectionShown:
    """A stated month for which a correction is due; compute its statement to draft it."""

    agreement_ref: str
    agreement_number: str
    line_ref: str
    line: str
    month: date
    difference: Chf
    places: tuple[CorrectedPlaceShown, ...]


CORRECTED = only(
    CorrectedPlaceShown, "placement_ref", "stated", "now", "difference", "causes",
    called="CorrectedPlaceAnswer",
)  # fmt: skip
CORRECTION = only(
    CorrectionShown, "agreement_ref", "agreement_number", "line_ref", "line", "month", "difference",
    places=CORRECTED, called="CorrectionAnswer",
)  # fmt: skip
ROW = only(
    StatementRow, "ref", "agreement_ref", "agreement_number", "line", "first", "last", "sequence", "state",
    "total", "version", called="StatementRowAnswer",
)  # fmt: skip
PIECE = only(
    StatementLineShown, "placement_ref", "first", "last", "factor", "gross", "share", "shares", "amount",
    "explanation", "remark", person=PERSON, called="StatementLineAnswer",
)  # fmt: skip
STATEMENT = only(
    StatementShown, "ref", "agreement_ref", "agreement_number", "line", "first", "last", "sequence", "state",
    "total", "rule_version", "returned_reason", "invoice_number", "version", "booked_year", "moves",
    lines=PIECE, payment=PAYMENT, called="StatementAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_STATEMENTS)
@blueprint.arguments(StatementsAsked, location="query")
@blueprint.response(200, paged(ROW))
def listed(asked: StatementsAsked) -> Page[StatementRow]:
    """The statements that I may see, in the order in which they were made."""
    return _page(asked)


@blueprint.post("")
@needs(Permit.SUBMIT_STATEMENT, Permit.CHECK_STATEMENT)
@once
@blueprint.arguments(PrefillStatement)
@blueprint.response(201, STATEMENT)
def prefilled(ask: PrefillStatement) -> Tagged:
    """Compute the statement of a month from attendance; once settled, what has changed since."""
    return _shown(prefill_statement(g.work, ask).ref)


@blueprint.get("/corrections")
@needs(Permit.SEE_STATEMENTS)
@blueprint.response(200, paged(CORRECTION))
def corrections() -> Page[CorrectionShown]:
    """The stated months that cost something else by now, with cause and difference, the oldest first."""
    work = g.work
    found = correction_proposals(work)
    named = agreements_by_id(work, {one.agreement_id for one in found})
    lines = lines_by_id(work, {one.line_id for one in found})
    return Page([_correction(one, named[one.agreement_id], lines[one.line_id]) for one in found])


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_STATEMENTS)
@blueprint.response(200, STATEMENT)
def one(ref: str) -> Tagged:
    """A statement with each of its pieces explained."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/submission")
@needs(Permit.SUBMIT_STATEMENT)
@versioned
@once
@blueprint.arguments(Submission)
@blueprint.response(200, STATEMENT)
def submitted(ask: Submission, ref: str) -> Tagged:
    """The provider vouches for the month, under its own invoice number, which it uses once."""
    return _shown(submit(g.work, _fresh(ref), ask.invoice_number).ref)


@blueprint.post("/<ref:ref>/check")
@needs(Permit.CHECK_STATEMENT)
@versioned
@once
@blueprint.response(200, STATEMENT)
def checked(ref: str) -> Tagged:
    """The paying sector has checked the statement."""
    return _shown(check_statement(g.work, _fresh(ref)).ref)


@blueprint.post("/<ref:ref>/approval")
@needs(Permit.APPROVE_STATEMENT)
@versioned
@once
@blueprint.response(200, STATEMENT)
def approved(ref: str) -> Tagged:
    """Somebody who neither prepared nor checked it accepts the statement."""
    return _shown(approve(g.work, _fresh(ref)).ref)


@blueprint.post("/<ref:ref>/payment")
@needs(Permit.PAY_STATEMENT)
@versioned
@once
@blueprint.response(200, STATEMENT)
def paid(ref: str) -> Tagged:
    """Somebody who did not approve it releases the payment."""
    pay(g.work, _fresh(ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/return")
@needs(Permit.CHECK_STATEMENT, Permit.APPROVE_STATEMENT)
@versioned
@once
@blueprint.arguments(Return)
@blueprint.response(200, STATEMENT)
def returned(ask: Return, ref: str) -> Tagged:
    """Send a statement back to the provider, with the reason in general and of single lines."""
    return _shown(return_statement(g.work, ReturnStatement(_fresh(ref), ask.reason, ask.lines)).ref)


@blueprint.post("/<ref:ref>/further-engagement")
@needs(Permit.APPROVE_STATEMENT)
@versioned
@once
@blueprint.response(200, only(Engaged, "amount"))
def engaged(ref: str) -> Engaged:
    """Bind what a checked statement needs beyond the commitment."""
    return Engaged(decide_further_engagement(g.work, _fresh(ref)))


def _correction(one: Proposal, agreement: Any, line: Any) -> CorrectionShown:  # noqa: ANN401 - rows
    ids = [place.placement_id for place in one.places]
    refs = {stay.placement_id: stay.ref for stay in stays_in(g.work, one.month, placement_ids=ids)}
    places = tuple(
        CorrectedPlaceShown(
            refs.get(place.placement_id), place.stated, place.now, place.difference, place.causes
        )
        for place in one.places
    )
    return CorrectionShown(
        agreement.ref, agreement.number, line.ref, line.code, one.month.start, one.difference, places
    )


def _fresh(ref: str) -> str:
    matched(ref, statement_by_ref(g.work, ref).version)
    return ref


def _page(asked: StatementsAsked) -> Page[StatementRow]:
    work, name = g.work, f"statements {asked.state or ''} {asked.agreement_ref or ''} {asked.month or ''}"
    since = place(work.settings, name, asked.after)
    rows = statements_list(
        work,
        states=(asked.state,) if asked.state else (),
        agreement_id=agreement_by_ref(work, asked.agreement_ref).id if asked.agreement_ref else None,
        month=asked.month,
        after=since[0] if since else 0,
        limit=asked.limit + 1,
    )
    page = page_of(rows, asked.limit, work.settings, name, lambda row: (row.id,))
    named = agreements_by_id(work, {row.agreement_id for row in page.items})
    return Page(
        [
            StatementRow(
                row.ref, named[row.agreement_id].ref, named[row.agreement_id].number, row.line,
                row.period_start, row.period_end - ONE_DAY, row.sequence, row.state, row.total, row.version,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


def _shown(ref: str) -> Tagged:
    view = statement_view(g.work, ref)
    row = view.statement
    agreement = agreements_by_id(g.work, [row.agreement_id])[row.agreement_id]
    line = lines_by_id(g.work, [row.line_id])[row.line_id]
    late = late_of(g.work, row)
    shown = StatementShown(
        row.ref, agreement.ref, agreement.number, line.code, row.period_start, row.period_end - ONE_DAY,
        row.sequence, row.state, row.total, row.rule_version, row.returned_reason, row.invoice_number,
        row.version, late.into if late and late.origin_on else None, _pieces(view), view.payment, view.moves,
    )  # fmt: skip
    return tagged(shown, row.ref, row.version)


def _pieces(view: StatementView) -> tuple[StatementLineShown, ...]:
    row, persons = view.statement, label(g.work, view.persons.values())
    month = Period(row.period_start, row.period_end)
    refs = {one.placement_id: one.ref for one in stays_in(g.work, month, placement_ids=list(view.persons))}
    return tuple(
        StatementLineShown(
            refs.get(one.placement_id), persons.get(view.persons.get(one.placement_id, 0)), one.period_start,
            one.period_end - ONE_DAY, f"{one.factor_num}/{one.factor_den}", one.gross, one.share, one.shares,
            one.amount, _explained(one), _remark(view, one),
        )
        for one in view.lines
    )  # fmt: skip


def _remark(view: StatementView, line: StatementLine) -> str | None:
    said = view.remark_on(line)
    return said.reason if said else None


def _explained(line: StatementLine) -> dict[str, Any]:
    """How a piece was computed: sums as money, no ids."""
    return {name: _told(name, value) for name, value in line.explanation.items() if name != "tariff"}


def _told(name: str, value: Any) -> Any:  # noqa: ANN401 - plain values of an explanation
    match value:
        case Mapping():
            return {key: _told(key, one) for key, one in value.items() if key != "tariff"}
        case int() if name in {"amount", "gross"}:
            return Chf(value)
        case list() if name in {"parts", "stated"}:
            return [Chf(one) for one in value]
        case Sequence() if not isinstance(value, str):
            return [_told(name, one) for one in value]
    return value
