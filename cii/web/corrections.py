"""Corrective measures: what was observed about an agreement, and how it goes on."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.agreements.queries import agreements_by_id, agreements_list
from cii.coordination.actions import MoveCorrective, ObserveDeviation, move_corrective, observe_deviation
from cii.coordination.queries import (
    corrective_by_ref,
    corrective_measures,
    corrective_moves,
    corrective_place,
    steps_of,
)
from cii.coordination.rules import DATED, OPEN_STATES, REASONED
from cii.coordination.tables import CorrectiveMeasure
from cii.coordination.vocabulary import CorrectiveState
from cii.institutions.queries import shown_units
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import choice_asked, clock, options, t, text_asked, word
from cii.web.meetings import READERS
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.pages import page_of, place
from cii.wire.reading import asked

page = Blueprint("corrections", __name__)
_CORRECTIVE_TONES: Mapping[CorrectiveState, str] = {
    CorrectiveState.OVERDUE: "bad",
    CorrectiveState.REFUSED: "bad",
    CorrectiveState.VERIFIED: "good",
    CorrectiveState.APPROVED: "good",
    CorrectiveState.DROPPED: "neutral",
}
_READING = (*READERS, Permit.EDIT_AGREEMENTS)
"""Further the services that speak to the providers: each reads what it has to ask."""
_PAGE = 50


@page.get("/coordination/corrections", endpoint="index")
@needs(*_READING)
def index() -> str:
    """The corrective measures that the reader reads, by state, the nearest date first."""
    work: Work = g.work
    state, name = choice_asked(CorrectiveState, "state"), "corrections"
    since = place(work.settings, name, text_asked("after"))
    found = corrective_measures(
        work, state=state, after=(since[0], since[1]) if since else None, limit=_PAGE + 1
    )
    shown = page_of(found, _PAGE, work.settings, name, corrective_place)
    return render_template(
        "pages/corrections/index.html",
        rows=correction_rows(work, shown.items),
        state=state,
        states=options(CorrectiveState),
        next_mark=shown.next,
    )


@page.get("/coordination/corrections/new")
@needs(Permit.EDIT_COORDINATION)
def new() -> str:
    """The form that records what was observed about an agreement."""
    return render_template("pages/corrections/new.html", **_new_correction(g.work))


@page.post("/coordination/corrections/new")
@needs(Permit.EDIT_COORDINATION)
@once
@again(new)
def observe() -> Response:
    """Begin a corrective measure."""
    made = observe_deviation(g.work, asked(ObserveDeviation))
    return see_other("corrections.one", ref=made.ref)


@page.get("/coordination/corrections/<ref:ref>")
@needs(*_READING)
def one(ref: str) -> str:
    """One corrective measure with its steps."""
    return render_template("pages/corrections/one.html", **_correction(g.work, ref))


@page.post("/coordination/corrections/<ref:ref>/moves")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.EDIT_AGREEMENTS)
@once
@again(one)
def correct(ref: str) -> Response:
    """Move a corrective measure on."""
    require_match(ref, corrective_by_ref(g.work, ref).version)
    move_corrective(g.work, asked(MoveCorrective, corrective_ref=ref))
    return see_other("corrections.one", ref=ref)


def correction_rows(work: Work, found: Sequence[CorrectiveMeasure]) -> list[dict[str, Any]]:
    """Corrective measures as the tables show them."""
    numbers = agreements_by_id(work, {one.agreement_id for one in found})
    owners = shown_units(
        work, {one.respondent_unit_id for one in found if one.respondent_unit_id is not None}
    )
    return [
        {
            "ref": one.ref,
            "wording": one.wording,
            "agreement": numbers[one.agreement_id].number,
            "owner": unit_name(owners.get(one.respondent_unit_id)) if one.respondent_unit_id else None,
            "observed_on": one.observed_on,
            "clock": clock(one.due_on, done=one.state not in OPEN_STATES),
            "state": corrective_chip(one.state),
        }
        for one in found
    ]


def corrective_chip(state: CorrectiveState) -> dict[str, str]:
    """The state of a corrective measure as a word with its tone."""
    return {"label": word(state), "tone": _CORRECTIVE_TONES.get(state, "info")}


def _new_correction(work: Work) -> dict[str, Any]:
    return {
        "agreements": [{"value": row.ref, "label": row.number} for row in agreements_list(work, limit=500)],
        "today": work.today.isoformat(),
    }


def _correction(work: Work, ref: str) -> dict[str, Any]:
    held = corrective_by_ref(work, ref)
    agreement = agreements_by_id(work, [held.agreement_id])[held.agreement_id]
    steps = steps_of(work, held)
    names = account_names(work, {one.account_id for one in steps if one.account_id is not None})
    units = shown_units(work, {one.unit_id for one in steps if one.unit_id is not None})
    owner = held.respondent_unit_id
    moves = corrective_moves(work, held)
    return {
        "correction": held,
        "version": etag(ref, held.version),
        "agreement": agreement,
        "owner": unit_name(shown_units(work, [owner]).get(owner)) if owner else None,
        "state": corrective_chip(held.state),
        "clock": clock(held.due_on, done=held.state not in OPEN_STATES),
        "moves": options(moves),
        "reasoned": any(one in REASONED for one in moves),
        "dated": any(one in DATED for one in moves),
        "steps": [
            {
                "at": one.recorded_at,
                "who": names.get(one.account_id or 0) or t("web.journal.house"),
                "institution": units[one.unit_id].code if one.unit_id in units else None,
                "title": word(one.state),
                "body": one.note or None,
                "url": None,
                "new": False,
            }
            for one in reversed(steps)
        ],
    }
