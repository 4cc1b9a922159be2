"""The load of a unit for its supervisor: cases and tasks against the time released, cases given by hand."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.leading import cases_of_manager
from cii.desk.loading import (
    HandCases,
    HandTasks,
    ReleaseShare,
    hand_cases,
    hand_tasks,
    led_unit,
    loads,
    release_share,
    share_history,
)
from cii.desk.rules import Load, proposed
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import t, text_asked, word
from cii.web.desk import desk
from cii.web.taking import refs_of, supervised_units, takers
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("load", __name__)


@page.get("/load")
@needs(Permit.REASSIGN)
def index() -> str:
    """Who carries what, who has room; the cases of one member or of nobody, to be given to another."""
    work: Work = g.work
    units = supervised_units(work)
    known = {one.ref: id_ for id_, one in units.items()}
    unit_ref = text_asked("unit") or next(iter(known), "")
    unit_id = (known.get(unit_ref) or led_unit(work, unit_ref)) if unit_ref else None
    carried = loads(work, unit_id) if unit_id else []
    refs = refs_of(work, unit_id) if unit_id else {}
    who = text_asked("who")
    account = next((id_ for id_, ref in refs.items() if ref == who), None)
    found = cases_of_manager(work, unit_id, account) if unit_id else []
    return render_template(
        "pages/load/index.html",
        unit=unit_ref,
        units=[{"value": one.ref, "label": one.name} for one in units.values()],
        rows=[_row(one, refs, carried, unit_ref) for one in carried],
        members=[{"value": refs[one.account_id], "label": one.name} for one in carried],
        takers=takers(carried, refs),
        who=who,
        whose=next((one.name for one in carried if one.account_id == account), None) if account else None,
        cases=[
            {"ref": one.ref, "url": url_for("cases.one", ref=one.ref), "number": one.number,
             "label": one.number, "person": one.person.name if one.person else None,
             "path": word(one.path), "opened": one.opened_at}
            for one in found
        ],
        shares=_shares(work, unit_id) if unit_id else [],
        today=work.today.isoformat(),
    )  # fmt: skip


@page.post("/load/shares")
@needs(Permit.REASSIGN)
@once
@again(index)
def share() -> Response:
    """Record the time released for cases."""
    ask = asked(ReleaseShare)
    release_share(g.work, ask)
    return see_other("load.index", unit=ask.unit_ref)


@page.post("/load/cases")
@needs(Permit.REASSIGN)
@once
@again(index)
def cases() -> Response:
    """Give the ticked cases to a member."""
    hand_cases(g.work, asked(HandCases))
    return see_other("load.index")


@page.post("/desk/hand")
@needs(Permit.REASSIGN)
@once
@again(desk)
def tasks() -> Response:
    """Give the ticked tasks to a member, all or none."""
    hand_tasks(g.work, asked(HandTasks))
    return see_other("desk.page", tab="unit")


def _row(one: Load, refs: dict[int, str], carried: list[Load], unit: str) -> dict[str, Any]:
    first = proposed(carried)
    state = (
        {"label": t("web.load.state.absent"), "tone": "neutral"}
        if one.absent
        else {"label": t("web.load.state.room"), "tone": "good"}
        if one is first
        else {"label": t("web.load.state.none"), "tone": "warn"}
        if not one.percent
        else None
    )
    return {
        "name": one.name,
        "url": url_for("load.index", unit=unit, who=refs[one.account_id]),
        "cases": one.cases,
        "tasks": one.tasks,
        "late": one.late,
        "percent": t("web.load.percent", n=one.percent),
        "per_position": round(one.per_position) if one.per_position is not None else None,
        "state": state,
    }


def _shares(work: Work, unit_id: int) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "percent": t("web.load.percent", n=one.percent),
            "from": one.valid_from,
            "by": by,
            "at": one.recorded_at,
        }
        for one, name, by in share_history(work, unit_id)
    ]
