"""The OpenAPI document, as JSON and as a page that needs nothing from elsewhere."""

from flask import Blueprint, Response, current_app, render_template

from cii.api.base import PREFIX
from cii.wire import json

blueprint = Blueprint("openapi", __name__, url_prefix=PREFIX)


def _document() -> dict[str, object]:
    api = current_app.extensions["cii-api"]
    held: dict[str, object] = api.spec.to_dict()
    return held


@blueprint.get("/openapi.json")
def document() -> Response:
    """The API document of this server."""
    return Response(json.dump(_document()), mimetype="application/json")


@blueprint.get("/docs")
def page() -> str:
    """The same document, to read."""
    return render_template("pages/api.html", document=_document())
