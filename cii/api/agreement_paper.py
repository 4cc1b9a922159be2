"""The agreement on paper: the whole as PDF, or one of its editions."""

from flask import g
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.conventions.paper import agreement_paper
from cii.documents.pdf import MEDIA_TYPE
from cii.wire.doors import needs
from cii.wire.files import handed_out

blueprint = Blueprint("api-agreement-paper", __name__, url_prefix=f"{PREFIX}/agreements")


@blueprint.get("/<ref:ref>/document.pdf")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, content_type=MEDIA_TYPE)
def document(ref: str) -> Response:
    """The agreement as PDF in its own language: what was signed, or the draft as it stands."""
    made = agreement_paper(g.work, ref)
    return handed_out([made.content], made.name, MEDIA_TYPE, len(made.content))


@blueprint.get("/<ref:ref>/editions/<ref:edition>/document.pdf")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, content_type=MEDIA_TYPE)
def edition(ref: str, edition: str) -> Response:
    """An edition of the agreement as PDF."""
    made = agreement_paper(g.work, ref, edition)
    return handed_out([made.content], made.name, MEDIA_TYPE, len(made.content))
