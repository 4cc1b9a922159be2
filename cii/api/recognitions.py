"""Recognition of social enterprises: request, evidence, findings, decision, review."""

from collections.abc import Callable
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.institutions.schemas import UNIT
from cii.routing.queries_recognition import (
    CriterionRow,
    RecognitionRow,
    recognition,
    recognition_by_ref,
    recognitions,
)
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
from cii.routing.tables_social import Recognition
from cii.store.work import Work
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-recognitions", __name__, url_prefix=f"{PREFIX}/recognitions")

Ask = Callable[..., Any]
"""A command that waits for its request and the version that was seen."""
SEEN = ("recognition_ref", "version")
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
@versioned
@blueprint.arguments(GiveEvidence, given=SEEN)
@blueprint.response(200, RECOGNITION)
def evidence(ask: Ask, ref: str) -> Tagged:
    """Bring evidence per criterion; `finished` hands the request over."""
    return _moved(give_evidence, ask, ref)


@blueprint.post("/<ref:ref>/findings")
@needs(Permit.EDIT_COORDINATION)
@versioned
@blueprint.arguments(AssessCriteria, given=SEEN)
@blueprint.response(200, RECOGNITION)
def findings(ask: Ask, ref: str) -> Tagged:
    """Assess criteria; `finished` brings them to the steering group, `question` back to the provider."""
    return _moved(assess_criteria, ask, ref)


@blueprint.post("/<ref:ref>/decision")
@needs(Permit.DECIDE_STEERING)
@versioned
@blueprint.arguments(DecideRecognition, given=SEEN)
@blueprint.response(200, RECOGNITION)
def decided(ask: Ask, ref: str) -> Tagged:
    """Recognise the enterprise or not, with the reason."""
    return _moved(decide_recognition, ask, ref)


@blueprint.post("/<ref:ref>/review")
@needs(Permit.EDIT_COORDINATION, Permit.SUBMIT_STATEMENT)
@versioned
@blueprint.arguments(EndRecognition, given=SEEN)
@blueprint.response(200, RECOGNITION)
def reviewed(ask: Ask, ref: str) -> Tagged:
    """Keep, question or end a recognition; the provider withdraws a request."""
    return _moved(end_recognition, ask, ref)


def _moved(does: Callable[[Work, Any], Recognition], ask: Ask, ref: str) -> Tagged:
    version = matched(ref, recognition_by_ref(g.work, ref).version)
    return _shown(does(g.work, ask(recognition_ref=ref, version=version)).ref)


def _shown(ref: str) -> Tagged:
    row = recognition(g.work, ref)
    return tagged(row, row.ref, row.version)
