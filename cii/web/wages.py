"""Participants' pay: months by line, one month's list with its steps, subsidies that wait for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.institutions.queries import line_by_ref, lines
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, month_of
from cii.people.queries import label
from cii.store.work import Work
from cii.texts import formats
from cii.wages.actions_parts import (
    DeclinePart,
    MonthOfLine,
    approve_month,
    approve_part,
    check_month,
    check_part,
    compute_month,
    decline_part,
    pay_month,
    pay_part,
)
from cii.wages.months import months_list, parts_list
from cii.wages.pricing import scale_and_absences
from cii.wages.queries import SECTOR_ROLES, events_of_role, grant_ref_of, own_lines, part_by_ref
from cii.wages.tables import WagePart
from cii.wages.vocabulary import SUBSIDIES, GrantKind, WageEvent, WageState
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import called, choice_asked, number_asked, optional_day, options, t, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.reading import asked

page = Blueprint("wages", __name__)
_PAGE = 50
_MOST = 500
TABS = (
    ("months", "wages.index", "web.wages.months"),
    ("subsidies", "wages.subsidies", "web.wages.subsidies"),
    ("grants", "wage_grants.index", "web.wages.grants"),
    ("paid", "paid_wages.index", "web.wages.paid"),
)
TONES: Mapping[WageState, str] = {
    WageState.COMPUTED: "info",
    WageState.CHECKED: "info",
    WageState.APPROVED: "good",
    WageState.PAID: "good",
    WageState.DECLINED: "neutral",
}
_MONTH_ACTS: Mapping[WageEvent, tuple[str, WageState, str]] = {
    WageEvent.CHECK: ("wages.check_all", WageState.COMPUTED, "web.wages.check-month"),
    WageEvent.APPROVE: ("wages.approve_all", WageState.CHECKED, "web.wages.approve-month"),
    WageEvent.PAY: ("wages.pay_all", WageState.APPROVED, "web.wages.pay-month"),
}
"""An act on a whole month: where it is sent, which state it takes on, its words."""


@dataclass(frozen=True)
class MonthAsked:
    """The first day of a month."""

    month: date


@dataclass(frozen=True)
class ReasonAsked:
    """Why something is declined."""

    reason: str = field(metadata={"max": 1000})


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages of pay that the reader may open."""
    return [
        {"label": t(title), "url": url_for(endpoint), "current": key == current, "count": None}
        for key, endpoint, title in TABS
        if may_open(endpoint, g.work.actor)
    ]


@page.get("/wages", endpoint="index")
@needs(Permit.SEE_WAGES)
def months_page() -> str:
    """What each line pays its participants by month, and the scale in force."""
    return render_template("pages/wages/index.html", **_months(g.work))


@page.post("/wages")
@needs(Permit.CHECK_WAGES)
@once
@again(months_page)
def compute() -> Response:
    """Compute a month of a line from attendance."""
    ask = asked(MonthOfLine)
    compute_month(g.work, ask)
    return see_other("wages.month", ref=ask.line_ref, month=month_of(ask.month).start.isoformat())


@page.get("/wages/lines/<ref:ref>")
@needs(Permit.SEE_WAGES)
def month(ref: str) -> str:
    """One month's list of a line: who is owed what, from how many days."""
    return render_template("pages/wages/month.html", **_month(g.work, ref))


@page.post("/wages/lines/<ref:ref>/check")
@needs(Permit.CHECK_WAGES)
@once
@again(month)
def check_all(ref: str) -> Response:
    """Check what was computed of the month."""
    ask = MonthOfLine(ref, asked(MonthAsked).month)
    check_month(g.work, ask)
    return _back(ask)


@page.post("/wages/lines/<ref:ref>/approval")
@needs(Permit.PAY_WAGES)
@once
@again(month)
def approve_all(ref: str) -> Response:
    """Approve what was checked of the month."""
    ask = MonthOfLine(ref, asked(MonthAsked).month)
    approve_month(g.work, ask)
    return _back(ask)


@page.post("/wages/lines/<ref:ref>/payment")
@needs(Permit.PAY_WAGES)
@once
@again(month)
def pay_all(ref: str) -> Response:
    """Pay what was approved of the month."""
    ask = MonthOfLine(ref, asked(MonthAsked).month)
    pay_month(g.work, ask)
    return _back(ask)


@page.get("/wages/subsidies")
@needs(Permit.SEE_WAGES)
def subsidies() -> str:
    """Months of wage subsidies that were claimed."""
    return render_template("pages/wages/subsidies.html", **_subsidies(g.work))


@page.post("/wages/parts/<ref:ref>/check")
@needs(Permit.CHECK_WAGES)
@once
@again(subsidies)
def check(ref: str) -> Response:
    """Check one part."""
    _fresh(g.work, ref)
    return _to_grant(g.work, check_part(g.work, ref))


@page.post("/wages/parts/<ref:ref>/approval")
@needs(Permit.PAY_WAGES)
@once
@again(subsidies)
def approve(ref: str) -> Response:
    """Approve one part."""
    _fresh(g.work, ref)
    return _to_grant(g.work, approve_part(g.work, ref))


@page.post("/wages/parts/<ref:ref>/payment")
@needs(Permit.PAY_WAGES)
@once
@again(subsidies)
def pay(ref: str) -> Response:
    """Pay one part."""
    _fresh(g.work, ref)
    return _to_grant(g.work, pay_part(g.work, ref))


@page.post("/wages/parts/<ref:ref>/refusal")
@needs(Permit.CHECK_WAGES)
@once
@again(subsidies)
def decline(ref: str) -> Response:
    """Decline one part, with the reason."""
    _fresh(g.work, ref)
    made = decline_part(g.work, DeclinePart(ref, asked(ReasonAsked).reason))
    return _to_grant(g.work, made)


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, part_by_ref(work, ref).version)


def _to_grant(work: Work, part: WagePart) -> Response:
    return see_other("wage_grants.one", ref=grant_ref_of(work, part))


def _back(ask: MonthOfLine) -> Response:
    return see_other("wages.month", ref=ask.line_ref, month=month_of(ask.month).start.isoformat())


def person_names(work: Work, rows: Sequence[Row[Any]]) -> dict[str, str]:
    """Whom these rows are about, by placement: names where the reader may see them; they were seen."""
    known = label(work, {row.person_id for row in rows})
    work.saw("person", [row.person_id for row in rows], int(Section.PLACEMENT))
    return {row.placement_ref: called(known, row) for row in rows}


def state_chip(state: WageState) -> dict[str, str]:
    """The state of a part as a word with its tone."""
    return {"label": word(state), "tone": TONES[state]}


def _months(work: Work) -> dict[str, Any]:
    own = work.actor.sectors(*SECTOR_ROLES)
    last = month_of(work.today.replace(day=1) - ONE_DAY).start
    may = Permit.CHECK_WAGES.value in work.actor.permits
    scale, excused = scale_and_absences(work, last)
    return {
        "tabs": tabs("months"),
        "rows": [
            {
                "month": formats.month(row.month, language.lang()),
                "line": row.line,
                "amount": Chf(int(row.amount)),
                **{state.value: int(getattr(row, state.value)) for state in _COUNTED},
                "url": url_for("wages.month", ref=row.line_ref, month=row.month.isoformat()),
            }
            for row in months_list(work)
        ],
        "lines": [
            {"value": one.ref, "label": f"{one.code} {one.name}"}
            for one in (lines(work) if may else ())
            if one.sector in own
        ],
        "last_month": last.isoformat(),
        "scale": [{"category": word(category), "amount": amount} for category, amount in scale.items()],
        "excused": excused,
    }


_COUNTED = (WageState.COMPUTED, WageState.CHECKED, WageState.APPROVED, WageState.PAID)


def _month(work: Work, ref: str) -> dict[str, Any]:
    line = line_by_ref(work, ref)
    day = optional_day("month") or month_of(work.today.replace(day=1) - ONE_DAY).start
    first = month_of(day).start
    found = parts_list(
        work, kinds=(GrantKind.PAY,), line_id=line.id, month=first, after=number_asked("after"),
        limit=_PAGE + 1,
    )  # fmt: skip
    own = line.id in set(work.session.scalars(own_lines(work.actor)))
    if not found and not own:
        raise UnknownThing(field="line")
    kept = found[:_PAGE]
    names, mine = person_names(work, kept), events_of_role(work) if own else frozenset()
    states = {row.state for row in kept}
    return {
        "tabs": tabs("months"),
        "line": line,
        "month": formats.month(first, language.lang()),
        "month_value": first.isoformat(),
        "rows": [
            {
                "person": names[row.placement_ref],
                "category": word(row.explanation["category"], "pay-category"),
                "days": t("web.wages.days-of", days=row.explanation["days"], of=row.explanation["basis"]),
                "scale": Chf(row.explanation["scale"]),
                "amount": row.amount,
                "number": row.number,
                "state": state_chip(row.state),
                "url": url_for("wage_grants.one", ref=row.grant_ref),
            }
            for row in kept
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "acts": [
            {"endpoint": endpoint, "label": t(words), "event": event.value}
            for event, (endpoint, state, words) in _MONTH_ACTS.items()
            if event in mine and state in states
        ],
        "may_compute": own and Permit.CHECK_WAGES.value in work.actor.permits,
    }


def _subsidies(work: Work) -> dict[str, Any]:
    state = choice_asked(WageState, "state")
    found = parts_list(
        work, kinds=SUBSIDIES, states=(state,) if state else (), after=number_asked("after"), limit=_PAGE + 1
    )
    kept = found[:_PAGE]
    names = person_names(work, kept)
    return {
        "tabs": tabs("subsidies"),
        "state": state,
        "states": options(WageState),
        "rows": [
            {
                "person": names[row.placement_ref],
                "employer": row.employer,
                "kind": word(row.kind),
                "month": formats.month(row.month, language.lang()),
                "line": row.line,
                "slip": row.slip,
                "amount": row.amount,
                "state": state_chip(row.state),
                "url": url_for("wage_grants.one", ref=row.grant_ref),
            }
            for row in kept
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
    }
