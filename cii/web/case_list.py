"""The list of cases: by filters that stand in its address, by those kept under a name."""

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.cases.listing import CaseFilter, CaseRow, case_list
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.desk.saving import KNOWN, filters
from cii.desk.vocabulary import FilterPlace
from cii.web.choices import choice_asked, optional_day, options, t, text_asked, word
from cii.web.filters import first_view, saved_filters

WHOSE = ("mine", "unit")
"""Whose cases the list may be narrowed to; without, all that the reader may see."""
_ANY_REF = "0000000000"
"""Stands in an address for the reference of each row."""


def listed() -> str | Response:
    """The cases that the reader may see; asked for without a word, by the filter that the reader chose."""
    held = filters(g.work, FilterPlace.CASES)
    if (first := first_view(held, FilterPlace.CASES)) is not None:
        return first
    shown = CaseFilter(
        mine=request.args.get("who") == "mine",
        my_unit=request.args.get("who") == "unit",
        status=choice_asked(CaseStatus, "status"),
        path=choice_asked(CasePath, "path"),
        text=text_asked("q") or None,
        opened_from=optional_day("opened_from"),
        opened_until=optional_day("opened_until"),
    )
    found = case_list(g.work, shown, text_asked("after") or None)
    chosen = {name: text_asked(name) for name in KNOWN[FilterPlace.CASES]}
    kept: dict[str, Any] = {name: said for name, said in chosen.items() if said}
    return render_template(
        "pages/cases/index.html",
        rows=_rows(found.items),
        next_url=url_for("cases.index", **kept, after=found.next) if found.next else None,
        filtered=bool(kept),
        chosen=chosen,
        statuses=options(CaseStatus),
        paths=options(CasePath),
        whose=[{"value": one, "label": word(one, "case-whose")} for one in WHOSE],
        saved=saved_filters(
            g.work,
            FilterPlace.CASES,
            held,
            kept,
            {"who": WHOSE, "status": {*CaseStatus}, "path": {*CasePath}},
        ),
    )


def _rows(found: Sequence[CaseRow]) -> list[dict[str, Any]]:
    """The rows of the list; addresses and words are made once, for lists are long."""
    address = url_for("cases.one", ref=_ANY_REF)
    paths = {one.value: word(one) for one in CasePath}
    stands = {
        one.value: {"label": word(one), "tone": "info" if one is CaseStatus.OPEN else "neutral"}
        for one in CaseStatus
    }
    protected = t("web.desk.protected")
    return [
        {
            "url": address.replace(_ANY_REF, one["ref"]),
            "number": one["number"],
            "person": one["person"]["name"] if one["person"] else None,
            "path": paths[one["path"]],
            "lead": one["lead"]["name"] if one["lead"] else protected,
            "status": stands[one["status"]],
            "opened_on": one["opened_at"],
            "tone": None if one["status"] == CaseStatus.OPEN else "quiet",
        }
        for one in found
    ]
