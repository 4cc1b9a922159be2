"""The provider's own pages: requests to answer, arrivals, participants, attendance, statements."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Role
from cii.institutions.queries import UnitLabel, shown_units, units_by_id
from cii.kernel.clock import local_day
from cii.kernel.period import ONE_DAY, Period, month_of
from cii.people.queries import PersonLabel, label
from cii.placements.life import (
    AnswerPlace,
    EndPlacement,
    StartPlacement,
    answer_place,
    end_placement,
    start_placement,
)
from cii.placements.queries import PlacementRow, moves_for, participants, placement_by_ref, placements_list
from cii.placements.vocabulary import (
    BalanceOutcome,
    ContractType,
    ExitType,
    PlacementMove,
    PlacementState,
    RefusalReason,
)
from cii.settlement.actions import record_attendance
from cii.settlement.attesting import recent_sheet
from cii.settlement.queries import statements_list
from cii.store.work import Work
from cii.web.attendance import sheet_asked, sheet_page
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import clock, options, t, word
from cii.web.foreseen_words import interruptions_said
from cii.web.indicators import indicators_now
from cii.web.provider_home import (
    attestations_said,
    deliverables_due,
    risks_said,
    staff_told,
    talks_said,
    volumes_said,
)
from cii.web.statements import statement_rows
from cii.web.stay_words import events_shown, objectives_said
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("provider", __name__)
_FIRST, _LAST = date(1990, 1, 1), date(2199, 12, 31)
_TONES: Mapping[PlacementState, str] = {
    PlacementState.RESERVED: "warn",
    PlacementState.ACCEPTED: "info",
    PlacementState.STARTED: "good",
    PlacementState.ENDED: "neutral",
}


@page.get("/provider", endpoint="index")
@needs(Permit.SEE_PARTICIPANTS)
def provider_page() -> str:
    """What waits for the provider, and who is there."""
    return render_template("pages/provider/index.html", **_home(g.work))


@page.get("/provider/placements/<ref:ref>")
@needs(Permit.SEE_PARTICIPANTS)
def placement(ref: str) -> str:
    """One stay with the acts that are open."""
    return render_template("pages/provider/placement.html", **_placement(g.work, ref))


@page.post("/provider/placements/<ref:ref>/answer")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(placement)
def answer(ref: str) -> Response:
    """Take the person, or refuse with a reason."""
    _fresh(g.work, ref)
    answer_place(g.work, asked(AnswerPlace, placement_ref=ref))
    return see_other("provider.index")


@page.post("/provider/placements/<ref:ref>/start")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(placement)
def start(ref: str) -> Response:
    """The person has come."""
    _fresh(g.work, ref)
    start_placement(g.work, asked(StartPlacement, placement_ref=ref))
    return see_other("provider.placement", ref=ref)


@page.post("/provider/placements/<ref:ref>/end")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(placement)
def end(ref: str) -> Response:
    """The stay has ended."""
    _fresh(g.work, ref)
    end_placement(g.work, asked(EndPlacement, placement_ref=ref))
    return see_other("provider.placement", ref=ref)


@page.get("/provider/attendance/<int:year>/<int:number>")
@needs(Permit.RECORD_ATTENDANCE)
def attendance(year: int, number: int) -> str:
    """The sheet of a month."""
    return render_template("pages/provider/attendance.html", **sheet_page(g.work, year, number))


@page.post("/provider/attendance/<int:year>/<int:number>")
@needs(Permit.RECORD_ATTENDANCE)
@once
@again(attendance)
def record(year: int, number: int) -> Response:
    """Attest the month's days; a day attested anew is a correction."""
    for one in sheet_asked(year, number):
        record_attendance(g.work, one)
    return see_other("provider.attendance", year=year, number=number)


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, placement_by_ref(work, ref).version)


def _home(work: Work) -> dict[str, Any]:
    units = [seat.unit_id for seat in work.actor.seats if seat.role == Role.PROVIDER]
    held = [
        row
        for row in placements_list(
            work, states=(PlacementState.RESERVED, PlacementState.ACCEPTED, PlacementState.STARTED), limit=500
        )
        if row.provider_unit_id in units
    ]
    names = label(work, [row.person_id for row in held])
    known = units_by_id(work, {*units, *(row.requested_by_unit_id for row in held)})
    services = {id_: one for id_, one in known.items() if not one.sensitive or id_ in work.actor.units}
    groups: dict[PlacementState, list[dict[str, Any]]] = {}
    for row in held:
        groups.setdefault(row.state, []).append(_row(row, names, services))
    month = month_of(work.today - ONE_DAY * (work.today.day))
    sheet = recent_sheet(work)
    return {
        "requests": groups.get(PlacementState.RESERVED, []),
        "arrivals": groups.get(PlacementState.ACCEPTED, []),
        "present": groups.get(PlacementState.STARTED, []),
        "months": [_month(month), _month(month_of(work.today))],
        "attestations": attestations_said(work, sheet),
        "risks": risks_said(work, sheet, names),
        "deliverables": deliverables_due(work),
        "statements": statement_rows(work, statements_list(work, newest=True, limit=12)),
        "indicators": indicators_now(work),
        "volumes": volumes_said(work),
        "staff": staff_told(work),
        "talks": talks_said(work),
        "unit": ", ".join(known[one].name for one in dict.fromkeys(units) if one in known),
    }


def _month(month: Period) -> dict[str, Any]:
    return {"year": month.start.year, "number": month.start.month, "start": month.start}


def _row(
    row: PlacementRow, names: Mapping[int, PersonLabel], services: Mapping[int, UnitLabel]
) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "name": names[row.person_id].name if row.person_id in names else row.ref,
        "measure": row.measure_name,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "service": unit_name(services.get(row.requested_by_unit_id)),
        "clock": _answer_by(row),
        "due": _due(row),
    }


def _due(row: PlacementRow) -> str | None:
    """What the provider has still to record of a stay."""
    if row.state is PlacementState.ACCEPTED and row.starts_on <= g.work.today:
        return t("web.provider.entry-due")
    if row.state is PlacementState.STARTED and row.ends_on < g.work.today:
        return t("web.provider.exit-due")
    return None


def _answer_by(row: PlacementRow) -> dict[str, object] | None:
    """The last day of the hold: it ends at the midnight that follows."""
    until = row.reserved_until
    return clock(local_day(until) - ONE_DAY) if isinstance(until, datetime) else None


def _placement(work: Work, ref: str) -> dict[str, Any]:
    held = placement_by_ref(work, ref)
    row = next(one for one in _own(work) if one.ref == ref)
    names = label(work, [held.person_id])
    services = shown_units(work, [held.requested_by_unit_id])
    moves = moves_for(work, held)
    return {
        "placement": _row(row, names, services),
        "birth_date": names[held.person_id].birth_date if held.person_id in names else None,
        "state": {"label": word(held.state, "placement-state"), "tone": _TONES.get(held.state, "neutral")},
        "version": etag(ref, held.version),
        "may": {one.value: one in moves for one in PlacementMove},
        "observes": held.state in {PlacementState.STARTED, PlacementState.ENDED},
        "refusal_reason": word(held.refusal_reason, "refusal-reason") if held.refusal_reason else None,
        "exit_type": word(held.exit_type, "exit-type") if held.exit_type else None,
        "reasons": options(RefusalReason),
        "exits": options(one for one in ExitType if one is not ExitType.EXCLUDED),
        "events": events_shown(
            work, held, lambda one: url_for("stays.provider_certificate", ref=ref, document=one)
        ),
        "objectives": objectives_said(work, held),
        "foreseen": interruptions_said(work, held),
        "outcomes": options(BalanceOutcome),
        "follows": held.state in {PlacementState.STARTED, PlacementState.ENDED},
        "over": held.state is PlacementState.ENDED,
        "contracts": options(ContractType),
        "today": work.today.isoformat(),
        "months": [
            _month(one)
            for one in Period.through(held.starts_on, held.ends_on).months()
            if one.start <= work.today
        ],
        "nothing": t("web.provider.nothing-to-do") if not moves else None,
    }


def _own(work: Work) -> Sequence[PlacementRow]:
    return [*placements_list(work, limit=10_000), *participants(work, Period(_FIRST, _LAST))]
