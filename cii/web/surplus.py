"""Surplus: the clause of each agreement, and the profit carry-over of the AI."""

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref, agreements_list, may_write
from cii.agreements.vocabulary import Profile
from cii.final_accounts.actions import AgreeSurplus, MoveCarryOver, agree_surplus, move_carry_over
from cii.final_accounts.queries import carried_by_agreement, clause_at, surplus_in
from cii.final_accounts.tables import CarryOver
from cii.final_accounts.vocabulary import Purpose, SurplusRule
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, t, text_asked, word
from cii.web.final_accounts import tabs
from cii.web.year_account import clause_told
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("surplus", __name__)
_PAGE = 50


@page.get("/final-accounts/surplus", endpoint="index")
@needs(Permit.SEE_STATEMENTS)
def surplus_page() -> str:
    """What becomes of a surplus, by agreement."""
    return render_template("pages/final_accounts/surplus.html", **_list(g.work))


@page.get("/final-accounts/surplus/<ref:ref>")
@needs(Permit.SEE_STATEMENTS)
def one(ref: str) -> str:
    """The clause and the profit carry-over of an agreement."""
    return render_template("pages/final_accounts/surplus_one.html", **_one(g.work, ref))


@page.post("/final-accounts/surplus/<ref:ref>/clause")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def agree(ref: str) -> Response:
    """Agree what becomes of a surplus from a day on."""
    agree_surplus(g.work, asked(AgreeSurplus, agreement_ref=ref))
    return see_other("surplus.one", ref=ref)


@page.post("/final-accounts/surplus/<ref:ref>/carry-over")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def carry(ref: str) -> Response:
    """Carry a year's result over."""
    move_carry_over(g.work, asked(MoveCarryOver, agreement_ref=ref))
    return see_other("surplus.one", ref=ref)


def _list(work: Work) -> dict[str, Any]:
    found = agreements_list(work, after=text_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    told = surplus_in(work, [row.id for row in kept])
    return {
        "tabs": tabs("surplus"),
        "rows": [
            {
                "agreement": row.number,
                "profile": word(row.profile),
                "rule": _rule(row.profile, *told[row.id][:2]),
                "held": told[row.id][2] if row.profile is Profile.AI else None,
                "url": url_for("surplus.one", ref=row.ref),
            }
            for row in kept
        ],
        "next_mark": kept[-1].number if len(found) > _PAGE else None,
    }


def _rule(profile: Profile, rule: SurplusRule, permille: int) -> str:
    if profile is Profile.AI:
        return t("web.final-accounts.clause.carry-over")
    return clause_told(rule, permille)


def _one(work: Work, ref: str) -> dict[str, Any]:
    agreement, carried = carried_by_agreement(work, ref)
    clause = clause_at(work, agreement.id or 0, work.today)
    own = may_write(work, agreement_by_ref(work, ref)) and Permit.EDIT_AGREEMENTS in work.actor.permits
    ai = agreement.profile is Profile.AI
    return {
        "tabs": tabs("surplus"),
        "agreement": agreement,
        "rule": _rule(
            agreement.profile,
            clause.rule if clause else SurplusRule.RETURN,
            clause.share_permille if clause else 0,
        ),
        "carries": ai,
        "may_agree": own and not ai,
        "may_carry": own and ai,
        "rules": options(
            [SurplusRule.RETURN] if agreement.profile is Profile.AC else SurplusRule, "surplus_rule"
        ),
        "purposes": options(Purpose, "carry_purpose"),
        "rows": _rows(carried),
        "held": carried[-1].balance if carried else None,
        "year": work.today.year - 1,
        "today": work.today.isoformat(),
    }


def _rows(carried: Sequence[CarryOver]) -> list[dict[str, Any]]:
    return [
        {
            "year": str(one.year),
            "purpose": word(one.purpose, "carry_purpose"),
            "amount": one.amount,
            "balance": one.balance,
            "reason": one.reason,
            "at": one.recorded_at,
        }
        for one in carried
    ]
