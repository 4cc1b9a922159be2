"""A case's memory on its pages: what is new since my last visit, and what happened, by kind, by whom.

The list of what changed is a page of its own, which the list of cases fetches when it stands: the list itself
stays quick.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from flask import g, render_template, url_for

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.cases.queries import cases_by_id
from cii.desk.substituting import InPlace, acted_in_place
from cii.desk.visiting import Changes, changes_since_visit, last_visit, visited, visits_with_news
from cii.desk.vocabulary import News
from cii.people.queries import label
from cii.store.work import Work
from cii.web import case_parts
from cii.web.base import Blueprint
from cii.web.case_head import CasePage
from cii.web.choices import choice_asked, number_asked, options, t, word
from cii.wire.doors import needs

ENTRIES = 60
"""Entries of a case's history on one page."""
PAGES: Mapping[News, str] = {
    News.GRID: "cases.grid",
    News.HEALTH: "cases.health",
    News.ASSESSMENT: "cases.assessment",
    News.PLAN: "cases.plan",
    News.PLAN_ANSWER: "cases.plan",
    News.NOTE: "case_notes.index",
    News.REFERRAL: "cases.sharing",
    News.REFERRAL_ANSWER: "cases.sharing",
    News.PLACEMENT: "cases.placements",
    News.DOCUMENT: "attachments.index",
}
"""Where a change is read."""


page = Blueprint("visits", __name__)


@page.get("/cases/changed")
@needs(Permit.SEE_CASE)
def changed() -> str:
    """The cases I have visited in which others have written since, with how much is new."""
    work: Work = g.work
    new = visits_with_news(work)
    cases = cases_by_id(work, new)
    people = label(work, {one.person_id for one in cases.values()})
    work.saw("case", cases, int(Section.IDENTITY))
    rows = [
        {
            "url": url_for("cases.one", ref=cases[id_].ref),
            "number": cases[id_].number,
            "person": people[cases[id_].person_id].name if cases[id_].person_id in people else None,
            "news": {"label": t("web.visits.changed", n=count), "tone": "info"},
        }
        for id_, count in new.items()
        if id_ in cases
    ]
    return render_template("pages/cases/changed.html", rows=rows)


class Happened(StrEnum):
    """The kinds by which a case's history is filtered."""

    CASE = "case"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    REFERRAL = "referral"
    PLACE = "place"
    SHARING = "sharing"
    DECISION = "decision"


_KINDS: Mapping[Happened, tuple[str, ...]] = {
    Happened.ASSESSMENT: ("write_grid", "write_medical", "voice", "assessment", "state_facts", "admission"),
    Happened.PLAN: ("plan",),
    Happened.REFERRAL: ("referral", "announce"),
    Happened.PLACE: ("placement.", "observation"),
    Happened.SHARING: ("disclose", "consent"),
    Happened.DECISION: ("decide",),
}
"""Kind → parts of the names of its acts; every other act is one on the case itself."""


def kind_of(act: str) -> Happened:
    """The kind under which an act of the history is filtered."""
    return next((kind for kind, parts in _KINDS.items() if any(one in act for one in parts)), Happened.CASE)


def keep_visit(shown: CasePage) -> None:
    """A page of the case was shown: kept with the journal of what it showed."""
    g.work.afterwards.append(partial(visited, case_id=shown.case_id))


def changes(shown: CasePage) -> dict[str, Any]:
    """What is new since my last visit, counted by kind and listed, the newest first."""
    found: Changes = changes_since_visit(g.work, shown.case_id)
    return {
        "since": found.since,
        "total": found.total,
        "counts": [
            {
                "label": t("web.visits.count", kind=word(kind, "case-news"), n=count),
                "url": _page(shown, kind),
            }
            for kind, count in found.counts
        ],
        "entries": [
            {
                "at": one.at,
                "who": one.who,
                "institution": one.unit.institution if one.unit else None,
                "title": word(one.kind, "case-news"),
                "body": one.unit.name if one.unit else None,
                "url": _page(shown, one.kind),
                "new": True,
            }
            for one in found.newest
        ],
    }


def _page(shown: CasePage, kind: News) -> str | None:
    return url_for(PAGES[kind], ref=shown.view.ref) if kind in PAGES else None


def history(shown: CasePage) -> dict[str, Any]:
    """What happened in the case by the kind asked for: entries, the way to older ones, the choices."""
    work: Work = g.work
    kind = choice_asked(Happened, "kind")
    acts = [act for act in case_parts.ACTS if kind is None or kind_of(act) is kind]
    before = number_asked("before") or None
    entries, older = case_parts.happened(work, shown, before=before, limit=ENTRIES, acts=acts)
    since, places = last_visit(work, shown.case_id), acted_in_place(work, shown.case_id)
    for one in entries:
        other = one["account"] is None or one["account"] != work.actor.account_id
        one["new"] = bool(since and other and one["at"] > since)
        one["who"] = _who(one, places)
    kept: dict[str, Any] = {"kind": kind.value} if kind else {}
    return {
        "entries": entries,
        "older": url_for("case_notes.timeline", ref=shown.view.ref, before=older, **kept) if older else None,
        "kind": kind.value if kind else "",
        "kinds": options(Happened, "case-happened"),
    }


def _who(one: Mapping[str, Any], places: Sequence[InPlace]) -> str:
    """The name under which somebody acted, and in whose place."""
    for place in places:
        if one["account"] == place.account_id and place.since <= one["at"] < place.until:
            return t("web.visits.in-place", who=one["who"], absent=place.absent)
    return str(one["who"])
