"""Filters kept under a name: beside the list they belong to, for me or for my unit."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.desk.filtering import SaveFilter, cleaned, filters, remove_filter, save_filter
from cii.desk.vocabulary import FilterPlace
from cii.institutions.queries import units_by_id
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.wire.doors import needs, once
from cii.wire.reading import asked

page = Blueprint("filters", __name__)
LISTS: Mapping[FilterPlace, str] = {FilterPlace.DESK: "desk.page", FilterPlace.CASES: "cases.index"}
"""The page of each list with filters."""


@page.post("/filters")
@needs(Permit.SEE_DESK)
@once
def save() -> Response:
    """Keep the filter of a list under a name."""
    row = save_filter(g.work, asked(SaveFilter))
    return see_other(LISTS[row.place], **_parts(row.query))


@page.post("/filters/<ref:ref>/remove")
@needs(Permit.SEE_DESK)
@once
def remove(ref: str) -> Response:
    """Take a filter of mine away."""
    remove_filter(g.work, ref)
    return see_other("desk.page")


def saved_filters(work: Work, place: FilterPlace, endpoint: str, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The filters of a list as `parts/saved_filters.html` shows them; `chosen`: what is filtered now."""
    now = cleaned(place, urlencode({name: said for name, said in chosen.items() if said}))
    rows = filters(work, place)
    return {
        "place": place.value,
        "query": now,
        "rows": [
            {
                "ref": one.ref,
                "name": one.name,
                "url": url_for(endpoint, **_parts(one.query)),
                "mine": one.mine,
                "shared": one.shared.name if one.shared else None,
                "current": one.query == now,
            }
            for one in rows
        ],
        "units": [
            {"value": one.ref, "label": one.name} for one in units_by_id(work, work.actor.units).values()
        ],
    }


def _parts(query: str) -> dict[str, Any]:
    return dict(parse_qsl(query))
