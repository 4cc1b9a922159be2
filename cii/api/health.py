"""The operator's probes: does the process answer, can it work."""

from flask import Blueprint, Response, current_app
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from cii.store.outbox import counts
from cii.store.schema import current, expected
from cii.store.work import working
from cii.wire import json
from cii.wire.doors import VISITOR, House
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
        mail = _mail(engine, site) if fits else {}
    except (DBAPIError, OSError):
        return _say("database", 503)
    return _say("ok", 200, mail=mail) if fits else _say("schema", 503)


def _mail(engine: Engine, site: House) -> dict[str, int]:
    """How many mails wait, how many of them late, how many failed: numbers only."""
    with working(engine, VISITOR, site.wiring.clock.now(), writing=False) as work:
        held = counts(work)
    return {"waiting": held.waiting, "delayed": held.delayed, "failed": held.failed}


def _say(state: str, status: int, **more: object) -> Response:
    answer = Response(json.dump({"status": state, **more}), status, mimetype="application/json")
    if status != 200:  # noqa: PLR2004 - HTTP's own number
        answer.headers["Retry-After"] = str(SOON)
    return answer
