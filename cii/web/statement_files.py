"""A statement as it leaves: the paper, and its lines as a table."""

from flask import g
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.settlement.paper import MEDIA_TYPES, statement_file
from cii.web.base import Blueprint
from cii.wire import language
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("statement_files", __name__)


@page.get("/statements/<ref:ref>/pdf", endpoint="pdf")
@needs(Permit.SEE_STATEMENTS)
def as_pdf(ref: str) -> Response:
    """The statement on paper."""
    return _file(ref, "pdf")


@page.get("/statements/<ref:ref>/csv", endpoint="csv")
@needs(Permit.SEE_STATEMENTS)
def as_csv(ref: str) -> Response:
    """Its lines as text."""
    return _file(ref, "csv")


@page.get("/statements/<ref:ref>/xlsx", endpoint="xlsx")
@needs(Permit.SEE_STATEMENTS)
def as_xlsx(ref: str) -> Response:
    """Its lines as a workbook."""
    return _file(ref, "xlsx")


def _file(ref: str, form: str) -> Response:
    made = statement_file(g.work, ref, form, language.lang())
    return handed_out([made], f"cii-statement-{ref}.{form}", MEDIA_TYPES[form], len(made))
