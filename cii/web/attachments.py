"""Documents of a case: the list with its form, one to download or withdraw; the summary of the case."""

from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.cases.attachments import (
    SECTION,
    AttachDocument,
    DocumentView,
    WithdrawDocument,
    attach_document,
    document_file,
    documents_of,
    withdraw_document,
)
from cii.cases.vocabulary import CaseStatus
from cii.cases.vocabulary_attachments import AttachmentKind
from cii.reports.case_summary import case_summary
from cii.web.base import Blueprint, see_other
from cii.web.case_head import CasePage, case_page, head, unit_name
from cii.web.choices import options, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked, sent_file

page = Blueprint("attachments", __name__)
_SAID = frozenset({"attached", "taken-out"})


@page.get("/cases/<ref:ref>/documents", endpoint="index")
@needs(Permit.SEE_CASE)
def documents_page(ref: str) -> str:
    """The documents in the sections open to the reader, and the form to attach one."""
    shown = case_page(ref, "documents")
    said = text_asked("done")
    named = head(shown, "documents")
    if said in _SAID:
        named["done"] = word(said, "document-done")
    return render_template(
        "pages/attachments/index.html",
        **named,
        rows=[_row(shown, one) for one in documents_of(g.work, ref)],
        sections=_sections(shown),
        kinds=options(AttachmentKind),
    )


@page.post("/cases/<ref:ref>/documents")
@needs(Permit.ATTACH_DOCUMENT)
@once
@again(documents_page)
def attach(ref: str) -> Response:
    """Attach a file."""
    ask, file = asked(AttachDocument, case_ref=ref), sent_file()
    attach_document(g.work, ask, file.content, file.media_type)
    return see_other("attachments.index", ref=ref, done="attached")


@page.get("/cases/<ref:ref>/documents/<ref:document>")
@needs(Permit.SEE_CASE)
def file(ref: str, document: str) -> FlaskResponse:
    """One document, to keep."""
    found, name, pieces = document_file(g.work, ref, document)
    return handed_out(pieces, name, found.media_type, found.size)


@page.get("/cases/<ref:ref>/documents/<ref:document>/withdrawal")
@needs(Permit.ATTACH_DOCUMENT)
def withdrawing(ref: str, document: str) -> str:
    """Why the document is taken out, and what that means."""
    shown = case_page(ref, "documents")
    document_file(g.work, ref, document)
    (row,) = (_row(shown, one) for one in documents_of(g.work, ref) if one.ref == document)
    return render_template("pages/attachments/withdrawal.html", **head(shown, "documents"), row=row)


@page.post("/cases/<ref:ref>/documents/<ref:document>/withdrawal")
@needs(Permit.ATTACH_DOCUMENT)
@once
@again(withdrawing)
def withdraw(ref: str, document: str) -> Response:
    """Take a document out of the case."""
    withdraw_document(g.work, asked(WithdrawDocument, case_ref=ref, document_ref=document))
    return see_other("attachments.index", ref=ref, done="taken-out")


@page.get("/cases/<ref:ref>/summary")
@needs(Permit.SEE_CASE)
def summary(ref: str) -> FlaskResponse:
    """The case in the sections open to the reader, as PDF; that it was printed is written down."""
    made = case_summary(g.work, ref, language.lang())
    return handed_out([made], f"cii-{ref}.pdf", "application/pdf", len(made))


def _row(shown: CasePage, one: DocumentView) -> dict[str, Any]:
    open_ = shown.view.status is CaseStatus.OPEN and one.withdrawn_at is None
    return {
        "ref": one.ref,
        "title": one.title,
        "kind": word(one.kind),
        "section": word(one.section),
        "unit": unit_name(one.author.unit),
        "author": one.author.name,
        "at": one.author.at,
        "size": max(one.size // 1000, 1),
        "ending": one.name.rpartition(".")[2].upper(),
        "cleaned": one.cleaned,
        "gone": one.withdrawn_at,
        "why": one.withdrawn_reason,
        "mine": open_ and one.mine and bool(shown.view.may_write & SECTION[one.section]),
        "tone": "quiet" if one.withdrawn_at else None,
    }


def _sections(shown: CasePage) -> list[dict[str, str]]:
    """The sections in which the reader may attach something now, none in a closed case."""
    if shown.view.status is CaseStatus.CLOSED or Permit.ATTACH_DOCUMENT not in g.work.actor.permits:
        return []
    open_: Section = shown.view.may_write
    return [{"value": one.value, "label": word(one)} for one, section in SECTION.items() if open_ & section]
