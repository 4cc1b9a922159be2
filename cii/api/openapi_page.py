"""The OpenAPI document, as JSON and as a page that needs nothing from elsewhere."""

import re
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from cii.api.base import PREFIX
from cii.wire import json

blueprint = Blueprint("openapi", __name__, url_prefix=PREFIX)
_TEXT = {"type": "string"}
_PART = re.compile(r"<(?:\w+:)?(\w+)>")


HEADERS = {
    "once": ("Idempotency-Key", "acts once, however often the same request is sent under this key"),
    "versioned": ("If-Match", "the version that was seen, from `ETag`"),
}
"""What a view may carry → the header that its request must carry."""


def _document() -> dict[str, Any]:
    """The document as it follows from the routes, made once; with the headers that acts must carry."""
    known: dict[str, Any] = current_app.extensions
    if "cii-api-document" not in known:
        known["cii-api-document"] = _made(known["cii-api"].spec.to_dict())
    held: dict[str, Any] = known["cii-api-document"]
    return held


def _made(held: dict[str, Any]) -> dict[str, Any]:
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        operations = held["paths"].get(_PART.sub("{\\1}", rule.rule), {})
        for method in {one.lower() for one in rule.methods or ()} & operations.keys():
            told = [
                {
                    "name": name,
                    "in": "header",
                    "required": True,
                    "description": why,
                    "schema": {"type": "string"},
                }
                for mark, (name, why) in HEADERS.items()
                if getattr(view, mark, False)
            ]
            operations[method]["parameters"] = [*operations[method].get("parameters", []), *told]
    return held


@blueprint.get("/openapi.json")
def document() -> Response:
    """The API document of this server."""
    return Response(json.dump(_document()), mimetype="application/json")


@blueprint.get("/docs")
def page() -> str:
    """Its operations, to read."""
    return render_template("pages/api.html", document=_document(), part="operations")


@blueprint.get("/docs/shapes")
def shapes() -> str:
    """Its shapes, to read."""
    return render_template("pages/api.html", document=_document(), part="shapes")
