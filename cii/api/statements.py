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
from cii.settlement.queries import StatementView, statement_by_ref, statement_view, statements_list, stays_in
from cii.settlement.schemas import PAYMENT
from cii.settlement.tables import Payment, StatementLine
from cii.settlement.vocabulary import StatementEvent, StatementState
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
    """Why a statement goes back to the provider."""

    reason: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class StatementLineShown:
    """A piece of a placement: its days, factor, gross price, this payer's part, and how it was computed."""

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
    """A statement with its lines, its payment and the moves open to me."""

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
    version: int
    lines: tuple[StatementLineShown, ...]
    payment: Payment | None
    moves: tuple[StatementEvent, ...]


@dataclass(frozen=True)
class Engaged:
    """What was bound beyond the commitment."""

    amount: Chf


ROW = only(
    StatementRow, "ref", "agreement_ref", "agreement_number", "line", "first", "last", "sequence", "state",
    "total", "version", called="StatementRowAnswer",
)  # fmt: skip
PIECE = only(
    StatementLineShown, "placement_ref", "first", "last", "factor", "gross", "share", "shares", "amount",
    "explanation", person=PERSON, called="StatementLineAnswer",
)  # fmt: skip
STATEMENT = only(
    StatementShown, "ref", "agreement_ref", "agreement_number", "line", "first", "last", "sequence", "state",
    "total", "rule_version", "returned_reason", "version", "moves", lines=PIECE, payment=PAYMENT,
    called="StatementAnswer",
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
@blueprint.response(200, STATEMENT)
def submitted(ref: str) -> Tagged:
    """The provider vouches for the month."""
    return _shown(submit(g.work, _fresh(ref)).ref)


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
    """Send a statement back to the provider, with the reason."""
    return _shown(return_statement(g.work, ReturnStatement(_fresh(ref), ask.reason)).ref)


@blueprint.post("/<ref:ref>/further-engagement")
@needs(Permit.APPROVE_STATEMENT)
@versioned
@once
@blueprint.response(200, only(Engaged, "amount"))
def engaged(ref: str) -> Engaged:
    """Bind what a checked statement needs beyond the commitment."""
    return Engaged(decide_further_engagement(g.work, _fresh(ref)))


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
    shown = StatementShown(
        row.ref, agreement.ref, agreement.number, line.code, row.period_start, row.period_end - ONE_DAY,
        row.sequence, row.state, row.total, row.rule_version, row.returned_reason, row.version,
        _pieces(view), view.payment, view.moves,
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
            one.amount, _explained(one),
        )
        for one in view.lines
    )  # fmt: skip


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
