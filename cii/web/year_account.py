"""One year account as its page shows it: steps, items by type, the way to what is owed, payments."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.final_accounts.cost_types import cost_types
from cii.final_accounts.late import late_of
from cii.final_accounts.paper import LESS, WAY
from cii.final_accounts.queries import AccountView, account_view, events_of_role, same_eyes
from cii.final_accounts.rules import MOVES, Item
from cii.final_accounts.tables import AccountPayment
from cii.final_accounts.vocabulary import AccountEvent, AccountState, Method, SurplusRule
from cii.institutions.queries import lines_by_id
from cii.kernel.clock import local_day
from cii.kernel.money import Chf
from cii.kernel.moves import open_moves
from cii.store.work import Work
from cii.web.choices import t, word
from cii.web.late import late_told
from cii.wire.etags import etag

_TONES: Mapping[AccountState, str] = {
    AccountState.BUDGETED: "info",
    AccountState.APPROVED: "good",
    AccountState.SUBMITTED: "info",
    AccountState.RETURNED: "warn",
    AccountState.SETTLED: "good",
}


_OTHER_EYES: Mapping[AccountEvent, str] = {
    AccountEvent.APPROVE: "web.final-accounts.four-eyes.approve",
    AccountEvent.SETTLE: "web.final-accounts.four-eyes.settle",
}
_CLAUSES: Mapping[SurplusRule, str] = {
    SurplusRule.RETURN: "web.final-accounts.clause.return",
    SurplusRule.SHARE: "web.final-accounts.clause.share",
    SurplusRule.KEEP: "web.final-accounts.clause.keep",
}


def clause_told(rule: SurplusRule, permille: int = 0) -> str:
    """What becomes of a surplus, as a sentence."""
    return t(_CLAUSES[rule], n=permille)


def kinds_told(kinds: Sequence[Any]) -> str | None:
    """Kinds of deliverables as one text, none where there is none."""
    return ", ".join(word(kind, "deliverable_kind") for kind in kinds) or None


def state_chip(state: AccountState) -> dict[str, str]:
    """The state of a year as a word with its tone."""
    return {"label": word(state, "account_state"), "tone": _TONES[state]}


def types_told(amounts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The types of cost and revenue as a form asks for them, with what is known of each."""
    return [
        {
            "code": code,
            "label": word(code, "cost_type"),
            "amount": amounts.get(code),
        }
        for code in cost_types()
    ]


def year_shown(work: Work, ref: str) -> dict[str, Any]:
    """One year as its page shows it."""
    view = account_view(work, ref)
    held = view.account
    names = account_names(work, _hands(view))
    told = held.explanation if held.method is Method.COSTS else None
    return {
        "account": held,
        "version": etag(ref, held.version),
        "agreement": view.agreement,
        "line": lines_by_id(work, [held.line_id])[held.line_id],
        "state": state_chip(held.state),
        "method": word(held.method, "account_method"),
        "costs_shown": held.method is Method.COSTS,
        "steps": _steps(view, names),
        "items": _items(view),
        "types": types_told({one.code: one.amount for one in view.actual or view.budget}),
        "figures": _figures(view, told),
        "balance": _balance(told),
        "payments": [_payment(work, view, one, names) for one in view.payments],
        "receivable": view.receivable,
        "missing": kinds_told(view.missing)
        if held.method is Method.COSTS and held.year < work.today.year and held.state != AccountState.SETTLED
        else None,
        "clause": clause_told(view.clause.rule, view.clause.share_permille)
        if view.clause
        else clause_told(SurplusRule.RETURN),
        "moves": {one.value for one in view.moves},
        "blocked": _blocked(work, view),
        "late": late_told(late_of(work, held), waiting=bool(view.moves) or _waits(view)),
        "pays": view.pays and Permit.PAY_STATEMENT in work.actor.permits,
        "today": work.today.isoformat(),
        "months": [
            {"month": date.fromisoformat(month), "amount": _chf(sum_)}
            for month, sum_ in (held.explanation or {}).items()
        ]
        if held.method is Method.VOLUME
        else [],
    }


def _hands(view: AccountView) -> set[int]:
    held = view.account
    hands = {held.entered_by, held.approved_by, held.submitted_by, held.settled_by}
    hands |= {one.released_by for one in view.payments}
    return {one for one in hands if one is not None}


def _waits(view: AccountView) -> bool:
    return any(one.released_at is None and one.lapsed_at is None for one in view.payments)


def _chf(centimes: int) -> Chf:
    return Chf(centimes)


def _steps(view: AccountView, names: Mapping[int, str]) -> list[dict[str, Any]]:
    held = view.account
    if held.method is not Method.COSTS:
        return []
    told = (
        (AccountState.BUDGETED, held.entered_at, held.entered_by),
        (AccountState.APPROVED, held.approved_at, held.approved_by),
        (AccountState.SUBMITTED, held.submitted_at, held.submitted_by),
        (AccountState.SETTLED, held.settled_at, held.settled_by),
    )
    states = [one[0] for one in told]
    now = AccountState.APPROVED if held.state is AccountState.RETURNED else held.state
    at = states.index(now)
    return [
        {
            "label": word(state, "account_state"),
            "state": "done" if n <= at else "now" if n == at + 1 else "next",
            "date": local_day(moment) if moment and n <= at else None,
            "institution": None,
            "note": names.get(who or 0) if n <= at else None,
        }
        for n, (state, moment, who) in enumerate(told)
    ]


def _items(view: AccountView) -> list[dict[str, Any]]:
    planned, spent = _by_code(view.budget), _by_code(view.actual)
    return [
        {
            "type": one["label"],
            "planned": planned.get(one["code"]),
            "actual": spent.get(one["code"]),
            "difference": spent[one["code"]] - planned[one["code"]]
            if one["code"] in planned and one["code"] in spent
            else None,
        }
        for one in types_told({})
        if one["code"] in planned or one["code"] in spent
    ]


def _by_code(items: Sequence[Item]) -> dict[str, Any]:
    return {one.code: one.amount for one in items}


def _figures(view: AccountView, told: Mapping[str, int] | None) -> list[dict[str, Any]]:
    """The way from the costs to what is owed: as settled, or as it would be."""
    held, counted = view.account, view.counted
    if held.method is not Method.COSTS or not view.actual:
        return [
            {"what": t("web.final-accounts.agreed"), "amount": held.contribution},
            {"what": t("web.final-accounts.paid"), "amount": view.paid},
        ]
    sums = told or {
        "costs": counted.costs.centimes,
        "cut": counted.cut.centimes,
        "revenue": counted.revenue.centimes,
        "need": counted.need.centimes,
    }
    return [
        {"what": t(key), "amount": _chf(-sums[name] if name in LESS else sums[name])}
        for name, key in WAY.items()
        if name in sums
    ]


def _balance(told: Mapping[str, int] | None) -> dict[str, Any] | None:
    """What a settled year came to: owed to the provider, or by it when negative."""
    if not told:
        return None
    return {"what": t("web.final-accounts.balance"), "amount": _chf(told["balance"] - told["reclaim"])}


def _payment(work: Work, view: AccountView, one: AccountPayment, names: Mapping[int, str]) -> dict[str, Any]:
    if one.released_at is not None:
        state = {"label": t("web.final-accounts.released"), "tone": "good"}
    elif one.lapsed_at is not None:
        state = {"label": t("web.final-accounts.lapsed"), "tone": "neutral"}
    else:
        state = {"label": t("web.final-accounts.prepared"), "tone": "info"}
    waiting = one.released_at is None and one.lapsed_at is None and one.due_on <= work.today
    return {
        "ref": one.ref,
        "kind": f"{word(one.kind, 'due_kind')} {one.number}"
        if len(view.payments) > 1
        else word(one.kind, "due_kind"),
        "due": one.due_on,
        "amount": one.amount,
        "transferred": one.transferred,
        "state": state,
        "who": names.get(one.released_by or 0),
        "open": waiting and one.prepared_by != work.actor.account_id,
    }


def _blocked(work: Work, view: AccountView) -> list[str]:
    """Why a step that the reader's role knows is closed to this reader: it needs another pair of eyes."""
    held = view.account
    mine = events_of_role(work, held.agreement_id, held.line_id)
    found = [
        t(_OTHER_EYES[event])
        for event in open_moves(MOVES, held.state)
        if event in mine and same_eyes(work.actor, held, event)
    ]
    waiting = [one for one in view.payments if one.released_at is None and one.lapsed_at is None]
    if view.pays and any(one.prepared_by == work.actor.account_id for one in waiting):
        found.append(t("web.final-accounts.four-eyes.pay"))
    return found
