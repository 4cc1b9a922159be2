"""Requests for access: ask, take back, answer; a refusal and nobody there read alike."""

from collections.abc import Callable
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
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
from cii.requests.schemas import QUESTION, REQUEST
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-requests", __name__, url_prefix=PREFIX)
Ask = Callable[..., Any]
SEEN = ("question_ref",)


@blueprint.get("/access-requests")
@needs(Permit.ASK_ACCESS)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(REQUEST))
def mine(ask: PageAsked) -> Page[RequestRow]:
    """My requests, the newest first."""
    return my_requests(g.work, ask.after, ask.limit)


@blueprint.post("/access-requests")
@needs(Permit.ASK_ACCESS)
@once
@blueprint.arguments(AskAccess)
@blueprint.response(201, REQUEST)
def asked(ask: AskAccess) -> RequestRow:
    """Ask for access; the answer is the same whether the person or a case exists or not."""
    return my_request(g.work, ask_access(g.work, ask).ref)


@blueprint.get("/access-requests/<ref:ref>")
@needs(Permit.ASK_ACCESS)
@blueprint.response(200, REQUEST)
def one(ref: str) -> RequestRow:
    """One of my requests."""
    return my_request(g.work, ref)


@blueprint.post("/access-requests/<ref:ref>/withdrawal")
@needs(Permit.ASK_ACCESS)
@blueprint.response(200, REQUEST)
def withdrawn(ref: str) -> RequestRow:
    """Take a request back."""
    withdraw_request(g.work, ref)
    return my_request(g.work, ref)


@blueprint.get("/access-questions")
@needs(Permit.ANSWER_ACCESS)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(QUESTION))
def to_answer(ask: PageAsked) -> Page[QuestionRow]:
    """Requests about cases that my units lead and that wait for an answer, the oldest first."""
    return questions_to_me(g.work, mark=ask.after, limit=ask.limit)


@blueprint.get("/access-questions/<ref:ref>")
@needs(Permit.ANSWER_ACCESS)
@blueprint.response(200, QUESTION)
def question(ref: str) -> QuestionRow:
    """One request about a case that my unit leads."""
    return question_view(g.work, ref)


@blueprint.post("/access-questions/<ref:ref>/grant")
@needs(Permit.ANSWER_ACCESS)
@once
@blueprint.arguments(GrantAccess, given=SEEN)
@blueprint.response(200, QUESTION)
def granted(ask: Ask, ref: str) -> QuestionRow:
    """Open sections of the case to the asking unit until a day."""
    grant_access(g.work, ask(question_ref=ref))
    return question_view(g.work, ref)


@blueprint.post("/access-questions/<ref:ref>/refusal")
@needs(Permit.ANSWER_ACCESS)
@once
@blueprint.arguments(RefuseAccess, given=SEEN)
@blueprint.response(200, QUESTION)
def refused(ask: Ask, ref: str) -> QuestionRow:
    """Open nothing, with the reason for the file."""
    refuse_access(g.work, ask(question_ref=ref))
    return question_view(g.work, ref)
