"""Recognition of social enterprises on pages: fifteen criteria, each with evidence and finding."""

from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.routing.queries_recognition import RecognitionRow, recognition, recognitions
from cii.routing.recognition import (
    AssessCriteria,
    Assessment,
    DecideRecognition,
    EndRecognition,
    GiveEvidence,
    apply_recognition,
    assess_criteria,
    decide_recognition,
    end_recognition,
    give_evidence,
)
from cii.routing.vocabulary_social import Criterion, Finding, RecognitionState
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import options, t, word
from cii.web.versions import seen_version
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag
from cii.wire.reading import asked

page = Blueprint("recognitions", __name__)
SEES = (Permit.SEE_PARTICIPANTS, Permit.SEE_COORDINATION)
TONES = {
    RecognitionState.RECOGNISED: "good",
    RecognitionState.REFUSED: "bad",
    RecognitionState.ENDED: "neutral",
    RecognitionState.WITHDRAWN: "neutral",
}
FOUND = {Finding.MET: "good", Finding.PARTLY: "warn", Finding.NOT_MET: "bad"}


@dataclass(frozen=True)
class FindingForm:
    """A finding as its form sends it; without one the criterion is left as it is."""

    criterion: Criterion
    finding: Finding | None = None
    said: str = field(default="", metadata={"max": 4000})


@dataclass(frozen=True)
class FindingsForm:
    """All findings of the form, or a question to the provider."""

    entries: tuple[FindingForm, ...] = ()
    finished: bool = False
    question: str = field(default="", metadata={"max": 2000})


@page.get("/recognitions")
@needs(*SEES)
def index() -> str:
    """The requests open to the reader."""
    return render_template(
        "pages/recognitions/index.html",
        rows=[_row(one) for one in recognitions(g.work)],
        may_apply=Permit.SUBMIT_STATEMENT.value in g.work.actor.permits,
    )


@page.post("/recognitions")
@needs(Permit.SUBMIT_STATEMENT)
@once
@again(index)
def apply() -> Response:
    """Ask for recognition."""
    return see_other("recognitions.one", ref=apply_recognition(g.work).ref)


@page.get("/recognitions/<ref:ref>")
@needs(*SEES)
def one(ref: str) -> str:
    """A request with its criteria and the acts that are the reader's now."""
    shown = recognition(g.work, ref)
    return render_template(
        "pages/recognitions/one.html",
        request_=_row(shown),
        version=etag(shown.ref, shown.version),
        acts=shown.acts,
        reason=shown.reason,
        decided_on=shown.decided_on,
        criteria=[
            {
                "name": each.criterion.value,
                "number": at,
                "label": word(each.criterion),
                "evidence": each.evidence,
                "finding": {"label": word(each.finding), "tone": FOUND[each.finding]}
                if each.finding
                else None,
                "found": each.finding.value if each.finding and not each.stale else "",
                "remark": each.remark,
                "stale": each.stale,
                "governance": each.criterion is Criterion.GOVERNANCE,
            }
            for at, each in enumerate(shown.criteria, 1)
        ],
        findings=options(Finding),
        done=word("moved", "done") if request.args.get("done") else None,
    )


@page.post("/recognitions/<ref:ref>/evidence")
@needs(Permit.SUBMIT_STATEMENT)
@once
@again(one)
def evidence(ref: str) -> Response:
    """Keep evidence; when finished, hand the request over."""
    give_evidence(g.work, asked(GiveEvidence, recognition_ref=ref, version=seen_version(ref)))
    return _back(ref)


@page.post("/recognitions/<ref:ref>/findings")
@needs(Permit.EDIT_COORDINATION)
@once
@again(one)
def findings(ref: str) -> Response:
    """Keep findings; when finished, bring them to the steering group."""
    form = asked(FindingsForm)
    entries = tuple(
        Assessment(each.criterion, each.finding, each.said) for each in form.entries if each.finding
    )
    ask = AssessCriteria(ref, entries, form.finished, form.question, seen_version(ref))
    assess_criteria(g.work, ask)
    return _back(ref)


@page.post("/recognitions/<ref:ref>/decision")
@needs(Permit.DECIDE_STEERING)
@once
@again(one)
def decision(ref: str) -> Response:
    """Recognise the enterprise or not."""
    decide_recognition(g.work, asked(DecideRecognition, recognition_ref=ref, version=seen_version(ref)))
    return _back(ref)


@page.post("/recognitions/<ref:ref>/review")
@needs(Permit.EDIT_COORDINATION, Permit.SUBMIT_STATEMENT)
@once
@again(one)
def review(ref: str) -> Response:
    """Keep, question or end a recognition; take a request back."""
    end_recognition(g.work, asked(EndRecognition, recognition_ref=ref, version=seen_version(ref)))
    return _back(ref)


def _back(ref: str) -> Response:
    return see_other("recognitions.one", ref=ref, done="moved")


def _row(one: RecognitionRow) -> dict[str, Any]:
    return {
        "url": url_for("recognitions.one", ref=one.ref),
        "ref": one.ref,
        "unit": unit_name(one.unit),
        "state": {"label": word(one.state), "tone": TONES.get(one.state, "info")},
        "applied_at": one.applied_at,
        "review_on": one.review_on,
        "criteria": t(
            "web.recognition.count",
            met=sum(each.finding is Finding.MET and not each.stale for each in one.criteria),
            n=len(one.criteria),
        ),
    }
