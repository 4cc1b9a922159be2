"""Decisions on pay and subsidies: the list, the form that asks, one with its months and what is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.access.vocabulary import Section
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.people.queries import label
from cii.placements.queries import placements_list
from cii.placements.vocabulary import FINANCED
from cii.store.work import Work
from cii.texts import formats
from cii.wages.actions import (
    AskGrant,
    DecideGrant,
    EngageFurther,
    ask_grant,
    decide_grant,
    engage_further,
    release_rest,
)
from cii.wages.actions_subsidies import ClaimSubsidy, claim_subsidy, correct_subsidy
from cii.wages.queries import GrantView, grant_by_ref, grant_view, grants_list, may_decide
from cii.wages.tables import WageGrant, WagePart, WageResult
from cii.wages.vocabulary import SUBSIDIES, GrantKind, GrantState, PayCategory, WageEvent
from cii.web.base import Blueprint, see_other
from cii.web.choices import called, choice_asked, number_asked, options, t, text_asked, word
from cii.web.wage_words import GRANT_TONES, terms_of
from cii.web.wages import person_names, state_chip, tabs
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("wage_grants", __name__)
_PAGE = 50
_ENDPOINTS: Mapping[WageEvent, str] = {
    WageEvent.CHECK: "wages.check",
    WageEvent.APPROVE: "wages.approve",
    WageEvent.PAY: "wages.pay",
}


@dataclass(frozen=True)
class Decision:
    """Granted or declined, with what is said of it."""

    answer: str
    reason: str = field(default="", metadata={"max": 1000})


@dataclass(frozen=True)
class Further:
    """What is bound further in a year, and why."""

    year: int = field(metadata={"min": 2000, "max": 2199})
    amount: Chf = field(metadata={"min": Chf(1)})
    reason: str = field(metadata={"max": 500})


@dataclass(frozen=True)
class Slip:
    """A month with its pay slip and what is claimed of it."""

    month: date
    slip: Chf = field(metadata={"min": Chf(0)})
    amount: Chf = field(metadata={"min": Chf(1)})


@page.get("/wages/grants", endpoint="index")
@needs(Permit.SEE_WAGES)
def grants_page() -> str:
    """The decisions that one may see."""
    return render_template("pages/wages/grants.html", **_list(g.work))


@page.get("/wages/grants/new")
@needs(Permit.ASK_WAGES)
def new() -> str:
    """The form that asks for a decision."""
    return render_template("pages/wages/new.html", **_new(g.work))


@page.post("/wages/grants/new")
@needs(Permit.ASK_WAGES)
@once
@again(new)
def ask() -> Response:
    """Ask for a decision."""
    return see_other("wage_grants.one", ref=ask_grant(g.work, asked(AskGrant)).ref)


@page.get("/wages/grants/<ref:ref>")
@needs(Permit.SEE_WAGES)
def one(ref: str) -> str:
    """One decision with what it binds, its months and what is open to the reader."""
    return render_template("pages/wages/grant.html", **_grant(g.work, ref))


@page.post("/wages/grants/<ref:ref>/decision")
@needs(Permit.PAY_WAGES)
@once
@again(one)
def decide(ref: str) -> Response:
    """Grant it or decline it."""
    _fresh(g.work, ref)
    said = asked(Decision)
    decide_grant(g.work, DecideGrant(ref, said.answer == "grant", said.reason))
    return see_other("wage_grants.one", ref=ref)


@page.post("/wages/grants/<ref:ref>/engagement")
@needs(Permit.PAY_WAGES)
@once
@again(one)
def further(ref: str) -> Response:
    """Bind more."""
    _fresh(g.work, ref)
    said = asked(Further)
    engage_further(g.work, EngageFurther(ref, said.year, said.amount, said.reason))
    return see_other("wage_grants.one", ref=ref)


@page.post("/wages/grants/<ref:ref>/release")
@needs(Permit.PAY_WAGES)
@once
@again(one)
def release(ref: str) -> Response:
    """Give back what it did not need."""
    _fresh(g.work, ref)
    release_rest(g.work, ref)
    return see_other("wage_grants.one", ref=ref)


@page.post("/wages/grants/<ref:ref>/claims")
@needs(Permit.CLAIM_WAGES)
@once
@again(one)
def claim(ref: str) -> Response:
    """Claim a month by its pay slip."""
    said = asked(Slip)
    claim_subsidy(g.work, ClaimSubsidy(ref, said.month, said.slip, said.amount))
    return see_other("wage_grants.one", ref=ref)


@page.post("/wages/grants/<ref:ref>/corrections")
@needs(Permit.CLAIM_WAGES)
@once
@again(one)
def correct(ref: str) -> Response:
    """State a claimed month anew by another pay slip."""
    said = asked(Slip)
    correct_subsidy(g.work, ClaimSubsidy(ref, said.month, said.slip, said.amount))
    return see_other("wage_grants.one", ref=ref)


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, grant_by_ref(work, ref).version)


def _list(work: Work) -> dict[str, Any]:
    kind, state = choice_asked(GrantKind, "kind"), choice_asked(GrantState, "state")
    place = text_asked("placement") or None
    found = grants_list(
        work, kinds=(kind,) if kind else (), states=(state,) if state else (), placement_ref=place,
        after=number_asked("after"), limit=_PAGE + 1,
    )  # fmt: skip
    kept = found[:_PAGE]
    names = person_names(work, kept)
    return {
        "tabs": tabs("grants"),
        "kind": kind,
        "state": state,
        "placement": place,
        "kinds": options(GrantKind),
        "states": options(GrantState),
        "rows": [
            {
                "person": names[row.placement_ref],
                "kind": word(row.kind),
                "terms": terms_of(row),
                "from": row.starts_on,
                "until": row.ends_on,
                "state": {"label": word(row.state), "tone": GRANT_TONES[row.state]},
                "url": url_for("wage_grants.one", ref=row.ref),
            }
            for row in kept
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "may_ask": Permit.ASK_WAGES.value in work.actor.permits,
    }


def _new(work: Work) -> dict[str, Any]:
    held = placements_list(work, states=FINANCED, limit=300)
    people = label(work, {row.person_id for row in held})
    lang = language.lang()
    return {
        "tabs": tabs("grants"),
        "places": [
            {
                "value": row.ref,
                "label": f"{people[row.person_id].name} · {row.measure_name} · "
                f"{formats.day(row.starts_on, lang)}–{formats.day(row.ends_on, lang)}",
            }
            for row in held
            if row.person_id in people
        ],
        "chosen": text_asked("placement"),
        "kinds": options(GrantKind),
        "categories": options(PayCategory),
    }


def _grant(work: Work, ref: str) -> dict[str, Any]:
    view = grant_view(work, ref)
    held = view.grant
    people = label(work, [view.row.person_id])
    work.saw("person", [view.row.person_id], int(Section.PLACEMENT))
    names = account_names(work, {one for one in (held.asked_by, held.decided_by) if one})
    lines = lines_by_id(work, {row.line_id for row in view.engagements})
    lang, permits = language.lang(), work.actor.permits
    decides = Permit.PAY_WAGES.value in permits and may_decide(work, held)
    granted = held.state is GrantState.GRANTED
    facts = [
        {"label": t("web.wages.terms"), "value": terms_of(held)},
        {"label": t("web.from"), "value": formats.day(held.starts_on, lang)},
        {"label": t("web.until"), "value": formats.day(held.ends_on, lang)},
        {"label": t("web.wages.asked-by"), "value": names.get(held.asked_by)},
        {"label": t("web.wages.reason"), "value": held.reason},
    ]
    if held.employer:
        facts.insert(1, {"label": t("web.wages.employer"), "value": held.employer})
    if held.decided_by:
        facts.append({"label": t("web.wages.decided-by"), "value": names.get(held.decided_by)})
        facts.append({"label": t("web.wages.decision"), "value": held.decision or "–"})
    return {
        "tabs": tabs("grants"),
        "grant": held,
        "title": word(held.kind),
        "person": called(people, view.row),
        "version": etag(ref, held.version),
        "state": {"label": word(held.state), "tone": GRANT_TONES[held.state]},
        "facts": facts,
        "money": [
            {"line": lines[line].code, "year": str(year), "bound": _bound(view, line, year), "left": left}
            for (line, year), left in sorted(view.left.items(), key=lambda one: one[0])
        ],
        "months": [
            _part(view, result, part, lines[part.line_id].code)
            for result, parts in view.results
            for part in parts
        ],
        "acts": [
            {"url": url_for(_ENDPOINTS[event], ref=part.ref), "version": etag(part.ref, part.version),
             "label": f"{word(event)} · {formats.month(result.month, lang)} · {lines[part.line_id].code}",
             "main": event is not WageEvent.DECLINE}
            for result, parts in view.results
            for part in parts
            for event in view.moves[part.ref]
            if event in _ENDPOINTS and held.kind in SUBSIDIES
        ],
        "declining": [
            {"ref": part.ref, "version": etag(part.ref, part.version),
             "label": f"{word(WageEvent.DECLINE)} · {formats.month(result.month, lang)} · "
             f"{lines[part.line_id].code}"}
            for result, parts in view.results
            for part in parts
            if WageEvent.DECLINE in view.moves[part.ref]
        ],
        "may_decide": decides and held.state is GrantState.ASKED and held.asked_by != work.actor.account_id,
        "own_request": decides and held.state is GrantState.ASKED and held.asked_by == work.actor.account_id,
        "may_engage": decides and granted,
        "may_claim": granted and held.kind in SUBSIDIES and Permit.CLAIM_WAGES.value in permits,
        "this_year": held.starts_on.year,
        "subsidy": held.kind in SUBSIDIES,
    }  # fmt: skip


def _bound(view: GrantView, line: int, year: int) -> Chf:
    return Chf.total(row.amount for row in view.engagements if (row.line_id, row.year) == (line, year))


def _part(view: GrantView, result: WageResult, part: WagePart, line: str) -> dict[str, Any]:
    return {
        "month": formats.month(result.month, language.lang()),
        "line": line,
        "from": _from_what(view.grant, result),
        "amount": part.amount,
        "state": state_chip(part.state),
        "reason": part.reason,
    }


def _from_what(grant: WageGrant, result: WageResult) -> str:
    """From what a month was computed."""
    told = result.explanation
    if grant.kind is GrantKind.PAY:
        said = t("web.wages.days-of", days=told["days"], of=told["basis"])
        return f"{said} · {t('web.wages.of-scale', amount=Chf(told['scale']), workload=told['workload'])}"
    return t("web.wages.of-slip", slip=Chf(told["slip"]), highest=Chf(told["highest"]))
