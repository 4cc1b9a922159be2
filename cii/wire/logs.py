"""Logs for operators: one JSON object a line, AVS numbers and tokens masked; acts stand in the journal.

One line per request: method, address pattern (never the address itself, which may hold a reference), status,
milliseconds, correlation. Faults come with their trace.
"""

import json
import logging
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request

from cii.store.settings import Settings

_AVS = re.compile(r"756[.\s]?\d{4}[.\s]?\d{4}[.\s]?\d{2}")
MASK = "756.••••.••••.••"
_TOKEN = re.compile(r"(/links/)[A-Za-z0-9_~.%-]{11,}")
TOKEN_MASK = r"\1••••"  # noqa: S105 - what stands where a token stood


def masked(text: str) -> str:
    """The text with each AVS number hidden, however it is written, and the token of each signed link."""
    return _TOKEN.sub(TOKEN_MASK, _AVS.sub(MASK, text))


def _mask(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's signature
    return {name: masked(value) if isinstance(value, str) else value for name, value in line.items()}


def _line(value: Any, **_: Any) -> str:  # noqa: ANN401 - structlog's signature
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:  # half a character, which somebody sent: written as its escape, never lost
        return json.dumps(value, default=str)


def configure(settings: Settings) -> None:
    """Send the house's logs to standard error as JSON; in the demo only what needs an operator."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    form = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(serializer=_line),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(form)
    root = logging.getLogger("cii")
    root.handlers = [handler]
    root.propagate = False
    root.setLevel(logging.INFO if settings.mode == "production" else logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def log_requests(app: Flask) -> None:
    """Write one line per request."""
    log = structlog.stdlib.get_logger("cii.requests")

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule or "unknown"),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            correlation=g.get("correlation", ""),
        )
        return response
