"""Documents of a case: listed, attached, downloaded, withdrawn; and the summary of the case."""

from collections.abc import Callable

from flask import Response, g, request

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.cases.attachments import (
    AttachDocument,
    DocumentView,
    WithdrawDocument,
    attach_document,
    document_file,
    documents_of,
    withdraw_document,
)
from cii.cases.queries import case_by_ref
from cii.cases.schemas import AUTHOR
from cii.cases.vocabulary_attachments import AttachmentKind, AttachmentSection
from cii.reports.case_summary import case_summary
from cii.wire import language
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.forms import load_form
from cii.wire.pages import Page
from cii.wire.reading import sent_file

blueprint = Blueprint("api-attachments", __name__, url_prefix=f"{PREFIX}/cases")

DOCUMENT = only(
    DocumentView, "ref", "title", "kind", "section", "name", "size", "media_type", "cleaned", "mine",
    "withdrawn_at", "withdrawn_reason", author=AUTHOR, called="DocumentAnswer",
)  # fmt: skip
UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "title": {"type": "string", "maxLength": 200},
                    "kind": {"type": "string", "enum": [one.value for one in AttachmentKind]},
                    "section": {"type": "string", "enum": [one.value for one in AttachmentSection]},
                },
                "required": ["file", "title"],
            }
        }
    },
}


@blueprint.get("/<ref:ref>/documents")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(DOCUMENT))
def listed(ref: str) -> Page[DocumentView]:
    """The documents in the sections open to me, the newest first; withdrawn ones say why."""
    return Page(documents_of(g.work, ref))


@blueprint.post("/<ref:ref>/documents")
@needs(Permit.ATTACH_DOCUMENT)
@once
@blueprint.doc(requestBody=UPLOAD)
@blueprint.response(201, DOCUMENT)
def attached(ref: str) -> DocumentView:
    """Attach a file; its type is read from its content, what it says about its maker is cut out."""
    case_by_ref(g.work, ref)
    ask, file = load_form(AttachDocument, request.form, {"case_ref": ref}), sent_file()
    return _one(ref, attach_document(g.work, ask, file.content, file.media_type).ref)


@blueprint.get("/<ref:ref>/documents/<ref:document>")
@needs(Permit.SEE_CASE)
@blueprint.response(200, content_type="application/octet-stream")
def file(ref: str, document: str) -> Response:
    """The bytes of a document, under a made-up name."""
    found, name, pieces = document_file(g.work, ref, document)
    return handed_out(pieces, name, found.media_type, found.size)


@blueprint.post("/<ref:ref>/documents/<ref:document>/withdrawal")
@needs(Permit.ATTACH_DOCUMENT)
@once
@blueprint.arguments(WithdrawDocument, given=("case_ref", "document_ref"))
@blueprint.response(200, DOCUMENT)
def withdrawn(ask: Callable[..., WithdrawDocument], ref: str, document: str) -> DocumentView:
    """Take a document out of the case: nobody opens it any more, its row says why."""
    withdraw_document(g.work, ask(case_ref=ref, document_ref=document))
    return _one(ref, document)


@blueprint.get("/<ref:ref>/summary")
@needs(Permit.SEE_CASE)
@blueprint.response(200, content_type="application/pdf")
def summary(ref: str) -> Response:
    """The case in the sections open to me, as PDF; that it was printed is written down."""
    made = case_summary(g.work, ref, language.lang())
    return handed_out([made], f"cii-{ref}.pdf", "application/pdf", len(made))


def _one(ref: str, document: str) -> DocumentView:
    return next(one for one in documents_of(g.work, ref) if one.ref == document)
