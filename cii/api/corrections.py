"""Corrective measures: what was observed about an agreement, asked of its provider, done and verified."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreements_by_id
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.coordination.actions import MoveCorrective, ObserveDeviation, move_corrective, observe_deviation
from cii.coordination.queries import (
    corrective_by_ref,
    corrective_measures,
    corrective_moves,
    corrective_place,
    steps_of,
)
from cii.coordination.tables import CorrectiveMeasure
from cii.coordination.vocabulary import CorrectiveEvent, CorrectiveState
from cii.institutions.queries import shown_units
from cii.wire.answers import answer_schema, only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-corrections", __name__, url_prefix=f"{PREFIX}/corrections")
READERS = (
    Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.FREEZE_REPORTS, Permit.EDIT_AGREEMENTS,
)  # fmt: skip


@dataclass(frozen=True)
class CorrectionsAsked(PageAsked):
    """Those in that state, all when left out."""

    state: CorrectiveState | None = None


@dataclass(frozen=True)
class CorrectionLine:
    """A corrective measure; `respondent` is the code of the service that speaks to the provider."""

    ref: str
    agreement: str
    respondent: str | None
    wording: str
    observed_on: date
    due_on: date | None
    state: CorrectiveState


@dataclass(frozen=True)
class StepShown:
    """What happened, the state that it led to, and why; no event: it was observed."""

    event: CorrectiveEvent | None
    state: CorrectiveState
    note: str
    due_on: date | None
    effective_on: date
    recorded_at: datetime


@dataclass(frozen=True)
class CorrectionShown(CorrectionLine):
    """A corrective measure with its steps in order and what the reader may do now."""

    steps: tuple[StepShown, ...]
    moves: tuple[CorrectiveEvent, ...]


LINE = only(
    CorrectionLine, "ref", "agreement", "respondent", "wording", "observed_on", "due_on", "state",
    called="CorrectionLineAnswer",
)  # fmt: skip
CORRECTION = answer_schema(CorrectionShown, "Correction")


@blueprint.get("")
@needs(*READERS)
@blueprint.arguments(CorrectionsAsked, location="query")
@blueprint.response(200, paged(LINE))
def listed(asked: CorrectionsAsked) -> Page[CorrectionLine]:
    """The corrective measures that you read, the nearest date first; a service those it has to ask."""
    work, name = g.work, f"corrections {asked.state or ''}"
    since = place(work.settings, name, asked.after)
    rows = corrective_measures(
        work, state=asked.state, after=(since[0], since[1]) if since else None, limit=asked.limit + 1
    )
    page = page_of(rows, asked.limit, work.settings, name, corrective_place)
    numbers = agreements_by_id(work, {one.agreement_id for one in page.items})
    owners = shown_units(work, {one.respondent_unit_id for one in page.items if one.respondent_unit_id})
    codes = {id_: label.code for id_, label in owners.items()}
    return Page([_line(one, numbers[one.agreement_id].number, codes) for one in page.items], page.next)


@blueprint.post("")
@needs(Permit.EDIT_COORDINATION)
@once
@blueprint.arguments(ObserveDeviation)
@blueprint.response(201, CORRECTION)
def observed(ask: ObserveDeviation) -> Tagged:
    """Record what was observed about an agreement: a corrective measure begins."""
    return _shown(observe_deviation(g.work, ask))


@blueprint.get("/<ref:ref>")
@needs(*READERS)
@blueprint.response(200, CORRECTION)
def one(ref: str) -> Tagged:
    """One corrective measure with its steps and what you may do now."""
    return _shown(corrective_by_ref(g.work, ref))


@blueprint.post("/<ref:ref>/moves")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(MoveCorrective, given=("corrective_ref",))
@blueprint.response(200, CORRECTION)
def moved(ask: Callable[..., MoveCorrective], ref: str) -> Tagged:
    """Move it on: the GP CII decides, the service that asks reports, the group does the rest and verifies."""
    matched(ref, corrective_by_ref(g.work, ref).version)
    return _shown(move_corrective(g.work, ask(corrective_ref=ref)))


def _line(row: CorrectiveMeasure, agreement: str, codes: dict[int, str]) -> CorrectionLine:
    return CorrectionLine(
        row.ref, agreement, codes.get(row.respondent_unit_id or 0), row.wording, row.observed_on, row.due_on,
        row.state,
    )  # fmt: skip


def _shown(row: CorrectiveMeasure) -> Tagged:
    work = g.work
    owners = shown_units(work, {row.respondent_unit_id} if row.respondent_unit_id else set())
    line = _line(
        row,
        agreements_by_id(work, [row.agreement_id])[row.agreement_id].number,
        {id_: label.code for id_, label in owners.items()},
    )
    steps = tuple(
        StepShown(one.event, one.state, one.note, one.due_on, one.effective_on, one.recorded_at)
        for one in steps_of(work, row)
    )
    told = {name: getattr(line, name) for name in line.__dataclass_fields__}
    return tagged(
        CorrectionShown(**told, steps=steps, moves=corrective_moves(work, row)), row.ref, row.version
    )
