"""Requests of persons about their own data: record, answer, extend, refuse, hand out the file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
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
from cii.rights.schemas import PERSON_REQUEST
from cii.rights.vocabulary_requests import FileForm
from cii.wire import language
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.pages import Page

blueprint = Blueprint("api-rights", __name__, url_prefix=f"{PREFIX}/person-requests")
Ask = Callable[..., Any]
GIVEN = ("request_ref",)


@dataclass(frozen=True)
class RequestsAsked(PageAsked):
    """Which page of the requests; `closed`: those that were answered or refused."""

    closed: bool = False


@blueprint.get("")
@needs(Permit.EXPORT_PERSON_FILE)
@blueprint.arguments(RequestsAsked, location="query")
@blueprint.response(200, paged(PERSON_REQUEST))
def every(ask: RequestsAsked) -> Page[PersonRequestRow]:
    """Requests that wait, the oldest first; or those that are closed, the newest first."""
    return requests_page(g.work, waiting=not ask.closed, mark=ask.after, limit=ask.limit)


@blueprint.post("")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@blueprint.arguments(RecordPersonRequest)
@blueprint.response(201, PERSON_REQUEST)
def recorded(ask: RecordPersonRequest) -> PersonRequestRow:
    """Record what a person asks about their own data."""
    return request_view(g.work, record_request(g.work, ask).ref)


@blueprint.get("/<ref:ref>")
@needs(Permit.EXPORT_PERSON_FILE)
@blueprint.response(200, PERSON_REQUEST)
def one(ref: str) -> PersonRequestRow:
    """One request with what happened to it."""
    return request_view(g.work, ref)


@blueprint.post("/<ref:ref>/answer")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@blueprint.arguments(AnswerPersonRequest, given=GIVEN)
@blueprint.response(200, PERSON_REQUEST)
def answered(ask: Ask, ref: str) -> PersonRequestRow:
    """The request is answered."""
    answer_request(g.work, ask(request_ref=ref))
    return request_view(g.work, ref)


@blueprint.post("/<ref:ref>/extension")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@blueprint.arguments(ExtendPersonRequest, given=GIVEN)
@blueprint.response(200, PERSON_REQUEST)
def extended(ask: Ask, ref: str) -> PersonRequestRow:
    """Set a later last day, before the term is over."""
    extend_request(g.work, ask(request_ref=ref))
    return request_view(g.work, ref)


@blueprint.post("/<ref:ref>/refusal")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@blueprint.arguments(RefusePersonRequest, given=GIVEN)
@blueprint.response(200, PERSON_REQUEST)
def refused(ask: Ask, ref: str) -> PersonRequestRow:
    """Refuse the request with its reason."""
    refuse_request(g.work, ask(request_ref=ref))
    return request_view(g.work, ref)


@blueprint.get("/<ref:ref>/file")
@needs(Permit.EXPORT_PERSON_FILE)
@blueprint.response(200, content_type="application/json")
def as_json(ref: str) -> Response:
    """The file to read by machine (its form: `person_file.schema.json`); that it went out is written down."""
    return _file(ref, FileForm.JSON)


@blueprint.get("/<ref:ref>/file.pdf")
@needs(Permit.EXPORT_PERSON_FILE)
@blueprint.response(200, content_type="application/pdf")
def as_pdf(ref: str) -> Response:
    """The file to read; that it went out is written down."""
    return _file(ref, FileForm.PDF)


def _file(ref: str, form: FileForm) -> Response:
    made = made_file(g.work, ref, form, language.lang())
    return handed_out([made], f"cii-{ref}.{form}", MEDIA_TYPES[form], len(made))
