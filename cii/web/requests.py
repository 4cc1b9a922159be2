"""Requests for access on pages: mine, those put to my unit, the form and the decision."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.cases.restricting import NameMyself, name_myself
from cii.people.vocabulary import Purpose
from cii.requests.actions import (
    AskAccess,
    GrantAccess,
    RefuseAccess,
    ask_access,
    grant_access,
    refuse_access,
    withdraw_request,
)
from cii.requests.queries import (
    QuestionRow,
    RequestRow,
    my_request,
    my_requests,
    question_view,
    questions_to_me,
)
from cii.requests.rules import COVERED, USABLE
from cii.requests.vocabulary import RequestState
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import options, t, text_asked, word
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("requests", __name__)
TONES = {RequestState.GRANTED: "good", RequestState.TRANSMITTED: "info"}
USUAL_DAYS = 90


@dataclass(frozen=True)
class ReasonForm:
    """A reason, as a form sends it."""

    reason: str = field(metadata={"max": 2000})


@dataclass(frozen=True)
class GrantForm:
    """What the form of a decision sends."""

    sections: Section
    until: date
    reason: str = field(metadata={"max": 2000})
    overriding_private_interest: bool = False
    payer_clear: bool = False
    proportional: bool = False
    same_purpose: bool = False


@page.get("/requests")
@needs(Permit.ASK_ACCESS)
def index() -> str:
    """My requests, and those that wait for a decision of my unit."""
    mine = my_requests(g.work, text_asked("after") or None)
    waits = questions_to_me(g.work, mark=text_asked("later") or None)
    return render_template(
        "pages/requests/index.html",
        rows=[_mine(one) for one in mine.items],
        next_url=url_for("requests.index", after=mine.next) if mine.next else None,
        questions=[_question(one) for one in waits.items],
        more_url=url_for("requests.index", later=waits.next) if waits.next else None,
        supervises=Permit.REASSIGN.value in g.work.actor.permits,
    )


@page.get("/requests/new")
@needs(Permit.ASK_ACCESS)
def new() -> str:
    """The form of a request."""
    return render_template(
        "pages/requests/new.html",
        purposes=options(Purpose),
        bases=options(USABLE),
        sections=section_choices(_asked_for()),
    )


@page.post("/requests")
@needs(Permit.ASK_ACCESS)
@once
@again(new)
def ask() -> Response:
    """Transmit a request; the answer is the same whoever is meant."""
    return see_other("requests.one", ref=ask_access(g.work, asked(AskAccess)).ref, done="sent")


@page.get("/requests/<ref:ref>")
@needs(Permit.ASK_ACCESS)
def one(ref: str) -> str:
    """One of my requests."""
    shown = my_request(g.work, ref)
    return render_template(
        "pages/requests/one.html",
        row=_mine(shown),
        asked_=shown,
        sections=section_words(shown.sections),
        opened=[
            {
                "number": case.number,
                "url": url_for("cases.one", ref=case.ref) if case.ref else None,
                "sections": section_words(case.sections),
                "until": case.until,
            }
            for case in shown.cases
        ],
        may_withdraw=shown.state is RequestState.TRANSMITTED,
        done=t("web.requests.sent") if request.args.get("done") else None,
    )


@page.post("/requests/<ref:ref>/withdrawal")
@needs(Permit.ASK_ACCESS)
@again(one)
def withdraw(ref: str) -> Response:
    """Take a request back."""
    withdraw_request(g.work, ref)
    return see_other("requests.one", ref=ref)


@page.get("/requests/questions/<ref:ref>")
@needs(Permit.ANSWER_ACCESS)
def question(ref: str) -> str:
    """A request about a case that my unit leads, with the decision to take."""
    shown = question_view(g.work, ref)
    return render_template(
        "pages/requests/question.html",
        row=_question(shown),
        asked_=shown,
        asked_sections=section_words(shown.sections),
        sections=section_choices(shown.covered),
        suggested=(g.work.today + timedelta(days=USUAL_DAYS)).isoformat(),
        today=g.work.today.isoformat(),
        answer=word(shown.answer) if shown.answer else None,
    )


@page.post("/requests/questions/<ref:ref>/grant")
@needs(Permit.ANSWER_ACCESS)
@once
@again(question)
def grant(ref: str) -> Response:
    """Open the case to the asking unit."""
    form = asked(GrantForm)
    grant_access(
        g.work,
        GrantAccess(
            ref, form.sections, form.until, form.reason, form.overriding_private_interest, form.payer_clear,
            form.proportional, form.same_purpose,
        ),
    )  # fmt: skip
    return see_other("requests.question", ref=ref)


@page.post("/requests/questions/<ref:ref>/refusal")
@needs(Permit.ANSWER_ACCESS)
@once
@again(question)
def refuse(ref: str) -> Response:
    """Open nothing."""
    refuse_access(g.work, RefuseAccess(ref, asked(ReasonForm).reason))
    return see_other("requests.question", ref=ref)


@page.get("/requests/restricted")
@needs(Permit.REASSIGN)
def restricted() -> str:
    """Where a supervisor names themselves for a restricted case of the own unit."""
    return render_template("pages/requests/restricted.html")


@page.post("/requests/restricted")
@needs(Permit.REASSIGN)
@once
@again(restricted)
def name_me() -> Response:
    """Name myself, with the reason."""
    return see_other("cases.one", ref=name_myself(g.work, asked(NameMyself)).ref)


def section_choices(sections: Section) -> list[dict[str, str]]:
    """These sections as choices of a form."""
    return [
        {"value": one.name.lower(), "label": word(one.name, "section")}
        for one in sections
        if one.name is not None
    ]


def section_words(sections: Section) -> str:
    """These sections in words."""
    return ", ".join(word(one.name, "section") for one in sections if one.name is not None)


def _asked_for() -> Section:
    widest = Section(0)
    for covered in COVERED.values():
        widest |= covered
    return widest


def _mine(one: RequestRow) -> dict[str, Any]:
    return {
        "url": url_for("requests.one", ref=one.ref),
        "ref": one.ref,
        "person": one.person or t("web.requests.by-number"),
        "purpose": word(one.purpose),
        "basis": word(one.basis),
        "state": {"label": word(one.state), "tone": TONES.get(one.state, "neutral")},
        "asked_at": one.asked_at,
        "answer_by": one.answer_by,
    }


def _question(one: QuestionRow) -> dict[str, Any]:
    return {
        "url": url_for("requests.question", ref=one.ref),
        "ref": one.ref,
        "number": one.case_number,
        "case_url": url_for("cases.one", ref=one.case_ref),
        "person": one.person.name if one.person else None,
        "asker": f"{one.asker}, {unit_name(one.unit)}",
        "purpose": word(one.purpose),
        "basis": word(one.basis),
        "asked_at": one.asked_at,
        "answer_by": one.answer_by,
    }
