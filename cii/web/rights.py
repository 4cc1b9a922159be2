"""The rights of persons on their own data: what they asked, until when it is answered, their file."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.rights.file_handing import MEDIA_TYPES, made_file
from cii.rights.person_requests import (
    AnswerPersonRequest,
    ExtendPersonRequest,
    RecordPersonRequest,
    RefusePersonRequest,
    answer_request,
    extend_request,
    record_request,
    refuse_request,
)
from cii.rights.queries_requests import PersonRequestRow, request_view, requests_page
from cii.rights.vocabulary_requests import (
    AnswerForm,
    FileForm,
    MedicalWay,
    PersonRequestState,
    Proof,
    RequestKind,
)
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import options, t, text_asked, word
from cii.web.clocks import deadline_on
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked

page = Blueprint("rights", __name__)
TONES = {
    PersonRequestState.OPEN: "info",
    PersonRequestState.DUE_SOON: "warn",
    PersonRequestState.LATE: "bad",
    PersonRequestState.ANSWERED: "good",
}
USUAL_EXTENSION = 30
ELSEWHERE = (
    ("erasures.index", "web.rights.erasures"),
    ("retention.index", "web.rights.retention"),
    ("glass.reviews", "web.rights.reviews"),
    ("journal.index", "web.rights.journal"),
)
"""Where an officer goes on from the overview, as far as the page exists and is theirs."""


@dataclass(frozen=True)
class ReasonForm:
    """What was answered, or why it is refused."""

    reason: str = field(metadata={"max": 2000})


@dataclass(frozen=True)
class ExtensionForm:
    """The new last day, and why."""

    due_on: date
    reason: str = field(metadata={"max": 2000})


@page.get("/rights")
@needs(Permit.EXPORT_PERSON_FILE)
def index() -> str:
    """Requests that wait, those that are closed, and the other rights of persons."""
    waits = requests_page(g.work, mark=text_asked("after") or None)
    closed = requests_page(g.work, waiting=False, mark=text_asked("later") or None)
    return render_template(
        "pages/rights/index.html",
        rows=[_row(one) for one in waits.items],
        next_url=url_for("rights.index", after=waits.next) if waits.next else None,
        closed=[_row(one) for one in closed.items],
        more_url=url_for("rights.index", later=closed.next) if closed.next else None,
        links=[
            {"label": t(label), "url": url_for(endpoint)}
            for endpoint, label in ELSEWHERE
            if may_open(endpoint, g.work.actor)
        ],
    )


@page.get("/rights/new")
@needs(Permit.EXPORT_PERSON_FILE)
def new() -> str:
    """The form of a request."""
    return render_template(
        "pages/rights/new.html",
        kinds=options(RequestKind),
        proofs=options(Proof),
        forms=options(AnswerForm),
        ways=options(MedicalWay),
        today=g.work.today.isoformat(),
        days=g.work.parameter("access_answer_days"),
    )


@page.post("/rights/requests")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@again(new)
def record() -> Response:
    """Record what a person asks."""
    return see_other(
        "rights.one", ref=record_request(g.work, asked(RecordPersonRequest)).ref, done="recorded"
    )


@page.get("/rights/requests/<ref:ref>")
@needs(Permit.EXPORT_PERSON_FILE)
def one(ref: str) -> str:
    """One request: its term, the file, the answer, what happened."""
    shown = request_view(g.work, ref)
    return render_template(
        "pages/rights/one.html",
        row=_row(shown),
        asked_=shown,
        kind=word(shown.kind),
        proof=word(shown.proof),
        form=word(shown.form),
        medical=word(shown.medical),
        events=[
            {
                "at": event.at,
                "kind": word(event.kind),
                "by": event.by or t("web.rights.house"),
                "reason": event.reason,
                "due_on": event.due_on,
            }
            for event in shown.events
        ],
        handed=[{"at": one.at, "by": one.by, "form": one.form.upper()} for one in shown.handed],
        may_extend=not shown.closed and shown.state is not PersonRequestState.LATE,
        done=t("web.rights.recorded") if request.args.get("done") else None,
    )


@page.post("/rights/requests/<ref:ref>/answer")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@again(one)
def answer(ref: str) -> Response:
    """The request is answered."""
    answer_request(g.work, AnswerPersonRequest(ref, asked(ReasonForm).reason))
    return see_other("rights.one", ref=ref)


@page.get("/rights/requests/<ref:ref>/extension")
@needs(Permit.EXPORT_PERSON_FILE)
def extending(ref: str) -> str:
    """The form of a later term."""
    shown = request_view(g.work, ref)
    return render_template(
        "pages/rights/extension.html",
        row=_row(shown),
        suggested=(shown.due_on + timedelta(days=USUAL_EXTENSION)).isoformat(),
        first=(shown.due_on + timedelta(days=1)).isoformat(),
    )


@page.post("/rights/requests/<ref:ref>/extension")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@again(extending)
def extend(ref: str) -> Response:
    """Set a later last day."""
    form = asked(ExtensionForm)
    extend_request(g.work, ExtendPersonRequest(ref, form.due_on, form.reason))
    return see_other("rights.one", ref=ref)


@page.get("/rights/requests/<ref:ref>/refusal")
@needs(Permit.EXPORT_PERSON_FILE)
def refusing(ref: str) -> str:
    """The form of a refusal."""
    return render_template("pages/rights/refusal.html", row=_row(request_view(g.work, ref)))


@page.post("/rights/requests/<ref:ref>/refusal")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@again(refusing)
def refuse(ref: str) -> Response:
    """The request is refused, with its reason."""
    refuse_request(g.work, RefusePersonRequest(ref, asked(ReasonForm).reason))
    return see_other("rights.one", ref=ref)


@page.get("/rights/requests/<ref:ref>/file.json")
@needs(Permit.EXPORT_PERSON_FILE)
def as_json(ref: str) -> FlaskResponse:
    """The file to read by machine; that it went out is written down."""
    return _file(ref, FileForm.JSON)


@page.get("/rights/requests/<ref:ref>/file.pdf")
@needs(Permit.EXPORT_PERSON_FILE)
def as_pdf(ref: str) -> FlaskResponse:
    """The file to read; that it went out is written down."""
    return _file(ref, FileForm.PDF)


def _file(ref: str, form: FileForm) -> FlaskResponse:
    made = made_file(g.work, ref, form, language.lang())
    return handed_out([made], f"cii-{ref}.{form}", MEDIA_TYPES[form], len(made))


def _row(one: PersonRequestRow) -> dict[str, Any]:
    return {
        "url": url_for("rights.one", ref=one.ref),
        "ref": one.ref,
        "person": one.person or t("web.rights.nobody"),
        "kind": word(one.kind),
        "state": {"label": word(one.state), "tone": TONES.get(one.state, "neutral")},
        "asked_on": one.asked_on,
        "due_on": one.due_on,
        "due": None if one.closed else deadline_on(g.work, one.due_on),
    }
