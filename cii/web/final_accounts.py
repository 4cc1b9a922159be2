"""Final accounts: the list of a year, the provider's budget, one year and its payments, what is owed back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response as Answer
from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreement_view, agreements_by_id, agreements_list
from cii.documents.pdf import MEDIA_TYPE
from cii.final_accounts.actions import (
    CostItem,
    EnterBudget,
    ReturnFinalAccount,
    SettleFinalAccount,
    SubmitFinalAccount,
    approve_budget,
    enter_budget,
    receive_reclaim,
    release_payment,
    return_final_account,
    settle_final_account,
    submit_final_account,
)
from cii.final_accounts.actions_paying import ReceiveReclaim
from cii.final_accounts.actions_volume import ProposeVolume, propose_volume
from cii.final_accounts.paper import paper
from cii.final_accounts.queries import (
    account_by_ref,
    accounts_list,
    events_of_role,
    guaranteed_lines,
    missing_deliverables,
)
from cii.final_accounts.vocabulary import COST_PROFILES, AccountEvent, AccountState, Method
from cii.institutions.queries import lines_by_id
from cii.store.work import Work
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import choice_asked, number_asked, options, t, word
from cii.web.year_account import kinds_told, state_chip, types_told, year_shown
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.reading import asked

page = Blueprint("final_accounts", __name__)
_PAGE = 50
TABS = (
    ("accounts", "final_accounts.index", "web.final-accounts.title"),
    ("surplus", "surplus.index", "web.final-accounts.surplus"),
)


@dataclass(frozen=True)
class AskBudget:
    """A provider's budget as the page asks for it: agreement and line as one choice."""

    payer: str
    year: int = field(metadata={"min": 1990, "max": 2200})
    instalments: int = field(metadata={"min": 1, "max": 12})
    items: tuple[CostItem, ...]


@dataclass(frozen=True)
class AskVolume:
    """Which guaranteed volume of a year is proposed for payment."""

    payer: str
    year: int


@dataclass(frozen=True)
class AskRelease:
    """Which payment is released."""

    payment_ref: str


@page.get("/final-accounts", endpoint="index")
@needs(Permit.SEE_STATEMENTS)
def accounts_page() -> str:
    """The year accounts that one may see."""
    return render_template("pages/final_accounts/index.html", **_list(g.work))


@page.post("/final-accounts")
@needs(Permit.APPROVE_STATEMENT)
@once
@again(accounts_page)
def volume() -> Response:
    """Propose the payment of a guaranteed volume that was not used."""
    ask = asked(AskVolume)
    agreement, _, line = ask.payer.partition(".")
    return see_other(
        "final_accounts.one", ref=propose_volume(g.work, ProposeVolume(agreement, line, ask.year)).ref
    )


@page.get("/final-accounts/new")
@needs(Permit.SUBMIT_STATEMENT, Permit.EDIT_AGREEMENTS)
def new() -> str:
    """The form of a provider's budget."""
    return render_template("pages/final_accounts/budget.html", **_new(g.work))


@page.post("/final-accounts/new")
@needs(Permit.SUBMIT_STATEMENT, Permit.EDIT_AGREEMENTS)
@once
@again(new)
def enter() -> Response:
    """Enter a provider's budget, or another one while nobody has approved it."""
    ask = asked(AskBudget)
    agreement, _, line = ask.payer.partition(".")
    made = enter_budget(g.work, EnterBudget(agreement, line, ask.year, _named(ask.items), ask.instalments))
    return see_other("final_accounts.one", ref=made.ref)


@page.get("/final-accounts/<ref:ref>")
@needs(Permit.SEE_STATEMENTS)
def one(ref: str) -> str:
    """One year: budget and final account by type, what was paid, what is open to the reader."""
    return render_template("pages/final_accounts/one.html", **_one(g.work, ref))


@page.get("/final-accounts/<ref:ref>/paper")
@needs(Permit.SEE_STATEMENTS)
def pdf(ref: str) -> Answer:
    """The settled year as PDF, with the payment part of what is owed back."""
    made = paper(g.work, ref, language.lang())
    name = f'attachment; filename="{made.name}"'
    return Answer(made.content, content_type=MEDIA_TYPE, headers={"Content-Disposition": name})


@page.post("/final-accounts/<ref:ref>/approval")
@needs(Permit.APPROVE_STATEMENT)
@once
@again(one)
def approve(ref: str) -> Response:
    """Approve the budget that somebody else entered."""
    _fresh(g.work, ref)
    approve_budget(g.work, ref)
    return see_other("final_accounts.one", ref=ref)


@page.get("/final-accounts/<ref:ref>/submission")
@needs(Permit.SUBMIT_STATEMENT, Permit.EDIT_AGREEMENTS)
def submission(ref: str) -> str:
    """The form of a final account."""
    return render_template("pages/final_accounts/submission.html", **_one(g.work, ref))


@page.post("/final-accounts/<ref:ref>/submission")
@needs(Permit.SUBMIT_STATEMENT, Permit.EDIT_AGREEMENTS)
@once
@again(submission)
def submit(ref: str) -> Response:
    """Hand in the final account."""
    _fresh(g.work, ref)
    ask = asked(SubmitFinalAccount, account_ref=ref)
    submit_final_account(g.work, SubmitFinalAccount(ref, _named(ask.items)))
    return see_other("final_accounts.one", ref=ref)


@page.post("/final-accounts/<ref:ref>/return")
@needs(Permit.CHECK_STATEMENT)
@once
@again(one)
def send_back(ref: str) -> Response:
    """Send the final account back to the provider with the reason."""
    _fresh(g.work, ref)
    return_final_account(g.work, asked(ReturnFinalAccount, account_ref=ref))
    return see_other("final_accounts.one", ref=ref)


@page.post("/final-accounts/<ref:ref>/settlement")
@needs(Permit.APPROVE_STATEMENT)
@once
@again(one)
def settle(ref: str) -> Response:
    """Settle the year that somebody else submitted."""
    _fresh(g.work, ref)
    settle_final_account(g.work, asked(SettleFinalAccount, account_ref=ref))
    return see_other("final_accounts.one", ref=ref)


@page.post("/final-accounts/<ref:ref>/payments")
@needs(Permit.PAY_STATEMENT)
@once
@again(one)
def release(ref: str) -> Response:
    """Release a payment that somebody else prepared."""
    _fresh(g.work, ref)
    release_payment(g.work, asked(AskRelease).payment_ref)
    return see_other("final_accounts.one", ref=ref)


@page.post("/final-accounts/<ref:ref>/receipt")
@needs(Permit.PAY_STATEMENT)
@once
@again(one)
def receive(ref: str) -> Response:
    """Note that what was owed back has come in."""
    _fresh(g.work, ref)
    receive_reclaim(g.work, asked(ReceiveReclaim, account_ref=ref))
    return see_other("final_accounts.one", ref=ref)


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages of final accounts that the reader may open."""
    return [
        {"label": t(title), "url": url_for(endpoint), "current": key == current, "count": None}
        for key, endpoint, title in TABS
        if may_open(endpoint, g.work.actor)
    ]


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, account_by_ref(work, ref).version)


def _named(items: Sequence[CostItem]) -> tuple[CostItem, ...]:
    """The items that say something; the form sends every type."""
    return tuple(one for one in items if one.amount)


def _list(work: Work) -> dict[str, Any]:
    year, state = number_asked("year") or None, choice_asked(AccountState, "state")
    found = accounts_list(
        work, year=year, states=(state,) if state else (), after=number_asked("after"), limit=_PAGE + 1
    )
    kept = found[:_PAGE]
    agreements = agreements_by_id(work, {row.agreement_id for row in kept})
    missing = {
        (one, agreement): told
        for one in {row.year for row in kept}
        for agreement, told in missing_deliverables(
            work, {row.agreement_id for row in kept if row.year == one}, one
        ).items()
    }
    permits = work.actor.permits
    return {
        "tabs": tabs("accounts"),
        "year": year,
        "state": state,
        "states": options(AccountState, "account_state"),
        "rows": [
            {
                "agreement": agreements[row.agreement_id].number,
                "year": str(row.year),
                "line": f"{row.line} · {word(row.method, 'account_method')}",
                "agreed": row.contribution,
                "paid": row.paid,
                "subsidy": row.subsidy,
                "open": row.open or None,
                "owed_back": row.owed_back or None,
                "missing": kinds_told(missing[row.year, row.agreement_id])
                if row.method is Method.COSTS and row.year < work.today.year
                else None,
                "state": state_chip(row.state),
                "url": url_for("final_accounts.one", ref=row.ref),
            }
            for row in kept
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "may_enter": bool(permits & {Permit.SUBMIT_STATEMENT, Permit.EDIT_AGREEMENTS}),
        "guaranteed": _guaranteed(work) if Permit.APPROVE_STATEMENT in permits else [],
        "last_year": work.today.year - 1,
    }


def _guaranteed(work: Work) -> list[dict[str, str]]:
    pairs = guaranteed_lines(work, work.today.year - 1)
    agreements = agreements_by_id(work, {one for one, _ in pairs})
    named = lines_by_id(work, {line for _, line in pairs})
    return [
        {
            "value": f"{agreements[one].ref}.{named[line].ref}",
            "label": f"{agreements[one].number} · {named[line].code}",
        }
        for one, line in pairs
    ]


def _new(work: Work) -> dict[str, Any]:
    payers = []
    for row in agreements_list(work, limit=200):
        if row.profile in COST_PROFILES:
            named = lines_by_id(work, {one.line_id for one in agreement_view(work, row.ref).measures})
            payers += [
                {"value": f"{row.ref}.{line.ref}", "label": f"{row.number} · {line.code}"}
                for line in named.values()
                if AccountEvent.BUDGET in events_of_role(work, row.id, line.id or 0)
            ]
    return {"payers": payers, "year": work.today.year, "types": types_told({})}


def _one(work: Work, ref: str) -> dict[str, Any]:
    return {"tabs": tabs("accounts"), **year_shown(work, ref)}
