"""Statements (décomptes): the list, one with its explained lines, its check, approval and payment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.agreements.bound import payers_of
from cii.agreements.queries import agreements_by_id
from cii.institutions.queries import lines_by_id
from cii.kernel.moves import open_moves
from cii.kernel.period import ONE_DAY
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
from cii.settlement.late import late_of
from cii.settlement.queries import (
    StatementView,
    events_of_role,
    same_eyes,
    statement_by_ref,
    statement_view,
    statements_list,
)
from cii.settlement.rules import MOVES
from cii.settlement.vocabulary import StatementEvent, StatementState
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import choice_asked, number_asked, options, t, word
from cii.web.late import late_told
from cii.web.statement_lines import line_rows, steps
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("statements", __name__)
_PAGE = 50
_TONES: Mapping[StatementState, str] = {
    StatementState.PREFILLED: "neutral",
    StatementState.SUBMITTED: "info",
    StatementState.CHECKED: "info",
    StatementState.APPROVED: "good",
    StatementState.PAID: "good",
    StatementState.RETURNED: "warn",
}
_ENDPOINTS: Mapping[StatementEvent, str] = {
    StatementEvent.PREFILL: "statements.compute_again",
    StatementEvent.SUBMIT: "statements.submit_statement",
    StatementEvent.CHECK: "statements.check",
    StatementEvent.APPROVE: "statements.approve_statement",
    StatementEvent.PAY: "statements.pay_statement",
    StatementEvent.RETURN: "statements.sending_back",
}


@dataclass(frozen=True)
class AskStatement:
    """Which statement is to be computed: agreement and line as one choice, and the month."""

    payer: str
    month: date


@dataclass(frozen=True)
class Submission:
    """Under which invoice number of the provider a statement is handed in, if it has one."""

    invoice_number: str | None = field(default=None, metadata={"max": 40})


@page.get("/statements", endpoint="index")
@needs(Permit.SEE_STATEMENTS)
def statements_page() -> str:
    """The statements that one may see."""
    return render_template("pages/statements/index.html", **_list(g.work))


@page.get("/statements/new")
@needs(Permit.SUBMIT_STATEMENT, Permit.CHECK_STATEMENT)
def new() -> str:
    """The form that computes a month's statement."""
    return render_template("pages/statements/new.html", **_new(g.work))


@page.post("/statements/new")
@needs(Permit.SUBMIT_STATEMENT, Permit.CHECK_STATEMENT)
@once
@again(new)
def compute() -> Response:
    """Compute a month's statement from attendance."""
    ask = asked(AskStatement)
    agreement, _, line = ask.payer.partition(".")
    made = prefill_statement(g.work, PrefillStatement(agreement, line, ask.month))
    return see_other("statements.one", ref=made.ref)


@page.get("/statements/<ref:ref>")
@needs(Permit.SEE_STATEMENTS)
def one(ref: str) -> str:
    """One statement with its lines and what is open to the reader."""
    return render_template("pages/statements/one.html", **_statement(g.work, ref))


@page.post("/statements/<ref:ref>/computing")
@needs(Permit.SUBMIT_STATEMENT, Permit.CHECK_STATEMENT)
@once
@again(one)
def compute_again(ref: str) -> Response:
    """Compute a draft anew."""
    _fresh(g.work, ref)
    prefill_statement(g.work, _payer(g.work, ref))
    return see_other("statements.one", ref=ref)


@page.post("/statements/<ref:ref>/submission")
@needs(Permit.SUBMIT_STATEMENT)
@once
@again(one)
def submit_statement(ref: str) -> Response:
    """Vouch for the month and hand it in."""
    _fresh(g.work, ref)
    submit(g.work, ref, asked(Submission).invoice_number)
    return see_other("statements.one", ref=ref)


@page.post("/statements/<ref:ref>/check")
@needs(Permit.CHECK_STATEMENT)
@once
@again(one)
def check(ref: str) -> Response:
    """The paying sector has checked it."""
    _fresh(g.work, ref)
    check_statement(g.work, ref)
    return see_other("statements.one", ref=ref)


@page.get("/statements/<ref:ref>/return")
@needs(Permit.CHECK_STATEMENT)
def sending_back(ref: str) -> str:
    """The form that sends it back."""
    return render_template("pages/statements/return.html", **_statement(g.work, ref))


@page.post("/statements/<ref:ref>/return")
@needs(Permit.CHECK_STATEMENT)
@once
@again(sending_back)
def send_back(ref: str) -> Response:
    """Send it back to the provider with the reason."""
    _fresh(g.work, ref)
    return_statement(g.work, asked(ReturnStatement, statement_ref=ref))
    return see_other("statements.one", ref=ref)


@page.post("/statements/<ref:ref>/approval")
@needs(Permit.APPROVE_STATEMENT)
@once
@again(one)
def approve_statement(ref: str) -> Response:
    """Accept what others have prepared and checked."""
    _fresh(g.work, ref)
    approve(g.work, ref)
    return see_other("statements.one", ref=ref)


@page.post("/statements/<ref:ref>/engagement")
@needs(Permit.APPROVE_STATEMENT)
@once
@again(one)
def engage(ref: str) -> Response:
    """Bind what the statement needs beyond the commitment."""
    _fresh(g.work, ref)
    decide_further_engagement(g.work, ref)
    return see_other("statements.one", ref=ref)


@page.post("/statements/<ref:ref>/payment")
@needs(Permit.PAY_STATEMENT)
@once
@again(one)
def pay_statement(ref: str) -> Response:
    """Release the payment that somebody else approved."""
    _fresh(g.work, ref)
    pay(g.work, ref)
    return see_other("statements.one", ref=ref)


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, statement_by_ref(work, ref).version)


def _payer(work: Work, ref: str) -> PrefillStatement:
    held = statement_by_ref(work, ref)
    agreement = agreements_by_id(work, [held.agreement_id])[held.agreement_id]
    return PrefillStatement(
        agreement.ref, lines_by_id(work, [held.line_id])[held.line_id].ref, held.period_start
    )


def _list(work: Work) -> dict[str, Any]:
    state = choice_asked(StatementState, "state")
    found = statements_list(
        work, states=(state,) if state else (), after=number_asked("after"), newest=True, limit=_PAGE + 1
    )
    kept = found[:_PAGE]
    permits = work.actor.permits
    return {
        "state": state,
        "states": options(StatementState, "statement_state"),
        "rows": statement_rows(work, kept),
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "may_compute": Permit.SUBMIT_STATEMENT in permits or Permit.CHECK_STATEMENT in permits,
    }


def statement_rows(work: Work, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Statements as a list shows them; rows of `statements_list`."""
    agreements = agreements_by_id(work, {row.agreement_id for row in found})
    return [
        {
            "ref": row.ref,
            "month": formats.month(row.period_start, language.lang()).capitalize(),
            "agreement": agreements[row.agreement_id].number,
            "line": row.line,
            "sequence": t("web.statements.correction", n=row.sequence - 1) if row.sequence > 1 else None,
            "total": row.total,
            "state": state_chip(row.state),
        }
        for row in found
    ]


def state_chip(state: StatementState) -> dict[str, str]:
    """The state of a statement as a word with its tone."""
    return {"label": word(state, "statement_state"), "tone": _TONES[state]}


def _new(work: Work) -> dict[str, Any]:
    last = work.today.replace(day=1) - ONE_DAY
    found = payers_of(work)
    named = lines_by_id(work, {row.line_id for row in found})
    return {
        "payers": [
            {
                "value": f"{row.agreement_ref}.{named[row.line_id].ref}",
                "label": f"{row.number} · {named[row.line_id].code}",
            }
            for row in found
        ],
        "month": last.replace(day=1).isoformat(),
    }


def _statement(work: Work, ref: str) -> dict[str, Any]:
    view = statement_view(work, ref)
    held = view.statement
    agreement = agreements_by_id(work, [held.agreement_id])[held.agreement_id]
    line = lines_by_id(work, [held.line_id])[held.line_id]
    names = account_names(
        work, {one for one in (held.prepared_by, held.checked_by, held.approved_by) if one is not None}
    )
    blocked = _blocked(work, view)
    return {
        "statement": held,
        "version": etag(ref, held.version),
        "month": formats.month(held.period_start, language.lang()),
        "agreement": agreement,
        "line": line,
        "state": state_chip(held.state),
        "steps": steps(view, names),
        "lines": line_rows(work, view),
        "total": {"person": t("web.statements.total"), "amount": held.total},
        "moves": [_move(one) for one in view.moves if one is not StatementEvent.SUBMIT],
        "may_submit": StatementEvent.SUBMIT in view.moves,
        "blocked": blocked,
        "late": late_told(late_of(work, held), waiting=bool(view.moves)),
        "payment": view.payment,
        "paid_by": names.get(view.payment.released_by or 0) if view.payment else None,
        "correction": held.sequence > 1,
        "may_engage": StatementEvent.APPROVE in view.moves,
    }


def _move(event: StatementEvent) -> dict[str, Any]:
    return {
        "event": event.value,
        "label": word(event, "statement_event"),
        "endpoint": _ENDPOINTS[event],
        "form": event is StatementEvent.RETURN,
        "main": event not in {StatementEvent.RETURN, StatementEvent.PREFILL},
    }


def _blocked(work: Work, view: StatementView) -> list[str]:
    """Why a step that the reader's role knows is closed to this reader: it needs another pair of eyes."""
    mine = events_of_role(work, view.statement)
    return [
        t(f"web.statements.four-eyes.{event.value}")
        for event in open_moves(MOVES, view.statement.state)
        if event in mine and same_eyes(work.actor, view.statement, event)
    ]
