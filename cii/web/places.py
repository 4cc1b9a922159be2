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
from cii.kernel.period import ONE_DAY, next_month
from cii.measures.eligibility import ELIGIBILITY, RuleLine, read_table
from cii.measures.queries import rules_at
from cii.placements.actions import AssignPlacement
from cii.placements.bids import BidSource
from cii.placements.finder import Found, LinePrice, Proposal, Sought
from cii.placements.remedies import Remedy
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from cii.routing.actions import place_person, propose_places
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import number_asked, optional_day, t, text_asked, word
from cii.web.stay_words import urgencies
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("places", __name__)

FIRST_SHOWN = 10
"""Measures on the page at first; the address asks for all."""
PAYERS = 2
"""Payers in the form: one is usual, two are the mixed case."""
WAITED_FOR = (Access.FULL, Access.UNPAYABLE, Access.MISSING_FACTS)
"""Measures to wait for: what stands in the way may pass, and no rule closes them to the person."""
TONES = {
    "open": "good", "full": "warn", "unpayable": "warn", "missing_facts": "warn", "undecided": "warn",
    "closed": "neutral",
}  # fmt: skip
NO_PRICE = {
    "agreement-ends": "web.places.no-price-ends",
    "tariff-missing": "web.places.no-price-tariff",
}


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
    upside_down = wish.ends_on < wish.starts_on
    shown = None if text_asked("show") == "all" else FIRST_SHOWN
    sought = Sought(wish.starts_on, wish.ends_on, wish.payers, wish.workload, shown)
    found = Found((), 0, None) if upside_down else propose_places(work, ref, sought)
    person = view.sections.get("identity")
    return render_template(
        "pages/places/find.html",
        case=view,
        name=person.name if person else view.number,
        wish=_said(wish),
        lines=[{"value": one.ref, "label": f"{one.code} {one.name}"} for one in lines(work)],
        upside_down=upside_down,
        proposals=_cards(work, found.proposals, wish),
        bids=_source(found.bids),
        all_url=url_for("places.find", ref=ref, **_address(show="all"))
        if found.total > len(found.proposals)
        else None,
        total=found.total,
        refused=_refused(),
        chosen=request.form.get("measure_ref", ""),
        may_assign=Permit.ASSIGN_PLACEMENT.value in work.actor.permits
        and bool(view.may_write & Section.PLACEMENT),
        urgencies=urgencies(),
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


@page.post("/cases/<ref:ref>/waiting")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(find)
def wait(ref: str) -> Response:
    """Put the person on the waiting list of a measure, for the days and the line that were sought."""
    join_waiting_list(g.work, asked(JoinWaitingList, case_ref=ref))
    return see_other("cases.placements", ref=ref, done="moved", _anchor="waits")


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


def _source(bids: BidSource | None) -> str | None:
    """Where the bid prices come from: the night, for which stays, how many waited, and the round if any."""
    if bids is None:
        return None
    told = {"night": bids.night, "first": bids.starts_on, "last": bids.ends_on, "n": bids.cases}
    if bids.round_title is None:
        return t("web.places.bids", **told)
    return t("web.places.bids-of-round", round=bids.round_title, **told)


def _cards(work: Work, found: Sequence[Proposal], wish: Wish) -> list[dict[str, Any]]:
    rules = rules_at(work, wish.starts_on, [one.measure.id for one in found])
    tables = {id_: read_table(rule.source, ELIGIBILITY) for id_, rule in rules.items()}
    return [_card(one, wish, tables.get(one.measure.id)) for one in found]


def _card(one: Proposal, wish: Wish, table: Table | None) -> dict[str, Any]:
    lang, prices = language.lang(), _prices(one, wish)
    return {
        "ref": one.measure.ref,
        "position": one.position,
        "name": one.measure.name,
        "code": one.measure.code,
        "kind": word(one.measure.kind),
        "mixed": one.measure.mixed,
        "access": {"label": word(one.access), "tone": TONES[one.access.value]},
        "open": one.access is Access.OPEN,
        "waits": one.access in WAITED_FOR,
        "free": one.freedom.free,
        "places": one.freedom.line_places,
        "measure_free": one.freedom.measure_free,
        "prices": prices,
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


def _prices(one: Proposal, wish: Wish) -> list[dict[str, Any]]:
    """What each payer would bear; of a single payer also what other lines would pay alone."""
    if len(wish.payers) > 1:
        return [_price(each) for each in one.shares]
    asking = one.shares[0].line_ref
    others = [each for each in one.prices if each.line_ref != asking and each.amount is not None]
    return [_price(each) for each in (*one.shares, *others)]


def _price(one: LinePrice) -> dict[str, Any]:
    fault = t(NO_PRICE.get(one.fault or "", "web.places.no-price")) if one.amount is None else None
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
