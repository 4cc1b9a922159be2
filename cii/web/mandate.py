"""The mandate of the coordination group: tasks with their pages and what is due, rules, further mandates."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.coordination.actions_mandates import EndMandate, GiveMandate, end_mandate, give_mandate
from cii.coordination.mandate import due_now, the_mandate
from cii.coordination.mandates import mandate_by_ref, mandates
from cii.coordination.tables_mandates import GroupMandate
from cii.store.work import Work
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import clock, t
from cii.web.meetings import READERS
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked, sent_file_if_any

page = Blueprint("mandate", __name__)
TASKS: Mapping[int, tuple[str, ...]] = {
    1: ("reports.index", "unit_prices.index"),
    2: ("corrections.index",),
    3: ("corrections.index",),
    4: ("needs.index",),
    5: ("measures.index",),
    6: ("agreements.index",),
    7: ("rounds.index",),
    8: ("monthly.index",),
    9: ("reports.index",),
}
"""Task → the pages where it is done."""
RULES: Mapping[int, tuple[str, ...]] = {
    1: ("coordination.index",),
    2: ("members.index",),
    3: ("members.index",),
    4: ("cases.index",),
    5: ("reports.index",),
    6: ("members.index",),
}
"""Rule → the pages where it is seen."""


@page.get("/coordination/mandate", endpoint="index")
@needs(*READERS)
def index() -> str:
    """The tasks with what is due now, the rules with what holds them, the further mandates."""
    work: Work = g.work
    held, lang, due = the_mandate(), language.lang(), due_now(g.work)
    return render_template(
        "pages/mandate/index.html",
        title=held.title[lang],
        issued_on=held.issued_on,
        valid_from=held.valid_from,
        tasks=[
            {
                "number": number, "text": said[lang], "pages": _pages(TASKS[number]),
                "due": _due(due.get(number)),
            }
            for number, said in held.tasks.items()
        ],
        rules=[
            {
                "number": number, "text": one.text[lang], "held_by": one.held_by[lang],
                "pages": _pages(RULES[number]),
            }
            for number, one in held.rules.items()
        ],
        mandates=[_row(one) for one in mandates(work)],
        may_give=Permit.DECIDE_STEERING in work.actor.permits,
    )  # fmt: skip


@page.get("/coordination/mandates/new")
@needs(Permit.DECIDE_STEERING)
def new() -> str:
    """The form by which the GP CII charges the group with an analysis."""
    return render_template("pages/mandate/new.html", today=g.work.today.isoformat())


@page.post("/coordination/mandates/new")
@needs(Permit.DECIDE_STEERING)
@once
@again(new)
def give() -> Response:
    """Enter a mandate; of the signed document its digest is kept."""
    file = sent_file_if_any()
    digest = sha256(file.content).hexdigest() if file is not None else None
    made = give_mandate(g.work, asked(GiveMandate, document_sha256=digest))
    return see_other("mandate.one", ref=made.ref)


@page.get("/coordination/mandates/<ref:ref>")
@needs(*READERS)
def one(ref: str) -> str:
    """One mandate, and the form that ends it."""
    row = mandate_by_ref(g.work, ref)
    open_ = row.ended_on is None
    return render_template(
        "pages/mandate/one.html",
        mandate=row,
        row=_row(row),
        may_end=open_ and Permit.DECIDE_STEERING in g.work.actor.permits,
        today=g.work.today.isoformat(),
    )


@page.post("/coordination/mandates/<ref:ref>/end")
@needs(Permit.DECIDE_STEERING)
@once
@again(one)
def end(ref: str) -> Response:
    """End a mandate."""
    end_mandate(g.work, asked(EndMandate, mandate_ref=ref))
    return see_other("mandate.one", ref=ref)


def _pages(endpoints: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"label": t(f"web.mandate.page.{one.partition('.')[0]}"), "url": url_for(one)}
        for one in endpoints
        if may_open(one, g.work.actor)
    ]


def _due(count: int | None) -> dict[str, str] | None:
    if count is None:
        return None
    return {"label": t("web.mandate.due", n=count), "tone": "warn" if count else "good"}


def _row(one: GroupMandate) -> dict[str, Any]:
    open_ = one.ended_on is None
    return {
        "number": one.number,
        "title": one.title,
        "issued_on": one.issued_on,
        "clock": clock(one.until, done=not open_) if one.until else None,
        "state": {
            "label": t("web.mandate.open" if open_ else "web.mandate.ended"),
            "tone": "info" if open_ else "good",
        },
        "url": url_for("mandate.one", ref=one.ref),
    }
