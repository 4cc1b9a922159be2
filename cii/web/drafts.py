"""What somebody is writing is kept while they type: small requests, nothing to see."""

from flask import Response, g

from cii.access.permits import Permit
from cii.desk.noting import SaveDraft, save_draft
from cii.web.base import Blueprint
from cii.wire.doors import needs
from cii.wire.reading import asked

page = Blueprint("drafts", __name__)


@page.post("/drafts")
@needs(Permit.WRITE_NOTE)
def save() -> Response:
    """Keep the text of a form; an empty one lets the draft go."""
    save_draft(g.work, asked(SaveDraft))
    return Response(status=204)
