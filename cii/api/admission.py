"""Admission to youth case management and NE-ESO: announce, propose, state facts, confirm; youth figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.cases.queries import case_by_ref
from cii.figures.youth import YouthFigures, youth_figures
from cii.routing.admission import (
    ConfirmAdmission,
    StateCandidate,
    StateYouth,
    confirm_admission,
    known,
    state_candidate,
    state_youth,
)
from cii.routing.holding import instance_of
from cii.routing.social_enterprise import ProposeCandidate, propose_candidate
from cii.routing.youth import AnnounceYouth, announce_youth
from cii.wire.answers import answer_schema, only
from cii.wire.doors import needs, once

blueprint = Blueprint("api-admission", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class AdmissionShown:
    """Where an admission stands: the table of the reference day, facts with sources, what is still asked.

    `admits`: the table's answer once it has every fact that matters, with its sentences in `why`.
    """

    case_ref: str
    stage: str
    seq: int
    table: str
    version: int
    on: date
    facts: Mapping[str, Any]
    sources: Mapping[str, Any]
    missing: tuple[str, ...]
    admits: bool | None
    why: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class CaseOpened:
    """The case that was opened, and where its process stands."""

    case_ref: str
    number: str
    stage: str


@dataclass(frozen=True)
class FiguresAsked:
    """Up to which day, today when left out."""

    until: date | None = None


ADMISSION = only(
    AdmissionShown, "case_ref", "stage", "seq", "table", "version", "on", "facts", "sources", "missing",
    "admits", "why", called="AdmissionAnswer",
)  # fmt: skip
OPENED = answer_schema(CaseOpened)
FIGURES = only(
    YouthFigures, "until", "announced", "waiting", "in_follow_up", "closed", "outcomes", "reasons", "origins",
    "reopened", called="YouthFiguresAnswer",
)  # fmt: skip


@blueprint.post("/youth")
@needs(Permit.ANNOUNCE_PERSON)
@once
@blueprint.arguments(AnnounceYouth)
@blueprint.response(201, OPENED)
def announced(ask: AnnounceYouth) -> CaseOpened:
    """Announce a young person to the youth service."""
    case = announce_youth(g.work, ask)
    return CaseOpened(case.ref, case.number, instance_of(g.work, case.id or 0).stage)


@blueprint.get("/youth/figures")
@needs(Permit.OPEN_CASE)
@blueprint.arguments(FiguresAsked, location="query")
@blueprint.response(200, FIGURES)
def figures(asked: FiguresAsked) -> YouthFigures:
    """What became of the young persons announced to my unit."""
    return youth_figures(g.work, asked.until or g.work.today)


@blueprint.post("/candidates")
@needs(Permit.OPEN_CASE)
@once
@blueprint.arguments(ProposeCandidate)
@blueprint.response(201, OPENED)
def proposed(ask: ProposeCandidate) -> CaseOpened:
    """Propose a person of social aid for NE-ESO."""
    case = propose_candidate(g.work, ask)
    return CaseOpened(case.ref, case.number, instance_of(g.work, case.id or 0).stage)


@blueprint.get("/cases/<ref:ref>/admission")
@needs(Permit.CLOSE_CASE)
@blueprint.response(200, ADMISSION)
def shown(ref: str) -> AdmissionShown:
    """The facts known, those that can still matter, and the answer of the table; for the admitting unit."""
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/admission/youth")
@needs(Permit.CLOSE_CASE)
@once
@blueprint.arguments(StateYouth, given=("case_ref",))
@blueprint.response(200, ADMISSION)
def stated_youth(ask: Any, ref: str) -> AdmissionShown:  # noqa: ANN401 - the command without its case
    """State facts of a young person; `finish` asks the table."""
    state_youth(g.work, ask(case_ref=ref))
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/admission/candidate")
@needs(Permit.CLOSE_CASE)
@once
@blueprint.arguments(StateCandidate, given=("case_ref",))
@blueprint.response(200, ADMISSION)
def stated_candidate(ask: Any, ref: str) -> AdmissionShown:  # noqa: ANN401 - the command without its case
    """State facts of a candidate for NE-ESO; `finish` asks the table of the reference day."""
    state_candidate(g.work, ask(case_ref=ref))
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/admission/confirmation")
@needs(Permit.CLOSE_CASE)
@once
@blueprint.arguments(ConfirmAdmission, given=("case_ref",))
@blueprint.response(200, ADMISSION)
def confirmed(ask: Any, ref: str) -> AdmissionShown:  # noqa: ANN401 - the command without its case
    """Admit the person or not; a reason where this departs from the table."""
    confirm_admission(g.work, ask(case_ref=ref))
    return _shown(ref)


def _shown(ref: str) -> AdmissionShown:
    held = known(g.work, ref)
    instance = instance_of(g.work, case_by_ref(g.work, ref).id or 0)
    return AdmissionShown(
        ref, instance.stage, instance.seq, held.table.id, held.table.version, held.on, held.facts,
        held.sources, held.missing, held.admits, held.why,
    )  # fmt: skip
