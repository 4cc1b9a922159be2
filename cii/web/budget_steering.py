"""What a year's budget is divided into: transfers by decision, and ceilings beside the line's budget."""

from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreements_bought_by
from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.budgets.actions_transfers import AskTransfer, ask_transfer, decide_transfer
from cii.budgets.queries import positions
from cii.budgets.queries_ceilings import CeilingRow, ceilings_of
from cii.budgets.rules import Position
from cii.budgets.vocabulary import YearState
from cii.institutions.queries import line_by_ref, lines
from cii.institutions.tables import FundingLine
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.measures.queries import measures_by_id
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import Option, t
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("budget_steering", __name__)


@dataclass(frozen=True)
class AnswerTransfer:
    """The second person's answer to a transfer."""

    transfer_ref: str
    granted: bool


@dataclass(frozen=True)
class CeilingForm:
    """A ceiling of this line's year, of a measure or an agreement."""

    amount: Chf
    decision: str = field(metadata={"max": 80})
    reason: str = field(metadata={"max": 500})
    measure_ref: str | None = None
    agreement_ref: str | None = None


@dataclass(frozen=True)
class CeilingTransferForm:
    """A part of one ceiling that goes to another."""

    from_ceiling_ref: str
    to_ceiling_ref: str
    amount: Chf = field(metadata={"min": Chf(1)})
    decision: str = field(metadata={"max": 80})
    reason: str = field(metadata={"max": 500})


@page.get("/budgets/transfers/new")
@needs(Permit.EDIT_BUDGETS)
def new_transfer() -> str:
    """The form that asks for a transfer between two lines."""
    return render_template(
        "pages/budget_steering/transfer.html", lines=_own_lines(g.work), year=g.work.today.year
    )


@page.post("/budgets/transfers/new")
@needs(Permit.EDIT_BUDGETS)
@once
@again(new_transfer)
def ask() -> Response:
    """Ask for a transfer; another person decides."""
    ask_transfer(g.work, asked(AskTransfer))
    return see_other("budgets.index")


@page.post("/budgets/transfers")
@needs(Permit.EDIT_BUDGETS)
@once
@again(new_transfer)
def answer() -> Response:
    """Grant or refuse a transfer that somebody else has asked for."""
    said = asked(AnswerTransfer)
    decided = decide_transfer(g.work, said.transfer_ref, granted=said.granted)
    return see_other("budgets.index", year=decided.year)


@page.get("/budgets/<ref:ref>/<int:year>/ceilings")
@needs(Permit.SEE_BUDGETS)
def ceilings(ref: str, year: int) -> str:
    """The ceilings of a line's year, with the forms to set one and to move a part to another."""
    return render_template("pages/budget_steering/ceilings.html", **_ceilings(g.work, ref, year))


@page.post("/budgets/<ref:ref>/<int:year>/ceilings")
@needs(Permit.EDIT_BUDGETS)
@once
@again(ceilings)
def cap(ref: str, year: int) -> Response:
    """Set a ceiling, or change the one that stands."""
    form = asked(CeilingForm)
    set_ceiling(
        g.work,
        SetCeiling(
            ref,
            year,
            form.amount,
            form.decision,
            form.reason,
            form.measure_ref or None,
            form.agreement_ref or None,
        ),
    )
    return see_other("budget_steering.ceilings", ref=ref, year=year)


@page.get("/budgets/<ref:ref>/<int:year>/ceilings/transfer")
@needs(Permit.EDIT_BUDGETS)
def move_form(ref: str, year: int) -> str:
    """The form that moves a part of one ceiling to another."""
    return render_template("pages/budget_steering/move.html", **_ceilings(g.work, ref, year))


@page.post("/budgets/<ref:ref>/<int:year>/ceilings/transfer")
@needs(Permit.EDIT_BUDGETS)
@once
@again(move_form)
def move(ref: str, year: int) -> Response:
    """Ask that a part of one ceiling go to another."""
    form = asked(CeilingTransferForm)
    ask_transfer(
        g.work,
        AskTransfer(
            ref, year, form.amount, form.decision, form.reason,
            from_ceiling_ref=form.from_ceiling_ref, to_ceiling_ref=form.to_ceiling_ref,
        ),
    )  # fmt: skip
    return see_other("budgets.index", year=year)


def position_here(work: Work, ref: str, year: int) -> tuple[FundingLine, Position]:
    """A line and its year as the reader may see them; refuses UnknownThing."""
    named = line_by_ref(work, ref)
    found = next((one for one in positions(work, year) if one.line_id == named.id), None)
    if found is None:
        raise UnknownThing(field="line")
    return named, found


def _ceilings(work: Work, ref: str, year: int) -> dict[str, Any]:
    named, position = position_here(work, ref, year)
    rows = ceilings_of(work, position.line_id, year)
    mine = {seat.sector for seat in work.actor.seats}
    may_set = (
        Permit.EDIT_BUDGETS in work.actor.permits
        and position.sector in mine
        and position.state is YearState.OPEN
    )
    agreements = agreements_bought_by(work, position.line_id) if may_set else []
    measures = measures_by_id(work, {one.measure_id for one in agreements})
    return {
        "line": named,
        "year": year,
        "rows": [_row(one) for one in rows],
        "may_set": may_set,
        "measures": [
            {"value": one.ref, "label": f"{one.code}, {one.name}"}
            for one in sorted(measures.values(), key=lambda one: one.code)
        ],
        "agreements": [
            {"value": ref_, "label": number}
            for number, ref_ in sorted({(one.number, one.ref) for one in agreements})
        ],
        "ceilings": [{"value": one.ref, "label": one.label} for one in rows],
    }


def _row(one: CeilingRow) -> dict[str, Any]:
    if not one.left:
        state = {"label": t("web.ceilings.reached"), "tone": "bad"}
    elif one.warning:
        state = {"label": t("web.ceilings.nearly"), "tone": "warn"}
    else:
        state = {"label": t("web.ceilings.fine"), "tone": "good"}
    return {
        "of": one.label, "amount": one.amount, "used": one.used, "left": one.left, "decision": one.decision,
        "state": state,
    }  # fmt: skip


def _own_lines(work: Work) -> list[Option]:
    mine = {seat.sector for seat in work.actor.seats}
    return [
        {"value": one.ref, "label": f"{one.code}, {one.name}"} for one in lines(work) if one.sector in mine
    ]
