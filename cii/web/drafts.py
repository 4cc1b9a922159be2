"""What somebody is writing is kept while they type: small requests, nothing to see."""

from flask import Response, g

from cii.desk.drafting import WRITES, SaveDraft, save_draft
from cii.web.base import Blueprint
from cii.wire.doors import needs
from cii.wire.reading import asked

page = Blueprint("drafts", __name__)


@page.post("/drafts")
@needs(*(permit for permit, _ in WRITES.values()))
def save() -> Response:
    """Keep the text of a form; an empty one lets the draft go."""
    save_draft(g.work, asked(SaveDraft))
    return Response(status=204)
