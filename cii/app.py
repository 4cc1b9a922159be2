"""Wiring only: settings → engine → doors → pages and routes. No trade in here."""

import importlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, abort, g, request
from jinja2 import StrictUndefined
from sqlalchemy import Engine
from werkzeug.routing import BaseConverter

from cii import api, web
from cii.access.queries import resolve_actor
from cii.api.base import Blueprint as ApiBlueprint
from cii.api.base import make_api
from cii.institutions.calendar import calendar_of
from cii.jobs.clock import clock_of
from cii.jobs.registry import called
from cii.jobs.runs import Bell
from cii.kernel.clock import Clock
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.schema import require_current
from cii.store.settings import HOUSE, Settings, canton_directory, default_settings
from cii.web import assets, base
from cii.web.parts import Part
from cii.wire import language, sessions
from cii.wire.doors import House, Wiring
from cii.wire.headers import guarded
from cii.wire.logs import configure, log_requests

ADVANCE: Mapping[str, str] = {
    "case": "cii.routing.flow:advance",
    "referral": "cii.routing.referring:advance_referral",
    "recognition": "cii.routing.recognition:advance_recognition",
    "outcome_check": "cii.routing.checking:advance_check",
}
"""Subject of a process → `module:function` of the room that takes its steps. One line each."""
ONE_YEAR = "public, max-age=31536000, immutable"


class RefConverter(BaseConverter):
    """A reference in an address: ten base-32 characters; anything else is no address of this house."""

    regex = "[0-9a-z]{10}"
    part_isolating = True
    weight = 50
    """Tried before a plain word at the same place."""


def create_app(
    settings: Settings | None = None, clock: Clock | None = None, *, engine: Engine | None = None
) -> House:
    """The application, ready to serve; refuses to start on unsafe settings or another release's schema.

    Raises UnsafeSettings, WrongSchema. In mode `test` the schema is made by the tests.
    """
    settings = settings or default_settings()
    settings.require_safe()
    load_all_tables()
    engine = engine or make_engine(settings.url)
    if settings.mode != "test":
        require_current(engine)
    app = House("cii", template_folder=str(HOUSE / "cii" / "web" / "templates"), static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.upload_bytes + 64 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        PROPAGATE_EXCEPTIONS=settings.mode == "test",
    )
    app.install(
        Wiring(
            engine,
            clock or clock_of(engine, settings),
            settings,
            resolve_actor,
            calendar_of(canton_directory(settings.canton)),
        )
    )
    app.url_map.converters["ref"] = RefConverter
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.template_class = Part
    app.context_processor(base.context)
    app.context_processor(lambda: {"request_id": g.get("correlation", "")})
    app.add_url_rule("/static/<path:name>", "static", _static)
    app.before_request(_begin)
    if settings.mode != "test":
        configure(settings)
    log_requests(app)
    app.after_request(_finish)
    _register(app)
    return app


def advances() -> dict[str, Callable[..., Any]]:
    """Who takes a step of a process, by its subject."""
    return {subject: called(place) for subject, place in ADVANCE.items()}


def make_bell(app: House) -> Bell:
    """The worker's bell for the same engine, clock and calendar as the application's."""
    held = app.wiring
    return Bell(held.engine, held.clock, held.settings, held.calendar, advances())


def _register(app: House) -> None:
    document = make_api(app)
    app.extensions["cii-api"] = document
    for name in api.BLUEPRINTS:
        blueprint: Any = importlib.import_module(f"cii.api.{name}").blueprint
        (document if isinstance(blueprint, ApiBlueprint) else app).register_blueprint(blueprint)
    for name in web.BLUEPRINTS:
        app.register_blueprint(importlib.import_module(f"cii.web.{name}").page)


def _begin() -> None:
    g.correlation = secrets.token_hex(8)
    g.lang = language.choose()


def _finish(response: Response) -> Response:
    site: House = _site()
    settings = site.wiring.settings
    response.headers["X-Request-Id"] = g.get("correlation", "")
    language.remember(response, settings)
    sessions.remember_guest(response, settings)
    return guarded(response, https=settings.secure_cookies)


def _site() -> House:
    from flask import current_app  # noqa: PLC0415 - only here

    site: House = current_app  # type: ignore[assignment]
    return site


def _static(name: str) -> Response:
    """One file of the pages, packed where the browser takes it; its address changes with its content."""
    found = assets.read(name)
    if found is None:
        abort(404)
    packed = request.accept_encodings["gzip"] > 0
    answer = Response(found.packed if packed else found.plain, mimetype=None)
    answer.headers["Content-Type"] = found.media_type
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    fresh = request.args.get("v") == found.digest
    answer.headers["Cache-Control"] = ONE_YEAR if fresh else "no-cache"
    answer.set_etag(found.digest + ("-gzip" if packed else ""))
    answer.make_conditional(request)
    return answer
