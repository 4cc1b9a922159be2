"""The one search box: what was found, by group, with the way to its whole list; what it offers at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, g, jsonify, render_template, url_for

from cii.cases.vocabulary import CaseStatus
from cii.search.queries import PERMITS, Found, Thing, find, open_groups
from cii.search.vocabulary import Group
from cii.store.work import Work
from cii.texts.formats import day
from cii.web.base import Blueprint, may_open
from cii.web.choices import t, text_asked, word
from cii.wire import language
from cii.wire.doors import needs

page = Blueprint("search", __name__)
_WHOLE: Mapping[Group, str] = {
    Group.PERSONS: "cases.index",
    Group.CASES: "cases.index",
    Group.MEASURES: "measures.index",
    Group.PROVIDERS: "agreements.index",
}
"""The list in which one goes on looking."""
OFFERED = 4
"""Rows of a group that the box offers; the page of results shows more."""
SHORTEST = 2
"""Letters from which on the box offers anything."""


@page.get("/search")
@needs(*PERMITS.values())
def index() -> str:
    """What the words in the box begin; with an empty box, how to search."""
    text = text_asked("q")
    found = find(g.work, text, open_groups(g.work.actor))
    shown = _groups(g.work, found, text)
    nobody = bool(text.strip()) and not (found.persons or found.cases)
    return render_template(
        "pages/search/index.html",
        text=text,
        groups=shown,
        count=sum(map(_count, shown)),
        ways=_ways() if nobody else [],
    )


def _ways() -> list[dict[str, str]]:
    """What is left to who finds nobody: the same whether there is somebody or not."""
    return [
        {"label": t(key), "url": url_for(endpoint)}
        for key, endpoint in (("web.search.ask", "requests.new"), ("web.search.glass", "glass.index"))
        if may_open(endpoint, g.work.actor)
    ]


@page.get("/search/suggestions")
@needs(*PERMITS.values())
def suggestions() -> Response:
    """What the box offers while one types: few rows of each group, each with its page, and the way to all."""
    text = text_asked("q")
    offered = _offered(g.work, text) if len(text) >= SHORTEST else []
    told = {
        "groups": offered,
        "all": {"label": t("web.search.all", text=text), "url": url_for("search.index", q=text)},
        "said": t("web.search.count", n=sum(len(one["rows"]) for one in offered)),
    }
    return jsonify(told)


def _offered(work: Work, text: str) -> list[dict[str, Any]]:
    """The groups with their rows as the list under the box shows them: name, detail, page."""
    found = find(work, text, open_groups(work.actor), OFFERED)
    shown = _groups(work, found, text)
    return [
        {
            "label": t(f"web.search.group.{one['group']}"),
            "rows": [_offer(row) for row in one["rows"]],
        }
        for one in shown
    ]


def _offer(row: Mapping[str, Any]) -> dict[str, str]:
    """One row: beside the name, what tells it from others of that name."""
    born = row.get("detail")
    details = (
        day(born, language.lang()) if born else None,
        row.get("place"),
        row.get("person"),
        row.get("code"),
    )
    return {
        "name": row["name"],
        "detail": " · ".join(filter(None, details)),
        "url": row["url"] or url_for("search.index", q=row["name"]),
    }


def _count(group: Mapping[str, Any]) -> int:
    return len(group["rows"])


def _groups(work: Work, found: Found, text: str) -> list[dict[str, Any]]:
    rows = {
        Group.PERSONS: [_person(one) for one in found.persons],
        Group.CASES: [_case(one) for one in found.cases],
        Group.MEASURES: [_thing(one, "measures.one") for one in found.measures],
        Group.PROVIDERS: [_thing(one, None) for one in found.providers],
    }
    return [
        {
            "group": group.value,
            "rows": held,
            "whole": url_for(_WHOLE[group], q=text)
            if group in found.more and may_open(_WHOLE[group], work.actor)
            else None,
        }
        for group, held in rows.items()
        if held
    ]


def _person(one: Mapping[str, Any]) -> dict[str, Any]:
    known = may_open("persons.one", g.work.actor)
    return {
        "name": one["name"],
        "url": url_for("persons.one", ref=one["ref"]) if known else url_for("cases.index", q=one["name"]),
        "detail": date.fromisoformat(str(one["birth_date"])),
        "place": one["municipality"],
    }


def _case(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": one["number"],
        "url": url_for("cases.one", ref=one["ref"]),
        "person": one["person"]["name"] if one["person"] else None,
        "path": word(one["path"], "case-path"),
        "status": {
            "label": word(one["status"], "case-status"),
            "tone": "info" if one["status"] == CaseStatus.OPEN else "neutral",
        },
    }


def _thing(one: Thing, endpoint: str | None) -> dict[str, Any]:
    return {"name": one.name, "url": url_for(endpoint, ref=one.ref) if endpoint else None, "code": one.code}
