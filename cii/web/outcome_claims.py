"""Outcomes: the list with the form that claims one; one with its steps and what is open to the reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.access.vocabulary import Section
from cii.kernel.clock import local_day
from cii.kernel.moves import open_moves
from cii.outcomes.actions_outcomes import (
    AskOutcomeReversal,
    ClaimOutcome,
    DeclineOutcome,
    VerifyOutcome,
    accept_outcome,
    ask_outcome_reversal,
    claim_outcome,
    decline_outcome,
    pay_outcome,
    reverse_outcome,
    verify_outcome,
)
from cii.outcomes.late import late_of
from cii.outcomes.places import kpis, placements_under
from cii.outcomes.queries import (
    OutcomeView,
    asked_reversal,
    before_by,
    events_of_role,
    outcome_by_ref,
    outcome_view,
    outcomes_list,
)
from cii.outcomes.rules import MOVES
from cii.outcomes.vocabulary import Measured, OutcomeEvent, OutcomeState
from cii.people.queries import label
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import called, choice_asked, number_asked, options, t, word
from cii.web.late import late_told
from cii.web.outcomes import THRESHOLDS, tabs
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("outcome_claims", __name__)
_PAGE = 50
_TONES: Mapping[OutcomeState, str] = {
    OutcomeState.CLAIMED: "info",
    OutcomeState.DECLINED: "neutral",
    OutcomeState.VERIFIED: "info",
    OutcomeState.PAYABLE: "good",
    OutcomeState.PAID: "good",
    OutcomeState.REVERSED: "warn",
}
_PLAIN: Mapping[OutcomeEvent, str] = {
    OutcomeEvent.ACCEPT: "outcome_claims.accept",
    OutcomeEvent.PAY: "outcome_claims.pay",
    OutcomeEvent.REVERSE: "outcome_claims.reverse",
}
"""Acts that need no more than a button."""
_TOLD: Mapping[OutcomeEvent, tuple[str, str, str]] = {
    OutcomeEvent.VERIFY: ("outcome_claims.verify", "evidence", "web.outcomes.words.verify"),
    OutcomeEvent.DECLINE: ("outcome_claims.decline", "reason", "web.outcomes.words.decline"),
    OutcomeEvent.ASK_REVERSAL: ("outcome_claims.ask_back", "reason", "web.outcomes.words.ask-back"),
}
"""Acts with words: where they are sent, the name of the field, and what it asks for."""


@dataclass(frozen=True)
class AskClaim:
    """What is claimed on the page: scheme and placement as one choice."""

    place: str
    kpi: str = field(metadata={"max": 120})
    value: int = field(metadata={"min": 1, "max": 10_000})
    held_since: date
    note: str = field(default="", metadata={"max": 1000})


@page.get("/outcomes/claims", endpoint="index")
@needs(Permit.SEE_OUTCOMES)
def claims_page() -> str:
    """The outcomes that one may see, and the form that claims one."""
    return render_template("pages/outcomes/claims.html", **_list(g.work))


@page.post("/outcomes/claims")
@needs(Permit.CLAIM_OUTCOME)
@once
@again(claims_page)
def claim() -> Response:
    """Claim an outcome."""
    ask = asked(AskClaim)
    scheme, _, place = ask.place.partition(".")
    made = claim_outcome(g.work, ClaimOutcome(scheme, place, ask.kpi, ask.value, ask.held_since, ask.note))
    return see_other("outcome_claims.one", ref=made.ref)


@page.get("/outcomes/claims/<ref:ref>")
@needs(Permit.SEE_OUTCOMES)
def one(ref: str) -> str:
    """One outcome: what it is worth and why, what happened, what is open to the reader."""
    return render_template("pages/outcomes/claim.html", **_outcome(g.work, ref))


@page.post("/outcomes/claims/<ref:ref>/verification")
@needs(Permit.VERIFY_OUTCOME)
@once
@again(one)
def verify(ref: str) -> Response:
    """Vouch for a claim, with the evidence seen."""
    _fresh(g.work, ref)
    verify_outcome(g.work, asked(VerifyOutcome, outcome_ref=ref))
    return see_other("outcome_claims.one", ref=ref)


@page.post("/outcomes/claims/<ref:ref>/refusal")
@needs(Permit.VERIFY_OUTCOME)
@once
@again(one)
def decline(ref: str) -> Response:
    """Decline a claim, with the reason."""
    _fresh(g.work, ref)
    decline_outcome(g.work, asked(DeclineOutcome, outcome_ref=ref))
    return see_other("outcome_claims.one", ref=ref)


@page.post("/outcomes/claims/<ref:ref>/acceptance")
@needs(Permit.PAY_OUTCOME)
@once
@again(one)
def accept(ref: str) -> Response:
    """Accept that it is owed."""
    _fresh(g.work, ref)
    accept_outcome(g.work, ref)
    return see_other("outcome_claims.one", ref=ref)


@page.post("/outcomes/claims/<ref:ref>/payment")
@needs(Permit.PAY_OUTCOME)
@once
@again(one)
def pay(ref: str) -> Response:
    """Release the payment."""
    _fresh(g.work, ref)
    pay_outcome(g.work, ref)
    return see_other("outcome_claims.one", ref=ref)


@page.post("/outcomes/claims/<ref:ref>/reversal-request")
@needs(Permit.PAY_OUTCOME)
@once
@again(one)
def ask_back(ref: str) -> Response:
    """Ask that it be taken back, with the reason."""
    _fresh(g.work, ref)
    ask_outcome_reversal(g.work, asked(AskOutcomeReversal, outcome_ref=ref))
    return see_other("outcome_claims.one", ref=ref)


@page.post("/outcomes/claims/<ref:ref>/reversal")
@needs(Permit.PAY_OUTCOME)
@once
@again(one)
def reverse(ref: str) -> Response:
    """Take it back, as somebody else has asked."""
    _fresh(g.work, ref)
    reverse_outcome(g.work, ref)
    return see_other("outcome_claims.one", ref=ref)


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, outcome_by_ref(work, ref).version)


def _list(work: Work) -> dict[str, Any]:
    state = choice_asked(OutcomeState, "state")
    found = outcomes_list(
        work, states=(state,) if state else (), after=number_asked("after"), newest=True, limit=_PAGE + 1
    )
    kept = found[:_PAGE]
    claimable = placements_under(work, limit=200) if Permit.CLAIM_OUTCOME in work.actor.permits else []
    people = label(work, {row.person_id for row in (*kept, *claimable)})
    work.saw("person", [row.person_id for row in kept], int(Section.PLACEMENT))
    return {
        "tabs": tabs("claims"),
        "state": state,
        "states": options(OutcomeState, "outcome-state"),
        "rows": [
            {
                "person": called(people, row),
                "kpi": row.kpi,
                "category": row.category,
                "due": row.due_on,
                "amount": row.amount,
                "state": state_chip(row.state),
                "ref": row.ref,
            }
            for row in kept
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "places": [
            {
                "value": f"{row.scheme_ref}.{row.placement_ref}",
                "label": f"{called(people, row)} · {row.starts_on:%d.%m.%Y} · {row.title}",
            }
            for row in claimable
        ],
        "kpis": [{"value": one, "label": one} for one in kpis(work, {row.scheme_ref for row in claimable})]
        if claimable
        else [],
    }


def state_chip(state: OutcomeState) -> dict[str, str]:
    """The state of an outcome as a word with its tone."""
    return {"label": word(state), "tone": _TONES[state]}


def _outcome(work: Work, ref: str) -> dict[str, Any]:
    view = outcome_view(work, ref)
    held, told = view.outcome, view.outcome.explanation
    names = account_names(work, {one.account_id for one in view.steps})
    people = label(work, [view.row.person_id])
    work.saw("person", [view.row.person_id], int(Section.PLACEMENT))
    measured, lang = Measured(told["measured"]), language.lang()
    return {
        "tabs": tabs("claims"),
        "outcome": held,
        "row": view.row,
        "version": etag(ref, held.version),
        "person": called(people, view.row),
        "state": state_chip(held.state),
        "facts": [
            {"label": t("web.outcomes.category"), "value": told["category"]},
            {"label": word(measured), "value": str(held.value)},
            {
                "label": t("web.outcomes.threshold"),
                "value": t(THRESHOLDS[measured], n=told["threshold"]),
            },
            {"label": t("web.outcomes.held-since"), "value": formats.day(held.held_since, lang)},
            {"label": t("web.outcomes.due-on"), "value": formats.day(held.due_on, lang)},
            {"label": t("web.outcomes.version"), "value": str(told["version"])},
        ],
        "steps": [
            {
                "at": one.at,
                "step": word(one.kind),
                "who": names.get(one.account_id),
                "reason": one.reason or None,
            }
            for one in view.steps
        ],
        "plain": [
            {"endpoint": _PLAIN[event], "label": word(event), "main": event is not OutcomeEvent.REVERSE}
            for event in view.moves
            if event in _PLAIN
        ],
        "told": [
            {
                "endpoint": _TOLD[event][0],
                "field": _TOLD[event][1],
                "words": t(_TOLD[event][2]),
                "label": word(event),
                "event": event.value,
                "main": event is OutcomeEvent.VERIFY,
            }
            for event in view.moves
            if event in _TOLD
        ],
        "blocked": _blocked(work, view),
        "late": late_told(late_of(work, held), waiting=bool(view.moves)),
        "asked": asked_reversal(view.steps),
        "claimed_on": local_day(held.made_at),
    }


def _blocked(work: Work, view: OutcomeView) -> list[str]:
    """Why a step that the reader's role knows is closed to this reader: it needs another person."""
    mine = events_of_role(work, view.outcome)
    return [
        t("web.outcomes.four-eyes", act=word(event))
        for event in open_moves(MOVES, view.outcome.state)
        if event in mine
        and before_by(view.steps, event) == work.actor.account_id
        and (event is not OutcomeEvent.REVERSE or asked_reversal(view.steps))
    ]
