"""Recognition of social enterprises: request, evidence, findings, decision, review."""

from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.institutions.schemas import UNIT
from cii.routing.queries_recognition import CriterionRow, RecognitionRow, recognition, recognitions
from cii.routing.recognition import (
    AssessCriteria,
    DecideRecognition,
    EndRecognition,
    GiveEvidence,
    apply_recognition,
    assess_criteria,
    decide_recognition,
    end_recognition,
    give_evidence,
)
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-recognitions", __name__, url_prefix=f"{PREFIX}/recognitions")

CRITERION = only(
    CriterionRow, "criterion", "evidence", "finding", "remark", "stale", called="CriterionAnswer"
)
RECOGNITION = only(
    RecognitionRow, "ref", "version", "state", "applied_at", "decided_on", "review_on", "reason", "acts",
    unit=UNIT, criteria=CRITERION, called="RecognitionAnswer",
)  # fmt: skip
SEES = (Permit.SEE_PARTICIPANTS, Permit.SEE_COORDINATION)


@blueprint.get("")
@needs(*SEES)
@blueprint.response(200, paged(RECOGNITION))
def listed() -> Page[RecognitionRow]:
    """The requests open to me, the newest first."""
    return Page(recognitions(g.work))


@blueprint.post("")
@needs(Permit.SUBMIT_STATEMENT)
@once
@blueprint.response(201, RECOGNITION)
def applied() -> Tagged:
    """Ask for recognition for my enterprise."""
    return _shown(apply_recognition(g.work).ref)


@blueprint.get("/<ref:ref>")
@needs(*SEES)
@blueprint.response(200, RECOGNITION)
def one(ref: str) -> Tagged:
    """A request with its fifteen criteria."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/evidence")
@needs(Permit.SUBMIT_STATEMENT)
@once
@blueprint.arguments(GiveEvidence, given=("recognition_ref",))
@blueprint.response(200, RECOGNITION)
def evidence(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command without its request
    """Bring evidence per criterion; `finished` hands the request over."""
    return _shown(give_evidence(g.work, ask(recognition_ref=ref)).ref)


@blueprint.post("/<ref:ref>/findings")
@needs(Permit.EDIT_COORDINATION)
@once
@blueprint.arguments(AssessCriteria, given=("recognition_ref",))
@blueprint.response(200, RECOGNITION)
def findings(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command without its request
    """Assess criteria; `finished` brings them to the steering group, `question` back to the provider."""
    return _shown(assess_criteria(g.work, ask(recognition_ref=ref)).ref)


@blueprint.post("/<ref:ref>/decision")
@needs(Permit.DECIDE_STEERING)
@once
@blueprint.arguments(DecideRecognition, given=("recognition_ref",))
@blueprint.response(200, RECOGNITION)
def decided(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command without its request
    """Recognise the enterprise or not, with the reason."""
    return _shown(decide_recognition(g.work, ask(recognition_ref=ref)).ref)


@blueprint.post("/<ref:ref>/review")
@needs(Permit.EDIT_COORDINATION, Permit.SUBMIT_STATEMENT)
@once
@blueprint.arguments(EndRecognition, given=("recognition_ref",))
@blueprint.response(200, RECOGNITION)
def reviewed(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - the command without its request
    """Keep, question or end a recognition; the provider withdraws a request."""
    return _shown(end_recognition(g.work, ask(recognition_ref=ref)).ref)


def _shown(ref: str) -> Tagged:
    row = recognition(g.work, ref)
    return tagged(row, row.ref, row.version)
