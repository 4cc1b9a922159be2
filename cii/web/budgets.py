"""Budgets: positions of the lines, what stands behind them, grants and reversals; the budgets used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreements_by_id
from cii.budgets.actions import AskReversal, DecideBudget, ask_reversal, decide_budget, decide_reversal
from cii.budgets.queries import movements_of, positions, positions_by_agreement
from cii.budgets.queries_ceilings import open_transfers
from cii.budgets.reversals import open_reversals
from cii.budgets.rules import Position
from cii.budgets.vocabulary import Stage, YearState
from cii.institutions.queries import line_by_ref, lines
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.store.work import HOUSE, Work
from cii.texts import formats, speech
from cii.web.base import Blueprint, see_other
from cii.web.choices import (
    choice_asked,
    fallback,
    figure,
    number_asked,
    options,
    t,
    text_asked,
    word,
    year_asked,
)
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("budgets", __name__)
_SHOWN = (Stage.COMMITTED, Stage.ACCRUED, Stage.INVOICED, Stage.PAID)
_PAGE = 50


@dataclass(frozen=True)
class AnswerReversal:
    """The second person's answer to a reversal."""

    request_ref: str
    granted: bool


@page.get("/budgets", endpoint="index")
@needs(Permit.SEE_BUDGETS)
def budgets_page() -> str:
    """Where the money of each line stands in a year."""
    return render_template("pages/budgets/index.html", **_positions(g.work))


@page.get("/budgets/<ref:ref>/<int:year>")
@needs(Permit.SEE_BUDGETS)
def line(ref: str, year: int) -> str:
    """One line's year: by agreement, and the movements behind it."""
    return render_template(
        "pages/budgets/line.html", **_line(g.work, ref, year), budget_lines=used_lines(g.work)
    )


@page.get("/budgets/new")
@needs(Permit.EDIT_BUDGETS)
def grant() -> str:
    """The form that grants a budget or changes it."""
    return render_template("pages/budgets/grant.html", **_grant(g.work))


@page.post("/budgets/new")
@needs(Permit.EDIT_BUDGETS)
@once
@again(grant)
def decide() -> Response:
    """Grant a line's year, or change it."""
    ask = asked(DecideBudget)
    decide_budget(g.work, ask)
    return see_other("budgets.line", ref=ask.line_ref, year=ask.year)


@page.get("/budgets/entries/<ref:ref>/reversal")
@needs(Permit.REVERSE_LEDGER)
def reversal(ref: str) -> str:
    """The form that asks for a reversal."""
    return render_template("pages/budgets/reversal.html", entry_ref=ref)


@page.post("/budgets/entries/<ref:ref>/reversal")
@needs(Permit.REVERSE_LEDGER)
@once
@again(reversal)
def ask(ref: str) -> Response:
    """Ask that an entry be mirrored; another person decides."""
    ask_reversal(g.work, asked(AskReversal, entry_ref=ref))
    return see_other("budgets.index")


@page.post("/budgets/reversals")
@needs(Permit.REVERSE_LEDGER)
@once
@again(budgets_page)
def answer_reversal() -> Response:
    """Grant or refuse a reversal that somebody else has asked for."""
    answer = asked(AnswerReversal)
    decide_reversal(g.work, answer.request_ref, granted=answer.granted)
    return see_other("budgets.index")


def used_lines(work: Work) -> list[dict[str, Any]]:
    """How much of each line's budget of this year is used, for the left rail; empty without the right."""
    if Permit.SEE_BUDGETS not in work.actor.permits:
        return []
    return [_used(one) for one in positions(work, work.today.year)]


def _used(position: Position) -> dict[str, Any]:
    share = Fraction(position.used.centimes, position.granted.centimes) if position.granted else Fraction(0)
    text = (
        t("web.budgets.used", share=share, granted=position.granted)
        if position.hard
        else t("web.budgets.used-open", used=position.used)
    )
    tone = "bad" if position.hard and not position.available else "warn" if position.warning else "neutral"
    return {
        "label": position.line,
        "value": max(position.used.centimes, 0),
        "max": max(position.granted.centimes, 1),
        "text": text,
        "tone": tone if position.hard else "neutral",
    }


def _positions(work: Work) -> dict[str, Any]:
    year = year_asked()
    found = positions(work, year)
    return {
        "year": year,
        "years": _years(work, year),
        "rows": [_position_row(one) for one in found],
        "total": _total(found),
        "budget_lines": [_used(one) for one in found] if year == work.today.year else used_lines(work),
        "reversals": _reversals(work),
        "transfers": _transfers(work),
        "may_grant": Permit.EDIT_BUDGETS in work.actor.permits,
    }


def _years(work: Work, chosen: int) -> list[dict[str, Any]]:
    now = work.today.year
    return [
        {"label": str(year), "url": f"/budgets?year={year}", "current": year == chosen, "count": None}
        for year in sorted({now - 1, now, now + 1, chosen})
    ]


def _position_row(one: Position) -> dict[str, Any]:
    return {
        "line": one.line,
        "name": one.line_name,
        "ref": one.line_ref,
        "sector": one.sector,
        "granted": one.granted,
        "available": one.available if one.hard else None,
        **{stage.value: getattr(one, stage.value) for stage in _SHOWN},
        "state": _state(one),
    }


def _state(one: Position) -> dict[str, str]:
    if one.state is YearState.CLOSED:
        return {"label": word(one.state, "year_state"), "tone": "neutral"}
    if not one.hard:
        return {"label": t("web.budgets.no-ceiling"), "tone": "neutral"}
    if not one.available:
        return {"label": t("web.budgets.exhausted"), "tone": "bad"}
    if one.warning:
        return {"label": t("web.budgets.nearly", share=Fraction(one.warn_permille, 1000)), "tone": "warn"}
    return {"label": t("web.budgets.fine"), "tone": "good"}


def _total(found: Sequence[Position]) -> dict[str, Any] | None:
    if len(found) < 2:  # noqa: PLR2004 - one line is its own total
        return None
    sums = {stage.value: Chf.total(getattr(one, stage.value) for one in found) for stage in _SHOWN}
    limited = [one for one in found if one.hard]
    return {
        "line": t("web.budgets.total"),
        "granted": Chf.total(one.granted for one in found),
        "available": Chf.total(one.available for one in limited),
        **sums,
    }


def _reversals(work: Work) -> list[dict[str, Any]]:
    if Permit.REVERSE_LEDGER not in work.actor.permits:
        return []
    return [
        {
            "ref": one.ref,
            "kind": word(one.kind, "entry_kind"),
            "reason": one.reason,
            "asked_by": one.asked_by_name,
            "asked_at": one.asked_at,
            "amount": one.amount,
            "own": one.asked_by == work.actor.account_id,
        }
        for one in open_reversals(work)
    ]


def _transfers(work: Work) -> list[dict[str, Any]]:
    return [
        {
            "ref": one.ref, "year": one.year, "giver": one.giver, "taker": one.taker, "amount": one.amount,
            "reason": one.reason, "decision": one.decision, "asked_by": one.asked_by_name,
            "asked_at": one.asked_at, "own": one.asked_by == work.actor.account_id,
        }
        for one in open_transfers(work)
    ]  # fmt: skip


def _line(work: Work, ref: str, year: int) -> dict[str, Any]:
    named = line_by_ref(work, ref)
    position = next((one for one in positions(work, year) if one.line_id == named.id), None)
    if position is None:
        raise UnknownThing(field="line")
    stage, mark = choice_asked(Stage, "stage"), number_asked("after")
    chosen = text_asked("agreement")
    by_agreement = [row for row in positions_by_agreement(work, year) if row.line_id == named.id]
    agreements = agreements_by_id(work, [row.agreement_id for row in by_agreement])
    agreement = next((one for one in agreements.values() if one.ref == chosen), None)
    found = movements_of(
        work,
        position.line_id,
        year,
        agreement_id=agreement.id if agreement else None,
        stage=stage,
        after=mark,
        limit=_PAGE + 1,
    )
    kept = found[:_PAGE]
    more = {"stage": stage, "agreement": chosen}
    return {
        "line": named,
        "year": year,
        "position": _position_row(position),
        "used": _used(position),
        "figures_shown": _figures(position),
        "agreements": [
            {
                "number": agreements[row.agreement_id].number,
                "ref": agreements[row.agreement_id].ref,
                **{one.value: Chf(int(getattr(row, one.value))) for one in _SHOWN},
            }
            for row in by_agreement
        ],
        "any_origin": any(row.origin_on for row in kept),
        "movements": [_movement(row, {one.id: one.number for one in agreements.values()}) for row in kept],
        "asked": more,
        "stages": options(_SHOWN, "stage"),
        "agreement_options": [{"value": one.ref, "label": one.number} for one in agreements.values()],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "may_reverse": Permit.REVERSE_LEDGER in work.actor.permits,
        "may_close": Permit.EDIT_BUDGETS in work.actor.permits and position.state is YearState.OPEN,
    }


def _figures(position: Position) -> list[dict[str, Any]]:
    named = [("grant", position.granted), *([("available", position.available)] if position.hard else [])]
    named += [(stage.value, getattr(position, stage.value)) for stage in _SHOWN]
    return [figure(f"budgets.stage.{key}", formats.money(amount)) for key, amount in named]


def _movement(row: Any, numbers: dict[int | None, str]) -> dict[str, Any]:  # noqa: ANN401 - a Core row
    way = f"{word(row.from_stage, 'stage')} → {word(row.to_stage, 'stage')}"
    return {
        "effective_on": row.effective_on,
        "origin_on": row.origin_on,
        "kind": word(row.kind, "entry_kind"),
        "way": way,
        "agreement": numbers.get(row.agreement_id),
        "amount": row.amount,
        "source": _source(row),
        "booked": f"{t('web.journal.house') if row.actor == HOUSE.name else row.actor}, {_at(row.booked_at)}",
        "entry_ref": row.entry_ref,
    }


def _source(row: Any) -> str:  # noqa: ANN401 - a Core row
    kind = fallback(f"web.budgets.source.{row.source_kind}", row.source_kind)
    return speech.pair(kind, row.reason, language.lang()) if row.reason else kind


def _at(moment: datetime) -> str:
    return formats.moment(moment, language.lang())


def _grant(work: Work) -> dict[str, Any]:
    mine = {seat.sector for seat in work.actor.seats}
    return {
        "lines": [
            {"value": one.ref, "label": f"{one.code}, {one.name}"}
            for one in lines(work)
            if one.sector in mine
        ],
        "year": work.today.year,
    }
