"""What providers hand in: what is owed or waits, one deliverable with its files, handing in, answering."""

from collections.abc import Callable
from datetime import timedelta

from flask import Response, g, request

from cii.access.permits import Permit
from cii.access.vocabulary import Role
from cii.agreements.owed import owed_bound
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.deliverables.actions import (
    AcceptDeliverable,
    ReturnDeliverable,
    SubmitDeliverable,
    WaiveDeliverable,
    accept,
    give_back,
    submit,
    waive,
)
from cii.deliverables.queries import (
    OwedShown,
    deliverable_shown,
    owed_by_me,
    submission_file,
    submissions_of,
    version_of,
    waiting_for_me,
)
from cii.deliverables.schemas import DELIVERABLE, OWED
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.forms import load_form
from cii.wire.pages import Page
from cii.wire.reading import sent_file

blueprint = Blueprint("api-deliverables", __name__, url_prefix=f"{PREFIX}/deliverables")

UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "note": {"type": "string", "maxLength": 1000},
                },
                "required": ["file"],
            }
        }
    },
}


@blueprint.get("")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, paged(OWED))
def owed() -> Page[OwedShown]:
    """For a provider what it owes within 92 days and has handed in; for a payer what waits or is late."""
    work = g.work
    if work.actor.has_role(Role.PROVIDER):
        return Page(owed_by_me(work, work.today + timedelta(days=92)))
    return Page(waiting_for_me(work))


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, DELIVERABLE)
def deliverable(ref: str) -> Tagged:
    """One deliverable with everything that was handed in, the newest first."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/submissions")
@needs(Permit.SEE_PARTICIPANTS)
@versioned
@once
@blueprint.doc(requestBody=UPLOAD)
@blueprint.response(201, DELIVERABLE)
def submitted(ref: str) -> Tagged:
    """Hand in a file; its type is read from its content, one that still waits is replaced."""
    _matched(ref)
    ask, file = load_form(SubmitDeliverable, request.form, {"deliverable_ref": ref}), sent_file()
    submit(g.work, ask, file.content, file.media_type)
    return _shown(ref)


@blueprint.get("/<ref:ref>/submissions/<ref:submission>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, content_type="application/octet-stream")
def file(ref: str, submission: str) -> Response:
    """The bytes of a file, under a made-up name; for the payer and the provider only."""
    found, name, pieces = submission_file(g.work, ref, submission)
    return handed_out(pieces, name, found.media_type, found.size)


@blueprint.post("/<ref:ref>/acceptance")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(200, DELIVERABLE)
def accepted(ref: str) -> Tagged:
    """Accept what was handed in."""
    _matched(ref)
    accept(g.work, AcceptDeliverable(ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/return")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(ReturnDeliverable, given=("deliverable_ref",))
@blueprint.response(200, DELIVERABLE)
def returned(ask: Callable[..., ReturnDeliverable], ref: str) -> Tagged:
    """Return it with the reason: it is owed again."""
    _matched(ref)
    give_back(g.work, ask(deliverable_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/waiver")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(WaiveDeliverable, given=("deliverable_ref",))
@blueprint.response(200, DELIVERABLE)
def waived(ask: Callable[..., WaiveDeliverable], ref: str) -> Tagged:
    """Waive what is still owed, with the reason: nobody asks for it any more."""
    _matched(ref)
    waive(g.work, ask(deliverable_ref=ref))
    return _shown(ref)


def _matched(ref: str) -> None:
    held, _ = owed_bound(g.work, ref)
    matched(ref, version_of(held, submissions_of(g.work, held)))


def _shown(ref: str) -> Tagged:
    shown = deliverable_shown(g.work, ref)
    return tagged(shown, ref, shown.version)
