"""The operator's probes: does the process answer, can it work."""

from flask import Blueprint, Response, current_app
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.store.schema import current, expected
from cii.wire import json
from cii.wire.doors import House
from cii.wire.problems import SOON

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers; asks nothing of the database."""
    return _say("ok", 200)


@blueprint.get("/readyz")
def ready() -> Response:
    """The database answers, can be written and has the schema of this release."""
    site: House = current_app  # type: ignore[assignment]
    engine = site.wiring.engine
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        fits = site.wiring.settings.mode == "test" or current(engine) == expected()
    except (DBAPIError, OSError):
        return _say("database", 503)
    return _say("ok", 200) if fits else _say("schema", 503)


def _say(state: str, status: int) -> Response:
    answer = Response(json.dump({"status": state}), status, mimetype="application/json")
    if status != 200:  # noqa: PLR2004 - HTTP's own number
        answer.headers["Retry-After"] = str(SOON)
    return answer
