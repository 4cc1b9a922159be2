"""The agreement on paper: as it was signed, as it stands while it is open, as an edition kept it."""

from flask import g
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.conventions.paper import agreement_paper
from cii.documents.pdf import MEDIA_TYPE
from cii.web.base import Blueprint
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("agreement_paper", __name__)


@page.get("/agreements/<ref:ref>/document.pdf")
@needs(Permit.SEE_AGREEMENTS)
def document(ref: str) -> Response:
    """The agreement as PDF, in its own language."""
    made = agreement_paper(g.work, ref)
    return handed_out([made.content], made.name, MEDIA_TYPE, len(made.content))


@page.get("/agreements/<ref:ref>/editions/<ref:edition>/document.pdf")
@needs(Permit.SEE_AGREEMENTS)
def edition(ref: str, edition: str) -> Response:
    """An edition of the agreement as PDF."""
    made = agreement_paper(g.work, ref, edition)
    return handed_out([made.content], made.name, MEDIA_TYPE, len(made.content))
