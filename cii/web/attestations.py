"""The attestation of attendance of a participant's month, as a letter."""

from flask import g
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.documents.pdf import MEDIA_TYPE
from cii.settlement.attestation import attestation
from cii.web.attendance import month_in
from cii.web.base import Blueprint
from cii.wire import language
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("attestations", __name__)


@page.get("/provider/placements/<ref:ref>/attestation/<int:year>/<int:number>")
@needs(Permit.RECORD_ATTENDANCE)
def one(ref: str, year: int, number: int) -> Response:
    """The month of a participant on paper."""
    month = month_in(year, number)
    made = attestation(g.work, ref, month.start, language.lang())
    return handed_out([made], f"cii-attestation-{ref}-{month.start:%Y-%m}.pdf", MEDIA_TYPE, len(made))
