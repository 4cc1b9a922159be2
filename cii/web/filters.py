"""Filters kept under a name: beside the list they belong to, for me or for my unit, one as its first view."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import current_app, g, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.desk.saving import FilterShown, SaveFilter, cleaned, open_with, remove_filter, save_filter
from cii.desk.vocabulary import FilterPlace
from cii.institutions.queries import units_by_id
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import choice_asked
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("filters", __name__)
LISTS: Mapping[FilterPlace, str] = {FilterPlace.DESK: "desk.page", FilterPlace.CASES: "cases.index"}
"""The page of each list with filters."""
_LANGUAGE = "lang"


def _list_again() -> str:
    """The list whose filter was to be kept: the address of the form carries the filter."""
    place = choice_asked(FilterPlace, "place") or FilterPlace.DESK
    return str(current_app.view_functions[LISTS[place]]())


@page.post("/filters")
@needs(Permit.SEE_DESK, Permit.SEE_CASE)
@once
@again(_list_again)
def save() -> Response:
    """Keep the filter of a list under a name."""
    row = save_filter(g.work, asked(SaveFilter))
    return see_other(LISTS[row.place], **_parts(row.query))


@page.post("/filters/<ref:ref>/default")
@needs(Permit.SEE_DESK, Permit.SEE_CASE)
@once
def default(ref: str) -> Response:
    """Open the list with this filter from now on, or no longer."""
    row = open_with(g.work, ref)
    return see_other(LISTS[row.place], **_parts(row.query))


@page.post("/filters/<ref:ref>/remove")
@needs(Permit.SEE_DESK, Permit.SEE_CASE)
@once
def remove(ref: str) -> Response:
    """Take a filter of mine away."""
    row = remove_filter(g.work, ref)
    return see_other(LISTS[row.place], **_parts(row.query))


def first_view(rows: Collection[FilterShown], place: FilterPlace) -> Response | None:
    """Where somebody goes who asks for the list without a word: to the filter that they open it with."""
    if request.method != "GET" or set(request.args) - {_LANGUAGE}:
        return None
    first = next((one for one in rows if one.default), None)
    return see_other(LISTS[place], **_parts(first.query)) if first else None


def saved_filters(
    work: Work,
    place: FilterPlace,
    rows: Collection[FilterShown],
    chosen: Mapping[str, str],
    offered: Mapping[str, Collection[str]],
) -> dict[str, Any]:
    """The filters of a list as `parts/saved_filters.html` shows them.

    `chosen`: what is filtered now; `offered`: the choices of the list today, by name. One that names a
    choice that is gone leads nowhere and says so.
    """
    now = cleaned(place, urlencode({name: said for name, said in chosen.items() if said}))
    return {
        "place": place.value,
        "query": now,
        "action": url_for("filters.save", place=place.value, **_parts(now)),
        "said": next((one.name for one in rows if one.query == now), None),
        "failed": request.endpoint == "filters.save",
        "rows": [
            {
                "ref": one.ref,
                "name": one.name,
                "url": url_for(LISTS[place], **_parts(one.query)),
                "gone": _gone(one.query, offered),
                "mine": one.mine,
                "shared": one.shared.name if one.shared else None,
                "default": one.default,
                "current": one.query == now,
            }
            for one in rows
        ],
        "units": [
            {"value": one.ref, "label": one.name} for one in units_by_id(work, work.actor.units).values()
        ]
        if now
        else [],
    }


def _gone(query: str, offered: Mapping[str, Collection[str]]) -> bool:
    """Whether the filter names something that the list does not offer any more."""
    return any(name in offered and said not in offered[name] for name, said in parse_qsl(query))


def _parts(query: str) -> dict[str, Any]:
    return dict(parse_qsl(query))
