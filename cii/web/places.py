"""The place finder of a case: measures with verdict, places, price and rank, and the form to take a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.allocation.vocabulary import Access
from cii.cases.view import case_view
from cii.decisions.rulebook import Table
from cii.institutions.queries import lines
from cii.kernel.errors import NotAllowed
from cii.kernel.period import ONE_DAY, Period, next_month
from cii.measures.eligibility import ELIGIBILITY, RuleLine, read_table
from cii.measures.queries import rules_at
from cii.placements.actions import AssignPlacement
from cii.placements.finder import LinePrice, Proposal, Remedy
from cii.placements.pricing import Payer, bill
from cii.routing.actions import place_person, propose_places
from cii.store.work import Work
from cii.texts.speech import refusal
from cii.web.base import Blueprint, see_other
from cii.web.choices import number_asked, optional_day, t, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("places", __name__)

FIRST_SHOWN = 10
"""Measures on the page at first; the address asks for all."""
PAYERS = 2
"""Payers in the form: one is usual, two are the mixed case."""
TONES = {
    "open": "good", "full": "warn", "unpayable": "warn", "missing_facts": "warn", "undecided": "warn",
    "closed": "neutral",
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What the address asks for: the days, who pays with which weight, and the percent of full time.

    `payers` are refs of lines.
    """

    starts_on: date
    ends_on: date
    payers: tuple[tuple[str, int], ...]
    workload: int | None = None


@page.get("/cases/<ref:ref>/places")
@needs(Permit.FIND_PLACES)
def find(ref: str) -> str:
    """Measures for the case and the days, best first, with reasons."""
    work: Work = g.work
    view = case_view(work, ref)
    if not view.may_read & Section.PLACEMENT:
        raise NotAllowed
    wish = _wish(work)
    everything = text_asked("show") == "all"
    upside_down = wish.ends_on < wish.starts_on
    days, payer = (wish.starts_on, wish.ends_on), wish.payers[0][0]
    found = [] if upside_down else propose_places(work, ref, *days, payer, wish.workload)
    shown = found if everything else found[:FIRST_SHOWN]
    person = view.sections.get("identity")
    return render_template(
        "pages/places/find.html",
        case=view,
        name=person.name if person else view.number,
        wish=_said(wish),
        lines=[{"value": one.ref, "label": f"{one.code} {one.name}"} for one in lines(work)],
        upside_down=upside_down,
        proposals=_cards(work, shown, wish),
        all_url=url_for("places.find", ref=ref, **_address(show="all")) if len(found) > len(shown) else None,
        total=len(found),
        refused=_refused(),
        chosen=request.form.get("measure_ref", ""),
        may_assign=Permit.ASSIGN_PLACEMENT.value in work.actor.permits
        and bool(view.may_write & Section.PLACEMENT),
        shares=[{"line_ref": line, "weight": weight} for line, weight in wish.payers],
        address=request.query_string.decode(),
    )


@page.post("/cases/<ref:ref>/places")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(find)
def assign(ref: str) -> Response:
    """Take the place: measure, quota and every payer's budget, or none of them with all reasons."""
    place_person(g.work, asked(AssignPlacement, case_ref=ref))
    return see_other("cases.placements", ref=ref, done="assigned")


def _address(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of an address
    return {**request.args.to_dict(), **more}


def _wish(work: Work) -> Wish:
    """The wish in the address; left out: up to three months of one year, paid by my own line."""
    first = next_month(work.today.replace(day=1))
    starts = optional_day("starts_on") or first
    usual = min(next_month(next_month(next_month(starts))) - ONE_DAY, date(starts.year, 12, 31))
    ends = optional_day("ends_on") or usual
    payers = [
        (line, number_asked(f"weight{n}") or 1)
        for n in range(1, PAYERS + 1)
        if (line := text_asked(f"line{n}"))
    ]
    if not payers:
        known = lines(work)
        own = next((one for one in known if one.institution_id in work.actor.institutions), None)
        own = own or next((one for one in known if one.sector in work.actor.sectors()), known[0])
        payers = [(own.ref, 1)]
    return Wish(starts, ends, tuple(payers), number_asked("workload") or None)


def _said(wish: Wish) -> dict[str, Any]:
    """The wish as the form shows it."""
    rows: list[tuple[str, object]] = [*wish.payers, *[("", "")] * (PAYERS - len(wish.payers))]
    return {
        "starts_on": wish.starts_on.isoformat(),
        "ends_on": wish.ends_on.isoformat(),
        "from": wish.starts_on,
        "to": wish.ends_on,
        "workload": wish.workload or "",
        "payers": [
            {"line": line, "weight": weight if len(wish.payers) > 1 else ""} for line, weight in rows[:PAYERS]
        ],
    }


def _cards(work: Work, found: Sequence[Proposal], wish: Wish) -> list[dict[str, Any]]:
    rules = rules_at(work, wish.starts_on, [one.measure.id for one in found])
    ids = {one.ref: one for one in lines(work)}
    return [
        _card(
            work,
            one,
            wish,
            read_table(rules[one.measure.id].source, ELIGIBILITY) if one.measure.id in rules else None,
            ids,
        )
        for one in found
    ]


def _card(work: Work, one: Proposal, wish: Wish, table: Table | None, known: Any) -> dict[str, Any]:  # noqa: ANN401
    lang = language.lang()
    prices, faults = _prices(work, one, wish, known)
    payable = bool(prices) and not faults and prices[0]["amount"] is not None
    return {
        "ref": one.measure.ref,
        "position": one.position,
        "name": one.measure.name,
        "code": one.measure.code,
        "kind": word(one.measure.kind),
        "mixed": one.measure.mixed,
        "access": {"label": word(one.access), "tone": TONES[one.access.value]}
        if payable or one.access is not Access.OPEN
        else {"label": t("web.places.unpayable"), "tone": "warn"},
        "open": one.access is Access.OPEN and payable,
        "free": one.freedom.free,
        "places": one.freedom.line_places,
        "measure_free": one.freedom.measure_free,
        "prices": prices,
        "faults": faults,
        "said": " ".join(said[lang] for said in one.verdict.reasons),
        "verdicts": _verdicts(one, table, lang),
        "missing": ", ".join(_title(table, name, lang) for name in one.missing),
        "changes": [_remedy(each, table, lang) for each in one.would_change],
        "parts": [{"label": word(part), "value": points} for part, points in one.parts.items()],
        "suitability": one.suitability,
        "bid": one.bid,
        "score": one.score,
        "weights": one.weights,
    }


def _prices(
    work: Work,
    one: Proposal,
    wish: Wish,
    known: Any,  # noqa: ANN401 - lines by their outward names
) -> tuple[list[dict[str, Any]], list[str]]:
    """What each payer would bear; with several the bill of the first is split by the key."""
    lang = language.lang()
    if len(wish.payers) == 1:
        mine = next((each for each in one.prices if each.line_ref == wish.payers[0][0]), None)
        others = [each for each in one.prices if each is not mine and each.amount is not None]
        first = mine or LinePrice(wish.payers[0][0], known[wish.payers[0][0]].code, None)
        return [_price(each) for each in (first, *others)], []
    payers = [Payer(known[ref].id or 0, weight) for ref, weight in wish.payers if ref in known]
    days = Period.through(wish.starts_on, wish.ends_on)
    cost, faults = bill(work, one.measure.id, payers, days, workload=wish.workload)
    if cost is None:
        return [], [refusal(each, lang) for each in faults]
    names = {each.id: each.code for each in known.values()}
    return [{"line": names[each.line_id], "amount": each.amount, "fault": None} for each in cost.payers], []


def _price(one: LinePrice) -> dict[str, Any]:
    fault = t("web.places.no-price") if one.amount is None else None
    return {"line": one.line_code, "amount": one.amount, "fault": fault}


def _verdicts(one: Proposal, table: Table | None, lang: str) -> list[dict[str, Any]]:
    """Rule by rule: an obstacle that does not hold is met, one that holds is not."""
    return [_verdict(rule, table, lang) for rule in one.verdict.rules if rule.conditions]


def _verdict(rule: RuleLine, table: Table | None, lang: str) -> dict[str, Any]:
    conditions = ", ".join(
        t(
            "web.places.condition" if rule.eligible else "web.places.obstacle",
            fact=_title(table, one.input, lang),
            required=one.required,
            observed="–" if one.observed is None else str(one.observed),
        )
        for one in rule.conditions
    )
    good = (rule.verdict == "holds") == rule.eligible
    verdict = "missing" if rule.verdict == "missing" else "yes" if good else "no"
    return {"verdict": verdict, "text": conditions, "change": None}


def _remedy(one: Remedy, table: Table | None, lang: str) -> str:
    facts = dict(one.facts)
    if "input" in facts:
        facts["input"] = _title(table, str(facts["input"]), lang)
    planned = "day" in facts and facts["day"] is None
    return t(f"word.place-remedy.{one.code}{'-planned' if planned else ''}", **facts)


def _title(table: Table | None, name: str, lang: str) -> str:
    columns = {one.name: one for one in table.inputs} if table else {}
    return columns[name].title.get(lang, name) if name in columns else name


def _refused() -> list[dict[str, Any]]:
    """Every reason against the place, and a transfer where another line has one free."""
    return [
        {"text": one.text, "change": _transfer(one.facts.get("transfer")), "source": None}
        for one in (g.get("reasons") or ())
    ]


def _transfer(others: object) -> str | None:
    named = ", ".join(map(str, others)) if isinstance(others, list | tuple) else ""
    return t("web.places.transfer", lines=named) if named else None
