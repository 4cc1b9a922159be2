"""Absences: who stands in for whom, agreed by the member or the supervisor, ended by itself."""

from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import members_of
from cii.desk.substituting import (
    AgreeSubstitution,
    Standing,
    agree_substitution,
    revoke_substitution,
    substitutions,
    supervises,
)
from cii.institutions.queries import units_by_id
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import t, text_asked
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("absences", __name__)


@page.get("/absences")
@needs(Permit.SEE_DESK)
def index() -> str:
    """The substitutions that go on or come, and the form for another."""
    work: Work = g.work
    units = units_by_id(work, work.actor.units)
    unit = text_asked("unit") or next((one.ref for one in units.values()), "")
    unit_id = next((id_ for id_, one in units.items() if one.ref == unit), None)
    members = members_of(work, unit_id) if unit_id else []
    everyone = [{"value": one.ref, "label": one.name} for one in members]
    led = unit_id is not None and supervises(work, unit_id)
    return render_template(
        "pages/absences/index.html",
        rows=[_row(one) for one in substitutions(work)],
        unit=unit,
        units=[{"value": one.ref, "label": one.name} for one in units.values()],
        absent=everyone if led else [one for one in everyone if one["value"] == _own_ref(work, members)],
        substitutes=everyone,
        own=_own_ref(work, members),
        today=work.today.isoformat(),
    )


@page.post("/absences")
@needs(Permit.SEE_DESK)
@once
@again(index)
def agree() -> Response:
    """Agree on who stands in."""
    agree_substitution(g.work, asked(AgreeSubstitution))
    return see_other("absences.index")


def _again(ref: str) -> str:  # noqa: ARG001 - the address of the act
    return index()


@page.post("/absences/<ref:ref>/revoke")
@needs(Permit.SEE_DESK)
@once
@again(_again)
def revoke(ref: str) -> Response:
    """End a substitution before its last day."""
    revoke_substitution(g.work, ref)
    return see_other("absences.index")


def _own_ref(work: Work, members: Any) -> str:  # noqa: ANN401 - accounts of a unit
    return next((one.ref for one in members if one.id == work.actor.account_id), "")


def _row(one: Standing) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "absent": one.absent,
        "substitute": one.substitute,
        "unit": one.unit.name,
        "from": one.first_day,
        "to": one.last_day,
        "state": {
            "label": t("web.absences.live" if one.live else "web.absences.comes"),
            "tone": "info" if one.live else "neutral",
        },
        "mine": one.mine,
    }
